"""Page pictures, kept under the digest of their bytes."""

import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from layouts.errors import WamError
from records.wholefiles import STALE_S, TEMPORARY, sweep, write_whole

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
    """

    root: Path

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
        if not (path.is_file() and path.read_bytes() == data):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
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
            data = path.read_bytes()
        except OSError as error:
            raise WamError(
                f"page picture {path} is missing or cannot be opened",
                advice="Put it back from a backup of the study folder.",
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise WamError(
                f"page picture {path} has changed since it was scanned",
                advice="Do not trust it; put it back from a backup of the study folder.",
            )
        return data

    def sweep(self) -> int:
        """Remove unfinished files that a killed scan left behind; return how many."""
        return sweep(self.root)

    def path(self, digest: str, suffix: str) -> Path:
        """Say where a picture is kept."""
        return self.root / name_of(digest, suffix)

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
