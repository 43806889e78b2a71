"""Pictures of the tables, where a picture carries the message; made from the tables' own rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from output.statistics.course_plot import courses
from output.statistics.data import DAYS_A_MONTH, StudyData
from output.statistics.figure_rows import (
    TWO_NOTE,
    Record,
    Tables,
    groups,
    kinds,
    panel_of,
    point_of,
    points_of,
    records_of,
    rows_of,
    starred,
    two_constructs,
)
from output.statistics.plotting import Axis, Drawn, Panel, Point, intervals, profiles
from output.statistics.stat_table import StatTable

MOST_ACROSS = 4
"""Panels side by side; more would be too small to read on paper."""

MOST_COLUMNS = 8
"""Columns of the user's file in one picture: two rows of panels."""

_RELIABLE = 0.7
"""Commonly asked of a scale that compares groups (Nunnally 1978)."""


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
        return cls(extremes, {wave: day / DAYS_A_MONTH for wave, day in days.items()})


def figures_of(tables: Sequence[StatTable], data: StudyData) -> tuple[Figure, ...]:
    """Draw what can be drawn of the tables of a study; a table without a shown row gives none."""
    scale = Scale.of(data)
    by_name = {one.name: records_of(one) for one in tables}
    two = two_constructs(by_name)
    found: list[Figure] = []
    for make in _MAKERS:
        found += list(make(by_name, scale, two))
    return tuple(found)


def _reliability(tables: Tables, _scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for _, more, rows in groups(tables.get("reliability", [])):
        factors = tuple(kinds(rows, "factor"))
        panels = [
            panel_of(wave, factors, rows_of(rows, wave=wave), ("factor", "alpha"))
            for wave in kinds(rows, "wave")
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
    for name, more, rows in groups(tables.get("scores", [])):
        waves = kinds(rows, "wave")
        if len(waves) < 2:
            continue
        panels = [
            panel_of(
                starred(factor, two), tuple(waves), rows_of(rows, factor=factor), ("wave", "mean")
            )
            for factor in kinds(rows, "factor")
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
            + (TWO_NOTE if two else ""),
            courses(panels, when, Axis("mean", low, high)),
        )


def _items(tables: Tables, scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for name, more, rows in groups(tables.get("quality_items", [])):
        items = tuple(kinds(rows, "item"))
        panels = [
            panel_of(wave, items, rows_of(rows, wave=wave), ("item", "mean"), None)
            for wave in kinds(rows, "wave")
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
    for name, more, rows in groups(tables.get("dyad_factors", [])):
        low, high = scale.extremes[name]
        sides, gaps = [], []
        for wave in kinds(rows, "wave"):
            mine = rows_of(rows, wave=wave)
            names = tuple(starred(str(row["factor"]), two) for row in mine)
            both = [
                point for row in mine for point in _sides(row, starred(str(row["factor"]), two))
            ]
            sides.append(Panel(wave, names, tuple(both)))
            gaps.append(Panel(wave, names, points_of(mine, lambda row: _limits(row, two))))
        note = TWO_NOTE if two else ""
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
    name = starred(str(row["factor"]), two)
    return point_of(row, name, "difference", ("limit_lower", "limit_upper"))


def _correlations(tables: Tables, _scale: Scale, _two: frozenset[str]) -> Iterator[Figure]:
    for _, more, rows in groups(tables.get("correlations", [])):
        columns = kinds(rows, "column")[:MOST_COLUMNS]
        for at, wave in enumerate(kinds(rows, "wave"), 1):
            factors = tuple(kinds(rows, "factor"))
            panels = [
                panel_of(column, factors, rows_of(rows, wave=wave, column=column), ("factor", "r"))
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
        for at, name in enumerate(kinds(rows, "questionnaire")):
            own = rows_of(rows, questionnaire=name)
            for column in kinds(own, "column") if group == "group" else [""]:
                mine = rows_of(own, column=column) if column else own
                more = "".join((f"_{at + 1}" if at else "", f"_{_plain(column)}" if column else ""))
                low, high = scale.extremes[name]
                who = f"group of {column}" if column else "domain"
                yield from _figure(
                    f"{table}{more}",
                    table,
                    f"Mean of each {who} at each wave, with its 95 % interval."
                    + (TWO_NOTE if two else ""),
                    _mean_panels(mine, group, two),
                    Axis("mean", low, high),
                )


def _mean_panels(rows: Sequence[Record], group: str, two: frozenset[str]) -> list[Panel]:
    names = tuple(kinds(rows, group))
    return [
        panel_of(
            f"{starred(factor, two)}, {wave}",
            names,
            rows_of(rows, wave=wave, factor=factor),
            (group, "mean"),
        )
        for wave in kinds(rows, "wave")
        for factor in kinds(rows, "factor")
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
