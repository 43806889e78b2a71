"""The shape of one hand-printed digit: ink in a box becomes eight by eight cells."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Shares: TypeAlias = npt.NDArray[np.float32]

CELLS = 8
"""Cells along a side, as in the digits that the recogniser learned from."""

FINE = 4
"""Pixels along a side of a cell; the digit is scaled to them before cells are counted."""

INK = 0.40
"""Share of the darkest ink from which a pixel is ink: the edge of a blurred stroke."""

LEAST_INK = 0.30
"""A box with nothing as dark as this share of the print's black is empty."""

SPECK = 0.04
"""Pieces with less than this share of the ink are dirt, not strokes."""

LEAST_SIDE = 0.30
"""A digit is at least this high, as a share of the box; less is a dot or a dash."""


def is_empty(ink: Shares) -> bool:
    """Tell whether nothing was written into a box.

    Parameters
    ----------
    ink
        Shape (rows, columns): 0 paper, 1 the black of the print.
    """
    return float(cv2.blur(ink, (3, 3)).max()) < LEAST_INK


def cells_of(ink: Shares) -> Shares | None:
    """Scale the writing in a box to eight by eight cells.

    Parameters
    ----------
    ink
        Shape (rows, columns): 0 paper, 1 the black of the print; the printed
        frame is not in it.

    Returns
    -------
    Shares or None
        Shape (8, 8): share of each cell that is ink. None if this is no shape to
        recognise: writing that runs out of the box, a dash, or nothing.
    """
    strokes = _strokes(ink)
    if strokes is None:
        return None
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if rows[-1] - rows[0] + 1 < LEAST_SIDE * len(ink):
        return None
    cut = strokes[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    return _in_cells(cut)


def _strokes(ink: Shares) -> npt.NDArray[np.bool_] | None:
    """Find the pixels of the writing; None if it touches the edge or there is none."""
    peak = float(cv2.blur(ink, (3, 3)).max())
    if peak < LEAST_INK:
        return None
    dark = np.asarray(ink >= INK * peak, dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    kept = np.flatnonzero(areas >= max(2.0, SPECK * float(areas.sum())))
    strokes = np.isin(labels, kept)
    edge = np.concatenate([strokes[0], strokes[-1], strokes[:, 0], strokes[:, -1]])
    return None if edge.any() or not strokes.any() else strokes


def _in_cells(cut: Shares) -> Shares:
    """Scale a cut-out digit to fill the height (or the width, if that is longer)."""
    side = CELLS * FINE
    longest = max(cut.shape)
    height = max(1, round(cut.shape[0] * side / longest))
    width = max(1, round(cut.shape[1] * side / longest))
    method = cv2.INTER_AREA if longest >= side else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(cut, (width, height), interpolation=method))
    whole = np.zeros((side, side), dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    whole[top : top + height, left : left + width] = scaled
    return np.asarray(whole.reshape(CELLS, FINE, CELLS, FINE).mean(axis=(1, 3)), dtype=np.float32)
