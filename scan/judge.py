"""From measures to marks, and from marks to an answer or a named doubt.

Sees numbers and no pixels, so that limits can change without a new scan. Every
bubble is judged against its own page: the empty bubbles say what empty looks
like in this scan, the answered rows say what this person's pen looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from scan.results import BubbleReading, Doubt, ItemReading, Mark, Note, Status


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits between empty, faint and marked, as ink above this page's empty bubbles.

    Found on 1,108 marks of real people laid over our forms and on simulated
    ones (`bench/`); a person is asked between `faint` and `marked`.

    Attributes
    ----------
    faint_fill, marked_fill
        Mean ink inside the bubble. A pencil line of 1 mm width across it is about 0.2.
    faint_peak, marked_peak
        Ink of the darkest pen-wide spot.
    pen_share
        A mark must be this dark compared with the page's other marks.
    rival_share
        A second trace this weak beside a sure mark is a slip or an erasure.
    solid_share, solid_fill
        From these on a bubble is surely filled: evenness against its peak, and ink.
    open_share, open_fill
        Up to these a mark is surely a cross, tick or dash.
    outline_loss
        An empty bubble whose outline is this much worse than the others is damaged.
    around
        Ink outside the outline that speaks of a circle, a blot or a slip.
    """

    faint_fill: float = 0.018
    marked_fill: float = 0.05
    faint_peak: float = 0.16
    marked_peak: float = 0.20
    pen_share: float = 0.42
    rival_share: float = 0.30
    solid_share: float = 0.40
    solid_fill: float = 0.40
    open_share: float = 0.22
    open_fill: float = 0.38
    outline_loss: float = 0.12
    around: float = 0.10


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What empty bubbles and this person's marks look like on one page.

    Attributes
    ----------
    fill, peak, outline
        Medians over the bubbles that are surely empty.
    noise
        Spread of their fill (1.48 MAD, which is a standard deviation for noise).
    pen_peak, pen_fill
        Medians over the darkest bubble of every answered row; 0 if there is none.
    weakest
        Smallest fill among those.
    answered
        How many rows carry a mark.
    bilevel
        The scan knows black and white only, so light pencil may be lost.
    """

    fill: float
    peak: float
    outline: float
    noise: float
    pen_peak: float
    pen_fill: float
    weakest: float
    answered: int
    bilevel: bool


LEAST_NOISE = 0.0015
"""Spread taken for granted where empty bubbles are all alike (a clean rendering)."""

NOISE_REACH = 6.0
"""Empty bubbles stay under this many standard deviations: once in 10^9 for noise."""

LEAST_PEN = 5
"""So many answers show a person's pen; fewer leave blanks on a bilevel scan in doubt."""

PLAIN_FILL = 0.09
"""On a bilevel scan, marks at least this full were surely not lost in part."""


def page_style(
    rows: Sequence[Sequence[BubbleReading]], notes: Sequence[Note], limits: Thresholds
) -> PageStyle:
    """Learn from a page what empty and what marked looks like on it."""
    empty = [one for row in rows for one in _lighter_half(row)]
    fill, peak = median(one.fill for one in empty), median(one.peak for one in empty)
    spread = 1.48 * median(abs(one.fill - fill) for one in empty)
    leaders = [max(row, key=lambda one: one.fill) for row in rows]
    marks = [
        one
        for one in leaders
        if one.fill - fill >= limits.marked_fill and one.peak - peak >= limits.marked_peak / 2
    ]
    return PageStyle(
        fill=fill,
        peak=peak,
        outline=median(one.outline for one in empty),
        noise=max(spread, LEAST_NOISE),
        pen_peak=median(one.peak - peak for one in marks) if marks else 0.0,
        pen_fill=median(one.fill - fill for one in marks) if marks else 0.0,
        weakest=min((one.fill - fill for one in marks), default=0.0),
        answered=len(marks),
        bilevel=Note.BILEVEL in notes,
    )


