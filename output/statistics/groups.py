"""Groups compared: domains, and groups of clients by the user's columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from output.statistics.association import corrected
from output.statistics.characteristics import Characteristic, Kind
from output.statistics.data import Forms, Matrix, StudyData, by_moment, cells_of
from output.statistics.intervals import has_spread, mean_interval
from output.statistics.libraries import library
from output.statistics.stat_table import (
    SHOWN_FROM,
    NotEstimableError,
    Row,
    StatTable,
    estimate,
    tabled,
)

_WHERE = ("questionnaire", "role", "wave", "factor")

_HOW = (
    f"Groups of fewer than {SHOWN_FROM} are left out. Welch's test does not need equal variances"
    " and is the one to read when they differ. eta2: share of the variance between groups;"
    " omega2: the same, corrected for chance. p is Welch's; p_holm and p_bh: corrected for all"
    " tests of this table (Holm; Benjamini and Hochberg)."
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One-way analysis of variance, and Welch's version for unequal variances."""

    f: float
    df_between: int
    df_within: int
    p: float
    eta2: float
    omega2: float
    welch_f: float
    welch_df: float
    welch_p: float


def compare(groups: Sequence[Matrix]) -> Comparison:
    """Compare the means of groups without gaps.

    Raises
    ------
    NotEstimableError
        With fewer than two groups, or if a group does not vary.
    """
    if len(groups) < 2:
        raise NotEstimableError("fewer than two groups are large enough")
    if not all(has_spread(group) for group in groups):
        raise NotEstimableError("not estimable: a group does not vary")
    everybody = np.concatenate(groups)
    between = float(sum(len(g) * (g.mean() - everybody.mean()) ** 2 for g in groups))
    total = float(((everybody - everybody.mean()) ** 2).sum())
    df_between, df_within = len(groups) - 1, len(everybody) - len(groups)
    error = (total - between) / df_within
    f = between / df_between / error
    oneway = library("statsmodels.stats.oneway").anova_oneway
    welch = oneway(list(groups), use_var="unequal", welch_correction=True)
    return Comparison(
        f=f,
        df_between=df_between,
        df_within=df_within,
        p=float(library("scipy.stats").f.sf(f, df_between, df_within)),
        eta2=between / total,
        omega2=(between - df_between * error) / (total + error),
        welch_f=float(welch.statistic),
        welch_df=float(welch.df_denom),
        welch_p=float(welch.pvalue),
    )


def group_tables(data: StudyData, columns: Sequence[Characteristic]) -> tuple[StatTable, ...]:
    """Make the tables that compare domains, and those that compare groups of clients."""
    made: tuple[StatTable, ...] = ()
    if any(len(scheme.instruments) > 1 for scheme in data.schemes):
        made = (*made, *_domain_tables(data))
    sorting = [one for one in columns if one.kind in (Kind.NOMINAL, Kind.BINARY)]
    return (*made, *_column_tables(data, sorting)) if sorting else made


def _domain_tables(data: StudyData) -> tuple[StatTable, ...]:
    means: list[Row] = []
    tests: list[Row] = []
    for where, forms, at in _places(data):
        groups = _grouped(forms.scores[:, at], cells_of(forms, "domain"))
        means += [{**where, "domain": name, **_mean(group)} for name, group in groups.items()]
        tests.append({**where, **_test(groups)})
    return (
        _means("domains_means", "Domains: means", "domain", means),
        _tests("domains_compared", "Domains compared", (), tests),
    )


def _column_tables(data: StudyData, columns: Sequence[Characteristic]) -> tuple[StatTable, ...]:
    means: list[Row] = []
    tests: list[Row] = []
    for where, forms, at in _places(data):
        for column in columns:
            labels = column.groups(cells_of(forms, "dyad"))
            groups = _grouped(forms.scores[:, at], labels)
            place: Row = {**where, "column": column.name}
            means += [{**place, "group": name, **_mean(group)} for name, group in groups.items()]
            tests.append({**place, **_test(groups)})
    return (
        _means("groups_means", "Groups of clients: means", "group", means, ("column",)),
        _tests("groups_compared", "Groups of clients compared", ("column",), tests),
    )


def _mean(group: Matrix) -> Row:
    def make() -> Row:
        mean, low, high = mean_interval(group)
        return {"mean": mean, "low": low, "high": high, "sd": float(group.std(ddof=1))}

    return estimate(len(group), make)


def _test(groups: Mapping[str, Matrix]) -> Row:
    large = {name: group for name, group in groups.items() if len(group) >= SHOWN_FROM}
    left_out = sorted(set(groups) - set(large))
    note = f"left out, too small: {', '.join(left_out)}" if left_out else None

    def make() -> Row:
        found = compare(list(large.values()))
        row: Row = {"groups": len(large), "f": found.f, "df_between": found.df_between}
        row |= {"df_within": found.df_within, "p_anova": found.p, "eta2": found.eta2}
        row |= {"omega2": found.omega2, "welch_f": found.welch_f, "welch_df": found.welch_df}
        return {**row, "p": found.welch_p, "note": note}

    row = estimate(sum(len(group) for group in large.values()), make)
    return row if "p" in row or not note else {**row, "note": f"{row['note']}; {note}"}


def _means(
    name: str, title: str, group: str, rows: list[Row], more: tuple[str, ...] = ()
) -> StatTable:
    return StatTable(
        name,
        title,
        "The mean of each group with its 95 % interval, per role, wave and factor.",
        "Whether groups differ: overlapping intervals are no test.",
        tabled(rows, (*_WHERE, *more, group, "n", "mean", "low", "high", "sd", "note")),
    )


def _tests(name: str, title: str, more: tuple[str, ...], rows: list[Row]) -> StatTable:
    anova = ("groups", "f", "df_between", "df_within", "p_anova", "eta2", "omega2")
    columns = (*_WHERE, *more, "n", *anova, "welch_f", "welch_df", "p", "p_holm", "p_bh", "note")
    return StatTable(
        name,
        title,
        "Whether the groups' means differ by more than chance, and how much of the differences"
        " between people lies between groups.",
        "Which groups differ from which, and why: people were not drawn into groups by lot.",
        tabled(corrected(rows), columns),
        (_HOW,),
    )


def _grouped(scores: Matrix, labels: Sequence[str | None]) -> dict[str, Matrix]:
    names = sorted({label for label in labels if label is not None})
    places = {name: np.array([label == name for label in labels]) for name in names}
    groups = {name: scores[place & np.isfinite(scores)] for name, place in places.items()}
    return {name: group for name, group in groups.items() if len(group)}


def _places(data: StudyData) -> Iterator[tuple[Row, Forms, int]]:
    for scheme in data.schemes:
        for role, wave, forms in by_moment(scheme.forms):
            for at, factor in enumerate(scheme.factors):
                where: Row = {"questionnaire": scheme.name, "role": role}
                yield {**where, "wave": data.waves[wave], "factor": factor}, forms, at
