"""From measures to marks, and from marks to an answer or a named doubt.

Sees numbers and no pixels, so that limits can change without a new scan. Every
bubble is judged against its own page: the empty bubbles say what empty looks
like in this scan, the clearly answered rows what this person's pen looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from layouts.model import ItemId
from scan.marks import Bars, bars_of, is_touched, mark_of, ringed
from scan.page_style import PageStyle, is_open, page_style
from scan.results import BubbleReading, Doubt, ItemReading, Mark, Note, Status
from scan.thresholds import Thresholds

PLAIN_FILL = 0.09
"""On a black-and-white scan, marks at least this full were surely not lost in part."""


def judge_page(
    items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds
) -> tuple[ItemReading, ...]:
    """Judge all items of a page; only their measures are used, not an earlier judgement."""
    style = page_style([item.bubbles for item in items], notes, limits.faint_fill)
    bars = bars_of(style, limits)
    marked = [
        tuple(replace(one, mark=mark_of(one, bars, limits)) for one in item.bubbles)
        for item in items
    ]
    rings = sum(1 for bubbles in marked if ringed(bubbles, bars) is not None)
    ringing = rings >= style.pen.needed and rings > style.pen.rows
    page = _Page(style, bars, limits, ringing)
    return tuple(
        _judge(item.item, bubbles, page) for item, bubbles in zip(items, marked, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is known of a page when its rows are judged.

    Attributes
    ----------
    ringing
        This person draws rings around bubbles all over the page.
    """

    style: PageStyle
    bars: Bars
    limits: Thresholds
    ringing: bool


def _judge(item: ItemId, bubbles: tuple[BubbleReading, ...], page: _Page) -> ItemReading:
    """Turn one item's marks into an answer, a blank or a named doubt."""
    status, value, doubt = _verdict(bubbles, page)
    return ItemReading(item, status, value, () if doubt is None else (doubt,), bubbles)


_Verdict = tuple[Status, int | None, Doubt | None]


def _doubtful(doubt: Doubt) -> _Verdict:
    return Status.DOUBT, None, doubt


def _verdict(bubbles: tuple[BubbleReading, ...], page: _Page) -> _Verdict:
    ring = ringed(bubbles, page.bars) if page.ringing else None
    if ring is not None:
        return Status.READ, ring.value, None
    marked = [one for one in bubbles if one.mark in (Mark.MARKED, Mark.SOLID)]
    traces = [one for one in bubbles if one.mark in (Mark.TRACE, Mark.FAINT)]
    if not marked:
        return _without_a_mark(traces, page)
    if page.ringing:
        return _doubtful(Doubt.UNLIKE)
    if len(marked) == 1:
        return _with_one_mark(marked[0], traces, page)
    return _with_several(marked, traces, page)


def _without_a_mark(traces: list[BubbleReading], page: _Page) -> _Verdict:
    if any(one.mark is Mark.FAINT for one in traces):
        return _doubtful(Doubt.FAINT)
    if traces:
        touched = any(is_touched(one, page.bars) for one in traces)
        return _doubtful(Doubt.OUTLINE if touched else Doubt.NEAR_BLANK)
    if _may_have_lost_ink(page):
        return _doubtful(Doubt.NEAR_BLANK)
    return Status.BLANK, None, None


def _may_have_lost_ink(page: _Page) -> bool:
    """Tell whether this scan may show nothing where this person wrote something."""
    style, limits = page.style, page.limits
    visible = limits.weakest * style.fill.reach(limits.trace_fill)
    plain = PLAIN_FILL if style.bilevel else visible
    # Few marks or none: an empty form, or one whose pencil the scan has lost. A person tells.
    return not style.pen.is_established or style.pen.weakest < plain


def _with_one_mark(mark: BubbleReading, traces: list[BubbleReading], page: _Page) -> _Verdict:
    if any(_is_rival(one, mark, page) for one in traces):
        return _doubtful(Doubt.SEVERAL)
    if _is_unlike(mark, page):
        return _doubtful(Doubt.UNLIKE)
    return Status.READ, mark.value, None


