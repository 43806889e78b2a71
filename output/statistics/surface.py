"""Polynomial regression and response surface: an outcome on both people's views."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.association import corrected
from output.statistics.characteristics import Characteristic, Kind
from output.statistics.data import Matrix, StudyData, cells_of
from output.statistics.dyad_lists import midpoint
from output.statistics.dyads import places
from output.statistics.intervals import TAIL, has_spread
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled

SURFACE_FROM = 60
"""Ten dyads for each of the six coefficients (the usual least for regression)."""

TERMS = ("b0", "b1", "b2", "b3", "b4", "b5", "a1", "a2", "a3", "a4")
"""Coefficients of 1, x, y, x2, xy, y2, and what they say about the surface."""

_CONTRASTS = np.vstack(
    [
        np.eye(6),
        [0, 1, 1, 0, 0, 0],  # a1: slope along agreement
        [0, 0, 0, 1, 1, 1],  # a2: curve along agreement
        [0, 1, -1, 0, 0, 0],  # a3: slope along disagreement
        [0, 0, 0, 1, -1, 1],  # a4: curve along disagreement
    ]
)


@dataclass(frozen=True, slots=True)
class Surface:
    """The terms of `TERMS`, each array of shape (10,)."""

    values: Matrix
    errors: Matrix
    low: Matrix
    high: Matrix
    p: Matrix
    r2: float


def fit_surface(x: Matrix, y: Matrix, outcome: Matrix, *, is_binary: bool) -> Surface:
    """Regress an outcome on x, y, x2, xy and y2 (Edwards and Parry 1993).

    Parameters
    ----------
    x, y : ndarray of shape (dyads,)
        Client and professional, centred at the middle of the scale.
    outcome : ndarray of shape (dyads,)
    is_binary : bool
        True for a logistic model, whose terms are log odds.

    Raises
    ------
    NotEstimableError
        If the outcome does not vary, terms cannot be told apart, or the
        logistic model does not converge.
    """
    if not has_spread(outcome):
        raise NotEstimableError("not estimable: the outcome does not vary")
    design = np.column_stack([np.ones(len(x)), x, y, x**2, x * y, y**2])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEstimableError("not estimable: the terms cannot be told apart")
    api = library("statsmodels.api")
    model = api.Logit(outcome, design) if is_binary else api.OLS(outcome, design)
    found = model.fit(disp=False) if is_binary else model.fit()
    if is_binary and not found.mle_retvals["converged"]:
        raise NotEstimableError("the logistic model did not converge")
    test = found.t_test(_CONTRASTS)
    interval = np.asarray(test.conf_int(alpha=2 * (1 - TAIL)))
    r2 = float(found.prsquared if is_binary else found.rsquared)
    return Surface(
        values=_flat(test.effect),
        errors=_flat(test.sd),
        low=_flat(interval[:, 0]),
        high=_flat(interval[:, 1]),
        p=_flat(test.pvalue),
        r2=r2,
    )


def _flat(part: object) -> Matrix:
    return np.asarray(part, dtype=float).ravel()


def surface_table(data: StudyData, columns: Sequence[Characteristic]) -> StatTable:
    """Make the table of response surfaces for all columns but nominal ones."""
    rows: list[Row] = []
    for where, scheme, pairs in places(data):
        dyads = cells_of(pairs.client, "dyad")
        for at, factor in enumerate(scheme.factors):
            middle = midpoint(scheme)
            sides = pairs.client.scores[:, at] - middle, pairs.professional.scores[:, at] - middle
            for column in columns:
                if column.kind is not Kind.NOMINAL:
                    place: Row = {**where, "factor": factor, "compares": scheme.compared(factor)}
                    place |= {"column": column.name}
                    rows += _term_rows(place, *sides, column, dyads)
    where_columns = ("questionnaire", "domain", "wave", "factor", "compares", "column", "model")
    more = ("n", "term", "value", "error", "low", "high", "p", "p_holm", "p_bh", "r2", "note")
    return StatTable(
        "response_surface",
        "Polynomial regression and response surface",
        "How an outcome goes with both views together: along agreement (a1 slope, a2 curve) and"
        " along disagreement (a3 slope, a4 curve).",
        "A cause, or that agreement as such matters: for that a4 must differ from zero and the"
        " highest outcomes must lie where both agree.",
        tabled(corrected(rows), (*where_columns, *more)),
        (
            "x client, y professional, centred at the middle of the scale; terms b1 x, b2 y, b3"
            " x2, b4 xy, b5 y2; a1 = b1 + b2, a2 = b3 + b4 + b5, a3 = b1 - b2, a4 = b3 - b4 + b5."
            " Least squares; logistic for a binary outcome, whose r2 is McFadden's. p_holm and"
            " p_bh: corrected for all tests of this table.",
        ),
    )


def _term_rows(
    where: Row, x: Matrix, y: Matrix, column: Characteristic, dyads: Sequence[str]
) -> list[Row]:
    values = column.numbers(dyads)
    both = np.isfinite(x) & np.isfinite(y) & np.isfinite(values)
    is_binary = column.kind is Kind.BINARY
    where = {**where, "model": "logistic" if is_binary else "least squares"}
    made: list[Surface] = []

    def make() -> Row:
        made.append(fit_surface(x[both], y[both], values[both], is_binary=is_binary))
        return {}

    said = estimate(int(both.sum()), make, least=SURFACE_FROM)
    if not made:
        return [{**where, **said}]
    one, rows = made[0], []
    for at, term in enumerate(TERMS):
        cells: Row = {"term": term, "value": float(one.values[at]), "error": float(one.errors[at])}
        cells |= {"low": float(one.low[at]), "high": float(one.high[at]), "r2": one.r2}
        # The intercept is no hypothesis, so it does not cost the others a correction.
        p = None if term == "b0" else float(one.p[at])
        rows.append({**where, **said, **cells, "p": p})
    return rows
