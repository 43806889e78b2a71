"""A file that is encrypted piece by piece while it comes, so that it never lies open.

It begins with 16 random bytes. Each piece follows as its length and what `ciphers.seal` makes of
it, as the piece of this number of this file, and the last one as the last: pieces cannot be taken
from another file, left out, or cut off the end unseen.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from records.ciphers import SALT_BYTES, BrokenSealError, seal, unseal

PIECE_BYTES = 1 << 20
"""Of the file that comes: as much of it is in memory at once."""

_LENGTH_BYTES = 4


class SealingWriter:
    """Encrypts what is written to it; the file is whole once `finish` was called.

    Parameters
    ----------
    file : IO of bytes
        New and empty.
    key : bytes
        32 bytes.
    """

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file, self._key = file, key
        self._salt = secrets.token_bytes(SALT_BYTES)
        self._rest = bytearray()
        self._number = 0
        file.write(self._salt)

    def write(self, data: bytes) -> None:
        """Take some more of the file."""
        self._rest += data
        while len(self._rest) > PIECE_BYTES:
            self._write(bytes(self._rest[:PIECE_BYTES]), is_last=False)
            del self._rest[:PIECE_BYTES]

    def finish(self) -> None:
        """Write what is left, as the last piece."""
        self._write(bytes(self._rest), is_last=True)
        self._rest.clear()

    def _write(self, piece: bytes, *, is_last: bool) -> None:
        sealed = seal(self._key, piece, _what(self._salt, self._number, is_last=is_last))
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._number += 1


def unsealed(path: Path, key: bytes) -> Iterator[bytes]:
    """Decrypt a file piece by piece.

    Raises
    ------
    BrokenSealError
        If it was changed, cut off, or sealed with another key.
    """
    with path.open("rb") as file:
        salt = file.read(SALT_BYTES)
        number, sealed = 0, _next(file)
        while sealed:
            after = _next(file)
            yield unseal(key, sealed, _what(salt, number, is_last=not after))
            number, sealed = number + 1, after
    if not number:
        raise BrokenSealError


def _next(file: IO[bytes]) -> bytes:
    return file.read(int.from_bytes(file.read(_LENGTH_BYTES), "big"))


def _what(salt: bytes, number: int, *, is_last: bool) -> bytes:
    return b"%b piece %d%b" % (salt, number, b", the last" if is_last else b"")
