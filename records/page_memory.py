"""Scanned pages as they are remembered, opened as far as somebody gave the research key."""

import sqlite3
from collections.abc import Iterable

from layouts.errors import UsageError
from records import rows
from records.database import transaction
from records.entries import StoredPage
from records.sealed_rows import with_true_standings
from records.stamps import now
from scan.adjudicate import Place


class PageMemory:
    """The part of the study's memory that knows single pages, and who opens sealed ones."""

    _db: sqlite3.Connection

    def page(self, number: int) -> StoredPage:
        """Return one scanned page.

        Raises
        ------
        UsageError
            If there is none.
        """
        row = self._db.execute(f"{rows.PAGES} WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise UsageError(
                f"there is no page {number}", advice="Take the page from the list of what waits."
            )
        found = rows.page(row)
        if not found.is_sealed or found.place is None:
            return found
        return next(one for one in self.pages_at(found.place) if one.id == number)

    def pages_at(self, place: Place) -> tuple[StoredPage, ...]:
        """Return every scan of one place, the oldest first; refused ones too."""
        return with_true_standings(self._db, self.stored_at(place))

    def stored_at(self, place: Place) -> tuple[StoredPage, ...]:
        """Return the scans of one place as they were stored, with the standing they got then."""
        query = f"{rows.PAGES} WHERE {rows.AT_PLACE} ORDER BY id"
        return tuple(map(rows.page, self._db.execute(query, rows.place_values(place))))

    def research_keys(self) -> frozenset[str]:
        """Return the public keys that the study was sealed to when it was made."""
        return frozenset(one for (one,) in self._db.execute("SELECT public FROM research_keys"))

    def seal_to(self, public: Iterable[str]) -> None:
        """Remember to which keys the study is sealed; for a new study only."""
        with transaction(self._db):
            self._db.executemany(
                "INSERT INTO research_keys VALUES (?, ?)", ((one, now()) for one in public)
            )
