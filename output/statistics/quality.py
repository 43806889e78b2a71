"""How the answers look before anything is concluded from them: gaps, straight lines, ends."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from output.statistics.data import (
    Forms,
    Matrix,
    Scheme,
    StudyData,
    by_domain,
    by_moment,
    cells_of,
)
from output.statistics.intervals import mean_interval
from output.statistics.stat_table import Row, StatTable, estimate, tabled

_WHERE = ("questionnaire", "domain", "role", "wave")


def quality_tables(data: StudyData) -> tuple[StatTable, ...]:
    """Make the tables about the quality of the answers."""
    return (_forms(data), _items(data), _scores(data), _form_list(data))


def is_straight(items: Matrix) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Find forms on which every row answered has the same answer, as printed.

    Keys are not turned: where a questionnaire has items of both keys, somebody
    who reads them cannot mean the same answer everywhere. At least half of the
    items must be answered, for two equal answers are no pattern.
    """
    lowest, highest = _ends(items)
    enough = np.isfinite(items).sum(axis=1) * 2 >= items.shape[1]
    return np.asarray(enough & (lowest == highest), dtype=np.bool_)


def longest_run(items: Matrix) -> Matrix:
    """Count the longest row of equal answers in printed order, shape (forms,).

    An item without an answer ends a run.
    """
    longest = np.zeros(len(items))
    run = np.zeros(len(items))
    for at in range(items.shape[1]):
        now = items[:, at]
        same = np.zeros(len(items), dtype=bool) if at == 0 else now == items[:, at - 1]
        run = np.where(np.isfinite(now), np.where(same, run + 1, 1), 0)
        longest = np.maximum(longest, run)
    return longest


def _ends(items: Matrix) -> tuple[Matrix, Matrix]:
    """Lowest and highest answer of each form; ends that never meet where nothing is answered."""
    lowest = np.where(np.isfinite(items), items, np.inf).min(axis=1)
    highest = np.where(np.isfinite(items), items, -np.inf).max(axis=1)
    return lowest, highest


def _forms(data: StudyData) -> StatTable:
    columns = (*_WHERE, "n", "missing_share", "complete_share", "straight_n", "straight_share")
    more = ("longest_run_mean", "same_option_share_mean", "note")
    rows = [
        {**where, **estimate(len(forms), partial(_form_cells, forms))}
        for where, _, forms in _places(data)
    ]
    return StatTable(
        "quality_forms",
        "Quality of the forms",
        "How many rows were left open and on how many forms every row has the same answer.",
        "Whether a person with equal answers was careless: somebody may mean it.",
        tabled(rows, (*columns, *more)),
        ("n counts forms. A straight line means the same printed answer in every row answered.",),
    )


def _form_cells(forms: Forms) -> Row:
    items = forms.items
    answered = np.isfinite(items)
    straight = is_straight(items)
    return {
        "missing_share": float(1 - answered.mean()),
        "complete_share": float(answered.all(axis=1).mean()),
        "straight_n": int(straight.sum()),
        "straight_share": float(straight.mean()),
        "longest_run_mean": float(longest_run(items).mean()),
        "same_option_share_mean": float(np.nanmean(_most_used(items))),
    }


def _most_used(items: Matrix) -> Matrix:
    """Share of the answers that fall on the option a form uses most, shape (forms,)."""
    answered = np.isfinite(items).sum(axis=1)
    options = np.unique(items[np.isfinite(items)])
    counts = np.array([(items == option).sum(axis=1) for option in options])
    most = counts.max(axis=0) if len(options) else np.zeros(len(items))
    return np.where(answered > 0, most / np.maximum(answered, 1), np.nan)


def _items(data: StudyData) -> StatTable:
    options = sorted({v for one in data.schemes for v in one.instrument.scale.values})
    shares = [f"option_{value}_share" for value in options]
    rows: list[Row] = []
    for where, scheme, forms in _places(data):
        for at, item in enumerate(scheme.instrument.items):
            cells = estimate(len(forms), partial(_item_cells, forms, scheme, at))
            rows.append({**where, "factor": item.factor, "item": item.id, "key": item.key, **cells})
    columns = (*_WHERE, "factor", "item", "key", "n", "answered", "missing", "mean", "sd")
    return StatTable(
        "quality_items",
        "Items: answers, gaps, floor and ceiling",
        "How each item was answered, as printed, and how many answers sit at either end.",
        "Whether an item is good: an item that nearly all agree with may still be true.",
        tabled(rows, (*columns, *shares, "floor_share", "ceiling_share", "note")),
        (
            "Shares are of the answers given. Reverse-keyed items (key -1) are not turned round"
            " here: their floor is the favourable end.",
        ),
    )


