"""What stands around every page for the scanner: corner markers, timing ticks, codes."""

from collections.abc import Sequence

from layouts.geometry import BoxMm, Paper, PointMm
from layouts.markers import BOTTOM_LEFT, BOTTOM_RIGHT, TOP_LEFT, TOP_RIGHT
from layouts.model import Fiducial, Tick
from wamforms.measures import (
    CODE_MM,
    FIDUCIAL_MM,
    MARGIN_MM,
    TICK_HEIGHT_MM,
    TICK_WIDTH_MM,
)


def fiducials(paper: Paper) -> tuple[Fiducial, ...]:
    """Put a marker into every corner."""
    near = MARGIN_MM + FIDUCIAL_MM / 2
    right, bottom = round(paper.width_mm - near, 3), round(paper.height_mm - near, 3)
    corners = {
        TOP_LEFT: PointMm(near, near),
        TOP_RIGHT: PointMm(right, near),
        BOTTOM_RIGHT: PointMm(right, bottom),
        BOTTOM_LEFT: PointMm(near, bottom),
    }
    return tuple(Fiducial(marker, at, FIDUCIAL_MM) for marker, at in corners.items())


def ticks(paper: Paper, levels_mm: Sequence[float]) -> tuple[Tick, ...]:
    """Put a timing tick on both sides of every row."""
    left = MARGIN_MM + TICK_WIDTH_MM / 2
    sides = (left, round(paper.width_mm - left, 3))
    return tuple(
        Tick(PointMm(side, level), TICK_WIDTH_MM, TICK_HEIGHT_MM)
        for level in levels_mm
        for side in sides
    )


def codes(paper: Paper) -> tuple[BoxMm, ...]:
    """One code beside the top right marker, one beside the bottom left marker."""
    beside = MARGIN_MM + FIDUCIAL_MM + 4.0
    top_right = BoxMm(round(paper.width_mm - beside - CODE_MM, 3), MARGIN_MM, CODE_MM, CODE_MM)
    low = round(paper.height_mm - MARGIN_MM - CODE_MM, 3)
    return (top_right, BoxMm(beside, low, CODE_MM, CODE_MM))
