"""The one place where a connection to a database is made or a database copied."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from records.wholefiles import temporary_name

BUSY_MS = 10_000
"""A second program waits this long for the first; a batch of pages commits in far less."""

_PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # else INSERT OR REPLACE slips past the DELETE triggers
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",  # what clients answered never lies in a temporary file
    "synchronous = FULL",  # with WAL: nothing committed is lost when the power goes
)

_NETWORK_TYPES = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "lustre", "ncpfs"),
        *("nfs", "nfs3", "nfs4", "smb2", "smb3", "smbfs", "fuse.davfs", "fuse.rclone"),
        *("fuse.glusterfs", "fuse.sshfs"),
    }
)
"""File systems of other computers, as Linux names them in /proc/mounts; 9p is how
WSL sees the disks of Windows."""

_MOUNTS = Path("/proc/mounts")


def connect(path: Path, *, seal: bytes | None = None, reading: bool = False) -> sqlite3.Connection:
    """Connect to a database, with every safety SQLite leaves off by default.

    Parameters
    ----------
    path : Path
        The file; SQLite makes it if there is none.
    seal : bytes, optional
        The key of an encrypted database.
    reading : bool
        True to look at a lone copy, and leave nothing beside it.

    Raises
    ------
    sqlite3.DatabaseError
        If SQLite cannot open it.
    """
    if reading:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = _connected(uri, seal, uri=True)
    else:
        connection = _connected(path, seal)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if not reading:
            # A write-ahead log does not work on a network drive (sqlite.org/wal.html).
            journal = "DELETE" if is_on_the_network(path) else "WAL"
            connection.execute(f"PRAGMA journal_mode = {journal}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path | str, seal: bytes | None, *, uri: bool = False) -> sqlite3.Connection:
    if seal is None:
        return sqlite3.connect(path, uri=uri, isolation_level=None)
    from records import sealed_sqlite  # an extra: only who encrypts needs SQLCipher

    return sealed_sqlite.connect(path, seal, uri=uri)


def copy(db: sqlite3.Connection, target: Path) -> None:
    """Copy a database that others may be writing to: one file, whole or absent.

    The copy of an encrypted one is encrypted with the same key.

    Parameters
    ----------
    db : sqlite3.Connection
        Made by `connect`.
    target : Path
        Replaced if it exists. What still stands in the write-ahead log is in it.
    """
    part = target.with_name(temporary_name())
    try:
        with closing(_connected(part, getattr(db, "seal", None))) as opened:
            db.backup(opened)
            opened.execute("PRAGMA journal_mode = DELETE")  # a lone file is all of it
        if os.name == "posix":
            part.chmod(0o600)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def is_on_the_network(path: Path) -> bool:
    r"""Tell whether the system knows the place as another computer's.

    Windows: a share (``\\server\share``), mapped drives included. Linux: the type of the file
    system that is mounted there.
    """
    there = path.resolve()
    if there.drive.startswith("\\\\"):
        return True
    return _MOUNTS.is_file() and file_system(there, _MOUNTS.read_text()) in _NETWORK_TYPES


def file_system(path: Path, mounts: str) -> str:
    """Find the type of the file system that holds a path; empty if none does.

    Parameters
    ----------
    path : Path
        Absolute.
    mounts : str
        What `/proc/mounts` says: device, place and type in each line; the last
        one mounted at a place is the one that is seen.
    """
    found = ("", "")
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split(" ")
        place = place.replace("\\040", " ")
        if path.is_relative_to(place) and len(place) >= len(found[0]):
            found = (place, kind)
    return found[1]
