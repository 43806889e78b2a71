"""The files of a print run: where they go, and that they are there together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layouts.errors import UsageError
from records.wholefiles import temporary_name


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


@contextmanager
def all_or_none(pdf: Path) -> Iterator[Path]:
    """Lend a name for the unfinished PDF; on any trouble leave no file of this run behind."""
    unfinished = pdf.parent / temporary_name()
    try:
        yield unfinished
    except BaseException:
        for one in (unfinished, *side_files(pdf), numbers_file(pdf)):
            one.unlink(missing_ok=True)
        raise
