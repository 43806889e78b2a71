"""A form as the printer draws it and the scanner looks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from layouts.geometry import BoxMm, Paper, PointMm

ItemId = NewType("ItemId", str)
"""Name of one question within an instrument, such as `q07`."""

Fingerprint = NewType("Fingerprint", str)
"""Eight characters that stand for everything in a `Layout` (40 bits)."""

DyadCode = NewType("DyadCode", str)
"""Eight characters of `layouts.dyadcode`, the last of them a check character."""


class Role(StrEnum):
    """Which of the two people of a dyad fills in the form."""

    CLIENT = "client"
    PROFESSIONAL = "professional"


class Consent(StrEnum):
    """What a client lets the professional see of the form; the wording is the definition's."""

    ALL = "all answers"
    FACTORS = "factor scores"
    NOTHING = "nothing"


CONSENT = ItemId("consent")
"""Name of the row that asks for it; no item may be called that."""

CONSENT_VALUES: Mapping[int, Consent] = dict(enumerate(Consent, 1))
"""What its bubbles are worth, in printed order."""


class Shape(StrEnum):
    """Outline of an answer bubble."""

    ROUND = "round"
    SQUARE = "square"


class ExampleKind(StrEnum):
    """What is printed into an example bubble."""

    EMPTY = "empty"
    CROSSED = "crossed"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Fiducial:
    """A square corner marker; `marker` is its number in `layouts.markers`."""

    marker: int
    centre: PointMm
    size_mm: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A black bar in the margin beside a row, to measure local stretch."""

    centre: PointMm
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Example:
    """An example bubble of the instruction; every scan takes its own levels from it."""

    kind: ExampleKind
    centre: PointMm
    radius_mm: float


@dataclass(frozen=True, slots=True)
class Bubble:
    """One place to mark, standing for one value of one item."""

    value: int
    centre: PointMm
    radius_mm: float


@dataclass(frozen=True, slots=True)
class Group:
    """The bubbles of one item, in the order in which they are printed."""

    item: ItemId
    bubbles: tuple[Bubble, ...]


class RegionKind(StrEnum):
    """What people put into a region."""

    REMARKS = "remarks"
    """Words of their own: kept as a picture, never read."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle for something other than bubbles; no name stands twice on a page."""

    name: str
    kind: RegionKind
    box: BoxMm


@dataclass(frozen=True, slots=True)
class Written:
    """What is filled in by hand on a photocopied form: whose it is, which wave, when.

    Attributes
    ----------
    number
        One row of ten bubbles, worth 0 to 9, for each digit of the paper number
        (`layouts.papernumber`).
    notes
        The box beside each of these rows, for the digit in writing.
    role, wave
        Bubbles worth 1 for the client and 2 for the professional, and the wave's number.
    date
        Comb boxes for the day, the month and the last two digits of the year,
        one digit each; empty on pages that do not ask for it.
    box
        All of it with what is printed around.
    """

    number: tuple[Group, ...]
    notes: tuple[BoxMm, ...]
    role: Group
    wave: Group
    date: tuple[BoxMm, ...]
    box: BoxMm

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every row of bubbles."""
        return (*self.number, self.role, self.wave)


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One printed side.

    Attributes
    ----------
    number
        Counts from 1.
    codes
        Places of the printed page code, without its quiet zone.
    code_texts
        Where the code stands for people (`SheetCode.for_people`): each copy of
        it is the boxes of its lines, from the first to the last. Empty in
        forms of versions that did not read it.
    regions
        Places for handwriting.
    printed
        Room that texts, rules and frames take, so that ink elsewhere is known to
        be somebody's. Empty in forms of versions that did not look for it.
    written
        Only on photocopy masters.
    consent
        The row that asks what the professional may see; its bubbles are worth
        `CONSENT_VALUES`. None on forms that do not ask.
    """

    number: int
    fiducials: tuple[Fiducial, ...]
    ticks: tuple[Tick, ...]
    codes: tuple[BoxMm, ...]
    examples: tuple[Example, ...]
    groups: tuple[Group, ...]
    code_texts: tuple[tuple[BoxMm, ...], ...] = ()
    regions: tuple[Region, ...] = ()
    printed: tuple[BoxMm, ...] = ()
    written: Written | None = None
    consent: Group | None = None

    @property
    def rows(self) -> tuple[Group, ...]:
        """Every row that the person marks who fills the form in: items, and consent."""
        return self.groups if self.consent is None else (*self.groups, self.consent)


@dataclass(frozen=True, slots=True)
class Layout:
    """Every place that printer and scanner must agree on, and what it means.

    Attributes
    ----------
    instrument, version
        Which questionnaire; `version` is the definition's own.
    domain, role, language
        Which edition of it.
    wording
        Digest of every printed sentence: other words are another form.
    points
        Number of answer options per item.
    shape, outline_mm
        Outline of the bubbles and the width of its line.
    """

    instrument: str
    version: str
    domain: str
    role: Role
    language: str
    wording: str
    points: int
    shape: Shape
    outline_mm: float
    paper: Paper
    pages: tuple[PageLayout, ...]
