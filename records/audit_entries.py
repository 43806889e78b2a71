"""What audits are made of, as plain values."""

from dataclasses import dataclass
from enum import StrEnum

from layouts.model import ItemId
from scan.adjudicate import Meaning


class Stratum(StrEnum):
    """Kinds of answers that err in different ways, so that each gets its own bound."""

    MARKED = "marked"
    EMPTY = "empty"
    SETTLED = "settled"


class Rule(StrEnum):
    """When an audit may say something: after all of its fields, or at any time."""

    FIXED = "fixed"
    SEQUENTIAL = "sequential"


class Turn(StrEnum):
    """Whose reading a key is: two blind readers, and who settles what they leave open."""

    FIRST = "first"
    SECOND = "second"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody, or the study, takes a row for."""

    meaning: Meaning
    value: int | None


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """What was decided about a stratum before anything was drawn.

    Attributes
    ----------
    bound
        The rate of wrong answers to be ruled out.
    allowed
        Wrong answers among `size` that still rule it out.
    frame
        How many answers the stratum held.
    size
        How many of them are checked; all of them if the stratum is too small.
    """

    stratum: Stratum
    bound: float
    allowed: int
    frame: int
    size: int

    @property
    def is_census(self) -> bool:
        """Whether every answer of the stratum is checked."""
        return self.size == self.frame


@dataclass(frozen=True, slots=True)
class NewField:
    """One answer to be checked, as the study had it when the sample was drawn."""

    stratum: Stratum
    page: int
    item: ItemId
    answer: Reading


@dataclass(frozen=True, slots=True)
class AuditField(NewField):
    """One answer of a sample; `position` is its place in the order of drawing, from 1."""

    number: int
    position: int


@dataclass(frozen=True, slots=True)
class NewAudit:
    """What is decided before drawing.

    Attributes
    ----------
    seed, seed_from
        What the sample is drawn with, and where that came from.
    readers
        How many people key every field.
    read_by
        The version of the program that read the pages.
    forms
        Forms in the frame.
    frame
        SHA-256 of the list of all fields with their answers.
    """

    seed: str
    seed_from: str
    rule: Rule
    readers: int
    read_by: str
    forms: int
    frame: str
    strata: tuple[StratumPlan, ...]


@dataclass(frozen=True, slots=True)
class AuditKey:
    """What one person keyed for one field."""

    number: int
    field: int
    turn: Turn
    reading: Reading
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample with everything that was keyed; a field's last key of a turn counts."""

    number: int
    plan: NewAudit
    by: str
    at: str
    program: str
    fields: tuple[AuditField, ...]
    keys: tuple[AuditKey, ...]
