"""The tables people receive, made from filled-in forms; no files, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd

from layouts.dyadcode import shown
from layouts.model import Role
from output.consent import WITHHELD, Shown
from output.quality import Flagged
from output.remarks import FoundRemark
from output.scoring import FactorScore
from output.sheets import (
    NOT_PRINTED,
    FormStanding,
    Missing,
    PageOfSheet,
    Sheet,
    missing_code,
    missing_score,
)
from scan.adjudicate import Answer
from scan.results import Status
from wamforms.instrument import Instrument, Scale

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
    **{"page": WHOLE, "missing": WHOLE, "points": WHOLE},
}
"""Columns of `answers_long.csv`: one row per dyad, role, wave and item."""

FORMS: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "role": TEXT, "wave": WHOLE, "language": TEXT},
    **{"version": TEXT, "fingerprint": TEXT, "serial": TEXT, "officer": TEXT, "sources": TEXT},
    **{"pages": WHOLE, "pages_printed": WHOLE},
    **{status.value: WHOLE for status in Status},
    **{"notes": TEXT, "standing": TEXT, "scale": REAL, "residual_mm": REAL},
    **{"code_route": TEXT, "filled_on": TEXT, "filled_on_status": TEXT, "filled_on_doubt": TEXT},
    **{"consent": TEXT, "consent_status": TEXT, "points": WHOLE},
}
"""Columns of `forms.csv`: one row per filled-in form."""

FACTOR_SCORES: dict[str, Kind] = {
    **{"dyad": TEXT, "domain": TEXT, "wave": WHOLE, "role": TEXT, "factor": TEXT},
    **{"score": REAL, "answered": WHOLE, "items": WHOLE, "state": TEXT},
    **{"score_100": REAL, "missing": WHOLE, "points": WHOLE},
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

SCORE_DIGITS, FILL_DIGITS, FIT_DIGITS = 6, 4, 4
"""Decimals: a mean of whole numbers needs six to be told from any other, measures four."""

_GRAVITY = tuple(FormStanding)


def answers_long(sheets: Iterable[Sheet], instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """One row per item of every form, items left out of the edition included."""
    rows: list[tuple[Cell, ...]] = []
    for sheet in sheets:
        whose = (shown(sheet.dyad), sheet.domain, sheet.role.value, sheet.wave)
        points = instruments[sheet.domain].scale.points
        for page in sheet.pages:
            rows += [
                (*whose, *_answer_cells(answer, page, sheet.shown), points)
                for answer in page.answers
            ]
        left_out = (None, NOT_PRINTED, *(None,) * 5, Missing.NOT_PRINTED.value, points)
        rows += [(*whose, item, *left_out) for item in sheet.not_printed]
    return frame(ANSWERS_LONG, rows)


def _answer_cells(answer: Answer, page: PageOfSheet, seen: Shown) -> tuple[Cell, ...]:
    missing = missing_code(answer, seen)
    code = None if missing is None else missing.value
    if not seen.answers:
        return (answer.item, None, WITHHELD, *(None,) * 4, page.number, code)
    return (
        answer.item,
        answer.value,
        answer.status.value,
        "; ".join(answer.doubts) or None,
        round(answer.fill, FILL_DIGITS),
        answer.probability,
        page.source,
        page.number,
        code,
    )


def forms(sheets: Iterable[Sheet], instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """One row per form, with how it was read."""
    return frame(
        FORMS,
        [(*_form_cells(sheet), instruments[sheet.domain].scale.points) for sheet in sheets],
    )


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
        *(counts[status] if sheet.shown.answers else None for status in Status),
        "; ".join(notes) or None if sheet.shown.answers else None,
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
    return frame(
        QUALITY,
        [
            (shown(one.dyad), one.domain, one.role.value, one.wave, one.flag.value, one.detail)
            for one in flags
        ],
    )


def remarks(found: Iterable[FoundRemark]) -> pd.DataFrame:
    """One row per remark: where it is, never what it says."""
    return frame(
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
    return frame(
        FACTOR_SCORES,
        [
            (
                *(shown(sheet.dyad), sheet.domain, sheet.wave, sheet.role.value),
                *_score_cells(one, instruments[sheet.domain].scale),
            )
            for sheet in sheets
            for one in sheet.scores(instruments)
        ],
    )


def _score_cells(one: FactorScore, scale: Scale) -> tuple[Cell, ...]:
    missing = missing_score(one)
    return (
        *(one.factor, rounded(one.score), one.answered, one.items, one.state.value),
        None if one.score is None else rounded(scale.rescaled(one.score)),
        *(None if missing is None else missing.value, scale.points),
    )


def rounded(score: float | None) -> float | None:
    """Round a score as every table has it; adding 0.0 makes a negative zero a plain one."""
    return None if score is None else round(score, SCORE_DIGITS) + 0.0


def frame(columns: Mapping[str, Kind], rows: Sequence[tuple[Cell, ...]]) -> pd.DataFrame:
    """Make a table of rows whose cells are in the order of the columns."""
    by_column = zip(*rows, strict=True) if rows else (() for _ in columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(cells), dtype=kind)
            for (name, kind), cells in zip(columns.items(), by_column, strict=True)
        }
    )
