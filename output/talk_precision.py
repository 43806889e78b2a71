"""How precisely a study measures each factor, learnt from all its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layouts.model import Role
from output.sheets import Sheet
from output.statistics.reliability import alpha
from output.statistics.stat_table import STEADY_FROM, NotEstimableError
from output.statistics.waves import RELIABLE
from wamforms.instrument import FactorId, Instrument

Moment = tuple[str, Role, int, FactorId]
"""Domain, role, wave and factor."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Reliability and spread of one factor among the forms of one role and wave."""

    alpha: float
    spread: float

    @property
    def error(self) -> float:
        """Standard error of one score: SD x sqrt(1 - alpha)."""
        return float(self.spread * np.sqrt(1 - self.alpha))

    def is_beyond_change(self, change: float) -> bool:
        """Tell whether a person's change is reliable (Jacobson and Truax 1991)."""
        return self.is_beyond(change, self)

    def is_beyond(self, difference: float, other: "Precision") -> bool:
        """Tell whether two scores differ by more than 1.96 standard errors of a difference."""
        return abs(difference) > RELIABLE * float(np.hypot(self.error, other.error))


def learn(
    sheets: Sequence[Sheet], instruments: Mapping[str, Instrument]
) -> dict[Moment, Precision]:
    """Learn the precision of every factor at every moment that has enough complete forms."""
    rows: dict[Moment, list[list[int]]] = {}
    for sheet in sheets:
        instrument = instruments[sheet.domain]
        values = {one.item: one.value for one in sheet.answers}
        for factor in instrument.factors:
            items = [(values.get(one.id), one.key) for one in instrument.items_of(factor)]
            given = [instrument.scale.keyed(v, key) for v, key in items if v is not None]
            if len(given) == len(items):
                rows.setdefault((sheet.domain, sheet.role, sheet.wave, factor), []).append(given)
    found = ((key, _precision(np.array(given, dtype=float))) for key, given in rows.items())
    return {key: one for key, one in found if one is not None}


def _precision(items: NDArray[np.float64]) -> Precision | None:
    """Give the precision; None with too few forms, or if alpha is no share of anything."""
    if len(items) < STEADY_FROM:
        return None
    try:
        value = alpha(items)
    except NotEstimableError:
        return None
    if not 0 < value < 1:
        return None
    return Precision(value, float(items.mean(axis=1).std(ddof=1)))
