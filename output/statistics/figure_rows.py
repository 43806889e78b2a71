"""Rows of tables as the pictures pick them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from output.statistics.plotting import Panel, Point
from output.statistics.stat_table import Cell, StatTable

TWO_MARK = " *"
"""Behind the name of a factor that is two constructs."""

TWO_NOTE = " *: client and professional are asked about two different constructs."

Record = Mapping[str, Cell]
"""A row of a table, by column."""

Tables = Mapping[str, list[Record]]
"""The rows of each table, by its name."""


def records_of(table: StatTable) -> list[Record]:
    """Give the rows of a table."""
    rows = table.frame.to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def two_constructs(tables: Mapping[str, list[Record]]) -> frozenset[str]:
    """Name the factors whose difference compares two constructs."""
    return frozenset(
        str(row["factor"])
        for name in ("dyad_factors", "difference_outcomes")
        for row in tables.get(name, [])
        if str(row["compares"]).startswith("two different")
    )


def rows_of(rows: Sequence[Record], **wanted: Cell) -> list[Record]:
    """Pick the rows that hold these cells."""
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def kinds(rows: Sequence[Record], name: str) -> list[str]:
    """List what occurs in a column, in the order of the rows."""
    return list(dict.fromkeys(str(row[name]) for row in rows))


def groups(rows: Sequence[Record]) -> Iterator[tuple[str, str, list[Record]]]:
    """Give the rows of all domains together of each questionnaire, and what to add to a name."""
    for at, name in enumerate(kinds(rows, "questionnaire")):
        mine = rows_of(rows, questionnaire=name)
        if mine and "domain" in mine[0]:
            mine = rows_of(mine, domain=mine[0]["domain"])
        yield name, f"_{at + 1}" if at else "", mine


def point_of(
    row: Record, name: str, value: str, ends: tuple[str, str] | None = ("low", "high")
) -> Point | None:
    """Take an estimate and its interval from a row; None if it was not given."""
    middle = row.get(value)
    if not isinstance(middle, (int, float)):
        return None
    found = [row.get(end) for end in ends or ()]
    low, high = (float(x) if isinstance(x, (int, float)) else None for x in found or (None, None))
    return Point(name, str(row.get("role", "")), float(middle), low, high)


def points_of(rows: Sequence[Record], make: Callable[[Record], Point | None]) -> tuple[Point, ...]:
    """Make a point of every row that has one."""
    return tuple(point for row in rows if (point := make(row)) is not None)


def panel_of(
    title: str,
    names: tuple[str, ...],
    rows: Sequence[Record],
    cells: tuple[str, str],
    ends: tuple[str, str] | None = ("low", "high"),
) -> Panel:
    """Make a panel of rows; `cells` are the columns of a mark's name and of its estimate."""
    name, value = cells
    points = points_of(rows, lambda row: point_of(row, str(row[name]), value, ends))
    return Panel(title, names, points)


def starred(factor: str, two: frozenset[str]) -> str:
    """Name a factor, with a star if it is two constructs."""
    return factor + TWO_MARK if factor in two else factor
