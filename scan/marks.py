"""Name what each bubble's measures amount to on its own page, and how clearly.

Every limit is held as a *margin*: the logarithm of how many times a measure is
away from it, 0 at the limit, positive on the safe side. So what decides and how
close it was are one number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scan.page_style import PageStyle
from scan.results import BubbleReading, Mark
from scan.thresholds import Thresholds

Margin = float
"""Logarithm of the ratio to a limit; 0.7 is twice as far as need be, -0.7 half."""

Values: TypeAlias = npt.NDArray[np.float64]

FAR = 3.0
"""No margin is told from one of a factor of 20."""

LEAST = 1e-4
"""The smallest difference in ink that is measured (`Measures.each` keeps four digits)."""

INK_OF_A_RING = 0.008
"""Ink above the usual outside an outline that makes a lost outline suspicious: a third
of what a hard pencil's ring leaves there."""


def over(level: float, limit: float) -> Margin:
    """Tell by how much a level is over a limit."""
    return max(-FAR, min(FAR, log(max(level, LEAST) / max(limit, LEAST))))


@dataclass(frozen=True, slots=True)
class Spot:
    """One bubble as it stands out from the empty ones of its page.

    Attributes
    ----------
    mark
        What its measures amount to.
    fill, peak, around
        Its measures above those of empty bubbles.
    sure
        How far it is beyond the fill and the peak of a sure mark.
    less_than_faint, inkless
        How far it stays below a faint mark, and below a trace, or is nothing but a speck.
    untouched
        How clearly nothing lies on or around its outline: a circle, a blot, a tear.
    clean
        How clearly there is neither ink in it nor anything around it.
    ring
        How clearly there is a ring around it and nothing inside.
    ring_look
        How much it may have a ring: more ink around it than inside.
    """

    one: BubbleReading
    mark: Mark
    fill: float
    peak: float
    around: float
    sure: Margin
    less_than_faint: Margin
    inkless: Margin
    untouched: Margin
    clean: Margin
    ring: Margin
    ring_look: Margin


