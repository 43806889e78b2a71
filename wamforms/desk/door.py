"""The door to the study: a few threads that have it open, for views to run in."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, local
from typing import TypeVar

from records.settings import read_settings
from records.study import Study, study_with
from records.study_folder import SETTINGS_FILE
from wamforms.tasks.incoming import incoming_of

THREADS = 3
"""One for the person's key, two for pictures of the next cards."""

Result = TypeVar("Result")


class Door:
    """Runs work with an open study; SQLite wants each thread to open its own.

    Parameters
    ----------
    study
        The study as it was opened first, with its passphrase if it has one. It stays its
        owner's, who closes it after the door.
    """

    def __init__(self, study: Study) -> None:
        self.folder = study.folder
        self.incoming = incoming_of(study)
        self._key, self._encrypted = study.key, study.is_encrypted
        self._research_key = study.research_key
        self._mine = local()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")

    async def within(self, work: Callable[[Study], Result]) -> Result:
        """Run work in a thread, with the study open."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)

    def open(self) -> Study:
        """Open the study once more, for work that takes long; the caller closes it."""
        settings = read_settings(self.folder / SETTINGS_FILE)
        return study_with(
            self.folder, settings, self._key, self._research_key, encrypted=self._encrypted
        )

    def close(self) -> None:
        """Close the study in every thread, and end the threads."""
        together = Barrier(THREADS)

        def close_mine() -> None:
            together.wait()  # so that each thread gets one of these
            if (study := getattr(self._mine, "study", None)) is not None:
                study.close()

        for _ in range(THREADS):
            self._pool.submit(close_mine)
        self._pool.shutdown()

    def _run(self, work: Callable[[Study], Result]) -> Result:
        return work(self._study())

    def _study(self) -> Study:
        """Return this thread's study, opened anew if its settings were edited since."""
        state = _state(self.folder / SETTINGS_FILE)
        study: Study | None = getattr(self._mine, "study", None)
        if study is not None and self._mine.state == state:
            return study
        if study is not None:
            study.close()
            self._mine.study = None
        self._mine.study = study = self.open()
        self._mine.state = state
        return study


def _state(path: Path) -> tuple[int, int]:
    """Tell one state of a file from another."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
