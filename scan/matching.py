"""Find a printed shape again in many small patches of a page."""

import cv2
import numpy as np
import numpy.typing as npt

from scan.picture import Gray, Points


def best_matches(patches: Gray, shape: Gray) -> tuple[npt.NDArray[np.float64], Points]:
    """Find where in each patch the shape fits best, to a part of a pixel.

    All patches are matched in one call, stacked into one tall picture: twice as
    fast as one call each.

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
    tall = np.ascontiguousarray(patches).reshape(-1, columns)
    down, across = rows - shape.shape[0] + 1, columns - shape.shape[1] + 1
    whole = np.zeros((count * rows, across), dtype=np.float32)
    scores = cv2.matchTemplate(tall, shape, cv2.TM_CCOEFF_NORMED)
    whole[: len(scores)] = scores
    maps = whole.reshape(count, rows, across)[:, :down]
    best = maps.reshape(count, -1).argmax(axis=1)
    row, column = np.divmod(best, across)
    each = np.arange(count)
    score = maps[each, row, column].astype(np.float64)
    right = column + _vertex(maps[each, row], column) - (across - 1) / 2
    below = row + _vertex(maps[each, :, column], row) - (down - 1) / 2
    return score, np.column_stack([right, below])


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
