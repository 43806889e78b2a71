"""The files of a print run: where they go, and what tells one order from another."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from layouts.errors import UsageError
from wamforms.tasks.digests import digest_of


def free_path(path: Path, *, is_chosen: bool) -> Path:
    """Make sure the PDF and its lists can go there; an existing file is never overwritten.

    Parameters
    ----------
    path : Path
        The PDF to write.
    is_chosen : bool
        True if a person named the path; then its folder must be there already.

    Raises
    ------
    UsageError
        If a file is in the way, or the folder is missing.
    """
    for one in (path, *side_files(path), numbers_file(path)):
        if one.exists():
            raise UsageError(f"{one} exists already", advice="Choose another name with --out.")
    if is_chosen and not path.parent.is_dir():
        raise UsageError(f"{path.parent} is not a folder", advice="Make it, or choose another.")
    path.parent.mkdir(exist_ok=True)
    return path


def side_files(pdf: Path) -> tuple[Path, Path]:
    """Name the print list and the caseload with codes that stand beside a PDF."""
    return pdf.with_suffix(".print-list.csv"), pdf.with_suffix(".caseload.csv")


def numbers_file(pdf: Path) -> Path:
    """Name the list of paper numbers that stands beside a PDF of photocopy masters."""
    return pdf.with_suffix(".paper-numbers.csv")


def order_digest(caseload: Path | None, out: Path | None, *rest: str | Sequence[str]) -> str:
    """Digest what was asked for: a command that is given again is known by it."""
    listed = None if caseload is None else digest_of(caseload)
    place = None if out is None else str(out.resolve())
    said = [one if isinstance(one, str) else list(one) for one in rest]
    text = json.dumps([listed, place, *said])
    return hashlib.sha256(text.encode()).hexdigest()