def _item_cells(forms: Forms, scheme: Scheme, at: int) -> Row:
    column = forms.items[:, at]
    given = column[np.isfinite(column)]
    row: Row = {"answered": len(given), "missing": len(column) - len(given)}
    if not len(given):
        return {**row, "note": "nobody answered"}
    lowest, highest = scheme.extremes
    values = scheme.instrument.scale.values
    return {
        **row,
        "mean": float(given.mean()),
        "sd": float(given.std(ddof=1)) if len(given) > 1 else None,
        **{f"option_{value}_share": float((given == value).mean()) for value in sorted(values)},
        "floor_share": float((given == lowest).mean()),
        "ceiling_share": float((given == highest).mean()),
    }


def _scores(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme in data.schemes:
        for domain, inside in by_domain(scheme):
            for role, wave, forms in by_moment(inside):
                for at, factor in enumerate(scheme.factors):
                    column = forms.scores[:, at]
                    given = column[np.isfinite(column)]
                    where: Row = {"questionnaire": scheme.name, "domain": domain, "role": role}
                    where |= {"wave": data.waves[wave], "factor": factor, "forms": len(forms)}
                    gaps = np.isnan(forms.items[:, scheme.columns_of(factor)]).any(axis=1)
                    prorated = int((np.isfinite(column) & gaps).sum())
                    cells = estimate(len(given), partial(_score_cells, given, scheme, prorated))
                    rows.append({**where, **cells})
    columns = (*_WHERE, "factor", "forms", "n", "prorated_n", "mean", "low", "high", "sd")
    return StatTable(
        "scores",
        "Factor scores",
        "Mean, 95 % interval and spread of each factor, and how many people are at either end.",
        "Whether a score is high or low: there are no norms to compare with.",
        tabled(rows, (*columns, "median", "floor_share", "ceiling_share", "note")),
        (
            "n counts forms with a score, of `forms`; the questionnaire's missing rule decides."
            " prorated_n of them have an open item, and the mean of the others stands for it."
            " Intervals: t distribution. Floor and ceiling: mean at the very end of the scale.",
        ),
    )


def _score_cells(given: Matrix, scheme: Scheme, prorated: int) -> Row:
    lowest, highest = scheme.extremes
    mean, low, high = mean_interval(given)
    return {
        "prorated_n": prorated,
        **{"mean": mean, "low": low, "high": high, "sd": float(given.std(ddof=1))},
        "median": float(np.median(given)),
        "floor_share": float((given <= lowest).mean()),
        "ceiling_share": float((given >= highest).mean()),
    }


def _form_list(data: StudyData) -> StatTable:
    rows: list[Row] = []
    for scheme in data.schemes:
        forms = scheme.forms
        straight, runs = is_straight(forms.items), longest_run(forms.items)
        answered, most = np.isfinite(forms.items).sum(axis=1), _most_used(forms.items)
        names = [cells_of(forms, name) for name in ("dyad", "domain", "role", "wave")]
        for at, (dyad, domain, role, wave) in enumerate(zip(*names, strict=True)):
            row: Row = {"dyad": dyad, "domain": domain, "role": role, "wave": int(wave)}
            row |= {"answered": int(answered[at]), "items": forms.items.shape[1]}
            row |= {"straight": "yes" if straight[at] else "no", "longest_run": int(runs[at])}
            rows.append({**row, "same_option_share": float(most[at])})
    columns = ("dyad", "domain", "role", "wave", "answered", "items", "straight", "longest_run")
    return StatTable(
        "forms_quality_list",
        "Quality of each form",
        "Every form with its gaps and the length of its longest run of equal answers.",
        "Which forms to leave out: that is for the researcher to decide beforehand.",
        tabled(rows, (*columns, "same_option_share")),
        is_personal=True,
    )


def _places(data: StudyData) -> Iterator[tuple[Row, Scheme, Forms]]:
    for scheme in data.schemes:
        for domain, inside in by_domain(scheme):
            for role, wave, forms in by_moment(inside):
                where: Row = {"questionnaire": scheme.name, "domain": domain}
                yield {**where, "role": role, "wave": data.waves[wave]}, scheme, forms
