"""From measures to marks, and from marks to an answer or a named doubt.

Sees numbers and no pixels, so that limits can change without a new scan. Every
bubble is judged against its own page: the empty bubbles say what empty looks
like in this scan, the clearly answered rows what this person's pen looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scan.page_style import PageStyle, is_open, page_style
from scan.results import BubbleReading, Doubt, ItemReading, Mark, Note, Status


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits between empty, trace, faint and marked, as ink above empty bubbles.

    Found on 1,108 marks of real people laid over our forms, and on simulated
    ones (`bench.accuracy`). A person is asked about everything between
    empty and marked that could be an answer.

    Attributes
    ----------
    trace_fill, trace_peak, trace_around, trace_outline
        From here on a bubble is not surely empty: ink inside, its darkest spot,
        ink outside the outline, loss of the outline. Noisy pages raise them.
    faint_fill, faint_peak
        From here on a trace beside a sure mark could be a second answer.
    marked_fill, marked_peak
        A sure mark where the page shows no pen to compare with. A pencil line of
        1 mm across the bubble fills 0.2.
    light_fill, light_peak
        The least that a sure mark has on a page of steadily light marks.
    pen_fill_share, pen_peak_share
        A sure mark has this share of the page's usual ink and darkness.
    unlike_fill
        A mark with so many times the page's usual ink means something else.
    most_fill
        No mark needs more ink than this to be sure, however full the others are.
    rival_share
        A second trace with less of the sure mark's ink is a slip or an erasure.
    solid_share, solid_fill
        From these on a bubble is surely filled: evenness against its peak, and ink.
    open_page
        Share of crosses and ticks that makes a page one of crosses and ticks.
    corrected_share
        The answer of a correction is this dark compared with what was withdrawn.
    ring_around, ring_outline
        A ring drawn around a bubble: ink outside the outline and loss of it.
    weakest
        Blanks are sure if the page's marks are this many times a trace.
    """

    trace_fill: float = 0.008
    trace_peak: float = 0.045
    trace_around: float = 0.02
    trace_outline: float = 0.03
    faint_fill: float = 0.018
    faint_peak: float = 0.16
    marked_fill: float = 0.05
    marked_peak: float = 0.20
    light_fill: float = 0.024
    light_peak: float = 0.08
    pen_fill_share: float = 0.40
    pen_peak_share: float = 0.42
    unlike_fill: float = 2.6
    most_fill: float = 0.12
    rival_share: float = 0.30
    solid_share: float = 0.40
    solid_fill: float = 0.30
    open_page: float = 0.75
    corrected_share: float = 0.55
    ring_around: float = 0.02
    ring_outline: float = 0.06
    weakest: float = 4.0


PLAIN_FILL = 0.09
"""On a black-and-white scan, marks at least this full were surely not lost in part."""


def judge_page(
    items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds
) -> tuple[ItemReading, ...]:
    """Judge all items of a page; only their measures are used, not an earlier judgement."""
    page = page_style([item.bubbles for item in items], notes, limits.faint_fill)
    rings = sum(1 for item in items if _ringed(item.bubbles, page, limits) is not None)
    ringing = rings >= page.pen.needed and rings > page.pen.rows
    return tuple(_judge(item, page, limits, ringing=ringing) for item in items)


def mark_of(one: BubbleReading, page: PageStyle, limits: Thresholds) -> Mark:
    """Name what one bubble's measures amount to on this page."""
    fill, peak = page.fill.above(one.fill), page.peak.above(one.peak)
    if fill >= _sure_fill(page, limits) and peak >= _sure_peak(page, limits):
        is_solid = one.fill >= limits.solid_fill and one.solid >= limits.solid_share * one.peak
        return Mark.SOLID if is_solid else Mark.MARKED
    if fill >= page.fill.reach(limits.faint_fill) or peak >= page.peak.reach(limits.faint_peak):
        return Mark.FAINT
    if fill >= page.fill.reach(limits.trace_fill) or peak >= page.peak.reach(limits.trace_peak):
        return Mark.TRACE
    return Mark.TRACE if _is_touched(one, page, limits) else Mark.EMPTY


