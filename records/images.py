"""Page pictures, kept under the digest of their bytes; in an encrypted study, encrypted.

A sealed picture's name is a MAC of its digest, so that nobody without the key can tell
whether a picture they hold is in the study; its length is rounded up for the same reason.

In a study that is sealed to a research key, a picture that may be of a client's sheet is put
into an envelope first, before anything of it is written.
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
from records.envelopes import PICTURE_BYTES, Envelope, sealed_error
from records.keys import derived_key
from records.wholefiles import STALE_S, TEMPORARY, sweep, write_whole

_SUFFIX = re.compile(r"\.[a-z0-9]{1,6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

SEALED = ".sealed"
"""Ending of every encrypted picture; what kind it is, only the database says."""

_MARK = b"wamforms envelope 1\n"
"""How a picture in an envelope begins; no picture does."""

_LENGTH_BYTES = 8
_ROUNDED_BYTES = 4096
"""A disk gives out blocks of this size anyway, so it costs nothing."""


def is_name(digest: str, suffix: str) -> bool:
    """Tell whether a picture may be named so; in a database that was changed one may not."""
    return bool(_DIGEST.fullmatch(digest) and _SUFFIX.fullmatch(suffix))


def name_of(digest: str, suffix: str) -> str:
    """Name the file of a picture, as seen from the vault's folder.

    Raises
    ------
    WamError
        If it would be no name in that folder.
    """
    if not is_name(digest, suffix):
        name = ascii(digest + suffix)
        raise WamError(
            f"the database has {name:.90}, which cannot name a picture",
            advice="It was changed: run wamforms check, and bring back a backup.",
        )
    return f"{digest[:2]}/{digest}{suffix}"


def _what(path: Path) -> bytes:
    """Say which picture an envelope holds."""
    return f"picture {path.name}".encode()


def _changed(path: Path) -> WamError:
    return WamError(
        f"page picture {path} has changed since it was scanned",
        advice="Do not trust it; put it back from a backup of the study folder.",
    )


@dataclass(frozen=True, slots=True)
class ImageVault:
    """A folder of pictures that are never changed; worker processes may share it.

    Attributes
    ----------
    root
        The folder; it is made when the first picture arrives.
    seal
        The key of encrypted pictures; None keeps them as they came.
    envelope
        Of a study that is sealed to a research key.
    """

    root: Path
    seal: bytes | None = field(default=None, repr=False)
    envelope: Envelope | None = None

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
        return self._keep(data, suffix, None)

    def hide(self, data: bytes, suffix: str) -> str:
        """Store a picture of a sealed study so that only the research key opens it."""
        return self._keep(data, suffix, self.envelope)

    def _keep(self, data: bytes, suffix: str, envelope: Envelope | None) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest, suffix)
        if not (path.is_file() and self._is_good(path, data)):
            closed = data
            if envelope is not None:
                closed = _MARK + envelope.close(data, _what(path), PICTURE_BYTES)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, self._stored(path, closed))
        return digest

    def _is_good(self, path: Path, data: bytes) -> bool:
        """Tell whether a picture is stored already, in an envelope or not."""
        stored = self.plain(path)
        if stored is None or not stored.startswith(_MARK):
            return stored == data
        return self.envelope is not None and self.envelope.is_whole(
            stored[len(_MARK) :], _what(path)
        )

    def open(self, digest: str, suffix: str) -> bytes:
        """Return a stored picture after checking that it is still the same.

        Raises
        ------
        WamError
            If the picture is gone or any bit of it has changed.
        LockedError
            If it is in an envelope and nobody gave the research key.
        """
        path = self.path(digest, suffix)
        data = self._whole(path, digest)
        if data.startswith(_MARK):
            if self.envelope is None or not self.envelope.opens:
                raise sealed_error("the picture of this page")
            opened = self.envelope.open(data[len(_MARK) :], _what(path))
            if opened is None or hashlib.sha256(opened).hexdigest() != digest:
                raise _changed(path)
            return opened
        return data

    def check(self, digest: str, suffix: str) -> None:
        """Make sure that a stored picture is as it was, without opening an envelope.

        Raises
        ------
        WamError
            If it is gone or any bit of it has changed.
        """
        self._whole(self.path(digest, suffix), digest)

    def is_hidden(self, digest: str, suffix: str) -> bool:
        """Tell whether a stored picture is in an envelope that nobody here can open."""
        if self.envelope is None or self.envelope.opens:
            return False
        return self._whole(self.path(digest, suffix), digest).startswith(_MARK)

    def _whole(self, path: Path, digest: str) -> bytes:
        """Read a stored picture or its envelope, which has to be whole."""
        try:
            data = self.plain(path)
        except OSError as error:
            raise WamError(
                f"page picture {path} is missing or cannot be opened",
                advice="Put it back from a backup of the study folder.",
            ) from error
        if data is not None and data.startswith(_MARK) and self.envelope is not None:
            if self.envelope.is_whole(data[len(_MARK) :], _what(path)):
                return data
        elif data is not None and hashlib.sha256(data).hexdigest() == digest:
            return data
        raise _changed(path)

    def plain(self, path: Path) -> bytes | None:
        """Read a file of the vault as it was before it was encrypted; None if it does not open."""
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
