"""Find a printed shape again in many small patches of a page."""

from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from scan.picture import Gray, Points

Scores: TypeAlias = npt.NDArray[np.float32]

FEW_PLACES = 200
"""Up to so many places in a patch are tried by one product of matrices: a third of the time
that OpenCV takes for the 81 of a bubble. For the 676 of a tick the matrix is too large."""

FLAT = 1.0
"""A window whose grey levels differ by so little, summed up, is flat: it has no shape."""


def best_matches(patches: Gray, shape: Gray) -> tuple[npt.NDArray[np.float64], Points]:
    """Find where in each patch the shape fits best, to a part of a pixel.

    Parameters
    ----------
    patches
        Shape (n, rows, columns).
    shape
        What was printed, no larger than a patch.

    Returns
    -------
    tuple
        Correlation of each best match, shape (n,), and how far it lies right of
        and below the middle of its patch in pixels, shape (n, 2).
    """
    count, rows, columns = patches.shape
    down, across = rows - shape.shape[0] + 1, columns - shape.shape[1] + 1
    maps = (_at_few if down * across <= FEW_PLACES else _at_many)(patches, shape)
    best = maps.reshape(count, -1).argmax(axis=1)
    row, column = np.divmod(best, across)
    each = np.arange(count)
    score = maps[each, row, column].astype(np.float64)
    right = column + _vertex(maps[each, row], column) - (across - 1) / 2
    below = row + _vertex(maps[each, :, column], row) - (down - 1) / 2
    return score, np.column_stack([right, below])


def _at_many(patches: Gray, shape: Gray) -> Scores:
    """Correlate a shape with all its places in each patch, shape (n, down, across).

    All patches are matched in one call, stacked into one tall picture: twice as
    fast as one call each.
    """
    count, rows, columns = patches.shape
    tall = np.ascontiguousarray(patches).reshape(-1, columns)
    scores = cv2.matchTemplate(tall, shape, cv2.TM_CCOEFF_NORMED)
    whole = np.zeros((count * rows, scores.shape[1]), dtype=np.float32)
    whole[: len(scores)] = scores
    return whole.reshape(count, rows, -1)[:, : rows - len(shape) + 1]


def _at_few(patches: Gray, shape: Gray) -> Scores:
    """Do as `_at_many`: every place is a column of a matrix that holds the shape at it.

    Ink instead of light, because sums of small numbers keep more digits.
    """
    ink = 255 - patches
    count, rows, columns = patches.shape
    high, wide = shape.shape
    down, across = rows - high + 1, columns - wide + 1
    placed = _placed(shape.tobytes(), shape.shape, (rows, columns))
    alike = (ink.reshape(count, -1).astype(np.float32) @ placed).reshape(count, down, across)
    tall, box = ink.reshape(-1, columns), (wide, high)
    level, power = (
        np.asarray(summed(tall, cv2.CV_32F, box, anchor=(0, 0), normalize=False)).reshape(
            count, rows, columns
        )[:, :down, :across]
        for summed in (cv2.boxFilter, cv2.sqrBoxFilter)
    )
    spread = power - level * level / np.float32(high * wide)
    return np.asarray(np.where(spread > FLAT, alike / np.sqrt(np.maximum(spread, FLAT)), 0.0))


@lru_cache(maxsize=8)
def _placed(shape: bytes, size: tuple[int, int], room: tuple[int, int]) -> Scores:
    """Hold a shape, its middle grey taken off, at all its places: (pixels, places)."""
    ink = 255.0 - np.frombuffer(shape, dtype=np.uint8).reshape(size)
    ink -= ink.mean()
    ink /= np.linalg.norm(ink)
    down, across = room[0] - size[0] + 1, room[1] - size[1] + 1
    placed = np.zeros((*room, down, across), dtype=np.float32)
    for row in range(down):
        for column in range(across):
            placed[row : row + size[0], column : column + size[1], row, column] = ink
    return placed.reshape(room[0] * room[1], -1)


def _vertex(lines: npt.NDArray[np.float32], at: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Move each peak to the vertex of the parabola through it and its neighbours.

    Parameters
    ----------
    lines
        Scores along one axis, shape (n, length).
    at
        Place of the peak in each line.
    """
    each = np.arange(len(lines))
    inner = np.clip(at, 1, lines.shape[1] - 2)
    before, here, after = (lines[each, inner + step].astype(np.float64) for step in (-1, 0, 1))
    curve = before - 2 * here + after
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = 0.5 * (before - after) / curve
    usable = (curve < 0) & (inner == at)
    return np.where(usable, shift, 0.0)
