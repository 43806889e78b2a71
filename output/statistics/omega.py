"""McDonald's omega total and its interval, from a factor model with one factor."""

import numpy as np

from output.statistics.data import Matrix
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library, unheard
from output.statistics.stat_table import NotEstimableError

_PRECISE = {"gtol": 1e-10, "maxiter": 2000}
"""Options of the optimiser: omega is compared with another program to six digits."""

_SETTLED = 1e-4
"""Largest slope of the mean log likelihood at which a fit counts as found."""

_HEYWOOD = 1e-6
"""A smaller unique variance is a boundary: the factor explains all of an item."""


def omega_total(items: Matrix) -> float:
    """Compute McDonald's omega total from a one-factor model by maximum likelihood.

    The unstandardised form: squared sum of the loadings over itself plus the
    unique variances.

    Raises
    ------
    NotEstimableError
        With fewer than three items, if an item does not vary, or if the model
        does not converge or ends on a boundary.
    """
    return omega_with_interval(items)[0]


def omega_with_interval(items: Matrix) -> tuple[float, float, float]:
    """Compute omega total with its 95 % interval by the delta method (Raykov 2002).

    Raises
    ------
    NotEstimableError
        As `omega_total`.
    """
    if items.shape[1] < 3:
        raise NotEstimableError("omega needs three items")
    if not all(has_spread(column) for column in items.T):
        raise NotEstimableError("not estimable: an item does not vary")
    loadings, unique = one_factor(items)
    common, rest = float(loadings.sum()), float(unique.sum())
    total = common**2 + rest
    value = common**2 / total
    slopes = np.concatenate(
        [
            np.full(len(loadings), 2 * common * rest / total**2),
            np.full(len(unique), -(common**2) / total**2),
        ]
    )
    variance = float(slopes @ np.linalg.solve(_information(loadings, unique, len(items)), slopes))
    reach = float(library("scipy.stats").norm.ppf(TAIL)) * float(np.sqrt(variance))
    return value, value - reach, value + reach


def _information(loadings: Matrix, unique: Matrix, n: int) -> Matrix:
    """Give the expected information of loadings and unique variances, in this order."""
    count = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(unique))
    slopes = np.zeros((2 * count, count, count))
    for at in range(count):
        slopes[at, at] += loadings
        slopes[at, :, at] += loadings
        slopes[count + at, at, at] = 1
    weighted = inverse @ slopes
    return np.asarray(n / 2 * np.einsum("aij,bji->ab", weighted, weighted), dtype=float)


def one_factor(items: Matrix) -> tuple[Matrix, Matrix]:
    """Fit one factor; returns loadings and unique variances in units of the answers.

    Raises
    ------
    NotEstimableError
        If the model does not converge or ends on a boundary.
    """
    factor = library("statsmodels.multivariate.factor").Factor(items, n_factor=1, method="ml")
    # The first vector of the correlations is the start: no random number is involved.
    correlation = np.corrcoef(items, rowvar=False)
    values, vectors = np.linalg.eigh(correlation)
    start = np.clip(vectors[:, -1:] * np.sqrt(max(values[-1] - 1, 0.1)), -0.95, 0.95)
    # BFGS says "precision loss" at the very bottom, so the slope decides and not its word.
    with unheard("Fitting did not converge"):
        found = factor.fit(start=(start, 1 - start[:, 0] ** 2), opt=_PRECISE)
    slope = float(np.abs(factor.mle_retvals.jac).max())
    unique = np.asarray(found.uniqueness, dtype=float)
    if not slope < _SETTLED:
        raise NotEstimableError("omega: the one-factor model did not converge")
    if unique.min() < _HEYWOOD:
        raise NotEstimableError("omega: a unique variance is zero (Heywood case)")
    # In the variances of maximum likelihood, which divide by n: omega does not depend on it.
    spread = items.std(axis=0)
    return np.asarray(found.loadings, dtype=float)[:, 0] * spread, unique * spread**2
