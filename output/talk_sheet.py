"""What a talk sheet says about one dyad: no verdict, no numbers.

A talk sheet is for client and professional together. It shows two profiles, where the
two are closest and where furthest apart, and what moved since the earlier wave, always
with how sure that is. A factor of two names takes no part in closest and furthest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from layouts.model import Role
from wamforms.instrument import FactorId

NEAR_STEPS = 0.5
"""Means less than half an answer step apart are called alike: rounded, they are one answer."""

FAR_STEPS = 1.0
"""More than one whole answer step apart: the two would cross different boxes."""


class Size(IntEnum):
    """How far two means are apart."""

    ALIKE = 0
    SOME = 1
    FAR = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """How far two scores are apart, and whether that is more than measurement error.

    Attributes
    ----------
    steps
        Second minus first, in steps of the answer scale.
    is_sure
        True if it is beyond 1.96 standard errors; False if it is not, or if the study has
        too few forms to tell.
    """

    steps: float
    is_sure: bool

    @property
    def size(self) -> Size:
        """Say it in three words."""
        if abs(self.steps) < NEAR_STEPS:
            return Size.ALIKE
        return Size.FAR if abs(self.steps) > FAR_STEPS else Size.SOME


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's place on one factor, and since when it moved how far.

    Attributes
    ----------
    place, before
        From 0, the lowest mean, to 1, the highest; `before` is None without an earlier one.
    """

    place: float
    before: float | None = None
    moved: Apart | None = None


@dataclass(frozen=True, slots=True)
class TalkRow:
    """One factor.

    Attributes
    ----------
    names
        What the factor is called on the form of each role.
    marks
        Of the roles that are shown and have a score.
    is_weak
        Whether the factor is measured with little precision.
    between
        Professional minus client; None if one is missing or they are two constructs.
    """

    factor: FactorId
    names: Mapping[Role, str]
    marks: Mapping[Role, Mark]
    is_weak: bool
    between: Apart | None

    @property
    def is_one_construct(self) -> bool:
        """Whether both people were asked about the same thing."""
        return len(set(self.names.values())) == 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When a form was filled in: the wave's name, and the day `2026-11-23` if it is known."""

    label: str
    day: str | None


@dataclass(frozen=True, slots=True)
class TalkSheet:
    """One page for client and professional.

    Attributes
    ----------
    steps
        Between the ends of the answer scale: one less than its answers.
    sides
        Whose answers are on it: both, or the professional alone.
    before
        The earlier wave; None without one that may be shown.
    other_professional
        Whether somebody else filled in the professional's form then.
    is_precision_known
        Whether the study has enough forms to tell movement from chance.
    """

    dyad: str
    officer: str
    language: str
    steps: int
    now: Moment
    before: Moment | None
    sides: tuple[Role, ...]
    rows: tuple[TalkRow, ...]
    other_professional: bool
    is_precision_known: bool
    placeholder: bool

    @property
    def closest(self) -> TalkRow | None:
        """The factor on which the two are closest; None if fewer than two can be compared."""
        return self._compared[0] if len(self._compared) > 1 else None

    @property
    def furthest(self) -> TalkRow | None:
        """The factor on which the two are furthest apart; None if fewer than two can be."""
        return self._compared[-1] if len(self._compared) > 1 else None

    @property
    def _compared(self) -> list[TalkRow]:
        rows = [row for row in self.rows if row.between is not None]
        return sorted(rows, key=lambda row: abs(row.between.steps) if row.between else 0.0)
