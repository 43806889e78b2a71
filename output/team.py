"""What a team receives: figures of groups, none of few dyads, none of one professional."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

import pandas as pd

from output.pairs import DIFFERENCE, PREFIXES, Pair
from output.sheets import Sheet
from output.tables import REAL, TEXT, WHOLE, Cell, Kind, frame, rounded
from output.wordings import comparison
from wamforms.instrument import FactorId, Instrument

LEAST_DYADS = 5
"""Fewer of them could be recognised by colleagues who know the caseload."""

LEAST_OFFICERS = 2
"""The figure of one professional's caseload would be a figure of that professional."""

SUPPRESSED = f"fewer than {LEAST_DYADS} dyads, or all of one professional"

_HEAD: dict[str, Kind] = {"domain": TEXT, "role": TEXT, "wave": WHOLE}

TEAM_RETURNS: dict[str, Kind] = {**_HEAD, "forms_in": WHOLE, "suppressed": TEXT}
"""Columns of `team_returns.csv`: one row per domain, role and wave."""

TEAM_FACTORS: dict[str, Kind] = {
    **{**_HEAD, "factor": TEXT, "n": WHOLE, "mean": REAL, "sd": REAL, "mean_100": REAL},
    **{"points": WHOLE, "suppressed": TEXT},
}
"""Columns of `team_factors.csv`: one row per domain, role, wave and factor."""

TEAM_DIFFERENCES: dict[str, Kind] = {
    **{"domain": TEXT, "wave": WHOLE, "factor": TEXT, "n": WHOLE, "mean_difference": REAL},
    **{"mean_absolute_difference": REAL, "points": WHOLE, "compares": TEXT, "suppressed": TEXT},
}
"""Columns of `team_differences.csv`: one row per domain, wave and factor."""


@dataclass(slots=True)
class _Group:
    """Sums over the dyads of one cell."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    absolute: float = 0.0
    officers: set[str] = field(default_factory=set)

    def add(self, value: float, officer: str | None) -> None:
        self.n += 1
        self.total += value
        self.squares += value * value
        self.absolute += abs(value)
        if officer:
            self.officers.add(officer)

    @property
    def is_shown(self) -> bool:
        """Whether it says nothing about anybody; where no officer is named, none can be told."""
        is_mixed = not self.officers or len(self.officers) >= LEAST_OFFICERS
        return self.n >= LEAST_DYADS and is_mixed

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def sd(self) -> float:
        return sqrt(max(0.0, (self.squares - self.n * self.mean**2) / (self.n - 1)))


class TeamFigures:
    """Collects the figures of all dyads, a portion at a time."""

    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        self._instruments = instruments
        self._returns: dict[tuple[str, str, int], _Group] = {}
        self._scores: dict[tuple[str, str, int, str], _Group] = {}
        self._differences: dict[tuple[str, int, str], _Group] = {}

    def add(self, sheets: Iterable[Sheet], pairs: Iterable[Pair]) -> None:
        """Take in a portion; scores that a client withholds are not in its cells."""
        for sheet in sheets:
            where = (sheet.domain, sheet.role.value, sheet.wave)
            self._returns.setdefault(where, _Group()).add(1, sheet.officer)
        for pair in pairs:
            for factor in self._instruments[pair.domain].factors:
                for role, prefix in PREFIXES.items():
                    score = pair.cells.get(prefix + factor)
                    if isinstance(score, float):
                        of_role = (pair.domain, role.value, pair.wave, factor)
                        self._scores.setdefault(of_role, _Group()).add(score, pair.officer)
                difference = pair.cells.get(DIFFERENCE + factor)
                if isinstance(difference, float):
                    of_pair = (pair.domain, pair.wave, factor)
                    self._differences.setdefault(of_pair, _Group()).add(difference, pair.officer)

    def tables(self, language: str) -> dict[str, pd.DataFrame]:
        """Make the tables; what is suppressed has a row and no figure."""
        return {
            "team_returns": frame(
                TEAM_RETURNS,
                [
                    (*where, *((one.n, None) if one.is_shown else (None, SUPPRESSED)))
                    for where, one in sorted(self._returns.items())
                ],
            ),
            "team_factors": frame(
                TEAM_FACTORS,
                [
                    (*where, *self._score(where[0], one))
                    for where, one in sorted(self._scores.items())
                ],
            ),
            "team_differences": frame(
                TEAM_DIFFERENCES,
                [
                    (*where, *self._difference(where[0], FactorId(where[2]), one, language))
                    for where, one in sorted(self._differences.items())
                ],
            ),
        }

    def _score(self, domain: str, one: _Group) -> tuple[Cell, ...]:
        scale = self._instruments[domain].scale
        if not one.is_shown:
            return (*(None,) * 4, scale.points, SUPPRESSED)
        means = (rounded(one.mean), rounded(one.sd), rounded(scale.rescaled(one.mean)))
        return (one.n, *means, scale.points, None)

    def _difference(
        self, domain: str, factor: FactorId, one: _Group, language: str
    ) -> tuple[Cell, ...]:
        instrument = self._instruments[domain]
        compares = comparison(instrument, factor, language) or "the same construct"
        end = (instrument.scale.points, compares)
        if not one.is_shown:
            return (*(None,) * 3, *end, SUPPRESSED)
        return (one.n, rounded(one.mean), rounded(one.absolute / one.n), *end, None)
