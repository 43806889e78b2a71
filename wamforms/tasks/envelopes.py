"""Scanned stacks of a sealed study: what is left of each opens with the research key only."""

from collections.abc import Sequence
from pathlib import Path

from records.age_files import ENDING, encrypt
from wamforms.tasks.digests import digest_of

_DIGITS = 8
"""Of the SHA-256: enough to tell the stacks apart to which a scanner gave one name."""


def envelope_of(path: Path, folder: Path) -> Path:
    """Name the envelope of a file by its content, so that the same file has one, however often."""
    return folder / f"{path.stem}-{digest_of(path)[:_DIGITS]}{path.suffix}{ENDING}"


def put_into(envelope: Path, path: Path, public: Sequence[str]) -> None:
    """Leave of a file only its envelope.

    Stopped in between, both are there, and the same again goes on. The file is taken out of
    its folder; what a disk keeps of it is beyond any program.
    """
    if not envelope.exists():
        encrypt(path, envelope, public)
    path.unlink()
