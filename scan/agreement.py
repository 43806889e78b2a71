"""What the rules make of a row, held against what a second witness has seen in it.

The rules go by measures and limits, the witness (`scan.witness`) by what marks
look like. Their errors are of different kinds, so where both say the same, either
may be less sure than it would have to be alone; where the witness says
something else, a person looks, however sure the rules are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

from scan.certainty import Case, Guess, probability
from scan.findings import Finding
from scan.likeness import AS_MUCH_AGAIN, Page, no_tail, visibility
from scan.marks import FAR, Row, Spot, over
from scan.page_style import ESTABLISHED
from scan.results import Doubt, ItemReading, Mark, Status
from scan.thresholds import Thresholds

HEARD_OF_BLANKS = (Doubt.FAINT, Doubt.NEAR_BLANK)
"""Doubts of a blank that a witness may settle. Not ink around a bubble: it may be one of two rings.
And not whether a page without marks is an empty one or one that lost its pencil."""

BEYOND = (Doubt.UNLIKE, Doubt.OUTLINE)
"""Doubts of a mark that go beyond how much ink it has, unless the page is one of rings."""

MOST_ROWS = 2 / 3
"""A page on which the witness sees marks in so many rows shows how its person writes, also where
the rules know too few of them: a copier leaves crosses of which no measure is far from paper's."""

SEEN_AT_ALL = 3.0
"""Log-odds from which on such a row counts."""

FARTHEST_TAIL = -0.5
"""The end of a line from another row looks like a mark to a witness too: what the rules
take for one by more than this it does not settle."""

LINE_SHARE = 0.25
"""A mark with less than this share of the evenness of the page's marks is a line among fills: the
end of another row's line, if the rules take it for one at all, and no answer half outside."""

MUCH_AS_USUAL = 1.3
"""A filled bubble with less than so many times the ink of the page's marks is one of them, and
not a cross that was withdrawn by filling it: that has 1.7 times (`corrected_fill`)."""

PALE = 0.8
"""A mark with less than this share of the usual darkness may be a crease or the edge of a stain:
of five that the witness took for marks four had 0.50 to 0.68 of it, one 0.83."""

PASSING, PASSING_CREASE = 0.25, 0.10
"""Such a line runs on through the bubble: this share of its darkness leaves on two opposite
sides, where creases had 0.14 and 0.18 of it and stains 0.39 and 0.56. Of 355 pale marks that were
answers half had less than 0.03, and all but one in a hundred less than 0.21."""

Odds: TypeAlias = Mapping[int | None, float]
"""What the witness says of a row, by value, None for blank."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The marks of a page as the witness has found them, none if there are too few.

    Attributes
    ----------
    fill, peak
        Medians of their ink and darkness, above empty bubbles.
    """

    is_plain: bool = False
    fill: float = 0.0
    peak: float = 0.0

    def outshone_by(self, mark: Spot, page: Page) -> bool:
        """Tell whether a mark is far darker or fuller: a slip beside an answer that was lost."""
        limits = page.limits
        return (
            limits.dim_share * mark.peak > self.peak or mark.fill > limits.unlike_fill * self.fill
        )


def writing_of(rows: Sequence[Row], items: Sequence[ItemReading]) -> Writing:
    """Look at the marks that the witness has seen all over a page."""
    marks = [
        spot
        for row, item in zip(rows, items, strict=True)
        for spot, odds in zip(row, item.witness[:-1], strict=False)
        if odds >= SEEN_AT_ALL
    ]
    many = len(marks) >= max(ESTABLISHED, MOST_ROWS * len(rows))
    if not many or len({spot.one.value for spot in marks}) < 2:
        # What is in one column only may be a streak.
        return Writing()
    return Writing(True, median(spot.fill for spot in marks), median(spot.peak for spot in marks))


def both(finding: Finding, row: Row, item: ItemReading, page: Page, writing: Writing) -> Finding:
    """Hold a finding against what the second witness says, if there is one."""
    if not item.witness or page.style.bilevel:
        # Black and white leaves too little of a mark for anybody to know it by its looks.
        return finding
    values = [*(one.value for one in item.bubbles), None]
    said = _Said(
        dict(zip(values, item.witness, strict=True)),
        {spot.one.value: spot for spot in row},
        page,
        writing,
    )
    if finding.status is Status.DOUBT:
        return _supported(finding, said)
    guess, limits = finding.guesses[0], page.limits
    is_strange = said.may_be_paper(guess.value, finding)
    if said.odds[guess.value] < _least(guess.value, limits, is_strange=is_strange):
        return replace(finding, status=Status.DOUBT, doubt=Doubt.WITNESS, may_weigh=False)
    if probability(guess) < limits.ask_below and not is_strange:
        return replace(finding, guesses=(*finding.guesses, said.agreed(guess.value, finding)))
    return finding


def _least(value: int | None, limits: Thresholds, *, is_strange: bool) -> float:
    """Return the log-odds below which the witness objects to what the rules accept."""
    if is_strange:
        return limits.witness_sure_odd
    return limits.witness_least_blank if value is None else limits.witness_least


