"""One line for each page of a stack: whose it is, and what became of it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from layouts.dyadcode import shown
from records.entries import StoredPage
from scan.adjudicate import Standing
from scan.results import Note, PageBlank, PageOutcome, PageRead, PageRefused, Status


class Became(StrEnum):
    """What became of one page of a stack."""

    READ = "read"
    WAITING = "waiting"
    CONFLICT = "conflict"
    AGAIN = "again"
    DUPLICATE = "duplicate"
    BLANK = "blank side"
    SEPARATOR = "separator sheet"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PageLine:
    """One page in the report of a scan.

    Attributes
    ----------
    doubts
        Items of the page that wait for a person.
    reason
        Why it was refused; empty for other pages.
    page
        Its number in the study, as in the log.
    is_sealed
        Whether only the research key opens what was read; then nothing is said of it.
    """

    source: str
    became: Became
    dyad: str = ""
    role: str = ""
    wave: int | None = None
    form_page: int | None = None
    doubts: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()
    page: int = 0
    is_sealed: bool = False


def line_of(page: StoredPage) -> PageLine:
    """Say in one line what became of a stored page."""
    return replace(_line_of(page), page=page.id, is_sealed=page.is_sealed)


def _line_of(page: StoredPage) -> PageLine:
    outcome: PageOutcome = page.outcome
    match outcome:
        case PageBlank(source=source, is_separator=is_separator):
            return PageLine(source, Became.SEPARATOR if is_separator else Became.BLANK)
        case PageRefused(source=source, fault=fault, detail=detail):
            became = Became.DUPLICATE if page.standing is Standing.DUPLICATE else Became.REFUSED
            reason = f"{fault.value}: {detail}" if detail else fault.value
            return replace(_placed(source, became, page), reason=reason)
        case PageRead(source=source, rows=rows, notes=notes):
            doubts = sum(1 for row in rows if row.status is Status.DOUBT)
            doubts = 0 if page.is_closed else doubts
            became = _READ_AS[page.standing]
            if became is Became.READ and doubts:
                became = Became.WAITING
            return replace(
                _placed(source, became, page),
                doubts=doubts if page.standing is Standing.FIRST else 0,
                notes=tuple(Note(note).value for note in notes),
            )


_READ_AS = {
    Standing.FIRST: Became.READ,
    Standing.DUPLICATE: Became.DUPLICATE,
    Standing.AGAIN: Became.AGAIN,
    Standing.CONFLICT: Became.CONFLICT,
}


def _placed(source: str, became: Became, page: StoredPage) -> PageLine:
    code = page.code
    if code is None:
        return PageLine(source, became)
    return PageLine(source, became, shown(code.dyad), code.role, code.wave, code.page)
