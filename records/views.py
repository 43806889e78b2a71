"""The memory at one moment, some dyads at a time: for whatever must not hold all of it at once."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from layouts.files import from_json
from layouts.model import DyadCode, Fingerprint, Layout
from records import rows
from records.database import transaction
from records.entries import Snapshot, StoredFile
from records.envelopes import Envelope
from records.sealed_rows import with_true_standings
from scan.filled_on import DateVerdict

PORTION = 200
"""Dyads of one portion. With three waves that is 1,200 pages, some 60 MB as plain values;
larger portions gain no time (`python -m bench.export`)."""

_THESE = "IN (SELECT value FROM json_each(?1))"
_AT_WAVE = "(?2 IS NULL OR wave = ?2)"
_PAGES = f"SELECT id FROM pages WHERE dyad {_THESE} AND {_AT_WAVE}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies in the memory, as plain numbers.

    Attributes
    ----------
    outcomes
        Scanned pages that were read, refused and blank.
    faults
        Refused pages by fault.
    verdicts
        Decisions about items by meaning, those included that were taken back.
    readers
        Pages by the version of the program that read them.
    """

    outcomes: dict[str, int]
    faults: dict[str, int]
    verdicts: dict[str, int]
    choices_between_scans: int
    codes_typed: int
    dates_decided: int
    people_who_decided: int
    readers: dict[str, int]


