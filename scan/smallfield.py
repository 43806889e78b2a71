"""A page made small: how much darker each spot is than its paper, and where it should be blank."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from layouts.geometry import BoxMm, Paper
from layouts.model import Bubble, PageLayout
from scan.picture import MM_PER_INCH, Gray, to_px
from scan.register import Placement

BoxPx: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the small picture."""

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom in millimetres."""

PER_MM = 2.6
"""Resolution in which ink is looked for: a pen's line still darkens a pixel by half."""

STROKE_MM = 2.6
"""Ink is darker than the paper within this distance; a shadow or a stain is not."""

SOFTER = 3
"""Where grey is made of dots, squares this many times wider are averaged."""

PRINT_MM = 0.6
"""White that is left around print: it may lie this far from its place."""

ROW_MM = (4.0, 3.5)
"""Room of a row's marks beside and above its bubbles: a big cross, a tick, a ring."""

EDGE_MM = 3.0
"""Along the edges of the paper lie shadows, the lid of the scanner and torn fibres."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A page made small.

    Attributes
    ----------
    dark
        How much darker each pixel is than the paper near it, as a share of the page's
        black in 255ths; shape (rows, columns).
    step
        Pixels of the picture to one of these.
    per_mm
        Pixels per millimetre.
    """

    dark: Gray
    step: int
    per_mm: float
    placement: Placement

    def px(self, length_mm: float) -> int:
        """Round a length to pixels, one at the least."""
        return max(1, round(length_mm * self.per_mm))

    def corners(self, edges_mm: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        """Find the corners of boxes, (n, 4) as left, top, right, bottom; shape (n, 4, 2)."""
        places = edges_mm[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
        found = to_px(self.placement.matrix, self.placement.bent(places))
        small = (found + 0.5) / self.step - 0.5
        return np.rint(small).astype(np.int32).reshape(-1, 4, 2)


def small_field(
    picture: Gray, placement: Placement, contrast: float, *, dithered: bool = False
) -> Field:
    """Make the page small, and measure each pixel against the lightest near it.

    The middle of each square is enough of a pen's line, which is as broad as the
    square: its one middle pixel, or two by two. Where grey is made of dots, wide
    squares are averaged.
    """
    dpi = sum(placement.dpi()) / 2
    step = max(1, round(dpi / MM_PER_INCH / PER_MM))
    whole = picture
    if dithered:
        whole = np.asarray(cv2.blur(picture, (SOFTER * step, SOFTER * step)), dtype=np.uint8)
    small = _middles(whole, step)
    per_mm = dpi / MM_PER_INCH / step
    side = round(STROKE_MM * per_mm) | 1
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    scaled = cv2.convertScaleAbs(dark, alpha=255.0 / contrast)
    return Field(np.asarray(scaled, dtype=np.uint8), step, per_mm, placement)


def _middles(picture: Gray, step: int) -> Gray:
    """Take the middle of every square of `step` pixels."""
    rows, columns = (length // step for length in picture.shape)
    squares = picture[: rows * step, : columns * step]
    if step % 2:
        # What `cv2.resize` would do, in a third of the time.
        return np.ascontiguousarray(squares[step // 2 :: step, step // 2 :: step])
    small = cv2.resize(squares, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(small, dtype=np.uint8)


def free_mask(field: Field, page: PageLayout, paper: Paper) -> Gray:
    """Mask where nothing is printed and nothing is meant to be written."""
    taken_mm = np.array([edges_of(one) for one in _taken(page)])
    taken_mm += np.array([-PRINT_MM, -PRINT_MM, PRINT_MM, PRINT_MM])
    rows_mm = np.array([_row(group.bubbles) for group in page.rows])
    sheet_mm = np.array([edges_of(paper.box.grown(-EDGE_MM))])
    mask = np.zeros(field.dark.shape, dtype=np.uint8)
    outline, *others = field.corners(np.concatenate([sheet_mm, taken_mm, rows_mm]))
    cv2.fillConvexPoly(mask, outline, 255)
    for one in others:
        cv2.fillConvexPoly(mask, one, 0)
    return mask


def _taken(page: PageLayout) -> Iterator[BoxMm]:
    """List everything on a page that is not paper, but for the rows of bubbles."""
    yield from page.printed
    yield from page.codes
    yield from (region.box for region in page.regions)
    for marker in page.fiducials:
        yield BoxMm.around(marker.centre, marker.size_mm, marker.size_mm)
    for tick in page.ticks:
        yield BoxMm.around(tick.centre, tick.width_mm, tick.height_mm)
    for example in page.examples:
        yield BoxMm.around(example.centre, 2 * example.radius_mm, 2 * example.radius_mm)
    if page.written is not None:
        yield page.written.box


def edges_of(box: BoxMm) -> Edges:
    """List the edges of a box."""
    return (box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)


def _row(bubbles: tuple[Bubble, ...]) -> Edges:
    """Left, top, right and bottom of the room that the marks of one row may take."""
    places = [bubble.centre.x_mm for bubble in bubbles]
    level, radius = bubbles[0].centre.y_mm, bubbles[0].radius_mm
    across, up = radius + ROW_MM[0], radius + ROW_MM[1]
    return (min(places) - across, level - up, max(places) + across, level + up)


def on_paper(field: Field, box_px: BoxPx) -> BoxMm:
    """Put a box of the small picture upright on the paper."""
    left, top, right, bottom = box_px
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    picture = corners * float(field.step)
    back = to_px(np.asarray(np.linalg.inv(field.placement.matrix), np.float64), picture)
    (left_mm, top_mm), (right_mm, bottom_mm) = back.min(axis=0), back.max(axis=0)
    return BoxMm(left_mm, top_mm, right_mm - left_mm, bottom_mm - top_mm)
