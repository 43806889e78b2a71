"""The final tables of the simulated study held against what everybody meant, cell by cell.

Scores are computed here in plain steps: another way than the one they are to check.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.story_paper import Paper
from bench.story_plot import Key, Meant, Plot
from layouts.model import CONSENT, CONSENT_VALUES, Consent, ItemId, Role
from wamforms.instrument import Instrument
from wamforms.practice.people import TruthKind

Row = Mapping[str, str]
Values = Mapping[ItemId, int | None]

ALLOWED = {
    "answers_long.csv": {Consent.ALL},
    "factor_scores.csv": {Consent.ALL, Consent.FACTORS},
}
"""What a client must have crossed for a cell of the officer's table to be filled."""

MISSING = {True: "-2", False: "-1"}
"""Code of a row without a value: several marks, or nothing."""


def differences(plot: Plot, paper: Paper, tables: Path) -> list[str]:
    """List every cell that is not the truth; empty if all are."""
    kept = plot.kept()
    return [
        *_forms(plot, paper, kept, _read(tables / "forms.csv")),
        *_answers(paper, kept, _read(tables / "answers_long.csv")),
        *_scores(plot, paper, kept, _read(tables / "factor_scores.csv")),
        *_pairs(plot, paper, kept, _read(tables / "dyads_wide.csv")),
    ]


def overshown(paper: Paper, tables: Path) -> list[str]:
    """List every cell of an officer's export that a client did not allow."""
    clients = [
        (name, row)
        for name in ("answers_long.csv", "factor_scores.csv")
        for row in _read(tables / name)
        if row["role"] == Role.CLIENT
    ]
    if not clients:
        raise ValueError("the export holds no client, so it shows nothing about consent")
    allowed = {
        "answers_long.csv": {Consent.ALL},
        "factor_scores.csv": {Consent.ALL, Consent.FACTORS},
    }
    return [
        f"{name}: {row}"
        for name, row in clients
        if (row.get("value") or row.get("score"))
        and _consent(paper, _key(row)) not in allowed[name]
    ]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _key(row: Row) -> Key:
    return Key(row["dyad"], Role(row["role"]), int(row["wave"]))


def _same(what: str, found: object, meant: object) -> Iterator[str]:
    if found != meant:
        yield f"{what}: {found!r} instead of {meant!r}"


def _forms(plot: Plot, paper: Paper, kept: Mapping[Key, Meant], rows: list[Row]) -> Iterator[str]:
    yield from _same("forms", sorted(map(_key, rows)), sorted(kept))
    dyads = {one.code: one for one in plot.dyads}
    for row in rows:
        key = _key(row)
        if key not in kept:
            continue
        dyad = dyads[key.dyad]
        meant = {"domain": dyad.domain, "language": dyad.language, "doubt": "0"}
        meant["officer"] = dyad.officers[key.wave - 1]
        meant["consent"] = _consent(paper, key) if key.role is Role.CLIENT else ""
        for column, value in meant.items():
            yield from _same(f"{key} {column}", row[column], value)


def _consent(paper: Paper, key: Key) -> str:
    value = paper.truth(key, CONSENT).value
    return (Consent.NOTHING if value is None else CONSENT_VALUES[value]).value


def _answers(paper: Paper, kept: Mapping[Key, Meant], rows: list[Row]) -> Iterator[str]:
    found = {(_key(row), row["item"]): row for row in rows}
    expected = {
        (key, truth.item): truth for key in kept for truth in paper.truths[key]
        if truth.item != CONSENT
    }  # fmt: skip
    yield from _same("rows of answers", len(rows), len(expected))
    for place, truth in expected.items():
        row = found.get((place[0], str(place[1])))
        if row is None:
            yield f"{place} is missing"
            continue
        value = "" if truth.value is None else str(truth.value)
        yield from _same(f"{place}", row["value"], value)
        code = "" if value else MISSING[truth.kind is TruthKind.SEVERAL]
        yield from _same(f"{place} missing", row["missing"], code)


def _scores(plot: Plot, paper: Paper, kept: Mapping[Key, Meant], rows: list[Row]) -> Iterator[str]:
    found = {(_key(row), row["factor"]): row for row in rows}
    factors = {key: plot.instruments[plot.domain(key.dyad)] for key in kept}
    yield from _same("rows of scores", len(rows), sum(len(i.factors) for i in factors.values()))
    for key, instrument in factors.items():
        for factor in instrument.factors:
            score, answered = _score(instrument, factor, paper.values(key))
            row = found.get((key, factor))
            cells = ("", "") if row is None else (row["score"], row["answered"])
            yield from _same(f"{key} {factor}", _number(cells[0]), score)
            yield from _same(f"{key} {factor} answered", cells[1], str(answered))


def _number(cell: str) -> float | None:
    return round(float(cell), 5) if cell else None


def _score(instrument: Instrument, factor: str, values: Values) -> tuple[float | None, int]:
    low, high = min(instrument.scale.values), max(instrument.scale.values)
    items = [item for item in instrument.items if item.factor == factor]
    marked = [(item, value) for item in items if (value := values[item.id]) is not None]
    keyed = [value if item.key > 0 else low + high - value for item, value in marked]
    if not keyed or len(keyed) < instrument.minimum_share * len(items) - 1e-9:
        return None, len(keyed)
    return round(sum(keyed) / len(keyed), 5), len(keyed)


def _pairs(plot: Plot, paper: Paper, kept: Mapping[Key, Meant], rows: list[Row]) -> Iterator[str]:
    """Compare the differences of the two people where both forms are in."""
    expected = {(key.dyad, key.wave) for key in kept}
    found = {(row["dyad"], int(row["wave"])): row for row in rows}
    yield from _same("dyads and waves", sorted(found), sorted(expected))
    for (dyad, wave), row in found.items():
        keys = [Key(dyad, role, wave) for role in (Role.PROFESSIONAL, Role.CLIENT)]
        instrument = plot.instruments[plot.domain(dyad)]
        for factor in instrument.factors:
            pair = [
                _score(instrument, factor, paper.values(key))[0] if key in kept else None
                for key in keys
            ]
            one, other = pair
            meant = None if one is None or other is None else round(one - other, 4)
            cell = row[f"d_{factor}"]
            yield from _same(
                f"{dyad} {wave} {factor}", round(float(cell), 4) if cell else None, meant
            )
