"""Read a stack: pages go to worker processes and come back in order.

Workers decode and read; they hold a page's memory and, if a broken file kills
the decoder, they alone die: the page is refused and the stack goes on. The
parent sees only small values, and at most a few pages are under way at once.
"""

import hashlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType, ModuleType, TracebackType
from typing import Protocol

from scan.crops import SUFFIX, cuttings
from scan.picture import Gray
from scan.read import KnownForms, read_page
from scan.results import Fault, PageOutcome, PageRead, PageRefused
from scan.secrecy import is_clients, may_be_clients
from scan.sources import PageRef, PageUnreadable, TakenPage, decode, take
from scan.thresholds import Thresholds

AHEAD = 4
"""Pages under way per worker: enough to keep it busy, few enough to bound memory."""

MOST_SECONDS = 60.0
"""A page takes 20 ms; one that takes a minute is a trap or a broken disk."""

WORKER_MEMORY = 2 << 30
"""Address space of a worker (where the system can bound it): 600 dpi in colour need 0.5 GiB."""

ONE_THREAD: Mapping[str, str] = MappingProxyType(
    {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
)
"""Workers are the parallelism: numpy's own threads, waiting for each other on busy
cores, made the measuring of a page take 16 ms instead of 3."""


class Keep(Protocol):
    """Keeps the bytes of a page image and returns the name to find them by."""

    def __call__(self, data: bytes, suffix: str) -> str:
        """Keep `data`; the same bytes give the same name and are kept once."""
        ...


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What became of one page of a stack.

    Attributes
    ----------
    image, suffix
        Name and kind of the kept image; empty if the page gave none.
    crops
        Names of the kept cuttings, one for each remark of the outcome.
    """

    ref: PageRef
    image: str
    suffix: str
    outcome: PageOutcome
    crops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a worker needs; sent to each of them once.

    Attributes
    ----------
    hide
        In a sealed study keeps what may be a client's, so that who scans cannot see it.
    """

    forms: KnownForms
    limits: Thresholds
    keep: Keep
    hide: Keep | None = None

    def kept(self, taken: TakenPage, outcome: PageOutcome) -> tuple[str, str]:
        """Keep the image of a page; whether it is hidden is known only once it was read."""
        keep = self.keep if self.hide is None or not may_be_clients(outcome) else self.hide
        return keep(taken.data, f".{taken.suffix}"), f".{taken.suffix}"

    def cut(self, gray: Gray, outcome: PageOutcome) -> tuple[str, ...]:
        """Keep the cuttings of a page that was read, or only name them if it is hidden."""
        hides = self.hide is not None and is_clients(outcome)
        return kept_crops(gray, outcome, None if hides else self.keep)


def read_ref(desk: Desk, ref: PageRef) -> ScannedPage:
    """Take one page out of its file, read it, and keep its image."""
    taken = None
    try:
        taken = take(ref)
        picture = decode(taken)
    except PageUnreadable as error:
        fault = Fault.TOO_LARGE if error.too_large else Fault.UNREADABLE
        refused = PageRefused(ref.source, fault, error.reason)
        return ScannedPage(ref, *(desk.kept(taken, refused) if taken else ("", "")), refused)
    outcome = read_page(ref.source, picture.gray, picture.dpi, desk.forms, desk.limits)
    image = desk.kept(taken, outcome)
    return ScannedPage(ref, *image, outcome, desk.cut(picture.gray, outcome))


def kept_crops(gray: Gray, outcome: PageOutcome, keep: Keep | None) -> tuple[str, ...]:
    """Cut the remarks out of a page that was read, and keep each as a picture of its own.

    Parameters
    ----------
    keep
        None for a hidden page, of which even the number of cuttings would say something: then
        only what they would be called is known. Who may see the page can cut them anew.
    """
    if not isinstance(outcome, PageRead):
        return ()
    if keep is None:
        return tuple(hashlib.sha256(one).hexdigest() for one in cuttings(gray, outcome))
    return tuple(keep(cutting, SUFFIX) for cutting in cuttings(gray, outcome))


class StackReader:
    """A pool of readers for one stack; use it as a context manager.

    Parameters
    ----------
    desk
        What the readers need.
    workers
        How many processes; 0 reads in this process (tests, debugging).
    """

    def __init__(self, desk: Desk, workers: int) -> None:
        self._desk = desk
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "StackReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the workers; without waiting for pages if something went wrong."""
        if self._pool is not None:
            self._pool.shutdown(wait=error is None, cancel_futures=True)

    def read(self, refs: Iterable[PageRef]) -> Iterator[ScannedPage]:
        """Read pages and yield them in the order of the stack."""
        if self._workers == 0:
            yield from (read_ref(self._desk, ref) for ref in refs)
            return
        waiting: deque[_Waiting] = deque()
        for ref in refs:
            waiting.append(self._submit(ref))
            if len(waiting) >= AHEAD * self._workers:
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _submit(self, ref: PageRef) -> "_Waiting":
        try:
            if self._pool is not None:
                return _Waiting(ref, self._pool.submit(_read_in_worker, ref))
            self._pool = ProcessPoolExecutor(
                self._workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_worker,
                initargs=(self._desk,),
            )
            # All workers start with the first page.
            with _surroundings(ONE_THREAD), _deaf_to_interrupts():
                return _Waiting(ref, self._pool.submit(_read_in_worker, ref))
        except BrokenProcessPool:
            self._discard()
            return self._submit(ref)

    def _next(self, waiting: "deque[_Waiting]") -> ScannedPage:
        """Wait for the first page; one that kills its reader is tried once more, alone."""
        first = waiting.popleft()
        try:
            return first.future.result(MOST_SECONDS)
        except (BrokenProcessPool, TimeoutError):
            self._discard()
        page = self._alone(first.ref)
        again = [self._submit(one.ref) for one in waiting]
        waiting.clear()
        waiting.extend(again)
        return page

    def _alone(self, ref: PageRef) -> ScannedPage:
        try:
            return self._submit(ref).future.result(MOST_SECONDS)
        except BrokenProcessPool:
            detail = "the file broke the program that decodes it; scan the sheet again"
        except TimeoutError:
            detail = f"the page took longer than {MOST_SECONDS:.0f} s; scan the sheet again"
        self._discard()
        return ScannedPage(ref, "", "", PageRefused(ref.source, Fault.UNREADABLE, detail))

    def _discard(self) -> None:
        """Stop a pool that hangs or has lost a worker, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start workers that leave Ctrl-C to the parent, even while they are still importing.

    A process inherits what is ignored; only the main thread may change that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, slots=True)
class _Waiting:
    ref: PageRef
    future: "Future[ScannedPage]"


@contextmanager
def _surroundings(wanted: Mapping[str, str]) -> Iterator[None]:
    """Let processes that start meanwhile find these environment variables, and no main program.

    Numpy counts its threads when it is loaded, before a worker's first line
    runs. And a new process loads the program that started it, here the whole
    command line: half a second and 60 MB in which a worker finds nothing it needs.
    """
    before = {name: os.environ.get(name) for name in wanted}
    program = sys.modules["__main__"]
    os.environ.update(wanted)
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_in_worker: Callable[[PageRef], ScannedPage] | None = None


def _start_worker(desk: Desk) -> None:
    """Prepare a worker: one thread, bounded memory, no pages yet."""
    import cv2

    global _in_worker
    cv2.setNumThreads(1)
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, WORKER_MEMORY))
    _in_worker = lambda ref: read_ref(desk, ref)  # noqa: E731


def _read_in_worker(ref: PageRef) -> ScannedPage:
    if _in_worker is None:
        raise RuntimeError("the worker was not started by StackReader")
    return _in_worker(ref)


def usual_workers() -> int:
    """Choose how many workers: one a core, at most eight (the disk is busy by then)."""
    return min(8, os.cpu_count() or 1)
