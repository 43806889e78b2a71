"""Pages for the second witness to learn from: what its picture of every bubble is, and the truth.

Three in five are what the campaigns make, from seeds that no campaign uses; the others
are filled in by people with pens and hands as no office has them, so that the
witness learns what ink is and not what our usual eight pens look like.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NoReturn
from unittest.mock import patch

import cv2
import numpy as np
import numpy.typing as npt

import scan.inked
import scan.read
from bench.conditions import HARD, IN_SPEC, OUT_OF_SPEC, PHONE, Condition, copied, lying, office
from bench.forms import known_forms
from bench.hands import Answers, Written, any_style, written
from bench.pages import MadePage, make_page
from layouts.model import PageLayout
from scan.measure import Ink, Measures, measure
from scan.results import ItemReading, Note
from scan.thresholds import Thresholds
from scan.witness.looks import Reals, looks_of
from wamforms.practice.effects import NAMED, drawn
from wamforms.practice.grading import is_readable
from wamforms.practice.marks import MarkKind
from wamforms.practice.pens import PENS, Hand
from wamforms.practice.people import STYLES, Habits, Respondent, Truth
from wamforms.practice.troubles import photographed


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One page as far as the judge: its ink and what was measured of it.

    Attributes
    ----------
    ink
        Ink of every bubble, row by row, without the examples.
    """

    page: MadePage
    ink: Ink
    items: tuple[ItemReading, ...]
    notes: tuple[Note, ...]


def wild_hand(rng: np.random.Generator) -> Hand:
    """Draw a hand and a pen from a wider world than the practice people's."""
    like = PENS[int(rng.integers(len(PENS)))]
    pen = replace(
        like,
        grey=int(rng.uniform(5, 185)),
        width_mm=float(np.exp(rng.uniform(np.log(0.22), np.log(1.5)))),
        opacity=float(rng.uniform(0.5, 1.0)),
        yielding=float(rng.uniform(0.1, 1.0)),
        grain=float(rng.uniform(0.0, 0.8)),
        skips=float(rng.uniform(0.0, 0.08)),
        bleed_mm=float(rng.uniform(0.0, 0.12)),
        erasable=bool(rng.random() < 0.5),
    )
    return Hand(
        pen,
        neatness=float(rng.uniform(0.0, 1.0)),
        size=float(np.exp(rng.normal(0.0, 0.25))),
        lean_deg=float(rng.normal(0.0, 20.0)),
        pressure=float(rng.uniform(0.5, 1.25)),
    )


def wild(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
    """Let somebody fill it in whose pen, hand and habits may be anything."""
    styles = [style for style in STYLES if style is not MarkKind.CIRCLE]
    style = MarkKind.CROSS if rng.random() < 0.35 else styles[int(rng.integers(len(styles)))]
    often = float(rng.uniform(0.0, 2.0))
    habits = Habits(
        corrects=0.04 * often,
        skips=float(rng.choice([0.02, 0.1, 0.4])),
        touches=0.1 * often,
        doubles=0.015 * often,
        erases=0.06 * often,
        fades=float(rng.choice([0.0, 0.0, 0.02])),
        strays=0.04 * often,
    )
    return written(page, answers, Respondent(style, wild_hand(rng), habits), rng)


MISLEADING = tuple(name for name in HARD if name.startswith(("wandering", "erasure", "coffee")))
"""What is no mark and looks most like one: half of the hard pages. With as few of them as of the
others the network took felt tip from the row above and half-erased fills for answers."""

LEARNED: Mapping[str, tuple[float, Condition]] = MappingProxyType(
    {
        **{name: (0.26 / len(IN_SPEC), one) for name, one in IN_SPEC.items()},
        **{name: (0.05 / len(PHONE), one) for name, one in PHONE.items()},
        **{name: (0.08 / len(OUT_OF_SPEC), one) for name, one in OUT_OF_SPEC.items()},
        **{
            name: (0.10 / (len(HARD) - len(MISLEADING)), one)
            for name, one in HARD.items()
            if name not in MISLEADING
        },
        **{name: (0.10 / len(MISLEADING), HARD[name]) for name in MISLEADING},
        "wild": (0.08, Condition(office, wild)),
        "wild, first copy": (0.06, Condition(copied(1), wild)),
        "wild, second copy": (0.09, Condition(copied(2), wild)),
        "wild, any way up": (0.03, Condition(lying, wild)),
        "wild, phone": (0.04, Condition(lambda rng: photographed(rng, float(rng.random())), wild)),
        "wild, mixed": (0.04, Condition(lambda rng: drawn(rng, float(rng.uniform(0, 1))), wild)),
        "any style, second copy": (0.05, Condition(copied(2), any_style)),
        "wild, black and white": (
            0.02,
            Condition(lambda rng: NAMED["bilevel"].varied(rng), wild),
        ),
    }
)
"""What the witness learns from, and in which shares."""


class _JudgedNowError(Exception):
    """Ends the reading of a page where the judge would begin."""

    def __init__(self, items: tuple[ItemReading, ...], notes: tuple[Note, ...]) -> None:
        self.items, self.notes = items, notes


def seen(page: MadePage) -> Seen | None:
    """Read a page as far as the judge; None if it does not come so far."""
    inks: list[Ink] = []

    def measured(ink: Ink) -> Measures:
        inks.append(ink)
        return measure(ink)

    def judged(items: Iterable[ItemReading], notes: Iterable[Note], _: Thresholds) -> NoReturn:
        raise _JudgedNowError(tuple(items), tuple(notes))

    with (
        patch.object(scan.inked, "measure", measured),
        patch.object(scan.read, "look_at", judged),
    ):
        try:
            scan.read.read_page("page", page.picture, page.dpi, known_forms(), Thresholds())
        except _JudgedNowError as reached:
            count = sum(len(item.bubbles) for item in reached.items)
            ink = replace(inks[-1], share=inks[-1].share[:count])
            return Seen(page, ink, reached.items, reached.notes)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One page to learn from.

    Attributes
    ----------
    looks
        All its bubbles as the witness sees them, shape (rows * bubbles, 2, SIDE, SIDE).
    meant
        What each row means: the place of the answer's bubble, or after the last of these
        blank, or after that nothing anybody can tell; shape (rows,).
    """

    looks: Reals
    meant: npt.NDArray[np.int64]


def lessons_of(pages: int, seed: int) -> Iterator[tuple[str, int, int]]:
    """Share pages out among the conditions: name, seed and number of each."""
    for name, (share, _) in LEARNED.items():
        yield from ((name, seed, number) for number in range(max(1, round(pages * share))))


def lesson_of(task: tuple[str, int, int]) -> Lesson | None:
    """Make a page and read it as far as the judge; None if it does not come so far."""
    cv2.setNumThreads(1)
    name, seed, number = task
    page = seen(make_page(name, LEARNED[name][1], seed, number))
    if page is None:
        return None
    truths = zip(page.page.made.truths, page.items, strict=True)
    meant = [_place(truth, [one.value for one in item.bubbles]) for truth, item in truths]
    return Lesson(looks_of(page.ink.share), np.array(meant, dtype=np.int64))


def _place(truth: Truth, values: list[int]) -> int:
    if not is_readable(truth):
        return len(values) + 1
    return len(values) if truth.value is None else values.index(truth.value)
