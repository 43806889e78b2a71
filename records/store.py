"""The study's memory. Rows are added, never changed; no SQL outside this folder."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PureWindowsPath
from typing import Self, TypeVar

from layouts.digest import fingerprint
from layouts.errors import UsageError
from layouts.files import from_json, to_json
from layouts.model import Fingerprint, Layout
from layouts.sheetcode import MAX_SERIAL, SheetCode
from records import rows
from records.audits import AuditMemory
from records.batches import BatchMemory
from records.card_marks import CardMemory
from records.database import open_database, transaction
from records.dates import DateMemory
from records.decisions import add_typed_code, read_again, waiting_page
from records.enrolment import enrol
from records.entries import (
    Arrivals,
    Dyad,
    NewCrop,
    NewDyad,
    NewPage,
    NewPrint,
    Outline,
    Print,
    Snapshot,
    StoredFile,
    StoredPage,
)
from records.envelopes import Envelope
from records.page_memory import PageMemory
from records.safekeeping import Safekeeping
from records.sealed_rows import as_scanned, as_stored, open_with, with_true_standings
from records.second_readings import SecondMemory
from records.stamps import named, now, program
from records.taken_back import UndoMemory
from records.verdicts import VerdictMemory
from records.views import ViewMemory
from records.withdrawals import WithdrawalMemory, withdrawal_key
from scan.adjudicate import Place, Standing, standing_of
from scan.results import PageBlank, PageRead

Moment = TypeVar("Moment", bound=Arrivals)
"""How much of the memory is read."""


class Store(
    AuditMemory,
    BatchMemory,
    CardMemory,
    DateMemory,
    PageMemory,
    SecondMemory,
    UndoMemory,
    VerdictMemory,
    ViewMemory,
    WithdrawalMemory,
    Safekeeping,
):
    """An open `study.sqlite`; close it, or use it in a `with` statement."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        seal: bytes | None = None,
        envelope: Envelope | None = None,
    ) -> None:
        self._db, self._key = open_database(path, key, seal), withdrawal_key(key)
        self._envelope = envelope
        self._known: dict[type[Arrivals], tuple[tuple[int, int], Arrivals]] = {}
        open_with(self._db, envelope)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def step(self) -> AbstractContextManager[None]:
        """Make what is written inside a `with` statement one step: all of it, or nothing."""
        return transaction(self._db)

    # What the form side writes.

    def add_form(self, layout: Layout) -> Fingerprint:
        """Remember a layout, so that its sheets can be read as long as the study lives."""
        known = fingerprint(layout)
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO forms VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (known, to_json(layout), now()),
            )
        return known

    def layouts(self) -> dict[Fingerprint, Layout]:
        """Return every form this study ever printed."""
        found = self._db.execute("SELECT fingerprint, layout FROM forms ORDER BY rowid")
        return {Fingerprint(known): from_json(text) for known, text in found}

    def enrol(self, dyads: Iterable[NewDyad]) -> None:
        """Add dyads; for a known one, remember what its caseload line says now.

        Raises UsageError if one was withdrawn or comes with another domain; then none is added.
        """
        with transaction(self._db):
            for dyad in dyads:
                enrol(self._db, self.not_withdrawn(dyad), now())

    def dyads(self) -> tuple[Dyad, ...]:
        """Return every dyad with its latest caseload line."""
        return tuple(map(rows.dyad, self._db.execute(f"{rows.DYADS} ORDER BY dyads.rowid")))

    def add_prints(self, forms: Sequence[NewPrint], *, run: str) -> tuple[Print, ...]:
        """Give every form of a print run its serial, in one step.

        Parameters
        ----------
        forms : sequence of NewPrint
            Dyads must be enrolled and forms added before.
        run : str
            Name of the print run.
        """
        with transaction(self._db):
            (last,) = self._db.execute(rows.LAST_SERIAL).fetchone()
            if last + len(forms) > MAX_SERIAL:
                raise UsageError(
                    f"this study has printed {last} forms; a page code counts to {MAX_SERIAL}",
                    advice="Start a new study for the next forms.",
                )
            self._db.executemany(rows.ADD_PRINT, (rows.print_values(f, run, now()) for f in forms))
            found = self._db.execute(f"{rows.PRINTS} WHERE serial > ? ORDER BY serial", (last,))
            return tuple(map(rows.printed, found))

    def prints(self) -> tuple[Print, ...]:
        """Return every form ever printed."""
        return tuple(map(rows.printed, self._db.execute(f"{rows.PRINTS} ORDER BY serial")))

    # What the scanner writes.

    def begin_file(self, sha256: str, name: str) -> StoredFile:
        """Announce a file; one that `is_complete` has been read before: skip it.

        Only the last part of `name` is kept, never a path.
        """
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO files VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (sha256, PureWindowsPath(name).name, now()),
            )
            row = self._db.execute(f"{rows.FILES} WHERE sha256 = ?", (sha256,)).fetchone()
        return rows.file(row)

    def numbers_read(self, sha256: str) -> frozenset[int]:
        """Return which pages of a file are stored already, to go on after an interruption."""
        found = self._db.execute("SELECT number FROM pages WHERE file = ?", (sha256,))
        return frozenset(number for (number,) in found)

    def add_pages(self, pages: Sequence[NewPage]) -> tuple[StoredPage, ...]:
        """Store pages in one step, each with its standing beside the earlier ones.

        A page whose place in its file is stored already comes back as it was
        stored. One step costs about as much for 20 pages as for one.
        """
        with transaction(self._db):
            return tuple(self._add_page(page, None) for page in pages)

    def _add_page(self, page: NewPage, typed: int | None) -> StoredPage:
        values = (page.file, page.index, typed)
        query = f"{rows.PAGES} WHERE file = ? AND number = ? AND typed IS ?"
        known = self._db.execute(query, values).fetchone()
        if known is None:
            shown, sealed = as_stored(self._envelope, page)
            new = rows.page_values(shown, self._standing(shown), program(), now())
            added = self._db.execute(rows.ADD_PAGE, (*new, typed, sealed)).lastrowid
            self._db.executemany(rows.ADD_CROP, rows.crop_values(added or 0, shown.crops))
            known = self._db.execute(query, values).fetchone()
        return rows.page(known)

    def _standing(self, page: NewPage) -> Standing:
        match page.outcome:
            case PageBlank():
                return Standing.FIRST
            case PageRead(code=code) as read:
                place = Place.of(code)
                scans = (as_scanned(read, one).scan() for one in self.stored_at(place))
                earlier = [scan for scan in scans if scan is not None]
                return standing_of(page.image, read, earlier, self.decided_at(place))
            case _:
                seen = self._db.execute("SELECT 1 FROM pages WHERE image = ?", (page.image,))
                return Standing.FIRST if seen.fetchone() is None else Standing.DUPLICATE

    def end_file(self, sha256: str, pages: int) -> StoredFile:
        """Declare a file read to its end.

        Raises
        ------
        ValueError
            If not exactly `pages` of its pages are stored; that is a bug.
        """
        with transaction(self._db):
            numbers = self.numbers_read(sha256)
            if numbers != frozenset(range(1, pages + 1)):
                raise ValueError(f"{len(numbers)} of {pages} pages of {sha256} are stored")
            self._db.execute(
                "INSERT INTO file_ends VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (sha256, pages, now()),
            )
            row = self._db.execute(f"{rows.FILES} WHERE sha256 = ?", (sha256,)).fetchone()
        return rows.file(row)

    # What people decide.

    def add_typed_code(
        self, page: int, code: SheetCode, read: PageRead, *, by: str, crops: Iterable[NewCrop] = ()
    ) -> StoredPage:
        """Add the code that a person read off a page, and the page as read with it.

        Raises
        ------
        UsageError
            If the page does not wait for its code.
        """
        by = named(by)
        with transaction(self._db):
            refused = waiting_page(self._db, page)
            number = add_typed_code(self._db, page, code, by, now())
            return self._add_page(read_again(refused, read, crops), number)

    def set_aside(self, page: int, *, by: str) -> None:
        """Add that nobody can tell the code of a page: it asks no more.

        Raises
        ------
        UsageError
            If the page does not wait for its code.
        """
        by = named(by)
        with transaction(self._db):
            waiting_page(self._db, page)
            add_typed_code(self._db, page, None, by, now())

    def snapshot(self) -> Snapshot:
        """Return everything as it is at this moment."""
        return self._moment(Snapshot, rows.PAGES)

    def arrivals(self) -> Arrivals:
        """Return what is printed and in at this moment, far faster than a snapshot."""
        return self._last(Arrivals, rows.BARE_PAGES)

    def outline(self) -> Outline:
        """Return what is in, asked and decided at this moment, faster than a snapshot."""
        return self._last(Outline, rows.OUTLINED_PAGES)

    def _last(self, kind: type[Moment], pages: str) -> Moment:
        """Return what was read last if nobody, in any program, has changed anything since."""
        if self._db.in_transaction:  # what is written here may still be undone
            return self._moment(kind, pages)
        with transaction(self._db, reading=True):
            (of_others,) = self._db.execute("PRAGMA data_version").fetchone()
            state = (of_others, self._db.total_changes)
            before, known = self._known.get(kind, (None, None))
            if before == state and isinstance(known, kind):
                return known
            found = self._moment(kind, pages)
            self._known[kind] = (state, found)
            return found

    def _moment(self, kind: type[Moment], pages: str) -> Moment:
        ask = self._db.execute
        with transaction(self._db, reading=True):
            found: Iterable[rows.Row] = ask(f"{pages} ORDER BY id")
            if kind is not Snapshot:  # small rows are quicker all at once, whole ones are too large
                found = list(found)
            return kind(
                layouts=self.layouts(),
                dyads=self.dyads(),
                prints=self.prints(),
                files=tuple(map(rows.file, ask(f"{rows.FILES} ORDER BY files.rowid"))),
                pages=with_true_standings(self._db, map(rows.page, found)),
                verdicts=tuple(map(rows.verdict, ask(f"{rows.VERDICTS} ORDER BY number"))),
                sheet_verdicts=tuple(
                    map(rows.sheet_verdict, ask(f"{rows.SHEET_VERDICTS} ORDER BY number"))
                ),
                typed_codes=tuple(map(rows.typed_code, ask(f"{rows.TYPED_CODES} ORDER BY number"))),
                crops=tuple(map(rows.crop, ask(f"{rows.CROPS} ORDER BY page, number"))),
                date_verdicts=self.date_verdicts(),
                is_closed=self._envelope is not None and not self._envelope.opens,
            )
