"""Internal consistency: alpha, omega, item-rest correlations."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from output.statistics.data import Forms, Matrix, Scheme, StudyData, by_domain, by_moment
from output.statistics.intervals import TAIL, has_spread, pearson
from output.statistics.libraries import library
from output.statistics.omega import omega_with_interval
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled
from wamforms.instrument import FactorId

_WHERE = ("questionnaire", "domain", "role", "wave", "factor")


def alpha(items: Matrix) -> float:
    """Compute Cronbach's alpha from complete rows of keyed answers, shape (people, items).

    Raises
    ------
    NotEstimableError
        With fewer than two items, or if their sum does not vary.
    """
    count = items.shape[1]
    if count < 2:
        raise NotEstimableError("alpha needs two items")
    if not has_spread(items.sum(axis=1)):
        raise NotEstimableError("not estimable: no variation")
    covariance = np.cov(items, rowvar=False)
    return float(count / (count - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt_interval(value: float, people: int, items: int) -> tuple[float, float]:
    """Give the 95 % interval of alpha of Feldt, Woodruff and Salih (1987)."""
    f = library("scipy.stats").f
    low_df, high_df = people - 1, (people - 1) * (items - 1)
    low = 1 - (1 - value) * float(f.ppf(TAIL, low_df, high_df))
    high = 1 - (1 - value) * float(f.ppf(1 - TAIL, low_df, high_df))
    return low, high


def item_rest(items: Matrix, at: int) -> float:
    """Correlate an item with the sum of the others of its factor, from complete rows.

    Raises
    ------
    NotEstimableError
        With a single item, or if either does not vary.
    """
    if items.shape[1] < 2:
        raise NotEstimableError("item-rest needs two items")
    return pearson(items[:, at], np.delete(items, at, axis=1).sum(axis=1))[0]


def reliability_tables(data: StudyData) -> tuple[StatTable, ...]:
    """Make the tables about internal consistency."""
    return (_consistency(data), _item_table(data))


def _consistency(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme, domain, role, wave, forms in _moments(data):
        for factor in scheme.factors:
            items = complete(scheme, forms, factor)
            where = _where(scheme, domain, role, data.waves[wave], factor)
            cells = estimate(len(items), partial(_consistency_cells, items))
            rows.append({**where, "items": items.shape[1], **cells})
    alpha_columns = ("items", "n", "alpha", "low", "high")
    columns = (*_WHERE, *alpha_columns, "omega_total", "omega_low", "omega_high", "mean_r", "note")
    return StatTable(
        "reliability",
        "Reliability",
        "How far the items of a factor agree with each other, per role and moment.",
        "Whether they measure the intended construct, or whether answers are stable over time.",
        tabled(rows, columns),
        (
            "Complete answers to the factor only; reverse-keyed items turned round. Interval of"
            " alpha: Feldt, Woodruff and Salih (1987), 95 %. Omega total: one-factor model by"
            " maximum likelihood, unstandardised, interval by the delta method (Raykov 2002)."
            " mean_r: mean correlation between items.",
        ),
    )


def _consistency_cells(items: Matrix) -> Row:
    value = alpha(items)
    low, high = feldt_interval(value, *items.shape)
    row: Row = {"alpha": value, "low": low, "high": high, "mean_r": _mean_r(items)}
    try:
        omega, omega_low, omega_high = omega_with_interval(items)
    except NotEstimableError as reason:
        return {**row, "note": str(reason)}
    return {**row, "omega_total": omega, "omega_low": omega_low, "omega_high": omega_high}


def _mean_r(items: Matrix) -> float:
    if not all(has_spread(column) for column in items.T):
        return float("nan")
    correlations = np.atleast_2d(np.corrcoef(items, rowvar=False))
    return float(correlations[np.triu_indices_from(correlations, 1)].mean())


def _item_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme, domain, role, wave, forms in _moments(data):
        for factor in scheme.factors:
            items = complete(scheme, forms, factor)
            where = _where(scheme, domain, role, data.waves[wave], factor)
            for at, item in enumerate(scheme.instrument.items_of(factor)):
                cells = estimate(len(items), partial(_item_cells, items, at))
                rows.append({**where, "item": item.id, "key": item.key, **cells})
    columns = (*_WHERE, "item", "key", "n", "item_rest_r", "alpha_if_deleted", "note")
    return StatTable(
        "reliability_items",
        "Items within their factor",
        "How each item goes with the others of its factor, and alpha without it.",
        "Whether to drop an item: that also depends on what it asks.",
        tabled(rows, columns),
        ("Complete answers to the factor only; reverse-keyed items turned round.",),
    )


def _item_cells(items: Matrix, at: int) -> Row:
    row: Row = {"item_rest_r": item_rest(items, at)}
    try:
        return {**row, "alpha_if_deleted": alpha(np.delete(items, at, axis=1))}
    except NotEstimableError as reason:
        return {**row, "note": f"alpha without the item: {reason}"}


def complete(scheme: Scheme, forms: Forms, factor: FactorId) -> Matrix:
    """Give the keyed answers to a factor of everybody who answered all of it."""
    items = scheme.keyed(forms.items)[:, scheme.columns_of(factor)]
    return np.asarray(items[np.isfinite(items).all(axis=1)])


def _moments(data: StudyData) -> Iterator[tuple[Scheme, str, str, int, Forms]]:
    for scheme in data.schemes:
        for domain, inside in by_domain(scheme):
            for role, wave, forms in by_moment(inside):
                yield scheme, domain, role, wave, forms


def _where(scheme: Scheme, domain: str, role: str, wave: str, factor: FactorId) -> Row:
    place: Row = {"questionnaire": scheme.name, "domain": domain, "role": role}
    return {**place, "wave": wave, "factor": factor}
