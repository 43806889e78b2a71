"""Scores, and differences within dyads, against the user's own columns."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from output.statistics.association import METHOD_NOTE, METHODS, corrected, correlate_sets
from output.statistics.characteristics import Characteristic, Kind
from output.statistics.correlation_matrix import correlation_matrix
from output.statistics.data import Forms, Matrix, Scheme, StudyData, by_domain, by_moment, cells_of
from output.statistics.dyads import places
from output.statistics.stat_table import SHOWN_FROM, Row, StatTable, estimate, tabled

_R = ("method", "n", "r", "low", "high", "p", "p_holm", "p_bh", "note")


def outcome_tables(
    sets: Sequence[StudyData], columns: Sequence[Characteristic]
) -> tuple[StatTable, ...]:
    """Make the tables that set scores against the user's columns.

    Parameters
    ----------
    sets : sequence of StudyData
        One, or the imputed ones, which are pooled.
    columns : sequence of Characteristic
    """
    scores = _scores(sets, columns)
    overview = correlation_matrix(scores)
    return (_column_table(sets[0], columns), overview, scores, _differences(sets, columns))


def _column_table(data: StudyData, columns: Sequence[Characteristic]) -> StatTable:
    dyads = {dyad for one in data.schemes for dyad in cells_of(one.forms, "dyad")}
    rows: list[Row] = []
    for one in columns:
        known = len(dyads & set(one.labels))
        row: Row = {"column": one.name, "type": one.kind.value}
        row |= {"declared": "yes" if one.is_declared else "no: detected", "n": known}
        row |= {"missing": len(dyads) - known, "not_in_study": len(set(one.labels) - dyads)}
        rows.append({**row, "coding": one.coding})
    return StatTable(
        "characteristics",
        "The columns of your own file",
        "What each column was taken for, and for how many dyads of the study it is known.",
        "Whether the type is right: declare it with --type where it is not.",
        tabled(rows, ("column", "type", "declared", "n", "missing", "not_in_study", "coding")),
        ("n counts dyads with a scanned form.",),
    )


class _Test(NamedTuple):
    """Scores to be set against every column: where, and by imputed set."""

    where: Row
    dyads: list[str]
    scores: list[Matrix]


def _scores(sets: Sequence[StudyData], columns: Sequence[Characteristic]) -> StatTable:
    tests: list[_Test] = []
    for schemes in zip(*(one.schemes for one in sets), strict=True):
        for domain, role, wave, blocks in _blocks(schemes):
            for at, factor in enumerate(schemes[0].factors):
                where: Row = {"questionnaire": schemes[0].name, "domain": domain, "role": role}
                where |= {"wave": sets[0].waves[wave], "factor": factor}
                dyads = cells_of(blocks[0], "dyad")
                tests.append(_Test(where, dyads, [block.scores[:, at] for block in blocks]))
    where_columns = ("questionnaire", "domain", "role", "wave", "factor", "column")
    return StatTable(
        "correlations",
        "Factor scores and your columns",
        "How each factor score goes together with each of your columns, per role and wave.",
        "A cause: a third matter may move both, and many tests find something by chance.",
        tabled(corrected(_rows(tests, columns)), (*where_columns, *_R)),
        (METHOD_NOTE,),
    )


def _blocks(schemes: tuple[Scheme, ...]) -> list[tuple[str, str, int, list[Forms]]]:
    """Give the forms of each domain, role and wave in every set; the sets have the same forms."""
    by_set = [
        [
            (domain, role, wave, forms)
            for domain, inside in by_domain(scheme)
            for role, wave, forms in by_moment(inside)
        ]
        for scheme in schemes
    ]
    return [(*same[0][:3], [one[3] for one in same]) for same in zip(*by_set, strict=True)]


def _differences(sets: Sequence[StudyData], columns: Sequence[Characteristic]) -> StatTable:
    tests: list[_Test] = []
    for same in zip(*(list(places(one)) for one in sets), strict=True):
        where, scheme, first = same[0]
        for at, factor in enumerate(scheme.factors):
            gaps = [p.professional.scores[:, at] - p.client.scores[:, at] for _, _, p in same]
            for name, measure in _MEASURES.items():
                place: Row = {**where, "factor": factor, "difference": name}
                place |= {"compares": scheme.compared(factor)}
                dyads = cells_of(first.client, "dyad")
                tests.append(_Test(place, dyads, [measure(gap) for gap in gaps]))
    where_columns = ("questionnaire", "domain", "wave", "factor", "difference", "compares")
    return StatTable(
        "difference_outcomes",
        "Differences within dyads and your columns",
        "Whether dyads that differ more, or in one direction, also differ in your columns.",
        "What the two levels do apart from their difference: see the response surface.",
        tabled(corrected(_rows(tests, columns)), (*where_columns, "column", *_R)),
        (f"Signed: professional minus client; absolute: its size. {METHOD_NOTE}",),
    )


_MEASURES: dict[str, Callable[[Matrix], Matrix]] = {
    "signed": lambda gap: gap,
    "absolute": np.abs,
}
"""Both ways to look at a difference."""


def _rows(tests: Sequence[_Test], columns: Sequence[Characteristic]) -> list[Row]:
    return [
        {**test.where, "column": column.name, **_cells(test, column)}
        for test in tests
        for column in columns
        if column.kind is not Kind.NOMINAL
    ]


def _cells(test: _Test, column: Characteristic) -> Row:
    values = column.numbers(test.dyads)
    known = np.isfinite(test.scores[0]) & np.isfinite(values)

    def make() -> Row:
        found = correlate_sets(test.scores, values, column.kind)
        row: Row = {"r": found.r, "low": found.low, "high": found.high, "p": found.p}
        return {**row, "note": _rare(values[known], column.kind)}

    return {"method": METHODS[column.kind], **estimate(int(known.sum()), make)}


def _rare(values: Matrix, kind: Kind) -> str | None:
    """Say so if one of two values is rare, for the interval then promises too much."""
    if kind is not Kind.BINARY:
        return None
    fewest = int(min((values == 0).sum(), (values == 1).sum()))
    return f"only {fewest} dyads have the rarer value" if fewest < SHOWN_FROM else None
