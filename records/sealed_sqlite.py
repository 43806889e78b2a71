"""The one door to SQLCipher: connections like those of `sqlite3` to an encrypted database.

SQLCipher encrypts every page of the file and of its write-ahead log with AES-256 and
signs it. Its Python module has the interface of `sqlite3` with errors of its own; here
they become those of `sqlite3`, so that nobody else needs to know which of the two it is.
"""

import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from sqlcipher3 import dbapi2

sqlcipher: Any = dbapi2
"""It ships no types."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def connect(path: Path | str, seal: bytes, *, uri: bool = False) -> sqlite3.Connection:
    """Connect to an encrypted database, or begin one.

    Parameters
    ----------
    path : Path or str
        The file, or its URI.
    seal : bytes
        The database's own key of 32 bytes; no passphrase, so nothing is derived from it.
    uri : bool
        Whether `path` is a URI.
    """
    connection = sqlcipher.connect(path, uri=uri, isolation_level=None, factory=_Connection)
    connection.seal = seal
    # It tells standard error about every page that does not open; we say it once, as an error.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{seal.hex()}'\"")
    # A later SQLCipher may have other defaults; the files of a study stay as they are.
    connection.execute("PRAGMA cipher_compatibility = 4")
    return cast("sqlite3.Connection", connection)


def version() -> str:
    """Return the versions of SQLCipher and of the SQLite in it."""
    connection = sqlcipher.connect(":memory:")
    try:
        (cipher,) = connection.execute("PRAGMA cipher_version").fetchone()
    finally:
        connection.close()
    return f"{cipher} on SQLite {sqlcipher.sqlite_version}"


def _as_usual(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn SQLCipher's errors into those of the same name in `sqlite3`."""

    @wraps(function)
    def called(*args: _P.args, **named: _P.kwargs) -> _R:
        try:
            return function(*args, **named)
        except sqlcipher.Error as error:
            raise _usual(error) from error

    return called


def _usual(error: Exception) -> sqlite3.Error:
    kind: type[sqlite3.Error] = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)
    usual = kind(*error.args)
    vars(usual).update(vars(error))  # sqlite_errorcode and sqlite_errorname
    return usual


class _Cursor(sqlcipher.Cursor):  # type: ignore[misc]
    execute = _as_usual(sqlcipher.Cursor.execute)
    executemany = _as_usual(sqlcipher.Cursor.executemany)
    executescript = _as_usual(sqlcipher.Cursor.executescript)
    fetchone = _as_usual(sqlcipher.Cursor.fetchone)
    fetchmany = _as_usual(sqlcipher.Cursor.fetchmany)
    fetchall = _as_usual(sqlcipher.Cursor.fetchall)
    __next__ = _as_usual(sqlcipher.Cursor.__next__)


class _Connection(sqlcipher.Connection):  # type: ignore[misc]
    seal: bytes
    execute = _as_usual(sqlcipher.Connection.execute)
    executemany = _as_usual(sqlcipher.Connection.executemany)
    executescript = _as_usual(sqlcipher.Connection.executescript)
    create_function = _as_usual(sqlcipher.Connection.create_function)
    backup = _as_usual(sqlcipher.Connection.backup)

    def cursor(self, factory: Any = None) -> Any:  # noqa: ANN401 - as in sqlite3
        """Make a cursor whose errors are the usual ones."""
        return super().cursor(factory or _Cursor)