def _is_rival(other: BubbleReading, mark: BubbleReading, page: _Page) -> bool:
    """Tell whether a weak trace could be an answer beside the sure mark."""
    style, limits = page.style, page.limits
    fills = style.pen.is_established and style.pen.open_share < 1 - limits.open_page
    if mark.mark is Mark.SOLID and not fills:
        # Who does not fill elsewhere may have withdrawn this one: any trace may be the answer.
        return True
    if not is_open(mark) and is_touched(other, page.bars):
        return True
    return other.mark is Mark.FAINT and _is_like_an_answer(other, mark, page)


def _is_like_an_answer(other: BubbleReading, mark: BubbleReading, page: _Page) -> bool:
    """Compare a faint trace with the sure mark beside it and with the page's other marks."""
    style, limits = page.style, page.limits
    if style.bilevel:
        # Black and white leaves only the darkest bits of a line: any bit may be all that is left.
        return True
    ink, darkness = style.fill.above(other.fill), style.peak.above(other.peak)
    if ink >= limits.rival_share * style.fill.above(mark.fill):
        return True
    if ink >= limits.marked_fill and darkness >= limits.pen_peak_share * style.peak.above(
        mark.peak
    ):
        return True
    return (
        style.pen.is_established
        and ink >= limits.pen_fill_share * style.pen.fill
        and darkness >= limits.pen_peak_share * style.pen.peak
    )


def _is_unlike(mark: BubbleReading, page: _Page) -> bool:
    """Tell whether a mark stands out: another pen, or a withdrawn bubble without its answer."""
    style, limits = page.style, page.limits
    if not _is_plain(style) and (style.bilevel or not is_open(mark)):
        # Where most marks were lost, a full bubble may be one withdrawn for an answer not seen;
        # black and white may show of it no more than its edge.
        return True
    if _is_stain(mark, page):
        return True
    if not style.pen.is_established:
        return False
    if mark.mark is Mark.SOLID and style.pen.open_share >= limits.open_page:
        return True
    darker = limits.pen_peak_share * style.peak.above(mark.peak) > style.pen.peak
    fuller = style.fill.above(mark.fill) > limits.unlike_fill * style.pen.fill
    return darker or (fuller and (style.bilevel or not is_open(mark)))


def _is_stain(mark: BubbleReading, page: _Page) -> bool:
    """Tell whether a mark may be a blot, a stain or what an eraser left: no stroke of this pen."""
    style, limits = page.style, page.limits
    outside = style.around.above(mark.around)
    spills = outside >= limits.blot_share * style.fill.above(mark.fill)
    dim = style.peak.above(mark.peak) < limits.dim_share * style.pen.peak
    flat = mark.solid >= limits.flat_share * mark.peak
    return (spills and (dim or outside >= limits.blot_around)) or (flat and dim)


def _is_plain(style: PageStyle) -> bool:
    """Tell whether the page shows this person's marks in most rows, and not in fragments."""
    fragments = style.bilevel and style.pen.weakest < PLAIN_FILL / 2
    return style.pen.is_established and not fragments


def _with_several(
    marked: list[BubbleReading], traces: list[BubbleReading], page: _Page
) -> _Verdict:
    """Apply the correction rule: exactly one not filled is the answer, if all is sure."""
    withdrawn = [one for one in marked if one.mark is Mark.SOLID]
    kept = [one for one in marked if one.mark is not Mark.SOLID]
    if len(kept) != 1:
        return _doubtful(Doubt.SEVERAL)
    answer, pen, limits = kept[0], page.style.pen, page.limits
    sure = (
        is_open(answer)
        and not any(one.mark is Mark.FAINT for one in traces)
        and pen.is_established
        and pen.open_share >= limits.open_page
        and all(answer.peak >= limits.corrected_share * one.peak for one in withdrawn)
    )
    if not sure:
        return _doubtful(Doubt.CORRECTION)
    return Status.CORRECTED, answer.value, None
