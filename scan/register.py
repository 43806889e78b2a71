"""Lay the picture on the paper: markers give the fit, ticks prove and bend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from layouts.geometry import Paper
from layouts.model import Fiducial, PageLayout, Tick
from scan.matching import best_matches
from scan.medians import median_of_known
from scan.picture import MM_PER_INCH, Gray, Matrix, Points, sample, to_px

PER_MM = 5.0
"""Resolution in which ticks are looked for; a tick is 20 by 10 pixels then."""

WHITE_MM = 0.5
"""White border that belongs to the shape of a tick."""

SEARCH_MM = 2.5
"""How far a tick may lie from where the markers put it: feeders stretch a page by
up to 1.5 % unevenly, and half a row (4.4 mm) must never be bridged."""

TICK_SCORE = 0.55
"""Least correlation of a tick with its printed shape."""

NEIGHBOURS_MM = 0.7
"""A tick that moves this much more than its neighbours is dirt, not stretch."""

NEIGHBOURS = 2
"""So many neighbours on each side of a tick tell what it should do."""

LEAST_TICKS = 0.6
"""Share of the ticks of a side that must be found."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where paper lies in a picture.

    Attributes
    ----------
    matrix
        Homography from paper millimetres to picture pixels.
    levels_mm
        Heights of the timing ticks, shape (t,).
    left_mm, right_mm
        How far the paper is off the homography at the left and right tick of
        each height, shape (t, 2): x and y in millimetres.
    edges_mm
        Horizontal places of the left and right ticks.
    found
        Share of the ticks that were found on the worse side.
    found_better
        The same on the better side.
    """

    matrix: Matrix
    levels_mm: npt.NDArray[np.float64]
    left_mm: Points
    right_mm: Points
    edges_mm: tuple[float, float]
    found: float
    found_better: float

    @property
    def residual_mm(self) -> float:
        """Largest distance of a tick from where the markers alone put it."""
        both = np.concatenate([self.left_mm, self.right_mm])
        return float(np.max(np.linalg.norm(both, axis=1), initial=0.0))

    def bent(self, places_mm: Points) -> Points:
        """Move places by the local stretch, so that `matrix` hits them; shape (n, 2)."""
        share = (places_mm[:, 0] - self.edges_mm[0]) / (self.edges_mm[1] - self.edges_mm[0])
        moved = places_mm.copy()
        for axis in (0, 1):
            left = np.interp(places_mm[:, 1], self.levels_mm, self.left_mm[:, axis])
            right = np.interp(places_mm[:, 1], self.levels_mm, self.right_mm[:, axis])
            moved[:, axis] += left + (right - left) * share
        return moved

    def dpi(self) -> tuple[float, float]:
        """Measure the resolution along the page's width and its height."""
        left, right, top, bottom = self._ends()
        width = np.linalg.norm(right - left) / (self.edges_mm[1] - self.edges_mm[0])
        height = np.linalg.norm(bottom - top) / (self.levels_mm[-1] - self.levels_mm[0])
        return float(width) * MM_PER_INCH, float(height) * MM_PER_INCH

    def skew_deg(self) -> float:
        """Measure how far the paper is turned in the picture, -180 to 180."""
        left, right, _, _ = self._ends()
        return float(np.degrees(np.arctan2(right[1] - left[1], right[0] - left[0])))

    def _ends(self) -> Points:
        """Map the ends of a line across and a line down the middle of the page, in pixels."""
        level, middle = float(np.mean(self.levels_mm)), sum(self.edges_mm) / 2
        places: list[list[float]] = [
            [self.edges_mm[0], level],
            [self.edges_mm[1], level],
            [middle, float(self.levels_mm[0])],
            [middle, float(self.levels_mm[-1])],
        ]
        return to_px(self.matrix, np.array(places, dtype=np.float64))


def fit(corners: Mapping[int, Points], fiducials: tuple[Fiducial, ...]) -> Matrix | None:
    """Fit the paper to the markers found: four, or three at the least.

    With four the fit may be a perspective, with three it is affine: three do
    not say whether the camera looked straight down.
    """
    known = [one for one in fiducials if one.marker in corners]
    if len(known) < 3:
        return None
    paper = np.concatenate([corner_places(one) for one in known])
    picture = np.concatenate([corners[one.marker] for one in known])
    if len(known) == 3:
        return _affine(paper, picture)
    matrix, _ = cv2.findHomography(paper, picture)
    return None if matrix is None else np.asarray(matrix, dtype=np.float64)


