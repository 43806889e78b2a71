"""What a campaign has done, on disk: one line for each finished task, never changed.

A program that is killed leaves at worst a torn last line; that task is done again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np

from bench.tally import Tally
from layouts.errors import FaultyFileError, UsageError

NAME = "tasks.jsonl"

ROOT = Path(__file__).parent.parent

READER_SOURCES = ("scan/**/*.py", "scan/**/*.npz", "layouts/*.py")
PAGES_SOURCES = (
    "wamforms/*.py",
    "wamforms/practice/*.py",
    "layouts/definitions/*",
    "bench/conditions.py",
    "bench/forms.py",
    "bench/hands.py",
    "bench/pages.py",
    "bench/real_ink.py",
)


@dataclass(frozen=True, slots=True)
class Task:
    """Some pages of one condition, one after the other."""

    set_name: str
    condition: str
    seed: int
    first: int
    pages: int


@dataclass(frozen=True, slots=True)
class Done:
    """A finished task."""

    task: Task
    tally: Tally


def sources_digest(patterns: tuple[str, ...], root: Path = ROOT) -> str:
    """Fingerprint source files by name and content, whatever their line ends."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


def usual_marks(more: str = "") -> dict[str, str]:
    """Fingerprint the reader and the maker of pages; `more` is what else decides the pages."""
    libraries = f"opencv {cv2.__version__}, numpy {np.__version__}"
    return {
        "reader": f"{sources_digest(READER_SOURCES)}, {libraries}",
        "pages": ", ".join(filter(None, (sources_digest(PAGES_SOURCES), more))),
    }


class Journal:
    """The finished tasks of a folder.

    Parameters
    ----------
    path
        The file; None keeps tasks in memory only.
    marks
        Fingerprints that every line must bear: results of different readers,
        or on different pages, do not add up.

    Raises
    ------
    UsageError
        If the file holds results of another reader or on other pages.
    FaultyFileError
        If a line that is not the last one is damaged.
    """

    def __init__(self, path: Path | None, marks: Mapping[str, str]) -> None:
        self._path = path
        self._marks = dict(marks)
        self._done: list[Done] = []
        self._taken: dict[tuple[str, str, int], set[int]] = {}
        if path is not None and path.exists():
            for line in _whole_lines(path):
                self._check(line)
                self._keep(Done(Task(**line["task"]), Tally.from_plain(line["tally"])))

    @classmethod
    def afresh(cls, path: Path, marks: Mapping[str, str]) -> Self:
        """Begin anew; what was there is kept beside it under another name."""
        if path.exists():
            names = (path.with_suffix(f".old-{number}.jsonl") for number in count(1))
            path.rename(next(name for name in names if not name.exists()))
        return cls(path, marks)

    def add(self, done: Done) -> None:
        """Write one finished task, whole and at once."""
        self._keep(done)
        if self._path is None:
            return
        task = {name: getattr(done.task, name) for name in Task.__slots__}
        line = json.dumps({"task": task, **self._marks, "tally": done.tally.plain()})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def tallies(self, set_name: str, seed: int) -> Iterator[tuple[str, Tally]]:
        """Yield condition and tally of every task of a set and seed."""
        for done in self._done:
            if (done.task.set_name, done.task.seed) == (set_name, seed):
                yield done.task.condition, done.tally

    def is_done(self, set_name: str, condition: str, seed: int, page: int) -> bool:
        """Tell whether a page has been counted."""
        return page in self._taken.get((set_name, condition, seed), ())

    def _keep(self, done: Done) -> None:
        """Count a task unless some of its pages have been: two programs wrote the same file."""
        task = done.task
        taken = self._taken.setdefault((task.set_name, task.condition, task.seed), set())
        pages = set(range(task.first, task.first + task.pages))
        if not taken & pages:
            taken |= pages
            self._done.append(done)

    def _check(self, line: Mapping[str, Any]) -> None:
        what = {"reader": "another reader", "pages": "other pages"}
        for name, mark in self._marks.items():
            if line.get(name) != mark:
                raise UsageError(
                    f"{self._path} holds results of {what.get(name, name)}: sources or libraries"
                    " have changed since, and the two do not add up.",
                    advice="Name another folder with --out, or begin anew with --restart"
                    " (what is there is kept under another name).",
                )


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal; cut off what a killed program left of the last one."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
    for number, line in enumerate(data[:whole].splitlines(), 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise FaultyFileError(str(path), [f"line {number} is damaged: {error}"]) from error
