"""What the rules make of one row: what it may mean, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from scan.certainty import Case, Guess
from scan.likeness import Page, correction, likeness, no_rival, visibility
from scan.marks import FAR, Margin, Row, Spot, over
from scan.results import Doubt, Mark, Status


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules make of a row.

    Attributes
    ----------
    guesses
        What it may mean; the first is what the rules accept, if they accept any.
    status
        DOUBT where a rule objects, whatever the probability.
    doubt
        What speaks against it, or where nothing does, what would be first to.
    may_weigh
        Only how much ink makes a mark is in doubt: a probability may decide.
    """

    guesses: tuple[Guess, ...]
    status: Status
    doubt: Doubt
    may_weigh: bool = False


def find(row: Row, page: Page) -> Finding:
    """Apply the rules to one row."""
    marked = [spot for spot in row if spot.mark in (Mark.MARKED, Mark.SOLID)]
    ring = only_ring(row) if page.ringing else None
    if ring is not None:
        return Finding((_ring_guess(ring, row, page),), Status.READ, Doubt.OUTLINE)
    if not marked:
        return _without_a_mark(row, page)
    if page.ringing or page.may_ring:
        guess = Guess(_mark(page), _strongest(marked).one.value, -FAR)
        return Finding((guess,), Status.DOUBT, Doubt.UNLIKE)
    if len(marked) == 1:
        return _with_one_mark(marked[0], row, page)
    return _with_several(marked, row, page)


def only_ring(row: Row) -> Spot | None:
    """Return the one bubble of a row with a ring around it, if all others are empty."""
    touched = [spot for spot in row if spot.mark is not Mark.EMPTY]
    if len(touched) == 1 and touched[0].ring >= 0:
        return touched[0]
    return None


def _ring_guess(ring: Spot, row: Row, page: Page) -> Guess:
    others = min(spot.clean for spot in row if spot is not ring)
    return Guess(Case.RING, ring.one.value, min(ring.ring, page.rings, others))


def _mark(page: Page) -> Case:
    return Case.MARK_BILEVEL if page.style.bilevel else Case.MARK


def _blank(page: Page) -> Case:
    return Case.BLANK_BILEVEL if page.style.bilevel else Case.BLANK


def _strongest(spots: Sequence[Spot]) -> Spot:
    return max(spots, key=lambda spot: spot.fill)


def _without_a_mark(row: Row, page: Page) -> Finding:
    seen = visibility(page)
    blank = Guess(_blank(page), None, min(seen, *(spot.clean for spot in row)))
    traces = [spot for spot in row if spot.mark is not Mark.EMPTY]
    if not traces:
        status = Status.BLANK if seen >= 0 else Status.DOUBT
        return Finding((blank,), status, Doubt.NEAR_BLANK)
    doubt = _doubt_of_traces(traces)
    if doubt is Doubt.OUTLINE:
        ringed = max(traces, key=lambda spot: spot.around)
        return Finding((_ring_guess(ringed, row, page), blank), Status.DOUBT, doubt)
    candidate = _strongest(traces)
    margins = _of_one_mark(candidate, row, page)
    mark = Guess(_mark(page), candidate.one.value, min(margins.values()))
    may_weigh = min(seen, margins[Doubt.SEVERAL], margins[Doubt.UNLIKE]) >= 0
    return Finding((mark, blank), Status.DOUBT, doubt, may_weigh)


def _doubt_of_traces(traces: Sequence[Spot]) -> Doubt:
    if any(spot.mark is Mark.FAINT for spot in traces):
        return Doubt.FAINT
    touched = any(spot.untouched < 0 for spot in traces)
    return Doubt.OUTLINE if touched else Doubt.NEAR_BLANK


def _of_one_mark(mark: Spot, row: Row, page: Page) -> dict[Doubt, Margin]:
    """Give the margin of every doubt that a row with one mark may raise, the gravest first."""
    return {
        Doubt.SEVERAL: min(no_rival(spot, mark, page) for spot in row if spot is not mark),
        Doubt.UNLIKE: likeness(mark, page),
        Doubt.FAINT: mark.sure,
    }


def _with_one_mark(mark: Spot, row: Row, page: Page) -> Finding:
    margins = _of_one_mark(mark, row, page)
    guess = Guess(_mark(page), mark.one.value, min(margins.values()))
    against = [doubt for doubt, margin in margins.items() if margin < 0]
    if against:
        return Finding((guess,), Status.DOUBT, against[0])
    return Finding((guess,), Status.READ, min(margins, key=margins.__getitem__))


def _with_several(marked: Sequence[Spot], row: Row, page: Page) -> Finding:
    """Apply the correction rule: exactly one not filled is the answer, if all is sure."""
    kept = [spot for spot in marked if spot.mark is not Mark.SOLID]
    if len(kept) != 1:
        second, first = sorted(marked, key=lambda spot: spot.fill)[-2:]
        guess = Guess(Case.SEVERAL, first.one.value, over(first.fill, second.fill))
        return Finding((guess,), Status.DOUBT, Doubt.SEVERAL)
    answer = kept[0]
    margin = correction(answer, [spot for spot in row if spot is not answer], page)
    guess = Guess(Case.CORRECTION, answer.one.value, margin)
    return Finding((guess,), Status.CORRECTED if margin >= 0 else Status.DOUBT, Doubt.CORRECTION)
