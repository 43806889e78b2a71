"""Files that are whole or absent, even if the computer stops in the middle.

A file is written beside its final place under a telltale name and then moved
there in one step. What a killed program leaves behind is swept away later,
because it may hold what clients answered.
"""

import os
import secrets
import shutil
import time
from pathlib import Path

TEMPORARY = ".wamforms-part-"
"""Start of the name of every unfinished file or folder."""

_BINARY: int = getattr(os, "O_BINARY", 0)
"""Without it Windows would change line ends."""

STALE_S = 600.0
"""Unfinished files of a living program are seconds old; after ten minutes nobody owns them."""


def temporary_name() -> str:
    """Return a fresh name that `sweep` recognises."""
    return TEMPORARY + secrets.token_hex(8)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that readers find the old one, the new one, and never a part."""
    part = path.parent / temporary_name()
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read.

    Raises
    ------
    FileExistsError
        If there is a file already.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sweep(folder: Path, *, older_than_s: float = STALE_S, below: bool = True) -> int:
    """Remove what killed programs left in a folder, and below it unless told otherwise.

    Returns
    -------
    int
        How many files and folders were removed.
    """
    if not folder.is_dir():
        return 0
    limit = time.time() - older_than_s
    swept = 0
    pattern = TEMPORARY + "*"
    for part in sorted(folder.rglob(pattern) if below else folder.glob(pattern)):
        if part.exists() and part.stat().st_mtime <= limit:
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
            swept += 1
    return swept
