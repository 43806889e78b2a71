"""From measures to marks, and from marks to an answer or a named doubt.

Sees numbers and no pixels, so that limits can change without a new scan. Every
bubble is judged against its own page: the empty bubbles say what empty looks
like in this scan, the clearly answered rows what this person's pen looks like.

Rules name what a row shows and what speaks against it (`scan.findings`); a
calibrated probability says how often such rows turned out that way
(`scan.certainty`). An answer is accepted if no rule objects and its probability
reaches `Thresholds.ask_below`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scan.agreement import Writing, both, writing_of
from scan.certainty import Guess, probability
from scan.findings import Finding, find, only_ring
from scan.likeness import Page
from scan.marks import FAR, Margin, Row, Spot, over, spots_of
from scan.page_style import page_style, tenth
from scan.results import ItemReading, Note, Status
from scan.thresholds import Thresholds


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """The items of a page, looked at together.

    Attributes
    ----------
    rows
        Their bubbles as they stand out from the empty ones.
    page
        What empty is like here, and what this person's pen does.
    writing
        The marks that the second witness has seen.
    """

    rows: Sequence[Row]
    page: Page
    writing: Writing

    def found(self, row: Row, item: ItemReading) -> Finding:
        """Say what the rules and the second witness make of a row, without a probability."""
        return both(find(row, self.page), row, item, self.page, self.writing)


def judge_page(
    items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds
) -> tuple[ItemReading, ...]:
    """Judge all items of a page; only their measures are used, not an earlier judgement."""
    return judge_items(items, look_at(items, notes, limits))


def judge_items(items: Sequence[ItemReading], looked: Looked) -> tuple[ItemReading, ...]:
    """Judge the items of a page that were looked at together."""
    return tuple(
        _reading(item, row, looked.found(row, item), looked.page.limits.ask_below)
        for item, row in zip(items, looked.rows, strict=True)
    )


def judge_beside(item: ItemReading, looked: Looked) -> ItemReading:
    """Judge one more row of a page, by what its items tell about pen and scan."""
    style, limits = looked.page.style, looked.page.limits
    (row,) = spots_of([item.bubbles], style, limits)
    return _reading(item, row, looked.found(row, item), limits.ask_below)


def findings(
    items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds
) -> list[tuple[Row, Finding]]:
    """Say what the rules and the second witness make of all items, without probabilities."""
    looked = look_at(items, notes, limits)
    return [(row, looked.found(row, item)) for row, item in zip(looked.rows, items, strict=True)]


def look_at(items: Sequence[ItemReading], notes: Sequence[Note], limits: Thresholds) -> Looked:
    """Look at all items of a page together; only their measures are used."""
    style = page_style([item.bubbles for item in items], notes, limits)
    rows = spots_of([item.bubbles for item in items], style, limits)
    rings = [ring for row in rows if (ring := only_ring(row)) is not None]
    looks = sum(1 for row in rows if any(spot.ring_look >= 0 for spot in row))
    page = Page(
        *(style, limits),
        rings=_rings(rings, max(style.pen.needed, style.pen.rows + 1)),
        may_ring=looks >= style.pen.needed,
        faintest_ring=tenth([ring.around for ring in rings]) if len(rings) > 1 else 0.0,
    )
    return Looked(rows, page, writing_of(rows, items))


def _rings(rings: Sequence[Spot], needed: int) -> Margin:
    """Tell how surely a person draws rings all over a page."""
    if len({ring.one.value for ring in rings}) < 2:
        # A streak or a fold passes the bubbles of one column; rings go where the answers are.
        return -FAR
    return over(len(rings), needed)


def _reading(item: ItemReading, row: Row, finding: Finding, ask_below: float) -> ItemReading:
    """Weigh what the rules have found."""
    chances = [probability(guess) for guess in finding.guesses]
    best = max(range(len(chances)), key=chances.__getitem__)
    guess, chance = finding.guesses[best], chances[best]
    is_settled = finding.status is not Status.DOUBT or finding.may_weigh
    bubbles = tuple(
        spot.one if spot.one.mark is spot.mark else replace(spot.one, mark=spot.mark)
        for spot in row
    )
    judged = replace(item, bubbles=bubbles, probability=chance)
    if is_settled and chance >= ask_below:
        status = _accepted(guess, finding)
        return replace(judged, status=status, value=guess.value, doubts=(), suggestion=None)
    return replace(
        judged,
        status=Status.DOUBT,
        value=None,
        doubts=(finding.doubt,),
        suggestion=guess.value,
    )


def _accepted(guess: Guess, finding: Finding) -> Status:
    if finding.status is not Status.DOUBT:
        return finding.status
    return Status.BLANK if guess.value is None else Status.READ
