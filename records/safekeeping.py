"""The part of the study's memory that knows how to prove and to copy itself."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self

from records.checks import database_faults
from records.connections import connect, copy
from records.log import Head, enable_signing, logged_tables
from records.log_check import head_faults, log_faults
from records.logbook import Logbook


class Safekeeping:
    """Checks, copies, and the log."""

    _db: sqlite3.Connection

    @property
    def log(self) -> Logbook:
        """The log: what was added and what was done."""
        return Logbook(self._db)

    def check(self) -> tuple[str, ...]:
        """Look through the whole database and its log; an empty tuple means sound."""
        return (*self.check_database(), *self.check_log())

    def check_database(self) -> tuple[str, ...]:
        """Look through the pages of the database, and its tables and triggers."""
        return _read_through(database_faults, self._db)

    def check_log(self) -> tuple[str, ...]:
        """Verify the log, and every row of the study against it."""
        return _read_through(log_faults, self._db)

    def check_head(self, kept: Head) -> tuple[str, ...]:
        """Tell whether the log still holds what was once its newest entry."""
        return head_faults(self._db, kept)

    def pictures(self) -> frozenset[tuple[str, str]]:
        """List digest and suffix of every picture that a row of any table points to.

        A table that points to a picture has the columns `image` and `suffix`.
        """
        found: set[tuple[str, str]] = set()
        for table in logged_tables(self._db):
            columns = {row[1] for row in self._db.execute(f'PRAGMA table_info("{table}")')}
            if {"image", "suffix"} <= columns:
                query = f'SELECT DISTINCT image, suffix FROM "{table}" WHERE image IS NOT NULL'
                found.update(self._db.execute(query))
        return frozenset(found)

    def copy_to(self, path: Path) -> None:
        """Copy the database as it is at this moment, whoever else writes to it."""
        copy(self._db, path)


class LoneCopy(Safekeeping):
    """A copy of a database, opened to look at it; nothing is left beside it."""

    def __init__(self, path: Path, key: bytes, seal: bytes | None = None) -> None:
        self._db = connect(path, seal=seal, reading=True)
        enable_signing(self._db, key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()


def _read_through(
    check: Callable[[sqlite3.Connection], tuple[str, ...]], db: sqlite3.Connection
) -> tuple[str, ...]:
    """Run a check; a database that is too broken for it is a fault like others."""
    try:
        return check(db)
    except sqlite3.DatabaseError as error:
        return (f"the database cannot be read to its end: {error}",)
