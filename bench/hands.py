"""Who fills in the pages of a campaign: one function for each way of filling them in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from layouts.model import ItemId, PageLayout
from wamforms.practice.hard_marks import HardMark, Writer, answer_page_hard
from wamforms.practice.marks import Mark, MarkKind
from wamforms.practice.pens import COLOURS, LAMPS, PENCIL, PENS, Hand, any_hand
from wamforms.practice.people import (
    FAINT_STYLES,
    PLAIN,
    STYLES,
    FilledPage,
    Habits,
    Respondent,
    Truth,
    TruthKind,
    answer_page,
    any_respondent,
)

Answers = Mapping[ItemId, int | None]


@dataclass(frozen=True, slots=True)
class Written:
    """A filled-in page and, row by row, by what its results are counted."""

    page: FilledPage
    facets: tuple[Mapping[str, str], ...]


Fill = Callable[[PageLayout, Answers, np.random.Generator], Written]
"""Fills in a page with what somebody means to answer."""


def anybody(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
    """Let somebody fill it in who came in from the street."""
    return written(page, answers, any_respondent(rng), rng)


def written(
    page: PageLayout, answers: Answers, person: Respondent, rng: np.random.Generator
) -> Written:
    """Let a given person fill it in."""
    filled = answer_page(page, answers, person, rng)
    return Written(filled, _alike(filled, person.style.value, person.hand.pen.name))


def any_style(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
    """Let somebody fill it in whose style is as likely as any other, however rare it is."""
    style = list(STYLES)[int(rng.integers(len(STYLES)))]
    return written(page, answers, Respondent(style, _hand_for(style, rng)), rng)


def much_skipped(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
    """Leave every third row out."""
    person = any_respondent(rng, replace(Habits(), skips=0.33, touches=0.0))
    return written(page, answers, person, rng)


def styled(style: MarkKind | None) -> Fill:
    """Give every answer the same kind of mark and do nothing else; None leaves all blank."""

    def fill(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
        if style is None:
            return written(page, {}, Respondent(MarkKind.CROSS, any_hand(rng), PLAIN), rng)
        return written(page, answers, Respondent(style, _hand_for(style, rng), PLAIN), rng)

    return fill


def mixed(styles: Sequence[MarkKind | None]) -> Fill:
    """Give every row another kind of mark, drawn at random; None leaves the row blank."""

    def fill(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
        hand = any_hand(rng)
        marks: list[Mark] = []
        truths: list[Truth] = []
        facets: list[Mapping[str, str]] = []
        for group in page.groups:
            style = styles[int(rng.integers(len(styles)))]
            meant = None if style is None else answers.get(group.item)
            person = Respondent(style or MarkKind.CROSS, hand, PLAIN)
            row = answer_page(replace(page, groups=(group,)), {group.item: meant}, person, rng)
            marks += row.marks
            truths += row.truths
            facets.append({"style": "blank" if meant is None else str(style)})
        return Written(FilledPage(tuple(marks), tuple(truths)), tuple(facets))

    return fill


def hard(mark: HardMark, least: float, most: float) -> Fill:
    """Fill it in with marks that are hard in one way, as hard as drawn between two severities."""

    def fill(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
        writer = Writer.drawn(mark, float(rng.uniform(least, most)), rng)
        filled = answer_page_hard(page, answers, writer, rng)
        return Written(filled, _alike(filled, writer.style.value, writer.hand.pen.name))

    return fill


def coloured(lamps: Sequence[str]) -> Fill:
    """Write with coloured pens and scan by one of the lamps: grey is what the lamp makes of it."""

    def fill(page: PageLayout, answers: Answers, rng: np.random.Generator) -> Written:
        name = list(COLOURS)[int(rng.integers(len(COLOURS)))]
        lamp = lamps[int(rng.integers(len(lamps)))]
        pen = next(pen for pen in PENS if pen.name == name)
        seen = replace(pen.varied(rng), grey=COLOURS[name].grey(LAMPS[lamp]))
        person = any_respondent(rng)
        person = replace(person, hand=replace(person.hand, pen=seen))
        return written(page, answers, person, rng)

    return fill


def _hand_for(style: MarkKind, rng: np.random.Generator) -> Hand:
    hand = any_hand(rng)
    if style in FAINT_STYLES and not hand.pen.erasable:
        return replace(hand, pen=PENCIL.varied(rng))
    return hand


def _alike(filled: FilledPage, style: str, pen: str) -> tuple[Mapping[str, str], ...]:
    """Say of every row what is the same on the whole page; blank rows have no style."""
    blank = {TruthKind.SKIPPED, TruthKind.TOUCHED}
    return tuple(
        {"style": "blank" if truth.kind in blank else style, "pen": pen} for truth in filled.truths
    )
