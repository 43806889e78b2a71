"""The tables of dyads: by wave, as actor and partner, and all waves in one row; no files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

import pandas as pd

from layouts.dyadcode import shown
from layouts.model import ItemId, Role
from output.sheets import Missing, Sheet, missing_code, missing_score
from output.tables import REAL, TEXT, WHOLE, Cell, Kind, frame, rounded
from wamforms.instrument import Instrument

PREFIXES: Mapping[Role, str] = {Role.CLIENT: "c_", Role.PROFESSIONAL: "p_"}
"""How a column says whose answer it holds."""

DIFFERENCE = "d_"
"""Prefix of professional minus client."""

ACTOR, PARTNER = "actor_", "partner_"
"""How a column of the pairwise table says whose score it holds."""

EFFECT: Mapping[Role, int] = {Role.CLIENT: -1, Role.PROFESSIONAL: 1}
"""The usual code of distinguishable partners: main effects are then means of the two."""

WIDE_KEYS: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "wave": WHOLE, "officer": TEXT, "points": WHOLE},
}
"""The first columns of `dyads_wide.csv`; `measures` lists the rest."""

PAIR_KEYS: dict[str, Kind] = {**WIDE_KEYS, "role": TEXT, "role_code": WHOLE}
"""The first columns of `dyads_pairwise.csv`."""

PANEL_KEYS: dict[str, Kind] = {"dyad": TEXT, "domain": TEXT, "points": WHOLE}
"""The first columns of `panel_wide.csv`."""


class What(StrEnum):
    """What a column of dyads holds."""

    ITEM = "answer"
    SCORE = "score"
    SCORE_100 = "score from 0 to 100"
    ANSWERED = "items answered"
    MISSING = "why there is no answer"
    NO_SCORE = "why there is no score"


_ENDINGS = {
    **{What.ITEM: "", What.SCORE: "", What.SCORE_100: "_100", What.ANSWERED: "_n"},
    **{What.MISSING: "_missing", What.NO_SCORE: "_missing"},
}
"""How a column says what it holds."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of dyads.

    Attributes
    ----------
    prefix
        Whose it is: of `PREFIXES`, `DIFFERENCE`, `ACTOR` or `PARTNER`.
    of
        The item or factor.
    wave
        None where the wave is a column of its own.
    """

    what: What
    prefix: str
    of: str
    wave: int | None = None

    @property
    def name(self) -> str:
        """Name of the column."""
        wave = "" if self.wave is None else f"_w{self.wave}"
        return f"{self.prefix}{self.of}{_ENDINGS[self.what]}{wave}"

    @property
    def kind(self) -> Kind:
        """Type of the column."""
        return REAL if self.what in (What.SCORE, What.SCORE_100) else WHOLE

    @property
    def code(self) -> "Measure | None":
        """The column that says why this one is empty, if there is one."""
        if self.prefix == DIFFERENCE or self.what in (What.MISSING, What.NO_SCORE):
            return None
        return replace(self, what=What.MISSING if self.what is What.ITEM else What.NO_SCORE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both forms of a dyad at one wave, or the one that came back; cells by column name."""

    dyad: str
    domain: str
    wave: int
    officer: str | None
    points: int
    cells: Mapping[str, Cell]


def measures(instruments: Mapping[str, Instrument]) -> tuple[Measure, ...]:
    """List the columns of one wave; domains with other items share one table."""
    items = list(dict.fromkeys(item.id for one in instruments.values() for item in one.items))
    factors = list(dict.fromkeys(name for one in instruments.values() for name in one.factors))
    people = tuple(PREFIXES.values())
    return (
        *_each(What.ITEM, people, items),
        *_each(What.SCORE, (*people, DIFFERENCE), factors),
        *_each(What.SCORE_100, (*people, DIFFERENCE), factors),
        *_each(What.ANSWERED, people, factors),
        *_each(What.MISSING, people, items),
        *_each(What.NO_SCORE, people, factors),
    )


def pairwise_measures(instruments: Mapping[str, Instrument]) -> tuple[Measure, ...]:
    """List the columns of actor and partner."""
    factors = list(dict.fromkeys(name for one in instruments.values() for name in one.factors))
    whats = (What.SCORE, What.SCORE_100, What.ANSWERED, What.NO_SCORE)
    return tuple(one for what in whats for one in _each(what, (ACTOR, PARTNER), factors))


def panel_measures(
    instruments: Mapping[str, Instrument], waves: Iterable[int]
) -> tuple[Measure, ...]:
    """List the columns of all waves."""
    return tuple(replace(one, wave=wave) for wave in waves for one in measures(instruments))


def _each(what: What, prefixes: Iterable[str], names: Iterable[str]) -> Iterator[Measure]:
    return (Measure(what, prefix, name) for prefix in prefixes for name in names)


def pairs_of(sheets: Iterable[Sheet], instruments: Mapping[str, Instrument]) -> tuple[Pair, ...]:
    """Bring the two forms of each dyad and wave together, by dyad and wave."""
    found: dict[tuple[str, str, int], dict[Role, Sheet]] = {}
    for sheet in sheets:
        whose = (shown(sheet.dyad), sheet.domain, sheet.wave)
        found.setdefault(whose, {})[sheet.role] = sheet
    return tuple(
        Pair(
            *whose,
            officer=next((one.officer for one in reversed(pair.values()) if one.officer), None),
            points=instruments[whose[1]].scale.points,
            cells=_cells(pair, instruments[whose[1]]),
        )
        for whose, pair in sorted(found.items())
    )


