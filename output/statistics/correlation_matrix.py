"""The correlations as journals print them: columns down, factors across."""

from output.statistics.stat_table import Cell, Row, StatTable, tabled

STAR = 0.05
"""A star stands at p_holm under this."""

_WHERE = ("questionnaire", "domain", "role", "wave")


def correlation_matrix(long: StatTable) -> StatTable:
    """Lay the table `correlations` out with one row for each of the user's columns."""
    factors = list(dict.fromkeys(long.frame["factor"].tolist()))
    rows: dict[tuple[str, ...], Row] = {}
    for record in long.frame.to_dict("records"):
        cells = {str(name): value for name, value in record.items()}
        where = {name: str(cells[name]) for name in (*_WHERE, "column", "method")}
        row = rows.setdefault(tuple(where.values()), {**where, "n": cells["n"]})
        row["n"] = min(int(str(row["n"])), int(str(cells["n"])))
        row[str(cells["factor"])] = _cell(cells)
    return StatTable(
        "correlations_matrix",
        "Factor scores and your columns: overview",
        "The correlations of the table `correlations`, as journals print them.",
        "A cause, or a relation wherever there is a star: read the intervals.",
        tabled(rows.values(), (*_WHERE, "column", "method", "n", *factors)),
        (
            "Each cell: correlation [95 % interval]; n: the fewest people behind a cell of the row."
            " A star: p below 0.05 after Holm's correction for all tests of the table"
            " `correlations`, where all digits are.",
            *long.notes,
        ),
    )


def _cell(cells: dict[str, Cell]) -> str:
    r, low, high, p = (cells[name] for name in ("r", "low", "high", "p_holm"))
    if not isinstance(r, float):
        return "not given"
    star = "*" if isinstance(p, float) and p < STAR else ""
    if not isinstance(low, float) or not isinstance(high, float):
        return f"{r:.2f}{star}"
    return f"{r:.2f}{star} [{low:.2f}; {high:.2f}]"
