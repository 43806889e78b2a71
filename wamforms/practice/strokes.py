"""Lines of a pen that stays on the paper: where it goes and how hard it presses."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wamforms.practice.pens import Hand

Points = NDArray[np.float64]
"""Places on paper in millimetres, shape (n, 2): x to the right, y down."""

STEP_MM = 0.35
"""Distance of neighbouring points; short enough for a wobble of a millimetre to look round."""


_T = np.linspace(0.0, 1.0, 7)
_BOW = np.stack([(1 - _T) ** 2, 2 * _T * (1 - _T), _T**2], axis=1)
"""Weights of start, middle and end on a bow, shape (7, 3)."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One movement of the pen.

    Attributes
    ----------
    points_mm
        The path, shape (n, 2).
    pressure
        0 (in the air) to about 1.2 at every point, shape (n,).
    """

    points_mm: Points
    pressure: NDArray[np.float64]


def along(corners: Points, hand: Hand, rng: np.random.Generator) -> Stroke:
    """Draw a free-hand line through `corners` (shape (n, 2), mm).

    It wobbles, its pressure swells and dies down, and a skipping pen breaks off.
    """
    path = _resampled(corners)
    path += _wobble(len(path), 0.015 + 0.05 * hand.sloppiness, rng)
    return Stroke(path, _pressure(len(path), hand, rng))


def zigzag(corners: Points, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Draw through `corners` without lifting, one stroke for each straight run."""
    whole = along(corners, hand, rng)
    travelled = _travelled(corners)
    last = len(whole.pressure) - 1
    cuts = np.rint(travelled / travelled[-1] * last).astype(int).tolist()
    return [
        Stroke(whole.points_mm[start : end + 1], whole.pressure[start : end + 1])
        for start, end in pairwise(cuts)
    ]


def line(start: Points, end: Points, hand: Hand, rng: np.random.Generator) -> Stroke:
    """Draw from `start` to `end` (each shape (2,), mm) with the bow of a turning wrist."""
    across = np.array([start[1] - end[1], end[0] - start[0]])
    bow = rng.normal(0.02, 0.03 + 0.06 * hand.sloppiness)
    middle = (start + end) / 2 + across * bow
    return along(_BOW @ np.stack([start, middle, end]), hand, rng)


def _travelled(corners: Points) -> NDArray[np.float64]:
    steps = corners[1:] - corners[:-1]
    travelled = np.zeros(len(corners))
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=travelled[1:])
    return travelled


def _resampled(corners: Points) -> Points:
    travelled = _travelled(corners)
    count = max(3, round(travelled[-1] / STEP_MM) + 1)
    wanted = _evenly(2, count) * travelled[-1]
    path = np.empty((count, 2))
    path[:, 0] = np.interp(wanted, travelled, corners[:, 0])
    path[:, 1] = np.interp(wanted, travelled, corners[:, 1])
    return path


def _wobble(count: int, size_mm: float, rng: np.random.Generator) -> Points:
    """Tremble slowly: a few random bends, shape (count, 2)."""
    knots = max(3, count // 4)
    bends = rng.normal(0.0, size_mm, (2, knots))
    at, places = _evenly(knots, count), _evenly(knots, knots)
    wobble = np.empty((count, 2))
    wobble[:, 0] = np.interp(at, places, bends[0])
    wobble[:, 1] = np.interp(at, places, bends[1])
    return wobble


@lru_cache(maxsize=1024)
def _evenly(knots: int, count: int) -> NDArray[np.float64]:
    """Spread `count` places over knots 0, 1, 2 and so on; kept, for strokes are many and short."""
    places = np.linspace(0.0, knots - 1.0, count)
    places.setflags(write=False)
    return places


def _pressure(count: int, hand: Hand, rng: np.random.Generator) -> NDArray[np.float64]:
    knots = rng.normal(1.0, 0.10 + 0.08 * hand.sloppiness, 5)
    knots[0] *= rng.uniform(0.75, 1.1)
    knots[-1] *= rng.uniform(0.45, 1.0)
    pressure = np.interp(_evenly(5, count), _evenly(5, 5), knots)
    if hand.pen.skips:
        pressure[rng.random(count) < hand.pen.skips * STEP_MM * 2] *= rng.uniform(0.0, 0.6)
    return np.clip(pressure * hand.pressure, 0.0, 1.25)
