"""Let the judge guess on pages whose truth is known.

The sample is harder than an office's stack: half of it are pages that the program
does not promise to read, so that there are guesses to be wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from bench.conditions import HARD, IN_SPEC, OUT_OF_SPEC, PHONE, Condition, office
from bench.forms import known_forms
from bench.hands import Answers, Written, much_skipped, styled, written
from bench.pages import MadePage, make_page
from bench.real_ink import make_ink_page, real_ink
from layouts.model import PageLayout
from scan.certainty import Guess
from scan.judge import findings
from scan.read import read_page
from scan.results import PageRead
from scan.thresholds import Thresholds
from wamforms.practice.effects import NAMED, drawn
from wamforms.practice.marks import MarkKind
from wamforms.practice.people import TROUBLESOME, Truth, any_respondent

CHUNK = 20
"""Pages per task of a worker."""


FADES = 0.002
"""One answer in 500 of somebody who presses plainly elsewhere is a breath of pencil. More of
them would be as many as the blanks they are taken for; people who always write so are in
the sample by style."""


def _troublesome(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
    """Put corrections, erasures, double marks and slips on nearly every page."""
    habits = replace(TROUBLESOME, fades=FADES)
    return written(page, answers, any_respondent(rng, habits), rng)


SETS: Sequence[tuple[float, Mapping[str, Condition]]] = (
    (0.113, IN_SPEC),
    (0.12, OUT_OF_SPEC),
    (0.027, PHONE),
    (0.11, HARD),
    (0.054, {"black and white": Condition(lambda rng: NAMED["bilevel"].varied(rng))}),
    (
        0.44,
        {
            "every trouble": Condition(office, _troublesome),
            "every trouble, mixed office": Condition(lambda rng: drawn(rng, 0.35), _troublesome),
        },
    ),
    (
        0.064,
        {"much left out, mixed office": Condition(lambda rng: drawn(rng, 0.35), much_skipped)},
    ),
    (0.072, {"rings": Condition(office, styled(MarkKind.CIRCLE))}),
)
"""Shares of the sample; each set's is shared out evenly among its conditions. Corrections,
blanks, rings and scans in black and white have more than their share in life: every
kind of evidence needs thousands of guesses."""

MIX: Mapping[str, tuple[float, Condition]] = MappingProxyType(
    {
        name: (share / len(conditions), condition)
        for share, conditions in SETS
        for name, condition in conditions.items()
    }
)

DOUBTFUL: Mapping[str, float] = MappingProxyType(
    {
        **{name: 0.075 for name in IN_SPEC if name.startswith("second copy")},
        **{name: 0.025 for name in IN_SPEC if name.startswith("first copy")},
        "marks half outside": 0.09,
        "every style alike": 0.07,
        "every third row skipped": 0.07,
        "every trouble": 0.1,
        "every trouble, mixed office": 0.1,
        **{name: 0.03 for name in HARD if name.startswith("erasure")},
        **{name: 0.0125 for name in HARD if name.startswith("wandering")},
    }
)
"""Shares of a sample of pages with rows that the rules doubt: where two witnesses decide."""


@dataclass(frozen=True, slots=True)
class Task:
    """A few pages of one condition; of real ink if a file of it is named."""

    name: str
    seed: int
    start: int
    stop: int
    ink: Path | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules guess of one row, and which of the guesses is what the paper says."""

    guesses: tuple[Guess, ...]
    right: tuple[bool, ...]


def tasks_of(pages: int, seed: int, shares: Mapping[str, float] | None = None) -> Iterator[Task]:
    """Share pages out among the conditions of the sample, those of `MIX` if nothing is said."""
    usual = {name: share for name, (share, _) in MIX.items()}
    for name, share in (shares or usual).items():
        mine = max(1, round(pages * share))
        for start in range(0, mine, CHUNK):
            yield Task(name, seed, start, min(start + CHUNK, mine))


def run(task: Task) -> list[Judged]:
    """Make and judge the pages of one task; pages that are refused have no guesses."""
    cv2.setNumThreads(1)
    judged: list[Judged] = []
    for number in range(task.start, task.stop):
        page = _page(task, number)
        limits = Thresholds()
        outcome = read_page("page", page.picture, page.dpi, known_forms(), limits)
        if not isinstance(outcome, PageRead):
            continue
        found = findings(outcome.items, outcome.notes, limits)
        for row, (truth, (_, finding)) in enumerate(zip(page.made.truths, found, strict=True)):
            if row not in page.made.uncounted:
                judged.append(Judged(finding.guesses, _right(finding.guesses, truth)))
    return judged


def _page(task: Task, number: int) -> MadePage:
    if task.ink is None:
        return make_page(task.name, MIX[task.name][1], task.seed, number)
    return make_ink_page(real_ink(task.ink), task.name, task.seed, number)


def _right(guesses: Iterable[Guess], truth: Truth) -> tuple[bool, ...]:
    return tuple(not truth.needs_person and one.value == truth.value for one in guesses)
