"""How pictures of tables are drawn: matplotlib, in black on white, the same bytes each time.

Client and professional are told apart by shape, fill, line style and a word beside the mark,
never by colour: a report is printed in black, and copied.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import fontpkg_atkinson_hyperlegible

from layouts.model import Role
from output.statistics.libraries import library

FORMATS = ("svg", "pdf")
"""For screens and for papers; both are vectors."""

PANEL_INCHES = 2.5
"""Width of a panel: four stand side by side on a page."""

ROW_INCHES = 0.3
"""From one row of marks to the next: two people's marks and a gap."""

_LOOK = {
    "font.family": "Atkinson Hyperlegible",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "wamforms",
    "pdf.fonttype": 42,
}
"""Letters as shapes in SVG: a browser without the typeface shows the same picture."""

SHAPES = {Role.CLIENT.value: ("o", "white", "-"), Role.PROFESSIONAL.value: ("s", "black", "--")}
"""Marker, its fill, and the style of lines."""

_APART = 0.17
"""Share of a row by which the two people's marks stand above and below its middle."""

MARK = 5.5
"""Across a marker, in points."""

_PATHS = ("Regular", "Bold")


@dataclass(frozen=True, slots=True)
class Point:
    """One estimate; `low` and `high` are None without an interval."""

    row: str
    side: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One small plot.

    Attributes
    ----------
    rows
        From top to bottom.
    """

    title: str
    rows: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """What the horizontal axis of all panels is.

    Attributes
    ----------
    guide
        Where a line stands to compare with; None for none.
    """

    label: str
    low: float
    high: float
    guide: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in both formats."""

    svg: bytes
    pdf: bytes


@contextmanager
def style() -> Iterator[None]:
    """Draw in the look of all pictures inside a `with` statement."""
    manager = library("matplotlib.font_manager")
    for cut in _PATHS:
        path = fontpkg_atkinson_hyperlegible.ROOT / "files" / f"AtkinsonHyperlegible-{cut}.ttf"
        if not any(one.fname == str(path) for one in manager.fontManager.ttflist):
            manager.fontManager.addfont(str(path))
    with library("matplotlib").rc_context(_LOOK):
        yield


