"""What people decide about the dates on forms."""

import sqlite3

from layouts.errors import UsageError
from records import rows
from records.database import transaction
from records.sealed_rows import insist_on_open
from records.stamps import named, now
from scan.filled_on import DateVerdict
from scan.results import PageRead


class DateMemory:
    """The part of the study's memory that knows dates."""

    _db: sqlite3.Connection

    def add_date_verdict(self, page: int, value: str | None, *, by: str) -> None:
        """Add what a person says about the date on a page; None if there is none to tell.

        Raises
        ------
        UsageError
            If no date was asked for on this page.
        """
        by = named(by)
        with transaction(self._db):
            found = self._db.execute(f"{rows.PAGES} WHERE id = ?", (page,)).fetchone()
            page_found = None if found is None else rows.page(found)
            if page_found is not None:
                insist_on_open(page_found)
            outcome = None if page_found is None else page_found.outcome
            written = outcome.written if isinstance(outcome, PageRead) else None
            if written is None or written.date is None:
                raise UsageError(
                    f"page {page} has no date that was read",
                    advice="Take the page from the list of what waits.",
                )
            self._db.execute(
                "INSERT INTO date_verdicts (page, value, by, at) VALUES (?, ?, ?, ?)",
                (page, value, by, now()),
            )

    def last_date_verdict(self, page: int) -> DateVerdict | None:
        """Find the latest decision about the date on a page."""
        query = f"{rows.DATE_VERDICTS} WHERE page = ? {rows.LAST}"
        row = self._db.execute(query, (page,)).fetchone()
        return None if row is None else DateVerdict(*row)

    def date_verdicts(self) -> tuple[DateVerdict, ...]:
        """Return every decision about a date, in the order of deciding."""
        found = self._db.execute(f"{rows.DATE_VERDICTS} ORDER BY number")
        return tuple(DateVerdict(*row) for row in found)
