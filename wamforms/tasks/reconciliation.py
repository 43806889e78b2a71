"""A batch, added up, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Pile(StrEnum):
    """Where a page of a batch ended up."""

    READ = "read"
    WAITING = "waiting for a person"
    CONFLICT = "differ from an earlier scan"
    DUPLICATE = "scanned before"
    BLANK = "blank backs"
    SEPARATOR = "separator sheets"
    FOREIGN = "foreign or of another study"
    REFUSED = "refused"
    WITHDRAWN = "of withdrawn dyads"
    OTHER_RUN = "stored by another run"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a batch; `missing` counts its pages that are in no pile."""

    name: str
    sha256: str | None
    came: str
    pages: int
    missing: int
    reason: str


@dataclass(frozen=True, slots=True)
class WaveLine:
    """The printed pages of one wave of one role, as of the end of the batch.

    Attributes
    ----------
    expected
        Pages on the print list, each counted once however often it was printed.
    before, came
        Those that were in already, and those that this batch brought.
    missing
        Codes of dyads with a page that is not in.
    """

    wave: int
    label: str
    role: str
    expected: int
    before: int
    came: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A page, or a file, that somebody has to take into the hand.

    Attributes
    ----------
    form
        Whose it is, as far as its code could be read.
    is_settled
        True if the page has been read since, or its code was typed.
    """

    source: str
    form: str
    reason: str
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One batch, added up.

    Attributes
    ----------
    ended
        When it came to its end; None if it was interrupted.
    pages
        Pages that went in, counted when the files were listed.
    piles
        Pages in each pile, by its name.
    faults
        Sentences about what does not add up; empty if everything does.
    waiting_now
        Questions about pages of this batch that still wait for a person.
    rescan, foreign
        Paper to scan again, and paper that does not belong into the stack.
    log_head
        Newest entry of the study's log when this was made.
    sealed
        Pages of clients' sheets in this batch of which nobody here knows what they say.
    """

    study: str
    batch: int
    program: str
    at: str
    ended: str | None
    pages: int
    piles: dict[str, int]
    faults: tuple[str, ...]
    files: tuple[FileLine, ...]
    waves: tuple[WaveLine, ...]
    answers: int
    waiting_now: int
    rescan: tuple[PaperLine, ...]
    foreign: tuple[PaperLine, ...]
    log_head: str
    sealed: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every page that went in is in exactly one pile."""
        return not self.faults

    @property
    def open_rescans(self) -> tuple[PaperLine, ...]:
        """What is still to be scanned again."""
        return tuple(line for line in self.rescan if not line.is_settled)
