"""Sentences of the program in the language of the page, found by the template they were made from.

Below the desk nobody knows languages. An error, a reason or a remark is an English sentence there,
and some are stored with a page for good. The catalogue has each as a template, gathered from the
source by `docs/make_words.py`: `{name} is larger than {size} MB`. The template that a sentence
fits gives the values in it, and its translation is said with the same values. A sentence that fits
none stays as it is.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

CONTEXT = "sentence"
"""Context of the templates in a catalogue: they are no messages of a page."""

LINE = "line {number}"
"""How a line of a list is named."""

_PLACE = re.compile(r"\{(\w+)\}")

_JOINTS = (": ", "; ", ", ")
"""Between the parts of a sentence that was put together from several."""

_LINE = re.compile(r"(?P<mark>\s*- )?(?:line (?P<number>\d+): )?(?P<rest>.*)", re.DOTALL)
"""One line of a list of faults."""


class Sentences:
    """The sentences of one language.

    Parameters
    ----------
    said : mapping of str to str
        Translation of each template.
    terms : mapping of str to str
        Words that may stand in a sentence, translated.
    line : str
        How a line of a list is named, with `{number}` in it.
    """

    def __init__(self, said: Mapping[str, str], terms: Mapping[str, str], line: str = LINE) -> None:
        self._whole = {**terms, **{text: to for text, to in said.items() if not _places(text)}}
        templates = ((text, to) for text, to in said.items() if _places(text))
        # The more of a sentence is not left open, the less it can be another one.
        self._templates = [
            (_pattern(text), to)
            for text, to in sorted(templates, key=lambda one: -len(_PLACE.sub("", one[0])))
        ]
        self._line = line
        self._said = lru_cache(maxsize=1000)(self._found)

    def __call__(self, text: str) -> str:
        """Say a sentence, or several lines of them."""
        if not self._whole and not self._templates:
            return text
        return "\n".join(map(self._one, text.split("\n")))

    def _one(self, line: str) -> str:
        whole = self._said(line)
        if whole is not None:
            return whole
        found = _LINE.fullmatch(line)
        if found is None or not (found["mark"] or found["number"]):
            return self._joined(line)
        number = self._line.format(number=found["number"]) + ": " if found["number"] else ""
        return f"{found['mark'] or ''}{number}{self._one(found['rest'])}"

    def _found(self, text: str) -> str | None:
        """Translate a whole sentence; None if it is none of ours."""
        if text in self._whole:
            return self._whole[text]
        quiet = text.removesuffix(".")
        if quiet != text and quiet in self._whole:
            return f"{self._whole[quiet]}."
        for pattern, to in self._templates:
            if (match := pattern.fullmatch(text)) is not None:
                values = {name: self._value(value) for name, value in match.groupdict().items()}
                return _PLACE.sub(lambda place: values[place[1]], to)  # noqa: B023 - used at once
        return None

    def _value(self, value: str) -> str:
        """Say what stands in a place: mostly a name, at times a sentence itself."""
        return self._said(value) or self._joined(value)

    def _joined(self, text: str) -> str:
        """Say a sentence part by part, as far as the parts are known."""
        for joint in _JOINTS:
            before, found, after = text.partition(joint)
            if not found:
                continue
            said = f"{self._value(before)}{joint}{self._value(after)}"
            if said != text:
                return said
        return text


def _places(text: str) -> list[str]:
    return _PLACE.findall(text)


def _pattern(template: str) -> re.Pattern[str]:
    """Make a pattern that fits every sentence of a template."""
    parts: Iterable[str] = _PLACE.split(template)
    return re.compile(
        "".join(
            f"(?P<{part}>.+?)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        ),
        re.DOTALL,
    )
