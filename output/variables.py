"""What describing formats say of each column: label, level, value labels, allowed words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from output.codebook import FIXED, Contents, Entry
from output.codebook_words import CLOSED, LABELS
from output.pairs import (
    PREFIXES,
    Measure,
    What,
    measures,
    pairwise_measures,
    panel_measures,
)
from output.sheets import MISSING_LABELS
from output.tables import TEXT, Kind
from output.wordings import options

REASONS: Mapping[int, str] = {code.value: label for code, label in MISSING_LABELS.items()}
"""Labels of the missing codes."""


class Level(StrEnum):
    """Level of measurement, as SPSS and the data package name it."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of one table.

    Attributes
    ----------
    values
        Labels of numbers; empty where numbers mean themselves.
    words
        Every word the column may hold; empty where any text may stand.
    code
        The column that says why this one is empty, if there is one.
    """

    name: str
    kind: Kind
    label: str
    level: Level
    values: Mapping[int, str]
    words: tuple[str, ...] = ()
    code: str | None = None


def variables_of(table: str, about: Contents, entries: Iterable[Entry]) -> tuple[Variable, ...]:
    """Describe the columns of a table in their order."""
    labels: dict[str, list[str]] = {}
    for one in entries:
        if one.file == f"{table}.csv" and one.label not in labels.setdefault(one.column, []):
            labels[one.column].append(one.label)
    fixed = (_fixed(name, kind, about) for name, kind in FIXED[table].items())
    found = (*fixed, *(_measured(one, about) for one in _measures(table, about)))
    return tuple(
        replace(one, label=_one_label(labels.get(one.name) or [LABELS[one.name]])) for one in found
    )


def _measures(table: str, about: Contents) -> Iterable[Measure]:
    match table:
        case "dyads_wide":
            return measures(about.instruments)
        case "dyads_pairwise":
            return pairwise_measures(about.instruments)
        case "panel_wide":
            return panel_measures(about.instruments, range(1, len(about.waves) + 1))
        case _:
            return ()


def _fixed(name: str, kind: Kind, about: Contents) -> Variable:
    values: Mapping[int, str] = {}
    level = Level.SCALE
    if name == "wave":
        values, level = dict(enumerate(about.waves, 1)), Level.ORDINAL
    elif name == "missing":
        values, level = REASONS, Level.NOMINAL
    elif name == "value":
        values, level = _options(about, None), Level.ORDINAL
    elif kind is TEXT or name in {"role_code", "key"}:
        level = Level.NOMINAL
    return Variable(name, kind, "", level, values, CLOSED.get(name, ()))


def _measured(one: Measure, about: Contents) -> Variable:
    level, values = Level.SCALE, dict[int, str]()
    if one.what in (What.MISSING, What.NO_SCORE):
        level, values = Level.NOMINAL, dict(REASONS)
    elif one.what is What.ITEM:
        level, values = Level.ORDINAL, _options(about, one.prefix)
    code = None if one.code is None else one.code.name
    return Variable(one.name, one.kind, "", level, values, code=code)


def _options(about: Contents, prefix: str | None) -> dict[int, str]:
    """Label the answers; where domains label one differently, all labels stand there."""
    labels: dict[int, list[str]] = {}
    for one in about.instruments.values():
        for role, own in PREFIXES.items():
            if prefix in (None, own):
                for value, label in options(one, role, about.language).items():
                    if label not in labels.setdefault(value, []):
                        labels[value].append(label)
    return {value: " / ".join(found) for value, found in sorted(labels.items())}


def _one_label(labels: list[str]) -> str:
    more = "" if len(labels) == 1 else " (other domains: see the codebook)"
    return labels[0] + more


def without_codes(variables: Iterable[Variable]) -> Iterator[Variable]:
    """Leave out the columns that only say why others are empty."""
    listed = list(variables)
    codes = {one.code for one in listed}
    return (one for one in listed if one.name not in codes)
