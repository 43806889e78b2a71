"""Scans under way: they run in a thread of their own, whether somebody looks on or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from layouts.errors import UsageError, WamError
from records.study import Study
from wamforms.desk.door import Door
from wamforms.tasks.incoming import scan_incoming
from wamforms.tasks.page_lines import PageLine
from wamforms.tasks.scanning import ScanReport
from wamforms.tasks.watching import InboxAwayError, Watcher, watching
from wamforms.tasks.workers import usual_workers

STEADY_S = 3.0
"""A file in a watched folder that has not changed for so long is complete."""

LOOK_S = 1.0
"""How often a watched folder is looked at."""

PATIENCE_S = 5.0
"""How long somebody is kept waiting until a folder is watched, or cannot be."""

KEPT = 5_000
"""Events of one run of the desk that a page can hear again."""


@dataclass(slots=True)
class Watch:
    """One folder that is watched, from when somebody asks for it until it is let go.

    Attributes
    ----------
    settled
        Set when it is watched, or is known not to be.
    is_away
        Whether it could not be read the last time; that is told once.
    """

    folder: Path
    letting_go: Event = field(default_factory=Event)
    settled: Event = field(default_factory=Event)
    refusal: WamError | None = None
    is_away: bool = False


@dataclass(slots=True)
class Stacks:
    """The scans of one run of the desk.

    Attributes
    ----------
    events
        What happened, in order; a page that comes back hears what it missed.
    """

    door: Door
    events: list[dict[str, Any]] = field(default_factory=list)
    _running: bool = False
    _watch: Watch | None = None
    _ending: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)
    _threads: list[Thread] = field(default_factory=list)
    _watcher: Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether a scan of what was dropped is under way."""
        return self._running

    @property
    def is_ending(self) -> bool:
        """Whether the desk is being closed."""
        return self._ending.is_set()

    @property
    def watched(self) -> Path | None:
        """The folder that is being watched; None if there is none."""
        watch = self._watch
        return None if watch is None or watch.refusal is not None else watch.folder

    def scan(self) -> None:
        """Scan what has come, unless that is being done already: it then takes this, too."""
        with self._lock:
            if self._running:
                return
            self._running = True
        self._start(self._scan)

    def watch(self, folder: Path) -> None:
        """Watch a folder from now on, instead of the one before.

        Raises
        ------
        WamError
            If it cannot be watched.
        """
        before = self._watcher
        self.stop_watching()
        self._watch = watch = Watch(folder)
        self._watcher = self._start(lambda study: self._watched(study, watch, before))
        watch.settled.wait(PATIENCE_S)
        if watch.refusal is not None:
            raise watch.refusal

    def stop_watching(self) -> None:
        """Watch no folder any more; a file that is being read is read to its end."""
        if self._watch is not None:
            self._watch.letting_go.set()
        self._watch = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no stack be read inside a `with` statement.

        Raises
        ------
        UsageError
            If one is being read just now.
        """
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise UsageError(
                "a stack is being read just now", advice="Wait until it is done, and try again."
            )
        try:
            yield
        finally:
            self._turn.release()

    def forget(self, dyad: str) -> None:
        """Take a dyad that has withdrawn out of what pages can hear again."""
        for event in self.events:
            if event.get("dyad") == dyad:
                event.update(dyad="", role="", wave=None, form_page=None)

    def close(self) -> None:
        """Wait for the pages under way; what is left goes on the next time."""
        self._ending.set()
        self.stop_watching()
        for thread in self._threads:
            thread.join(timeout=2.0)

    def _start(self, work: Callable[[Study], None]) -> Thread:
        def run() -> None:
            try:
                with self.door.open() as study:
                    work(study)
            except WamError as error:
                self._tell("trouble", text=str(error), advice=error.advice)
            except OSError as error:
                said = f"{error.filename or 'the disk'} cannot be read or written"
                self._tell("trouble", text=said, advice=error.strerror or "")
            self._tell("rest")

        thread = Thread(target=run, daemon=True, name="desk-scan")
        self._threads.append(thread)
        thread.start()
        return thread

    def _scan(self, study: Study) -> None:
        is_whole = False
        try:
            while not is_whole and not self.is_ending:
                with self._turn:
                    workers = usual_workers()
                    scan_incoming(study, self.door.incoming, workers=workers, onlooker=self)
                with self._lock:  # so that no file comes in between unseen
                    is_whole = not self.door.incoming.waiting
                    self._running = not is_whole
        finally:
            if not is_whole:
                self._running = False

    def _watched(self, study: Study, watch: Watch, before: Thread | None) -> None:
        """Watch a folder until it is let go; it may be the one that is let go just now."""
        if before is not None:
            before.join(timeout=PATIENCE_S)
        workers = usual_workers()
        try:
            with watching(
                study, watch.folder, steady_s=STEADY_S, workers=workers, onlooker=self
            ) as watcher:
                watch.settled.set()
                while not watch.letting_go.wait(LOOK_S):
                    self._look(watcher, watch)
        except WamError as error:
            watch.refusal = error
            if watch.settled.is_set():  # whoever asked for it has gone
                raise
        finally:
            watch.settled.set()

    def _look(self, watcher: Watcher, watch: Watch) -> None:
        try:
            with self._turn:  # one stack at a time, wherever it comes from
                for handled in watcher.look():
                    self._tell("file", **asdict(handled))
            watch.is_away = False
        except InboxAwayError as error:
            if not watch.is_away:
                self._tell("trouble", text=str(error), advice=error.advice)
            watch.is_away = True

    def stack_begun(self, files: int) -> None:
        """Tell that files are going to be read."""
        self._tell("begin", files=files)

    def page_done(self, line: PageLine) -> None:
        """Tell what became of a page."""
        self._tell("page", **asdict(line))

    def stack_done(self, report: ScanReport) -> None:
        """Tell where the batch is added up, and which files gave nothing."""
        lost = [{"name": name, "reason": why} for name, why in report.unreadable]
        known = list(report.known_files)
        self._tell("batch", batch=report.batch, unreadable=lost, known=known)

    def _tell(self, kind: str, **what: object) -> None:
        if len(self.events) < KEPT or kind != "page":
            self.events.append({"kind": kind, **what})
