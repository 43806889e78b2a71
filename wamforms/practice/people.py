"""Respondents: how they answer a page, and what a careful reader would say they meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from layouts.geometry import PointMm
from layouts.model import CONSENT, Bubble, Group, ItemId, PageLayout
from wamforms.practice.ink import Gray, lay
from wamforms.practice.marks import Mark, MarkKind, draw
from wamforms.practice.pens import PENCIL, PENCIL_HARD, Hand, any_hand


class TruthKind(StrEnum):
    """What happened in one row."""

    ANSWERED = "answered"
    CORRECTED = "corrected"
    ERASED = "erased"
    FAINT = "faint"
    SKIPPED = "skipped"
    TOUCHED = "touched"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a careful person would say the respondent meant in one row.

    Attributes
    ----------
    value
        The answer; None if there is none (SKIPPED, TOUCHED) or if nobody can
        tell from the paper alone (SEVERAL).
    """

    item: ItemId
    value: int | None
    kind: TruthKind

    @property
    def needs_person(self) -> bool:
        """Tell whether a machine that accepts any value, or a blank, is wrong."""
        return self.kind is TruthKind.SEVERAL


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a row turns out other than one plain mark; chances from 0 to 1.

    Attributes
    ----------
    corrects
        Marks the wrong one, then puts it right as the form asks.
    skips, touches
        Leaves a row out; of those, the share where the pen rested on a bubble.
    doubles
        Marks two and leaves it at that.
    erases
        Rubs a wrong mark out before marking the right one (pencils only).
    fades
        Hardly presses.
    strays
        Slips with the pen beside the bubbles of the row.
    """

    corrects: float = 0.02
    skips: float = 0.01
    touches: float = 0.15
    doubles: float = 0.005
    erases: float = 0.03
    fades: float = 0.0
    strays: float = 0.01


TROUBLESOME = Habits(
    corrects=0.10, skips=0.06, touches=0.4, doubles=0.04, erases=0.12, fades=0.06, strays=0.08
)
"""Habits that put every kind of trouble on nearly every page, to practise on."""

PLAIN = Habits(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""One mark in each answered row and nothing else."""

FILLERS = frozenset(
    {MarkKind.FILL, MarkKind.SLOPPY_FILL, MarkKind.SCRIBBLE, MarkKind.FAINT_FILL, MarkKind.CIRCLE}
)
"""Styles whose marks cannot be told from a withdrawn one.

Somebody who fills bubbles, or scribbles in them, and withdraws by filling too,
leaves two alike; a ring can be meant to point out either of the two.
"""

FAINT_STYLES = frozenset({MarkKind.FAINT_CROSS, MarkKind.FAINT_FILL})
"""Styles that a faint mark of its own kind stands for throughout."""

