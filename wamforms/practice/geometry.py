"""How the paper lay on the scanner's glass: the true way from millimetres to pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from layouts.geometry import PointMm
from wamforms.practice.crumple import Bend
from wamforms.practice.ink import Gray

Affine = NDArray[np.float64]
"""Shape (3, 3), millimetres to millimetres; the last row is 0 0 1."""

_SHRINK_FROM = 1.3
"""A page drawn this much finer than the scan is averaged first, as a sensor's cells do."""

_STRIP_ROWS = 16
"""Rows that are pulled alike: over so few, the wave is straight to 0.02 pixels."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """The mapping from the printed sheet to the scanned picture, exactly.

    The sheet goes onto the glass by an affine map; then the feeder pulls it
    unevenly: what belongs at height `v` of the glass is seen at `y` with
    `v = y + wave_mm * sin(2 pi y / wave_length_mm + wave_phase)`.

    Attributes
    ----------
    matrix
        Six numbers, row by row: paper millimetres to glass millimetres.
    rows_px, columns_px, px_per_mm
        Size and resolution of the picture.
    bend
        How the sheet had been bent before; None if it was flat.
    """

    matrix: tuple[float, ...]
    wave_mm: float
    wave_length_mm: float
    wave_phase: float
    rows_px: int
    columns_px: int
    px_per_mm: float
    bend: Bend | None = None

    def to_px(self, point: PointMm) -> tuple[float, float]:
        """Say where a place of the paper is seen: column and row of the picture.

        (0, 0) is the middle of the first pixel.
        """
        ((column, row),) = self.to_px_many(np.array([[point.x_mm, point.y_mm]])).tolist()
        return column, row

    def to_px_many(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map places of shape (n, 2) to columns and rows of shape (n, 2)."""
        across = np.array(self.matrix).reshape(2, 3)
        if self.bend is not None:
            points_mm = points_mm + self.bend.of(points_mm)
        glass = points_mm @ across[:, :2].T + across[:, 2]
        seen = glass[:, 1].copy()
        for _ in range(20):  # a contraction: each round gains more than a decimal place
            seen = glass[:, 1] - self._pull(seen)
        glass[:, 1] = seen
        return np.asarray(glass * self.px_per_mm - 0.5, np.float64)

    def picture(self, page: Gray, px_per_mm: float, *, backdrop: int) -> Gray:
        """Take the picture of a page in one resampling.

        Parameters
        ----------
        page
            The sheet, edge to edge, at `px_per_mm`.
        backdrop
            Grey level of what lies behind the sheet.
        """
        page, from_mm = _averaged(page, px_per_mm, self.px_per_mm)
        inverse = np.linalg.inv(np.vstack([np.array(self.matrix).reshape(2, 3), [0, 0, 1]]))
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, self.px_per_mm]]) / self.px_per_mm
        way = (from_mm @ inverse @ half)[:2]
        picture = np.empty((self.rows_px, self.columns_px), np.uint8)
        if not self.wave_mm:
            self._resampled(page, way, picture, backdrop)
            return picture
        rows = np.arange(self.rows_px, dtype=np.float64)
        rows += self._pull((rows + 0.5) / self.px_per_mm) * self.px_per_mm
        for top in range(0, self.rows_px, _STRIP_ROWS):
            pulled = rows[top : top + _STRIP_ROWS]
            slope = (pulled[-1] - pulled[0]) / max(1, len(pulled) - 1)
            # Row r of the strip shows what row `pulled[0] + slope * r` would without a wave.
            strip = way @ np.array([[1, 0, 0], [0, slope, pulled[0]], [0, 0, 1.0]])
            self._resampled(page, strip, picture[top : top + _STRIP_ROWS], backdrop)
        return picture

    @staticmethod
    def _resampled(page: Gray, way: NDArray[np.float64], into: Gray, backdrop: int) -> None:
        """Fill `into` with the page; `way` (2, 3) leads from its pixels to the page's."""
        cv2.warpAffine(
            page,
            way,
            into.shape[::-1],
            dst=into,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderValue=(backdrop,),
        )

    def _pull(self, seen_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.wave_mm * np.sin(2 * np.pi * seen_mm / self.wave_length_mm + self.wave_phase)


def _averaged(page: Gray, px_per_mm: float, wanted: float) -> tuple[Gray, Affine]:
    """Shrink a page that is too fine; return it and its map from millimetres to pixels."""
    rows, columns = page.shape
    if px_per_mm > _SHRINK_FROM * wanted:
        by = wanted / px_per_mm
        size = (round(columns * by), round(rows * by))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = page.shape[1] / columns * px_per_mm, page.shape[0] / rows * px_per_mm
    return page, np.array([[across, 0, -0.5], [0, down, -0.5], [0, 0, 1.0]])


def moved(x_mm: float, y_mm: float) -> Affine:
    """Move by so much."""
    return np.array([[1.0, 0.0, x_mm], [0.0, 1.0, y_mm], [0.0, 0.0, 1.0]])


def turned(degrees: float) -> Affine:
    """Turn about the origin, clockwise as seen on the page."""
    angle = np.deg2rad(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def scaled(x: float, y: float) -> Affine:
    """Stretch about the origin."""
    return np.diag([x, y, 1.0])
