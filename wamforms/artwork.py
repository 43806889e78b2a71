"""What a page shows besides its answer bubbles, as plain values that can be checked.

The composer decides places and sizes, the drawing door (`wamforms.draw`) only
paints. Grey levels run from 0 (black) to 1 (white).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from layouts.geometry import BoxMm, PointMm
from layouts.model import ExampleKind, Shape


class Face(StrEnum):
    """The two cuts of the typeface that forms use."""

    REGULAR = "regular"
    BOLD = "bold"


class Align(StrEnum):
    """Which end of a text stands at its place."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Type:
    """How a text looks."""

    size_pt: float
    face: Face = Face.REGULAR
    align: Align = Align.LEFT
    gray: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `place` is on its baseline."""

    text: str
    place: PointMm
    type: Type


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle: rule, tick, tint or a run of marker cells."""

    box: BoxMm
    gray: float = 0.0


@dataclass(frozen=True, slots=True)
class Outline:
    """The printed edge of a bubble; `line_mm` is centred on `radius_mm`."""

    shape: Shape
    centre: PointMm
    radius_mm: float
    line_mm: float


@dataclass(frozen=True, slots=True)
class ExampleMark:
    """What stands in an example bubble."""

    kind: ExampleKind
    shape: Shape
    centre: PointMm
    radius_mm: float


Shown = Text | Bar | Outline | ExampleMark


class Field(StrEnum):
    """What is printed differently on every sheet."""

    DYAD = "dyad"
    SHEET = "sheet"
    FULL_CODE = "full code"
    EDITION = "edition"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one of the `Field`s.

    Attributes
    ----------
    room_mm
        How wide the text may become; nothing else is printed there.
    least_pt
        Size down to which a long text shrinks.
    """

    field: Field
    place: PointMm
    type: Type
    room_mm: float
    least_pt: float


@dataclass(frozen=True, slots=True)
class PageArt:
    """Everything on one page that people see, apart from the page code symbols."""

    shown: tuple[Shown, ...]
    slots: tuple[Slot, ...]

    def texts(self) -> Iterator[Text]:
        """Yield the lines of text in the order in which they are read."""
        return (one for one in self.shown if isinstance(one, Text))
