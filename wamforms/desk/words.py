"""The desk's words in Dutch and English, from message catalogues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from gettext import c2py
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from wamforms.desk.sentences import CONTEXT, LINE, Sentences

HERE = Path(__file__).parent / "words"
ENGLISH = "en"
"""The messages themselves are English, so it has no catalogue."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its messages, and how it writes numbers and days.

    Attributes
    ----------
    sentence
        Says in this language what the program says in English below the desk.
    """

    language: str
    messages: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_of: Callable[[int], int]
    sentence: Sentences = field(default_factory=lambda: Sentences({}, {}))

    def __call__(self, message: str, **values: object) -> str:
        """Say a message; `%(name)s` in it are filled in."""
        text = self.messages.get(message) or message
        return text % values if values else text

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Say a message that depends on a number, which is `%(num)s` in it."""
        forms = self.plurals.get(one, (one, many))
        text = forms[min(self.plural_of(number), len(forms) - 1)]
        return text % {"num": self.number(number), **values}

    @property
    def locale(self) -> Locale:
        """The language with its rules."""
        return Locale.parse(self.language)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as HTML has it."""
        return self.locale.text_direction

    def number(self, value: float) -> str:
        """Write a number."""
        return format_decimal(value, locale=self.locale)

    def score(self, value: float) -> str:
        """Write a score: means of a few answers have no third decimal worth reading."""
        return format_decimal(value, format="0.00", locale=self.locale)

    def difference(self, value: float) -> str:
        """Write a difference with its sign; none has none."""
        if round(value, 2) == 0:
            return self.score(0)
        return format_decimal(value, format="+0.00;\u22120.00", locale=self.locale)

    def share(self, value: float, decimals: int = 0) -> str:
        """Write a share from 0 to 1 as a percentage."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
        value = round(value, decimals + 2) + 0.0  # a hair below zero is no "-0%"
        return format_percent(value, format=pattern, locale=self.locale)

    def moment(self, at: str) -> str:
        """Write a stored moment in this computer's time."""
        return format_datetime(_local(at), format="medium", locale=self.locale)

    def day(self, at: str) -> str:
        """Write a stored day, or the day of a stored moment."""
        return format_date(_local(at).date(), format="medium", locale=self.locale)

    def clock(self, at: str) -> str:
        """Write the time of day of a stored moment."""
        return format_time(_local(at).time(), format="medium", locale=self.locale)


def N_(message: str) -> str:
    """Mark a message that is said later."""
    return message


def languages() -> tuple[str, ...]:
    """List the languages the desk speaks."""
    return (ENGLISH, *sorted(path.stem for path in HERE.glob("*.po")))


@cache
def words(language: str) -> Words:
    """Load a language; one without a catalogue speaks English and writes as it does."""
    path = HERE / f"{language}.po"
    if not path.is_file():
        return Words(language, {}, {}, lambda number: int(number != 1))
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    every = [one for one in catalogue if one.id and one.string]
    said = [(one.id, one.string) for one in every if one.context != CONTEXT]
    messages = {id_: text for id_, text in said if isinstance(id_, str) and isinstance(text, str)}
    sentences = {str(one.id): str(one.string) for one in every if one.context == CONTEXT}
    # Words that stand in a sentence begin small; what begins large is a title or a button.
    terms = {one: text for one, text in messages.items() if one[:1].islower()}
    return Words(
        language,
        messages,
        {id_[0]: tuple(text or ()) for id_, text in said if not isinstance(id_, str)},
        c2py(catalogue.plural_expr),
        Sentences(sentences, terms, messages.get(LINE, LINE)),
    )


def chosen(wanted: str, accepted: str) -> str:
    """Choose a language: the person's, or the first one the browser asks for that we speak."""
    known = languages()
    if wanted in known:
        return wanted
    asked = (part.partition(";")[0].strip()[:2].lower() for part in accepted.split(","))
    return next((one for one in asked if one in known), ENGLISH)


def _local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone()
