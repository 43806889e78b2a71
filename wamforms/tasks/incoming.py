"""Files that came through the desk: kept under names of our own until their pages are stored.

They lie in a folder of the study, so that a scan goes on after the program was killed. In an
encrypted study they are encrypted while they come, and opened only to be read: in memory where
the system has a disk there, else in a folder for their owner only, which is emptied afterwards.
"""

import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from tempfile import gettempdir
from typing import IO

from filelock import FileLock

from layouts.errors import UsageError, WamError
from records.ciphers import BrokenSealError
from records.keys import derived_key
from records.sealed_pieces import SealingWriter, unsealed
from records.study import Study
from records.wholefiles import temporary_name
from scan.sources.filetypes import SUFFIXES
from scan.sources.limits import MAX_FILE_BYTES
from wamforms.tasks.onlookers import Onlooker
from wamforms.tasks.scanning import scan_stack

FOLDER = "incoming"

NAME_LENGTH = 60
"""Enough to know a file again; what is longer was made by a machine."""

NAME_BYTES = 200
"""Of the name at the beginning of an encrypted file: letters of any script have up to three."""

_STRANGE = re.compile(r"[^\w-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


SEALED = ".sealed"
"""Ending of a file that is encrypted; its name says no more, for names may say something."""

LOCK = ".reading.lock"
"""One program reads what has come; only then is what another left open nobody's."""

MEMORY = Path("/dev/shm")
"""Disk in memory of Linux; what lies on it is gone with the power."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Where files are kept.

    Attributes
    ----------
    seal
        Key that they are encrypted with; None if nothing is.
    """

    folder: Path
    seal: bytes | None = None

    @property
    def waiting(self) -> tuple[Path, ...]:
        """The files that have come and are not done with, the oldest first."""
        if not self.folder.is_dir():
            return ()
        endings = SUFFIXES if self.seal is None else {SEALED}
        found = [path for path in self.folder.iterdir() if path.suffix.lower() in endings]
        return tuple(sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name)))


def incoming_of(study: Study) -> Incoming:
    """Say where files of a study are kept."""
    seal = derived_key(study.key, "wamforms incoming 1") if study.is_encrypted else None
    return Incoming(study.folder / FOLDER, seal)


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


async def take_in(incoming: Incoming, name: str, pieces: AsyncIterable[bytes]) -> Path:
    """Write a file that comes piece by piece: it is there whole, or not at all.

    Parameters
    ----------
    incoming : Incoming
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
    kept = kept_name(name)
    incoming.folder.mkdir(mode=0o700, exist_ok=True)
    part = incoming.folder / temporary_name()
    try:
        with part.open("xb") as file:
            if incoming.seal is None:
                await _take(file, kept, pieces)
            else:
                sealing = SealingWriter(file, incoming.seal)
                sealing.write(kept.encode().ljust(NAME_BYTES))
                await _take(sealing, kept, pieces)
                sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        target = kept if incoming.seal is None else f"stack-{secrets.token_hex(8)}{SEALED}"
        return part.replace(incoming.folder / target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


async def _take(file: IO[bytes] | SealingWriter, name: str, pieces: AsyncIterable[bytes]) -> None:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > MAX_FILE_BYTES:
            raise UsageError(
                f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB",
                advice="Split the stack into smaller files.",
            )
        file.write(piece)


def scan_incoming(study: Study, incoming: Incoming, *, workers: int, onlooker: Onlooker) -> None:
    """Scan what has come, and remove each file that is done with.

    Stopped at any moment, the next call goes on where it was.

    Raises
    ------
    WamError
        If a file was changed since it came.
    """
    if not incoming.waiting:
        return
    with FileLock(incoming.folder / LOCK):
        waiting = incoming.waiting
        if not waiting:
            return
        onlooker.stack_begun(len(waiting))
        with _open(incoming, waiting) as files:
            report = scan_stack(study, files, workers=workers, progress=onlooker)
        for path in waiting:  # stored to its end, or unreadable and said so in the report
            path.unlink(missing_ok=True)
    onlooker.stack_done(report)


@contextmanager
def _open(incoming: Incoming, waiting: tuple[Path, ...]) -> Iterator[list[Path]]:
    """Give files to read; those that are encrypted lie open only inside the `with` statement."""
    if incoming.seal is None:
        yield list(waiting)
        return
    size = sum(path.stat().st_size for path in waiting)
    here = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 * size else None
    name = f"wamforms-{derived_key(incoming.seal, 'open').hex()[:32]}"
    for place in (MEMORY, Path(gettempdir())):  # what a killed program left
        shutil.rmtree(place / name, ignore_errors=True)
    folder = (here or Path(gettempdir())) / name
    folder.mkdir(mode=0o700)
    try:
        yield [_opened(path, incoming.seal, folder) for path in waiting]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(path: Path, seal: bytes, folder: Path) -> Path:
    """Decrypt a file into a folder, under the name it came with."""
    pieces = unsealed(path, seal)
    try:
        first = next(pieces)
        target = folder / first[:NAME_BYTES].decode().rstrip()
        with target.open("xb") as file:
            file.write(first[NAME_BYTES:])
            file.writelines(pieces)
    except BrokenSealError as error:
        raise WamError(
            f"{path.name} was changed since it was dropped",
            advice=f"Delete it in the study's folder {FOLDER}, and drop the stack again.",
        ) from error
    return target
