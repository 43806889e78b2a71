"""Page pictures, kept under the digest of their bytes; in an encrypted study, sealed.

A sealed picture's name is a MAC of its digest, so that nobody without the key can tell
whether a picture they hold is in the study; its length is rounded up for the same reason.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from layouts.errors import WamError
from records.ciphers import BrokenSealError, seal, unseal
from records.keys import derived_key
from records.wholefiles import STALE_S, TEMPORARY, sweep, write_whole

_SUFFIX = re.compile(r"\.[a-z0-9]{1,6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

SEALED = ".sealed"
"""Ending of every encrypted picture; what kind it is, only the database says."""

_LENGTH_BYTES = 8
_ROUNDED_BYTES = 4096
"""A disk gives out blocks of this size anyway, so it costs nothing."""


def name_of(digest: str, suffix: str) -> str:
    """Name the file of a picture, as seen from the vault's folder."""
    if not (_DIGEST.fullmatch(digest) and _SUFFIX.fullmatch(suffix)):
        raise ValueError(f"{digest!r}{suffix!r} cannot name a picture")
    return f"{digest[:2]}/{digest}{suffix}"


@dataclass(frozen=True, slots=True)
class ImageVault:
    """A folder of pictures that are never changed; worker processes may share it.

    Attributes
    ----------
    root
        The folder; it is made when the first picture arrives.
    seal
        The key of encrypted pictures; None keeps them as they came.
    """

    root: Path
    seal: bytes | None = field(default=None, repr=False)

    def keep(self, data: bytes, suffix: str) -> str:
        """Store a picture and return its SHA-256; once stored, nothing is written again.

        A stored copy that has gone bad in the meantime is replaced by the good one.

        Parameters
        ----------
        data : bytes
            The file as it came, not decoded.
        suffix : str
            What kind of file, such as ``.jpg``.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest, suffix)
        if not (path.is_file() and self.plain(path) == data):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, self._stored(path, data))
        return digest

    def open(self, digest: str, suffix: str) -> bytes:
        """Return a stored picture after checking that it is still the same.

        Raises
        ------
        WamError
            If the picture is gone or any bit of it has changed.
        """
        path = self.path(digest, suffix)
        try:
            data = self.plain(path)
        except OSError as error:
            raise WamError(
                f"page picture {path} is missing or cannot be opened",
                advice="Put it back from a backup of the study folder.",
            ) from error
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            raise WamError(
                f"page picture {path} has changed since it was scanned",
                advice="Do not trust it; put it back from a backup of the study folder.",
            )
        return data

    def plain(self, path: Path) -> bytes | None:
        """Read a file of the vault as it was before it was sealed; None if it does not open."""
        data = path.read_bytes()
        if self.seal is None:
            return data
        try:
            opened = unseal(self.seal, data, path.name.encode())
        except BrokenSealError:
            return None
        length = int.from_bytes(opened[:_LENGTH_BYTES], "big")
        return opened[_LENGTH_BYTES : _LENGTH_BYTES + length]

    def _stored(self, path: Path, data: bytes) -> bytes:
        """Give the bytes that are written for a picture."""
        if self.seal is None:
            return data
        text = len(data).to_bytes(_LENGTH_BYTES, "big") + data
        return seal(self.seal, text + bytes(-len(text) % _ROUNDED_BYTES), path.name.encode())

    def sweep(self) -> int:
        """Remove unfinished files that a killed scan left behind; return how many."""
        return sweep(self.root)

    def path(self, digest: str, suffix: str) -> Path:
        """Say where a picture is kept."""
        plain = name_of(digest, suffix)
        if self.seal is None:
            return self.root / plain
        names = derived_key(self.seal, "names")
        return self.root / name_of(hmac.digest(names, plain.encode(), "sha256").hex(), SEALED)

    def strangers(self, known: Iterable[tuple[str, str]]) -> tuple[Path, ...]:
        """List files that are none of the known pictures.

        A scan keeps a picture before the row that points to it, so young files do
        not count, nor do unfinished ones, which `sweep` removes.
        """
        ours = {self.path(digest, suffix) for digest, suffix in known}
        limit = time.time() - STALE_S
        return tuple(
            path
            for path in sorted(self.root.rglob("*"))
            if path not in ours
            and not path.name.startswith(TEMPORARY)
            and path.is_file()
            and path.stat().st_mtime <= limit
        )
