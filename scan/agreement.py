"""What the rules make of a row, held against what a second witness has seen in it.

The rules go by measures and limits, the witness (`scan.witness`) by what marks
look like. Their errors are of different kinds, so where both say the same, either
may be less sure than it would have to be alone; where the witness says
something else, a person looks, however sure the rules are.
"""

from dataclasses import replace

from scan.certainty import Case, Guess, probability
from scan.findings import Finding
from scan.likeness import Page
from scan.marks import FAR, over
from scan.results import Doubt, ItemReading, Status

HEARD = (Doubt.FAINT, Doubt.NEAR_BLANK, Doubt.UNLIKE, Doubt.OUTLINE, Doubt.SEVERAL)
"""Doubts that a second witness may settle."""

SINGLE = (Case.MARK, Case.BLANK, Case.RING)
"""Guesses that it may support. Which of two marks was meant is for a person to say, and so is
whether a page without marks is an empty one or one that lost its pencil: its blanks have
no margin at all."""


def both(finding: Finding, item: ItemReading, page: Page) -> Finding:
    """Hold a finding against what the second witness says, if there is one."""
    if not item.witness or page.style.bilevel:
        # Black and white leaves too little of a mark for anybody to know it by its looks.
        return finding
    said = dict(zip([*(one.value for one in item.bubbles), None], item.witness, strict=True))
    if finding.status is Status.DOUBT:
        return _supported(finding, said, page)
    guess, limits = finding.guesses[0], page.limits
    least = limits.witness_least_blank if guess.value is None else limits.witness_least
    if said[guess.value] < least:
        return replace(finding, status=Status.DOUBT, doubt=Doubt.WITNESS, may_weigh=False)
    if guess.case in SINGLE and probability(guess) < limits.ask_below:
        return replace(finding, guesses=(*finding.guesses, _agreed(guess, said, page)))
    return finding


def _supported(finding: Finding, said: dict[int | None, float], page: Page) -> Finding:
    """Let a probability decide where the witness supports one of the guesses."""
    known = [guess for guess in finding.guesses if guess.case in SINGLE and guess.margin > -FAR]
    if not known or finding.doubt not in HEARD:
        return finding
    best = max(known, key=lambda guess: said[guess.value])
    if said[best.value] <= 0:
        return finding
    return replace(finding, guesses=(_agreed(best, said, page),), may_weigh=True)


def _agreed(guess: Guess, said: dict[int | None, float], page: Page) -> Guess:
    limits, odds = page.limits, said[guess.value]
    if guess.value is None:
        return Guess(Case.AGREED_BLANK, None, over(odds, limits.witness_sure_blank))
    return Guess(Case.AGREED, guess.value, over(odds, limits.witness_sure))