def _sure_fill(page: PageStyle, limits: Thresholds) -> float:
    """Ink that a sure mark has on this page; less where all marks are steadily light."""
    if not page.pen.is_established:
        return page.fill.reach(limits.marked_fill)
    wanted = min(limits.pen_fill_share * page.pen.fill, limits.most_fill)
    least = limits.light_fill if page.pen.is_steady else limits.marked_fill
    return page.fill.reach(max(wanted, least))


def _sure_peak(page: PageStyle, limits: Thresholds) -> float:
    if not page.pen.is_established:
        return page.peak.reach(limits.marked_peak)
    wanted = limits.pen_peak_share * page.pen.peak
    least = limits.light_peak if page.pen.is_steady else limits.marked_peak
    return page.peak.reach(max(wanted, least))


def _is_touched(one: BubbleReading, page: PageStyle, limits: Thresholds) -> bool:
    """Tell whether something lies on or around the outline: a circle, a blot, a tear."""
    lost = page.outline.middle - one.outline
    return page.around.above(one.around) >= page.around.reach(
        limits.trace_around
    ) or lost >= page.outline.reach(limits.trace_outline)


def _ringed(
    bubbles: Sequence[BubbleReading], page: PageStyle, limits: Thresholds
) -> BubbleReading | None:
    """Return the one bubble of a row with a ring around it, if all others are empty."""
    touched = [one for one in bubbles if mark_of(one, page, limits) is not Mark.EMPTY]
    if len(touched) != 1:
        return None
    only = touched[0]
    is_ring = (
        page.around.above(only.around) >= page.around.reach(limits.ring_around)
        and page.outline.middle - only.outline >= page.outline.reach(limits.ring_outline)
        and page.fill.above(only.fill) < limits.faint_fill
    )
    return only if is_ring else None


def _judge(item: ItemReading, page: PageStyle, limits: Thresholds, *, ringing: bool) -> ItemReading:
    """Turn one item's measures into an answer, a blank or a named doubt.

    Parameters
    ----------
    ringing
        This person draws rings around bubbles all over the page.
    """
    bubbles = tuple(replace(one, mark=mark_of(one, page, limits)) for one in item.bubbles)
    marked = [one for one in bubbles if one.mark in (Mark.MARKED, Mark.SOLID)]
    traces = [one for one in bubbles if one.mark in (Mark.TRACE, Mark.FAINT)]
    ring = _ringed(item.bubbles, page, limits) if ringing else None
    if ring is not None:
        verdict: _Verdict = (Status.READ, ring.value, None)
    elif not marked:
        verdict = _without_a_mark(traces, page, limits)
    elif ringing:
        verdict = _doubtful(Doubt.UNLIKE)
    elif len(marked) == 1:
        verdict = _with_one_mark(marked[0], traces, page, limits)
    else:
        verdict = _with_several(marked, traces, page, limits)
    status, value, doubt = verdict
    return ItemReading(item.item, status, value, () if doubt is None else (doubt,), bubbles)


_Verdict = tuple[Status, int | None, Doubt | None]


def _doubtful(doubt: Doubt) -> _Verdict:
    return Status.DOUBT, None, doubt


def _without_a_mark(traces: list[BubbleReading], page: PageStyle, limits: Thresholds) -> _Verdict:
    if any(one.mark is Mark.FAINT for one in traces):
        return _doubtful(Doubt.FAINT)
    if traces:
        touched = any(_is_touched(one, page, limits) for one in traces)
        return _doubtful(Doubt.OUTLINE if touched else Doubt.NEAR_BLANK)
    if _may_have_lost_ink(page, limits):
        return _doubtful(Doubt.NEAR_BLANK)
    return Status.BLANK, None, None


