"""What leaves the scanner: one outcome for each scanned page.

Readings are facts about a picture. They are stored once and never changed;
answers are computed from them and from what people decided.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from layouts.geometry import BoxMm
from layouts.model import ItemId
from layouts.sheetcode import MasterCode, SheetCode
from scan.date_reading import DateReading


class Fault(StrEnum):
    """Why a page was refused."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    NO_MARKERS = "no corner markers"
    TWO_PAGES = "parts of two pages"
    MIRRORED = "mirrored"
    INVERTED = "white on black"
    NO_CODE = "no page code"
    HAND_CODE = "code filled in by hand not sure"
    FOREIGN_CODE = "code of another program"
    FOREIGN_STUDY = "code of another study or forged"
    UNKNOWN_FORM = "form unknown to this study"
    WRONG_SCALE = "wrong scale"
    BAD_FIT = "markers and ticks do not fit the form"
    NO_BUBBLES = "printed bubbles not found"
    STREAKS = "streaks across the page"
    WITHDRAWN = "of a dyad that was withdrawn"


class CodeRoute(StrEnum):
    """How it became known which sheet a page is, the surest way first."""

    FIRST = "first code"
    SECOND = "second code"
    ELSEWHERE = "code elsewhere on the page"
    MATCHED = "rest of the code and printed text"
    TEXT = "printed text"
    HAND = "filled in by hand"
    TYPED = "typed by a person"
    UNRECORDED = "not recorded"
    """Only in readings of versions that did not keep it."""


class Note(StrEnum):
    """Something worth knowing about a page that was read all the same."""

    SCALE = "printed or scanned away from 100 %"
    THREE_MARKERS = "one corner marker missing"
    UNMARKED = "read without its corner markers"
    ONE_SIDE = "timing ticks missing on one side"
    SECOND_CODE = "first page code unreadable"
    STREAKED = "streak through the answers taken off"
    LOW_CONTRAST = "light print or pale scan"
    LOW_RESOLUTION = "scanned below 150 dpi"
    BILEVEL = "scanned in black and white"
    REMARK = "remark in its box"
    OUTSIDE = "remark outside the fields"


class Mark(StrEnum):
    """What one bubble's measures amount to."""

    EMPTY = "empty"
    TRACE = "trace"
    FAINT = "faint"
    MARKED = "marked"
    SOLID = "solid"


class Doubt(StrEnum):
    """Why a person has to look at an item; an item with a doubt has no value."""

    FAINT = "faint mark"
    NEAR_BLANK = "nearly blank"
    SEVERAL = "several marks"
    CORRECTION = "unclear correction"
    OUTLINE = "ink on or around the outline"
    UNLIKE = "unlike the other marks"
    WITNESS = "a second look differs"
    SCANS_DIFFER = "two scans differ"


class Status(StrEnum):
    """Where an answer comes from, or what it waits for."""

    READ = "read"
    CORRECTED = "corrected"
    BLANK = "blank"
    DOUBT = "doubt"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class BubbleReading:
    """What was measured at one bubble, kept so that limits can change later.

    Attributes
    ----------
    fill
        Ink inside the bubble, mean over its area: 0 none, 1 as dark as print.
    peak
        Darkest spot of the bubble of about a pen's width: 0 to 1.
    solid
        Evenness: ink of the lightest fifth of the bubble's cells, 0 to 1. High
        only when the whole bubble is covered.
    around
        Ink in a ring just outside the printed outline: 0 to 1.
    outline
        How well the printed outline was found: correlation, -1 to 1.
    mark
        What the judge made of it.
    through
        Ink that leaves the bubble on two opposite sides: 0 to 1.
    joined
        Darkness of a line that joins it with the bubble above or below, if that one has as
        much ink, at its lightest place: 0 to 1.
    """

    value: int
    fill: float
    peak: float
    solid: float
    around: float
    outline: float
    mark: Mark
    through: float = 0.0
    joined: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemReading:
    """One item as the machine read it.

    Attributes
    ----------
    status
        READ, CORRECTED, BLANK or DOUBT.
    value
        The answer; None when blank or in doubt.
    doubts
        Named reasons for a person to look, sorted; empty unless status is DOUBT.
    probability
        That a person looking at the paper would say the same: of `value`, or of blank;
        in doubt of `suggestion`. None in readings of versions that did not keep it.
    suggestion
        In doubt the likeliest answer, None for blank; means nothing without a probability.
    witness
        What the second witness makes of the row (`scan.witness`): log-odds of each bubble in
        its order, and at last of a blank. Empty where none was asked.
    """

    item: ItemId
    status: Status
    value: int | None
    doubts: tuple[Doubt, ...]
    bubbles: tuple[BubbleReading, ...]
    probability: float | None = None
    suggestion: int | None = None
    witness: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenReading:
    """What was filled in by hand on a photocopied form.

    Attributes
    ----------
    rows
        Digits of the paper number, role and wave, as they were judged.
    date
        None on a page that does not ask for it.
    """

    rows: tuple[ItemReading, ...]
    date: DateReading | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How the picture lies on the paper.

    Attributes
    ----------
    matrix
        Homography from paper millimetres to picture pixels, row by row.
    dpi
        Resolution as found from the markers (not as claimed by the file).
    scale
        Printed size against the nominal one; None where the file does not say
        its resolution.
    skew_deg
        Rotation of the paper in the picture, -180 to 180.
    residual_mm
        Largest distance of a marker corner or tick from where the fit puts it.
    """

    matrix: tuple[float, ...]
    dpi: float
    scale: float | None
    skew_deg: float
    residual_mm: float


@dataclass(frozen=True, slots=True)
class Remark:
    """Handwriting that is no answer: where it stands, never what it says.

    Attributes
    ----------
    region
        Name of the form's region for it; empty outside every field.
    box
        Where it is on the paper.
    """

    region: str
    box: BoxMm


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page of a known form, read for certain except for its doubts.

    Attributes
    ----------
    route
        How its code became known.
    remarks
        Handwriting that a person may want to see, the form's own box first.
    written
        Only of a photocopied form.
    consent
        What the client lets the professional see, on a page that asks for it.
    is_closed
        Whether its content is sealed, so that nobody here knows it (`scan.secrecy`).
    """

    source: str
    code: SheetCode
    fit: Fit
    notes: tuple[Note, ...]
    items: tuple[ItemReading, ...]
    route: CodeRoute = CodeRoute.UNRECORDED
    written: WrittenReading | None = None
    kind: Literal["read"] = "read"
    remarks: tuple[Remark, ...] = ()
    consent: ItemReading | None = None
    is_closed: bool = False

    @property
    def rows(self) -> tuple[ItemReading, ...]:
        """Every row that was read: items, and consent."""
        return self.items if self.consent is None else (*self.items, self.consent)


@dataclass(frozen=True, slots=True)
class PageRefused:
    """A page that cannot be read for certain; a person must look at the paper.

    Attributes
    ----------
    master
        Which form it is a photocopy of, if its own code was read.
    """

    source: str
    fault: Fault
    detail: str = ""
    code: SheetCode | None = None
    master: MasterCode | None = None
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class PageBlank:
    """A side without a form: the back of one in a duplex scan, or a separator sheet."""

    source: str
    kind: Literal["blank"] = "blank"
    is_separator: bool = False


PageOutcome = PageRead | PageRefused | PageBlank
