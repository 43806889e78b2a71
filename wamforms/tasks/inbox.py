"""The folder that a scanner writes into: what is complete in it, and where it goes.

Plain looking, no notifications: a network share sends none, the system may lose them,
and they come before a file is complete anyway. A look at a folder costs less than a
millisecond, so looking is enough and works everywhere.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from layouts.errors import UsageError
from records.wholefiles import write_whole
from wamforms.tasks.digests import digest_of
from wamforms.tasks.envelopes import envelope_of, put_into

DONE, PROBLEM = "done", "problem"
"""Folders inside the inbox, so that moving there is one step of the file system."""

REASON = ".reason.txt"
"""End of the name of the text beside a file in `problem`."""

LOCK = ".wamforms-watch.lock"
"""One watcher an inbox; the system lets go of it when the program dies."""

UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download")
"""How programs name a file that they are still writing."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was seen, and since when it has been like that."""

    size: int
    changed_ns: int
    since_s: float


class Inbox:
    """A folder that is looked at again and again.

    Parameters
    ----------
    folder
        Where the scanner writes.
    steady_s
        How long a file must not have changed before it counts as complete, in seconds.
    """

    def __init__(self, folder: Path, steady_s: float) -> None:
        self.folder = folder
        self._steady_s = steady_s
        self._seen: dict[Path, _Look] = {}

    def complete(self) -> list[Path]:
        """List the files that have not changed for a while and that nobody is writing.

        Raises
        ------
        OSError
            If the folder cannot be read, such as a share that is away for a moment.
        """
        now_s = time.monotonic()
        seen: dict[Path, _Look] = {}
        ready = []
        for path, size, changed_ns in self._files():
            before = self._seen.get(path)
            look = _Look(size, changed_ns, now_s)
            if before is not None and (before.size, before.changed_ns) == (size, changed_ns):
                look = before
            seen[path] = look
            if now_s - look.since_s >= self._steady_s and before is not None and _is_free(path):
                ready.append(path)
        self._seen = seen
        return ready

    def _files(self) -> Iterator[tuple[Path, int, int]]:
        for path in sorted(self.folder.iterdir()):
            name = path.name.lower()
            if name.startswith((".", "~$")) or name.endswith(UNFINISHED):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            state = path.stat()
            yield path, state.st_size, state.st_mtime_ns

    def twin(self, path: Path, digest: str) -> Path | None:
        """Find a file of the same bytes among those that were moved before."""
        size = path.stat().st_size
        for folder in (DONE, PROBLEM):
            for other in sorted((self.folder / folder).rglob("*")):
                if other.is_file() and other.stat().st_size == size and digest_of(other) == digest:
                    return other
        return None

    def move(
        self, path: Path, folder: str, reason: str = "", sealed_to: Sequence[str] = ()
    ) -> Path:
        """Move a file away, its reason first: a file in `problem` is never without one.

        With public keys it is encrypted on the way, and nothing of it lies open there.

        Raises
        ------
        OSError
            If it cannot be moved now, such as while somebody has it open.
        """
        there = self.folder / folder / time.strftime("%Y-%m")
        there.mkdir(parents=True, exist_ok=True)
        target = envelope_of(path, there) if sealed_to else _free_name(there, path.name)
        if reason:
            write_whole(there / (target.name + REASON), reason.encode())
        if sealed_to:
            put_into(target, path, sealed_to)
        else:
            path.rename(target)
        return target


def check_folders(inbox: Path, study: Path) -> None:
    """Make sure that an inbox is a folder of its own.

    Raises
    ------
    UsageError
        If it is missing, or lies in the study, or the study in it.
    """
    if not inbox.is_dir():
        raise UsageError(f"{inbox} is not a folder", advice="Make it, or name another one.")
    here, there = inbox.resolve(), study.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UsageError(
            f"the inbox {inbox} and the study {study} lie in one another",
            advice="Let the scanner write into a folder of its own.",
        )


def _free_name(folder: Path, name: str) -> Path:
    """Return the name, or the name with a number; only a file in the way counts."""
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target


def _is_free(path: Path) -> bool:
    """Tell whether nobody holds the file, as far as the system knows."""
    try:
        with path.open("r+b" if os.name == "nt" else "rb") as file:
            return os.name == "nt" or _is_unlocked(file.fileno())
    except OSError:
        return False


def _is_unlocked(handle: int) -> bool:
    import fcntl  # not on Windows, where opening for writing already tells

    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks cannot tell; the size has to do
    return True
