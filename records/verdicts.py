"""What people decide about items, and between scans."""

import sqlite3

from layouts.errors import UsageError
from layouts.model import ItemId
from records import rows
from records.database import transaction
from records.decisions import check_item
from records.envelopes import Envelope
from records.sealed_rows import closed_verdict, insist_on_open, is_told_openly
from records.stamps import named, now
from scan.adjudicate import Meaning, Place, SheetVerdict, Verdict


class VerdictMemory:
    """The part of the study's memory that knows decisions."""

    _db: sqlite3.Connection
    _envelope: Envelope | None

    def add_verdict(
        self,
        page: int,
        item: ItemId,
        meaning: Meaning,
        value: int | None,
        *,
        by: str,
        took_ms: int | None = None,
    ) -> Verdict:
        """Add a person's decision about one item.

        Parameters
        ----------
        page, item : int, ItemId
            What the person looked at.
        meaning, value : Meaning, int or None
            What it is.
        by : str
            Who decided.
        took_ms : int, optional
            How long the person looked at it, in milliseconds.

        Raises
        ------
        UsageError
            If the page has no such item, or the item no such answer.
        LockedError
            If the page is sealed and nobody gave the research key.
        """
        by = named(by)
        with transaction(self._db):
            stored = check_item(self._db, page, item, value)
            new = Verdict(0, page, item, meaning, value, by, now())
            told: rows.Row = (new.item, new.meaning, new.value)
            sealed = None
            if self._envelope is not None and not is_told_openly(stored, item):
                sealed = closed_verdict(self._envelope, item, meaning, value, took_ms)
                told, took_ms = (None, None, None), None
            self._db.execute(
                "INSERT INTO verdicts (page, item, meaning, value, by, at, took_ms, sealed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (new.page, *told, new.by, new.at, took_ms, sealed),
            )
            return rows.verdict(self._db.execute(f"{rows.VERDICTS} {rows.LAST}").fetchone())

    def last_verdict(self, page: int, item: ItemId) -> Verdict | None:
        """Find the latest decision about an item, on whichever scan of its place it was made."""
        place = "SELECT other.id FROM pages JOIN pages AS other USING (dyad, role, wave, page)"
        query = (
            f"{rows.VERDICTS} WHERE item = ? AND page IN ({place} WHERE pages.id = ?) {rows.LAST}"
        )
        row = self._db.execute(query, (item, page)).fetchone()
        return None if row is None else rows.verdict(row)

    def verdicts_since(self, number: int) -> tuple[Verdict, ...]:
        """Return the decisions about items that came after one of them."""
        found = self._db.execute(f"{rows.VERDICTS} WHERE number > ? ORDER BY number", (number,))
        return tuple(map(rows.verdict, found))

    def add_sheet_verdict(self, place: Place, chosen: int, *, seen: int, by: str) -> SheetVerdict:
        """Add a person's choice between the scans of a place.

        Parameters
        ----------
        place : Place
            Which page.
        chosen : int
            Id of the scan that counts from now on.
        seen : int
            Id of the newest scan of the place that the person was shown.
        by : str
            Who decided.

        Raises
        ------
        UsageError
            If one of the scans does not belong to the place.
        """
        by = named(by)
        with transaction(self._db):
            query = f"{rows.PAGES} WHERE {rows.AT_PLACE}"
            found = list(map(rows.page, self._db.execute(query, rows.place_values(place))))
            for page in found:
                insist_on_open(page)
            scans = {page.id for page in found if page.scan() is not None}
            if not {chosen, seen} <= scans or seen < chosen:
                raise UsageError(
                    f"page {chosen} is not a scan of wave {place.wave} page {place.page}"
                    f" of dyad {place.dyad}",
                    advice="Take the page from the list of what waits.",
                )
            self._db.execute(
                "INSERT INTO sheet_verdicts (dyad, role, wave, page, chosen, seen, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*rows.place_values(place), chosen, seen, by, now()),
            )
            last = self._db.execute(f"{rows.SHEET_VERDICTS} {rows.LAST}").fetchone()
            return rows.sheet_verdict(last)

    def decided_at(self, place: Place) -> SheetVerdict | None:
        """Find the latest choice between the scans of a place."""
        query = f"{rows.SHEET_VERDICTS} WHERE {rows.AT_PLACE} {rows.LAST}"
        row = self._db.execute(query, rows.place_values(place)).fetchone()
        return None if row is None else rows.sheet_verdict(row)

    def seconds_spent(self) -> dict[str, tuple[int, float]]:
        """Count the timed decisions of each person, and the median seconds of one."""
        found = self._db.execute(
            f"SELECT by, took_ms FROM {rows.TOLD} WHERE took_ms IS NOT NULL ORDER BY by, took_ms"
        )
        times: dict[str, list[int]] = {}
        for by, took_ms in found:
            times.setdefault(by, []).append(took_ms)
        return {by: (len(ms), ms[len(ms) // 2] / 1000) for by, ms in times.items()}
