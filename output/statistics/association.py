"""Correlations by the type of the other column, with intervals, and corrections for many tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.characteristics import Kind
from output.statistics.data import Matrix, finite
from output.statistics.imputation import pooled
from output.statistics.intervals import fisher_interval, has_spread
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError, Row

METHODS = {
    Kind.CONTINUOUS: "Pearson",
    Kind.ORDINAL: "Spearman",
    Kind.BINARY: "point-biserial",
}
"""Which correlation a type of column asks for; a nominal one has none."""

METHOD_NOTE = (
    "Pearson for continuous, Spearman for ordinal, point-biserial for binary columns. Intervals,"
    " 95 %: Fisher's z; for Spearman with the standard error of Bonett and Wright (2000). p_holm"
    " and p_bh: corrected for all tests of this table (Holm 1979; Benjamini and Hochberg 1995)."
)


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its 95 % interval."""

    r: float
    low: float
    high: float
    p: float
    n: int


def correlate(scores: Matrix, values: Matrix, kind: Kind) -> Correlation:
    """Correlate scores with a column, by what its type asks for; gaps are left out pairwise.

    Raises
    ------
    NotEstimableError
        If one of the two does not vary, or fewer than four pairs are there.
    """
    one, two = finite(scores, values)
    if len(one) < 4:
        raise NotEstimableError("fewer than four pairs")
    if not has_spread(one, two):
        raise NotEstimableError("not estimable: no variation")
    stats = library("scipy.stats")
    found = stats.spearmanr(one, two) if kind is Kind.ORDINAL else stats.pearsonr(one, two)
    r = float(found.statistic)
    low, high = fisher_interval(r, len(one), error=_error(r, len(one), kind))
    return Correlation(r, low, high, float(found.pvalue), len(one))


def correlate_sets(sets: Sequence[Matrix], values: Matrix, kind: Kind) -> Correlation:
    """Correlate each imputed set of scores and pool by Rubin's rules on Fisher's z.

    Raises
    ------
    NotEstimableError
        As `correlate`.
    """
    found = [correlate(scores, values, kind) for scores in sets]
    if len(found) == 1:
        return found[0]
    if any(abs(one.r) >= 1 for one in found):
        raise NotEstimableError("not estimable: a correlation of 1 cannot be pooled")
    errors = [_error(one.r, one.n, kind) for one in found]
    z = pooled([float(np.arctanh(one.r)) for one in found], errors)
    interval = float(np.tanh(z.low)), float(np.tanh(z.high))
    return Correlation(float(np.tanh(z.value)), *interval, z.p, min(one.n for one in found))


def _error(r: float, n: int, kind: Kind) -> float:
    """Give the standard error of Fisher's z."""
    extra = 1 + r**2 / 2 if kind is Kind.ORDINAL else 1.0
    return float(np.sqrt(extra / (n - 3)))


def corrected(rows: Sequence[Row]) -> list[Row]:
    """Add p corrected by Holm and by Benjamini and Hochberg over all rows that have a p."""
    tests = [at for at, row in enumerate(rows) if _has_p(row)]
    if not tests:
        return list(rows)
    p = [rows[at]["p"] for at in tests]
    adjust = library("statsmodels.stats.multitest").multipletests
    holm, bh = adjust(p, method="holm")[1], adjust(p, method="fdr_bh")[1]
    made = [dict(row) for row in rows]
    for at, first, second in zip(tests, holm.tolist(), bh.tolist(), strict=True):
        made[at] |= {"p_holm": first, "p_bh": second}
    return made


def _has_p(row: Row) -> bool:
    value = row.get("p")
    return isinstance(value, float) and bool(np.isfinite(value))
