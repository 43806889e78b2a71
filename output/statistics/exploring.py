"""Exploratory loadings by statsmodels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.data import Matrix
from output.statistics.intervals import has_spread
from output.statistics.libraries import library, unheard
from output.statistics.stat_table import NotEstimableError

_SETTLED = 1e-4
"""Largest slope of the objective at which an extraction counts as found."""


@dataclass(frozen=True, slots=True)
class Explored:
    """Exploratory loadings after rotation.

    Attributes
    ----------
    loadings
        Shape (items, factors): pattern, each column turned and placed to match
        the questionnaire's factor of that place as well as it can.
    unique
        Unique variance of each standardised item.
    """

    loadings: Matrix
    unique: Matrix


def explore(items: Matrix, factor_of: Sequence[str]) -> Explored:
    """Extract as many factors as the questionnaire has and rotate them obliquely (oblimin).

    Raises
    ------
    NotEstimableError
        If an item does not vary or the extraction does not converge.
    """
    if not all(has_spread(column) for column in items.T):
        raise NotEstimableError("not estimable: an item does not vary")
    factors = tuple(dict.fromkeys(factor_of))
    made = library("statsmodels.multivariate.factor").Factor(
        items, n_factor=len(factors), method="ml"
    )
    # BFGS says "precision loss" at the very bottom, so the slope decides and not its word.
    with unheard("Fitting did not converge"):
        found = made.fit(rng=1, em_iter=50, opt={"gtol": 1e-9, "maxiter": 5000})
    if not float(np.abs(made.mle_retvals.jac).max()) < _SETTLED:
        raise NotEstimableError("the extraction did not converge")
    if len(factors) > 1:
        found.rotate("oblimin")
    loadings = np.asarray(found.loadings, dtype=float)
    targets = np.array([[one == factor for factor in factors] for one in factor_of], dtype=float)
    match = np.abs(loadings).T @ targets
    _, columns = library("scipy.optimize").linear_sum_assignment(-match)
    placed = loadings[:, np.argsort(columns)]
    sign = np.sign((placed * targets).sum(axis=0))
    return Explored(placed * np.where(sign == 0, 1, sign), np.asarray(found.uniqueness))
