"""Scans under way: they run in a thread of their own, whether somebody looks on or not."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from layouts.errors import WamError
from records.study import Study
from wamforms.desk.door import Door
from wamforms.tasks.incoming import scan_incoming, waiting_files
from wamforms.tasks.scanning import PageLine
from wamforms.tasks.watching import InboxAwayError, watching
from wamforms.tasks.workers import usual_workers

STEADY_S = 3.0
"""A file in a watched folder that has not changed for so long is complete."""

KEPT = 5_000
"""Events of one run of the desk that a page can hear again."""


@dataclass(slots=True)
class Stacks:
    """The scans of one run of the desk.

    Attributes
    ----------
    events
        What happened, in order; a page that comes back hears what it missed.
    watched
        The folder that is being watched; None if there is none.
    """

    door: Door
    events: list[dict[str, Any]] = field(default_factory=list)
    watched: Path | None = None
    _running: bool = False
    _stop_watching: Event = field(default_factory=Event)
    _ending: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _threads: list[Thread] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether a scan is under way."""
        return self._running

    @property
    def is_ending(self) -> bool:
        """Whether the desk is being closed."""
        return self._ending.is_set()

    def scan(self) -> None:
        """Scan what has come, unless that is being done already: it then takes this, too."""
        with self._lock:
            if self._running:
                return
            self._running = True
        self._start(self._scan)

    def watch(self, folder: Path) -> None:
        """Watch a folder from now on."""
        self.stop_watching()
        self._stop_watching = Event()
        self.watched = folder
        self._start(lambda study: self._watch(study, folder))

    def stop_watching(self) -> None:
        """Watch no folder any more; a file that is being read is read to its end."""
        self._stop_watching.set()
        self.watched = None

    def close(self) -> None:
        """Wait for the pages under way; what is left goes on the next time."""
        self._ending.set()
        self.stop_watching()
        for thread in self._threads:
            thread.join(timeout=2.0)

    def _start(self, work: Callable[[Study], None]) -> None:
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

    def _scan(self, study: Study) -> None:
        is_whole = False
        try:
            while not is_whole and not self.is_ending:
                self._scan_once(study)
                with self._lock:  # so that no file comes in between unseen
                    is_whole = not waiting_files(self.door.incoming)
                    self._running = not is_whole
        finally:
            if not is_whole:
                self._running = False

    def _scan_once(self, study: Study) -> None:
        self._tell("begin", files=len(waiting_files(self.door.incoming)))
        report = scan_incoming(study, self.door.incoming, workers=usual_workers(), hear=self._page)
        if report is not None:
            lost = [{"name": name, "reason": why} for name, why in report.unreadable]
            known = list(report.known_files)
            self._tell("batch", batch=report.batch, unreadable=lost, known=known)

    def _watch(self, study: Study, folder: Path) -> None:
        stop = self._stop_watching
        with watching(study, folder, steady_s=STEADY_S, workers=usual_workers()) as watcher:
            self._tell("watching", folder=folder.name)
            while not stop.wait(1.0):
                try:
                    for handled in watcher.look():
                        self._tell("file", **asdict(handled))
                except InboxAwayError as error:
                    self._tell("trouble", text=str(error), advice=error.advice)
                    stop.wait(STEADY_S)

    def _page(self, line: PageLine) -> None:
        self._tell("page", **asdict(line))

    def _tell(self, kind: str, **what: object) -> None:
        if len(self.events) < KEPT or kind != "page":
            self.events.append({"kind": kind, **what})
