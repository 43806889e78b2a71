"""How far two people agree: pure functions over paired values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.data import Matrix
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError

_LIMIT = 1.96
"""Standard deviations of the limits of agreement (Bland and Altman 1986)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; an end is not a number where there is none."""

    value: float
    low: float
    high: float


def icc_agreement(first: Matrix, second: Matrix) -> Estimate:
    """Compute ICC(A,1) of McGraw and Wong (1996), which is Shrout and Fleiss's ICC(2,1).

    Two-way random effects, absolute agreement, single rating.

    Parameters
    ----------
    first, second : ndarray of shape (dyads,)
        Without gaps.

    Raises
    ------
    NotEstimableError
        If nothing varies.
    """
    return icc_agreement_of(np.column_stack([first, second]))


def icc_agreement_of(ratings: Matrix) -> Estimate:
    """Compute ICC(A,1) of any number of raters; `ratings` has shape (targets, raters).

    Raises
    ------
    NotEstimableError
        If nothing varies.
    """
    n, k = ratings.shape
    if n < 2 or not has_spread(ratings.ravel()):
        raise NotEstimableError("not estimable: no variation")
    mean = ratings.mean()
    between = k * float(((ratings.mean(axis=1) - mean) ** 2).sum()) / (n - 1)
    raters = n * float(((ratings.mean(axis=0) - mean) ** 2).sum()) / (k - 1)
    total = float(((ratings - mean) ** 2).sum())
    error = (total - between * (n - 1) - raters * (k - 1)) / ((n - 1) * (k - 1))
    value = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
    if not error > 0:
        return Estimate(value, float("nan"), float("nan"))
    return Estimate(value, *_icc_interval(value, (between, raters, error), n, k))


def _icc_interval(
    value: float, squares: tuple[float, float, float], n: int, k: int
) -> tuple[float, float]:
    """Give the interval by Satterthwaite's degrees of freedom (McGraw and Wong, table 7)."""
    between, raters, error = squares
    if value >= 1:
        return float("nan"), float("nan")
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    df = (a * raters + b * error) ** 2 / spread
    f = library("scipy.stats").f
    upper, lower = float(f.ppf(TAIL, n - 1, df)), float(f.ppf(TAIL, df, n - 1))
    rest = k * raters + (k * n - k - n) * error
    low = n * (between - upper * error) / (upper * rest + n * between)
    high = n * (lower * between - error) / (rest + n * lower * between)
    return low, high


@dataclass(frozen=True, slots=True)
class Limits:
    """Bland and Altman's limits of agreement with the intervals of the limits."""

    mean: Estimate
    lower: Estimate
    upper: Estimate


def limits_of_agreement(differences: Matrix) -> Limits:
    """Compute mean difference and limits of agreement (Bland and Altman 1986).

    The variance of a limit is s^2 (1/n + 1.96^2 / (2 (n - 1))) (1999, section 2.1.1).

    Raises
    ------
    NotEstimableError
        With fewer than two differences.
    """
    n = len(differences)
    if n < 2:
        raise NotEstimableError("limits of agreement need two differences")
    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    t = float(library("scipy.stats").t.ppf(TAIL, n - 1))
    reach = float(t * spread / np.sqrt(n))
    limit_reach = float(t * spread * np.sqrt(1 / n + _LIMIT**2 / (2 * (n - 1))))
    lower, upper = mean - _LIMIT * spread, mean + _LIMIT * spread
    return Limits(
        Estimate(mean, mean - reach, mean + reach),
        Estimate(lower, lower - limit_reach, lower + limit_reach),
        Estimate(upper, upper - limit_reach, upper + limit_reach),
    )


def weighted_kappa(first: Matrix, second: Matrix, options: Sequence[int]) -> Estimate:
    """Compute Cohen's kappa with quadratic weights over all options of the scale.

    The interval is the large-sample one of Fleiss, Cohen and Everitt (1969).

    Raises
    ------
    NotEstimableError
        If one of the two gave everybody the same answer.
    """
    if not has_spread(first, second):
        raise NotEstimableError("not estimable: no variation")
    places = {option: at for at, option in enumerate(sorted(options))}
    counts = np.zeros((len(places), len(places)))
    for one, two in zip(first.tolist(), second.tolist(), strict=True):
        counts[places[int(one)], places[int(two)]] += 1
    weights = np.array(sorted(options), dtype=float)
    kappa = library("statsmodels.stats.inter_rater").cohens_kappa
    found = kappa(counts, weights=weights, wt="quadratic")
    reach = float(library("scipy.stats").norm.ppf(TAIL)) * float(np.sqrt(max(found.var_kappa, 0)))
    value = float(found.kappa)
    return Estimate(value, value - reach, value + reach)


def squared_distance(first: Matrix, second: Matrix) -> Matrix:
    """Compute D squared of each row: the mean squared difference over items both answered.

    The mean, not the sum, so that a skipped item does not make two people
    more alike; times the number of items it is Cronbach and Gleser's sum.
    """
    squares = (first - second) ** 2
    both = np.isfinite(squares).sum(axis=1)
    return np.where(both > 0, np.nansum(squares, axis=1) / np.maximum(both, 1), np.nan)


def profile_correlation(first: Matrix, second: Matrix) -> Matrix:
    """Correlate the two answers to the items within each row.

    Not a number where one of the two gave the same answer everywhere, or
    fewer than three items were answered by both.
    """
    found = np.full(len(first), np.nan)
    for at, (one, two) in enumerate(zip(first, second, strict=True)):
        both = np.isfinite(one) & np.isfinite(two)
        if both.sum() >= 3 and has_spread(one[both], two[both]):
            found[at] = np.corrcoef(one[both], two[both])[0, 1]
    return found


def difference_reliability(
    reliabilities: tuple[float, float], spreads: tuple[float, float], r: float
) -> float:
    """Estimate the reliability of a difference of two scores (Lord 1963).

    With equal spreads this is ((r_xx + r_yy) / 2 - r_xy) / (1 - r_xy).
    """
    (xx, yy), (sx, sy) = reliabilities, spreads
    error = 2 * r * sx * sy
    spread = sx**2 + sy**2 - error
    if spread <= 0:
        raise NotEstimableError("not estimable: the difference does not vary")
    return float((sx**2 * xx + sy**2 * yy - error) / spread)
