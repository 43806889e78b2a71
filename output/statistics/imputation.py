"""Multiple imputation of single answers by statsmodels, and Rubin's rules; only when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from output.statistics.data import Forms, Matrix, Scheme, StudyData, by_moment
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library
from output.statistics.source import scores_of

_CYCLES = 5
"""Rounds through all items before a set is taken; chained equations settle within 5 to 10."""

_DONORS = 5
"""People among whom an answer is drawn (predictive mean matching; van Buuren 2018, 3.4)."""

_SPARE = 10
"""A block needs this many forms more than items, or the regressions have no freedom left."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """An estimate from several imputed sets, with its 95 % interval."""

    value: float
    error: float
    low: float
    high: float
    p: float
    missing_information: float


@dataclass(frozen=True, slots=True)
class Imputed:
    """A study filled in several times.

    Attributes
    ----------
    sets
        The whole study, once per imputation.
    remarks
        What was filled in and what could not be, one sentence each.
    """

    sets: tuple[StudyData, ...]
    remarks: tuple[str, ...]


def pooled(values: Sequence[float], errors: Sequence[float]) -> Pooled:
    """Pool estimates and their standard errors by Rubin's rules (1987).

    Where the sets agree to the last digit the normal distribution is used.
    """
    count = len(values)
    value, within = float(np.mean(values)), float(np.mean(np.square(errors)))
    between = float(np.var(values, ddof=1)) if count > 1 else 0.0
    total = within + (1 + 1 / count) * between
    share = (1 + 1 / count) * between / total
    stats = library("scipy.stats")
    drawn = stats.t((count - 1) / share**2) if share > 1e-12 else stats.norm()
    error = float(np.sqrt(total))
    reach = float(drawn.ppf(TAIL)) * error
    p = float(2 * drawn.sf(abs(value) / error))
    return Pooled(value, error, value - reach, value + reach, p, share)


def impute(data: StudyData, sets: int, seed: int) -> Imputed:
    """Fill in single answers that are missing, `sets` times.

    Each answer is drawn by predictive mean matching from the other answers on
    the same form (statsmodels `MICEData`), within role and wave, so it is one
    that somebody gave. Forms that never came back are not made up, nor are items
    that an edition leaves out for everybody.

    Parameters
    ----------
    data : StudyData
    sets : int
        At least 2.
    seed : int
        The same seed gives the same answers.
    """
    remarks: list[str] = []
    filled = [
        _filled(scheme, sets, seed + at, data, remarks) for at, scheme in enumerate(data.schemes)
    ]
    by_set = zip(*filled, strict=True)
    return Imputed(
        tuple(replace(data, schemes=tuple(schemes)) for schemes in by_set), tuple(remarks)
    )


def _filled(
    scheme: Scheme, sets: int, seed: int, data: StudyData, remarks: list[str]
) -> list[Scheme]:
    copies = [scheme.forms.items.copy() for _ in range(sets)]
    places = scheme.forms.who.reset_index(drop=True)
    forms = Forms(places, scheme.forms.items, scheme.forms.scores)
    count = 0
    for role, wave, block in by_moment(forms):
        rows = block.who.index.to_numpy()
        rows = rows[np.isfinite(forms.items[rows]).any(axis=1)]
        drawn = _draw(forms.items[rows], sets, seed + 1000 * wave + len(role))
        if drawn is None:
            remarks.append(f"not imputed, too few forms: {role}, {data.waves[wave]}")
            continue
        for copy, items in zip(copies, drawn, strict=True):
            copy[rows] = items
        count += int(np.isfinite(drawn[0]).sum() - np.isfinite(forms.items[rows]).sum())
    share = count / max(forms.items.size, 1)
    remarks.append(f"{scheme.name}: {count} answers ({share:.1%}) were imputed, {sets} times")
    return [
        replace(scheme, forms=Forms(places, items, scores_of(scheme, items))) for items in copies
    ]


def _draw(items: Matrix, sets: int, seed: int) -> list[Matrix] | None:
    """Fill in one block of forms; None if there are too few of them."""
    used = np.array([has_spread(column[np.isfinite(column)]) for column in items.T], dtype=bool)
    if len(items) < used.sum() + _SPARE:
        return None
    if np.isfinite(items[:, used]).all():
        return [items.copy() for _ in range(sets)]
    names = [f"x{at}" for at in np.flatnonzero(used)]
    maker = _chain(pd.DataFrame(items[:, used], columns=names), seed)
    drawn = []
    for _ in range(sets):
        maker.update_all(_CYCLES)
        whole = items.copy()
        whole[:, used] = maker.data[names].to_numpy(dtype=float)
        drawn.append(whole)
    return drawn


def _chain(frame: pd.DataFrame, seed: int) -> Any:  # noqa: ANN401 - statsmodels ships no types
    """Make statsmodels' chained equations over columns of plain numbers.

    statsmodels reads each regression from a formula again at every step, which
    is 94 % of its time. Here all other columns are the predictors as they are,
    so the same matrices are cut from the data directly.
    """
    base: Any = library("statsmodels.imputation.mice").MICEData

    class Chain(base):  # type: ignore[misc]
        """`MICEData` without formulas."""

        def get_fitting_data(self, vname: str) -> tuple[Matrix, Matrix, object, object]:
            """Give the rows in which a column is known, and no keywords."""
            target, others = self._sides(vname)
            known = self.ix_obs[vname]
            return target[known], others[known], {}, {}

        def get_split_data(self, vname: str) -> tuple[Matrix, Matrix, Matrix, object, object]:
            """Give the rows in which a column is known, those in which it is not, no keywords."""
            target, others = self._sides(vname)
            known, gaps = self.ix_obs[vname], self.ix_miss[vname]
            return target[known], others[known], others[gaps], {}, {}

        def _sides(self, vname: str) -> tuple[Matrix, Matrix]:
            target = self.data[vname].to_numpy(dtype=float)
            others = self.data.drop(columns=vname).to_numpy(dtype=float)
            return target, np.column_stack([np.ones(len(target)), others])

    return Chain(frame, k_pmm=_DONORS, rng=seed)
