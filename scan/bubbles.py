"""Cut every bubble out of the page, each found again at its own printed outline."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from layouts.model import Layout, PageLayout, Shape
from scan.light import Light, evened
from scan.matching import best_matches
from scan.medians import median_of_known
from scan.picture import Gray, Points, sample
from scan.register import Placement

PER_MM = 8.0
"""Resolution of the patches: that of a 200 dpi scan, whatever the page has."""

HALF_MM = 3.75
"""From a bubble's middle to the edge of its patch: the outline and a ring around it."""

REACH_MM = 1.0
"""How far an outline may lie from where markers and ticks put it: a page fed sideways
is stretched between the two columns of ticks, where they cannot tell."""

NEAR_MM, MOST_LOOKS = 0.6, 3
"""If any bubble is further off than this, all are looked for again around where they
seem to be; a page so bent settles in two or three looks."""

SURE_OUTLINE = 0.5
"""Correlation from which an outline may say where its bubble is; a bubble under it
(one that is covered with ink) goes where the others of its row are."""

APART_MM = 0.25
"""Bubbles of a row move up and down together, bubbles of a column to the sides; one that
strays further follows the others."""


LEAST_SHOWN = 0.5
"""Share of the outlines of every row and column that must show where there are no markers
to say that it is this row or column, and not the next; a cross leaves its outline visible."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """All bubbles of a page as small pictures, the bubble exactly in the middle.

    Attributes
    ----------
    gray
        Shape (n, side, side), `PER_MM` pixels a millimetre; 0 is black.
    outline
        How well each printed outline was found: correlation, shape (n,).
    """

    gray: Gray
    outline: npt.NDArray[np.float64]


def cut_bubbles(
    gray: Gray, light: Light, layout: Layout, page: PageLayout, placement: Placement
) -> Patches:
    """Cut out the bubbles of all groups in order, then those of the examples."""
    places = [bubble.centre for group in page.groups for bubble in group.bubbles]
    places += [example.centre for example in page.examples]
    centres = np.array([[place.x_mm, place.y_mm] for place in places])
    at = placement.bent(centres)
    wide, scores, moved = _look(gray, layout, page, placement, at, light)
    for _ in range(MOST_LOOKS - 1):
        if np.abs(moved).max() <= NEAR_MM:
            break
        at = at + moved
        wide, scores, moved = _look(gray, layout, page, placement, at, light)
    return Patches(_centred(wide, moved), scores)


def _look(
    gray: Gray, layout: Layout, page: PageLayout, placement: Placement, at: Points, light: Light
) -> tuple[Gray, npt.NDArray[np.float64], Points]:
    """Look for all outlines around given places: wide patches, scores, offsets."""
    half_mm = HALF_MM + REACH_MM
    wide = sample(gray, placement.matrix, at, (half_mm, half_mm), PER_MM)
    wide = evened(wide, light, placement.matrix, at, half_mm)
    row = page.groups[0].bubbles
    scores, moved = _found_again(wide, layout.shape, row[0].radius_mm, layout.outline_mm)
    return wide, scores, _together(scores, moved, len(page.groups), len(row))


def _found_again(
    wide: Gray, shape: Shape, radius_mm: float, line_mm: float
) -> tuple[npt.NDArray[np.float64], Points]:
    """Score and offset in millimetres of each outline, looked for at half resolution."""
    tall = wide.reshape(-1, wide.shape[2])
    halved = cv2.resize(tall, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = np.asarray(halved, dtype=np.uint8).reshape(len(wide), wide.shape[1] // 2, -1)
    side = half.shape[1] - 2 * round(REACH_MM * PER_MM / 2)
    blank = _printed(shape, radius_mm, line_mm, side, PER_MM / 2)
    scores, moved_px = best_matches(half, blank)
    return scores, moved_px * 2 / PER_MM


@cache
def _printed(shape: Shape, radius_mm: float, line_mm: float, side: int, per_mm: float) -> Gray:
    """Picture an empty printed bubble as a scanner sees it."""
    fine = 8
    canvas = np.full((side * fine, side * fine), 255, dtype=np.uint8)
    middle, radius = (side * fine - 1) / 2, radius_mm * per_mm * fine
    width = max(1, round(line_mm * per_mm * fine))
    if shape is Shape.ROUND:
        cv2.circle(canvas, (round(middle), round(middle)), round(radius), 0, width)
    else:
        low, high = round(middle - radius), round(middle + radius)
        cv2.rectangle(canvas, (low, low), (high, high), 0, width)
    small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.6), dtype=np.uint8)


def _together(scores: npt.NDArray[np.float64], moved: Points, rows: int, columns: int) -> Points:
    """Let bubbles whose outline is covered follow the others of their row and column.

    Feeding stretches a page along one of its sides, so that a whole row is off
    upwards or downwards, or a whole column to the left or right.
    """
    grid = slice(0, rows * columns)
    offset = moved[grid].reshape(rows, columns, 2)
    sure = scores[grid].reshape(rows, columns) >= SURE_OUTLINE
    known = np.where(sure[:, :, None], offset, np.nan)
    expected = np.empty_like(offset)
    expected[:, :, 0] = _bridged(median_of_known(known[:, :, 0], axis=0))
    expected[:, :, 1] = _bridged(median_of_known(known[:, :, 1], axis=1))[:, None]
    stray = ~sure | (np.linalg.norm(offset - expected, axis=2) > APART_MM)
    better = np.where((scores >= SURE_OUTLINE)[:, None], moved, 0.0)
    better[grid] = np.where(stray[:, :, None], expected, offset).reshape(-1, 2)
    return better


def _bridged(line: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Fill gaps from the two nearest known neighbours, straight on at the ends; shape (n,)."""
    known = np.flatnonzero(np.isfinite(line))
    if len(known) < 2:
        return np.full_like(line, line[known[0]] if len(known) else 0.0)
    filled = np.interp(np.arange(len(line)), known, line[known])
    for first, second, outside in (
        (known[0], known[1], range(known[0])),
        (known[-1], known[-2], range(known[-1] + 1, len(line))),
    ):
        slope = (line[first] - line[second]) / (first - second)
        for place in outside:
            filled[place] = line[first] + slope * (place - first)
    return filled


def _centred(wide: Gray, moved_mm: Points) -> Gray:
    """Cut the patches to their final size around where the outlines are."""
    margin = round(REACH_MM * PER_MM)
    side = wide.shape[1] - 2 * margin
    shift = np.clip(np.rint(moved_mm * PER_MM).astype(int), -margin, margin) + margin
    return np.stack(
        [
            patch[row : row + side, column : column + side]
            for patch, (column, row) in zip(wide, shift, strict=True)
        ]
    )


def all_show(outlines: npt.NDArray[np.float64], page: PageLayout) -> bool:
    """Tell whether every row and every column of bubbles shows its printed outlines.

    A page that is laid one row or one column off leaves the first or the last
    of them on white paper or text.

    Parameters
    ----------
    outlines
        How well each outline was found, row by row: `Patches.outline`.
    """
    rows, columns = len(page.groups), len(page.groups[0].bubbles)
    shown = outlines[: rows * columns].reshape(rows, columns) >= SURE_OUTLINE
    return bool(min(shown.mean(axis=0).min(), shown.mean(axis=1).min()) >= LEAST_SHOWN)
