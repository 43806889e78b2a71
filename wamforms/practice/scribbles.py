"""Handwriting that says nothing: lines of invented letters, in a box or wherever there is room.

Only its look is meant: strokes of a pen that loop, rise and fall along a line.
"""

from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from layouts.geometry import BoxMm, Paper
from layouts.model import PageLayout
from wamforms.practice.marks import Mark, MarkKind
from wamforms.practice.pens import Hand
from wamforms.practice.strokes import Points, Stroke, along

LINE_MM = (4.2, 7.0)
"""Height of a line of handwriting, from the foot of a letter to the top of an ascender."""

LEAST_MM = (8.0, 4.0)
"""Width and height of the smallest remark: a short word."""

_LETTERS_IN_A_WORD = (3, 9)

_LETTERS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.3), (0.3, 0.5), (0.15, 0.05), (0.5, 0.0), (0.7, 0.45), (0.75, 0.05), (1.0, 0.1)),
    ((0.0, 0.1), (0.35, 1.0), (0.15, 0.9), (0.2, 0.05), (0.6, 0.5), (0.8, 0.05), (1.0, 0.1)),
    ((0.0, 0.25), (0.6, 0.35), (0.4, 0.55), (0.1, 0.3), (0.3, 0.0), (0.9, 0.1), (1.0, 0.2)),
    ((0.0, 0.1), (0.2, 0.5), (0.25, 0.05), (0.5, 0.5), (0.55, 0.05), (0.8, 0.5), (1.0, 0.05)),
    ((0.0, 0.2), (0.5, 1.0), (0.3, 1.0), (0.3, 0.0), (0.6, 0.05), (1.0, 0.2)),
    ((0.1, 0.5), (0.4, 0.05), (0.8, 0.55), (0.5, -0.35), (0.2, -0.3), (1.0, 0.15)),
    ((0.0, 0.4), (0.45, 0.55), (0.2, 0.3), (0.6, 0.15), (0.3, 0.0), (1.0, 0.1)),
)
"""Shapes of seven letters of no alphabet: corners of a path, right and up, in letter sizes."""


class Where(StrEnum):
    """Where people write what does not go into a bubble."""

    BOX = "in its box"
    MARGIN = "in the margin"
    HEADER = "over the header"
    BETWEEN = "between groups of rows"
    BESIDE = "beside a sentence"
    FOOT = "at the foot"


def scribble(box: BoxMm, hand: Hand, rng: np.random.Generator) -> tuple[Mark, ...]:
    """Fill a box with handwriting, line by line; every word is one mark."""
    high = min(float(rng.uniform(*LINE_MM)), box.height_mm)
    marks: list[Mark] = []
    level = box.top_mm + high
    while level <= box.bottom_mm + 0.01:
        marks += _line(box, level, high, hand, rng)
        level += high * float(rng.uniform(1.05, 1.3))
    return tuple(marks)


def place_of(
    where: Where, page: PageLayout, paper: Paper, rng: np.random.Generator
) -> BoxMm | None:
    """Choose a box of at least `LEAST_MM` to write in; None where the page has no such place."""
    found = [
        room
        for room in _rooms(where, page, paper)
        if room.width_mm >= LEAST_MM[0] and room.height_mm >= LEAST_MM[1]
    ]
    if not found:
        return None
    room = found[int(rng.integers(len(found)))]
    width = float(rng.uniform(LEAST_MM[0], min(room.width_mm, 70.0)))
    height = float(rng.uniform(LEAST_MM[1], min(room.height_mm, 14.0)))
    left = room.left_mm + float(rng.uniform(0.0, room.width_mm - width))
    top = room.top_mm + float(rng.uniform(0.0, room.height_mm - height))
    return BoxMm(left, top, width, height)


def _rooms(where: Where, page: PageLayout, paper: Paper) -> list[BoxMm]:
    """List where there is room; print may be underneath, as people write over it."""
    levels = [group.bubbles[0].centre.y_mm for group in page.groups]
    first = min(bubble.centre.x_mm for bubble in page.groups[0].bubbles)
    top, bottom = levels[0], levels[-1]
    gaps = [(above + 6.0, below - 6.0) for above, below in pairwise(levels) if below - above > 15.0]
    match where:
        case Where.BOX:
            return [region.box.grown(-1.0) for region in page.regions]
        case Where.MARGIN:
            return [BoxMm(4.0, top, 15.0, bottom - top)]
        case Where.HEADER:
            return [BoxMm(20.0, 5.0, paper.width_mm - 65.0, 16.0)]
        case Where.BETWEEN:
            return [BoxMm(20.0, high, paper.width_mm - 40.0, low - high) for high, low in gaps]
        case Where.BESIDE:
            return [BoxMm(first - 40.0, level - 3.5, 36.0, 7.0) for level in levels]
        case Where.FOOT:
            low = paper.height_mm - 9.0
            return [BoxMm(60.0, low, paper.width_mm - 100.0, 6.0)]


def _line(
    box: BoxMm, level_mm: float, high_mm: float, hand: Hand, rng: np.random.Generator
) -> list[Mark]:
    """Write words from the left edge of a box to its right one."""
    words = []
    left = box.left_mm
    while box.right_mm - left >= 0.5 * LEAST_MM[0]:
        wide = high_mm * 0.55 * int(rng.integers(*_LETTERS_IN_A_WORD))
        wide = min(wide, box.right_mm - left)
        words.append(_word(left, level_mm, wide, high_mm, hand, rng))
        left += wide + high_mm * float(rng.uniform(0.4, 0.7))
    return words


def _word(
    left_mm: float,
    level_mm: float,
    wide_mm: float,
    high_mm: float,
    hand: Hand,
    rng: np.random.Generator,
) -> Mark:
    """Write one word along its line, the pen lifted now and then."""
    letters = max(2, round(wide_mm / (0.55 * high_mm)))
    step = wide_mm / letters
    strokes: list[Stroke] = []
    path: list[Points] = []
    for number in range(letters):
        shape = np.array(_LETTERS[int(rng.integers(len(_LETTERS)))])
        shape = shape + rng.normal(0.0, 0.04 + 0.06 * hand.sloppiness, shape.shape)
        right = left_mm + (number + shape[:, 0]) * step
        path.append(np.stack([right, level_mm - shape[:, 1] * high_mm * 0.95], axis=1))
        if rng.random() < 0.3:
            strokes.append(along(_smooth(path), hand, rng))
            path = []
    if path:
        strokes.append(along(_smooth(path), hand, rng))
    firm = replace(hand.pen, skips=hand.pen.skips / 2)
    return Mark(MarkKind.STRAY, firm, tuple(strokes), texture=int(rng.integers(2**31)))


def _smooth(path: list[Points]) -> Points:
    """Round the corners of a path: twice a corner is cut at its quarters (Chaikin)."""
    points = np.concatenate(path)
    for _ in range(2):
        near, far = points[:-1], points[1:]
        cut = np.stack([0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far], axis=1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points