class View:
    """What `ViewMemory.view` lends: valid inside its `with` statement, and standing still there.

    Attributes
    ----------
    layouts
        Every form this study ever printed.
    files
        Every scanned file, in the order of arrival.
    is_closed
        Whether what clients answered is sealed, and nobody gave the research key.
    """

    def __init__(self, db: sqlite3.Connection, *, is_closed: bool = False) -> None:
        self._db, self._ask = db, db.execute
        self.is_closed = is_closed
        found = self._ask("SELECT fingerprint, layout FROM forms ORDER BY rowid")
        self.layouts: dict[Fingerprint, Layout] = {
            Fingerprint(known): from_json(text) for known, text in found
        }
        self.files: tuple[StoredFile, ...] = tuple(
            map(rows.file, self._ask(f"{rows.FILES} ORDER BY files.rowid"))
        )

    def forms_read(self) -> frozenset[Fingerprint]:
        """Return the forms of which a page was ever read."""
        found = self._ask(
            "SELECT DISTINCT json_extract(reading, '$.code.fingerprint')"
            f" FROM {rows.SCANNED} WHERE outcome = 'read'"
        )
        return frozenset(Fingerprint(known) for (known,) in found)

    def dyads_read(self) -> tuple[DyadCode, ...]:
        """Return the dyads of which a page was ever read, by code."""
        found = self._ask(
            f"SELECT DISTINCT dyad FROM {rows.SCANNED} WHERE outcome = 'read' ORDER BY dyad"
        )
        return tuple(DyadCode(code) for (code,) in found)

    def dyad_of(self, page: int) -> DyadCode | None:
        """Return whose a page that was read is; None if there is none of this number."""
        found = self._ask(
            f"SELECT dyad FROM {rows.SCANNED} WHERE id = ? AND outcome = 'read'", (page,)
        )
        row = found.fetchone()
        return None if row is None else DyadCode(row[0])

    def officers(self) -> dict[DyadCode, str]:
        """Return who is the officer of each dyad now; empty text where nobody is named."""
        return {one.code: one.officer for one in map(rows.dyad, self._ask(rows.DYADS))}

    def named_officers(self) -> frozenset[str]:
        """Return every professional who was ever named."""
        found = self._ask("SELECT DISTINCT officer FROM caseload WHERE officer <> ''")
        return frozenset(officer for (officer,) in found)

    def last_wave(self) -> int:
        """Return the highest wave of which a page was read; 0 if none was."""
        (last,) = self._ask(
            f"SELECT max(wave) FROM {rows.SCANNED} WHERE outcome = 'read'"
        ).fetchone()
        return int(last or 0)

    def portions(self, dyads: Sequence[DyadCode], size: int = PORTION) -> Iterator[Snapshot]:
        """Give everything that makes the answers of these dyads, `size` of them at a time.

        Pages that were refused are in none of them.
        """
        for start in range(0, len(dyads), size):
            yield self._portion(dyads[start : start + size], None)

    def wave_counts(self) -> dict[tuple[str, int], int]:
        """Count the dyads of which a page was read, by domain and wave."""
        found = self._ask(
            f"SELECT domain, wave, count(DISTINCT dyad) FROM {rows.SCANNED}"
            " JOIN dyads ON dyads.code = dyad WHERE outcome = 'read' GROUP BY domain, wave"
        )
        return {(domain, wave): count for domain, wave, count in found}

    def wave_of(self, domain: str, wave: int) -> Snapshot:
        """Give everything that makes the answers of one wave of one domain, and nothing else."""
        found = self._ask("SELECT code FROM dyads WHERE domain = ?", (domain,))
        return self._portion([DyadCode(code) for (code,) in found], wave)

    def _portion(self, dyads: Sequence[DyadCode], wave: int | None) -> Snapshot:
        these = json.dumps(dyads)

        def found(query: str) -> sqlite3.Cursor:
            return self._ask(query, (these, wave)[: 1 + ("?2" in query)])

        read = f"{rows.PAGES} WHERE outcome = 'read' AND dyad {_THESE} AND {_AT_WAVE} ORDER BY id"
        prints = f"{rows.PRINTS} WHERE prints.dyad {_THESE} AND {_AT_WAVE} ORDER BY serial"
        chosen = f"{rows.SHEET_VERDICTS} WHERE dyad {_THESE} AND {_AT_WAVE} ORDER BY number"
        decided = f"{rows.VERDICTS} WHERE page IN ({_PAGES}) ORDER BY number"
        crops = f"{rows.CROPS} WHERE page IN ({_PAGES}) ORDER BY page, number"
        typed = f"{rows.TYPED_CODES} WHERE number IN (SELECT typed FROM pages WHERE dyad {_THESE}"
        typed = f"{typed} AND {_AT_WAVE})"
        dates = f"{rows.DATE_VERDICTS} WHERE page IN ({_PAGES}) ORDER BY number"
        return Snapshot(
            layouts=self.layouts,
            dyads=tuple(map(rows.dyad, found(f"{rows.DYADS} WHERE code {_THESE}"))),
            prints=tuple(map(rows.printed, found(prints))),
            files=self.files,
            pages=with_true_standings(self._db, map(rows.page, found(read))),
            verdicts=tuple(map(rows.verdict, found(decided))),
            sheet_verdicts=tuple(map(rows.sheet_verdict, found(chosen))),
            typed_codes=tuple(map(rows.typed_code, found(typed))),
            crops=tuple(map(rows.crop, found(crops))),
            date_verdicts=tuple(DateVerdict(*row) for row in found(dates)),
            is_closed=self.is_closed,
        )

    def counts(self) -> Counts:
        """Count pages and decisions."""
        scanned = "FROM pages WHERE typed IS NULL"
        people = " UNION ".join(
            f"SELECT by FROM {table}"
            for table in ("verdicts", "sheet_verdicts", "typed_codes", "date_verdicts")
        )
        return Counts(
            outcomes=self._tally(f"SELECT outcome, count(*) {scanned} GROUP BY 1 ORDER BY 1"),
            faults=self._tally(
                f"SELECT fault, count(*) {scanned} AND fault IS NOT NULL GROUP BY 1 ORDER BY 1"
            ),
            verdicts=self._tally(
                f"SELECT meaning, count(*) FROM {rows.TOLD} GROUP BY 1 ORDER BY 1"
            ),
            choices_between_scans=self._count("sheet_verdicts"),
            codes_typed=self._count("typed_codes"),
            dates_decided=self._count("date_verdicts"),
            people_who_decided=self._count(f"({people})"),
            readers=self._tally("SELECT program, count(*) FROM pages GROUP BY 1 ORDER BY 1"),
        )

    def _tally(self, query: str) -> dict[str, int]:
        return dict(self._ask(query).fetchall())

    def _count(self, rows_of: str) -> int:
        (count,) = self._ask(f"SELECT count(*) FROM {rows_of}").fetchone()
        return int(count)


class ViewMemory:
    """The part of the study's memory that lends views of itself."""

    _db: sqlite3.Connection
    _envelope: Envelope | None

    @contextmanager
    def view(self) -> Iterator[View]:
        """Lend a view of the present moment; nothing can be added through it."""
        with transaction(self._db, reading=True):
            closed = self._envelope is not None and not self._envelope.opens
            yield View(self._db, is_closed=closed)
