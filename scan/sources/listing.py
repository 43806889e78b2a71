"""Which pages a list of files and folders holds."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from scan.sources import pdf, tiff
from scan.sources.filetypes import SUFFIXES, Kind, kind_of, shown_name
from scan.sources.limits import MAX_FILE_BYTES, MAX_PAGES
from scan.sources.model import PageRef, PageUnreadable, UnreadableFile

_DIGITS = re.compile(r"(\d+)")


def pages_of(paths: Iterable[Path]) -> Iterator[PageRef | UnreadableFile]:
    """List the pages of files and folders, one open file at a time.

    Folders are walked recursively in natural order (`scan2` before `scan10`),
    without hidden files and without following links to folders. Files of another
    kind are skipped in a folder, unless their name promises a scan; a path that
    was named itself is always answered for.

    Parameters
    ----------
    paths
        Files and folders, in the order in which their pages are wanted.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield from _in_file(path, named=True)


def _in_folder(folder: Path) -> Iterator[PageRef | UnreadableFile]:
    try:
        entries = sorted(folder.iterdir(), key=_natural)
    except OSError as error:
        yield UnreadableFile(folder, f"The folder cannot be opened ({_why(error)}); check it.")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # a link may lead back to a folder above
                yield from _in_folder(entry)
        else:
            yield from _in_file(entry, named=False)


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    parts = _DIGITS.split(path.name.casefold())
    # Digits beyond the decimal ones of Unicode do not get here: \d is what int() takes.
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name


def _in_file(file: Path, *, named: bool) -> Iterator[PageRef | UnreadableFile]:
    wanted = named or file.suffix.lower() in SUFFIXES
    try:
        kind = _kind(file)
        if kind is None:
            if wanted:
                yield UnreadableFile(file, _not_a_scan(file))
            return
        wanted = True
        count = _page_count(file, kind)
    except PageUnreadable as fault:
        if wanted:
            yield UnreadableFile(file, fault.reason)
        return
    name = shown_name(file)
    many = kind in (Kind.PDF, Kind.TIFF)
    for index in range(count):
        yield PageRef(file, index, f"{name}#{index + 1}" if many else name)


def _kind(file: Path) -> Kind | None:
    try:
        if not file.exists():
            raise PageUnreadable("There is no such file or folder; check the name.")
        # Reading a pipe or device could wait for ever.
        return kind_of(file) if file.is_file() else None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise PageUnreadable(
            f"The file cannot be opened ({_why(error)}); check that you may read it."
        ) from error


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or "the system gives no reason"


def _not_a_scan(file: Path) -> str:
    if file.is_file() and file.stat().st_size == 0:
        return "The file is empty; copy it again from the scanner."
    return "This is no PDF, TIFF, PNG or JPEG file; save the scan as one of these."


def _page_count(file: Path, kind: Kind) -> int:
    if file.stat().st_size > MAX_FILE_BYTES:
        raise PageUnreadable(
            "The file is larger than 2 GiB; split it or scan at 300 dpi in grey.", too_large=True
        )
    match kind:
        case Kind.PDF:
            count = pdf.count_pages(file)
        case Kind.TIFF:
            count = tiff.count_pages(file)
        case Kind.PNG | Kind.JPEG:
            return 1
    if count == 0:
        raise PageUnreadable("The file has no pages; scan again.")
    if count > MAX_PAGES:
        raise PageUnreadable(f"The file has more than {MAX_PAGES} pages; split it.", too_large=True)
    return count
