"""Bring a study of an earlier version to the present tables, a copy of it kept beside it.

Between versions columns were added and checks widened, and nothing else: every
table is made anew, and its rows move over in their order. All of it happens in
one step. A change that needs more than that gets its own step here.

Rows from before there was a log get their entries now, marked as adopted: what
happened to them earlier nobody can tell.
"""

import sqlite3
from pathlib import Path

from records.connections import copy
from records.log import Action, log_rows, note
from records.schema import EXTRAS, LOG, TABLES, VERSION, table_sql


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Upgrade an open database, unless it is of this version already.

    Parameters
    ----------
    db : sqlite3.Connection
        Outside any transaction, and able to sign.
    path : Path
        Its file; the copy gets the old format's number after its name.
    """
    before = _format(db)
    if before >= VERSION:
        return
    copy(db, path.with_name(f"{path.name}.format-{before}"))
    db.execute("PRAGMA foreign_keys = OFF")  # a table that others point to is made anew
    try:
        db.execute("BEGIN IMMEDIATE")
        if _format(db) == before:  # else another program was faster
            _rebuild(db)
            _begin_log(db)
            note(db, Action.UPGRADED, "study", f"format {before} to {VERSION}")
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    finally:
        db.execute("PRAGMA foreign_keys = ON")


def _format(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _rebuild(db: sqlite3.Connection) -> None:
    for table in TABLES:
        old = _columns(db, table)
        if not old:
            db.execute(table_sql(table))
            continue
        db.execute(table_sql(table, "rebuilt"))
        shared = ", ".join(column for column in _columns(db, "rebuilt") if column in old)
        db.execute(f"INSERT INTO rebuilt ({shared}) SELECT {shared} FROM {table} ORDER BY rowid")
        db.execute(f"DROP TABLE {table}")
        db.execute(f"ALTER TABLE rebuilt RENAME TO {table}")
    for statement in EXTRAS:
        db.execute(statement)
    lost = db.execute("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise sqlite3.DatabaseError(f"{len(lost)} rows point nowhere")


def _begin_log(db: sqlite3.Connection) -> None:
    """Make the log and adopt all rows; a log that is there already stays as it is."""
    if _columns(db, "log"):
        return
    for statement in LOG:
        db.execute(statement)
    for table in TABLES:
        numbers = db.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
        log_rows(db, Action.ADOPTED, ((table, number) for (number,) in numbers))


def _columns(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(name for _, name, *_ in db.execute(f"PRAGMA table_info({table})"))
