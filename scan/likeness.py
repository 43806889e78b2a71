"""Whether a mark is like the others of its page, and what beside it could be an answer.

All answers are margins as in `scan.marks`: positive where nobody needs to look.
"""

from dataclasses import dataclass

from scan.marks import FAR, Margin, Spot, over
from scan.page_style import PageStyle, is_open
from scan.results import Mark
from scan.thresholds import Thresholds

PLAIN_FILL = 0.09
"""On a black-and-white scan, marks at least this full were surely not lost in part."""

FEW, STRONG = 3, 2.0
"""So many rows with marks so many times a sure one show that nothing was lost, even
where they are too few to judge other marks by."""

CLEAN = 1.0
"""A bubble with this margin to any trace is no rival: a third of what a trace has."""

MIXED = 0.3
"""Share of crosses and ticks from which on evenly grey bubbles are looked at: who crosses
in some rows and seems to fill in others may have rubbed those out."""

LEAST_CROSSING, AS_MUCH_AGAIN = 0.0035, 2.0
"""Ink outside an outline that a line through it leaves at least, two standard deviations
of what noise does; and how much more than the page's own marks a plain one leaves."""

AS_DARK = 0.8
"""Marks of one pen in one row have at least this share of each other's darkness."""

LEAST_EVEN = 0.08
"""Ink from which evenness can be told: the lightest fifth of a bubble is then not noise."""


@dataclass(frozen=True, slots=True)
class Page:
    """All that is known of a page when its rows are judged.

    Attributes
    ----------
    rings
        How surely this person draws rings around bubbles all over the page.
    may_ring
        So many bubbles look ringed that this person may.
    faintest_ring
        Ink outside the outline, above empty bubbles, that nine in ten of the rings
        have at least.
    """

    style: PageStyle
    limits: Thresholds
    rings: Margin
    may_ring: bool
    faintest_ring: float

    @property
    def ringing(self) -> bool:
        """Whether a ring is an answer on this page."""
        return self.rings >= 0

    @property
    def has_open_marks(self) -> bool:
        """Whether crosses, ticks or dashes are what this person answers with."""
        pen, limits = self.style.pen, self.limits
        lines = not self.style.bilevel and pen.evenness <= limits.open_evenness
        return pen.is_established and (pen.open_share >= limits.open_page or lines)


def visibility(page: Page) -> Margin:
    """Tell how surely this scan shows something wherever this person wrote something."""
    style, limits, pen = page.style, page.limits, page.style.pen
    if page.ringing:
        return over(page.faintest_ring, limits.weakest * limits.trace_around)
    if page.may_ring:
        return -FAR
    if style.bilevel:
        return over(pen.weakest, PLAIN_FILL) if pen.is_established else -FAR
    if not pen.is_established:
        # An empty form, or one whose pencil the scan has lost: a person tells. Only a few
        # strong strokes tell as well; filled bubbles do not, they may be withdrawn.
        if pen.rows < FEW or pen.evenness >= limits.solid_share:
            return -FAR
        return min(
            over(pen.weakest, STRONG * limits.marked_fill),
            over(pen.weakest_peak, STRONG * limits.marked_peak),
        )
    fill = over(pen.weakest, style.fill.reach(limits.trace_fill))
    peak = over(pen.weakest_peak, style.peak.reach(limits.trace_peak))
    needed = over(limits.weakest, 1.0)
    return min(fill - needed / 2, peak - needed / 2, (fill + peak) / 2 - needed)


def no_rival(other: Spot, mark: Spot, page: Page) -> Margin:
    """Tell how surely a bubble beside a sure mark is no answer."""
    pen, limits = page.style.pen, page.limits
    fills = pen.is_established and pen.open_share < 1 - limits.open_page
    if other.clean >= CLEAN or (mark.mark is Mark.SOLID and not fills):
        # Who does not fill elsewhere may have withdrawn this one: any trace may be the answer.
        return other.clean
    ink = max(other.inkless, _unlike_an_answer(other, mark, page))
    touch = FAR if is_open(mark.one) else other.untouched
    return min(ink, touch, -other.ring_look)


def _unlike_an_answer(other: Spot, mark: Spot, page: Page) -> Margin:
    """Compare a trace with the sure mark beside it and with the page's other marks."""
    pen, limits = page.style.pen, page.limits
    if page.style.bilevel:
        # Black and white leaves only the darkest bits of a line: any bit may be all that is left.
        return other.less_than_faint
    beside = min(
        -over(other.fill, limits.rival_share * mark.fill), _no_other_half(other, mark, limits)
    )
    plain = max(
        -over(other.fill, limits.marked_fill), -over(other.peak, limits.pen_peak_share * mark.peak)
    )
    if not pen.is_established:
        return min(beside, plain)
    darkness = -over(other.peak, limits.pen_peak_share * pen.peak)
    # Dots differ in ink and not in darkness.
    usual = (
        darkness
        if pen.is_dots
        else max(-over(other.fill, limits.pen_fill_share * pen.fill), darkness)
    )
    return min(beside, plain, usual)


