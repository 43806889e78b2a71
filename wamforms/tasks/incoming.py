"""Files that came through the desk: kept under names of our own until their pages are stored.

They lie in a folder of the study, so that a scan goes on after the program was killed. Their
pages are kept by the scan itself; a file goes as soon as it is done with.
"""

import os
import re
import secrets
from collections.abc import AsyncIterable
from pathlib import Path, PureWindowsPath
from tempfile import mkdtemp

from layouts.errors import UsageError
from records.study import Study
from records.wholefiles import temporary_name
from scan.sources.filetypes import SUFFIXES
from scan.sources.limits import MAX_FILE_BYTES
from wamforms.tasks.onlookers import Onlooker
from wamforms.tasks.scanning import scan_stack

FOLDER = "incoming"

NAME_LENGTH = 60
"""Enough to know a file again; what is longer was made by a machine."""

_STRANGE = re.compile(r"[^\w-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def kept_in(study: Study) -> Path:
    """Say where files are kept: in the study, or outside of one in which nothing lies open.

    A folder outside is made anew, for its owner only; what is in it does not outlive the
    program, so a stack that was being read has to be dropped once more.
    """
    if study.is_encrypted:
        return Path(mkdtemp(prefix="wamforms-incoming-"))
    return study.folder / FOLDER


def kept_name(name: str) -> str:
    """Make a name of our own out of the one a file was sent with.

    Letters, digits, dashes and underscores, and the ending of a known kind: nothing of it can
    lead anywhere else, and a number makes it the only one of its kind.

    Raises
    ------
    UsageError
        If the ending is none of a kind that can be scanned.
    """
    sent = PureWindowsPath(name.replace("/", "\\"))
    ending = sent.suffix.lower()
    if ending not in SUFFIXES:
        raise UsageError(
            f"{sent.name[:NAME_LENGTH]!r} is no PDF, TIFF, PNG or JPEG file",
            advice="Save what the scanner made as PDF or TIFF, and drop it again.",
        )
    stem = _STRANGE.sub("-", sent.stem).strip("-")[:NAME_LENGTH] or "scan"
    if _DEVICE.fullmatch(stem):
        stem = f"scan-{stem}"
    return f"{stem}-{secrets.token_hex(2)}{ending}"


async def take_in(there: Path, name: str, pieces: AsyncIterable[bytes]) -> Path:
    """Write a file that comes piece by piece: it is there whole, or not at all.

    Parameters
    ----------
    there : Path
        Where files are kept.
    name : str
        As it was sent; only its look is kept.
    pieces : async iterable of bytes
        The file.

    Raises
    ------
    UsageError
        If it is no file that can be scanned, or larger than any of them.
    """
    target = there / kept_name(name)
    there.mkdir(mode=0o700, exist_ok=True)
    part = there / temporary_name()
    size = 0
    try:
        with part.open("xb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > MAX_FILE_BYTES:
                    raise UsageError(
                        f"{target.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB",
                        advice="Split the stack into smaller files.",
                    )
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target


def waiting_files(there: Path) -> tuple[Path, ...]:
    """List the files that have come and are not done with, the oldest first."""
    if not there.is_dir():
        return ()
    found = [path for path in there.iterdir() if path.suffix.lower() in SUFFIXES]
    return tuple(sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name)))


def scan_incoming(study: Study, there: Path, *, workers: int, onlooker: Onlooker) -> None:
    """Scan what has come, and remove each file that is done with.

    Stopped at any moment, the next call goes on where it was.
    """
    files = waiting_files(there)
    if not files:
        return
    onlooker.stack_begun(len(files))
    report = scan_stack(study, files, workers=workers, progress=onlooker)
    for path in files:  # stored to its end, or unreadable and said so in the report
        path.unlink(missing_ok=True)
    onlooker.stack_done(report)
