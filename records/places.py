"""Everything known about each page that a study expects once, with its answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layouts.model import CONSENT
from records.entries import Arrivals, StoredPage
from scan.adjudicate import (
    Answer,
    Place,
    Scan,
    SheetVerdict,
    Verdict,
    answers_of_place,
    counting,
    is_open,
)
from scan.filled_on import FilledOn, filled_on
from scan.results import PageRead, Status


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """One place with all its readable scans.

    Attributes
    ----------
    pages
        Every scan that was read, the oldest first.
    decided
        A person's latest choice between them.
    verdicts
        Verdicts on items of any of these scans.
    counted
        The scan that counts; while `is_open`, the first or last chosen one.
    reading
        Its reading.
    is_open
        True while a conflict between scans waits for a person.
    answers
        Of its items: what is scored and counted.
    consent
        What the client lets the professional see; None if the page does not ask.
    """

    place: Place
    pages: tuple[StoredPage, ...]
    decided: SheetVerdict | None
    verdicts: tuple[Verdict, ...]
    counted: StoredPage
    reading: PageRead
    is_open: bool
    answers: tuple[Answer, ...]
    consent: Answer | None = None

    @property
    def is_closed(self) -> bool:
        """Whether what is on it is sealed, and nobody gave the research key."""
        return any(page.is_closed for page in self.pages)

    @property
    def rows(self) -> tuple[Answer, ...]:
        """Everything that was marked on it: the answers, and consent."""
        return self.answers if self.consent is None else (*self.answers, self.consent)

    @property
    def waiting(self) -> tuple[Answer, ...]:
        """Rows that a person has to settle; a page waits for its consent, too."""
        return tuple(one for one in self.rows if one.status is Status.DOUBT)


def places_of(snapshot: Arrivals) -> tuple[PlaceRecord, ...]:
    """Bring scans and verdicts together, in the order of dyad, role, wave and page."""
    pages: defaultdict[Place, list[tuple[StoredPage, Scan]]] = defaultdict(list)
    for page in snapshot.pages:
        if (scan := page.scan()) is not None:
            pages[Place.of(scan.page.code)].append((page, scan))
    decided = {one.place: one for one in snapshot.sheet_verdicts}
    verdicts: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in snapshot.verdicts:
        verdicts[verdict.page].append(verdict)
    return tuple(
        _record(place, pages[place], decided.get(place), verdicts) for place in sorted(pages)
    )


def date_of_place(record: PlaceRecord, snapshot: Arrivals) -> FilledOn | None:
    """Return the date on the scan that counts; None if the form asks for none."""
    written = record.reading.written
    if written is None or written.date is None:
        return None
    if record.is_open:
        return FilledOn(None, Status.DOUBT, written.date.doubt)
    mine = [one for one in snapshot.date_verdicts if one.page == record.counted.id]
    return filled_on(written.date, mine[-1] if mine else None, record.counted.at)


def _record(
    place: Place,
    pages: Sequence[tuple[StoredPage, Scan]],
    decided: SheetVerdict | None,
    verdicts: Mapping[int, Sequence[Verdict]],
) -> PlaceRecord:
    stored = {scan.id: page for page, scan in pages}
    scans = [scan for _, scan in pages]
    mine = tuple(verdict for scan in scans for verdict in verdicts.get(scan.id, ()))
    counted = counting(scans, decided)
    rows = answers_of_place(scans, decided, mine)
    return PlaceRecord(
        place=place,
        pages=tuple(stored.values()),
        decided=decided,
        verdicts=mine,
        counted=stored[counted.id],
        reading=counted.page,
        is_open=is_open(scans, decided),
        answers=tuple(one for one in rows if one.item != CONSENT),
        consent=next((one for one in rows if one.item == CONSENT), None),
    )