Row = tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The limits as they are on one page, above empty bubbles.

    Attributes
    ----------
    sure, faint, trace
        Least fill and peak of a sure mark, a faint mark and a trace.
    speck, speck_extent
        Fill and peak of the least spot that is more than a speck, 0 if every spot is;
        and the most fill that a speck has for its peak.
    around, loss
        Least ink around, and loss of the outline, of a bubble that something touches.
    worn
        Least ink around that makes such a loss of the outline count.
    bare
        Loss of the outline that counts without any ink.
    ring_around, ring_loss
        Least ink around and loss of the outline of a bubble with a ring.
    ring_plain
        Ink around from which on the outline does not count.
    """

    sure: tuple[float, float]
    faint: tuple[float, float]
    trace: tuple[float, float]
    speck: tuple[float, float]
    speck_extent: float
    around: float
    loss: float
    worn: float
    bare: float
    ring_around: float
    ring_loss: float
    ring_plain: float


def bars_of(page: PageStyle, limits: Thresholds) -> Bars:
    """Put the limits on the scale of one page; noise raises them."""

    def both(fill: float, peak: float) -> tuple[float, float]:
        return page.fill.reach(fill), page.peak.reach(peak)

    return Bars(
        sure=both(*_sure(page, limits)),
        faint=both(limits.faint_fill, limits.faint_peak),
        trace=both(limits.trace_fill, limits.trace_peak),
        speck=_speck(page, limits),
        speck_extent=limits.speck_extent,
        around=page.around.reach(limits.trace_around),
        loss=page.outline.reach(limits.trace_outline),
        worn=page.around.reach(INK_OF_A_RING),
        bare=page.outline.reach(limits.bare_outline),
        ring_around=page.around.reach(limits.ring_around),
        ring_loss=page.outline.reach(limits.ring_outline),
        ring_plain=page.around.reach(limits.ring_plain),
    )


def _sure(page: PageStyle, limits: Thresholds) -> tuple[float, float]:
    """Ink and darkness of a sure mark on this page; less where all marks are steadily light."""
    pen = page.pen
    if not pen.is_established:
        return limits.marked_fill, limits.marked_peak
    fill = min(limits.pen_fill_share * pen.fill, limits.most_fill)
    # Where marks differ much some may be rubbed out, the usual one too; the darkest is not.
    peak = limits.pen_peak_share * (pen.peak if pen.is_steady else pen.darkest)
    is_flat = page.outline.spread <= limits.flat_paper
    if is_flat and pen.is_dots:
        return limits.light_fill, max(peak, limits.marked_peak)
    if pen.is_complete and pen.is_steady:
        return max(fill, limits.trace_fill), max(peak, limits.trace_peak)
    if is_flat and pen.is_steady:
        return max(fill, limits.light_fill), max(peak, limits.light_peak)
    return max(fill, limits.marked_fill), max(peak, limits.marked_peak)


def _speck(page: PageStyle, limits: Thresholds) -> tuple[float, float]:
    pen = page.pen
    is_plain = pen.is_established and not pen.is_dots and pen.weakest >= limits.marked_fill
    if page.bilevel or not is_plain:
        return 0.0, 0.0
    return limits.speck_fill, limits.speck_peak_share * pen.peak


def spots_of(
    rows: Sequence[Sequence[BubbleReading]], style: PageStyle, limits: Thresholds
) -> tuple[Row, ...]:
    """Hold all bubbles of a page against its empty ones, and name their marks."""
    ones = [one for row in rows for one in row]
    raw = np.array([(one.fill, one.peak, one.around, one.outline, one.solid) for one in ones])
    fill, peak = raw[:, 0] - style.fill.middle, raw[:, 1] - style.peak.middle
    around, loss = raw[:, 2] - style.around.middle, style.outline.middle - raw[:, 3]
    margins = _margins(fill, peak, around, loss, bars_of(style, limits))
    even = raw[:, 4] >= limits.solid_share * raw[:, 1]
    marks = _marks(margins, even & (raw[:, 0] >= limits.solid_fill))
    columns = np.column_stack([fill, peak, around, *margins]).tolist()
    spots = map(Spot, ones, marks, *zip(*columns, strict=True))
    return tuple(tuple(islice(spots, len(row))) for row in rows)


def _marks(margins: Sequence[Values], is_solid: npt.NDArray[np.bool_]) -> Iterator[Mark]:
    """Name what the measures of every bubble amount to."""
    sure, less_than_faint, _, _, clean, *_ = margins
    kinds = np.select(
        [(sure >= 0) & is_solid, sure >= 0, less_than_faint < 0, clean < 0], [4, 3, 2, 1]
    )
    return (_MARKS[kind] for kind in kinds.tolist())


_MARKS = (Mark.EMPTY, Mark.TRACE, Mark.FAINT, Mark.MARKED, Mark.SOLID)


def _margins(
    fill: Values, peak: Values, around: Values, loss: Values, bars: Bars
) -> tuple[Values, ...]:
    """Compute every margin of `Spot`, from `sure` on, of n bubbles: arrays of shape (n,)."""

    def both(bar: tuple[float, float]) -> tuple[Values, Values]:
        return _over(fill, bar[0]), _over(peak, bar[1])

    speck = -np.maximum(*both(bars.speck))
    speck = np.minimum(speck, -_over(fill, bars.speck_extent * peak))
    inked = _over(around, bars.around)
    worn = np.minimum(_over(loss, bars.loss), _over(around, bars.worn))
    ringed = np.minimum(_over(around, bars.ring_around), _over(loss, bars.ring_loss))
    plain = _over(around, bars.ring_plain)
    more = _over(around, np.maximum(bars.ring_plain, fill))
    inkless = np.maximum(speck, -np.maximum(*both(bars.trace)))
    untouched = -np.maximum(np.maximum(inked, worn), _over(loss, bars.bare))
    return (
        np.minimum(*both(bars.sure)),
        np.maximum(speck, -np.maximum(*both(bars.faint))),
        inkless,
        untouched,
        np.minimum(inkless, untouched),
        np.minimum(np.maximum(ringed, plain), -_over(fill, bars.faint[0])),
        np.minimum(more, _over(loss, bars.ring_loss)),
    )


def _over(levels: Values, limit: float | Values) -> Values:
    """Do as `over`, for arrays."""
    return np.clip(np.log(np.maximum(levels, LEAST) / np.maximum(limit, LEAST)), -FAR, FAR)
