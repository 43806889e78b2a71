"""The one way rows leave a study: with a receipt in the log, and without their content."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from records.database import transaction
from records.log import Action, Head, head, key_columns, note, row_key, write_log
from records.schema import only_added


def remove_rows(
    db: sqlite3.Connection, rows: Mapping[str, Iterable[int]], *, why: str, by: str = ""
) -> Head:
    """Remove rows in one step, and log that they were removed.

    What is left of them is their entries in the log, whose digests say nothing
    once the salts are gone, and the numbers of these entries in the receipt. Rows
    that others point to may go in the same step as those.

    Parameters
    ----------
    db : sqlite3.Connection
        Opened by `records.database`.
    rows : mapping of str to iterable of int
        Rowids by table.
    why : str
        A word or two for the receipt, such as ``withdrawal``; never whose rows they are.
    by : str
        Who asked for it, if that may be remembered.

    Returns
    -------
    Head
        The receipt.

    Raises
    ------
    ValueError
        If one of the rows has no entry in the log; that is a bug or a tampered study.
    sqlite3.IntegrityError
        If a row that stays points to one that goes.
    """
    with transaction(db):
        db.execute("PRAGMA defer_foreign_keys = ON")  # until the end of the step
        write_log(db)
        gone: list[int] = []
        for table, rowids in rows.items():
            gone += _remove(db, table, tuple(rowids))
        with _opened(db, "log_rows"):
            db.executemany("DELETE FROM log_rows WHERE seq = ?", ((seq,) for seq in gone))
        note(db, Action.REMOVED, why, receipt(gone), by=by)
        return head(db)


def _remove(db: sqlite3.Connection, table: str, rowids: tuple[int, ...]) -> list[int]:
    """Remove rows of one table and return the numbers of their entries."""
    names = ", ".join(f'"{name}"' for name in key_columns(db, table))
    logged = "SELECT row, seq FROM log_rows JOIN log USING (seq) WHERE object = ?"
    entries: dict[str, int] = dict(db.execute(logged, (table,)).fetchall())
    gone = []
    for rowid in rowids:
        key = db.execute(f'SELECT {names} FROM "{table}" WHERE rowid = ?', (rowid,)).fetchone()
        if key is None or row_key(key) not in entries:
            raise ValueError(f"row {rowid} of {table} is not in the log")
        gone.append(entries[row_key(key)])
    with _opened(db, table):
        db.executemany(f'DELETE FROM "{table}" WHERE rowid = ?', ((one,) for one in rowids))
    return gone


@contextmanager
def _opened(db: sqlite3.Connection, table: str) -> Iterator[None]:
    """Take the trigger away that keeps a table's rows, and put it back; nobody else sees it."""
    _, delete = only_added(table)
    db.execute(f"DROP TRIGGER {table}_never_deleted")
    yield
    db.execute(delete)


def receipt(entries: Iterable[int]) -> str:
    """Write numbers of entries as short as can be, such as ``3-7,9``."""
    runs: list[list[int]] = []
    for seq in sorted(entries):
        if runs and seq == runs[-1][1] + 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def receipted(text: str) -> Iterator[int]:
    """Read numbers of entries from what `receipt` wrote."""
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)
