"""Name what each bubble's measures amount to on its own page."""

from collections.abc import Sequence
from dataclasses import dataclass

from scan.page_style import PageStyle
from scan.results import BubbleReading, Mark
from scan.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Bars:
    """The limits as they are on one page, as plain levels of measure.

    Attributes
    ----------
    sure, faint, trace
        Least fill and peak of a sure mark, a faint mark and a trace.
    around, outline
        Most ink around and worst outline of a bubble that nothing touches.
    ring_around, ring_outline
        Least ink around and best outline of a bubble with a ring.
    """

    sure: tuple[float, float]
    faint: tuple[float, float]
    trace: tuple[float, float]
    around: float
    outline: float
    ring_around: float
    ring_outline: float


def bars_of(page: PageStyle, limits: Thresholds) -> Bars:
    """Put the limits on the scale of one page; noise raises them."""

    def both(fill: float, peak: float) -> tuple[float, float]:
        return (
            page.fill.middle + page.fill.reach(fill),
            page.peak.middle + page.peak.reach(peak),
        )

    return Bars(
        sure=both(*_sure(page, limits)),
        faint=both(limits.faint_fill, limits.faint_peak),
        trace=both(limits.trace_fill, limits.trace_peak),
        around=page.around.middle + page.around.reach(limits.trace_around),
        outline=page.outline.middle - page.outline.reach(limits.trace_outline),
        ring_around=page.around.middle + page.around.reach(limits.ring_around),
        ring_outline=page.outline.middle - page.outline.reach(limits.ring_outline),
    )


def _sure(page: PageStyle, limits: Thresholds) -> tuple[float, float]:
    """Ink and darkness of a sure mark on this page; less where all marks are steadily light."""
    pen = page.pen
    if not pen.is_established:
        return limits.marked_fill, limits.marked_peak
    fill = min(limits.pen_fill_share * pen.fill, limits.most_fill)
    peak = limits.pen_peak_share * pen.peak
    if pen.is_steady:
        return max(fill, limits.light_fill), max(peak, limits.light_peak)
    return max(fill, limits.marked_fill), max(peak, limits.marked_peak)


def mark_of(one: BubbleReading, bars: Bars, limits: Thresholds) -> Mark:
    """Name what one bubble's measures amount to on this page."""
    if one.fill >= bars.sure[0] and one.peak >= bars.sure[1]:
        is_solid = one.fill >= limits.solid_fill and one.solid >= limits.solid_share * one.peak
        return Mark.SOLID if is_solid else Mark.MARKED
    if one.fill >= bars.faint[0] or one.peak >= bars.faint[1]:
        return Mark.FAINT
    if one.fill >= bars.trace[0] or one.peak >= bars.trace[1] or is_touched(one, bars):
        return Mark.TRACE
    return Mark.EMPTY


def is_touched(one: BubbleReading, bars: Bars) -> bool:
    """Tell whether something lies on or around the outline: a circle, a blot, a tear."""
    return one.around >= bars.around or one.outline <= bars.outline


def ringed(bubbles: Sequence[BubbleReading], bars: Bars) -> BubbleReading | None:
    """Return the one bubble of a row with a ring around it, if all others are empty."""
    touched = [one for one in bubbles if one.mark is not Mark.EMPTY]
    if len(touched) != 1:
        return None
    only = touched[0]
    is_ring = (
        only.around >= bars.ring_around
        and only.outline <= bars.ring_outline
        and only.fill < bars.faint[0]
    )
    return only if is_ring else None