def intervals(panels: Sequence[Panel], axis: Axis, *, across: int, joined: bool = False) -> Drawn:
    """Draw estimates with their intervals, a panel each, `across` panels side by side.

    With `joined` the two people's marks of a row are joined by a bar.
    """
    down = -(-len(panels) // across)
    tall = max(len(panel.rows) for panel in panels) * ROW_INCHES
    with style():
        places = Sheet(_longest(panels), PANEL_INCHES, tall).places(down, across)
        for at, (panel, place) in enumerate(zip(panels, places, strict=False)):
            _panel(place, panel, axis, joined=joined)
            if at % across:
                place.tick_params(labelleft=False)
            if at >= len(panels) - across:
                place.set_xlabel(axis.label)
        for place in places[len(panels) :]:
            place.set_visible(False)
        _say_who(places[0], panels[0])
        return saved(places[0].figure)


def profiles(panels: Sequence[Panel], axis: Axis) -> Drawn:
    """Draw estimates from top to bottom, each person's joined by a line."""
    tall = len(panels[0].rows) * 0.24
    with style():
        places = Sheet(_longest(panels), 1.2 * PANEL_INCHES, tall).places(1, len(panels))
        for at, (place, panel) in enumerate(zip(places, panels, strict=True)):
            _frame(place, panel, axis)
            place.tick_params(labelleft=not at)
            for side, (marker, fill, line) in SHAPES.items():
                mine = [one for one in panel.points if one.side == side]
                y = [panel.rows.index(one.row) for one in mine]
                x = [one.value for one in mine]
                look = {"marker": marker, "ms": MARK, "mfc": fill, "mec": "black"}
                place.plot(x, y, line, color="black", lw=0.8, **look)
            place.set_xlabel(axis.label)
        _say_who_above(places[0], panels[0])
        return saved(places[0].figure)


def whole_steps(ticks: Any, axis: Axis) -> None:  # noqa: ANN401 - matplotlib's own
    """Put marks at the answers themselves where an axis is an answer scale."""
    if float(axis.low).is_integer() and float(axis.high).is_integer() and axis.high - axis.low >= 2:
        ticks.set_major_locator(library("matplotlib.ticker").MultipleLocator(1))


def _longest(panels: Sequence[Panel]) -> int:
    return max(len(row) for panel in panels for row in panel.rows)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Room on a figure, in inches; places are fixed, for a fitted layout takes ten times as long.

    Attributes
    ----------
    characters
        Of the longest word to the left of the panels.
    wide, tall
        Of one panel without its words.
    """

    characters: int
    wide: float
    tall: float

    def places(self, down: int, across: int) -> list[Any]:
        """Make a figure of its panels, row by row."""
        left, right, gap = 0.35 + 0.072 * self.characters, 0.35, 0.15
        top, bottom, between = 0.3, 0.5, 0.62
        whole_wide = left + across * self.wide + (across - 1) * gap + right
        whole_tall = top + down * self.tall + (down - 1) * between + bottom
        figure = library("matplotlib.figure").Figure(figsize=(whole_wide, whole_tall))
        made = []
        for row in range(down):
            for column in range(across):
                x = (left + column * (self.wide + gap)) / whole_wide
                y = (bottom + (down - 1 - row) * (self.tall + between)) / whole_tall
                box = (x, y, self.wide / whole_wide, self.tall / whole_tall)
                made.append(figure.add_axes(box))
        return made


def _frame(place: Any, panel: Panel, axis: Axis) -> None:  # noqa: ANN401 - matplotlib's own
    place.set_title(panel.title, loc="left")
    place.set_yticks(range(len(panel.rows)), panel.rows)
    place.set_ylim(len(panel.rows) - 0.5, -0.8)
    place.set_xlim(axis.low, axis.high)
    whole_steps(place.xaxis, axis)
    place.tick_params(axis="y", length=0)
    if axis.guide is not None:
        place.axvline(axis.guide, color="0.6", lw=0.8, zorder=0)


def _panel(place: Any, panel: Panel, axis: Axis, *, joined: bool) -> None:  # noqa: ANN401 - matplotlib's own
    _frame(place, panel, axis)
    for row, name in enumerate(panel.rows):
        mine = [one for one in panel.points if one.row == name]
        values = [one.value for one in mine]
        if joined and len(values) > 1:
            bar = {"height": 2 * _APART, "left": min(values), "color": "0.85", "zorder": 0}
            place.barh(row, max(values) - min(values), **bar)
        for one in mine:
            marker, fill, line = SHAPES.get(one.side, ("D", "black", "-"))
            y = row + _shift(one.side)
            if one.low is not None and one.high is not None:
                place.plot([one.low, one.high], [y, y], line, color="black", lw=0.9)
            place.plot(one.value, y, marker, ms=MARK, mfc=fill, mec="black")


def _shift(side: str) -> float:
    return {Role.CLIENT.value: -_APART, Role.PROFESSIONAL.value: _APART}.get(side, 0.0)


def _say_who(place: Any, panel: Panel) -> None:  # noqa: ANN401 - matplotlib's own
    """Write beside the marks of the first row whose they are."""
    for one in panel.points:
        if one.row == panel.rows[0] and one.side in SHAPES:
            low, high = (one.value if end is None else end for end in (one.low, one.high))
            is_left = high < sum(place.get_xlim()) / 2
            x, shift, align = (high, 5, "left") if is_left else (low, -5, "right")
            _word(place, one.side, (x, _shift(one.side)), (shift, align))


def _say_who_above(place: Any, panel: Panel) -> None:  # noqa: ANN401 - matplotlib's own
    """Write above the first row whose line is whose: the lower value's to the left."""
    mine = sorted(
        (one for one in panel.points if one.row == panel.rows[0]), key=lambda one: one.value
    )
    for at, one in enumerate(mine):
        shift, align = ((-2, "right"), (2, "left"))[min(at, 1)]
        _word(place, one.side, (one.value, -0.55), (shift, align))


def _word(
    place: Any,  # noqa: ANN401 - matplotlib's own
    word: str,
    at: tuple[float, float],
    beside: tuple[int, str],
) -> None:
    shift, align = beside
    offset = {"textcoords": "offset points", "va": "center", "ha": align, "fontsize": 8}
    place.annotate(word, at, (shift, 0), **offset)


def saved(figure: Any) -> Drawn:  # noqa: ANN401 - matplotlib's own
    """Write a figure in both formats, without a date."""
    made = []
    for kind, when in zip(FORMATS, ("Date", "CreationDate"), strict=True):
        data = io.BytesIO()
        figure.savefig(data, format=kind, metadata={when: None, "Creator": "wamforms"})
        made.append(data.getvalue())
    return Drawn(*made)
