"""Find the four corner markers of a page, whichever way up it lies.

Each marker carries its own number, so the corners of the paper are known
before anything else is read. Looked for first in the corners of the picture,
which takes 1 ms, and on the whole page only if a corner stays empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import cv2
import numpy as np

from layouts.markers import CELLS, PATTERNS
from scan.picture import Gray, Points, rough_dpi, shrunk

WINDOW = 0.24
"""Side of a corner window as a share of the page's short side: 50 mm of A4, so
that a marker 14 mm from the edge is inside at 3 degrees of skew and 15 mm of shift."""

SEARCH_DPI = 110.0
"""Markers are looked for at about this resolution: 8 mm are 35 pixels."""

REFINE_MM = 0.5
"""Half window of the corner refinement: half of a marker's cell."""


@dataclass(frozen=True, slots=True)
class Care:
    """How closely to look for markers.

    Attributes
    ----------
    least
        Least length around a marker, as a share of the picture's longer side.
    thorough
        Whether all sizes of neighbourhoods are tried to tell black from white.
    """

    least: float
    thorough: bool


NEAR, FAR, CLOSE = Care(0.15, False), Care(0.05, False), Care(0.02, True)
"""In a corner, all over the page, and all over the page once more for damaged ones."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was found when looking for corner markers.

    Attributes
    ----------
    corners
        For each marker found, its four corners in the picture, shape (4, 2), in
        the marker's own order: top left, top right, bottom right, bottom left.
    doubled
        Numbers of markers that were found in several places: parts of two pages.
    """

    corners: Mapping[int, Points]
    doubled: frozenset[int]


def find_corners(gray: Gray) -> Mapping[int, Points]:
    """Find the corner markers; see `Sighting.corners`."""
    return sight(gray).corners


def sight(gray: Gray) -> Sighting:
    """Look for corner markers: in the corners of the picture, all over it, and all over closely."""
    factor = max(1, round(rough_dpi(gray) / SEARCH_DPI))
    small = shrunk(gray, factor)
    places: list[tuple[int, Points]] = []
    for left, top, window in _windows(small):
        places += _detect(window, _detector(NEAR), factor, (left * factor, top * factor))
    if not _has_all(places):
        places += _detect(small, _detector(FAR), factor)
    if not _has_all(places):
        closer = max(1, factor - 1)
        places += _detect(shrunk(gray, closer), _detector(CLOSE), closer)
    doubled = _doubled(places)
    found = {number: place for number, place in reversed(places) if number not in doubled}
    return Sighting({number: _refined(gray, place) for number, place in found.items()}, doubled)


def _has_all(places: Sequence[tuple[int, Points]]) -> bool:
    return len({number for number, _ in places}) == len(PATTERNS)


def _doubled(places: Sequence[tuple[int, Points]]) -> frozenset[int]:
    """Name the markers that stand in two places further apart than their own size."""
    return frozenset(
        number
        for (number, first), (other, second) in combinations(places, 2)
        if number == other and _are_apart(first, second)
    )


def _are_apart(first: Points, second: Points) -> bool:
    away = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    return bool(away > np.linalg.norm(first[1] - first[0]))


def _windows(gray: Gray) -> Iterator[tuple[int, int, Gray]]:
    rows, columns = gray.shape
    side = int(min(rows, columns) * WINDOW)
    for top in (0, rows - side):
        for left in (0, columns - side):
            yield left, top, gray[top : top + side, left : left + side]


def _detect(
    small: Gray, detector: cv2.aruco.ArucoDetector, factor: int, start: tuple[int, int] = (0, 0)
) -> list[tuple[int, Points]]:
    """Find markers in part of a picture that was shrunk by `factor`."""
    corners, numbers, _ = detector.detectMarkers(small)
    if numbers is None:
        return []
    places = [
        (one.reshape(4, 2).astype(np.float64) + 0.5) * factor - 0.5 + start for one in corners
    ]
    return list(zip(map(int, numbers.ravel()), places, strict=True))


@cache
def _detector(care: Care) -> cv2.aruco.ArucoDetector:
    size = CELLS
    packed = []
    for pattern in PATTERNS:
        bits = [[row >> (size - 1 - column) & 1 for column in range(size)] for row in pattern]
        packed.append(cv2.aruco.Dictionary.getByteListFromBits(np.array(bits, dtype=np.uint8)))
    ours = cv2.aruco.Dictionary(np.concatenate(packed), size, 1)
    settings = cv2.aruco.DetectorParameters()
    if not care.thorough:
        settings.adaptiveThreshWinSizeMin = settings.adaptiveThreshWinSizeMax = 23
    settings.minMarkerPerimeterRate = care.least
    settings.perspectiveRemovePixelPerCell = 6
    settings.errorCorrectionRate = 1.0
    return cv2.aruco.ArucoDetector(ours, settings)


def _refined(gray: Gray, corners: Points) -> Points:
    """Move each corner to where the edges really meet, at full resolution."""
    across = float(np.linalg.norm(corners[1] - corners[0]))
    half = max(2, round(across / 8.0 * REFINE_MM))
    low = np.floor(corners.min(axis=0)).astype(int) - 4 * half
    high = np.ceil(corners.max(axis=0)).astype(int) + 4 * half
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    patch = gray[top : int(high[1]), left : int(high[0])]
    places = (corners - (left, top)).astype(np.float32).reshape(-1, 1, 2)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)
    better = cv2.cornerSubPix(np.ascontiguousarray(patch), places, (half, half), (-1, -1), stop)
    moved = better.reshape(4, 2).astype(np.float64) + np.array([left, top])
    far = np.linalg.norm(moved - corners, axis=1) > 2 * half
    moved[far] = corners[far]
    return np.asarray(moved, dtype=np.float64)
