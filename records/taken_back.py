"""Decisions that people take back: one more row each, and what was decided before holds again."""

import sqlite3
from enum import StrEnum

from layouts.errors import UsageError
from records import rows
from records.database import transaction
from records.entries import TypedCode
from records.sealed_rows import insist_on_open
from records.stamps import named, now


class Decided(StrEnum):
    """Kinds of decisions that are taken back by a row of their own, by their columns."""

    CODE = "code"
    CHOICE = "choice"
    DATE = "date"


_TABLES = {
    Decided.CODE: rows.TYPED_CODES,
    Decided.CHOICE: rows.SHEET_VERDICTS,
    Decided.DATE: rows.DATE_VERDICTS,
}

_ABOUT = {
    Decided.CODE: "SELECT id FROM pages WHERE typed = ?",
    Decided.CHOICE: "SELECT chosen FROM sheet_verdicts WHERE number = ?",
    Decided.DATE: "SELECT page FROM date_verdicts WHERE number = ?",
}
"""Which page a decision is about; a code that nobody can tell led to none."""

_BUILT_UPON = (
    f"SELECT 1 FROM ({rows.VERDICTS}) AS last WHERE page = ?1 AND meaning <> 'withdrawn' AND number"
    f" = (SELECT max(number) FROM {rows.TOLD} WHERE page = ?1 AND item = last.item)",
    f"SELECT 1 FROM ({rows.SHEET_VERDICTS}) WHERE chosen = ?1 OR seen = ?1",
    f"SELECT 1 FROM ({rows.DATE_VERDICTS}) WHERE page = ?1",
    "SELECT 1 FROM audit_fields WHERE page = ?1",
    "SELECT 1 FROM second_cards WHERE page = ?1",
)
"""Whether anything stands that was said about a page as it was read with a typed code."""


class UndoMemory:
    """The part of the study's memory that knows what was taken back."""

    _db: sqlite3.Connection

    def take_back(self, kind: Decided, number: int, *, by: str) -> None:
        """Add that a decision holds no more.

        Raises
        ------
        UsageError
            If it does not hold, or something was decided about what it led to.
        LockedError
            If it is about a sealed sheet and nobody gave the research key.
        """
        by = named(by)
        with transaction(self._db):
            found = f"{_TABLES[kind]} WHERE number = ?"
            if self._db.execute(found, (number,)).fetchone() is None:
                raise UsageError(
                    "this decision does not hold any more",
                    advice="Look at the question again; somebody has changed it.",
                )
            for (page,) in self._db.execute(_ABOUT[kind], (number,)).fetchall():
                row = self._db.execute(f"{rows.PAGES} WHERE id = ?", (page,)).fetchone()
                insist_on_open(rows.page(row))
            if kind is Decided.CODE:
                self._insist_on_nothing_built(number)
            query = f"INSERT INTO taken_back ({kind.value}, by, at) VALUES (?, ?, ?)"
            self._db.execute(query, (number, by, now()))

    def taken_back_by(self, kind: Decided, number: int) -> str | None:
        """Return who took a decision back; None if nobody did."""
        query = f"SELECT by FROM taken_back WHERE {kind.value} = ?"
        row = self._db.execute(query, (number,)).fetchone()
        return None if row is None else str(row[0])

    def pages_taken_back(self) -> tuple[int, ...]:
        """List the pages that were read with a code that was taken back, by number."""
        found = self._db.execute(f"{rows.UNDONE_PAGES} ORDER BY id")
        return tuple(number for (number,) in found)

    def pages_moved(self) -> str:
        """Return a state that changes when a code is typed or taken back, or a dyad withdrawn."""
        counts = (
            f"(SELECT coalesce(max({column}), 0) FROM {table})"
            for table, column in (
                *(("typed_codes", "number"), ("taken_back", "rowid"), ("withdrawals", "rowid")),
            )
        )
        return "/".join(map(str, self._db.execute(f"SELECT {', '.join(counts)}").fetchone()))

    def typed_code_of(self, page: int) -> TypedCode | None:
        """Find the code that a person typed for a page, unless it was taken back."""
        row = self._db.execute(f"{rows.TYPED_CODES} WHERE page = ?", (page,)).fetchone()
        return None if row is None else rows.typed_code(row)

    def _insist_on_nothing_built(self, number: int) -> None:
        """Refuse to take a code back while decisions about the page stand that was read with it."""
        read = self._db.execute("SELECT id FROM pages WHERE typed = ?", (number,)).fetchone()
        if read is None:
            return
        if any(self._db.execute(query, read).fetchone() for query in _BUILT_UPON):
            raise UsageError(
                "the page was decided about since its code was typed",
                advice="Take those decisions back first.",
            )
