"""`study.sqlite`: made, opened, and written to in whole steps."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layouts.errors import MismatchError, WamError
from records.connections import connect
from records.log import Action, enable_signing, note, watch, write_log
from records.schema import APPLICATION_ID, SCHEMA, VERSION
from records.upgrade import upgrade


def create(path: Path, key: bytes, seal: bytes | None = None) -> None:
    """Make a new, empty database with the first entry of its log; with a seal, encrypted.

    Raises
    ------
    FileExistsError
        If there is a file already.
    WamError
        If the disk is full or failing.
    """
    path.touch(exist_ok=False)
    try:
        connection = connect(path, seal=seal)
        try:
            enable_signing(connection, key)
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{SCHEMA}"
                f"PRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {VERSION};"
            )
            note(connection, Action.MADE, "study", f"format {VERSION}")
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if (said := _outside_trouble(error)) is not None:
            raise said from error
        raise


def open_database(path: Path, key: bytes, seal: bytes | None = None) -> sqlite3.Connection:
    """Open the database of a study; after a crash it is checked first.

    One of an earlier version is brought to the present tables, and a copy of it kept.
    Every row that is added through this connection gets its entry in the log.

    Parameters
    ----------
    path : Path
        The file.
    key : bytes
        The study's key, for the log.
    seal : bytes, optional
        The key of an encrypted database.

    Raises
    ------
    WamError
        If it is missing, damaged, or no database of this program.
    MismatchError
        If a newer version of the program made it.
    """
    crashed = path.with_name(path.name + "-wal").exists()
    if not path.is_file():
        raise WamError(
            f"{path} is missing",
            advice="Put the file back from a backup of the study folder.",
        )
    try:
        connection = connect(path, seal=seal)
        try:
            _check_origin(connection, path)
            if crashed:
                _check_pages(connection, path)
            enable_signing(connection, key)
            upgrade(connection, path)
            watch(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        raise _outside_trouble(error) or _damaged(path, str(error)) from error
    return connection


def _check_origin(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise _damaged(path, "it is not a database of wamforms")
    if version > VERSION:
        raise MismatchError(
            f"{path} was made by a newer wamforms (format {version}, this one knows {VERSION})",
            advice="Install the newer wamforms; nothing was changed.",
        )


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _damaged(path, found)


def _damaged(path: Path, detail: str) -> WamError:
    return WamError(
        f"{path} is damaged: {detail}",
        advice="Put the file back from a backup of the study folder.",
    )


@contextmanager
def transaction(connection: sqlite3.Connection, *, reading: bool = False) -> Iterator[None]:
    """Make what happens inside one step: all of it is kept, or nothing.

    A step inside another one belongs to it, and ends with it.

    Parameters
    ----------
    connection : sqlite3.Connection
        Opened by `open_database`.
    reading : bool
        True for a view that stands still while several tables are read.

    Raises
    ------
    WamError
        If another program keeps the study busy, or the disk is full or failing.
    """
    if connection.in_transaction:
        yield
        return
    try:
        connection.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        yield
        if not reading:
            write_log(connection)
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error) and (said := _outside_trouble(error)) is not None:
            raise said from error
        raise


_OUTSIDE = {
    sqlite3.SQLITE_BUSY: (
        "the study is busy in another window",
        "Wait until the other command has ended and try again.",
    ),
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room and try again; nothing was changed."),
    sqlite3.SQLITE_IOERR: (
        "the disk does not answer as it should",
        "Check the disk or the network drive and try again; nothing was changed.",
    ),
    sqlite3.SQLITE_READONLY: (
        "the study may only be read",
        "Ask for the right to write in the folder of the study.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the database of the study cannot be opened",
        "Check that you may read and write in the folder of the study.",
    ),
}
"""Troubles that are no bug of ours, by SQLite's primary result code."""


def _outside_trouble(error: sqlite3.Error) -> WamError | None:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary not in _OUTSIDE:
        return None
    what, advice = _OUTSIDE[primary]
    return WamError(f"{what} ({error})", advice=advice)
