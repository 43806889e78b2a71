"""Tables of the factor structure, per role and wave."""

from collections.abc import Callable, Iterator

import numpy as np

from output.statistics.data import Forms, Matrix, Scheme, StudyData, by_moment
from output.statistics.exploring import explore
from output.statistics.stat_table import Row, StatTable, estimate, tabled
from output.statistics.structure import Confirmed, confirm

STRUCTURE_FROM = 100
"""Fewer people than this and a factor model of twenty items tells chance (Kline 2016, ch. 1)."""

STEADY_STRUCTURE_FROM = 200
"""Below the usual minimum for such a model; the rows say so (Kline 2016)."""

_SHAKY = f"n under {STEADY_STRUCTURE_FROM}: loadings and fit are unsteady"

_WHERE = ("questionnaire", "role", "wave")
_FIT = ("chi2", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr", "aic", "bic")

_HOW = (
    "All domains together; complete forms only; reverse-keyed items turned round. Maximum"
    " likelihood (semopy) treats the answer options as numbers; each item loads on its own factor."
)


def structure_tables(data: StudyData) -> tuple[StatTable, ...]:
    """Make the tables about the factor structure."""
    fits: list[Row] = []
    loadings: list[Row] = []
    factors: list[Row] = []
    explored: list[Row] = []
    for scheme, where, items in _moments(data):
        kept: list[Confirmed] = []
        fits.append(
            {**where, **estimate(len(items), _fit(scheme, items, kept), least=STRUCTURE_FROM)}
        )
        loadings += _loading_rows(scheme, where, fits[-1], kept)
        factors += _factor_rows(scheme, where, fits[-1], kept)
        explored += _explored_rows(scheme, where, items)
    return (_fit_table(fits), _loading_table(loadings), _factor_table(factors), _other(explored))


def _fit(scheme: Scheme, items: Matrix, kept: list[Confirmed]) -> Callable[[], Row]:
    def make() -> Row:
        found = confirm(items, _factor_of(scheme))
        kept.append(found)
        row: Row = {name: getattr(found.fit, name) for name in _FIT}
        notes = [] if len(items) >= STEADY_STRUCTURE_FROM else [_SHAKY]
        if not found.is_proper:
            notes.append("improper solution (a variance not positive): do not read the loadings")
        return {**row, "note": "; ".join(notes)}

    return make


def _loading_rows(scheme: Scheme, where: Row, fit: Row, kept: list[Confirmed]) -> Iterator[Row]:
    for at, item in enumerate(scheme.instrument.items):
        row: Row = {**where, "factor": item.factor, "item": item.id, "key": item.key}
        row |= {"n": fit["n"], "note": fit["note"]}
        if kept:
            one = kept[0].loadings[at]
            low, high = one.interval
            row |= {"loading": one.value, "error": one.error, "low": low, "high": high}
        yield row


def _factor_rows(scheme: Scheme, where: Row, fit: Row, kept: list[Confirmed]) -> Iterator[Row]:
    if not kept and len(scheme.factors) > 1:
        yield {**where, "n": fit["n"], "note": fit["note"]}
    for one in kept[0].factors if kept else ():
        low, high = one.interval
        row: Row = {**where, "first": one.first, "second": one.second, "n": fit["n"]}
        row |= {"r": one.value, "error": one.error, "low": low, "high": high}
        yield {**row, "note": fit["note"]}


def _explored_rows(scheme: Scheme, where: Row, items: Matrix) -> Iterator[Row]:
    made: list[tuple[Matrix, Matrix]] = []

    def make() -> Row:
        found = explore(items, _factor_of(scheme))
        made.append((found.loadings, found.unique))
        return {"note": None if len(items) >= STEADY_STRUCTURE_FROM else _SHAKY}

    said = estimate(len(items), make, least=STRUCTURE_FROM)
    factors = tuple(dict.fromkeys(_factor_of(scheme)))
    for at, item in enumerate(scheme.instrument.items):
        row: Row = {**where, "item": item.id, "factor": item.factor, "key": item.key, **said}
        if made:
            loadings, unique = made[0]
            row |= {f"on_{one}": float(loadings[at, n]) for n, one in enumerate(factors)}
            row |= {"unique": float(unique[at])}
        yield row


def _fit_table(rows: list[Row]) -> StatTable:
    return StatTable(
        "structure_fit",
        "Confirmatory factor model: fit",
        "How well the questionnaire's factors reproduce the correlations between the items.",
        "That the model is true: other models may fit as well, and fit says nothing of validity.",
        tabled(rows, (*_WHERE, "n", *_FIT, "note")),
        (_HOW, "RMSEA with its 90 % interval; chi2 is n times the minimum of the fit function."),
    )


def _loading_table(rows: list[Row]) -> StatTable:
    columns = (*_WHERE, "factor", "item", "key", "n", "loading", "error", "low", "high", "note")
    return StatTable(
        "structure_loadings",
        "Confirmatory factor model: loadings",
        "How strongly each item goes with its factor, standardised, with 95 % interval.",
        "Whether an item also belongs to another factor: see the exploratory loadings.",
        tabled(rows, columns),
        (_HOW, "Standard errors: expected information and delta method."),
    )


def _factor_table(rows: list[Row]) -> StatTable:
    columns = (*_WHERE, "first", "second", "n", "r", "error", "low", "high", "note")
    return StatTable(
        "structure_factors",
        "Confirmatory factor model: correlations between factors",
        "How the factors hang together when measurement error is taken out.",
        "The correlation of the factor scores themselves, which is lower.",
        tabled(rows, columns),
        (_HOW,),
    )


def _other(rows: list[Row]) -> StatTable:
    fixed = ("item", "factor", "key", "n")
    names = dict.fromkeys(name for row in rows for name in row if name.startswith("on_"))
    return StatTable(
        "structure_exploratory",
        "Exploratory loadings",
        "Where each item goes if nothing is told beforehand but the number of factors.",
        "How many factors there are: their number is taken from the questionnaire.",
        tabled(rows, (*_WHERE, *fixed, *names, "unique", "note")),
        (
            "Maximum likelihood and oblimin rotation (statsmodels). Columns are placed and turned"
            " to match the questionnaire's factors as well as they can.",
        ),
    )


def _moments(data: StudyData) -> Iterator[tuple[Scheme, Row, Matrix]]:
    for scheme in data.schemes:
        for role, wave, forms in by_moment(scheme.forms):
            where: Row = {"questionnaire": scheme.name, "role": role, "wave": data.waves[wave]}
            yield scheme, where, _complete(scheme, forms)


def _complete(scheme: Scheme, forms: Forms) -> Matrix:
    items = scheme.keyed(forms.items)
    return np.asarray(items[np.isfinite(items).all(axis=1)])


def _factor_of(scheme: Scheme) -> list[str]:
    return [str(item.factor) for item in scheme.instrument.items]