def _lighter_half(row: Sequence[BubbleReading]) -> list[BubbleReading]:
    return sorted(row, key=lambda one: one.fill)[: max(1, len(row) // 2)]


def mark_of(one: BubbleReading, page: PageStyle, limits: Thresholds) -> Mark:
    """Name what one bubble's measures amount to on this page."""
    fill, peak = one.fill - page.fill, one.peak - page.peak
    quiet = max(limits.faint_fill, NOISE_REACH * page.noise)
    dark = max(limits.marked_peak, limits.pen_share * page.pen_peak)
    if fill >= max(limits.marked_fill, quiet) and peak >= dark:
        return Mark.SOLID if _is_solid(one, limits) else Mark.MARKED
    if fill >= quiet or peak >= limits.faint_peak or _is_touched(one, page, limits):
        return Mark.FAINT
    return Mark.EMPTY


def _is_solid(one: BubbleReading, limits: Thresholds) -> bool:
    return one.fill >= limits.solid_fill and one.solid >= limits.solid_share * one.peak


def _is_open(one: BubbleReading, limits: Thresholds) -> bool:
    return one.fill <= limits.open_fill and one.solid <= limits.open_share * one.peak


def _is_touched(one: BubbleReading, page: PageStyle, limits: Thresholds) -> bool:
    """Tell whether something lies on or around the outline: a circle, a blot, a tear."""
    return one.around >= limits.around or one.outline < page.outline - limits.outline_loss


def judge_page(
    items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds
) -> tuple[ItemReading, ...]:
    """Judge all items of a page; only their measures are used, not an earlier judgement."""
    page = page_style([item.bubbles for item in items], notes, limits)
    return tuple(judge(item, page, limits) for item in items)


def judge(item: ItemReading, page: PageStyle, limits: Thresholds) -> ItemReading:
    """Turn one item's measures into an answer, a blank or named doubts."""
    bubbles = tuple(replace(one, mark=mark_of(one, page, limits)) for one in item.bubbles)
    marked = [one for one in bubbles if one.mark in (Mark.MARKED, Mark.SOLID)]
    faint = [one for one in bubbles if one.mark is Mark.FAINT]
    if not marked:
        status, value, doubts = _without_a_mark(faint, page, limits)
    elif len(marked) == 1:
        status, value, doubts = _with_one_mark(marked[0], faint, page, limits)
    else:
        status, value, doubts = _with_several(marked, faint, page, limits)
    return ItemReading(item.item, status, value, tuple(sorted(doubts)), bubbles)


_Verdict = tuple[Status, int | None, set[Doubt]]


def _doubtful(*doubts: Doubt) -> _Verdict:
    return Status.DOUBT, None, set(doubts)


def _without_a_mark(faint: list[BubbleReading], page: PageStyle, limits: Thresholds) -> _Verdict:
    if not faint:
        if page.bilevel and (page.answered < LEAST_PEN or page.weakest < PLAIN_FILL):
            return _doubtful(Doubt.NEAR_BLANK)
        return Status.BLANK, None, set()
    if all(one.fill - page.fill < limits.faint_fill for one in faint):
        touched = any(_is_touched(one, page, limits) for one in faint)
        return _doubtful(Doubt.OUTLINE if touched else Doubt.NEAR_BLANK)
    return _doubtful(Doubt.FAINT)


def _with_one_mark(
    mark: BubbleReading, faint: list[BubbleReading], page: PageStyle, limits: Thresholds
) -> _Verdict:
    if any(_is_rival(one, mark, page, limits) for one in faint):
        return _doubtful(Doubt.SEVERAL)
    return Status.READ, mark.value, set()


def _is_rival(
    other: BubbleReading, mark: BubbleReading, page: PageStyle, limits: Thresholds
) -> bool:
    """Tell whether a weak trace could be an answer beside the sure mark."""
    share = (other.fill - page.fill) / (mark.fill - page.fill)
    darkness = (other.peak - page.peak) / (mark.peak - page.peak)
    if share >= limits.rival_share or _is_touched(other, page, limits):
        return True
    # Black and white leaves only the darkest bits of a line: any bit may be all that is left.
    enough = 0.0 if page.bilevel else limits.marked_fill
    return other.fill - page.fill >= enough and darkness >= limits.pen_share


def _with_several(
    marked: list[BubbleReading],
    faint: list[BubbleReading],
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
        _is_open(answer, limits)
        and not faint
        and page.pen_fill <= limits.open_fill
        and all(answer.peak >= limits.pen_share * one.peak for one in withdrawn)
    )
    if not sure:
        return _doubtful(Doubt.CORRECTION)
    return Status.CORRECTED, answer.value, set()
