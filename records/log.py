"""The log: what was added to a study and what was done with it, in a chain.

Each entry is signed together with the one before it, so that none can be changed,
taken out, put in or moved without the study's key. An entry about a row holds a
salted digest of the row and nothing of what it says: salt and key of the row lie
beside it and go when the row is withdrawn, and the chain stays whole.

Which rows a step added is noted by triggers of the connection itself. A row that
anybody else puts into the file is therefore never taken for one of ours later.
"""

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from layouts.errors import UsageError
from records.keys import derived_key
from records.schema import LOG_TABLES
from records.stamps import now, program

PURPOSE = "wamforms log 1"
"""Keeps the key of the log apart from any other use of the study's key."""

START = "0" * 64
"""Stands before the first entry."""

SALT_BYTES = 16
"""128 bits: a withdrawn row cannot be found again by trying all rows there might be."""

SHORT = 16
"""Characters of a hash that are printed and typed: 64 bits, made with a secret key."""

_HEAD = re.compile(rf"\b(\d{{1,18}}):([0-9a-f]{{{SHORT},64}})\b")


class Action(StrEnum):
    """What an entry is about; all but the first two are events without a row."""

    ADDED = "added"
    ADOPTED = "adopted"  # a row from before there was a log
    MADE = "made"
    UPGRADED = "upgraded"
    SETTINGS = "settings"
    PRINTED = "printed"
    EXPORTED = "exported"
    SEALED = "sealed"
    VIEWED = "viewed"
    CHECKED = "checked"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    REKEYED = "passphrase changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a log: whoever knows it notices if the log loses its end.

    Attributes
    ----------
    seq
        Number of the entry, and how many there are.
    hash
        64 hexadecimal characters; fewer if somebody typed it.
    """

    seq: int
    hash: str

    @property
    def text(self) -> str:
        """As it stands in files."""
        return f"{self.seq}:{self.hash}"

    @property
    def short(self) -> str:
        """As it is printed on paper."""
        return f"{self.seq}:{self.hash[:SHORT]}"

    @classmethod
    def find(cls, text: str) -> Self:
        """Read the first head that stands in a text.

        Raises
        ------
        UsageError
            If there is none.
        """
        found = _HEAD.search(text)
        if found is None:
            raise UsageError(
                "no head of a log stands there",
                advice=f"A head is a number, a colon and at least {SHORT} characters 0-9, a-f.",
            )
        return cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log.

    Attributes
    ----------
    object
        The table of a row, or what an event was about.
    actor
        Who decided; empty where nobody did.
    digest
        Salted digest of the row; None for an event.
    """

    seq: int
    at: str
    action: str
    object: str
    detail: str
    actor: str
    program: str
    digest: str | None
    hash: str

    @property
    def signed(self) -> str:
        """The text that is signed together with the hash of the entry before."""
        return json.dumps(
            [
                *(self.seq, self.at, self.action, self.object),
                *(self.detail, self.actor, self.program, self.digest),
            ],
            ensure_ascii=False,
        )


