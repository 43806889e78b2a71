"""Tables of change: from wave to wave, reliable change, growth."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

from output.statistics.association import corrected
from output.statistics.data import (
    DAYS_A_MONTH,
    Forms,
    Matrix,
    Scheme,
    StudyData,
    by_domain,
    by_moment,
    cells_of,
)
from output.statistics.intervals import fisher_interval, has_spread, mean_interval, pearson
from output.statistics.libraries import library
from output.statistics.nested import fit_mixed
from output.statistics.reliability import alpha, complete
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled
from wamforms.instrument import FactorId

RELIABLE = 1.96
"""A change beyond this many standard errors of a difference is called reliable (two-sided 5 %)."""

_FORMULA = (
    "Reliable change index of Jacobson and Truax (1991): change / (SD of the earlier wave x"
    " sqrt(2) x sqrt(1 - alpha)); SD and alpha are those of the earlier wave, same role and"
    " factor, all dyads of the row's domain; reliable beyond 1.96."
)


def standard_error_of_change(spread: float, reliability: float) -> float:
    """Compute the standard error of a difference of Jacobson and Truax (1991).

    Raises
    ------
    NotEstimableError
        If the scores do not vary or the reliability is not between 0 and 1.
    """
    if not 0 < reliability < 1:
        raise NotEstimableError(f"no reliable change: alpha is {reliability:.2f}")
    if not spread > 0:
        raise NotEstimableError("no reliable change: scores do not vary")
    return float(spread * np.sqrt(2) * np.sqrt(1 - reliability))


class Change(NamedTuple):
    """One factor of one role from one wave to a later one; rows are dyads with both scores."""

    scheme: Scheme
    domain: str
    role: str
    factor: FactorId
    waves: tuple[int, int]
    before: Forms
    dyads: list[str]
    first: Matrix
    second: Matrix

    def error(self) -> float:
        """Give the standard error of a change."""
        at = self.scheme.factors.index(self.factor)
        scores = self.before.scores[:, at]
        scores = scores[np.isfinite(scores)]
        spread = float(scores.std(ddof=1)) if len(scores) > 1 else 0.0
        return standard_error_of_change(spread, self.alpha())

    def alpha(self) -> float:
        """Give alpha of the earlier wave."""
        return alpha(complete(self.scheme, self.before, self.factor))


def wave_tables(data: StudyData) -> tuple[StatTable, ...]:
    """Make the tables about change."""
    return (_change_table(data), _growth_table(data), _change_list(data))


def changes(data: StudyData, *, by: bool = True) -> Iterator[Change]:
    """Give every factor of each role from every wave to every later one; `by` each domain, too."""
    for scheme in data.schemes:
        for domain, forms in by_domain(scheme):
            if by or domain == scheme.domains[0]:
                yield from _changes_in(scheme, domain, forms)


def _changes_in(scheme: Scheme, domain: str, forms: Forms) -> Iterator[Change]:
    moments = {(role, wave): chosen for role, wave, chosen in by_moment(forms)}
    for (role, early), (other, late) in combinations(moments, 2):
        if role != other:
            continue
        before, after = moments[role, early], moments[role, late]
        places = {dyad: at for at, dyad in enumerate(cells_of(after, "dyad"))}
        both = [
            (at, places[dyad], dyad)
            for at, dyad in enumerate(cells_of(before, "dyad"))
            if dyad in places
        ]
        for column, factor in enumerate(scheme.factors):
            first = before.scores[[one for one, _, _ in both], column]
            second = after.scores[[two for _, two, _ in both], column]
            kept = np.isfinite(first) & np.isfinite(second)
            dyads = [dyad for (_, _, dyad), whole in zip(both, kept, strict=True) if whole]
            place = (scheme, domain, role, factor, (early, late), before, dyads)
            yield Change(*place, first[kept], second[kept])


def _change_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for one in changes(data):
        where: Row = {"questionnaire": one.scheme.name, "domain": one.domain, "role": one.role}
        where |= {"factor": one.factor, "from": data.waves[one.waves[0]]}
        where |= {"to": data.waves[one.waves[1]]}
        rows.append({**where, **estimate(len(one.dyads), partial(_change_cells, one))})
    columns = ("questionnaire", "domain", "role", "factor", "from", "to", "n")
    change = ("change", "low", "high", "change_sd", "d", "t", "p", "p_holm", "p_bh")
    wave = ("r", "r_low", "r_high")
    index = ("alpha", "change_error", "higher_n", "lower_n", "unchanged_n", "note")
    return StatTable(
        "change",
        "Change between waves",
        "How much scores moved, how stable the order of people is, and for how many the move is"
        " larger than measurement error.",
        "Why scores moved: people who stop filling in forms are not in the table.",
        tabled(corrected(rows), (*columns, *change, *wave, *index)),
        (
            "n counts dyads with a score at both waves. d: change / SD of the earlier wave. t:"
            " paired. Interval of r: Fisher's z. p_holm and p_bh: corrected for all tests of this"
            " table (Holm 1979; Benjamini and Hochberg 1995).",
            _FORMULA,
        ),
    )


def _change_cells(one: Change) -> Row:
    change = one.second - one.first
    mean, low, high = mean_interval(change)
    row: Row = {"change": mean, "low": low, "high": high, "change_sd": float(change.std(ddof=1))}
    if not has_spread(change):
        return {**row, "note": "every score moved by the same amount"}
    found = library("scipy.stats").ttest_rel(one.second, one.first)
    row |= {"t": float(found.statistic), "p": float(found.pvalue)}
    try:
        r, n = pearson(one.first, one.second)
        r_low, r_high = fisher_interval(r, n)
        row |= {"d": mean / float(one.first.std(ddof=1)), "r": r, "r_low": r_low, "r_high": r_high}
        error = one.error()
    except NotEstimableError as reason:
        return {**row, "note": str(reason)}
    higher, lower = int((change / error > RELIABLE).sum()), int((change / error < -RELIABLE).sum())
    row |= {"alpha": one.alpha(), "change_error": error, "higher_n": higher, "lower_n": lower}
    return {**row, "unchanged_n": len(change) - higher - lower}


def _change_list(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for one in changes(data, by=False):
        try:
            error = one.error()
        except NotEstimableError:
            error = float("nan")
        moves = (one.second - one.first).tolist()
        for dyad, move in zip(one.dyads, moves, strict=True):
            row: Row = {"dyad": dyad, "role": one.role, "factor": one.factor}
            row |= {"from": one.waves[0], "to": one.waves[1], "change": move}
            rows.append({**row, "rci": move / error, "verdict": _verdict(move / error)})
    columns = ("dyad", "role", "factor", "from", "to", "change", "rci", "verdict")
    return StatTable(
        "change_list",
        "Change of each dyad",
        "Every dyad's change in each factor with its reliable change index.",
        "A judgement about the person: most single changes lie inside measurement error.",
        tabled(rows, columns),
        (_FORMULA,),
        is_personal=True,
    )


def _verdict(index: float) -> str:
    if not np.isfinite(index):
        return "no index"
    if abs(index) <= RELIABLE:
        return "unchanged"
    return "higher" if index > 0 else "lower"


def _growth_table(data: StudyData) -> StatTable:
    times, unit = _times(data)
    rows: list[Row] = []
    for scheme in data.schemes:
        for domain, forms in by_domain(scheme):
            for role in sorted(set(cells_of(forms, "role"))):
                mine = forms.at(np.array([one == role for one in cells_of(forms, "role")]))
                for at, factor in enumerate(scheme.factors):
                    where: Row = {"questionnaire": scheme.name, "domain": domain, "role": role}
                    where |= {"factor": factor, "per": unit}
                    rows.append({**where, **_growth_row(mine, at, times)})
    columns = ("questionnaire", "domain", "role", "factor", "per", "n", "forms", "intercept")
    more = ("slope", "error", "low", "high", "p", "p_holm", "p_bh", "between_sd", "within_sd")
    return StatTable(
        "growth",
        "Growth over the waves",
        "The average straight line through the waves: level at the first, change per unit of time.",
        "The course of any one dyad, or a course that is not straight.",
        tabled(corrected(rows), (*columns, *more, "note")),
        (
            "Mixed model (statsmodels, REML): score on time, random intercept per dyad. per: the"
            " unit of time, a month if it is known of every wave when it is due, else a wave, and"
            " waves then count as equally far apart. n counts dyads. p_holm and p_bh: corrected"
            " for all tests of this table (Holm; Benjamini and Hochberg).",
        ),
    )


def _times(data: StudyData) -> tuple[dict[int, float], str]:
    """Give when each wave is, from the first, and in which unit."""
    if set(data.days) != set(data.waves):
        return {wave: float(wave - min(data.waves)) for wave in data.waves}, "wave"
    first = min(data.days.values())
    return {wave: (day - first) / DAYS_A_MONTH for wave, day in data.days.items()}, "month"


def _growth_row(forms: Forms, at: int, times: Mapping[int, float]) -> Row:
    kept = forms.at(np.isfinite(forms.scores[:, at]))
    dyads = cells_of(kept, "dyad")

    def make() -> Row:
        when = np.array([times[int(wave)] for wave in kept.who["wave"].tolist()], dtype=float)
        if not has_spread(when):
            raise NotEstimableError("a single wave has no growth")
        fit = fit_mixed(kept.scores[:, at], when, dyads)
        row: Row = {"forms": len(kept), "intercept": fit.intercept, "slope": fit.slope}
        row |= {"error": fit.error, "low": fit.low, "high": fit.high, "p": fit.p}
        return {**row, "between_sd": fit.between_sd, "within_sd": fit.within_sd}

    return estimate(len(set(dyads)), make)
