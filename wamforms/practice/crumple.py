"""Paper that was crumpled into a ball and flattened again: facets, creases, small bends."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wamforms.practice.ink import Gray

FACETS = 70
"""Flat pieces of a crumpled sheet: about 30 mm each, as on sheets that were balled by hand."""

MOST_BEND_MM = 0.4
"""How far a place moves on a sheet that was crumpled hard and flattened by hand."""

MOST_SHADE = 34.0
"""Grey levels between facets that face the lamp and facets that turn away."""

CREASE_MM = 0.35
"""Half the width of the line where two facets meet."""

_GRID_MM = 6.0
_FACETS_PX_PER_MM = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """How far each place of a sheet has moved, given on a grid.

    Attributes
    ----------
    moved_mm
        Right and down, shape (rows, columns, 2).
    step_mm
        Distance of the grid's places; the first lies at the corner of the sheet.
    """

    moved_mm: NDArray[np.float64]
    step_mm: float

    def of(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Say how far places of shape (n, 2) have moved, shape (n, 2)."""
        last = np.array(self.moved_mm.shape[1::-1]) - 1
        at = np.clip(points_mm / self.step_mm, 0, last - 1e-9)
        column, row = at.astype(int).T
        across, down = (at - np.floor(at)).T[:, :, None]
        top = self.moved_mm[row, column] * (1 - across) + self.moved_mm[row, column + 1] * across
        below = (
            self.moved_mm[row + 1, column] * (1 - across)
            + self.moved_mm[row + 1, column + 1] * across
        )
        return np.asarray(top * (1 - down) + below * down, np.float64)

    def apply(self, page: Gray, px_per_mm: float) -> Gray:
        """Move the ink of a page, shape (rows, columns), and return the bent page."""
        rows, columns = page.shape
        fine = 1.0 / (self.step_mm * px_per_mm)
        way = np.array([[fine, 0.0, fine / 2], [0.0, fine, fine / 2]])
        back = cv2.warpAffine(
            (self.moved_mm * -px_per_mm).astype(np.float32),
            way,
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        from_px = np.asarray(back, np.float32)
        from_px[:, :, 0] += np.arange(columns, dtype=np.float32)
        from_px[:, :, 1] += np.arange(rows, dtype=np.float32)[:, None]
        both = np.empty(0, np.float32)  # both coordinates are in the first map
        bent = cv2.remap(page, from_px, both, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(bent, np.uint8)


def bend(
    shape: tuple[int, ...], px_per_mm: float, most_mm: float, rng: np.random.Generator
) -> Bend:
    """Draw a smooth bend of a sheet whose places move by at most `most_mm`."""
    rows, columns = (int(np.ceil(length / px_per_mm / _GRID_MM)) + 2 for length in shape)
    field = rng.normal(size=(rows, columns, 2)).astype(np.float32)
    field = cv2.GaussianBlur(field, (0, 0), 2.0).astype(np.float64)
    longest = float(np.hypot(field[..., 0], field[..., 1]).max())
    return Bend(np.asarray(field / longest * most_mm, np.float64), _GRID_MM)


def crumple(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> Bend:
    """Crumple a sheet and flatten it, in place.

    Parameters
    ----------
    severity
        0 to 1: 1 is a ball of paper taken out of the bin.

    Returns
    -------
    Bend
        Where everything went, up to 0.4 mm.
    """
    bent = bend(page.shape, px_per_mm, MOST_BEND_MM * severity, rng)
    page[...] = bent.apply(page, px_per_mm)
    shade, crease = _facets(page.shape, px_per_mm, rng)
    size = page.shape[::-1]
    light = cv2.resize(shade, size, interpolation=cv2.INTER_LINEAR) * (MOST_SHADE * severity)
    lines = cv2.resize(crease, size, interpolation=cv2.INTER_LINEAR)
    toner = 1.0 - page.astype(np.float32) / 255.0
    # Creases are dark lines on paper and crack the toner off what is printed.
    change = light - lines * severity * (46.0 - 120.0 * toner)
    page[...] = np.clip(np.rint(page + change), 0, 255)
    return bent


def _facets(
    shape: tuple[int, ...], px_per_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw facets at 2 pixels per millimetre: each its shade (-1 to 0.3), and the creases."""
    fine = _FACETS_PX_PER_MM
    rows, columns = (round(length / px_per_mm * fine) for length in shape)
    corners = rng.random((FACETS, 2)) * (columns, rows)
    down, across = np.mgrid[:rows, :columns].astype(np.float32)
    wobble = cv2.resize(
        rng.normal(0.0, 2.2 * fine, (12, 9)).astype(np.float32), (columns, rows), interpolation=2
    )
    nearest = np.full((2, rows, columns), np.inf, np.float32)
    owner = np.zeros((rows, columns), np.intp)
    for number, (x, y) in enumerate(corners.astype(np.float32).tolist()):
        away = np.hypot(across - x + wobble, down - y - wobble)
        closer = away < nearest[0]
        nearest[1] = np.where(closer, nearest[0], np.minimum(nearest[1], away))
        nearest[0] = np.where(closer, away, nearest[0])
        owner[closer] = number
    tone = rng.uniform(-1.0, 0.3, FACETS).astype(np.float32)
    tilt = rng.normal(0.0, 0.012 / fine, (2, FACETS)).astype(np.float32)
    shade = tone[owner] + tilt[0][owner] * (across - corners[owner, 0].astype(np.float32))
    shade = cv2.GaussianBlur(shade, (0, 0), 1.2 * fine)
    sharp = rng.uniform(0.2, 1.0, FACETS).astype(np.float32)[owner]
    crease = sharp * np.exp(-(((nearest[1] - nearest[0]) / (2 * CREASE_MM * fine)) ** 2))
    return np.asarray(np.clip(shade, -1.3, 0.4), np.float32), np.asarray(crease, np.float32)
