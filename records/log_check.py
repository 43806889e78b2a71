"""Hold a study's rows against its log, and the log against itself.

Every fault is one sentence that names the entry or the row.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from records.log import (
    ENTRIES,
    START,
    Action,
    Entry,
    Head,
    key_columns,
    logged_tables,
    row_digest,
    row_key,
    sign,
)
from records.removal import receipted

OTHER_KEY = "the key is not the one that signed the log: compare study.key with your copy of it"


@dataclass(frozen=True, slots=True)
class _RowEntry:
    """What the log and its side table say about one row."""

    seq: int
    digest: str
    key: str | None
    salt: bytes | None


def log_faults(db: sqlite3.Connection) -> tuple[str, ...]:
    """Verify the chain, every row in it, and that there is no other row.

    Parameters
    ----------
    db : sqlite3.Connection
        Able to sign with the key that the log was written with.
    """
    usual, db.text_factory = db.text_factory, _any_text
    try:
        chain = _read_chain(db)
        if chain.faults == [OTHER_KEY]:
            return (OTHER_KEY,)
        found = list(chain.faults)
        for table in logged_tables(db):
            found += _table_faults(db, table, chain.rows.pop(table, []), chain.receipts)
    finally:
        db.text_factory = usual
    lost = [f"the table {table} is gone with its rows" for table in chain.rows]
    return (*found, *lost)


def head_faults(db: sqlite3.Connection, kept: Head) -> tuple[str, ...]:
    """Tell whether the log still holds what was its newest entry once."""
    row = db.execute("SELECT hash FROM log WHERE seq = ?", (kept.seq,)).fetchone()
    if row is None:
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()
        return (f"the log ends at entry {last}, but it once reached entry {kept.seq}",)
    if not row[0].startswith(kept.hash):
        return (f"entry {kept.seq} of the log is another one than it was",)
    return ()


def _any_text(data: bytes) -> str:
    """Read text that somebody may have made unreadable."""
    return data.decode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class _Chain:
    """What a walk along the log found.

    Attributes
    ----------
    rows
        Entries about rows, by table.
    receipts
        Entries whose row was removed, with the entry that says so.
    """

    faults: list[str]
    rows: dict[str, list[_RowEntry]]
    receipts: dict[int, int]


def _read_chain(db: sqlite3.Connection) -> _Chain:
    chain = _Chain([], {}, {})
    query = ENTRIES.replace(" FROM log", ", row, salt FROM log LEFT JOIN log_rows USING (seq)")
    before, expected, signed = START, 1, 0
    for *values, key, salt in db.execute(f"{query} ORDER BY seq"):
        entry = Entry(*values)
        fault = _entry_fault(db, entry, before, expected)
        if fault:
            chain.faults.append(fault)
        signed += not fault
        if entry.digest is not None:
            one = _RowEntry(entry.seq, entry.digest, key, salt)
            chain.rows.setdefault(entry.object, []).append(one)
        elif entry.action == Action.REMOVED and not fault:
            chain.receipts.update(dict.fromkeys(receipted(entry.detail), entry.seq))
        before, expected = entry.hash, entry.seq + 1
    if expected == 1:
        chain.faults.append("the log is empty")
    elif not signed:
        chain.faults[:] = [OTHER_KEY]
    return chain


def _entry_fault(db: sqlite3.Connection, entry: Entry, before: str, expected: int) -> str:
    if entry.seq != expected:
        return f"{_entries(expected, entry.seq - 1)} missing in the log"
    if sign(db, before, entry) != entry.hash:
        return f"entry {entry.seq} of the log is not as it was signed"
    return ""


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _table_faults(
    db: sqlite3.Connection, table: str, entries: Iterable[_RowEntry], receipts: Mapping[int, int]
) -> Iterator[str]:
    columns = key_columns(db, table)
    names = ", ".join(f'"{name}"' for name in columns)
    there = {row_key(row) for row in db.execute(f'SELECT {names} FROM "{table}"')}
    logged: set[str] = set()
    for one in entries:
        if one.key is None or one.salt is None:
            if receipts.get(one.seq, 0) <= one.seq:
                yield f"a row of {table} is gone without a receipt (entry {one.seq} of the log)"
            continue
        if one.seq in receipts:
            yield f"row {_plain(one.key)} of {table} has a receipt for its removal, but is there"
        logged.add(one.key)
        if one.key not in there:
            yield f"row {_plain(one.key)} of {table} is gone (entry {one.seq} of the log)"
        elif not _is_as_logged(db, table, columns, one):
            yield f"row {_plain(one.key)} of {table} was changed (entry {one.seq} of the log)"
    for key in sorted(there - logged):
        yield f"row {_plain(key)} of {table} is not in the log: another program put it there"


def _plain(key: str) -> str:
    """Write a primary key for people: without the brackets around its values."""
    return key[1:-1]


def _is_as_logged(
    db: sqlite3.Connection, table: str, columns: tuple[str, ...], one: _RowEntry
) -> bool:
    where = " AND ".join(f'"{name}" = ?' for name in columns)
    try:
        cursor = db.execute(f'SELECT * FROM "{table}" WHERE {where}', json.loads(one.key or "[]"))
        values = cursor.fetchone()
    except (sqlite3.OperationalError, ValueError):
        return False  # text that is no text any more
    if values is None:
        return False
    row = dict(zip((name for name, *_ in cursor.description), values, strict=True))
    return row_digest(row, one.salt or b"") == one.digest
