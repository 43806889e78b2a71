"""Courses over time, drawn as `output.statistics.plotting` draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from output.statistics.plotting import (
    MARK,
    PANEL_INCHES,
    SHAPES,
    Axis,
    Drawn,
    Panel,
    Point,
    Sheet,
    saved,
    style,
    whole_steps,
)


def courses(panels: Sequence[Panel], when: Sequence[float], axis: Axis) -> Drawn:
    """Draw each person's means over time with intervals; a panel's rows are moments.

    Parameters
    ----------
    when : sequence of float
        Where each row stands on the time axis.
    axis : Axis
        Of the means, which is the upright one here.
    """
    with style():
        places = Sheet(2, PANEL_INCHES, 2.0).places(1, len(panels))
        for at, (place, panel) in enumerate(zip(places, panels, strict=True)):
            place.tick_params(labelleft=not at)
            place.set_title(panel.title, loc="left")
            place.set_ylim(axis.low, axis.high)
            whole_steps(place.yaxis, axis)
            place.set_xticks(when, [row.replace(" ", "\n") for row in panel.rows])
            reach = (max(when) - min(when)) or 1.0
            place.set_xlim(min(when) - 0.15 * reach, max(when) + 0.5 * reach)
            _courses(place, panel, dict(zip(panel.rows, when, strict=True)))
        places[0].set_ylabel(axis.label)
        return saved(places[0].figure)


def _courses(place: Any, panel: Panel, when: Mapping[str, float]) -> None:  # noqa: ANN401 - matplotlib's own
    reach = (max(when.values()) - min(when.values())) or 1.0
    sides = [[one for one in panel.points if one.side == side] for side in SHAPES]
    given = [mine for mine in sides if mine]
    highest = max((mine[-1].value for mine in given), default=0.0)
    for at, mine in enumerate(given):
        # A little beside each other, so that neither hides the other's interval.
        shifted = {row: x + (at - 0.5) * 0.03 * reach for row, x in when.items()}
        is_upper = mine[-1].value == highest and (at == 0 or len(given) == 1 or not _level(given))
        _course(place, mine, shifted, is_upper=is_upper)


def _level(sides: Sequence[Sequence[Point]]) -> bool:
    return len({mine[-1].value for mine in sides}) == 1


def _course(
    place: Any,  # noqa: ANN401 - matplotlib's own
    mine: Sequence[Point],
    when: Mapping[str, float],
    *,
    is_upper: bool,
) -> None:
    """Draw one person's course, with the word for whose it is on the side where nothing is."""
    marker, fill, line = SHAPES[mine[0].side]
    x, y = [when[one.row] for one in mine], [one.value for one in mine]
    for at, one in zip(x, mine, strict=True):
        if one.low is not None and one.high is not None:
            place.plot([at, at], [one.low, one.high], color="black", lw=0.8)
    place.plot(x, y, line, color="black", lw=1, marker=marker, ms=MARK, mfc=fill, mec="black")
    offset = {"textcoords": "offset points", "va": "bottom" if is_upper else "top"}
    place.annotate(mine[-1].side, (x[-1], y[-1]), (6, 0), fontsize=8, **offset)
