"""Plausible answers of dyads: two people who see one relationship, wave after wave."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layouts.model import ItemId, Role
from wamforms.instrument import FactorId, Instrument

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Population:
    """How the invented dyads hang together; every value a correlation or a share.

    Attributes
    ----------
    agreement
        Between client and professional on the same factor.
    stability
        Between one wave and the next for the same person.
    between_factors
        Between two factors of the same person.
    loading
        Of an item on its factor.
    missing
        Share of rows left out.
    lean
        Where the middle of the answers lies, in standard deviations above the
        middle of the scale; people are polite about each other.
    """

    agreement: float = 0.4
    stability: float = 0.65
    between_factors: float = 0.5
    loading: float = 0.75
    missing: float = 0.015
    lean: float = 0.35


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """What one person of one dyad means to answer at one wave; counts from 1."""

    dyad: int
    wave: int
    role: Role
    values: Mapping[ItemId, int | None]


def draw_answers(
    instrument: Instrument,
    dyads: int,
    waves: int,
    rng: np.random.Generator,
    population: Population | None = None,
) -> Iterator[FormAnswers]:
    """Yield the forms of every dyad: by dyad, then wave, then role."""
    people = Population() if population is None else population
    for dyad in range(1, dyads + 1):
        scores = _dyad(len(instrument.factors), waves, people, rng)
        for wave in range(waves):
            for row, role in enumerate(Role):
                by_factor = dict(zip(instrument.factors, scores[wave, row], strict=True))
                values = _form(instrument, by_factor, people, rng)
                yield FormAnswers(dyad, wave + 1, role, values)


def _dyad(factors: int, waves: int, people: Population, rng: np.random.Generator) -> Scores:
    """Draw factor scores of variance 1, shape (waves, 2 roles, factors)."""
    scores = _moment(factors, people, rng)[None].repeat(waves, axis=0)
    fresh = np.sqrt(1.0 - people.stability**2)
    for wave in range(1, waves):
        drift = _moment(factors, people, rng)
        scores[wave] = people.stability * scores[wave - 1] + fresh * drift
    return scores


def _moment(factors: int, people: Population, rng: np.random.Generator) -> Scores:
    """Draw both people's factors: shared or own, general or of the one factor."""
    own = rng.normal(size=(2, factors + 1))
    shared = rng.normal(size=(1, factors + 1))
    both = np.sqrt(people.agreement) * shared + np.sqrt(1.0 - people.agreement) * own
    general, single = both[:, :1], both[:, 1:]
    scores: Scores = (
        np.sqrt(people.between_factors) * general + np.sqrt(1.0 - people.between_factors) * single
    )
    return scores


def _form(
    instrument: Instrument,
    scores: Mapping[FactorId, float],
    people: Population,
    rng: np.random.Generator,
) -> dict[ItemId, int | None]:
    steps = sorted(instrument.scale.values)
    noise = np.sqrt(1.0 - people.loading**2) * rng.normal(size=len(instrument.items))
    left_out = rng.random(len(instrument.items)) < people.missing
    values: dict[ItemId, int | None] = {}
    for item, spread, missing in zip(
        instrument.items, noise.tolist(), left_out.tolist(), strict=True
    ):
        feeling = people.lean + people.loading * scores[item.factor] + spread
        # Four standard deviations from end to end: the outer options are used, but less.
        place = round((feeling / 4.0 + 0.5) * len(steps) - 0.5)
        value = steps[min(max(place, 0), len(steps) - 1)]
        values[item.id] = None if missing else instrument.scale.keyed(value, item.key)
    return values
