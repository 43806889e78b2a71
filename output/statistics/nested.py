"""Clients nested in professionals: random intercept models by statsmodels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.association import corrected
from output.statistics.characteristics import Characteristic, Kind
from output.statistics.data import Forms, Matrix, Scheme, StudyData, by_moment, cells_of
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled

GROUPS_FROM = 5
"""Fewer professionals than this tell nothing about how much professionals differ."""

_RATIOS = (-14.0, 7.0)
"""Logarithms between which the ratio of the variances is sought: one in a million to a thousand."""

_FINE = {"xatol": 1e-9}
"""How finely it is sought."""

_BETTER = 1e-9
"""A smaller gain over no variance at all is rounding."""

_WHERE = ("questionnaire", "role", "wave", "factor")


@dataclass(frozen=True, slots=True)
class Mixed:
    """A random intercept model with at most one predictor.

    Attributes
    ----------
    slope, error, low, high, p
        Of the predictor; not a number without one. Interval and p by the normal
        distribution, as statsmodels gives them.
    """

    intercept: float
    slope: float
    error: float
    low: float
    high: float
    p: float
    between_sd: float
    within_sd: float

    @property
    def icc(self) -> float:
        """Share of the variance that lies between groups."""
        between, within = self.between_sd**2, self.within_sd**2
        return between / (between + within)


def fit_mixed(values: Matrix, predictor: Matrix | None, groups: Sequence[str]) -> Mixed:
    """Fit values on a predictor with a random intercept per group, by REML.

    Raises
    ------
    NotEstimableError
        If the groups are too few or all of size one, nothing varies, or the
        model does not converge.
    """
    sizes = np.unique(np.array(groups), return_counts=True)[1]
    if len(sizes) < GROUPS_FROM:
        raise NotEstimableError(f"fewer than {GROUPS_FROM} groups")
    if sizes.max() < 2:
        raise NotEstimableError("every group has a single member")
    if not has_spread(values) or (predictor is not None and not has_spread(predictor)):
        raise NotEstimableError("not estimable: no variation")
    design = np.ones((len(values), 1))
    if predictor is not None:
        design = np.column_stack([design, predictor])
    profile = _Profile(values, design, groups)
    ratio = profile.best()
    # Without variance between groups there is nothing for MixedLM to start from, and REML is
    # least squares, which the profile gives itself.
    spreads = profile.spreads(ratio) if ratio == 0 else _settled(values, design, groups, ratio)
    return Mixed(*profile.fixed(ratio, spreads[1]), *spreads)


def _settled(
    values: Matrix, design: Matrix, groups: Sequence[str], ratio: float
) -> tuple[float, float]:
    """Let statsmodels go on from a ratio of variances; returns SD between and within groups."""
    mixed = library("statsmodels.regression.mixed_linear_model")
    start = mixed.MixedLMParams.from_components(
        fe_params=np.zeros(design.shape[1]), cov_re=np.array([[ratio]])
    )
    found = mixed.MixedLM(values, design, groups).fit(start_params=start, method="bfgs")
    if not found.converged or not found.scale > 0:
        raise NotEstimableError("the model did not converge")
    return float(np.sqrt(found.cov_re[0, 0])), float(np.sqrt(found.scale))


class _Profile:
    """REML as a function of one number, the variance between groups over that within.

    All else follows from it, so the search is along a line and cannot get lost.
    From its own start statsmodels stops short or warns for a third of the tables
    of an ordinary study; from the end of this search it agrees at once.
    """

    def __init__(self, values: Matrix, design: Matrix, groups: Sequence[str]) -> None:
        places = np.unique(np.array(groups), return_inverse=True)[1]
        self._size = np.bincount(places).astype(float)
        columns = [*design.T, values]
        self._sums = np.stack([np.bincount(places, column) for column in columns], axis=1)
        whole = np.column_stack(columns)
        self._plain = whole.T @ whole
        self._freedom = len(values) - design.shape[1]

    def best(self) -> float:
        """Find the ratio with the highest likelihood; 0 at the boundary."""
        found = library("scipy.optimize").minimize_scalar(
            lambda log: self._deviance(float(np.exp(log))),
            bounds=_RATIOS,
            method="bounded",
            options=_FINE,
        )
        ratio = float(np.exp(found.x))
        return ratio if self._deviance(ratio) < self._deviance(0.0) - _BETTER else 0.0

    def spreads(self, ratio: float) -> tuple[float, float]:
        """Give SD between and within groups."""
        within = self._solved(ratio)[2] / self._freedom
        return float(np.sqrt(ratio * within)), float(np.sqrt(within))

    def fixed(
        self, ratio: float, within_sd: float
    ) -> tuple[float, float, float, float, float, float]:
        """Give intercept, slope, its standard error, interval and p by generalised least squares.

        The standard error is that of lme4 and nlme; statsmodels' own comes from
        the curvature in all parameters at once and is another one.
        """
        square, solution, _ = self._solved(ratio)
        if len(solution) < 2:
            none = float("nan")
            return float(solution[0]), none, none, none, none, none
        normal = library("scipy.stats").norm
        slope = float(solution[1])
        error = within_sd * float(np.sqrt(np.linalg.inv(square)[1, 1]))
        reach = float(normal.ppf(TAIL)) * error
        p = float(2 * normal.sf(abs(slope / error)))
        return float(solution[0]), slope, error, slope - reach, slope + reach, p

    def _solved(self, ratio: float) -> tuple[Matrix, Matrix, float]:
        """Give X'V^-1 X, the solution, and the weighted sum of squares it leaves."""
        weights = ratio / (1 + ratio * self._size)
        shrunk = self._plain - (self._sums * weights[:, None]).T @ self._sums
        square, cross = shrunk[:-1, :-1], shrunk[:-1, -1]
        solution = np.asarray(np.linalg.solve(square, cross), dtype=float)
        return square, solution, float(shrunk[-1, -1] - cross @ solution)

    def _deviance(self, ratio: float) -> float:
        square, _, rest = self._solved(ratio)
        spread = np.log1p(ratio * self._size).sum() + np.linalg.slogdet(square)[1]
        return float(self._freedom * np.log(rest) + spread)