ENTRIES = "SELECT seq, at, action, object, detail, actor, program, digest, hash FROM log"
_ADD_ENTRY = (
    "INSERT INTO log (seq, at, action, object, detail, actor, program, digest, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_ROW = "INSERT INTO log_rows (seq, row, salt) VALUES (?, ?, ?)"


def enable_signing(db: sqlite3.Connection, key: bytes) -> None:
    """Make a connection able to sign entries; it gets a function that signs, not the key.

    Parameters
    ----------
    db : sqlite3.Connection
        Any.
    key : bytes
        The study's key.
    """
    log_key = derived_key(key, PURPOSE)

    def signature(before: str, text: str) -> str:
        return hmac.digest(log_key, (before + text).encode(), hashlib.sha256).hex()

    db.create_function("log_signature", 2, signature, deterministic=True)


def watch(db: sqlite3.Connection) -> None:
    """Note from now on which rows this connection adds, in every table there is."""
    db.execute("CREATE TEMP TABLE added (number INTEGER PRIMARY KEY, name TEXT, row INTEGER)")
    for table in logged_tables(db):
        db.execute(
            f'CREATE TEMP TRIGGER "watch_{table}" AFTER INSERT ON main."{table}"'
            f" BEGIN INSERT INTO added (name, row) VALUES ('{table}', NEW.rowid); END"
        )


def logged_tables(db: sqlite3.Connection) -> tuple[str, ...]:
    """List the tables whose rows belong into the log: all but the log itself."""
    found = db.execute(
        "SELECT name FROM main.sqlite_master"
        " WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return tuple(name for (name,) in found if name not in LOG_TABLES)


def write_log(db: sqlite3.Connection) -> None:
    """Add an entry for every row of the step that is about to end."""
    added = db.execute("SELECT name, row FROM temp.added ORDER BY number").fetchall()
    if added:
        log_rows(db, Action.ADDED, added)
        db.execute("DELETE FROM temp.added")


def log_rows(db: sqlite3.Connection, action: Action, rows: Iterable[tuple[str, int]]) -> None:
    """Add an entry for each row, given by table and rowid; one that is gone gets none."""
    keys: dict[str, tuple[str, ...]] = {}
    for table, rowid in rows:
        cursor = db.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (rowid,))
        values = cursor.fetchone()
        if values is None:
            continue
        row = dict(zip((name for name, *_ in cursor.description), values, strict=True))
        if table not in keys:
            keys[table] = key_columns(db, table)
        salt = secrets.token_bytes(SALT_BYTES)
        actor = str(row.get("by") or "")
        entry = _add(db, action, table, actor=actor, digest=row_digest(row, salt))
        db.execute(_ADD_ROW, (entry.seq, row_key(row[name] for name in keys[table]), salt))


def note(
    db: sqlite3.Connection, action: Action, about: str, detail: str = "", *, by: str = ""
) -> Entry:
    """Add an entry about an event; runs inside a step.

    Raises
    ------
    ValueError
        If the action belongs to a row.
    """
    if action in (Action.ADDED, Action.ADOPTED):
        raise ValueError(f"{action} is about a row, and a row logs itself")
    return _add(db, action, about, detail, actor=by)


def _add(
    db: sqlite3.Connection,
    action: Action,
    about: str,
    detail: str = "",
    *,
    actor: str = "",
    digest: str | None = None,
) -> Entry:
    last = head(db)
    entry = Entry(last.seq + 1, now(), action, about, detail, actor, program(), digest, "")
    signature = sign(db, last.hash, entry)
    db.execute(
        _ADD_ENTRY,
        (
            *(entry.seq, entry.at, entry.action, entry.object, entry.detail),
            *(entry.actor, entry.program, entry.digest, signature),
        ),
    )
    return entry


def sign(db: sqlite3.Connection, before: str, entry: Entry) -> str:
    """Compute the hash of an entry from that of the one before it."""
    (signature,) = db.execute("SELECT log_signature(?, ?)", (before, entry.signed)).fetchone()
    return str(signature)


def head(db: sqlite3.Connection) -> Head:
    """Return the newest entry's number and hash; number 0 if there is none."""
    found = db.execute("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(0, START) if found is None else Head(*found)


def key_columns(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """List the columns of a table's primary key; a rowid may change where there is one."""
    columns = db.execute(f'PRAGMA main.table_info("{table}")').fetchall()
    return tuple(name for place, name in sorted((row[5], row[1]) for row in columns) if place)


def row_key(values: Iterable[object]) -> str:
    """Write the values of a primary key as text."""
    return json.dumps(list(values), ensure_ascii=False, default=_hexadecimal)


def row_digest(row: dict[str, object], salt: bytes) -> str:
    """Digest a row with its salt.

    Columns without a value do not count: one that a later version of the program
    adds to the table leaves the digests of older rows as they are.
    """
    held = {name: value for name, value in row.items() if value is not None}
    text = json.dumps(held, sort_keys=True, ensure_ascii=False, default=_hexadecimal)
    return hmac.digest(salt, text.encode(), hashlib.sha256).hex()


def _hexadecimal(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value)} is no value of a column")
    return {"hex": value.hex()}
