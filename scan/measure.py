"""Measure the ink at every bubble: numbers, and no opinion about marks.

Ink is measured on a scale of its own page: 0 is the paper right beside the
bubble, 1 is the black of this page's own print. No threshold for marks lives
here; `scan.judge` turns these numbers into opinions without seeing a pixel.
"""

from dataclasses import dataclass, fields
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from scan.bubbles import PER_MM, Patches
from scan.picture import Gray

INNER = 0.80
"""Share of the radius that counts as inside, so that the printed ring does not."""

RING = (1.16, 1.46)
"""The ring around the outline whose ink is measured, in radii."""

SECTORS, CORE = 8, 0.45
"""The inside is divided into eight sectors, each cut at 45 % of the radius: cells of
about 0.75 mm2, smaller than the white a cross leaves between its arms."""

PEN_MM = 0.5
"""Side of the spot whose darkness is the peak: the line of a ballpoint."""

PEAK_REACH = 0.85
"""Share of the inside where a peak is looked for: its spot must not touch the outline."""

PAPER_SHARE = 70.0
"""Paper is the level that 30 % of the ring around the bubble exceed: sloppy ink on
half of the ring does not darken it."""

LIGHTEST_BLACK = 150.0
"""Print lighter than this is not print; the scale then ends here, not in noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What was measured at each of n bubbles; every array has shape (n,).

    Attributes
    ----------
    fill, peak, solid, around, through, outline
        As in `scan.results.BubbleReading`.
    """

    fill: npt.NDArray[np.float64]
    peak: npt.NDArray[np.float64]
    solid: npt.NDArray[np.float64]
    around: npt.NDArray[np.float64]
    through: npt.NDArray[np.float64]
    outline: npt.NDArray[np.float64]

    def rounded(self, number: int) -> dict[str, float]:
        """Return one bubble's measures by name, to four digits: all that a scan holds."""
        return {one.name: round(float(getattr(self, one.name)[number]), 4) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Levels:
    """Grey levels of one page: 0 black, 255 white."""

    paper: float
    black: float


def page_levels(patches: Patches, radius_mm: float, filled: int) -> Levels:
    """Take the page's own levels from its patches and its printed filled example.

    Parameters
    ----------
    patches
        All bubbles of the page.
    radius_mm
        Printed radius.
    filled
        Index of the filled example.
    """
    side = patches.gray.shape[1]
    ring, inside = _ring(side, radius_mm), _inside(side, radius_mm)
    paper = float(np.median(patches.gray[:, ring]))
    black = float(np.median(patches.gray[filled][inside]))
    return Levels(paper, min(black, LIGHTEST_BLACK, paper - 40.0))


def measure(patches: Patches, radius_mm: float, levels: Levels) -> Measures:
    """Measure every bubble of a page."""
    side = patches.gray.shape[1]
    ink = _ink(patches.gray, side, radius_mm, levels)
    flat = ink.reshape(len(ink), -1)
    cells = flat @ _cells(side, radius_mm)
    ring = flat @ _ring_sectors(side, radius_mm)
    inside = _inside(side, radius_mm)
    return Measures(
        fill=flat[:, inside.ravel()].mean(axis=1),
        peak=_peaks(ink, _inside(side, PEAK_REACH * radius_mm)),
        solid=np.sort(cells, axis=1)[:, cells.shape[1] // 5],
        around=ring.mean(axis=1),
        through=np.minimum(ring, np.roll(ring, SECTORS // 2, axis=1)).max(axis=1),
        outline=patches.outline,
    )


def streak(patches: Patches, radius_mm: float, levels: Levels, columns: int) -> float:
    """Measure ink that runs on above and below the bubbles of a column: dirt on the glass.

    Parameters
    ----------
    patches
        All bubbles of the page, row by row, the examples last.
    radius_mm, levels
        As in `measure`.
    columns
        Bubbles per row.

    Returns
    -------
    float
        Ink of the darkest vertical line that most rows of one column share, 0 to 1.
    """
    side = patches.gray.shape[1]
    ink = _ink(patches.gray, side, radius_mm, levels)
    rows = len(ink) // columns
    reach = round(side / 2 - RING[0] * radius_mm * PER_MM)
    above, below = (
        ink[: rows * columns, :reach].mean(axis=1),
        ink[: rows * columns, -reach:].mean(axis=1),
    )
    lines = np.minimum(above, below).reshape(rows, columns, side)
    return float(np.median(lines, axis=0).max())


def _ink(gray: Gray, side: int, radius_mm: float, levels: Levels) -> npt.NDArray[np.float64]:
    """Ink of every pixel, shape (n, side, side): 0 this bubble's paper, 1 the page's black."""
    beside = gray[:, _ring(side, radius_mm)]
    paper = np.percentile(beside, PAPER_SHARE, axis=1)
    paper = np.clip(paper, levels.paper - 25.0, levels.paper + 25.0)[:, None, None]
    ink = (paper - gray) / (paper - levels.black)
    return np.clip(ink, -0.2, 1.0)


def _peaks(ink: npt.NDArray[np.float64], inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    size = max(1, round(PEN_MM * PER_MM))
    tall = np.ascontiguousarray(ink.reshape(-1, ink.shape[2]), dtype=np.float32)
    spots = cv2.blur(tall, (size, size)).reshape(ink.shape)
    return np.asarray(spots[:, inside].max(axis=1), dtype=np.float64)


@cache
def _polar(side: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Distance in millimetres and sector of every pixel of a patch."""
    steps = (np.arange(side) - (side - 1) / 2) / PER_MM
    x, y = np.meshgrid(steps, steps)
    turn = (np.arctan2(y, x) / (2 * np.pi) + 0.5 / SECTORS) % 1.0
    return np.hypot(x, y), np.floor(turn * SECTORS).astype(np.int64)


@cache
def _inside(side: int, radius_mm: float) -> npt.NDArray[np.bool_]:
    return np.asarray(_polar(side)[0] <= INNER * radius_mm)


@cache
def _ring(side: int, radius_mm: float) -> npt.NDArray[np.bool_]:
    distance = _polar(side)[0] / radius_mm
    return np.asarray((distance >= RING[0]) & (distance <= RING[1]))


@cache
def _cells(side: int, radius_mm: float) -> npt.NDArray[np.float64]:
    """Averaging weights of the inside's cells, shape (side * side, cells)."""
    distance, sector = _polar(side)
    inner = distance <= CORE * radius_mm
    return _weights(
        [
            _inside(side, radius_mm) & (sector == number) & (inner == core)
            for number in range(SECTORS)
            for core in (False, True)
        ]
    )


@cache
def _ring_sectors(side: int, radius_mm: float) -> npt.NDArray[np.float64]:
    """Averaging weights of the ring's sectors, shape (side * side, SECTORS)."""
    sector = _polar(side)[1]
    ring = _ring(side, radius_mm)
    return _weights([ring & (sector == number) for number in range(SECTORS)])


def _weights(masks: list[npt.NDArray[np.bool_]]) -> npt.NDArray[np.float64]:
    columns = [mask.ravel() / max(1, int(mask.sum())) for mask in masks]
    return np.column_stack(columns)
