"""What empty bubbles look like in one scan, and what this person's pen looks like."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scan.results import BubbleReading, Note

LEAST_SPREAD = {"fill": 0.0012, "peak": 0.006, "around": 0.0015, "outline": 0.003}
"""Spread taken for granted where empty bubbles are all alike, as in a clean rendering."""

REACH = 6.0
"""Noise alone stays under this many standard deviations but once in 10^9 bubbles."""

ESTABLISHED, HALF = 6, 0.5
"""So many rows with one clear mark show what a person's pen looks like; on a short
form half of its rows do."""

ALONE = 0.5
"""In such a row the second darkest bubble has at most this share of the ink."""

STEADY = 0.45
"""A pen is steady if nine marks in ten have at least this share of the median's ink."""

OPEN_SHARE, OPEN_FILL = 0.16, 0.34
"""Up to these evenness and ink a mark is surely a cross, a tick or a dash. On real
ink no mark under a third of the bubble was more even than 0.15 in 95 of 100."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of measure on the empty bubbles of a page: its middle and its spread."""

    middle: float
    spread: float

    def above(self, value: float) -> float:
        """How far a value lies above the empty bubbles."""
        return value - self.middle

    def reach(self, least: float) -> float:
        """Return the limit that noise alone does not pass, `least` or more."""
        return max(least, REACH * self.spread)


@dataclass(frozen=True, slots=True)
class Pen:
    """The marks of one person on one page, taken from rows with one clear mark.

    Attributes
    ----------
    rows, needed
        How many such rows there are, and how many show what the pen looks like.
    fill, peak
        Medians of their marks, above empty bubbles; 0 if there are none.
    weakest
        Ink that nine in ten of them have at least.
    open_share
        Share of them that surely are crosses, ticks or dashes.
    """

    rows: int
    needed: int
    fill: float
    peak: float
    weakest: float
    open_share: float

    @property
    def is_established(self) -> bool:
        """Whether there are enough marks to judge others by."""
        return self.rows >= self.needed

    @property
    def is_steady(self) -> bool:
        """Whether the marks are much alike in ink."""
        return self.is_established and self.weakest >= STEADY * self.fill


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What empty and what marked looks like on one page."""

    fill: Measure
    peak: Measure
    around: Measure
    outline: Measure
    pen: Pen
    bilevel: bool


def page_style(
    rows: Sequence[Sequence[BubbleReading]], notes: Sequence[Note], least_fill: float
) -> PageStyle:
    """Learn from a page what empty and what marked looks like on it.

    Parameters
    ----------
    rows
        The bubbles of every item.
    least_fill
        Ink above empty bubbles from which a row counts as answered.
    """
    empty = [one for row in rows for one in _surely_empty(row)]
    fill = _measure("fill", [one.fill for one in empty])
    peak = _measure("peak", [one.peak for one in empty])
    return PageStyle(
        fill=fill,
        peak=peak,
        around=_measure("around", [one.around for one in empty]),
        outline=_measure("outline", [one.outline for one in empty]),
        pen=_pen(rows, fill, peak, least_fill),
        bilevel=Note.BILEVEL in notes,
    )


def is_open(one: BubbleReading) -> bool:
    """Tell whether a mark surely leaves most of its bubble white."""
    return one.fill <= OPEN_FILL and one.solid <= OPEN_SHARE * one.peak


def _surely_empty(row: Sequence[BubbleReading]) -> list[BubbleReading]:
    """Take the bubbles with the best outlines; any mark, even a ring around, costs outline."""
    return sorted(row, key=lambda one: one.outline)[min(2, len(row) - 1) :]


def _measure(name: str, values: Sequence[float]) -> Measure:
    """Take median and spread; 1.48 times the MAD is a standard deviation for noise."""
    measured = np.array(values)
    middle = float(np.median(measured))
    spread = 1.48 * float(np.median(np.abs(measured - middle)))
    return Measure(middle, max(spread, LEAST_SPREAD[name]))


def _pen(
    rows: Sequence[Sequence[BubbleReading]], fill: Measure, peak: Measure, least_fill: float
) -> Pen:
    marks = []
    for row in rows:
        second, first = sorted(row, key=lambda one: one.fill)[-2:]
        clear = fill.above(first.fill) >= fill.reach(least_fill)
        if clear and fill.above(second.fill) <= ALONE * fill.above(first.fill):
            marks.append(first)
    needed = max(2, min(ESTABLISHED, round(HALF * len(rows))))
    if len(marks) < 2:
        return Pen(len(marks), needed, 0.0, 0.0, 0.0, 0.0)
    fills = [fill.above(one.fill) for one in marks]
    return Pen(
        rows=len(marks),
        needed=needed,
        fill=float(np.median(fills)),
        peak=float(np.median([peak.above(one.peak) for one in marks])),
        weakest=float(np.quantile(fills, 0.1)),
        open_share=sum(map(is_open, marks)) / len(marks),
    )
