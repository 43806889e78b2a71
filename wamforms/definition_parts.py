"""The definition files as data: which keys they have and of which kind.

These models only look at names and kinds, one file at a time; what the values
mean for each other is the business of `wamforms.definition_checks`. Every field
has a default, so that a file with faults can still be looked at as a whole and
its owner hears of all faults at once. A field that may really be left out is
named in `may_be_absent`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from layouts.model import Role, Shape

Raw = dict[str, Any]
"""A TOML file as the standard library reads it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend in a definition: which file, which key, what to do."""

    file: str
    key: str
    text: str

    def __str__(self) -> str:
        # Names from a file may hold anything; a message stays one line of plain text.
        line = f"{self.file}: {self.key}: {self.text}"
        return "".join(letter if letter.isprintable() else "?" for letter in line)

    def covers(self, other: "Fault") -> bool:
        """Tell whether `other` lies at or beneath this key and so follows from this fault."""
        return self.file == other.file and (
            other.key == self.key or other.key.startswith(f"{self.key}.")
        )


class Part(BaseModel):
    """A table of a definition file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)
    may_be_absent: ClassVar[frozenset[str]] = frozenset()


class ItemPart(Part):
    """`[items]`: one line of it."""

    may_be_absent = frozenset({"assumed"})
    factor: str = ""
    key: int = 1
    assumed: bool = False


class ScalePart(Part):
    """`[scale]`."""

    may_be_absent = frozenset({"assumed"})
    values: list[int] = Field(default_factory=list)
    assumed: bool = False


class ScoringPart(Part):
    """`[scoring]`."""

    may_be_absent = frozenset({"assumed"})
    minimum_share: float = 1.0
    assumed: bool = False


class RolePart(Part):
    """`[languages.nl.client]`: what one role reads in one language."""

    title: str = ""
    role: str = ""
    factors: dict[str, str] = Field(default_factory=dict)
    sentences: dict[str, str] = Field(default_factory=dict)


class LanguagePart(Part):
    """`[languages.nl]` of the shared file."""

    name: str = ""
    right_to_left: bool = False
    scale: list[str] = Field(default_factory=list)
    phrases: dict[str, str] = Field(default_factory=dict)
    client: RolePart = Field(default_factory=RolePart)
    professional: RolePart = Field(default_factory=RolePart)

    def of(self, role: Role) -> RolePart:
        """Get the part of a role."""
        return self.client if role is Role.CLIENT else self.professional


class SharedFile(Part):
    """The file of the instrument: everything that is the same in every domain."""

    may_be_absent = frozenset({"assumed", "slots", "remarks", "consent"})
    id: str = ""
    version: str = ""
    licence: str = ""
    placeholder: bool = False
    assumed: list[str] = Field(default_factory=list)
    # TOML has no enumerations; text is looked up by its value.
    shape: Annotated[Shape, Field(strict=False)] = Shape.SQUARE
    factors: list[str] = Field(default_factory=list)
    slots: list[str] = Field(default_factory=list)
    remarks: bool = False
    consent: bool = False
    scale: ScalePart = Field(default_factory=ScalePart)
    scoring: ScoringPart = Field(default_factory=ScoringPart)
    items: dict[str, ItemPart] = Field(default_factory=dict)
    languages: dict[str, LanguagePart] = Field(default_factory=dict)


class DomainRolePart(Part):
    """`[languages.nl.client]` of a domain file: sentences that replace shared ones."""

    may_be_absent = frozenset({"sentences"})
    sentences: dict[str, str] = Field(default_factory=dict)


class DomainLanguagePart(Part):
    """`[languages.nl]` of a domain file."""

    may_be_absent = frozenset({"slots", "phrases", "client", "professional"})
    domain: str = ""
    slots: dict[str, str] = Field(default_factory=dict)
    phrases: dict[str, str] = Field(default_factory=dict)
    client: DomainRolePart = Field(default_factory=DomainRolePart)
    professional: DomainRolePart = Field(default_factory=DomainRolePart)

    def of(self, role: Role) -> DomainRolePart:
        """Get the part of a role."""
        return self.client if role is Role.CLIENT else self.professional


class DomainFile(Part):
    """The file of a domain: what differs from the shared file."""

    languages: dict[str, DomainLanguagePart] = Field(default_factory=dict)


AnyFile = TypeVar("AnyFile", SharedFile, DomainFile)

_KEYS = sorted({name for part in Part.__subclasses__() for name in part.model_fields})

_KINDS = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "list_type": "must be a list in square brackets",
    "dict_type": "must be a table of lines such as name = value",
    "model_type": "must be a table of lines such as name = value",
    "enum": "must be one of: " + ", ".join(f'"{shape}"' for shape in Shape),
}


def parsed(kind: type[AnyFile], file: str, raw: Raw) -> tuple[AnyFile, list[Fault]]:
    """Read a file's tables and list unknown keys, missing keys and wrong kinds.

    Returns
    -------
    tuple of AnyFile and list of Fault
        What could be read, with defaults in place of what could not.
    """
    found: list[Fault] = []
    while True:
        try:
            whole = kind.model_validate(raw)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                found.append(Fault(file, _key(one["loc"]), _words(one["type"], one["loc"])))
                _take_out(raw, one["loc"], table=one["type"] in {"model_type", "dict_type"})
        else:
            return whole, found + _news(found, _missing(file, "", whole))


def _news(known: list[Fault], others: Iterator[Fault]) -> list[Fault]:
    """Leave out what only follows from faults that are known already."""
    return [fault for fault in others if not any(one.covers(fault) for one in known)]


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _words(kind: str, location: tuple[int | str, ...]) -> str:
    if kind != "extra_forbidden":
        return _KINDS.get(kind, "cannot be used here")
    near = get_close_matches(str(location[-1]), _KEYS, 1)
    return "is not a known key; " + (
        f"did you mean {near[0]}?" if near else "remove it or move it to its own table"
    )


def _take_out(raw: Raw, location: tuple[int | str, ...], *, table: bool) -> None:
    """Remove a faulty value; a table is emptied, and a list goes as a whole."""
    names = [str(one) for one in location if isinstance(one, str)]
    for name in names[:-1]:
        raw = raw.get(name, {})
    if table:
        raw[names[-1]] = {}
    else:
        raw.pop(names[-1], None)


def _missing(file: str, key: str, part: Part) -> Iterator[Fault]:
    """List the keys that have to be there and are not, in this table and beneath it."""
    for name in type(part).model_fields:
        here = f"{key}.{name}" if key else name
        if name not in part.model_fields_set:
            if name not in part.may_be_absent:
                yield Fault(file, here, "is missing; add it")
            continue
        yield from _missing_beneath(file, here, getattr(part, name))


def _missing_beneath(file: str, key: str, value: object) -> Iterator[Fault]:
    if isinstance(value, Part):
        yield from _missing(file, key, value)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _missing_beneath(file, f"{key}.{name}", one)
