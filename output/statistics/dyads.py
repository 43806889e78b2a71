"""Tables of client and professional side by side."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from output.statistics.agreement import (
    difference_reliability,
    icc_agreement,
    limits_of_agreement,
    profile_correlation,
    squared_distance,
    weighted_kappa,
)
from output.statistics.data import (
    Matrix,
    Pairs,
    Scheme,
    StudyData,
    by_domain,
    finite,
    pairs_by_wave,
    pairs_of,
)
from output.statistics.intervals import fisher_interval, mean_interval, pearson
from output.statistics.reliability import alpha, complete
from output.statistics.stat_table import NotEstimableError, Row, StatTable, estimate, tabled
from wamforms.instrument import FactorId

_WHERE = ("questionnaire", "domain", "wave")

_SIGN = "Differences are professional minus client."


def dyad_tables(data: StudyData) -> tuple[StatTable, ...]:
    """Make the tables about agreement within dyads."""
    return (_factor_table(data), _item_table(data), _profile_table(data))


def places(data: StudyData) -> Iterator[tuple[Row, Scheme, Pairs]]:
    """Give the pairs of each questionnaire, domain and wave with the cells that say so."""
    for scheme in data.schemes:
        for domain, forms in by_domain(scheme):
            for wave, pairs in pairs_by_wave(pairs_of(forms)):
                where: Row = {"questionnaire": scheme.name, "domain": domain}
                yield {**where, "wave": data.waves[wave]}, scheme, pairs


def _factor_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for where, scheme, pairs in places(data):
        for at, factor in enumerate(scheme.factors):
            client, professional = finite(
                pairs.client.scores[:, at], pairs.professional.scores[:, at]
            )
            reliable = _alphas(scheme, pairs, factor)
            cells = estimate(
                len(client),
                partial(_factor_cells, client, professional, reliable),
            )
            compares = scheme.compared(factor)
            rows.append({**where, "factor": factor, "compares": compares, **cells})
    means = ("client_mean", "professional_mean", "difference", "difference_low", "difference_high")
    spread = ("difference_sd", "absolute_mean", "limit_lower", "limit_lower_low")
    limits = ("limit_lower_high", "limit_upper", "limit_upper_low", "limit_upper_high")
    agree = ("icc_a1", "icc_low", "icc_high", "r", "r_low", "r_high", "difference_reliability")
    columns = (*_WHERE, "factor", "compares", "n", *means, *spread, *limits, *agree, "note")
    return StatTable(
        "dyad_factors",
        "Client and professional: factors",
        "How far the two see the same thing: difference, limits of agreement, ICC and correlation.",
        "Who of the two is right, or that a difference is bad: it is a topic for talk.",
        tabled(rows, columns),
        (
            f"{_SIGN} ICC(A,1): two-way random, absolute agreement, single rating (McGraw and Wong"
            " 1996). Limits of agreement: mean difference plus and minus 1.96 SD (Bland and Altman"
            " 1986), with their 95 % intervals. Interval of r: Fisher's z. Reliability of the"
            " difference from the alphas of the two sides (Lord 1963). Where `compares` says two"
            " different constructs, difference, limits and ICC do not measure agreement.",
        ),
    )


def _alphas(scheme: Scheme, pairs: Pairs, factor: FactorId) -> tuple[float, float]:
    found = []
    for forms in (pairs.client, pairs.professional):
        try:
            found.append(alpha(complete(scheme, forms, factor)))
        except NotEstimableError:
            found.append(float("nan"))
    return found[0], found[1]


def _factor_cells(client: Matrix, professional: Matrix, reliable: tuple[float, float]) -> Row:
    difference = professional - client
    limits = limits_of_agreement(difference)
    row: Row = {
        "client_mean": float(client.mean()),
        "professional_mean": float(professional.mean()),
        **{"difference": limits.mean.value, "difference_low": limits.mean.low},
        **{"difference_high": limits.mean.high, "difference_sd": float(difference.std(ddof=1))},
        "absolute_mean": float(np.abs(difference).mean()),
        **{"limit_lower": limits.lower.value, "limit_lower_low": limits.lower.low},
        **{"limit_lower_high": limits.lower.high, "limit_upper": limits.upper.value},
        **{"limit_upper_low": limits.upper.low, "limit_upper_high": limits.upper.high},
    }
    try:
        return {**row, **_together(client, professional, reliable)}
    except NotEstimableError as reason:
        return {**row, "note": f"ICC and r: {reason}"}


def _together(client: Matrix, professional: Matrix, reliable: tuple[float, float]) -> Row:
    icc = icc_agreement(client, professional)
    r, n = pearson(client, professional)
    low, high = fisher_interval(r, n)
    spreads = float(client.std(ddof=1)), float(professional.std(ddof=1))
    return {
        **{"icc_a1": icc.value, "icc_low": icc.low, "icc_high": icc.high},
        **{"r": r, "r_low": low, "r_high": high},
        "difference_reliability": difference_reliability(reliable, spreads, r),
    }


def _item_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for where, scheme, pairs in places(data):
        for at, item in enumerate(scheme.instrument.items):
            client, professional = finite(
                pairs.client.items[:, at], pairs.professional.items[:, at]
            )
            cells = estimate(
                len(client),
                partial(_item_cells, client, professional, scheme),
            )
            compares = scheme.compared(item.factor)
            row: Row = {**where, "factor": item.factor, "item": item.id, "compares": compares}
            rows.append({**row, **cells})
    columns = (*_WHERE, "factor", "item", "compares", "n", "difference", "low", "high")
    more = ("absolute_mean", "same_share", "kappa_weighted", "kappa_low", "kappa_high", "note")
    return StatTable(
        "dyad_items",
        "Client and professional: items",
        "How often both give the same answer to an item, and how far apart they are.",
        "Agreement beyond the wording: the two forms put each item in their own words.",
        tabled(rows, (*columns, *more)),
        (
            f"Answers as printed. {_SIGN} Kappa: Cohen's with quadratic weights, interval after"
            " Fleiss, Cohen and Everitt (1969). Where `compares` says two different constructs, the"
            " two forms ask different things, and equal answers are no agreement.",
        ),
    )


def _item_cells(client: Matrix, professional: Matrix, scheme: Scheme) -> Row:
    difference = professional - client
    mean, low, high = mean_interval(difference)
    row: Row = {"difference": mean, "low": low, "high": high}
    row |= {"absolute_mean": float(np.abs(difference).mean())}
    row |= {"same_share": float((difference == 0).mean())}
    try:
        kappa = weighted_kappa(client, professional, scheme.instrument.scale.values)
    except NotEstimableError as reason:
        return {**row, "note": f"kappa {reason}"}
    return {**row, "kappa_weighted": kappa.value, "kappa_low": kappa.low, "kappa_high": kappa.high}


def _profile_table(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for where, _, pairs in places(data):
        first, second = pairs.client.items, pairs.professional.items
        for name, values in (
            ("mean D squared", squared_distance(first, second)),
            ("profile correlation", profile_correlation(first, second)),
        ):
            given = values[np.isfinite(values)]
            cells = estimate(len(given), partial(_profile_cells, given))
            rows.append({**where, "measure": name, "pairs": len(pairs), **cells})
    columns = (*_WHERE, "measure", "pairs", "n", "mean", "low", "high", "sd", "median", "note")
    return StatTable(
        "dyad_profiles",
        "Client and professional: whole profiles",
        "How alike the two fill in the whole form: in level (D squared) and shape (correlation).",
        "Real likeness alone: two forms that are filled in as most people do are alike, too.",
        tabled(rows, columns),
        (
            "Over items that both answered, as printed. Mean D squared is D squared divided by the"
            " number of items. All items count, also those of factors that are two different"
            " constructs (see `compares` in dyad_items). n counts dyads for which the measure"
            " exists: there is no correlation where somebody gave the same answer everywhere.",
        ),
    )


def _profile_cells(given: Matrix) -> Row:
    mean, low, high = mean_interval(given)
    row: Row = {"mean": mean, "low": low, "high": high, "sd": float(given.std(ddof=1))}
    return {**row, "median": float(np.median(given))}