def _cells(pair: Mapping[Role, Sheet], one: Instrument) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for role, prefix in PREFIXES.items():
        sheet = pair.get(role)
        cells |= _item_cells(prefix, sheet, one) | _score_cells(prefix, sheet, one)
    for factor in one.factors:
        for ending in (factor, f"{factor}_100"):
            both = [cells.get(prefix + ending) for prefix in PREFIXES.values()]
            client, professional = (x if isinstance(x, float) else None for x in both)
            if client is not None and professional is not None:
                cells[DIFFERENCE + ending] = rounded(professional - client)
    return cells


def _item_cells(prefix: str, sheet: Sheet | None, one: Instrument) -> dict[str, Cell]:
    codes: dict[ItemId, Missing | None] = dict.fromkeys(
        (item.id for item in one.items), Missing.ABSENT
    )
    values: dict[str, Cell] = {}
    if sheet is not None:
        codes |= dict.fromkeys(sheet.not_printed, Missing.NOT_PRINTED)
        codes |= {answer.item: missing_code(answer, sheet.shown) for answer in sheet.answers}
        values = {answer.item: answer.value for answer in sheet.answers}
    cells: dict[str, Cell] = {}
    for item, code in codes.items():
        cells[prefix + item] = values.get(item) if code is None else None
        cells[f"{prefix}{item}_missing"] = None if code is None else code.value
    return cells


def _score_cells(prefix: str, sheet: Sheet | None, one: Instrument) -> dict[str, Cell]:
    if sheet is None:
        return {f"{prefix}{factor}_missing": Missing.ABSENT.value for factor in one.factors}
    cells: dict[str, Cell] = {}
    for score in sheet.scores({sheet.domain: one}):
        name, missing = prefix + score.factor, missing_score(score)
        cells[name] = rounded(score.score)
        cells[f"{name}_n"] = score.answered if sheet.shown.scores else None
        cells[f"{name}_missing"] = None if missing is None else missing.value
        if score.score is not None:
            cells[f"{name}_100"] = rounded(one.scale.rescaled(score.score))
    return cells


def kinds(keys: Mapping[str, Kind], columns: Iterable[Measure]) -> dict[str, Kind]:
    """List all columns of a table of dyads with their types."""
    return {**keys, **{one.name: one.kind for one in columns}}


def dyads_wide(pairs: Iterable[Pair], columns: Sequence[Measure]) -> pd.DataFrame:
    """One row per dyad and wave: both persons' answers, scores, and differences."""
    names = [one.name for one in columns]
    rows = [(*_keys(pair), *(pair.cells.get(name) for name in names)) for pair in pairs]
    return frame(kinds(WIDE_KEYS, columns), rows)


def _keys(pair: Pair) -> tuple[Cell, ...]:
    return (pair.dyad, pair.domain, pair.wave, pair.officer, pair.points)


def dyads_pairwise(pairs: Iterable[Pair], columns: Sequence[Measure]) -> pd.DataFrame:
    """Two rows per dyad and wave: each person once as the actor, the other as the partner."""
    client, professional = (PREFIXES[role] for role in Role)
    sides = {Role.CLIENT: (client, professional), Role.PROFESSIONAL: (professional, client)}
    names: dict[Role, list[str]] = {}
    for role, (actor, partner) in sides.items():
        own = {ACTOR: actor, PARTNER: partner}
        names[role] = [replace(one, prefix=own[one.prefix]).name for one in columns]
    rows = [
        (*_keys(pair), role.value, EFFECT[role], *map(pair.cells.get, mine))
        for pair in pairs
        for role, mine in names.items()
    ]
    return frame(kinds(PAIR_KEYS, columns), rows)


def panel_wide(
    pairs: Iterable[Pair], columns: Sequence[Measure], instruments: Mapping[str, Instrument]
) -> pd.DataFrame:
    """One row per dyad, with the columns of every wave."""
    absent = {domain: _all_absent(columns, one) for domain, one in instruments.items()}
    names = [one.name for one in columns]
    rows = []
    for _, of_dyad in groupby(pairs, key=lambda one: (one.dyad, one.domain)):
        some = list(of_dyad)
        first = some[0]
        cells = dict(absent[first.domain])
        for pair in some:
            cells |= {f"{name}_w{pair.wave}": cell for name, cell in pair.cells.items()}
        rows.append((first.dyad, first.domain, first.points, *map(cells.get, names)))
    return frame(kinds(PANEL_KEYS, columns), rows)


def _all_absent(columns: Iterable[Measure], one: Instrument) -> dict[str, Cell]:
    """Say of a dyad that no form came back; nothing of items that its domain does not have."""
    known = {*(item.id for item in one.items), *one.factors}
    return {
        column.name: Missing.ABSENT.value
        for column in columns
        if column.what in (What.MISSING, What.NO_SCORE) and column.of in known
    }
