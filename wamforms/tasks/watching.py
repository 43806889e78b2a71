"""Watch an inbox: scan what is complete, move it away, and say what became of it.

A file is scanned where it lies and moved afterwards, and where it goes is read from the
study's memory. Killed at any moment, the next look does what is left: pages that were
stored are not read again, and a file is never between two places.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from layouts.errors import UsageError, WamError
from records.entries import Snapshot
from records.study import Study
from scan.sources import UnreadableFile, pages_of
from wamforms.tasks.digests import digest_of
from wamforms.tasks.inbox import DONE, LOCK, PROBLEM, Inbox, check_folders
from wamforms.tasks.onlookers import Nobody, Onlooker
from wamforms.tasks.page_lines import Became, PageLine, line_of
from wamforms.tasks.scanning import scan_stack

PATIENCE_S = 60.0
"""A file that gives no pages may still be on its way, over a network that stalls."""


class InboxAwayError(WamError):
    """The inbox cannot be read at the moment, such as a share that is away."""


class Fate(StrEnum):
    """What became of a file in the inbox."""

    DONE = "done"
    DUPLICATE = "duplicate"
    PROBLEM = "problem"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Handled:
    """One file of the inbox.

    Attributes
    ----------
    to
        Where it lies now, seen from the inbox; empty if it still lies in it.
    reason
        Why it is a problem, a duplicate, or still there; empty if it is done.
    counts
        What became of its pages.
    """

    name: str
    fate: Fate
    to: str
    reason: str
    sha256: str
    pages: int
    counts: dict[str, int]


@contextmanager
def watching(
    study: Study,
    folder: Path,
    *,
    steady_s: float,
    workers: int,
    onlooker: Onlooker | None = None,
) -> Iterator["Watcher"]:
    """Watch a folder alone.

    Raises
    ------
    UsageError
        If the folder is not usable, or another program watches it.
    """
    check_folders(folder, study.folder)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(
            f"{folder} is being watched by another wamforms",
            advice="Stop the other one first; two would scan the same file twice.",
        ) from error
    try:
        yield Watcher(study, Inbox(folder, steady_s), workers, onlooker or Nobody())
    finally:
        lock.release()


class Watcher:
    """Scans what is complete in an inbox; made by `watching`."""

    def __init__(self, study: Study, inbox: Inbox, workers: int, onlooker: Onlooker) -> None:
        self._study = study
        self._inbox = inbox
        self._workers = workers
        self._onlooker = onlooker
        self._told: dict[Path, str] = {}

    def look(self) -> Iterator[Handled]:
        """Scan every complete file as one batch, then move the files one by one.

        What stays in the inbox is reported once for each reason.

        Raises
        ------
        UsageError
            If the study has not printed any form yet.
        InboxAwayError
            If the inbox cannot be read.
        """
        ready: list[tuple[Path, str]] = []
        for path in self._complete():
            trouble = _trouble(path)
            if trouble and _age_s(path) < PATIENCE_S:
                yield from self._later(path, f"not whole yet, it seems: {trouble}")
            else:
                ready.append((path, trouble))
        if not ready:
            return
        self._scan([path for path, _ in ready])
        snapshot = self._study.store.snapshot()
        for path, trouble in ready:
            try:
                yield from self._settle(path, trouble, snapshot)
            except OSError as error:
                yield from self._later(path, f"cannot be moved now ({error.strerror})")

    def _scan(self, paths: list[Path]) -> None:
        self._onlooker.stack_begun(len(paths))
        report = scan_stack(self._study, paths, workers=self._workers, progress=self._onlooker)
        self._onlooker.stack_done(report)

    def _complete(self) -> list[Path]:
        try:
            return self._inbox.complete()
        except OSError as error:
            raise InboxAwayError(
                f"{self._inbox.folder} cannot be read ({error.strerror})",
                advice="Check the folder, or the network drive it is on.",
            ) from error

    def _settle(self, path: Path, trouble: str, snapshot: Snapshot) -> Iterator[Handled]:
        """Move one file to where its pages, as stored, say it belongs."""
        digest = digest_of(path)
        lines = _lines(snapshot, digest)
        whole = any(file.sha256 == digest and file.is_complete for file in snapshot.files)
        if not trouble and not whole:
            yield from self._later(path, "changed while it was read")
            return
        twin = None if trouble else self._inbox.twin(path, digest)
        if twin is not None:
            fate, reason = Fate.DUPLICATE, f"the same bytes as {self._named(twin)}, scanned before"
        else:
            reason = trouble or _paper(lines)
            fate = Fate.PROBLEM if reason else Fate.DONE
        folder = PROBLEM if fate is Fate.PROBLEM else DONE
        told = _reason_text(path.name, digest, reason) if fate is Fate.PROBLEM else ""
        target = self._inbox.move(path, folder, told, self._study.settings.sealed_to)
        self._told.pop(path, None)
        counts = dict(Counter(line.became.value for line in lines))
        yield Handled(path.name, fate, self._named(target), reason, digest, len(lines), counts)

    def _later(self, path: Path, reason: str) -> Iterator[Handled]:
        if self._told.get(path) != reason:
            self._told[path] = reason
            yield Handled(path.name, Fate.LATER, "", reason, "", 0, {})

    def _named(self, path: Path) -> str:
        return path.relative_to(self._inbox.folder).as_posix()


def _trouble(path: Path) -> str:
    """Say why a file gives no pages; empty if it gives some."""
    return next((one.reason for one in pages_of([path]) if isinstance(one, UnreadableFile)), "")


def _age_s(path: Path) -> float:
    """Return how long ago a file was last written to; one that is gone is new."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _lines(snapshot: Snapshot, digest: str) -> tuple[PageLine, ...]:
    """Say what became of a file's pages; one whose code was typed counts as read with it."""
    mine = [page for page in snapshot.pages if page.file == digest]
    again = {page.index for page in mine if page.typed is not None}
    return tuple(
        line_of(page) for page in mine if page.typed is not None or page.index not in again
    )


def _paper(lines: Sequence[PageLine]) -> str:
    """List the pages that somebody has to take into the hand; empty if there are none."""
    return "\n".join(_refused(lines))


def _refused(lines: Iterable[PageLine]) -> Iterator[str]:
    for line in lines:
        if line.became is Became.REFUSED:
            whose = f", {line.dyad} {line.role} wave {line.wave}" if line.dyad else ""
            yield f"{line.source}{whose}: refused, {line.reason}"


def _reason_text(name: str, digest: str, reason: str) -> str:
    return (
        f"{name}\nSHA-256 {digest}\n\n{reason}\n\nAll that could be read of it is in the study.\n"
    )
