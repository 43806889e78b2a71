"""What a file is, whatever it is called: the SHA-256 of its bytes."""

import hashlib
from pathlib import Path

_BLOCK = 1 << 20


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, taken block by block, however long it is."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest_if_readable(path: Path) -> str | None:
    """Return the SHA-256 of a file; None for a folder, or a file that cannot be opened."""
    try:
        return digest_of(path) if path.is_file() else None
    except OSError:
        return None
