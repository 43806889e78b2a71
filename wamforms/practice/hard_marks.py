"""Marks at the edge of what counts: each kind by itself, as hard as asked.

A page of one kind has it in nearly every row, so that a few pages measure it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from layouts.model import Bubble, Group, ItemId, PageLayout
from wamforms.practice.marks import Mark, MarkKind, draw
from wamforms.practice.pens import FELT_TIP, PENCIL, PENCIL_SOFT, PENS, Hand, any_hand
from wamforms.practice.people import FilledPage, Truth, TruthKind
from wamforms.practice.strokes import line


class HardMark(StrEnum):
    """What is hard about the marks of a page."""

    PENCIL_LINE = "pencil line of 1 mm"
    LIGHT_PENCIL = "light pencil"
    HALF_OUTSIDE = "half outside"
    WANDERING = "wandering in from the next row"
    FELT_BLEED = "felt tip that bleeds"
    ERASED = "erasure residue"
    SMUDGED = "smudged pencil"
    SPILLED = "fill that spills"


LIGHT_GREYS = (110, 130, 150, 170, 190)
"""Tones of light pencil, by severity from 0 to 1; a scanner's paper is about 250."""

VVSG_LINE_MM = 1.0
"""A line of this width across the target must be found (VVSG 1.1, reliably detectable marks)."""

_LEAST_INSIDE = 0.5
"""Share of a displaced mark inside its bubble: with less, it is no longer half outside."""

_WITHOUT_PEN = 0.25
"""Share of rows left blank on pages whose danger is a mark where none was meant."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody whose marks are hard in one way.

    Attributes
    ----------
    severity
        0 is what anybody would see, 1 the hardest that a person would still read.
    style
        The mark that this person misses bubbles with (HALF_OUTSIDE); others cross.
    """

    hard: HardMark
    severity: float
    hand: Hand
    style: MarkKind = MarkKind.CROSS

    @classmethod
    def drawn(cls, hard: HardMark, severity: float, rng: np.random.Generator) -> "Writer":
        """Draw somebody with this difficulty at random."""
        if not 0.0 <= severity <= 1.0:
            raise ValueError(f"severity {severity} is not between 0 and 1")
        hand = _HANDS[hard](any_hand(rng), severity, rng)
        styles = (MarkKind.CROSS, MarkKind.TICK, MarkKind.FILL)
        return cls(hard, severity, hand, styles[int(rng.integers(len(styles)))])


def answer_page_hard(
    page: PageLayout,
    answers: Mapping[ItemId, int | None],
    writer: Writer,
    rng: np.random.Generator,
) -> FilledPage:
    """Let somebody fill in a page with marks that are hard to read.

    Parameters
    ----------
    answers
        What they mean to answer; a row that is None or not named is left out.
    """
    marks: list[Mark] = []
    truths: list[Truth] = []
    groups = page.groups
    for number, group in enumerate(groups):
        value = answers.get(group.item)
        after = groups[number + 1] if number + 1 < len(groups) else groups[number - 1]
        if writer.hard in (HardMark.WANDERING, HardMark.ERASED) and rng.random() < _WITHOUT_PEN:
            value = None
        if value is not None:
            row = _Row(group, next(b for b in group.bubbles if b.value == value), after)
            marks += _ROWS[writer.hard](row, writer, rng)
        elif writer.hard is HardMark.ERASED:
            wrong = group.bubbles[int(rng.integers(len(group.bubbles)))]
            marks.append(_erased(wrong, writer, rng))
        kind = TruthKind.SKIPPED if value is None else _KINDS.get(writer.hard, TruthKind.ANSWERED)
        truths.append(Truth(group.item, value, kind))
    return FilledPage(tuple(marks), tuple(truths))


@dataclass(frozen=True, slots=True)
class _Row:
    group: Group
    right: Bubble
    after: Group


_KINDS = {HardMark.LIGHT_PENCIL: TruthKind.FAINT, HardMark.ERASED: TruthKind.ERASED}


