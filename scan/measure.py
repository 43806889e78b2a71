"""Measure the ink at every bubble: numbers, and no opinion about marks.

Ink is measured on a scale of its own page: 0 is the paper right beside the
bubble, 1 is the black of this page's own print. No threshold for marks lives
here; `scan.judge` turns these numbers into opinions without seeing a pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from scan.bubbles import PER_MM, Patches

Values: TypeAlias = npt.NDArray[np.float32]

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

CELLS = 2 * SECTORS

PAPER_SHARE = 0.70
"""Paper is the level that 30 % of the ring around the bubble exceed: sloppy ink on
half of the ring does not darken it."""

UNEVEN_PAPER = 25.0
"""Grey levels by which paper may differ over a page; more is ink all around a bubble."""

LEAST_CONTRAST = 40.0
"""Grey levels from paper to black below which a scan shows noise only."""

LEAST_INK = -0.2
"""A dot lighter than the paper counts as that at most, so that it hides no ink."""

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

    fill: Values
    peak: Values
    solid: Values
    around: Values
    through: Values
    outline: npt.NDArray[np.float64]

    def each(self) -> Iterator[dict[str, float]]:
        """Yield every bubble's measures by name, to four digits: all that a scan holds."""
        names = [one.name for one in fields(self)]
        columns = [np.round(getattr(self, name).astype(np.float64), 4).tolist() for name in names]
        return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """Ink of every pixel of a page's patches.

    Attributes
    ----------
    share
        Shape (n, side, side): 0 this bubble's paper, 1 the page's black.
    radius_mm
        Printed radius of the bubbles.
    contrast
        Grey levels from the page's black to its paper.
    outline
        Correlation of each with its printed outline, shape (n,).
    """

    share: npt.NDArray[np.float32]
    radius_mm: float
    contrast: float
    outline: npt.NDArray[np.float64]


def ink_of(patches: Patches, radius_mm: float, filled: int) -> Ink:
    """Turn grey levels into ink, on the scale of this page.

    Parameters
    ----------
    patches
        All bubbles of the page, row by row, the examples last.
    radius_mm
        Printed radius.
    filled
        Index of the printed filled example, whose inside is the page's black.
    """
    gray = patches.gray
    side = gray.shape[1]
    beside = gray.reshape(len(gray), -1)[:, _ring(side, radius_mm).ravel()]
    rank = int(beside.shape[1] * PAPER_SHARE)
    # Numpy partitions bytes ten times slower than wider numbers.
    papers = np.partition(beside.astype(np.int32), rank, axis=1)[:, rank].astype(np.float32)
    paper = float(np.median(papers))
    black = float(np.median(gray[filled][_inside(side, radius_mm)]))
    black = min(black, LIGHTEST_BLACK, paper - LEAST_CONTRAST)
    papers = np.clip(papers, paper - UNEVEN_PAPER, paper + UNEVEN_PAPER)[:, None, None]
    share = papers - gray
    share /= papers - np.float32(black)
    np.clip(share, LEAST_INK, 1.0, out=share)
    return Ink(share, radius_mm, paper - black, patches.outline)


def measure(ink: Ink) -> Measures:
    """Measure every bubble of a page."""
    side, radius_mm = ink.share.shape[1], ink.radius_mm
    means = ink.share.reshape(len(ink.share), -1) @ _weights(side, radius_mm)
    cells, ring, fill = means[:, :CELLS], means[:, CELLS:-1], means[:, -1]
    return Measures(
        fill=fill,
        peak=_peaks(ink.share, _inside(side, PEAK_REACH * radius_mm)),
        solid=np.sort(cells, axis=1)[:, CELLS // 5],
        around=ring.mean(axis=1),
        through=np.minimum(ring, np.roll(ring, SECTORS // 2, axis=1)).max(axis=1),
        outline=ink.outline,
    )


def _peaks(ink: npt.NDArray[np.float32], inside: npt.NDArray[np.bool_]) -> Values:
    """Find the darkest pen-wide spot of every bubble, looking at its inside only."""
    size = max(1, round(PEN_MM * PER_MM))
    # A border of one spot, because the patches are blurred as one tall picture.
    first, last = np.flatnonzero(inside.any(axis=0))[[0, -1]] + (-size, size + 1)
    middle = np.ascontiguousarray(ink[:, first:last, first:last])
    spots = np.asarray(cv2.blur(middle.reshape(-1, last - first), (size, size)))
    hidden = np.where(inside[first:last, first:last], 0.0, -9.0).astype(np.float32)
    return np.asarray((spots.reshape(middle.shape) + hidden).max(axis=(1, 2)))


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
def _weights(side: int, radius_mm: float) -> npt.NDArray[np.float32]:
    """Averaging weights, shape (side * side, CELLS + SECTORS + 1): cells, ring, inside."""
    distance, sector = _polar(side)
    inside, ring = _inside(side, radius_mm), _ring(side, radius_mm)
    core = distance <= CORE * radius_mm
    masks = [
        *(inside & core & (sector == number) for number in range(SECTORS)),
        *(inside & ~core & (sector == number) for number in range(SECTORS)),
        *(ring & (sector == number) for number in range(SECTORS)),
        inside,
    ]
    return np.column_stack([mask.ravel() / max(1, int(mask.sum())) for mask in masks]).astype(
        np.float32
    )
