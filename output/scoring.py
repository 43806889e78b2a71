"""Answers to factor scores: one mean per factor, never a total."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from layouts.model import ItemId
from scan.adjudicate import Answer
from scan.results import Status
from wamforms.instrument import FactorId, Instrument, Item

_ROUNDING = 1e-9
"""Keeps 0.7 of 10 items at 7 although the product is a hair more in binary."""


class ScoreState(StrEnum):
    """Why a factor has a score, or has none."""

    SCORED = "scored"
    WAITS = "waits for a person"
    PAGE_MISSING = "page missing"
    TOO_FEW = "too few answered"
    WITHHELD = "withheld by consent"
    """Only in what some readers receive (`output.consent`); scoring never withholds."""


@dataclass(frozen=True, slots=True)
class FactorScore:
    """One factor of one filled-in form.

    Attributes
    ----------
    score
        Mean of the answered items after turning reverse-keyed ones round; None
        unless `state` is SCORED.
    answered, items
        How many of the factor's items have a value, of how many.
    """

    factor: FactorId
    score: float | None
    answered: int
    items: int
    state: ScoreState


def score(
    instrument: Instrument,
    answers: Iterable[Answer],
    *,
    not_printed: Set[ItemId] = frozenset(),
) -> tuple[FactorScore, ...]:
    """Score every factor of one person at one wave.

    A factor is never scored around an open question: while one of its items
    waits for a person, or stands on a page that was not scanned, it has no
    score, even if enough others are answered.

    Parameters
    ----------
    instrument : Instrument
        Which items belong to which factor, their keys, the missing rule.
    answers : iterable of Answer
        Of all scanned pages of the form.
    not_printed : set of ItemId
        Items this edition of the form leaves out; they count as not answered.
    """
    known = {answer.item: answer for answer in answers}
    return tuple(
        _factor(instrument, factor, instrument.items_of(factor), known, not_printed)
        for factor in instrument.factors
    )


def _factor(
    instrument: Instrument,
    factor: FactorId,
    items: tuple[Item, ...],
    known: Mapping[ItemId, Answer],
    not_printed: Set[ItemId],
) -> FactorScore:
    keyed = [
        instrument.scale.keyed(value, item.key)
        for item in items
        if item.id in known and (value := known[item.id].value) is not None
    ]
    state = _state(items, known, not_printed)
    if state is ScoreState.SCORED and not _is_enough(len(keyed), len(items), instrument):
        state = ScoreState.TOO_FEW
    mean = sum(keyed) / len(keyed) if state is ScoreState.SCORED else None
    return FactorScore(factor, mean, len(keyed), len(items), state)


def _state(
    items: tuple[Item, ...], known: Mapping[ItemId, Answer], not_printed: Set[ItemId]
) -> ScoreState:
    """Say whether every item is decided; the number answered is looked at later."""
    expected = [item.id for item in items if item.id not in not_printed]
    if any(item not in known for item in expected):
        return ScoreState.PAGE_MISSING
    if any(known[item].status is Status.DOUBT for item in expected):
        return ScoreState.WAITS
    return ScoreState.SCORED


def _is_enough(answered: int, items: int, instrument: Instrument) -> bool:
    return answered > 0 and answered >= instrument.minimum_share * items - _ROUNDING
