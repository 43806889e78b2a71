"""What the rules make of a row, held against what a second witness has seen in it.

The rules go by measures and limits, the witness (`scan.witness`) by what marks
look like. Their errors are of different kinds, so where both say the same, either
may be less sure than it would have to be alone; where the witness says
something else, a person looks, however sure the rules are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scan.certainty import Case, Guess, probability
from scan.findings import Finding
from scan.likeness import Page, no_tail
from scan.marks import FAR, Row, Spot, over
from scan.results import Doubt, ItemReading, Status

HEARD = (Doubt.FAINT, Doubt.NEAR_BLANK, Doubt.SEVERAL)
"""Doubts that a second witness may settle. Not those about what lies beyond the bubble, as it
sees no more than that: the end of a line drawn for another row looks like a mark, and a ring may
be one of two."""

SINGLE = (Case.MARK, Case.BLANK)
"""Guesses that it may support. Which of two marks was meant is for a person to say, and so is
whether a page without marks is an empty one or one that lost its pencil: its blanks have
no margin at all."""


def both(finding: Finding, row: Row, item: ItemReading, page: Page) -> Finding:
    """Hold a finding against what the second witness says, if there is one."""
    if not item.witness or page.style.bilevel:
        # Black and white leaves too little of a mark for anybody to know it by its looks.
        return finding
    said = _Said(
        dict(zip([*(one.value for one in item.bubbles), None], item.witness, strict=True)),
        {spot.one.value: spot for spot in row},
        page,
    )
    if finding.status is Status.DOUBT:
        return _supported(finding, said)
    guess, limits = finding.guesses[0], page.limits
    least = limits.witness_least_blank if guess.value is None else limits.witness_least
    if said.odds[guess.value] < least:
        return replace(finding, status=Status.DOUBT, doubt=Doubt.WITNESS, may_weigh=False)
    if guess.case in SINGLE and probability(guess) < limits.ask_below:
        return replace(finding, guesses=(*finding.guesses, said.agreed(guess)))
    return finding


def _supported(finding: Finding, said: "_Said") -> Finding:
    """Let a probability decide where the witness supports one of the guesses."""
    known = [guess for guess in finding.guesses if guess.case in SINGLE and guess.margin > -FAR]
    if not known or finding.doubt not in HEARD:
        return finding
    best = max(known, key=lambda guess: said.odds[guess.value])
    if said.odds[best.value] <= 0 or said.comes_from_beyond(best):
        return finding
    return replace(finding, guesses=(said.agreed(best),), may_weigh=True)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the witness says of a row, by value, None for blank; and what the rules go by."""

    odds: Mapping[int | None, float]
    spots: Mapping[int, Spot]
    page: Page

    def agreed(self, guess: Guess) -> Guess:
        """Make the guess that both have come to."""
        limits, odds = self.page.limits, self.odds[guess.value]
        if guess.value is None:
            return Guess(Case.AGREED_BLANK, None, over(odds, limits.witness_sure_blank))
        dim = self._is_dim(self.spots[guess.value])
        needed = limits.witness_sure_dim if dim else limits.witness_sure
        return Guess(Case.AGREED, guess.value, over(odds, needed))

    def comes_from_beyond(self, guess: Guess) -> bool:
        """Tell whether the rules take a mark for the end of a line from another row."""
        if guess.value is None or not self.page.style.pen.is_established:
            return False
        return no_tail(self.spots[guess.value], self.page) < 0

    def _is_dim(self, mark: Spot) -> bool:
        """Tell whether a mark is lighter than this pen's others, as what an eraser left is."""
        pen = self.page.style.pen
        return pen.is_established and mark.peak < self.page.limits.dim_share * pen.peak