def _supported(finding: Finding, said: "_Said") -> Finding:
    """Let a probability decide where the witness supports what the rules think possible."""
    best = max(said.odds, key=said.odds.__getitem__)
    if said.odds[best] <= 0 or not said.is_possible(best, finding):
        return finding
    return replace(finding, guesses=(said.agreed(best, finding),), may_weigh=True)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the witness says of a row, and what there is to hold it against."""

    odds: Odds
    spots: Mapping[int, Spot]
    page: Page
    writing: Writing

    def agreed(self, value: int | None, finding: Finding) -> Guess:
        """Make the guess that both have come to."""
        limits = self.page.limits
        case = Case.AGREED_BLANK if value is None else Case.AGREED
        if self._is_odd(value, finding):
            needed = limits.witness_sure_odd
        elif self._is_nearly_sure(value, finding):
            needed = limits.witness_sure_too
        else:
            needed = limits.witness_sure
        return Guess(case, value, over(self.odds[value], needed))

    def _is_odd(self, value: int | None, finding: Finding) -> bool:
        """Tell whether a mark is not like the others of its page."""
        if value is None:
            return False
        rings = self.page.ringing
        usual = finding.doubt is Doubt.OUTLINE if rings else finding.doubt not in BEYOND
        if finding.status is Status.DOUBT and not usual:
            return True
        # As what an eraser left is.
        return not rings and self._is_lighter(self.spots[value], self.page.limits.dim_share)

    def _is_nearly_sure(self, value: int | None, finding: Finding) -> bool:
        """Tell whether the rules have nothing against it: one mark, or not even a trace."""
        if value is None:
            return all(spot.mark is Mark.EMPTY for spot in self.spots.values())
        return finding.status is Status.READ

    def is_possible(self, value: int | None, finding: Finding) -> bool:
        """Tell whether what the rules know leaves room for what the witness says."""
        known = any(guess.value == value and guess.margin > -FAR for guess in finding.guesses)
        if value is None:
            return known and finding.doubt in HEARD_OF_BLANKS
        two = any(guess.case is Case.SEVERAL for guess in finding.guesses)
        if two or self.may_be_paper(value, finding):
            # Which of two marks was meant, or whether it is one at all, is for a person to say.
            return False
        if self.page.ringing:
            return known
        if self.page.style.pen.is_established:
            mark = self.spots[value]
            if self._is_a_tail(mark) or self._is_dark(mark):
                return False
            if known or self._is_a_fill_among_lines(value, finding):
                return True
        return self._is_written_faintly()

    def may_be_paper(self, value: int | None, finding: Finding) -> bool:
        """Tell whether a mark may be a stain's edge or a crease: to a witness a light pen's lines.

        They run on over the outline where this pen's marks do not, or are lighter and pass
        through the bubble; where paper is not flat, also if hardly anything of them does.
        """
        if value is None or self.page.ringing:
            return False
        mark, style, limits = self.spots[value], self.page.style, self.page.limits
        usual = AS_MUCH_AGAIN * max(style.pen.around, 0.0)
        if mark.around - usual > limits.blot_share * mark.fill:
            return True
        may_crease = style.outline.spread > limits.flat_paper and finding.doubt is Doubt.FAINT
        passing = PASSING_CREASE if may_crease else PASSING
        return mark.one.through > passing * mark.peak and self._is_lighter(mark, PALE)

    def _is_a_tail(self, mark: Spot) -> bool:
        """Tell whether a mark is plainly the end of a line that was drawn for another row."""
        margin, usual = no_tail(mark, self.page), self.page.style.pen.evenness
        among_fills = usual >= self.page.limits.solid_share
        is_line = among_fills and mark.one.solid < LINE_SHARE * usual * mark.one.peak
        return margin < FARTHEST_TAIL or (margin < 0 and is_line)

    def _is_written_faintly(self) -> bool:
        """Tell whether only looks show the marks of this page, and nothing darker is in the row."""
        if visibility(self.page) >= 0 or not self.writing.is_plain:
            return False
        return not any(self.writing.outshone_by(spot, self.page) for spot in self.spots.values())

    def _is_a_fill_among_lines(self, value: int, finding: Finding) -> bool:
        """Tell whether nothing but its being even speaks against a mark."""
        mark, usual = self.spots[value], self.page.style.pen.fill
        full = finding.doubt is Doubt.UNLIKE and mark.mark is Mark.SOLID
        return full and not self.page.may_ring and mark.fill <= MUCH_AS_USUAL * usual

    def _is_dark(self, mark: Spot) -> bool:
        """Tell whether a mark is far darker than this pen's others: these may not be answers."""
        return self.page.limits.pen_peak_share * mark.peak > self.page.style.pen.peak

    def _is_lighter(self, mark: Spot, share: float) -> bool:
        """Tell whether a mark has less than a share of the darkness of this pen's others."""
        pen = self.page.style.pen
        usual = self.writing.peak if self.writing.is_plain else pen.peak
        known = self.writing.is_plain or pen.is_established
        return known and mark.peak < share * usual
