"""Lines that run from a bubble to the one above or below: drawn for one of the two rows.

A mark may go far astray and end in the next row's bubble, where it looks like one. What tells
is the paper between the two: the line is there all the way.
"""

import cv2
import numpy as np
import numpy.typing as npt

from layouts.model import PageLayout
from scan.bubbles import PER_MM
from scan.measure import PEN_MM, RING, Ink, Values
from scan.picture import Gray, sample
from scan.register import Placement

INKED = 0.02
"""Least ink of a bubble that a line may end in: a pen that has crossed the outline leaves more."""

EDGE_MM, LEAVES = 0.5, 0.05
"""A line that goes on has left both patches over this width of their edges, at least so dark;
most pairs would else be looked at for nothing, for a tenth of a page's time."""

ACROSS = 1.2
"""How far to the sides such a line may lie, in radii."""

AS_MUCH = 1.3
"""Of two joined bubbles one with so many times the other's ink is surely the one meant."""


def joins(picture: Gray, page: PageLayout, placement: Placement, ink: Ink, fill: Values) -> Values:
    """Look for lines between bubbles that stand below each other.

    Parameters
    ----------
    ink
        Ink of every pixel around the bubbles, those of the answers first.
    fill
        Ink of the answer bubbles, row by row, shape (n,).

    Returns
    -------
    Values
        For each bubble the darkness of a line that joins it with the one above or below, if
        that has as much ink, at its lightest place; shape (n,), 0 where there is none.
    """
    columns = len(page.groups[0].bubbles)
    inks = fill.reshape(-1, columns)
    found = np.zeros_like(inks)
    up, down = (one.reshape(-1, columns) for one in _at_the_edges(ink.share[: len(fill)]))
    may_join = (np.minimum(inks[:-1], inks[1:]) >= INKED) & (
        np.minimum(down[:-1], up[1:]) >= LEAVES
    )
    for row, column in np.argwhere(may_join):
        one, other = (page.groups[at].bubbles[column] for at in (row, row + 1))
        half_mm = (other.centre.y_mm - one.centre.y_mm) / 2 - RING[0] * one.radius_mm
        if half_mm < PEN_MM:
            continue
        size_mm = (ACROSS * one.radius_mm, half_mm)
        middle = np.array([[one.centre.x_mm, (one.centre.y_mm + other.centre.y_mm) / 2]])
        (gray,) = sample(picture, placement.matrix, placement.bent(middle), size_mm, PER_MM)
        line = darkest_way(_ink(gray, ink.contrast))
        pair = inks[row : row + 2, column]
        may_end_it = pair <= AS_MUCH * pair[::-1]
        here = found[row : row + 2, column]
        here[may_end_it] = np.maximum(here[may_end_it], line)
    return found.ravel()


def _at_the_edges(share: npt.NDArray[np.float32]) -> tuple[Values, Values]:
    """Tell how dark a line leaves every patch at its top and its bottom, two arrays of (n,)."""
    size = round(EDGE_MM * PER_MM)
    top, bottom = share[:, :size].mean(axis=1), share[:, -size:].mean(axis=1)
    return top.max(axis=1), bottom.max(axis=1)


def _ink(gray: Gray, contrast: float) -> npt.NDArray[np.float32]:
    """Turn grey levels into ink, 0 the paper of each level, 1 black; shape as given."""
    size = round(PEN_MM * PER_MM)
    dark = np.asarray(cv2.blur(gray.astype(np.float32), (size, size)), dtype=np.float32)
    return (np.median(dark, axis=1, keepdims=True) - dark) / np.float32(contrast)


def darkest_way(ink: npt.NDArray[np.float32]) -> float:
    """Find the way from the top to the bottom whose lightest place is the darkest.

    Parameters
    ----------
    ink
        Shape (height, width); a way goes down one level at a time, at most 45 degrees to the side.

    Returns
    -------
    float
        The ink of that place.
    """
    best = ink[0]
    for level in ink[1:]:
        wide = np.pad(best, 1, mode="edge")
        best = np.minimum(np.maximum(np.maximum(wide[:-2], best), wide[2:]), level)
    return float(best.max())
