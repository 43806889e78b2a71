"""The confirmatory factor model, fitted by semopy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from output.statistics.data import Matrix
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library, unheard
from output.statistics.stat_table import NotEstimableError

_PRECISE = {"ftol": 1e-14, "maxiter": 500}
"""Options of semopy's solver; its own stop at 1e-6 leaves loadings right to three digits only."""

_SETTLED = 1e-4
"""Largest slope of the objective at which a model counts as found."""

_STEP = 1e-5
"""Step of the numeric derivative: errors of order 1e-10 for loadings of order 1."""

RMSEA_TAIL = 0.05
"""RMSEA has a 90 % interval by custom (Steiger 1990), whose low end serves as a test."""


@dataclass(frozen=True, slots=True)
class Loading:
    """An item on its factor, standardised; its standard error by the delta method."""

    factor: str
    value: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high."""
        return _around(self.value, self.error)


@dataclass(frozen=True, slots=True)
class FactorPair:
    """The correlation of two factors, with its standard error by the delta method."""

    first: str
    second: str
    value: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high."""
        return _around(self.value, self.error)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a model reproduces the covariances; RMSEA with its 90 % interval."""

    chi2: float
    df: int
    p: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmr: float
    aic: float
    bic: float


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A fitted confirmatory model.

    Attributes
    ----------
    is_proper
        False if a unique variance is not positive or two factors correlate
        beyond 1: the loadings of such a solution must not be read.
    """

    fit: Fit
    is_proper: bool
    loadings: tuple[Loading, ...]
    factors: tuple[FactorPair, ...]


def confirm(items: Matrix, factor_of: Sequence[str]) -> Confirmed:
    """Fit the questionnaire's factors, each item on its own factor only.

    Maximum likelihood on complete rows, factor variances fixed at 1, all
    factors free to correlate.

    Parameters
    ----------
    items : ndarray of shape (people, items)
        Keyed answers without gaps.
    factor_of : sequence of str
        The factor of each column.

    Raises
    ------
    NotEstimableError
        If an item does not vary, the model has no degrees of freedom, or it
        does not converge.
    """
    if not all(has_spread(column) for column in items.T):
        raise NotEstimableError("not estimable: an item does not vary")
    if len(items) <= items.shape[1]:
        raise NotEstimableError("not estimable: fewer people than items")
    places = _Places(tuple(dict.fromkeys(factor_of)), tuple(factor_of))
    if min(places.factor_of.count(factor) for factor in places.factors) < 2:
        raise NotEstimableError("not estimable: a factor has a single item")
    if places.df < 1:
        raise NotEstimableError("not estimable: the model has no degrees of freedom")
    # Items in standard deviations have variances of one size: the solver's steps fit all alike.
    scaled = (items - items.mean(axis=0)) / items.std(axis=0)
    values, minimum = _fitted(scaled, places)
    return _judged(values, minimum, items, places)


@dataclass(frozen=True, slots=True)
class _Places:
    """Which parameter is where: loadings by item, then pairs of factors, then unique variances."""

    factors: tuple[str, ...]
    factor_of: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        count = len(self.factors)
        return [(one, two) for one in range(count) for two in range(one + 1, count)]

    @property
    def parameters(self) -> int:
        return 2 * len(self.factor_of) + len(self.pairs)

    @property
    def df(self) -> int:
        count = len(self.factor_of)
        return count * (count + 1) // 2 - self.parameters

    def loadings(self, values: Matrix) -> Matrix:
        """Lay the loadings out, shape (items, factors)."""
        wide = np.zeros((len(self.factor_of), len(self.factors)))
        for at, factor in enumerate(self.factor_of):
            wide[at, self.factors.index(factor)] = values[at]
        return wide

    def correlations(self, values: Matrix) -> Matrix:
        """Lay the correlations of the factors out."""
        wide = np.eye(len(self.factors))
        for at, (one, two) in enumerate(self.pairs, len(self.factor_of)):
            wide[one, two] = wide[two, one] = values[at]
        return wide

    def unique(self, values: Matrix) -> Matrix:
        """Give the unique variances."""
        return values[len(self.factor_of) + len(self.pairs) :]

    def implied(self, values: Matrix) -> Matrix:
        """Compute the covariances that the parameters imply."""
        loadings = self.loadings(values)
        common: Matrix = loadings @ self.correlations(values) @ loadings.T
        return common + np.diag(self.unique(values))

    def standardised(self, values: Matrix) -> Matrix:
        """Give loadings in standard deviations of the item, then the correlations of factors."""
        spread = np.sqrt(np.diag(self.implied(values)))
        count = len(self.factor_of)
        return np.concatenate([values[:count] / spread, values[count : count + len(self.pairs)]])

    @property
    def description(self) -> str:
        """The model in semopy's words; x and f so that no item's name is taken for syntax."""
        lines = []
        for at, factor in enumerate(self.factors):
            mine = [f"x{n}" for n, one in enumerate(self.factor_of) if one == factor]
            lines.append(f"f{at} =~ " + " + ".join(mine))
        return "\n".join(lines)