def _no_other_half(other: Spot, mark: Spot, limits: Thresholds) -> Margin:
    """Look for a mark that lies half outside its bubble, as dark as the sure one beside it."""
    half = other.fill + max(other.around, 0.0)
    less = -over(half, limits.rival_share * (mark.fill + max(mark.around, 0.0)))
    return max(less, -over(other.peak, AS_DARK * mark.peak))


def likeness(mark: Spot, page: Page) -> Margin:
    """Tell how surely a mark is one of this pen: no stain, and not withdrawn."""
    style, limits, pen = page.style, page.limits, page.style.pen
    bold = style.bilevel or not is_open(mark.one)
    if bold and not _is_plain(style):
        # Where most marks were lost, a full bubble may be one withdrawn for an answer not seen;
        # black and white may show of it no more than its edge.
        return -FAR
    if not pen.is_established:
        is_plain = _shows_what_was_written(page)
        return min(_no_stain(mark, page), _not_joined(mark, limits)) if is_plain else -FAR
    margins = [
        _no_stain(mark, page),
        _not_even_among_lines(mark, page),
        no_tail(mark, page),
        -over(limits.pen_peak_share * mark.peak, pen.peak),
    ]
    if bold:
        margins.append(-over(mark.fill, limits.unlike_fill * pen.fill))
    return min(margins)


def _not_even_among_lines(mark: Spot, page: Page) -> Margin:
    """Look for a withdrawn or rubbed-out bubble on a page of crosses and ticks."""
    if not (page.has_open_marks or page.style.pen.open_share >= MIXED):
        return FAR
    if mark.mark is Mark.SOLID:
        return -FAR
    even = -over(mark.one.solid, page.limits.solid_share * mark.one.peak)
    return max(even, -over(mark.fill, LEAST_EVEN))


def no_tail(mark: Spot, page: Page) -> Margin:
    """Tell how surely a mark is not the end of a line that was drawn for another row."""
    pen, limits = page.style.pen, page.limits
    least = max(limits.tail_around_share * mark.fill, LEAST_CROSSING)
    plain = max(limits.long_tail_around, AS_MUCH_AGAIN * pen.around)
    return min(
        _not_joined(mark, limits),
        max(over(mark.fill, limits.tail_fill_share * pen.fill), -over(mark.around, least)),
        max(over(mark.fill, limits.long_tail_share * pen.fill), -over(mark.around, plain)),
    )


def _not_joined(mark: Spot, limits: Thresholds) -> Margin:
    """Tell how surely no line from the row above or below ends in a bubble."""
    return -over(mark.one.joined, limits.joined_share * mark.peak)


def _no_stain(mark: Spot, page: Page) -> Margin:
    """Look for a blot, a stain or what an eraser left: no stroke of this pen."""
    pen, limits = page.style.pen, page.limits
    spills = -over(mark.around, limits.blot_share * mark.fill)
    dim = over(mark.peak, limits.dim_share * pen.peak)
    blot = -over(mark.around, max(limits.blot_around, limits.unlike_fill * pen.around))
    if pen.is_dots:  # no dot reaches its outline
        blot = -FAR
    flat = -over(mark.one.solid, limits.flat_share * mark.one.peak)
    # Where much was rubbed out the usual mark may be one of those; the darkest are not.
    pale = over(mark.peak, limits.dim_share * pen.darkest)
    return min(max(spills, min(dim, blot)), max(flat, pale))


def _shows_what_was_written(page: Page) -> bool:
    """Tell whether a page of many rows has more than a mark or two.

    Where a copier has lost the pencil, what is dark is a speck or a slip, and the answer beside
    it cannot be seen.
    """
    pen = page.style.pen
    return pen.needed <= FEW or pen.rows >= FEW


def _is_plain(style: PageStyle) -> bool:
    """Tell whether the page shows this person's marks in most rows, and not in fragments."""
    fragments = style.bilevel and style.pen.weakest < PLAIN_FILL / 2
    return style.pen.is_established and not fragments


def correction(answer: Spot, others: list[Spot], page: Page) -> Margin:
    """Tell how surely a mark is the answer that the other marks were withdrawn for."""
    pen, limits = page.style.pen, page.limits
    if page.style.bilevel or not page.has_open_marks:
        # Black and white makes a scribble look open.
        return -FAR
    alike = limits.pen_fill_share
    margins = [
        FAR
        if is_open(answer.one)
        else min(
            over(answer.fill, alike * pen.fill),
            -over(answer.fill, pen.fill / alike),
            -over(answer.one.solid, limits.open_evenness * answer.one.peak),
        )
    ]
    # One dark spot does not make a light pen plain.
    darkness = min(answer.peak, pen.peak)
    for one in others:
        if one.mark is Mark.SOLID:
            margins.append(over(darkness, limits.corrected_share * one.peak))
            margins.append(over(one.fill, limits.corrected_fill * answer.fill))
        else:
            margins.append(one.less_than_faint)
    return min(margins)
