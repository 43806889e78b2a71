"""The shape of one hand-printed digit: ink in a box becomes directions of its edges."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Shares: TypeAlias = npt.NDArray[np.float32]

SIDE, BORDER = 36, 4
"""Pixels of the square that a digit is scaled to, and of the white around it."""

DIRECTIONS, STEP = 8, 6
"""Edges are counted in eight directions, every six pixels: 6 by 6 places."""

FEATURES = DIRECTIONS * (SIDE // STEP) ** 2
"""Numbers that describe a shape."""

SOFT, SPREAD = 1.0, 2.6
"""Blur before edges are taken, and of what is counted at one place, in pixels."""

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


def shape_of(ink: Shares) -> Shares | None:
    """Describe the writing in a box by the directions of its edges.

    Parameters
    ----------
    ink
        Shape (rows, columns): 0 paper, 1 the black of the print; the printed
        frame is not in it.

    Returns
    -------
    Shares or None
        Shape (FEATURES,), of length 1. None if this is no shape to recognise:
        writing that runs out of the box, a dash, or nothing.
    """
    strokes = _strokes(ink)
    if strokes is None:
        return None
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if rows[-1] - rows[0] + 1 < LEAST_SIDE * len(ink):
        return None
    near = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept = np.where(near, np.clip(ink / ink.max(), 0.0, 1.0), 0.0).astype(np.float32)
    return _edges(_scaled(kept[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]))


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


def _scaled(cut: Shares) -> Shares:
    """Scale a cut-out digit to fill the height (or the width, if that is longer)."""
    side = SIDE - 2 * BORDER
    longest = max(cut.shape)
    height = max(1, round(cut.shape[0] * side / longest))
    width = max(1, round(cut.shape[1] * side / longest))
    method = cv2.INTER_AREA if longest >= side else cv2.INTER_LINEAR
    whole = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    scaled = np.asarray(cv2.resize(cut, (width, height), interpolation=method))
    whole[top : top + height, left : left + width] = scaled
    return whole


def _edges(digit: Shares) -> Shares:
    """Count edges by direction and place; square roots keep strong ones from drowning others."""
    soft = cv2.GaussianBlur(digit, (0, 0), SOFT)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    turn = (np.arctan2(down, across) / (2 * np.pi) * DIRECTIONS) % DIRECTIONS
    lower = np.floor(turn).astype(np.int64) % DIRECTIONS
    upper_share = turn - np.floor(turn)
    rows, columns = np.indices(digit.shape)
    counted = np.zeros((DIRECTIONS, *digit.shape), dtype=np.float32)
    counted[lower, rows, columns] += strength * (1 - upper_share)
    counted[(lower + 1) % DIRECTIONS, rows, columns] += strength * upper_share
    spread = np.stack([cv2.GaussianBlur(counted[one], (0, 0), SPREAD) for one in range(DIRECTIONS)])
    places = slice(STEP // 2, None, STEP)
    numbers = np.sqrt(spread[:, places, places].ravel())
    return np.asarray(numbers / (np.linalg.norm(numbers) + 1e-6), dtype=np.float32)
