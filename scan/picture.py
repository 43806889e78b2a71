"""The picture of a scanned page as numbers, and how places on paper map into it."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Gray: TypeAlias = npt.NDArray[np.uint8]
"""A picture of shape (rows, columns); 0 is black."""

Points: TypeAlias = npt.NDArray[np.float64]
"""Places of shape (n, 2): (x_mm, y_mm) on paper or (column, row) in a picture."""

Matrix: TypeAlias = npt.NDArray[np.float64]
"""A 3 x 3 homography from paper millimetres to picture pixels."""

MM_PER_INCH = 25.4

FINEST_DPI = 380.0
"""Above this a picture is halved first: 300 dpi hold all that a mark shows. A phone's 12
megapixels come as 360, for the page never fills the picture; halved they would be 150."""

LONG_SIDE_MM = 285.0
"""Between Letter (279.4) and A4 (297): good enough to guess a resolution from pixels."""


def rough_dpi(gray: Gray) -> float:
    """Guess the resolution of a scan of one whole page from its size in pixels."""
    return float(max(gray.shape)) / LONG_SIDE_MM * MM_PER_INCH


def reduced(gray: Gray) -> tuple[Gray, int]:
    """Halve a picture until it is no finer than needed.

    Returns
    -------
    tuple of (Gray, int)
        The picture and by what factor it was reduced.
    """
    factor = reduction(gray)
    for _ in range(factor.bit_length() - 1):
        gray = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return gray, factor


def reduction(gray: Gray) -> int:
    """Tell by what factor `reduced` makes a picture smaller: 1, 2, 4 and so on."""
    factor = 1
    while rough_dpi(gray) / factor > FINEST_DPI:
        factor *= 2
    return factor


def shrunk(gray: Gray, factor: int) -> Gray:
    """Average squares of `factor` pixels; halves first, which OpenCV does five times faster."""
    rows, columns = (length // factor * factor for length in gray.shape)
    gray = gray[:rows, :columns]
    while factor > 1:
        step = 2 if factor % 2 == 0 else factor
        size = (gray.shape[1] // step, gray.shape[0] // step)
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        factor //= step
    return gray


def to_px(matrix: Matrix, places_mm: Points) -> Points:
    """Map places on paper to places in the picture; shape (n, 2) both ways."""
    spread = places_mm @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(spread[:, :2] / spread[:, 2:], dtype=np.float64)


def slopes(matrix: Matrix, places_mm: Points) -> npt.NDArray[np.float64]:
    """Pixels per millimetre at each place, as Jacobians of shape (n, 2, 2).

    Entry [i, 0, 1] tells how many columns one millimetre downwards moves.
    """
    spread = places_mm @ matrix[:, :2].T + matrix[:, 2]
    weight = spread[:, 2]
    flat = spread[:, :2] / weight[:, None]
    top = matrix[None, :2, :2] - flat[:, :, None] * matrix[None, 2:, :2]
    return np.asarray(top / weight[:, None, None], dtype=np.float64)


def sample(
    gray: Gray, matrix: Matrix, centres_mm: Points, half_mm: tuple[float, float], per_mm: float
) -> Gray:
    """Cut upright patches of paper out of the picture, all at one resolution.

    Within a patch of a few millimetres the homography is as good as straight,
    so each patch is one affine warp: five times faster than one map for all.

    Parameters
    ----------
    gray
        The picture.
    matrix
        Paper to picture.
    centres_mm
        Middles of the patches, shape (n, 2).
    half_mm
        From the middle of a patch to its right and its lower edge.
    per_mm
        Pixels per millimetre of the patches.

    Returns
    -------
    Gray
        Shape (n, rows, columns); outside the picture the paper is taken as white.
    """
    columns, rows = (round(2 * half * per_mm) for half in half_mm)
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    turns = slopes(matrix, centres_mm) / per_mm
    starts = to_px(matrix, centres_mm) - turns @ middle
    warps = np.concatenate([turns, starts[:, :, None]], axis=2)
    patches = np.empty((len(centres_mm), rows, columns), dtype=np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for patch, warp in zip(patches, warps, strict=True):
        cv2.warpAffine(gray, warp, (columns, rows), patch, flags, cv2.BORDER_CONSTANT, (255.0,) * 4)
    return patches
