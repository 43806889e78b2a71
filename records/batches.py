"""Batches: one run of the scanner each, with every file and page that went in."""

import sqlite3
from collections.abc import Iterable

from layouts.errors import UsageError
from records import rows
from records.batch_entries import Batch, BatchEnd, BatchFile, FileCame
from records.database import transaction
from records.stamps import now, program


class BatchMemory:
    """The part of the study's memory that knows batches."""

    _db: sqlite3.Connection

    def begin_batch(self) -> int:
        """Open a batch and return its number."""
        with transaction(self._db):
            values = (program(), now())
            added = self._db.execute("INSERT INTO batches (program, at) VALUES (?, ?)", values)
            return added.lastrowid or 0

    def add_batch_file(self, batch: int, file: BatchFile) -> None:
        """Note a file that was given to a batch."""
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO batch_files VALUES (?1, 1 + (SELECT count(*) FROM batch_files"
                " WHERE batch = ?1), ?2, ?3, ?4, ?5, ?6)",
                (batch, file.name, file.sha256, file.came, file.pages, file.reason),
            )

    def add_batch_pages(self, batch: int, pages: Iterable[int]) -> None:
        """Note which pages a batch has stored; do it in the step that stores them.

        A page that another batch, running at the same time, was faster to store stays its own.
        """
        with transaction(self._db):
            self._db.executemany(
                "INSERT INTO batch_pages VALUES (?, ?) ON CONFLICT DO NOTHING",
                ((page, batch) for page in pages),
            )

    def end_batch(self, batch: int) -> None:
        """Close a batch: everything it was given has been gone through."""
        with transaction(self._db):
            self._db.execute(
                f"INSERT INTO batch_ends VALUES (?, ({rows.LAST_PAGE}), ({rows.LAST_SERIAL}), ?)",
                (batch, now()),
            )

    def batches(self) -> tuple[int, ...]:
        """List the numbers of all batches."""
        found = self._db.execute("SELECT number FROM batches ORDER BY number")
        return tuple(number for (number,) in found)

    def batch(self, number: int | None = None) -> Batch:
        """Return a batch; the last one if no number is given.

        Raises
        ------
        UsageError
            If there is no such batch.
        """
        ask = self._db.execute
        with transaction(self._db, reading=True):
            row = ask(
                "SELECT number, program, at FROM batches"
                " WHERE number = coalesce(?, (SELECT max(number) FROM batches))",
                (number,),
            ).fetchone()
            if row is None:
                raise _no_batch(number)
            mine = (row[0],)
            files = ask(
                "SELECT name, sha256, came, pages, reason FROM batch_files"
                " WHERE batch = ? ORDER BY number",
                mine,
            ).fetchall()
            pages = ask("SELECT page FROM batch_pages WHERE batch = ? ORDER BY page", mine)
            numbers = tuple(page for (page,) in pages)
            end = ask("SELECT last_page, last_print, at FROM batch_ends WHERE batch = ?", mine)
            ended = end.fetchone()
        named, made_by, at = row
        return Batch(
            number=named,
            program=made_by,
            at=at,
            files=tuple(BatchFile(n, sha, FileCame(came), *rest) for n, sha, came, *rest in files),
            pages=numbers,
            end=None if ended is None else BatchEnd(*ended),
        )


def _no_batch(number: int | None) -> UsageError:
    if number is None:
        return UsageError(
            "no stack has been scanned into this study yet, so there is nothing to reconcile",
            advice="Scan first: wamforms scan STUDY FILES",
        )
    return UsageError(
        f"this study has no batch {number}",
        advice="List them: wamforms reconcile STUDY --list",
    )
