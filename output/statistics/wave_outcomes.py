"""Whether the score of a later wave goes with an outcome more strongly than an earlier one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.association import METHODS, corrected, correlate
from output.statistics.characteristics import Characteristic, Kind
from output.statistics.data import Matrix, StudyData, finite
from output.statistics.intervals import has_spread, pearson
from output.statistics.libraries import library
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled
from output.statistics.waves import Change, changes

_WHERE = ("questionnaire", "domain", "role", "factor", "column", "from", "to")


@dataclass(frozen=True, slots=True)
class Compared:
    """Two correlations with the same outcome, and whether they differ.

    Attributes
    ----------
    difference, low, high
        The later minus the earlier, with its 95 % interval (Zou 2007).
    t, p
        Williams' t in Steiger's form (1980, equation 7), with n - 3 degrees of freedom.
    """

    early: float
    late: float
    waves: float
    difference: float
    low: float
    high: float
    t: float
    p: float
    n: int


def compare_waves(first: Matrix, second: Matrix, outcome: Matrix, kind: Kind) -> Compared:
    """Compare how two waves' scores of the same dyads correlate with an outcome.

    Gaps are left out of all three. Ranks stand for the values if the outcome is ordinal.

    Raises
    ------
    NotEstimableError
        If one of the three does not vary, fewer than five dyads have all of
        them, or a correlation is 1.
    """
    early, late, given = finite(first, second, outcome)
    if len(given) < 5:
        raise NotEstimableError("fewer than five dyads have both waves and the outcome")
    if not has_spread(early, late, given):
        raise NotEstimableError("not estimable: no variation")
    one, two = (correlate(scores, given, kind) for scores in (early, late))
    rank = library("scipy.stats").rankdata
    sides = [rank(early), rank(late)] if kind is Kind.ORDINAL else [early, late]
    between = pearson(*sides)[0]
    if max(abs(one.r), abs(two.r), abs(between)) >= 1:
        raise NotEstimableError("not estimable: a correlation of 1")
    t, p = williams(one.r, two.r, between, len(given))
    shared = _shared(one.r, two.r, between)
    gap = two.r - one.r
    low, high = (two.r - two.low, one.high - one.r), (two.high - two.r, one.r - one.low)
    return Compared(
        early=one.r,
        late=two.r,
        waves=between,
        difference=gap,
        low=gap - _reach(*low, shared),
        high=gap + _reach(*high, shared),
        t=t,
        p=p,
        n=len(given),
    )


def williams(early: float, late: float, between: float, n: int) -> tuple[float, float]:
    """Test whether two correlations with the same third column differ; returns t and p."""
    determinant = 1 - early**2 - late**2 - between**2 + 2 * early * late * between
    mean = (early + late) / 2
    spread = 2 * (n - 1) / (n - 3) * determinant + mean**2 * (1 - between) ** 3
    t = float((late - early) * np.sqrt((n - 1) * (1 + between) / spread))
    return t, float(2 * library("scipy.stats").t.sf(abs(t), n - 3))


def _shared(early: float, late: float, between: float) -> float:
    """Correlate the two correlations, which come from the same dyads (Olkin and Finn 1995)."""
    rest = 1 - early**2 - late**2 - between**2
    top = (between - early * late / 2) * rest + between**3
    return float(top / ((1 - early**2) * (1 - late**2)))


def _reach(one: float, two: float, shared: float) -> float:
    return float(np.sqrt(max(one**2 + two**2 - 2 * shared * one * two, 0.0)))


def wave_outcome_table(data: StudyData, columns: Sequence[Characteristic]) -> StatTable:
    """Make the table that compares waves by their correlation with each column."""
    return StatTable(
        "wave_outcomes",
        "Earlier and later scores and your columns",
        "Whether the scores of a later wave go with a column more strongly than earlier ones of"
        " the same dyads.",
        "That a later score predicts: near the outcome in time, it may follow what led to it.",
        tabled(
            corrected(list(_rows(data, columns))),
            (
                *(*_WHERE, "method", "n", "r_from", "r_to", "r_waves", "difference", "low"),
                *("high", "stronger", "t", "p", "p_holm", "p_bh", "note"),
            ),
        ),
        (
            "Only dyads with both scores and the column, so the correlations differ a little from"
            " those in the table of correlations. difference: r_to minus r_from, with its 95 %"
            " interval (Zou 2007). t: Williams' test in Steiger's form (1980), n - 3 degrees of"
            " freedom; for ordinal columns on ranks, where it holds nearly. stronger: the wave"
            " whose r is further from zero, if the interval leaves zero out. p_holm and p_bh:"
            " corrected for all tests of this table (Holm 1979; Benjamini and Hochberg 1995).",
        ),
    )


def _rows(data: StudyData, columns: Sequence[Characteristic]) -> Iterator[Row]:
    for one in changes(data):
        for column in columns:
            if column.kind is Kind.NOMINAL:
                continue
            row: Row = {"questionnaire": one.scheme.name, "domain": one.domain}
            row |= {"role": one.role, "factor": one.factor, "column": column.name}
            row |= dict(zip(("from", "to"), _labels(data, one), strict=True))
            yield {**row, "method": METHODS[column.kind], **_cells(data, one, column)}


def _labels(data: StudyData, one: Change) -> tuple[str, str]:
    return data.waves[one.waves[0]], data.waves[one.waves[1]]


def _cells(data: StudyData, one: Change, column: Characteristic) -> Row:
    values = column.numbers(one.dyads)

    def make() -> Row:
        found = compare_waves(one.first, one.second, values, column.kind)
        row: Row = {"r_from": found.early, "r_to": found.late, "r_waves": found.waves}
        row |= {"difference": found.difference, "low": found.low, "high": found.high}
        row |= {"stronger": _stronger(found, _labels(data, one))}
        return {**row, "t": found.t, "p": found.p}

    return estimate(int(np.isfinite(values).sum()), make)


def _stronger(found: Compared, labels: tuple[str, str]) -> str:
    if found.low <= 0 <= found.high:
        return "not told apart"
    return labels[abs(found.late) > abs(found.early)]
