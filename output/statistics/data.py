"""A study as the statistics see it: forms by person and moment, with answers and scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layouts.model import Role
from wamforms.instrument import FactorId, Instrument

Matrix = NDArray[np.float64]
"""Rows are forms or dyads, columns are items or factors; not a number where nothing is."""

ALL = "all"
"""In the column `domain`: all domains of the questionnaire together."""

DAYS_A_MONTH = 365.25 / 12

WHO = ("dyad", "domain", "role", "wave", "officer")
"""Columns of `Forms.who`."""

LANGUAGE = "en"
"""Language of factor names in the tables; where it is missing, the first one stands in."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Filled-in forms; row i of every part is about the same form.

    Attributes
    ----------
    who
        Columns `WHO`; `officer` is empty text where nobody is named.
    items
        Answers as printed, shape (forms, items); keys are not turned.
    scores
        Factor scores, shape (forms, factors).
    """

    who: pd.DataFrame
    items: Matrix
    scores: Matrix

    def __len__(self) -> int:
        return len(self.who)

    def at(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Forms":
        """Pick forms by a mask or by their places."""
        return Forms(
            self.who[rows] if rows.dtype == np.bool_ else self.who.iloc[rows],
            self.items[rows],
            self.scores[rows],
        )


@dataclass(frozen=True, slots=True)
class Pairs:
    """Both forms of each dyad and wave; row i of both is one dyad at one wave."""

    client: Forms
    professional: Forms

    def __len__(self) -> int:
        return len(self.client)

    def at(self, rows: NDArray[np.bool_]) -> "Pairs":
        """Pick pairs by a mask."""
        return Pairs(self.client.at(rows), self.professional.at(rows))


@dataclass(frozen=True, slots=True)
class Scheme:
    """Domains whose questionnaires share items, factors, keys and answer scale.

    Only such answers are ever put together; scores of scales with other numbers
    of points are never mixed.
    """

    name: str
    instruments: Mapping[str, Instrument]
    forms: Forms

    @property
    def instrument(self) -> Instrument:
        """The questionnaire of the first domain; it stands for all as to scoring."""
        return next(iter(self.instruments.values()))

    @property
    def factors(self) -> tuple[FactorId, ...]:
        """The factors, in the order of the columns of scores."""
        return self.instrument.factors

    @property
    def domains(self) -> tuple[str, ...]:
        """All together first, then each domain if there are several."""
        return (ALL, *self.instruments) if len(self.instruments) > 1 else (ALL,)

    @property
    def extremes(self) -> tuple[int, int]:
        """Lowest and highest answer."""
        values = self.instrument.scale.values
        return min(values), max(values)

    def columns_of(self, factor: FactorId) -> list[int]:
        """Say which columns of items belong to a factor."""
        return [at for at, item in enumerate(self.instrument.items) if item.factor == factor]

    def keyed(self, items: Matrix) -> Matrix:
        """Turn reverse-keyed answers round."""
        lowest, highest = self.extremes
        reverse = np.array([item.key < 0 for item in self.instrument.items])
        return np.where(reverse[None, :], lowest + highest - items, items)

    def compared(self, factor: FactorId) -> str:
        """Say whether a difference on a factor compares one construct or two."""
        client, professional = (self._name(role, factor) for role in Role)
        if client == professional:
            return "same construct"
        return f"two different constructs: {client} (client), {professional} (professional)"

    def _name(self, role: Role, factor: FactorId) -> str:
        one = self.instrument
        language = LANGUAGE if (role, LANGUAGE) in one.wordings else one.languages[0]
        return one.wordings[role, language].factors[factor]


@dataclass(frozen=True, slots=True)
class StudyData:
    """A whole study.

    Attributes
    ----------
    waves
        Name of each wave that occurs, by number.
    waiting
        Answers without a value because a person has to look.
    days
        When each wave is due, in days after the first; a wave of which nobody knows is left out.
    sealed
        Clients' forms that are in and not among these, for want of the research key.
    """

    schemes: tuple[Scheme, ...]
    waves: Mapping[int, str]
    waiting: int = 0
    days: Mapping[int, int] = field(default_factory=dict)
    sealed: int = 0


def by_domain(scheme: Scheme) -> Iterator[tuple[str, Forms]]:
    """Give the forms of all domains together and then of each."""
    for domain in scheme.domains:
        yield domain, scheme.forms.at(_of(scheme.forms, domain))


def by_moment(forms: Forms) -> Iterator[tuple[str, int, Forms]]:
    """Give the forms of each role and wave that occurs."""
    for role in Role:
        for wave in waves_of(forms):
            chosen = forms.at(_equal(forms, "role", role.value) & _equal(forms, "wave", wave))
            if len(chosen):
                yield role.value, wave, chosen


def waves_of(forms: Forms) -> list[int]:
    """List the waves that occur, in order."""
    return sorted({int(wave) for wave in forms.who["wave"].tolist()})


def pairs_of(forms: Forms) -> Pairs:
    """Bring the two forms of each dyad and wave together, by dyad and wave.

    A dyad of which only one form came back is in no pair.
    """
    places: dict[tuple[str, int], dict[str, int]] = {}
    who = forms.who
    columns = (who["dyad"].tolist(), who["wave"].tolist(), who["role"].tolist())
    for at, (dyad, wave, role) in enumerate(zip(*columns, strict=True)):
        places.setdefault((dyad, int(wave)), {})[role] = at
    whole = [places[key] for key in sorted(places) if len(places[key]) == len(Role)]
    client, professional = (
        forms.at(np.array([one[role.value] for one in whole], dtype=np.intp)) for role in Role
    )
    return Pairs(client, professional)


def pairs_by_wave(pairs: Pairs) -> Iterator[tuple[int, Pairs]]:
    """Give the pairs of each wave."""
    for wave in waves_of(pairs.client):
        yield wave, pairs.at(_equal(pairs.client, "wave", wave))


def cells_of(forms: Forms, name: str) -> list[str]:
    """Give a column of `Forms.who` as text."""
    return [str(value) for value in forms.who[name].tolist()]


def _of(forms: Forms, domain: str) -> NDArray[np.bool_]:
    if domain == ALL:
        return np.ones(len(forms), dtype=np.bool_)
    return _equal(forms, "domain", domain)


def _equal(forms: Forms, column: str, value: str | int) -> NDArray[np.bool_]:
    return np.array([one == value for one in forms.who[column].tolist()], dtype=np.bool_)


def finite(*columns: Matrix) -> tuple[Matrix, ...]:
    """Keep the rows in which every column has a number."""
    kept = np.all([np.isfinite(column) for column in columns], axis=0)
    return tuple(column[kept] for column in columns)
