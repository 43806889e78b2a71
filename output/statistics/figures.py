"""Pictures of the tables, where a picture carries the message; made from the tables' own rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from output.statistics.data import StudyData
from output.statistics.plotting import Axis, Drawn, Panel, Point, courses, intervals, profiles
from output.statistics.stat_table import Cell, StatTable

MOST_ACROSS = 4
"""Panels side by side; more would be too small to read on paper."""

MOST_COLUMNS = 8
"""Columns of the user's file in one picture: two rows of panels."""

_RELIABLE = 0.7
"""Commonly asked of a scale that compares groups (Nunnally 1978)."""

_DAYS_A_MONTH = 365.25 / 12

_TWO = " *"
"""Behind the name of a factor that is two constructs."""

_NOTE = " *: client and professional are asked about two different constructs."

Record = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that stands under a table.

    Attributes
    ----------
    name
        File name without its ending.
    table
        Name of the table it stands under, whose rows it shows.
    caption
        What is seen, for those who look and for those who cannot.
    """

    name: str
    table: str
    caption: str
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Scale:
    """What the pictures need to know besides the tables.

    Attributes
    ----------
    extremes
        Lowest and highest answer, by questionnaire.
    months
        When each wave is, by its name; empty if that is not known of all of them.
    """

    extremes: Mapping[str, tuple[int, int]]
    months: Mapping[str, float]

    @classmethod
    def of(cls, data: StudyData) -> Self:
        """Take it from a study."""
        extremes = {one.name: one.extremes for one in data.schemes}
        days = {data.waves[number]: day for number, day in data.days.items()}
        return cls(extremes, {wave: day / _DAYS_A_MONTH for wave, day in days.items()})


def figures_of(tables: Sequence[StatTable], data: StudyData) -> tuple[Figure, ...]:
    """Draw what can be drawn of the tables of a study; a table without a shown row gives none."""
    scale = Scale.of(data)
    by_name = {one.name: _records(one) for one in tables}
    two = _two_constructs(by_name)
    found: list[Figure] = []
    for make in _MAKERS:
        found += list(make(by_name, scale, two))
    return tuple(found)


def _records(table: StatTable) -> list[Record]:
    rows = table.frame.to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _two_constructs(tables: Mapping[str, list[Record]]) -> frozenset[str]:
    """Name the factors whose difference compares two constructs."""
    return frozenset(
        str(row["factor"])
        for name in ("dyad_factors", "difference_outcomes")
        for row in tables.get(name, [])
        if str(row["compares"]).startswith("two different")
    )


def _of(rows: Sequence[Record], **wanted: Cell) -> list[Record]:
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def _kinds(rows: Sequence[Record], name: str) -> list[str]:
    return list(dict.fromkeys(str(row[name]) for row in rows))


def _groups(rows: Sequence[Record]) -> Iterator[tuple[str, str, list[Record]]]:
    """Give the rows of all domains together of each questionnaire, and what to add to a name."""
    for at, name in enumerate(_kinds(rows, "questionnaire")):
        mine = _of(rows, questionnaire=name)
        if mine and "domain" in mine[0]:
            mine = _of(mine, domain=mine[0]["domain"])
        yield name, f"_{at + 1}" if at else "", mine


def _point(
    row: Record, name: str, value: str, ends: tuple[str, str] | None = ("low", "high")
) -> Point | None:
    middle = row.get(value)
    if not isinstance(middle, (int, float)):
        return None
    found = [row.get(end) for end in ends or ()]
    low, high = (float(x) if isinstance(x, (int, float)) else None for x in found or (None, None))
    return Point(name, str(row.get("role", "")), float(middle), low, high)


def _points(rows: Sequence[Record], make: Callable[[Record], Point | None]) -> tuple[Point, ...]:
    return tuple(point for row in rows if (point := make(row)) is not None)


def _starred(factor: str, two: frozenset[str]) -> str:
    return factor + _TWO if factor in two else factor


Tables = Mapping[str, list[Record]]


def _reliability(tables: Tables, _scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for _, more, rows in _groups(tables.get("reliability", [])):
        factors = tuple(_kinds(rows, "factor"))
        panels = [
            Panel(
                wave, factors, _points(mine, lambda row: _point(row, str(row["factor"]), "alpha"))
            )
            for wave in _kinds(rows, "wave")
            for mine in [_of(rows, wave=wave)]
        ]
        ends = [one.low for panel in panels for one in panel.points if one.low is not None]
        axis = Axis("Cronbach's alpha", min([0.4, *ends]) - 0.05, 1.0, _RELIABLE)
        yield from _figure(
            f"reliability{more}",
            "reliability",
            "Cronbach's alpha with its 95 % interval; the line stands at 0.70.",
            panels,
            axis,
        )


def _scores(tables: Tables, scale: Scale, two: frozenset[str]) -> Iterator[Figure]:
    for name, more, rows in _groups(tables.get("scores", [])):
        waves = _kinds(rows, "wave")
        if len(waves) < 2:
            continue
        panels = [
            Panel(
                _starred(factor, two),
                tuple(waves),
                _points(
                    _of(rows, factor=factor), lambda row: _point(row, str(row["wave"]), "mean")
                ),
            )
            for factor in _kinds(rows, "factor")
        ]
        if not any(panel.points for panel in panels):
            continue
        low, high = scale.extremes[name]
        known = all(wave in scale.months for wave in waves)
        when = [scale.months[wave] if known else float(at) for at, wave in enumerate(waves)]
        apart = "as far apart as in time" if known else "equally far apart"
        yield Figure(
            f"scores{more}",
            "scores",
            f"Mean of each factor at each wave with its 95 % interval; waves stand {apart}."
            + (_NOTE if two else ""),
            courses(panels, when, Axis("mean", low, high)),
        )


def _items(tables: Tables, scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for name, more, rows in _groups(tables.get("quality_items", [])):
        items = tuple(_kinds(rows, "item"))
        panels = [
            Panel(
                wave,
                items,
                _points(
                    _of(rows, wave=wave), lambda row: _point(row, str(row["item"]), "mean", None)
                ),
            )
            for wave in _kinds(rows, "wave")
        ]
        if all(panel.points for panel in panels):
            low, high = scale.extremes[name]
            yield Figure(
                f"quality_items{more}",
                "quality_items",
                "Mean answer to each item, as printed, in the order of the form.",
                profiles(panels, Axis("mean answer", low, high)),
            )


def _dyads(tables: Tables, scale: Scale, two: frozenset[str]) -> Iterator[Figure]:
    for name, more, rows in _groups(tables.get("dyad_factors", [])):
        low, high = scale.extremes[name]
        sides, gaps = [], []
        for wave in _kinds(rows, "wave"):
            mine = _of(rows, wave=wave)
            names = tuple(_starred(str(row["factor"]), two) for row in mine)
            both = [
                point for row in mine for point in _sides(row, _starred(str(row["factor"]), two))
            ]
            sides.append(Panel(wave, names, tuple(both)))
            gaps.append(Panel(wave, names, _points(mine, lambda row: _limits(row, two))))
        note = _NOTE if two else ""
        said = "Mean of both people of the same dyads; the bar is how far they are apart." + note
        axis = Axis("mean", low, high)
        yield from _figure(f"dyad_factors{more}", "dyad_factors", said, sides, axis, joined=True)
        said = (
            "Difference within dyads, professional minus client: mean, and the limits between which"
            f" 95 % of dyads lie.{note}"
        )
        reach = float(high - low)
        axis = Axis("professional minus client", -reach, reach, 0.0)
        yield from _figure(f"dyad_limits{more}", "dyad_factors", said, gaps, axis)


def _sides(row: Record, name: str) -> Iterator[Point]:
    for side in ("client", "professional"):
        value = row.get(f"{side}_mean")
        if isinstance(value, float):
            yield Point(name, side, value)


def _limits(row: Record, two: frozenset[str]) -> Point | None:
    name = _starred(str(row["factor"]), two)
    return _point(row, name, "difference", ("limit_lower", "limit_upper"))


def _correlations(tables: Tables, _scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for _, more, rows in _groups(tables.get("correlations", [])):
        columns = _kinds(rows, "column")[:MOST_COLUMNS]
        for at, wave in enumerate(_kinds(rows, "wave"), 1):
            factors = tuple(_kinds(rows, "factor"))
            panels = [
                Panel(
                    column,
                    factors,
                    _points(
                        _of(rows, wave=wave, column=column),
                        lambda row: _point(row, str(row["factor"]), "r"),
                    ),
                )
                for column in columns
            ]
            ends = [abs(e or 0.0) for p in panels for one in p.points for e in (one.low, one.high)]
            reach = min(1.0, max([0.45, *ends]) + 0.05)
            yield from _figure(
                f"correlations{more}_w{at}",
                "correlations_matrix",
                f"Correlation of each factor with your columns, with its 95 % interval: {wave}.",
                panels,
                Axis("correlation", -reach, reach, 0.0),
            )


def _means(tables: Tables, scale: Scale, two: frozenset[str]) -> Iterator[Figure]:
    for table, group in (("domains_means", "domain"), ("groups_means", "group")):
        rows = tables.get(table, [])
        for at, name in enumerate(_kinds(rows, "questionnaire")):
            own = _of(rows, questionnaire=name)
            for column in _kinds(own, "column") if group == "group" else [""]:
                mine = _of(own, column=column) if column else own
                more = "".join((f"_{at + 1}" if at else "", f"_{_plain(column)}" if column else ""))
                low, high = scale.extremes[name]
                said = f"Mean of each {f'group of {column}' if column else 'domain'}, all waves:"
                yield from _figure(
                    f"{table}{more}",
                    table,
                    f"{said} with its 95 % interval.{_NOTE if two else ''}",
                    _mean_panels(mine, group, two),
                    Axis("mean", low, high),
                )


def _mean_panels(rows: Sequence[Record], group: str, two: frozenset[str]) -> list[Panel]:
    names = tuple(_kinds(rows, group))
    return [
        Panel(
            f"{_starred(factor, two)}, {wave}",
            names,
            _points(
                _of(rows, wave=wave, factor=factor),
                lambda row: _point(row, str(row[group]), "mean"),
            ),
        )
        for wave in _kinds(rows, "wave")
        for factor in _kinds(rows, "factor")
    ]


def _plain(column: str) -> str:
    """Make a file name of what somebody called a column."""
    return "".join(letter if letter.isalnum() else "_" for letter in column.lower())


def _figure(
    name: str, table: str, caption: str, panels: list[Panel], axis: Axis, *, joined: bool = False
) -> Iterator[Figure]:
    if any(panel.points for panel in panels):
        across = min(len(panels), MOST_ACROSS)
        yield Figure(name, table, caption, intervals(panels, axis, across=across, joined=joined))


_MAKERS = (_items, _scores, _reliability, _dyads, _correlations, _means)
"""In the order of the tables."""