def marker_residual_mm(
    matrix: Matrix, corners: Mapping[int, Points], fiducials: tuple[Fiducial, ...]
) -> float:
    """Largest distance of a marker's centre from where the fit puts it; 0 without markers."""
    known = [one for one in fiducials if one.marker in corners]
    paper = np.array([[one.centre.x_mm, one.centre.y_mm] for one in known])
    picture = np.array([corners[one.marker].mean(axis=0) for one in known], dtype=np.float64)
    if not known:
        return 0.0
    back = to_px(np.asarray(np.linalg.inv(matrix), dtype=np.float64), picture)
    return float(np.max(np.linalg.norm(back - paper, axis=1)))


def corner_places(fiducial: Fiducial) -> Points:
    """List the corners of a printed marker in millimetres, clockwise from the top left; (4, 2)."""
    half = fiducial.size_mm / 2
    x, y = fiducial.centre.x_mm, fiducial.centre.y_mm
    return np.array(
        [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]
    )


def _affine(paper: Points, picture: Points) -> Matrix:
    extended = np.column_stack([paper, np.ones(len(paper))])
    solution, *_ = np.linalg.lstsq(extended, picture, rcond=None)
    return np.vstack([solution.T, [0.0, 0.0, 1.0]])


def place(gray: Gray, matrix: Matrix, page: PageLayout, paper: Paper) -> Placement:
    """Measure at every timing tick how far the page is off the markers' fit."""
    middle = paper.width_mm / 2
    sides = [
        sorted(
            (tick for tick in page.ticks if (tick.centre.x_mm < middle) is left),
            key=lambda tick: tick.centre.y_mm,
        )
        for left in (True, False)
    ]
    ticks = [*sides[0], *sides[1]]
    offsets = tick_offsets(gray, matrix, ticks)
    half = len(sides[0])
    left, right = _smoothed(offsets[:half]), _smoothed(offsets[half:])
    found = _share(left), _share(right)
    if min(found) < LEAST_TICKS:
        # What the feeder does to one side of the paper it does to the other.
        left, right = (left, left) if found[0] > found[1] else (right, right)
    levels = np.array([tick.centre.y_mm for tick in sides[0]])
    return Placement(
        matrix=matrix,
        levels_mm=levels,
        left_mm=_bridged(levels, left),
        right_mm=_bridged(levels, right),
        edges_mm=(sides[0][0].centre.x_mm, sides[1][0].centre.x_mm),
        found=min(found),
        found_better=max(found),
    )


def _share(offsets: Points) -> float:
    return float(np.isfinite(offsets[:, 0]).mean())


def tick_offsets(gray: Gray, matrix: Matrix, ticks: list[Tick]) -> Points:
    """Offset of each tick from its expected place, NaN where none is found; (n, 2)."""
    size = (ticks[0].width_mm, ticks[0].height_mm)
    centres = np.array([[tick.centre.x_mm, tick.centre.y_mm] for tick in ticks])
    half_mm = (size[0] / 2 + WHITE_MM + SEARCH_MM, size[1] / 2 + WHITE_MM + SEARCH_MM)
    shape = _tick_shape(*size)
    scores, moved_px = best_matches(sample(gray, matrix, centres, half_mm, PER_MM), shape)
    return np.where((scores >= TICK_SCORE)[:, None], moved_px / PER_MM, np.nan)


@cache
def _tick_shape(width_mm: float, height_mm: float) -> Gray:
    """Picture a tick with a white border of half a millimetre, slightly blurred as in a scan."""
    border = round(WHITE_MM * PER_MM)
    shape = np.zeros((round(height_mm * PER_MM), round(width_mm * PER_MM)), dtype=np.uint8)
    framed = np.pad(shape, border, constant_values=255)
    return np.asarray(cv2.GaussianBlur(framed, (0, 0), 0.12 * PER_MM), dtype=np.uint8)


def _smoothed(offsets: Points) -> Points:
    """Drop ticks that disagree with the median of their neighbours (dirt, a fold)."""
    beyond = np.full((NEIGHBOURS, 2), np.nan)
    ends = np.concatenate([beyond, offsets, beyond])
    near = sliding_window_view(ends, 2 * NEIGHBOURS + 1, axis=0)
    apart = np.linalg.norm(offsets - median_of_known(near, axis=2), axis=1)
    return np.where((apart > NEIGHBOURS_MM)[:, None], np.nan, offsets)


def _bridged(levels_mm: npt.NDArray[np.float64], offsets: Points) -> Points:
    """Fill gaps between found ticks linearly; zero everywhere if none was found."""
    known = np.isfinite(offsets[:, 0])
    if not known.any():
        return np.zeros_like(offsets)
    return np.column_stack(
        [np.interp(levels_mm, levels_mm[known], offsets[known, axis]) for axis in (0, 1)]
    )
