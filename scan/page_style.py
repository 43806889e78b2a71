"""What empty bubbles look like in one scan, and what this person's pen looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles

from scan.results import BubbleReading, Note
from scan.thresholds import Thresholds

LEAST_SPREAD = {"fill": 0.0012, "peak": 0.006, "around": 0.0015, "outline": 0.003}
"""Spread taken for granted where empty bubbles are all alike, as in a clean rendering."""

REACH = 6.0
"""Noise alone stays under this many standard deviations but once in 10^9 bubbles."""

ESTABLISHED, HALF = 6, 0.5
"""So many rows with one clear mark show what a person's pen looks like; on a short
form half of its rows do."""

ALONE = 0.5
"""In such a row the second darkest bubble has at most this share of the ink."""

DOT_FILL, DOT_STEADY = 0.13, 0.6
"""Dots have so little ink for their darkness, and nine in ten this share of the median's
darkness. A dash, the next smallest mark, has 0.16 of its darkness in ink."""

STEADY = 0.45
"""A pen is steady if nine marks in ten have at least this share of the median's ink, and
the median this share of the darkest: else many may be what an eraser has left."""

COMPLETE = 10
"""On so many rows a mark in every one is no accident of dust or paper."""

LEAST_PEAK = 0.01
"""Keeps a division by a peak finite; no mark is this light."""

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
    weakest, weakest_peak
        Ink and darkness that nine in ten of them have at least.
    darkest
        Darkness that nine in ten of them have at most, or four in five rows if that is more.
    open_share
        Share of them that surely are crosses, ticks or dashes.
    evenness
        Median of their evenness against their peak: high where bubbles are filled.
    around
        Median of the ink they leave outside the outline.
    is_complete
        All rows but one at most have one clear mark, even if it is very light.
    """

    rows: int
    needed: int
    fill: float = 0.0
    peak: float = 0.0
    weakest: float = 0.0
    weakest_peak: float = 0.0
    darkest: float = 0.0
    open_share: float = 0.0
    evenness: float = 0.0
    around: float = 0.0
    is_complete: bool = False

    @property
    def is_established(self) -> bool:
        """Whether there are enough marks to judge others by."""
        return self.rows >= self.needed

    @property
    def is_steady(self) -> bool:
        """Whether the marks are much alike in ink and darkness."""
        alike = self.weakest >= STEADY * self.fill and self.peak >= STEADY * self.darkest
        return self.is_established and alike

    @property
    def is_dots(self) -> bool:
        """Whether the marks are small and dark: their ink varies, their darkness does not."""
        steady = self.weakest_peak >= DOT_STEADY * self.peak
        return self.is_established and steady and self.fill <= DOT_FILL * self.peak


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
    rows: Sequence[Sequence[BubbleReading]], notes: Sequence[Note], limits: Thresholds
) -> PageStyle:
    """Learn from a page what empty and what marked looks like on it."""
    empty = [one for row in rows for one in _surely_empty(row)]
    levels = {name: _measure(name, [getattr(one, name) for one in empty]) for name in LEAST_SPREAD}
    pen = _pen(_clear_marks(rows, levels["fill"], limits.faint_fill), rows, levels)
    if Note.BILEVEL not in notes and levels["outline"].spread <= limits.flat_paper:
        # Where every row has one mark, however light, marks are what they are.
        light = _only_traces(rows, levels["fill"].middle + levels["fill"].reach(limits.trace_fill))
        if _are_complete(light, len(rows)):
            pen = replace(_pen(light, rows, levels), is_complete=True)
    return PageStyle(**levels, pen=pen, bilevel=Note.BILEVEL in notes)


def _are_complete(marks: Sequence[BubbleReading], rows: int) -> bool:
    """Tell whether marks are in all rows but one, and not of a line down one column."""
    return len(marks) >= max(COMPLETE, rows - 1) and len({one.value for one in marks}) > 1


def is_open(one: BubbleReading) -> bool:
    """Tell whether a mark surely leaves most of its bubble white."""
    return one.fill <= OPEN_FILL and one.solid <= OPEN_SHARE * one.peak


def tenth(values: Sequence[float]) -> float:
    """Return what nine in ten of at least two values are no less than."""
    return quantiles(values, n=10, method="inclusive")[0]


def _surely_empty(row: Sequence[BubbleReading]) -> list[BubbleReading]:
    """Take the bubbles with the best outlines; any mark, even a ring around, costs outline."""
    return sorted(row, key=lambda one: one.outline)[min(2, len(row) - 1) :]


def _measure(name: str, values: Sequence[float]) -> Measure:
    """Take median and spread; 1.48 times the MAD is a standard deviation for noise."""
    middle = median(values)
    spread = 1.48 * median(abs(value - middle) for value in values)
    return Measure(middle, max(spread, LEAST_SPREAD[name]))


def _clear_marks(
    rows: Sequence[Sequence[BubbleReading]], fill: Measure, least_fill: float
) -> list[BubbleReading]:
    """Take the marks of rows where one bubble has far more ink than any other."""
    marks = []
    for row in rows:
        second, first = sorted(row, key=lambda one: one.fill)[-2:]
        clear = fill.above(first.fill) >= fill.reach(least_fill)
        if clear and fill.above(second.fill) <= ALONE * fill.above(first.fill):
            marks.append(first)
    return marks


def _only_traces(rows: Sequence[Sequence[BubbleReading]], least: float) -> list[BubbleReading]:
    """Take the fullest bubble of every row where no other has as much ink as `least`."""
    pairs = (sorted(row, key=lambda one: one.fill)[-2:] for row in rows)
    return [first for second, first in pairs if first.fill >= least > second.fill]


def _pen(
    marks: Sequence[BubbleReading],
    rows: Sequence[Sequence[BubbleReading]],
    levels: Mapping[str, Measure],
) -> Pen:
    needed = max(2, min(ESTABLISHED, round(HALF * len(rows))))
    if len(marks) < 2:
        return Pen(len(marks), needed)
    fills = [levels["fill"].above(one.fill) for one in marks]
    peaks = [levels["peak"].above(one.peak) for one in marks]
    return Pen(
        rows=len(marks),
        needed=needed,
        fill=median(fills),
        peak=median(peaks),
        weakest=tenth(fills),
        weakest_peak=tenth(peaks),
        darkest=max(-tenth([-peak for peak in peaks]), _dark(rows, levels["peak"])),
        open_share=sum(map(is_open, marks)) / len(marks),
        evenness=median(one.solid / max(one.peak, LEAST_PEAK) for one in marks),
        around=median(levels["around"].above(one.around) for one in marks),
    )


def _dark(rows: Sequence[Sequence[BubbleReading]], peak: Measure) -> float:
    """Look at all rows: where much was rubbed out, only those with two marks show the pen."""
    darkest = [peak.above(max(one.peak for one in row)) for row in rows]
    return quantiles(darkest, n=5, method="inclusive")[3] if len(rows) > 1 else darkest[0]
