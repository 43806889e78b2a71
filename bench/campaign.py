"""Run a campaign: the tasks that its journal does not have yet, in parallel."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from math import ceil
from pathlib import Path
from time import perf_counter

import cv2

from bench.conditions import SETS
from bench.forms import known_forms, printed_forms
from bench.journal import Done, Journal, Task
from bench.pages import MadePage, make_page
from bench.real_ink import CONDITIONS as INK_CONDITIONS
from bench.real_ink import SET_NAME, make_ink_page, real_ink
from bench.tally import Tally, crash, tally_of
from scan.read import read_page
from scan.thresholds import Thresholds

CHUNK = 10
"""Pages of a task: about a second of work, which is what a kill can cost."""

QUEUED = 3
"""Tasks in a worker's queue, so that it never waits for the next one."""


class Counted(StrEnum):
    """What the size of a campaign is given in."""

    PAGES = "pages"
    POSITIONS = "positions"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is to be read: the same number of pages in every condition.

    Attributes
    ----------
    ink
        The file of real ink; None on invented pages.
    """

    set_name: str
    conditions: tuple[str, ...]
    seed: int
    size: int
    counted: Counted
    ink: Path | None = None

    @property
    def lap(self) -> int:
        """Pages after which every condition has seen the same: all of the ink, or any number."""
        return 1 if self.ink is None else len(real_ink(self.ink).pages)

    def reached(self, tally: Tally) -> int:
        """Tell how far the campaign is."""
        return {
            Counted.PAGES: tally.pages,
            Counted.POSITIONS: tally.positions,
            Counted.ROWS: tally.fields,
        }[self.counted]

    def totals(self, journal: Journal) -> dict[str, Tally]:
        """Add up what the journal has, condition by condition."""
        totals = dict.fromkeys(self.conditions, Tally())
        for condition, tally in journal.tallies(self.set_name, self.seed):
            if condition in totals:
                totals[condition] += tally
        return totals

    def page(self, condition: str, number: int) -> MadePage:
        """Make a page of the campaign."""
        return _page(Task(self.set_name, condition, self.seed, number, 1), self.ink, number)


def conditions_of(set_name: str) -> tuple[str, ...]:
    """List the conditions of a set by name."""
    return tuple(INK_CONDITIONS if set_name == SET_NAME else SETS[set_name])


Watch = Callable[[Tally, int], None]
"""Is told after every task the sum of all that is done and the pages planned."""


def run(campaign: Campaign, journal: Journal, workers: int, watch: Watch) -> bool:
    """Work until the campaign has its size; False if somebody stopped it before.

    Refused pages have no positions, so a size in positions is reached by
    rounds: as many pages as should do, and then as many as are missing.
    """
    each = _pages_each(campaign, campaign.size / _per_page(campaign))
    # Spawned as the reader's own workers: a fork copies locks that OpenCV's threads hold.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_start_worker) as pool:
        with _deaf_to_interrupts():  # the first task starts the workers, who inherit that
            pool.submit(known_forms)
        desk = _Desk(pool, workers * QUEUED, campaign, journal, watch)
        while True:
            if not desk.work(each):
                return False
            total = sum(campaign.totals(journal).values(), Tally())
            left = campaign.size - campaign.reached(total)
            if left <= 0 or not campaign.reached(total):
                return True
            each += _pages_each(campaign, left * total.pages / campaign.reached(total))


def _pages_each(campaign: Campaign, pages: float) -> int:
    """Share pages out over the conditions, in whole laps."""
    return ceil(pages / len(campaign.conditions) / campaign.lap) * campaign.lap


def _per_page(campaign: Campaign) -> float:
    """Guess from the forms how much of the campaign's size a page brings."""
    if campaign.counted is Counted.PAGES:
        return 1.0
    pages = [form.layout.pages[0] for form, _ in printed_forms()]
    if campaign.counted is Counted.ROWS:
        return sum(len(page.groups) for page in pages) / len(pages)
    return sum(len(group.bubbles) for page in pages for group in page.groups) / len(pages)


def _missing(campaign: Campaign, journal: Journal, each: int) -> Iterator[Task]:
    """Yield what is not done of the first `each` pages, all conditions side by side."""
    for start in range(0, each, CHUNK):
        for condition in campaign.conditions:
            task = Task(campaign.set_name, condition, campaign.seed, start, 0)
            for page in range(start, min(start + CHUNK, each)):
                if not journal.is_done(task.set_name, condition, task.seed, page):
                    task = replace(task, pages=task.pages + 1)
                    continue
                if task.pages:
                    yield task
                task = replace(task, first=page + 1, pages=0)
            if task.pages:
                yield task


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the parent process has at hand: its workers and where results go."""

    pool: ProcessPoolExecutor
    queued: int
    campaign: Campaign
    journal: Journal
    watch: Watch

    def work(self, each: int) -> bool:
        """Keep the workers busy until all is done; False if somebody pressed Ctrl-C."""
        tasks = _missing(self.campaign, self.journal, each)
        total = sum(self.campaign.totals(self.journal).values(), Tally())
        waiting: set[Future[Done]] = set()
        try:
            while True:
                new = islice(tasks, self.queued - len(waiting))
                waiting |= {self.pool.submit(work, task, self.campaign.ink) for task in new}
                if not waiting:
                    return True
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    self.journal.add(future.result())
                    total += future.result().tally
                self.watch(total, each * len(self.campaign.conditions))
        except KeyboardInterrupt:
            self.pool.shutdown(wait=False, cancel_futures=True)
            return False


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent and the cores to the other workers; end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Do not wait for tasks of a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(task: Task, ink: Path | None) -> Done:
    """Make and read the pages of one task."""
    start = perf_counter()
    tally = sum(
        (_read(task, ink, number) for number in range(task.first, task.first + task.pages)),
        Tally(),
    )
    return Done(task, tally + Tally(seconds=perf_counter() - start))


def _read(task: Task, ink: Path | None, number: int) -> Tally:
    page = _page(task, ink, number)
    try:
        outcome = read_page("page", page.picture, page.dpi, known_forms(), Thresholds())
    except Exception as error:  # whatever it is, it is counted and reported
        return crash(error)
    return tally_of(page.made, outcome, keep_asked=ink is not None)


def _page(task: Task, ink: Path | None, number: int) -> MadePage:
    if ink is not None:
        return make_ink_page(real_ink(ink), task.condition, task.seed, number)
    return make_page(task.condition, SETS[task.set_name][task.condition], task.seed, number)