def _may_have_lost_ink(page: PageStyle, limits: Thresholds) -> bool:
    """Tell whether this scan may show nothing where this person wrote something."""
    if page.bilevel:
        return not page.pen.is_established or page.pen.weakest < PLAIN_FILL
    visible = limits.weakest * page.fill.reach(limits.trace_fill)
    # Few marks or none: an empty form, or one whose pencil the scan has lost. A person tells.
    return not page.pen.is_established or page.pen.weakest < visible


def _with_one_mark(
    mark: BubbleReading, traces: list[BubbleReading], page: PageStyle, limits: Thresholds
) -> _Verdict:
    if any(_is_rival(one, mark, page, limits) for one in traces):
        return _doubtful(Doubt.SEVERAL)
    if _is_unlike(mark, page, limits):
        return _doubtful(Doubt.UNLIKE)
    return Status.READ, mark.value, None


def _is_rival(
    other: BubbleReading, mark: BubbleReading, page: PageStyle, limits: Thresholds
) -> bool:
    """Tell whether a weak trace could be an answer beside the sure mark."""
    fills = page.pen.is_established and page.pen.open_share < 1 - limits.open_page
    if mark.mark is Mark.SOLID and not fills:
        # Who does not fill elsewhere may have withdrawn this one: any trace may be the answer.
        return True
    if not is_open(mark) and _is_touched(other, page, limits):
        return True
    if other.mark is not Mark.FAINT:
        return False
    ink, darkness = page.fill.above(other.fill), page.peak.above(other.peak)
    if ink >= limits.rival_share * page.fill.above(mark.fill):
        return True
    # Black and white leaves only the darkest bits of a line: any bit may be all that is left.
    enough = 0.0 if page.bilevel else limits.marked_fill
    alike = ink >= enough and darkness >= limits.pen_peak_share * page.peak.above(mark.peak)
    return alike or _is_like_the_pen(ink, darkness, page, limits)


def _is_like_the_pen(ink: float, darkness: float, page: PageStyle, limits: Thresholds) -> bool:
    return (
        page.pen.is_established
        and ink >= limits.pen_fill_share * page.pen.fill
        and darkness >= limits.pen_peak_share * page.pen.peak
    )


def _is_unlike(mark: BubbleReading, page: PageStyle, limits: Thresholds) -> bool:
    """Tell whether a mark stands out: another pen, or a withdrawn bubble without its answer."""
    if not is_open(mark) and not _is_plain(page):
        # Where most marks were lost, a full bubble may be one withdrawn for an answer not seen.
        return True
    if not page.pen.is_established:
        return False
    if mark.mark is Mark.SOLID and page.pen.open_share >= limits.open_page:
        return True
    darker = limits.pen_peak_share * page.peak.above(mark.peak) > page.pen.peak
    fuller = page.fill.above(mark.fill) > limits.unlike_fill * page.pen.fill
    return darker or (fuller and not is_open(mark))


def _is_plain(page: PageStyle) -> bool:
    """Tell whether the page shows this person's marks in most rows, and not in fragments."""
    fragments = page.bilevel and page.pen.weakest < PLAIN_FILL / 2
    return page.pen.is_established and not fragments


def _with_several(
    marked: list[BubbleReading],
    traces: list[BubbleReading],
    page: PageStyle,
    limits: Thresholds,
) -> _Verdict:
    """Apply the correction rule: exactly one not filled is the answer, if all is sure."""
    withdrawn = [one for one in marked if one.mark is Mark.SOLID]
    kept = [one for one in marked if one.mark is not Mark.SOLID]
    if len(kept) != 1:
        return _doubtful(Doubt.SEVERAL)
    answer = kept[0]
    sure = (
        is_open(answer)
        and not any(one.mark is Mark.FAINT for one in traces)
        and page.pen.is_established
        and page.pen.open_share >= limits.open_page
        and all(answer.peak >= limits.corrected_share * one.peak for one in withdrawn)
    )
    if not sure:
        return _doubtful(Doubt.CORRECTION)
    return Status.CORRECTED, answer.value, None
