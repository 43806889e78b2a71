"""Files of one row per dyad for models that are fitted elsewhere; never part of the report."""

from collections.abc import Iterator, Sequence

import numpy as np

from layouts.model import Role
from output.statistics.agreement import profile_correlation, squared_distance
from output.statistics.data import Forms, Matrix, Pairs, Scheme, StudyData, cells_of, pairs_of
from output.statistics.stat_table import Row, StatTable, tabled

_DYAD = ("dyad", "domain", "wave")


def dyad_lists(data: StudyData) -> tuple[StatTable, ...]:
    """Make the files about single dyads."""
    return (
        _differences(data),
        _item_differences(data),
        _profiles(data),
        _surface_terms(data),
        _pairwise(data),
        _centred(data),
    )


def midpoint(scheme: Scheme) -> float:
    """Middle of the answer scale, where both sides are centred (Edwards 1994)."""
    lowest, highest = scheme.extremes
    return (lowest + highest) / 2


def _differences(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme, pairs, who in _pairs(data):
        for at, factor in enumerate(scheme.factors):
            compares = scheme.compared(factor)
            both = pairs.client.scores[:, at], pairs.professional.scores[:, at]
            for row, client, professional in zip(who, *_lists(both), strict=True):
                sides: Row = {"client": client, "professional": professional}
                gap = professional - client
                sides |= {"difference": gap, "absolute": abs(gap)}
                rows.append({**row, "factor": factor, **sides, "compares": compares})
    columns = (*_DYAD, "factor", "client", "professional", "difference", "absolute", "compares")
    return StatTable(
        "dyad_differences_list",
        "Differences of each dyad, by factor",
        "Professional minus client for every dyad, wave and factor, signed and absolute.",
        "Whether a difference is more than measurement error: see difference_reliability in the"
        " table dyad_factors.",
        tabled(rows, columns),
        is_personal=True,
    )


def _item_differences(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme, pairs, who in _pairs(data):
        for at, item in enumerate(scheme.instrument.items):
            gaps = (pairs.professional.items[:, at] - pairs.client.items[:, at]).tolist()
            for row, gap in zip(who, gaps, strict=True):
                named: Row = {"item": item.id, "difference": gap, "absolute": abs(gap)}
                rows.append({**row, **named, "compares": scheme.compared(item.factor)})
    return StatTable(
        "dyad_item_differences_list",
        "Differences of each dyad, by item",
        "Professional minus client for every dyad, wave and item, answers as printed.",
        "A score: single items are unreliable.",
        tabled(rows, (*_DYAD, "item", "difference", "absolute", "compares")),
        is_personal=True,
    )


def _profiles(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for _, pairs, who in _pairs(data):
        first, second = pairs.client.items, pairs.professional.items
        distance, likeness = squared_distance(first, second), profile_correlation(first, second)
        both = (np.isfinite(first) & np.isfinite(second)).sum(axis=1)
        for row, d2, r, items in zip(who, *_lists((distance, likeness, both)), strict=True):
            cells: Row = {"items": int(items), "d_squared": d2 * items, "d_squared_mean": d2}
            rows.append({**row, **cells, "profile_r": r})
    return StatTable(
        "dyad_profiles_list",
        "Profiles of each dyad",
        "D squared (sum and mean) over items that both answered, and the profile correlation.",
        "Agreement on any one factor.",
        tabled(rows, (*_DYAD, "items", "d_squared", "d_squared_mean", "profile_r")),
        is_personal=True,
    )


def _surface_terms(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme, pairs, who in _pairs(data):
        for at, factor in enumerate(scheme.factors):
            both = pairs.client.scores[:, at], pairs.professional.scores[:, at]
            x, y = (side - midpoint(scheme) for side in both)
            terms = _lists((x, y, x**2, x * y, y**2))
            for row, *cells in zip(who, *terms, strict=True):
                named = dict(zip(("x", "y", "x2", "xy", "y2"), cells, strict=True))
                rows.append({**row, "factor": factor, **named})
    return StatTable(
        "response_surface_terms_list",
        "Terms for polynomial regression",
        "Client (x) and professional (y), centred at the middle of the scale, with squares and"
        " product.",
        "A model: that is in the table response_surface, or in your own program.",
        tabled(rows, (*_DYAD, "factor", "x", "y", "x2", "xy", "y2")),
        is_personal=True,
    )


def _pairwise(data: StudyData) -> StatTable:
    rows: list[Row] = []
    factors = list(dict.fromkeys(factor for one in data.schemes for factor in one.factors))
    for scheme, pairs, who in _pairs(data):
        officers = cells_of(pairs.professional, "officer")
        sides = {Role.CLIENT: pairs.client.scores, Role.PROFESSIONAL: pairs.professional.scores}
        for role in Role:
            (other,) = set(Role) - {role}
            for at, (row, officer) in enumerate(zip(who, officers, strict=True)):
                mine = _named("actor_", scheme, sides[role][at])
                theirs = _named("partner_", scheme, sides[other][at])
                rows.append({**row, "officer": officer, "role": role.value, **mine, **theirs})
    columns = [f"{side}{factor}" for side in ("actor_", "partner_") for factor in factors]
    return StatTable(
        "pairwise_list",
        "Pairwise file for actor-partner models",
        "Two rows per dyad and wave: each person once as actor, with the other as partner.",
        "Independent rows: the two rows of a dyad belong together.",
        tabled(rows, (*_DYAD, "officer", "role", *columns)),
        is_personal=True,
    )


def _named(prefix: str, scheme: Scheme, scores: Matrix) -> Row:
    return dict(zip((prefix + one for one in scheme.factors), scores.tolist(), strict=True))


def _centred(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme in data.schemes:
        who = [{**row, "officer": name} for row, name in _form_cells(scheme.forms)]
        for at, factor in enumerate(scheme.factors):
            scores = scheme.forms.scores[:, at]
            person = _group_means(scheme.forms, scores, ("dyad", "role"))
            officer = _group_means(scheme.forms, scores, ("officer", "role"))
            parts = zip(who, scores.tolist(), person, officer, strict=True)
            for row, score, mean, caseload in parts:
                cells = _split(score, mean, caseload if row["officer"] else None)
                rows.append({**row, "factor": factor, **cells})
    columns = ("role", "officer", "factor", "score", "person_mean", "within_person")
    return StatTable(
        "centred_list",
        "Scores split into between and within",
        "Each score as the mean over a dyad's waves plus the deviation at this wave, and the same"
        " within the caseload of the professional.",
        "A cause: what lies between people and what changes within them can have other reasons.",
        tabled(rows, (*_DYAD, *columns, "officer_mean", "within_officer")),
        is_personal=True,
    )


def _form_cells(forms: Forms) -> Iterator[tuple[Row, str]]:
    names = [cells_of(forms, name) for name in ("dyad", "domain", "wave", "role", "officer")]
    for dyad, domain, wave, role, officer in zip(*names, strict=True):
        yield {"dyad": dyad, "domain": domain, "wave": int(wave), "role": role}, officer


def _split(score: float, person: float, caseload: float | None) -> Row:
    row: Row = {"score": score, "person_mean": person, "within_person": score - person}
    if caseload is not None:
        row |= {"officer_mean": caseload, "within_officer": score - caseload}
    return row


def _group_means(forms: Forms, scores: Matrix, by: Sequence[str]) -> list[float]:
    """Give each form the mean score of its group; forms without a score do not count."""
    keys = list(zip(*(cells_of(forms, name) for name in by), strict=True))
    gathered: dict[tuple[str, ...], list[float]] = {}
    for key, score in zip(keys, scores.tolist(), strict=True):
        if np.isfinite(score):
            gathered.setdefault(key, []).append(score)
    means = {key: float(np.mean(found)) for key, found in gathered.items()}
    return [means.get(key, float("nan")) for key in keys]


def _pairs(data: StudyData) -> Iterator[tuple[Scheme, Pairs, list[Row]]]:
    for scheme in data.schemes:
        pairs = pairs_of(scheme.forms)
        names = [cells_of(pairs.client, name) for name in _DYAD]
        who: list[Row] = [
            {"dyad": dyad, "domain": domain, "wave": int(wave)}
            for dyad, domain, wave in zip(*names, strict=True)
        ]
        yield scheme, pairs, who


def _lists(columns: Sequence[Matrix]) -> list[list[float]]:
    return [column.tolist() for column in columns]
