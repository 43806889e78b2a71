"""Estimates with their 95 % intervals that several tables need."""

import numpy as np

from output.statistics.data import Matrix, finite
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError

CONFIDENCE = 0.95
"""Level of every interval in every table."""

TAIL = 1 - (1 - CONFIDENCE) / 2
"""Upper quantile of a two-sided interval: 0.975."""

_NO_SPREAD = 1e-12
"""A standard deviation below this is rounding: the column is constant."""


def mean_interval(values: Matrix) -> tuple[float, float, float]:
    """Give mean, low and high by the t distribution; `values` without gaps."""
    if len(values) < 2:
        raise NotEstimableError("an interval needs two values")
    mean = float(values.mean())
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    reach = float(library("scipy.stats").t.ppf(TAIL, len(values) - 1)) * error
    return mean, float(mean - reach), float(mean + reach)


def fisher_interval(r: float, n: int, *, error: float | None = None) -> tuple[float, float]:
    """Give the interval of a correlation through Fisher's z.

    Parameters
    ----------
    r : float
        The correlation.
    n : int
        Pairs behind it.
    error : float, optional
        Standard error on the z scale; 1 / sqrt(n - 3) if not given.
    """
    if n <= 3 or abs(r) >= 1:
        return float("nan"), float("nan")
    normal = float(library("scipy.stats").norm.ppf(TAIL))
    reach = normal * (1 / np.sqrt(n - 3) if error is None else error)
    z = np.arctanh(r)
    return float(np.tanh(z - reach)), float(np.tanh(z + reach))


def has_spread(*columns: Matrix) -> bool:
    """Tell whether every column varies at all."""
    return all(len(one) > 1 and float(one.std()) > _NO_SPREAD for one in columns)


def pearson(first: Matrix, second: Matrix) -> tuple[float, int]:
    """Correlate what both columns have; returns the correlation and n.

    Raises
    ------
    NotEstimableError
        If one of them does not vary.
    """
    one, two = finite(first, second)
    if not has_spread(one, two):
        raise NotEstimableError("not estimable: no variation")
    return float(np.corrcoef(one, two)[0, 1]), len(one)