def _fitted(scaled: Matrix, places: _Places) -> tuple[Matrix, float]:
    """Fit by semopy; returns the parameters with factor variances of 1, and the minimum.

    The fit itself fixes the first loading of each factor: with all loadings
    free semopy finds no start. The solution is the same one in other units.
    """
    model = library("semopy").Model(places.description)
    frame = pd.DataFrame(scaled, columns=[f"x{n}" for n in range(scaled.shape[1])])
    # The slope is checked below, so the line search may grumble on its way.
    with unheard("invalid value", "divide by zero", "overflow"):
        found = model.fit(frame, options=dict(_PRECISE))
        slope = float(np.abs(model.grad_mlw(model.param_vals)).max())
    if not np.isfinite(found.fun) or not slope < _SETTLED:
        raise NotEstimableError("the model did not converge, or ends on a boundary")
    items, factors = model.names_lambda
    rows = [items.index(f"x{n}") for n in range(scaled.shape[1])]
    columns = [factors.index(f"f{n}") for n in range(len(places.factors))]
    covariances = model.mx_psi[np.ix_(columns, columns)]
    spread = np.sqrt(np.diag(covariances))
    loadings = model.mx_lambda[np.ix_(rows, columns)] * spread
    between = covariances / np.outer(spread, spread)
    own = [loadings[at, places.factors.index(one)] for at, one in enumerate(places.factor_of)]
    parts = (own, [between[pair] for pair in places.pairs], np.diag(model.mx_theta)[rows])
    return np.concatenate([np.asarray(part, dtype=float) for part in parts]), float(found.fun)


def _around(value: float, error: float) -> tuple[float, float]:
    reach = float(library("scipy.stats").norm.ppf(TAIL)) * error
    return value - reach, value + reach


def _derivative(function: Callable[[Matrix], Matrix], values: Matrix) -> Matrix:
    """Differentiate by central differences; one row a result, one column a parameter."""
    columns = []
    for at in range(len(values)):
        step = np.zeros(len(values))
        step[at] = _STEP
        columns.append((function(values + step) - function(values - step)) / (2 * _STEP))
    return np.stack(columns, axis=-1)


def _errors(values: Matrix, places: _Places, n: int) -> Matrix:
    """Give standard errors of the standardised solution: expected information, delta method."""
    inverse = np.linalg.inv(places.implied(values))
    slopes = np.moveaxis(_derivative(places.implied, values), -1, 0)
    weighted = inverse @ slopes
    information = n / 2 * np.einsum("aij,bji->ab", weighted, weighted)
    jacobian = _derivative(places.standardised, values)
    variances = np.diag(jacobian @ np.linalg.inv(information) @ jacobian.T)
    return np.sqrt(np.maximum(variances, 0.0))


def _judged(values: Matrix, minimum: float, items: Matrix, places: _Places) -> Confirmed:
    """Work out the fit and the standardised solution."""
    n, count = items.shape
    solution, errors = places.standardised(values).tolist(), _errors(values, places, n).tolist()
    smallest = np.linalg.eigvalsh(places.correlations(values))[0]
    loadings = zip(places.factor_of, solution[:count], errors[:count], strict=True)
    pairs = zip(places.pairs, solution[count:], errors[count:], strict=True)
    names = places.factors
    return Confirmed(
        fit=_fit(n * minimum, items, places, places.implied(values)),
        is_proper=bool(places.unique(values).min() > 0 and smallest > 0),
        loadings=tuple(Loading(*cells) for cells in loadings),
        factors=tuple(FactorPair(names[one], names[two], *cells) for (one, two), *cells in pairs),
    )


def _fit(chi2: float, items: Matrix, places: _Places, implied: Matrix) -> Fit:
    """Work out the indices of fit against the model without any correlation."""
    n, count = items.shape
    df, base_df = places.df, count * (count - 1) // 2
    observed = np.atleast_2d(np.corrcoef(items, rowvar=False))
    determinant = float(np.linalg.slogdet(observed)[1])
    base_chi2 = -n * determinant
    over = max(chi2 - df, 0.0)
    base_over = max(base_chi2 - base_df, over)
    low, high = _rmsea_interval(chi2, df, n)
    # The log likelihood in the units of the answers, so that AIC and BIC are those of the answers.
    spread = float(np.log(items.var(axis=0)).sum())
    deviance = n * (count * np.log(2 * np.pi) + spread + determinant + count) + chi2
    return Fit(
        chi2=chi2,
        df=df,
        p=float(library("scipy.stats").chi2.sf(chi2, df)),
        cfi=1 - over / base_over if base_over else 1.0,
        tli=(base_chi2 / base_df - chi2 / df) / (base_chi2 / base_df - 1),
        rmsea=float(np.sqrt(over / (df * n))),
        rmsea_low=low,
        rmsea_high=high,
        srmr=_srmr(observed, implied),
        aic=float(deviance + 2 * places.parameters),
        bic=float(deviance + places.parameters * np.log(n)),
    )


def _srmr(observed: Matrix, implied: Matrix) -> float:
    """Root of the mean squared residual over the lower triangle, diagonal included (Bentler)."""
    lower = np.tril_indices_from(observed)
    return float(np.sqrt(((observed - implied)[lower] ** 2).mean()))


def _rmsea_interval(chi2: float, df: int, n: int) -> tuple[float, float]:
    """Find the noncentralities under which chi2 is at the 95th and at the 5th percentile."""
    stats, optimize = library("scipy.stats"), library("scipy.optimize")

    def bound(share: float) -> float:
        def excess(noncentrality: float) -> float:
            return float(stats.ncx2.cdf(chi2, df, noncentrality)) - share

        top = 2 * chi2 + 100
        return 0.0 if excess(1e-9) <= 0 else float(optimize.brentq(excess, 1e-9, top, xtol=1e-10))

    low, high = bound(1 - RMSEA_TAIL), bound(RMSEA_TAIL)
    return float(np.sqrt(low / (df * n))), float(np.sqrt(high / (df * n)))
