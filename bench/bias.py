"""Look whether any column or row of a form is read more eagerly than another.

`python -m bench.bias --pages 3400` puts marks that stand right between blank and
marked into random bubbles of half the rows, reads them, and compares what came
of them column by column and row by row (voting machines must show no bias by
position: VVSG 2.0, requirement 1.1.6-J). The same sheets are scanned again to see
that no mark flips between read and blank (1.1.6-K); `--scans 20` does so twenty times.

Sheets are printed as finely as printers do. A sheet drawn with the pixels of the scan has
each outline on the same pixels every time, and the reader rightly sees it worse in one
column than in the next: `--sheet-dpi 200` shows that.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import erfc, sqrt

import cv2
import numpy as np

from bench.forms import DPI, known_forms, printed_forms
from layouts.model import Bubble, Group
from scan.batch import usual_workers
from scan.read import read_page
from scan.results import ItemReading, PageRead, Status
from scan.thresholds import Thresholds
from wamforms.practice.effects import OFFICE
from wamforms.practice.ink import lay
from wamforms.practice.marks import Mark, MarkKind, draw
from wamforms.practice.pens import BALLPOINT_BLUE, PENCIL, Hand
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

SCANS = 2
"""Each sheet is scanned so often, lying a little differently, if nothing is said."""

SHEET_DPI = 600.0
"""Dots of an office printer."""

LEAST_P = 0.01
"""A smaller probability of such differences by chance is called a bias."""

Seen = Counter[tuple[int, int, str]]
"""How often a mark in a column and row came out as read, doubt or blank."""


@dataclass(frozen=True, slots=True)
class Marginal:
    """What came of the marginal marks of some pages."""

    seen: Seen
    flips: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Task:
    """Some sheets: from which seed, how many, how finely printed, and how often scanned."""

    seed: int
    pages: int
    scans: int = SCANS
    sheet_dpi: float = SHEET_DPI


def run(task: Task) -> Marginal:
    """Mark sheets and read each of them in so many scans, always the same."""
    cv2.setNumThreads(1)
    seen: Seen = Counter()
    flips = wrong = 0
    for number in range(task.pages):
        rng = np.random.default_rng([task.seed, number])
        for (row, column), came_out in _compared(list(_scans(rng, task)), task.scans):
            seen[column, row, came_out[0]] += 1
            flips += {"read", "blank"} <= set(came_out)
            wrong += "wrong" in came_out
    return Marginal(seen, flips, wrong)


Outcome = dict[tuple[int, int], str]


def _scans(rng: np.random.Generator, task: Task) -> Iterator[Outcome]:
    form, pdf = printed_forms()[int(rng.integers(len(printed_forms())))]
    groups = form.layout.pages[0].groups
    marginal = set(rng.permutation(len(groups))[: len(groups) // 2].tolist())
    columns = rng.integers(0, len(groups[0].bubbles), len(groups))
    page = page_at(pdf, 1, task.sheet_dpi).copy()
    per_mm = task.sheet_dpi / MM_PER_INCH
    marks = [
        _mark(group.bubbles[int(columns[row])], rng, marginal=row in marginal)
        for row, group in enumerate(groups)
    ]
    lay(marks, page, per_mm)
    for _ in range(task.scans):
        picture = scan(page, per_mm, OFFICE.varied(rng), rng, DPI)
        outcome = read_page("page", picture, DPI, known_forms(), Thresholds())
        if isinstance(outcome, PageRead):
            yield {
                (row, int(columns[row])): _came_out(group, int(columns[row]), item)
                for row, (group, item) in enumerate(zip(groups, outcome.items, strict=True))
                if row in marginal
            }


def _mark(bubble: Bubble, rng: np.random.Generator, *, marginal: bool) -> Mark:
    """Draw a plain cross, or one so light that it may be taken for either."""
    pen = PENCIL.faded(float(rng.uniform(0.1, 1.1))) if marginal else BALLPOINT_BLUE
    hand = Hand(pen, neatness=0.7, pressure=0.9)
    return draw(MarkKind.CROSS, bubble.centre, bubble.radius_mm, hand, rng)


def _came_out(group: Group, column: int, item: ItemReading) -> str:
    if item.status is Status.BLANK:
        return "blank"
    if item.status is Status.DOUBT:
        return "doubt"
    return "read" if item.value == group.bubbles[column].value else "wrong"


def _compared(
    outcomes: Sequence[Outcome], scans: int
) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """Yield what every scan of the sheet made of each mark; nothing if one was refused."""
    if len(outcomes) == scans:
        for place in outcomes[0]:
            yield place, tuple(outcome[place] for outcome in outcomes)


def chi_square(table: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Compare rows of counts: chi-square and its probability by chance.

    The probability is Wilson and Hilferty's approximation (1931), good to three
    digits where p is near 0.01 and there are more than three degrees of freedom.
    """
    counts = np.array(table, dtype=np.float64)
    counts = counts[:, counts.sum(axis=0) > 0]
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    spread = 2 / (9 * freedom)
    normal = ((statistic / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread)
    return statistic, 0.5 * erfc(normal / sqrt(2))


def main() -> None:
    """Run the campaign from the command line."""
    parser = argparse.ArgumentParser(description="Look for bias by column or row.")
    parser.add_argument("--pages", type=int, default=3400)
    parser.add_argument("--scans", type=int, default=SCANS, help="of each sheet")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet-dpi", type=float, default=SHEET_DPI, help="of the print")
    parser.add_argument("--workers", type=int, default=usual_workers())
    options = parser.parse_args()
    tasks = [
        Task(options.seed + start, min(20, options.pages - start), options.scans, options.sheet_dpi)
        for start in range(0, options.pages, 20)
    ]
    seen: Seen = Counter()
    flips = wrong = 0
    with ProcessPoolExecutor(options.workers) as pool:
        for part in pool.map(run, tasks):
            seen, flips, wrong = seen + part.seen, flips + part.flips, wrong + part.wrong
    fair = _report(seen, flips, wrong, options.scans)
    sys.exit(not fair)


def _report(seen: Seen, flips: int, wrong: int, scans: int) -> bool:
    names = ("read", "doubt", "blank")
    print(f"{sum(seen.values())} marginal marks, each scanned {scans} times")
    print(f"flips between read and blank: {flips}; read as another answer: {wrong}\n")
    fair = flips == 0 and wrong == 0
    for what, axis in (("column", 0), ("row", 1)):
        places = sorted({key[:2][axis] for key in seen})
        counts_at: Counter[tuple[int, str]] = Counter()
        for (column, row, name), count in seen.items():
            counts_at[(column, row)[axis], name] += count
        table = [[counts_at[place, name] for name in names] for place in places]
        statistic, chance = chi_square(table)
        fair = fair and chance >= LEAST_P
        print(f"by {what}: chi-square {statistic:.1f}, p = {chance:.3f}")
        print(f"| {what} | read | doubt | blank |\n|--:|--:|--:|--:|")
        for place, counts in zip(places, table, strict=True):
            print(f"| {place + 1} | " + " | ".join(f"{n / sum(counts):.3f}" for n in counts) + " |")
        print()
    return fair


if __name__ == "__main__":
    main()