def nested_tables(data: StudyData, columns: Sequence[Characteristic]) -> tuple[StatTable, ...]:
    """Make the tables with clients nested in professionals."""
    return (_variance_table(data), _effect_table(data, columns))


def _variance_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for where, forms, at in _places(data):
        kept = forms.at(np.isfinite(forms.scores[:, at]))
        officers = cells_of(kept, "officer")

        def make(kept: Forms = kept, officers: list[str] = officers, at: int = at) -> Row:
            fit = fit_mixed(kept.scores[:, at], None, officers)
            row: Row = {"officers": len(set(officers)), "mean": fit.intercept, "icc": fit.icc}
            edge = None if fit.between_sd else "no variance between professionals (boundary)"
            return {**row, **_spread(fit.between_sd, fit.within_sd), "note": edge}

        rows.append({**where, **estimate(len(kept), make)})
    columns = (*_WHERE, "n", "officers", "mean", "between_sd", "within_sd", "icc", "note")
    return StatTable(
        "multilevel_variance",
        "Clients within professionals: how much professionals differ",
        "Which share of the differences in a score lies between professionals.",
        "Whether professionals make the difference: they may have different clients.",
        tabled(rows, columns),
        (_HOW,),
    )


def _spread(between: float, within: float) -> Row:
    return {"between_sd": between, "within_sd": within}


_HOW = (
    "Mixed model (statsmodels, REML), random intercept per professional; forms whose"
    " professional is not known are left out. A model that does not converge says so in `note`."
)


def _effect_table(data: StudyData, columns: Sequence[Characteristic]) -> StatTable:
    rows: list[Row] = []
    for where, forms, at in _places(data):
        for column in columns:
            if column.kind is Kind.NOMINAL:
                continue
            values = column.numbers(cells_of(forms, "dyad"))
            both = np.isfinite(forms.scores[:, at]) & np.isfinite(values)
            cells = _effect(forms.at(both), values[both], at, column.kind)
            rows.append({**where, "column": column.name, **cells})
    columns_ = (*_WHERE, "column", "n", "officers", "slope", "error", "low", "high", "p")
    more = ("p_holm", "p_bh", "between_sd", "within_sd", "note")
    return StatTable(
        "multilevel_effects",
        "Clients within professionals: characteristics",
        "How a score differs with a characteristic when clients of one professional may be alike.",
        "A cause, and whether the relation differs from one professional to the next.",
        tabled(corrected(rows), (*columns_, *more)),
        (
            _HOW,
            "Slope: points of the score per standard deviation of the column, or between the two"
            " values of a binary one. p_holm and p_bh: corrected for all tests of this table.",
        ),
    )


def _effect(forms: Forms, values: Matrix, at: int, kind: Kind) -> Row:
    officers = cells_of(forms, "officer")

    def make() -> Row:
        if not has_spread(values):
            raise NotEstimableError("not estimable: the column does not vary")
        scaled = values if kind is Kind.BINARY else (values - values.mean()) / values.std(ddof=1)
        fit = fit_mixed(forms.scores[:, at], scaled, officers)
        row: Row = {"officers": len(set(officers)), "slope": fit.slope, "error": fit.error}
        row |= {"low": fit.low, "high": fit.high, "p": fit.p}
        return {**row, **_spread(fit.between_sd, fit.within_sd)}

    return estimate(len(forms), make)


def _places(data: StudyData) -> Iterator[tuple[Row, Forms, int]]:
    for scheme in data.schemes:
        for role, wave, forms in by_moment(_with_officer(scheme)):
            for at, factor in enumerate(scheme.factors):
                where: Row = {"questionnaire": scheme.name, "role": role}
                yield {**where, "wave": data.waves[wave], "factor": factor}, forms, at


def _with_officer(scheme: Scheme) -> Forms:
    return scheme.forms.at(np.array([one != "" for one in cells_of(scheme.forms, "officer")]))