def _at(bubble: Bubble) -> NDArray[np.float64]:
    return np.array([bubble.centre.x_mm, bubble.centre.y_mm])


def _cross(bubble: Bubble, writer: Writer, rng: np.random.Generator) -> Mark:
    return draw(MarkKind.CROSS, bubble.centre, bubble.radius_mm, writer.hand, rng)


def _pencil_line(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    """Draw one line through the middle, from rim to rim: along, across or aslant."""
    middle, radius_mm = _at(row.right), row.right.radius_mm
    angle = rng.choice((0.0, 45.0, 90.0, -45.0)) + rng.normal(0.0, 5.0)
    arm = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * radius_mm
    stroke = line(middle - arm, middle + arm, writer.hand, rng)
    stroke = replace(stroke, pressure=np.maximum(stroke.pressure, 0.9 - 0.4 * writer.severity))
    return [Mark(MarkKind.DASH, writer.hand.pen, (stroke,), int(rng.integers(2**31)))]


def _plain(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    return [_cross(row.right, writer, rng)]


def _half_outside(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    """Miss the middle by up to a radius, but leave at least half of the mark inside."""
    own = row.right
    mark = draw(writer.style, own.centre, own.radius_mm, writer.hand, rng)
    angle = rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(angle), np.sin(angle)]) * own.radius_mm * writer.severity
    away *= rng.uniform(0.6, 1.0)
    for _ in range(10):
        moved = _moved(mark, away)
        if _share_inside(moved, own) >= _LEAST_INSIDE:
            return [moved]
        away *= 0.8
    return [mark]


def _moved(mark: Mark, by_mm: NDArray[np.float64]) -> Mark:
    strokes = tuple(replace(one, points_mm=one.points_mm + by_mm) for one in mark.strokes)
    return replace(mark, strokes=strokes)


def _share_inside(mark: Mark, bubble: Bubble) -> float:
    """Tell how much of a mark's length is inside a bubble; its points are evenly spaced."""
    points = np.concatenate([stroke.points_mm for stroke in mark.strokes]) - _at(bubble)
    return float(np.mean(np.hypot(points[:, 0], points[:, 1]) < bubble.radius_mm))


def _wandering(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    """Cross the right bubble, and let the pen run on into a bubble of the next row.

    The tail grazes its rim at severity 0 and goes to its middle at 1.
    """
    made = [_cross(row.right, writer, rng)]
    target = row.after.bubbles[row.group.bubbles.index(row.right) % len(row.after.bubbles)]
    start, end = _at(row.right), _at(target)
    way = (end - start) / np.hypot(*(end - start))
    stop = end - way * target.radius_mm * (1.0 - writer.severity)
    stop = stop + rng.normal(0.0, 0.25, 2) * target.radius_mm
    tail = line(start + way * 0.5 * row.right.radius_mm, stop, writer.hand, rng)
    made.append(Mark(MarkKind.STRAY, writer.hand.pen, (tail,), int(rng.integers(2**31))))
    return made


def _erasure(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    others = [bubble for bubble in row.group.bubbles if bubble is not row.right]
    wrong = others[int(rng.integers(len(others)))]
    return [_erased(wrong, writer, rng), _cross(row.right, writer, rng)]


def _erased(bubble: Bubble, writer: Writer, rng: np.random.Generator) -> Mark:
    """Rub a mark out: a sheen of graphite, at worst nearly half of the mark."""
    kind = (MarkKind.CROSS, MarkKind.FILL)[int(rng.integers(2))]
    mark = draw(kind, bubble.centre, bubble.radius_mm, writer.hand, rng)
    return replace(
        mark,
        strength=float(rng.uniform(0.5, 1.0)) * (0.05 + 0.35 * writer.severity),
        smear_mm=float(rng.uniform(0.1, 0.5)),
    )


def _smudged(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    """Draw a finger over the mark: it drags a fading grey band along."""
    mark = _cross(row.right, writer, rng)
    angle = rng.uniform(-0.5, 0.5) + float(rng.choice((0.0, np.pi)))
    way = np.array([np.cos(angle), np.sin(angle)])
    steps = np.arange(1, 13)
    made = [replace(mark, strength=1.0 - 0.3 * writer.severity, smear_mm=0.08 * writer.severity)]
    for step in steps.tolist():
        left = 0.5 * writer.severity * float(np.exp(-step / 5.0))
        dragged = _moved(mark, way * step * 1.1)
        made.append(replace(dragged, strength=left, smear_mm=0.55))
    return made


def _spilled(row: _Row, writer: Writer, rng: np.random.Generator) -> list[Mark]:
    """Scribble over the rim; a quick stroke ends at the next bubble's rim, at worst inside it."""
    own = row.right
    wide_mm = own.radius_mm * (1.1 + 0.5 * writer.severity)
    made = [draw(MarkKind.SLOPPY_FILL, own.centre, wide_mm, writer.hand, rng)]
    at = row.group.bubbles.index(own)
    target = row.group.bubbles[at - 1 if at else 1]
    way = (_at(target) - _at(own)) / np.hypot(*(_at(target) - _at(own)))
    stop = _at(target) - way * target.radius_mm * (1.6 - 0.8 * writer.severity)
    dash = line(_at(own), stop, writer.hand, rng)
    return [*made, Mark(MarkKind.STRAY, writer.hand.pen, (dash,), int(rng.integers(2**31)))]


def _line_hand(hand: Hand, severity: float, _rng: np.random.Generator) -> Hand:
    pen = replace(PENCIL_SOFT, width_mm=VVSG_LINE_MM * (1.0 - 0.5 * severity), opacity=0.9)
    return replace(hand, pen=pen, pressure=1.0)


def _light_hand(hand: Hand, severity: float, _rng: np.random.Generator) -> Hand:
    grey = int(np.interp(severity, np.linspace(0, 1, len(LIGHT_GREYS)), LIGHT_GREYS))
    return replace(hand, pen=replace(PENCIL, grey=grey, opacity=0.95, grain=0.45), pressure=1.0)


def _any_hand(hand: Hand, _severity: float, rng: np.random.Generator) -> Hand:
    pens = [pen for pen in PENS if pen.grey < 150]
    return replace(hand, pen=pens[int(rng.integers(len(pens)))].varied(rng))


def _felt_hand(hand: Hand, severity: float, rng: np.random.Generator) -> Hand:
    """Take a felt tip: 0.15 to 0.5 mm of bleeding on cheap paper."""
    width_mm = float(rng.uniform(0.8, 1.3 + 0.5 * severity))
    return replace(hand, pen=replace(FELT_TIP, width_mm=width_mm, bleed_mm=0.15 + 0.35 * severity))


def _pencil_hand(hand: Hand, _severity: float, rng: np.random.Generator) -> Hand:
    return replace(hand, pen=(PENCIL, PENCIL_SOFT)[int(rng.integers(2))].varied(rng))


_HANDS: Mapping[HardMark, Callable[[Hand, float, np.random.Generator], Hand]] = MappingProxyType(
    {
        HardMark.PENCIL_LINE: _line_hand,
        HardMark.LIGHT_PENCIL: _light_hand,
        HardMark.HALF_OUTSIDE: _any_hand,
        HardMark.WANDERING: _any_hand,
        HardMark.FELT_BLEED: _felt_hand,
        HardMark.ERASED: _pencil_hand,
        HardMark.SMUDGED: _pencil_hand,
        HardMark.SPILLED: _any_hand,
    }
)

_ROWS: Mapping[HardMark, Callable[[_Row, Writer, np.random.Generator], list[Mark]]] = (
    MappingProxyType(
        {
            HardMark.PENCIL_LINE: _pencil_line,
            HardMark.LIGHT_PENCIL: _plain,
            HardMark.HALF_OUTSIDE: _half_outside,
            HardMark.WANDERING: _wandering,
            HardMark.FELT_BLEED: _plain,
            HardMark.ERASED: _erasure,
            HardMark.SMUDGED: _smudged,
            HardMark.SPILLED: _spilled,
        }
    )
)
