"""What the study's memory holds, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.model import DyadCode, Fingerprint, ItemId, Layout, Role
from layouts.sheetcode import SheetCode
from scan.adjudicate import Place, Scan, SheetVerdict, Standing, Verdict
from scan.filled_on import DateVerdict
from scan.results import Fault, PageBlank, PageOutcome, PageRead, PageRefused


@dataclass(frozen=True, slots=True)
class NewDyad:
    """A client and a professional, known by a code only.

    Attributes
    ----------
    officer
        The professional's code for sorting print runs; empty if there is none.
    notes
        Free text of the caseload; it never leaves the study folder.
    """

    code: DyadCode
    domain: str
    language: str
    officer: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Dyad(NewDyad):
    """A dyad as enrolled; language, officer and notes are the latest ones."""

    enrolled_at: str = ""


@dataclass(frozen=True, slots=True)
class NewPrint:
    """One form to be printed."""

    dyad: DyadCode
    role: Role
    wave: int
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Print:
    """One printed form.

    Attributes
    ----------
    serial
        Number of the print, drawn from a counter.
    run
        Name of the print run.
    officer, language
        As they were when the form was printed.
    """

    serial: int
    dyad: DyadCode
    role: Role
    wave: int
    fingerprint: Fingerprint
    run: str
    officer: str
    language: str
    printed_at: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A scanned file; `pages` is None while it has not been read to its end."""

    sha256: str
    name: str
    at: str
    pages: int | None

    @property
    def is_complete(self) -> bool:
        """Whether every page of it has been stored."""
        return self.pages is not None


@dataclass(frozen=True, slots=True)
class NewCrop:
    """A cutting of handwriting from a page.

    Attributes
    ----------
    region
        Name of the form's region; empty for what stands outside every field.
    image, suffix
        Where `ImageVault` keeps it.
    """

    region: str
    image: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Crop(NewCrop):
    """A cutting as remembered: the how-manieth of the reading of a page."""

    page: int
    number: int


@dataclass(frozen=True, slots=True)
class NewPage:
    """One scanned page on its way into the memory.

    Attributes
    ----------
    file
        SHA-256 of the file it came in.
    index
        Position in that file, from 1.
    image, suffix
        Where `ImageVault` keeps its picture; None if there was none to keep.
    crops
        Cuttings of handwriting, in the order of the reading.
    """

    file: str
    index: int
    image: str | None
    suffix: str | None
    outcome: PageOutcome
    crops: tuple[NewCrop, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One scanned page as remembered.

    Attributes
    ----------
    program
        The version that read it.
    typed
        Number of the `TypedCode` with which it was read again; None for a scan.
    is_sealed
        Whether only the research key opens what was read; if nobody gave it, the
        outcome `is_closed`.
    """

    id: int
    file: str
    index: int
    image: str | None
    suffix: str | None
    outcome: PageOutcome
    standing: Standing
    program: str
    at: str
    typed: int | None = None
    is_sealed: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether its content is sealed, and nobody gave the research key."""
        return isinstance(self.outcome, PageRead) and self.outcome.is_closed

    @property
    def lacks_code(self) -> bool:
        """Whether it was refused for want of a code, and a person could read it off."""
        outcome = self.outcome
        return (
            isinstance(outcome, PageRefused)
            and outcome.fault in {Fault.NO_CODE, Fault.HAND_CODE}
            and self.image is not None
        )

    @property
    def code(self) -> SheetCode | None:
        """The printed code, as far as it could be read."""
        return None if isinstance(self.outcome, PageBlank) else self.outcome.code

    @property
    def place(self) -> Place | None:
        """Where it belongs, as far as its code could be read."""
        return None if self.code is None else Place.of(self.code)

    def options_of(self, item: ItemId) -> tuple[int, ...]:
        """List the answers printed for a row; empty if it was not read on this page."""
        rows = self.outcome.rows if isinstance(self.outcome, PageRead) else ()
        return tuple(bubble.value for one in rows if one.item == item for bubble in one.bubbles)

    def scan(self) -> Scan | None:
        """Return it as a scan to adjudicate, None if it was not read."""
        if not isinstance(self.outcome, PageRead):
            return None
        return Scan(self.id, self.image, self.standing, self.outcome)


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What a person read off a page whose code the scanner could not read.

    Attributes
    ----------
    page
        Number of the refused page.
    code
        As printed for people; None if nobody can tell.
    """

    number: int
    page: int
    code: str | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came in at one moment, each list in the order of arrival: readings without items.

    It tells what is printed, in and missing. What is asked needs an `Outline`, answers need a
    `Snapshot`; a reading that lay in an envelope has all of its items here, too.

    Attributes
    ----------
    is_closed
        Whether what clients answered is sealed, and nobody gave the research key.
    """

    layouts: Mapping[Fingerprint, Layout]
    dyads: tuple[Dyad, ...]
    prints: tuple[Print, ...]
    files: tuple[StoredFile, ...]
    pages: tuple[StoredPage, ...]
    verdicts: tuple[Verdict, ...]
    sheet_verdicts: tuple[SheetVerdict, ...]
    typed_codes: tuple[TypedCode, ...] = ()
    crops: tuple[Crop, ...] = ()
    date_verdicts: tuple[DateVerdict, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Outline(Arrivals):
    """The same with every item that is in doubt, was decided about or was audited.

    A page that was scanned more than once has all of its items.
    """


@dataclass(frozen=True, slots=True)
class Snapshot(Outline):
    """Everything a study knew at one moment."""
