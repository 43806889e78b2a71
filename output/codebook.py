"""The codebook: what every column of every table means, and what was assumed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace

import pandas as pd

from layouts.model import Role
from output import tables
from output.codebook_words import COLUMN_NOTES, COUNTED, LABELS, OWN_ROWS, VOCABULARIES
from output.pairs import PAIR_KEYS, PANEL_KEYS, WIDE_KEYS
from output.scoring_key import SCORING
from output.team import TEAM_DIFFERENCES, TEAM_FACTORS, TEAM_RETURNS
from output.wordings import (
    assumed,
    factor_name,
    options_text,
    rescaling,
    rule,
    wording_of,
)
from wamforms.instrument import Instrument

FIXED: Mapping[str, Mapping[str, tables.Kind]] = {
    "answers_long": tables.ANSWERS_LONG,
    "forms": tables.FORMS,
    "factor_scores": tables.FACTOR_SCORES,
    "quality": tables.QUALITY,
    "remarks": tables.REMARKS,
    "scoring": SCORING,
    "dyads_wide": WIDE_KEYS,
    "dyads_pairwise": PAIR_KEYS,
    "panel_wide": PANEL_KEYS,
    "team_returns": TEAM_RETURNS,
    "team_factors": TEAM_FACTORS,
    "team_differences": TEAM_DIFFERENCES,
}
"""Columns that every study has, by table."""

Counted = Mapping[tuple[str, str], Mapping[int, int]]
"""How often each answer or missing code occurs, by domain and column of `dyads_wide.csv`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the codebook; its fields are the columns."""

    file: str
    column: str
    domain: str = ""
    label: str = ""
    values: str = ""
    missing: str = ""
    formula: str = ""
    assumed: str = ""
    note: str = ""
    wording_id: str = ""
    key: str = ""
    n: str = ""
    counts: str = ""


CODEBOOK = tuple(field.name for field in fields(Entry))
"""Columns of `codebook.csv`. An empty `domain` means all of them."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a codebook is about.

    Attributes
    ----------
    title
        Of the study.
    instruments
        By domain; those that occur.
    language
        Of the wording; an instrument without it is shown in its first one.
    waves
        Names of the measurement occasions, from wave 1.
    tables
        Names of the tables in the export, without their ending.
    remarks
        Domain and sentence: what else a reader must know.
    counted
        Empty where nothing was counted.
    """

    title: str
    instruments: Mapping[str, Instrument]
    language: str
    waves: Sequence[str]
    tables: Sequence[str]
    remarks: Sequence[tuple[str, str]] = ()
    counted: Counted = field(default_factory=dict)


def general_entries(about: Contents) -> Iterator[Entry]:
    """Describe the instruments and every column that is not about pairs."""
    yield from _about_instruments(about)
    yield from (Entry("study", "remark", domain, note=said) for domain, said in about.remarks)
    yield from _fixed_columns(about)
    if "answers_long" in about.tables:
        yield from _about_answers(about)
    if "factor_scores" in about.tables:
        yield from _about_scores(about)


def as_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Turn a codebook into a table."""
    cells = [tuple(cell or None for cell in astuple(entry)) for entry in entries]
    return pd.DataFrame(cells, columns=list(CODEBOOK)).astype(tables.TEXT)


def _about_instruments(about: Contents) -> Iterator[Entry]:
    for domain, one in about.instruments.items():
        wording = wording_of(one, Role.CLIENT, about.language)
        entry = Entry("instrument", one.id, domain)
        yield replace(entry, label="title and version", values=f"{wording.title}, {one.version}")
        yield replace(entry, label="licence", note=one.licence)
        if one.placeholder:
            yield replace(entry, label="wording", note="PLACEHOLDER WORDING, not the real one")
        for line in one.assumed:
            yield replace(entry, label="assumed", assumed="yes", note=line)


def _fixed_columns(about: Contents) -> Iterator[Entry]:
    wave = "; ".join(f"{number}={name}" for number, name in enumerate(about.waves, 1))
    for table in about.tables:
        file = f"{table}.csv"
        for column in FIXED.get(table, ()):
            if column == "wave":
                yield Entry(file, column, label="measurement occasion", values=wave)
            elif file == "forms.csv" and column in COUNTED:
                yield Entry(file, column, label=COUNTED[column])
            elif (file, column) not in OWN_ROWS:
                yield Entry(
                    file,
                    column,
                    label=LABELS[column],
                    values=VOCABULARIES.get(column, ""),
                    note=COLUMN_NOTES.get(column, ""),
                )


def _about_answers(about: Contents) -> Iterator[Entry]:
    for domain, one in about.instruments.items():
        yield Entry(
            *("answers_long.csv", "value", domain),
            label=LABELS["value"],
            values=options_text(one, Role.CLIENT, about.language),
            missing="empty cell: see columns status and missing",
            assumed=assumed(one),
        )


def _about_scores(about: Contents) -> Iterator[Entry]:
    for domain, one in about.instruments.items():
        names = "; ".join(
            f"{factor}={factor_name(one, Role.CLIENT, factor, about.language)}"
            for factor in one.factors
        )
        entry = Entry(
            *("factor_scores.csv", "score", domain),
            label=LABELS["score"],
            values=f"{min(one.scale.values)} to {max(one.scale.values)} (factors: {names})",
            missing="empty cell: see columns state and missing",
            formula=rule(one),
            assumed=assumed(one),
            note="no total: factors are never added up",
        )
        yield entry
        yield replace(
            entry,
            column="score_100",
            label=LABELS["score_100"],
            values=f"0 to 100 (factors: {names})",
            formula=rescaling(one),
        )