STYLES: Mapping[MarkKind, float] = {
    MarkKind.CROSS: 0.52,
    MarkKind.BIG_CROSS: 0.09,
    MarkKind.TICK: 0.13,
    MarkKind.FILL: 0.08,
    MarkKind.SLOPPY_FILL: 0.06,
    MarkKind.SCRIBBLE: 0.04,
    MarkKind.DASH: 0.02,
    MarkKind.DOT: 0.02,
    MarkKind.CIRCLE: 0.02,
    MarkKind.FAINT_CROSS: 0.02,
}
"""How often people answer in each style when a form asks for crosses.

A guess: the form asks for a cross, most obey, some tick or fill from habit.
Benchmarks therefore report every style by itself.
"""


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who fills in forms: a style, a hand and habits."""

    style: MarkKind
    hand: Hand
    habits: Habits = Habits()


@dataclass(frozen=True, slots=True)
class FilledPage:
    """What a respondent left on one page, and what they meant.

    Attributes
    ----------
    marks
        Everything on the paper, in the order in which it was written.
    truths
        One for each row of the page, in printed order.
    """

    marks: tuple[Mark, ...]
    truths: tuple[Truth, ...]

    def on(self, blank: Gray, px_per_mm: float) -> Gray:
        """Return a copy of the printed page with the marks on it."""
        page = blank.copy()
        lay(self.marks, page, px_per_mm)
        return page


def any_respondent(rng: np.random.Generator, habits: Habits | None = None) -> Respondent:
    """Draw somebody at random."""
    names = list(STYLES)
    shares = np.array(list(STYLES.values()))
    style = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    hand = any_hand(rng)
    if style in FAINT_STYLES and not hand.pen.erasable:
        hand = replace(hand, pen=PENCIL.varied(rng))
    return Respondent(style, hand, Habits() if habits is None else habits)


def answer_page(
    page: PageLayout,
    answers: Mapping[ItemId, int | None],
    respondent: Respondent,
    rng: np.random.Generator,
) -> FilledPage:
    """Let somebody fill in a page.

    Parameters
    ----------
    answers
        What they mean to answer; a row that is None or not named is left out. The
        consent row is theirs to mark, and told about, only if it is named.
    """
    marks: list[Mark] = []
    truths: list[Truth] = []
    for group in page.rows if CONSENT in answers else page.groups:
        kind, made = _row(group, answers.get(group.item), respondent, rng)
        told = {TruthKind.SKIPPED, TruthKind.TOUCHED, TruthKind.SEVERAL}
        value = None if kind in told else answers[group.item]
        marks += made
        truths.append(Truth(group.item, value, kind))
        if rng.random() < respondent.habits.strays:
            marks.append(_slip(group, respondent.hand, rng))
    return FilledPage(tuple(marks), tuple(truths))


def _row(
    group: Group, value: int | None, respondent: Respondent, rng: np.random.Generator
) -> tuple[TruthKind, list[Mark]]:
    habits, style, hand = respondent.habits, respondent.style, respondent.hand
    if value is None or rng.random() < habits.skips:
        return _left_out(group, respondent, rng)
    right = _bubble(group, value)
    answer = _mark(right, style, hand, rng)
    others = [bubble for bubble in group.bubbles if bubble is not right]
    wrong = others[int(rng.integers(len(others)))]
    luck = rng.random()
    if luck < habits.corrects:
        return _corrected(wrong, answer, respondent, rng)
    if luck < habits.corrects + habits.doubles:
        return TruthKind.SEVERAL, [answer, _mark(wrong, style, hand, rng)]
    if hand.pen.erasable and rng.random() < habits.erases:
        return TruthKind.ERASED, [_mark(wrong, style, hand, rng).rubbed_out(rng), answer]
    if respondent.style not in FAINT_STYLES and rng.random() < habits.fades:
        return TruthKind.FAINT, [_faint(right, respondent, rng)]
    faint = respondent.style in FAINT_STYLES
    return (TruthKind.FAINT if faint else TruthKind.ANSWERED), [answer]


def _corrected(
    wrong: Bubble, answer: Mark, respondent: Respondent, rng: np.random.Generator
) -> tuple[TruthKind, list[Mark]]:
    """Withdraw `wrong` by filling it; only a style unlike a fill makes that clear."""
    made: list[Mark] = []
    if rng.random() < 0.8:  # else it was noticed before the mark was finished
        made.append(_mark(wrong, respondent.style, respondent.hand, rng))
    firm = replace(respondent.hand, pressure=max(respondent.hand.pressure, 0.95))
    made += [_mark(wrong, MarkKind.FILL, firm, rng), answer]
    clear = respondent.style not in FILLERS | FAINT_STYLES
    return (TruthKind.CORRECTED if clear else TruthKind.SEVERAL), made


def _left_out(
    group: Group, respondent: Respondent, rng: np.random.Generator
) -> tuple[TruthKind, list[Mark]]:
    # Where dots are answers, a pen that rested on a bubble would be one, whatever was meant.
    if respondent.style is MarkKind.DOT or rng.random() >= respondent.habits.touches:
        return TruthKind.SKIPPED, []
    bubble = group.bubbles[int(rng.integers(len(group.bubbles)))]
    return TruthKind.TOUCHED, [_mark(bubble, MarkKind.TOUCH, respondent.hand, rng)]


def _faint(bubble: Bubble, respondent: Respondent, rng: np.random.Generator) -> Mark:
    pencil = (PENCIL, PENCIL_HARD)[int(rng.integers(2))]
    pen = respondent.hand.pen if respondent.hand.pen.erasable else pencil
    light = replace(respondent.hand, pen=pen.faded(float(rng.uniform(0.3, 0.5))))
    return _mark(bubble, respondent.style, light, rng)


def _slip(group: Group, hand: Hand, rng: np.random.Generator) -> Mark:
    """Slip between two bubbles; the line stays clear of both."""
    at = int(rng.integers(len(group.bubbles) - 1))
    left, right = group.bubbles[at : at + 2]
    room_mm = abs(right.centre.x_mm - left.centre.x_mm) / 2 - left.radius_mm
    middle = PointMm(
        (left.centre.x_mm + right.centre.x_mm) / 2, (left.centre.y_mm + right.centre.y_mm) / 2
    )
    thin = replace(hand, pen=replace(hand.pen, width_mm=min(hand.pen.width_mm, room_mm / 2)))
    return draw(MarkKind.STRAY, middle, room_mm / 2, thin, rng)


def _mark(bubble: Bubble, kind: MarkKind, hand: Hand, rng: np.random.Generator) -> Mark:
    return draw(kind, bubble.centre, bubble.radius_mm, hand, rng)


def _bubble(group: Group, value: int) -> Bubble:
    for bubble in group.bubbles:
        if bubble.value == value:
            return bubble
    raise ValueError(f"item {group.item} has no bubble for the value {value}")


def truth_of(pages: Iterable[FilledPage]) -> dict[ItemId, Truth]:
    """Join the truth of all pages of one form."""
    return {truth.item: truth for page in pages for truth in page.truths}
