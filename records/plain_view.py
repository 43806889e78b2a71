"""Files of a study as they are once decrypted, to look for something in them.

A proof that nothing is left has to see what was written, not what it was encrypted to. The
database is therefore decrypted page by page, free pages included, and not asked with SQL.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from layouts.errors import WamError
from records.ciphers import decrypted_blocks
from records.keys import database_seal
from records.study import Study
from records.study_folder import STORE_FILE

_PAGE_BYTES = 4096
_IV_BYTES = 16
_RESERVED_BYTES = 80
"""At the end of each page: the initialisation vector and the HMAC-SHA512 of SQLCipher 4."""

_SALT_BYTES = 16
"""Stand in place of SQLite's name at the beginning of the first page."""

_WAL_HEAD_BYTES, _FRAME_HEAD_BYTES = 32, 24
"""Plain in every write-ahead log: page numbers, salts and checksums (sqlite.org/fileformat)."""

_FIRST_PAGE = bytes([_RESERVED_BYTES, 64, 32, 32])
"""Bytes 20 to 23 of every SQLite database with that much reserved: the key was the right one."""


def plain_view(study: Study, path: Path) -> IO[bytes] | None:
    """Open a file of a study's folder as it was before it was encrypted.

    Parameters
    ----------
    study : Study
        Open.
    path : Path
        Any file in its folder.

    Returns
    -------
    IO of bytes, or None
        None if it is encrypted, but not with this study's key.
    """
    if study.is_encrypted and path.is_relative_to(study.images.root):
        data = study.images.plain(path)
        return None if data is None else io.BytesIO(data)
    if study.is_encrypted and path.name.startswith(STORE_FILE) and not path.name.endswith("-shm"):
        try:
            return io.BytesIO(b"".join(plain_pages(path, database_seal(study.key))))
        except WamError:
            return None
    return path.open("rb")


def plain_pages(path: Path, seal: bytes) -> Iterator[bytes]:
    """Decrypt every page of a database or of its write-ahead log.

    Raises
    ------
    WamError
        If its first page was encrypted with another key.
    """
    with path.open("rb") as file:
        pages = _logged(file) if path.name.endswith("-wal") else _stored(file)
        for number, page in pages:
            yield _plain_page(path, page, seal, is_first=number == 1)


def _stored(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the pages of a database with their numbers, from 1."""
    number = 1
    while len(page := file.read(_PAGE_BYTES)) == _PAGE_BYTES:
        yield number, page
        number += 1


def _logged(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the pages of a write-ahead log; a number may come several times."""
    file.seek(_WAL_HEAD_BYTES)
    while len(frame := file.read(_FRAME_HEAD_BYTES + _PAGE_BYTES)) > _FRAME_HEAD_BYTES:
        page = frame[_FRAME_HEAD_BYTES:]
        if len(page) == _PAGE_BYTES:  # a killed program may leave a torn one at the end
            yield int.from_bytes(frame[:4], "big"), page


def _plain_page(path: Path, page: bytes, seal: bytes, *, is_first: bool) -> bytes:
    end = _PAGE_BYTES - _RESERVED_BYTES
    begin = _SALT_BYTES if is_first else 0
    plain = decrypted_blocks(seal, page[end : end + _IV_BYTES], page[begin:end])
    if is_first and plain[4:8] != _FIRST_PAGE:
        raise WamError(
            f"{path} was encrypted with another key",
            advice="Delete it if it is no part of this study.",
        )
    return plain
