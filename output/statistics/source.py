"""From a folder of exported tables to a `StudyData`, checked against the questionnaire."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from layouts.errors import MismatchError, UsageError
from output.package import PROVENANCE_FILE
from output.quality import USUAL_DAYS
from output.scoring import ScoreState
from output.statistics.data import WHO, Forms, Matrix, Scheme, StudyData
from scan.results import Status
from wamforms.instrument import Instrument

ANSWERS, SCORES, FORMS = "answers_long.csv", "factor_scores.csv", "forms.csv"
CODEBOOK = "codebook.csv"

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    ANSWERS: ("dyad", "domain", "role", "wave", "item", "value", "status"),
    SCORES: ("dyad", "domain", "wave", "role", "factor", "score", "state"),
    FORMS: ("dyad", "domain", "role", "wave", "officer"),
}
"""What is read of each table; other columns may be there."""

_FORM = ("dyad", "role", "wave")
"""What tells one form from another."""

_SAME = 2e-6
"""Scores are exported with six decimals; a recomputed one may differ by rounding only."""


_SEALED = re.compile(r"\b(\d+) client(?:'s form is|s' forms are) sealed\b")
"""How the codebook says it (`output.export.sealed_words`)."""


def read_export(folder: Path, instruments: Mapping[str, Instrument]) -> StudyData:
    """Read the tables that `wamforms export` wrote.

    Every exported score is recomputed from the answers and the questionnaire
    before anything else is done with it.

    Parameters
    ----------
    folder : Path
        Holds `answers_long.csv`, `factor_scores.csv` and `forms.csv`, itself or
        in one of the folders in it.
    instruments : mapping of str to Instrument
        By domain; those of the domains that occur are needed.

    Raises
    ------
    UsageError
        If a table or a column is missing, or a domain has no questionnaire.
    MismatchError
        If the answers or scores do not fit the questionnaire.
    """
    home = _home(folder)
    tables = {name: _table(home / name) for name in _COLUMNS}
    unknown = sorted(set(tables[FORMS]["domain"]) - set(instruments))
    if unknown:
        raise UsageError(
            f"{home / FORMS} names {', '.join(unknown)}, but there is no such questionnaire",
            advice="Name the folder of the study's questionnaires with --definitions.",
        )
    used = {name: instruments[name] for name in sorted(set(tables[FORMS]["domain"]))}
    schemes = tuple(_scheme(group, tables, home) for group in _alike(used))
    numbers = sorted({int(wave) for wave in tables[FORMS]["wave"]})
    names = _wave_names(home / CODEBOOK)
    waiting = int((tables[ANSWERS]["status"] == Status.DOUBT.value).sum())
    waves = {n: names.get(n, f"wave {n}") for n in numbers}
    return StudyData(schemes, waves, waiting, days_of(waves, {}), _sealed(home))


def days_of(waves: Mapping[int, str], chosen: Mapping[str, int]) -> dict[int, int]:
    """Give when each wave is due, by its number; `chosen` days by name go before usual ones."""
    known = {**USUAL_DAYS, **chosen}
    return {number: known[name] for number, name in waves.items() if name in known}


def is_export(folder: Path) -> bool:
    """Tell whether a folder holds exported tables."""
    return any(folder.glob(ANSWERS)) or any(folder.glob(f"*/{ANSWERS}"))


def _home(folder: Path) -> Path:
    found = [path.parent for path in (*folder.glob(ANSWERS), *sorted(folder.glob(f"*/{ANSWERS}")))]
    if not found:
        raise UsageError(
            f"{folder} holds no {ANSWERS}",
            advice="Name a study, or the folder that `wamforms export` wrote.",
        )
    return found[0]


def _table(path: Path) -> pd.DataFrame:
    """Read a table as text, whichever of comma, semicolon and tab is between its cells."""
    try:
        head = path.read_text(encoding="utf-8-sig").partition("\n")[0]
        separator = max(",;\t", key=head.count)
        frame = pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (OSError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise UsageError(
            f"{path} cannot be read as a table: {error}", advice="Export the study again."
        ) from error
    missing = [name for name in _COLUMNS.get(path.name, ()) if name not in frame.columns]
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}", advice="Export the study again."
        )
    return frame


def _alike(instruments: Mapping[str, Instrument]) -> list[dict[str, Instrument]]:
    """Put domains together whose answers mean the same."""
    groups: dict[object, dict[str, Instrument]] = {}
    for domain, one in instruments.items():
        values = tuple(sorted(one.scale.values))
        likeness = (one.id, one.items, one.factors, values, one.minimum_share)
        groups.setdefault(likeness, {})[domain] = one
    return list(groups.values())


def _scheme(group: dict[str, Instrument], tables: Mapping[str, pd.DataFrame], home: Path) -> Scheme:
    first = next(iter(group.values()))
    mine = {name: frame[frame["domain"].isin(list(group))] for name, frame in tables.items()}
    who = mine[FORMS][list(WHO)].sort_values(list(_FORM)).reset_index(drop=True)
    who = who.assign(wave=[int(wave) for wave in who["wave"]])
    keys = zip(*(who[name] for name in _FORM), strict=True)
    rows = {(str(dyad), str(role), int(wave)): at for at, (dyad, role, wave) in enumerate(keys)}
    items = _spread(mine[ANSWERS], rows, "item", "value", [item.id for item in first.items])
    scores = _spread(mine[SCORES], rows, "factor", "score", first.factors)
    name = f"{first.id}: {', '.join(group)}"
    scheme = Scheme(name, group, Forms(who, items, scores))
    _check_values(scheme, home)
    _check_scores(scheme, mine[SCORES], rows, home)
    return scheme


def _spread(
    frame: pd.DataFrame,
    rows: Mapping[tuple[str, str, int], int],
    label: str,
    cell: str,
    columns: Sequence[str],
) -> Matrix:
    """Turn a long table into a matrix of one row per form."""
    places = {name: at for at, name in enumerate(columns)}
    wide = np.full((len(rows), len(columns)), np.nan)
    cells = (frame[name].tolist() for name in ("dyad", "role", "wave", label, cell))
    for dyad, role, wave, column, text in zip(*cells, strict=True):
        row = rows.get((dyad, role, int(wave)))
        if row is None or column not in places:
            raise MismatchError(
                f"the tables do not fit: {label} {column!r} of {dyad}, {role}, wave {wave}"
                " is not in forms.csv or not in the questionnaire",
                advice="Export again, or name the right questionnaires with --definitions.",
            )
        if text:
            wide[row, places[column]] = float(text.replace(",", "."))
    return wide


def _check_values(scheme: Scheme, home: Path) -> None:
    found = {int(value) for value in scheme.forms.items[np.isfinite(scheme.forms.items)].tolist()}
    foreign = sorted(found - set(scheme.instrument.scale.values))
    if foreign:
        raise MismatchError(
            f"{home / ANSWERS} holds answers {foreign} that {scheme.name} does not have",
            advice="Name the right questionnaires with --definitions.",
        )


def _check_scores(
    scheme: Scheme,
    table: pd.DataFrame,
    rows: Mapping[tuple[str, str, int], int],
    home: Path,
) -> None:
    """Compare every exported score with the one that the questionnaire gives."""
    again = scores_of(scheme, scheme.forms.items)
    scored = table[table["state"] == ScoreState.SCORED.value]
    factors = {str(factor): at for at, factor in enumerate(scheme.factors)}
    cells = (scored[name].tolist() for name in ("dyad", "role", "wave", "factor"))
    for dyad, role, wave, factor in zip(*cells, strict=True):
        at = rows[dyad, role, int(wave)], factors[factor]
        if not abs(scheme.forms.scores[at] - again[at]) <= _SAME:
            raise MismatchError(
                f"{home / SCORES}: {factor} of {dyad}, {role}, wave {wave} is not what"
                f" {scheme.name} gives: {scheme.forms.scores[at]:g} against {again[at]:g}",
                advice="The questionnaire changed since the export: export the study again.",
            )


def scores_of(scheme: Scheme, items: Matrix) -> Matrix:
    """Score answers by the questionnaire's keys and missing rule, shape (forms, factors)."""
    keyed = scheme.keyed(items)
    scores = np.full((len(items), len(scheme.factors)), np.nan)
    for at, factor in enumerate(scheme.factors):
        mine = keyed[:, scheme.columns_of(factor)]
        answered = np.isfinite(mine).sum(axis=1)
        enough = (answered > 0) & (
            answered >= scheme.instrument.minimum_share * mine.shape[1] - 1e-9
        )
        scores[enough, at] = np.nansum(mine[enough], axis=1) / answered[enough]
    return scores


def _sealed(home: Path) -> int:
    """Count the forms that an export left out because they are sealed, as it says itself.

    Where somebody kept the tables and not what goes with them, the codebook says it, too.
    """
    provenance = home / PROVENANCE_FILE
    if provenance.is_file():
        try:
            said = json.loads(provenance.read_text(encoding="utf-8"))
            return int(said.get("out", {}).get("sealed", 0))  # exports of old have no such line
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise UsageError(
                f"{provenance} cannot be read: {error}", advice="Export the study again."
            ) from error
    codebook = home / CODEBOOK
    text = codebook.read_text(encoding="utf-8-sig") if codebook.is_file() else ""
    found = _SEALED.search(text)
    return int(found[1]) if found else 0


def _wave_names(codebook: Path) -> dict[int, str]:
    """Find the names of the waves in the codebook; an export without them has numbers."""
    if not codebook.is_file():
        return {}
    frame = _table(codebook)
    if not {"column", "values"} <= set(frame.columns):
        return {}
    listed = next((text for text in frame[frame["column"] == "wave"]["values"] if text), "")
    return {
        int(found[1]): found[2].strip().removeprefix("'")
        for part in listed.split("; ")
        if (found := re.fullmatch(r"'?(\d+)=(.*)", part))
    }
