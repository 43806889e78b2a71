"""Templates: one engine for each language."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from wamforms.desk.words import Words

TEMPLATES = Path(__file__).parent / "templates"


def engine() -> Callable[[Words], Environment]:
    """Return what makes the engine of a language, each once."""
    made: dict[str, Environment] = {}

    def environment(words: Words) -> Environment:
        if words.language not in made:
            made[words.language] = _environment(words)
        return made[words.language]

    return environment


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals["icon"] = icon
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: words.messages.get(message) or message,
        lambda one, many, number: _form(words, one, many, number),
        newstyle=True,
    )
    environment.filters.update(
        number=words.number,
        score=words.score,
        difference=words.difference,
        share=words.share,
        fine_share=lambda value: words.share(value, 2),
        said=words,
        sentence=words.sentence,
        moment=words.moment,
        day=words.day,
        clock=words.clock,
    )
    return environment


def _form(words: Words, one: str, many: str, number: int) -> str:
    forms = words.plurals.get(one, (one, many))
    return forms[min(words.plural_of(number), len(forms) - 1)]


@cache
def icon(name: str) -> Markup:
    """Return a drawing of `static/icons`, to stand inside a page; it says nothing by itself."""
    path = TEMPLATES.parent / "static" / "icons" / f"{name}.svg"
    return Markup(path.read_text(encoding="utf-8").strip())
