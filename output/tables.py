"""The tables people receive, made from filled-in forms; no files, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd

from layouts.dyadcode import shown
from layouts.model import Role
from output.quality import Flagged
from output.remarks import FoundRemark
from output.scoring import FactorScore
from output.sheets import (
    NOT_PRINTED,
    FormStanding,
    Missing,
    PageOfSheet,
    Sheet,
    instruments_in_use,
    missing_code,
)
from scan.adjudicate import Answer
from scan.results import Status
from wamforms.instrument import Instrument

Cell = str | int | float | None
"""One cell; None is an empty one."""

Kind = Literal["string[python]", "Int64", "Float64"]
"""Column types of pandas that know an empty cell, so that whole numbers stay whole."""

TEXT: Kind = "string[python]"
WHOLE: Kind = "Int64"
REAL: Kind = "Float64"

ANSWERS_LONG: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "role": TEXT, "wave": WHOLE, "item": TEXT, "value": WHOLE},
    **{"status": TEXT, "doubt": TEXT, "fill": REAL, "probability": REAL, "source": TEXT},
    **{"page": WHOLE, "missing": WHOLE},
}
"""Columns of `answers_long.csv`: one row per dyad, role, wave and item."""

FORMS: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "role": TEXT, "wave": WHOLE, "language": TEXT},
    **{"version": TEXT, "fingerprint": TEXT, "serial": TEXT, "officer": TEXT, "sources": TEXT},
    **{"pages": WHOLE, "pages_printed": WHOLE},
    **{status.value: WHOLE for status in Status},
    **{"notes": TEXT, "standing": TEXT, "scale": REAL, "residual_mm": REAL},
    **{"code_route": TEXT, "filled_on": TEXT, "filled_on_status": TEXT, "filled_on_doubt": TEXT},
    **{"consent": TEXT, "consent_status": TEXT},
}
"""Columns of `forms.csv`: one row per filled-in form."""

FACTOR_SCORES: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "wave": WHOLE, "role": TEXT, "factor": TEXT},
    **{"score": REAL, "answered": WHOLE, "items": WHOLE, "state": TEXT},
}
"""Columns of `factor_scores.csv`: one row per dyad, wave, role and factor."""

QUALITY: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "role": TEXT, "wave": WHOLE, "flag": TEXT, "detail": TEXT},
}
"""Columns of `quality.csv`: one row per sheet and flag."""

REMARKS: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "role": TEXT, "wave": WHOLE, "page": WHOLE},
    **{"remark": WHOLE, "where": TEXT, "left_mm": REAL, "top_mm": REAL},
    **{"width_mm": REAL, "height_mm": REAL, "source": TEXT, "picture": TEXT},
}
"""Columns of `remarks.csv`: one row per handwritten remark."""

WIDE_KEYS: dict[str, Kind] = {"dyad": TEXT, "domain": TEXT, "wave": WHOLE}
"""The first columns of `dyads_wide.csv`; `wide_columns` adds the rest."""

PREFIXES: Mapping[Role, str] = {Role.CLIENT: "c_", Role.PROFESSIONAL: "p_"}
"""How a column of the wide table says whose answer it holds."""

DIFFERENCE = "d_"
"""Prefix of professional minus client."""

SCORE_DIGITS, FILL_DIGITS, FIT_DIGITS = 6, 4, 4
"""Decimals: a mean of whole numbers needs six to be told from any other, measures four."""

_GRAVITY = tuple(FormStanding)


def answers_long(sheets: Iterable[Sheet]) -> pd.DataFrame:
    """One row per item of every form, items left out of the edition included."""
    rows: list[tuple[Cell, ...]] = []
    for sheet in sheets:
        whose = (shown(sheet.dyad), sheet.domain, sheet.role.value, sheet.wave)
        for page in sheet.pages:
            rows += [(*whose, *_answer_cells(answer, page)) for answer in page.answers]
        left_out = (None, NOT_PRINTED, *(None,) * 5, Missing.NOT_PRINTED.value)
        rows += [(*whose, item, *left_out) for item in sheet.not_printed]
    return _frame(ANSWERS_LONG, rows)


def _answer_cells(answer: Answer, page: PageOfSheet) -> tuple[Cell, ...]:
    missing = missing_code(answer)
    return (
        answer.item,
        answer.value,
        answer.status.value,
        "; ".join(answer.doubts) or None,
        round(answer.fill, FILL_DIGITS),
        answer.probability,
        page.source,
        page.number,
        None if missing is None else missing.value,
    )


def forms(sheets: Iterable[Sheet]) -> pd.DataFrame:
    """One row per form, with how it was read."""
    return _frame(FORMS, [_form_cells(sheet) for sheet in sheets])


def _form_cells(sheet: Sheet) -> tuple[Cell, ...]:
    counts = Counter(answer.status for answer in sheet.answers)
    scales = [page.scale for page in sheet.pages if page.scale is not None]
    furthest = max(scales, key=_off, default=None)
    notes = sorted({note for page in sheet.pages for note in page.notes})
    return (
        *(shown(sheet.dyad), sheet.domain, sheet.role.value, sheet.wave, sheet.language),
        *(sheet.version, sheet.fingerprint),
        " ".join(str(serial) for serial in sorted({page.serial for page in sheet.pages})),
        sheet.officer or None,
        "; ".join(page.source for page in sheet.pages),
        *(len(sheet.pages), sheet.pages_printed),
        *(counts[status] for status in Status),
        "; ".join(notes) or None,
        max((page.standing for page in sheet.pages), key=_GRAVITY.index).value,
        None if furthest is None else round(furthest, FIT_DIGITS),
        round(max(page.residual_mm for page in sheet.pages), FIT_DIGITS),
        "; ".join(sorted({page.code_route for page in sheet.pages})),
        *_date_cells(sheet),
        *_consent_cells(sheet),
    )


def _date_cells(sheet: Sheet) -> tuple[Cell, ...]:
    if (found := sheet.filled_on) is None:
        return (None, None, None)
    return (found.value, found.status.value, None if found.doubt is None else found.doubt.value)


def _consent_cells(sheet: Sheet) -> tuple[Cell, ...]:
    """Say it of client forms only: nobody asks a professional."""
    if sheet.role is not Role.CLIENT:
        return (None, None)
    return (sheet.consent.value.value, sheet.consent.how)


def _off(scale: float) -> float:
    return abs(scale - 1)


def quality(flags: Iterable[Flagged]) -> pd.DataFrame:
    """One row per flag of a sheet."""
    return _frame(
        QUALITY,
        [
            (shown(one.dyad), one.domain, one.role.value, one.wave, one.flag.value, one.detail)
            for one in flags
        ],
    )


def remarks(found: Iterable[FoundRemark]) -> pd.DataFrame:
    """One row per remark: where it is, never what it says."""
    return _frame(
        REMARKS,
        [
            (
                *(shown(one.place.dyad), one.domain, one.place.role.value, one.place.wave),
                *(one.place.page, one.number, one.where.value),
                *(one.box.left_mm, one.box.top_mm, one.box.width_mm, one.box.height_mm),
                one.source,
                one.picture,
            )
            for one in found
        ],
    )


def factor_scores(sheets: Iterable[Sheet], instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """One row per form and factor."""
    return _frame(
        FACTOR_SCORES,
        [
            (*_whose(sheet), sheet.role.value, *_score_cells(one))
            for sheet in sheets
            for one in sheet.scores(instruments)
        ],
    )


def _whose(sheet: Sheet) -> tuple[Cell, ...]:
    return (shown(sheet.dyad), sheet.domain, sheet.wave)


def _score_cells(one: FactorScore) -> tuple[Cell, ...]:
    mean = None if one.score is None else round(one.score, SCORE_DIGITS)
    return (one.factor, mean, one.answered, one.items, one.state.value)


def wide_columns(instruments: Mapping[str, Instrument]) -> dict[str, Kind]:
    """List the columns of `dyads_wide.csv`; domains with other items share one table."""
    items = dict.fromkeys(item.id for one in instruments.values() for item in one.items)
    factors = dict.fromkeys(factor for one in instruments.values() for factor in one.factors)
    columns = dict(WIDE_KEYS)
    columns |= {prefix + item: WHOLE for prefix in PREFIXES.values() for item in items}
    columns |= {prefix + factor: REAL for prefix in PREFIXES.values() for factor in factors}
    columns |= {DIFFERENCE + factor: REAL for factor in factors}
    return columns


def dyads_wide(sheets: Sequence[Sheet], instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """One row per dyad and wave: both persons' answers, scores, and differences."""
    columns = wide_columns(instruments_in_use(sheets, instruments))
    pairs: dict[tuple[Cell, ...], list[Sheet]] = {}
    for sheet in sheets:
        pairs.setdefault(_whose(sheet), []).append(sheet)
    rows = []
    for whose, pair in pairs.items():
        cells = dict(zip(WIDE_KEYS, whose, strict=True)) | _pair_cells(pair, instruments)
        rows.append(tuple(cells.get(column) for column in columns))
    return _frame(columns, rows)


def _pair_cells(pair: Iterable[Sheet], instruments: Mapping[str, Instrument]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    scores: dict[tuple[Role, str], float] = {}
    for sheet in pair:
        prefix = PREFIXES[sheet.role]
        cells |= {prefix + answer.item: answer.value for answer in sheet.answers}
        for one in sheet.scores(instruments):
            if one.score is not None:
                scores[sheet.role, one.factor] = one.score
    for (role, factor), score in scores.items():
        cells[PREFIXES[role] + factor] = round(score, SCORE_DIGITS)
        client = scores.get((Role.CLIENT, factor))
        if role is Role.PROFESSIONAL and client is not None:
            # Adding 0.0 turns a negative zero into a plain one.
            cells[DIFFERENCE + factor] = round(score - client, SCORE_DIGITS) + 0.0
    return cells


def _frame(columns: Mapping[str, Kind], rows: Sequence[tuple[Cell, ...]]) -> pd.DataFrame:
    by_column = zip(*rows, strict=True) if rows else (() for _ in columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(cells), dtype=kind)
            for (name, kind), cells in zip(columns.items(), by_column, strict=True)
        }
    )
