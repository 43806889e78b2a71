"""What a study is about: `study.toml`, a file that people edit."""

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from layouts.errors import FaultyFileError
from layouts.geometry import PAPERS
from layouts.sheetcode import MAX_WAVES
from records.age_files import is_public_key

LEAST_ASK_BELOW = 0.9
"""A reader that lets one answer in ten be wrong unseen is a mistake in the file."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, in days after a sheet was scanned; None is not decided.

    Attributes
    ----------
    audit
        Whether paper waits for a finished audit.
    """

    paper_days: int | None = None
    data_days: int | None = None
    audit: bool = False


KEEP = Retention()
"""Nothing decided: nothing has a date."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one study.

    Attributes
    ----------
    language
        Tag of the language of dyads whose caseload line names none.
    paper
        Name of a paper in `layouts.geometry.PAPERS`.
    waves
        Names of the measurement occasions; a wave's number is its place here, from 1.
    definitions
        Folder of the study's own questionnaires, seen from the study folder
        unless absolute; None for those that come with the program.
    thresholds
        Limits of the mark reader that differ from the tested ones, by name.
    wave_days
        When a wave is due, in days after a dyad's first form was printed, by the
        wave's name; the usual names have usual days.
    sealed_to
        Public research keys: what clients answer opens with one of their secret keys only.
    """

    title: str
    language: str
    paper: str
    domains: tuple[str, ...]
    waves: tuple[str, ...]
    definitions: Path | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    wave_days: Mapping[str, int] = field(default_factory=dict)
    retention: Retention = KEEP
    sealed_to: tuple[str, ...] = ()


def read_settings(path: Path) -> Settings:
    """Read `study.toml`.

    Raises
    ------
    FaultyFileError
        With every fault of the file: which key, what is wrong, what to do.
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FaultyFileError(str(path), ["not UTF-8 text: save it again as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise FaultyFileError(str(path), [f"not valid TOML: {error}"]) from error
    return settings_of(raw, str(path))


def settings_of(raw: Mapping[str, object], name: str) -> Settings:
    """Make settings of what TOML says.

    Raises
    ------
    FaultyFileError
        With every fault; `name` is what messages call them.
    """
    try:
        return _File.model_validate(raw).settings()
    except ValidationError as error:
        raise FaultyFileError(name, [_in_words(one) for one in error.errors()]) from error


def _one_line(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty", "is empty")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise PydanticCustomError("one_line", "must be one line of plain text")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise PydanticCustomError("language", "is not a language tag")
    return text


def _paper(text: str) -> str:
    if text not in PAPERS:
        raise PydanticCustomError("paper", "is not a known paper")
    return text


def _domain(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise PydanticCustomError("domain", "has characters other than a-z, 0-9, _ and -")
    return text


def _public_key(text: str) -> str:
    if not is_public_key(text):
        raise PydanticCustomError("public_key", "holds a line that is no public key")
    return text


def _all_different(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PydanticCustomError("twice", "names {names} twice", {"names": ", ".join(twice)})
    return names


def _asking(limits: dict[str, float]) -> dict[str, float]:
    if not LEAST_ASK_BELOW <= limits.get("ask_below", 1.0) <= 1.0:
        raise PydanticCustomError("ask_below", "ask_below must be from {least} to 1",
                                  {"least": LEAST_ASK_BELOW})  # fmt: skip
    return limits


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise PydanticCustomError("finite", "is not a finite number")
    return number


_Line = Annotated[str, AfterValidator(_one_line)]
_Different = AfterValidator(_all_different)


class _Retention(BaseModel):
    """The table `[retention]`."""

    model_config = ConfigDict(extra="forbid")

    paper_days: Annotated[int, Field(strict=True, ge=0)] | None = None
    data_days: Annotated[int, Field(strict=True, ge=0)] | None = None
    audit: Annotated[bool, Field(strict=True)] = False


class _File(BaseModel):
    """The keys of `study.toml`, checked all together."""

    model_config = ConfigDict(extra="forbid")

    title: _Line
    language: Annotated[str, AfterValidator(_language)]
    paper: Annotated[str, AfterValidator(_paper)]
    domains: Annotated[
        tuple[Annotated[str, AfterValidator(_domain)], ...], Field(min_length=1), _Different
    ]
    waves: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=MAX_WAVES), _Different]
    definitions: _Line | None = None
    thresholds: Annotated[
        dict[_Line, Annotated[float, Field(strict=True), AfterValidator(_finite)]],
        AfterValidator(_asking),
    ] = {}

    wave_days: dict[_Line, Annotated[int, Field(strict=True, ge=0)]] = {}
    retention: _Retention = _Retention()
    sealed_to: Annotated[
        tuple[Annotated[str, AfterValidator(_public_key)], ...], Field(min_length=1), _Different
    ] = ()

    def settings(self) -> Settings:
        """Turn the checked keys into plain settings."""
        return Settings(
            title=self.title,
            language=self.language,
            paper=self.paper,
            domains=self.domains,
            waves=self.waves,
            definitions=None if self.definitions is None else Path(self.definitions),
            thresholds=dict(self.thresholds),
            wave_days=dict(self.wave_days),
            retention=Retention(**self.retention.model_dump()),
            sealed_to=self.sealed_to,
        )


_ADVICE = {
    "title": 'write one line, such as title = "Alliance 2027"',
    "language": 'write a tag such as language = "nl"',
    "paper": f"write one of {', '.join(sorted(PAPERS))}",
    "domains": 'list at least one, all different, such as domains = ["probation"]',
    "waves": f'list 1 to {MAX_WAVES} different names, such as waves = ["intake", "exit"]',
    "definitions": "name a folder, or remove the line",
    "thresholds": "write name = number, or remove the line",
    "retention": "write paper_days and data_days as whole numbers from 0, audit as true or false",
    "sealed_to": "put the line back as wamforms init wrote it; each key begins with age1",
    "wave_days": "write name = days, a whole number from 0, or remove the line",
}
"""What to do about a fault, by key."""

_WHAT = {"missing": "is missing", "extra_forbidden": "is not a key of this file"}


def _in_words(error: ErrorDetails) -> str:
    key = str(error["loc"][0])
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    what = _WHAT.get(error["type"], error["msg"])
    advice = _ADVICE.get(key, f"remove it or correct it to one of {', '.join(_ADVICE)}")
    return f"{where}: {what}; {advice}"
