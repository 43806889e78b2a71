"""Find a page whose corner markers are gone: from what is left of them, its codes and ticks.

Symbols and markers are the anchors: each stands in one place only, so they
cannot be taken for their neighbours as a tick can. From the anchors the fit
grows tick by tick, each looked for a row further than what is known already;
so it never has to reach as far as half a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np
import numpy.typing as npt

from layouts.geometry import BoxMm
from layouts.model import PageLayout, Tick
from scan.pagecode import Symbol
from scan.picture import Gray, Matrix, Points, slopes, to_px
from scan.register import LEAST_TICKS, corner_places, tick_offsets

NEAR_MM = 60.0
"""What lies this far from a tick says half as much about its place as what lies beside it:
paper bends from row to row, and a photo's scale changes over the page."""

STIFF_MM = 20.0
"""Paper keeps its shape: without evidence over a distance like this, up and across are
taken to have one scale and a right angle between them."""

ANCHOR_MM = 1.0
"""An anchor further than this from where the fit puts it belongs to another sheet."""


MOST_STRETCH, MOST_STRETCH_IN_PHOTO = 0.03, 0.12
"""How far the page's two scales may differ. Feeders stretch by 1.5 % one way; a page that is
taken a column off along with one of its codes is out by 5 % or more. A phone held at 20
degrees makes 7 %, and only ticks on both sides, which rule such errors out, allow it."""


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A marker or symbol: its four corners on paper and in the picture, shape (4, 2)."""

    places_mm: Points
    seen_px: Points


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """How a page lies, and whether the first of its printed codes was among the anchors."""

    matrix: Matrix
    has_first_code: bool


def locate(
    gray: Gray, corners: Mapping[int, Points], symbols: Sequence[Symbol], page: PageLayout
) -> Located | None:
    """Fit the paper to what is left of a page; None if that does not prove itself.

    Parameters
    ----------
    gray
        The picture.
    corners
        The corner markers found, fewer than three.
    symbols
        All page codes found in the picture, at least one.
    page
        The page that the codes name.

    Returns
    -------
    Located or None
        Only one way of lying can hit all anchors; if two do, none is believed.
    """
    markers = [
        Anchor(corner_places(one), corners[one.marker])
        for one in page.fiducials
        if one.marker in corners
    ]
    fits = []
    for chosen in permutations(range(len(page.codes)), len(symbols)):
        boxes = [page.codes[number] for number in chosen]
        codes = [
            Anchor(_corners(box), one.corners_px) for box, one in zip(boxes, symbols, strict=True)
        ]
        matrix = _grown(gray, [*markers, *codes], page.ticks)
        if matrix is not None and _misfit_mm(matrix, [*markers, *codes]) <= ANCHOR_MM:
            fits.append(Located(matrix, 0 in chosen))
    return fits[0] if len(fits) == 1 else None


def _corners(box: BoxMm) -> Points:
    left, top, right, bottom = box.left_mm, box.top_mm, box.right_mm, box.bottom_mm
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _grown(gray: Gray, anchors: Sequence[Anchor], ticks: Sequence[Tick]) -> Matrix | None:
    """Add tick after tick to the anchors, the nearest first, and fit them all."""
    places = np.concatenate([one.places_mm for one in anchors])
    seen = np.concatenate([one.seen_px for one in anchors])
    waiting = list(ticks)
    found: list[Tick] = []
    while waiting:
        tick = min(waiting, key=lambda one: _distance_mm(one, places))
        waiting.remove(tick)
        at = np.array([[tick.centre.x_mm, tick.centre.y_mm]])
        near = _stiff_fit(places, seen, at[0])
        offset = tick_offsets(gray, near, [tick])
        if np.isfinite(offset).all():
            places, seen = np.vstack([places, at]), np.vstack([seen, to_px(near, at + offset)])
            found.append(tick)
    return _whole_fit(places, seen, len(anchors), ticks, found)


def _distance_mm(tick: Tick, places: Points) -> float:
    return float(np.min(np.hypot(*(places - (tick.centre.x_mm, tick.centre.y_mm)).T)))


def _stiff_fit(
    places: Points, seen: Points, about: npt.NDArray[np.float64] | None = None
) -> Matrix:
    """Fit an affine map that keeps angles and scale unless the evidence is strong.

    Parameters
    ----------
    places, seen
        Paper and picture, shape (n, 2) both.
    about
        Where the fit has to be good, shape (2,); everywhere alike if None.
    """
    middle = places.mean(axis=0)
    x, y = (places - middle).T
    one, none = np.ones(len(x)), np.zeros(len(x))
    columns = np.column_stack([x, y, none, none, one, none])
    rows = np.column_stack([none, none, x, y, none, one])
    away = none if about is None else np.hypot(*(places - about).T) / NEAR_MM
    weight = 1.0 / (1.0 + away**2)
    stiff = STIFF_MM * np.array([[1.0, 0, 0, -1, 0, 0], [0.0, 1, 1, 0, 0, 0]])
    left = np.vstack([columns * weight[:, None], rows * weight[:, None], stiff])
    right = np.concatenate([seen[:, 0] * weight, seen[:, 1] * weight, [0.0, 0.0]])
    a, b, c, d, across, down = np.linalg.lstsq(left, right, rcond=None)[0]
    turn = np.array([[a, b], [c, d]])
    start = (across, down) - turn @ middle
    return np.vstack([np.column_stack([turn, start]), [0.0, 0.0, 1.0]])


def _whole_fit(
    places: Points, seen: Points, anchors: int, ticks: Sequence[Tick], found: Sequence[Tick]
) -> Matrix | None:
    """Fit all that was found: in perspective where both sides of the page say enough.

    With one side only, two anchors at least have to say how wide the page is.
    """
    sides = {tick.centre.x_mm for tick in ticks}
    shares = [
        sum(tick.centre.x_mm == side for tick in found)
        / sum(tick.centre.x_mm == side for tick in ticks)
        for side in sides
    ]
    if max(shares) < LEAST_TICKS:
        return None
    if min(shares) < LEAST_TICKS:
        if anchors < 2:
            return None
        return _if_shaped(_stiff_fit(places, seen), places, MOST_STRETCH)
    matrix, _ = cv2.findHomography(places, seen)
    if matrix is None:
        return None
    return _if_shaped(np.asarray(matrix, dtype=np.float64), places, MOST_STRETCH_IN_PHOTO)


def _if_shaped(matrix: Matrix, places: Points, most: float) -> Matrix | None:
    """Believe a fit only if it leaves the page about as wide and high as it is, unmirrored."""
    slope = slopes(matrix, places.mean(axis=0, keepdims=True))[0]
    if not np.isfinite(slope).all() or np.linalg.det(slope) <= 0:
        return None
    scales = np.linalg.svd(slope, compute_uv=False)
    return matrix if scales[0] <= (1 + most) * scales[1] else None


def _misfit_mm(matrix: Matrix, anchors: Sequence[Anchor]) -> float:
    """Largest distance of an anchor's middle from where the fit puts it."""
    inverse = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    places = np.array([one.places_mm.mean(axis=0) for one in anchors])
    seen = np.array([one.seen_px.mean(axis=0) for one in anchors], dtype=np.float64)
    return float(np.max(np.linalg.norm(to_px(inverse, seen) - places, axis=1)))
