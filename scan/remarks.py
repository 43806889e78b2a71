"""Handwriting that is no answer: in the form's box for it, or far from every field.

It is found and never read. Where print stands comes with the layout, so every
other place of a page should be paper; what is darker there is somebody's ink,
or dirt. A person looks at it; nothing here changes an answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from layouts.geometry import BoxMm, Paper
from layouts.model import Bubble, PageLayout, Region, RegionKind
from scan.picture import MM_PER_INCH, Gray, to_px
from scan.register import Placement
from scan.results import Note, Remark
from scan.strokes import ink_mm2, is_handwriting, pieces, without_lines

Shares: TypeAlias = npt.NDArray[np.float64]

PER_MM = 2.6
"""Resolution in which ink is looked for: a pen's line still darkens a pixel by half."""

STROKE_MM = 2.6
"""Ink is darker than the paper within this distance; a shadow or a stain is not."""

LEAST_DARKER = 0.11
"""Darkness of ink as a share of black to paper. Light pencil has 0.2, the back of a thin
sheet that shines through has 0.1."""

NOISE_SHARE, NOISE_TIMES = 0.9, 2.0
"""Ink is so many times darker than that share of the blank paper."""

DOTTED, SOFTER = 0.03, 3
"""With more than this share of blank paper as dark as ink, a scan's grey is made of dots,
and squares this many times wider are averaged. A page full of handwriting is looked at
in the same way, which does it no harm."""

PRINT_MM = 0.6
"""White that is left around print: it may lie this far from its place."""

ROW_MM = (4.0, 3.5)
"""Room of a row's marks beside and above its bubbles: a big cross, a tick, a ring."""

EDGE_MM = 3.0
"""Along the edges of the paper lie shadows, the lid of the scanner and torn fibres."""

STREAK, LEAST_STREAK_MM = 0.4, 60.0
"""A line of pixels with this share of ink, where at least so much of it is seen between
print, is what dirt on the scanner's glass draws along the feed."""

JOIN_MM = 1.9
"""Strokes as near as this belong together: the letters of a word."""

BESIDE_MM = 8.0
"""Words as near as this are one remark."""

BOX_DARKER = 0.06
"""Darkness of ink in a box: hard pencil on a copy. The box is there to be written in."""

LEAST_IN_BOX_MM2 = 0.25
"""Ink that makes a box one with a remark: a full stop. Dust may do it too; whoever
looks sees that, and a remark that nobody looks at would be lost."""

INSIDE_MM = 1.0
"""Border of a region in which its own frame may show."""


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
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


def find_remarks(
    picture: Gray, page: PageLayout, paper: Paper, placement: Placement, contrast: float
) -> tuple[Remark, ...]:
    """Look for ink in the form's boxes for remarks and outside every field.

    Parameters
    ----------
    picture
        The page, 0 is black.
    contrast
        Grey levels from this page's black to its paper.

    Returns
    -------
    tuple of Remark
        The form's own boxes first, the others from the top of the page down. Nothing
        outside the fields for forms that do not say where their print is.
    """
    if not page.printed:
        return ()
    field = _small(picture, placement, contrast)
    free = _free(field, page, paper)
    darkness = _darkness(field.dark, free)
    if 1.0 - darkness[round(255 * LEAST_DARKER)] > DOTTED:
        field = _small(picture, placement, contrast, dithered=True)
        darkness = _darkness(field.dark, free)
    noise = float(np.searchsorted(darkness, NOISE_SHARE))
    own = [
        Remark(region.name, region.box)
        for region in page.regions
        if region.kind is RegionKind.REMARKS
        and _is_written(field, region, max(255 * BOX_DARKER, NOISE_TIMES * noise))
    ]
    least = max(255 * LEAST_DARKER, NOISE_TIMES * noise)
    ink = np.asarray(cv2.bitwise_and(_darker(field.dark, least), free), dtype=np.uint8)
    _clear_streaks(ink, free, field.px(LEAST_STREAK_MM))
    found = [_on_paper(field, box) for box in _outside(field, ink)]
    return (*own, *(Remark("", box) for box in _together(found, paper)))


def notes_of(remarks: tuple[Remark, ...]) -> tuple[Note, ...]:
    """Say in which of the two ways a page has remarks."""
    kinds = {Note.REMARK if one.region else Note.OUTSIDE for one in remarks}
    return tuple(note for note in Note if note in kinds)


def _small(
    picture: Gray, placement: Placement, contrast: float, *, dithered: bool = False
) -> _Field:
    """Make the page small, and measure each pixel against the lightest near it.

    Two by two pixels of each square are enough of a pen's line, which is as broad as
    the square; where grey is made of dots, wide squares are averaged.
    """
    dpi = sum(placement.dpi()) / 2
    step = max(1, round(dpi / MM_PER_INCH / PER_MM))
    whole = picture
    if dithered:
        whole = np.asarray(cv2.blur(picture, (SOFTER * step, SOFTER * step)), dtype=np.uint8)
    size = (picture.shape[1] // step, picture.shape[0] // step)
    small = cv2.resize(
        whole[: size[1] * step, : size[0] * step], size, interpolation=cv2.INTER_LINEAR
    )
    per_mm = dpi / MM_PER_INCH / step
    side = round(STROKE_MM * per_mm) | 1
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    scaled = cv2.convertScaleAbs(dark, alpha=255.0 / contrast)
    return _Field(np.asarray(scaled, dtype=np.uint8), step, per_mm, placement)


def _free(field: _Field, page: PageLayout, paper: Paper) -> Gray:
    """Mask where nothing is printed and nothing is meant to be written."""
    taken_mm = np.array([_edges(one) for one in _taken(page)])
    taken_mm += np.array([-PRINT_MM, -PRINT_MM, PRINT_MM, PRINT_MM])
    rows_mm = np.array([_row(group.bubbles) for group in page.groups])
    sheet_mm = np.array([_edges(paper.box.grown(-EDGE_MM))])
    mask = np.zeros(field.dark.shape, dtype=np.uint8)
    outline, *others = field.corners(np.concatenate([sheet_mm, taken_mm, rows_mm]))
    cv2.fillConvexPoly(mask, outline, 255)
    for one in others:
        cv2.fillConvexPoly(mask, one, 0)
    return mask


def _taken(page: PageLayout) -> Iterator[BoxMm]:
    """List everything on a page that is not paper, but for the rows of bubbles."""
    yield from page.printed
    if page.written is not None:
        yield page.written.box
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


def _edges(box: BoxMm) -> tuple[float, float, float, float]:
    return (box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)


def _row(bubbles: tuple[Bubble, ...]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the room that the marks of one row may take."""
    places = [bubble.centre.x_mm for bubble in bubbles]
    level, radius = bubbles[0].centre.y_mm, bubbles[0].radius_mm
    across, up = radius + ROW_MM[0], radius + ROW_MM[1]
    return (min(places) - across, level - up, max(places) + across, level + up)


def _darkness(dark: Gray, free: Gray) -> Shares:
    """Share of blank paper that is at most as dark as each level, seen on every second line."""
    some = slice(None, None, 2)
    dark, free = (np.ascontiguousarray(one[some, some]) for one in (dark, free))
    counts = cv2.calcHist([dark], [0], free, [256], [0, 256]).ravel()
    return np.asarray(np.cumsum(counts) / max(1.0, float(counts.sum())), dtype=np.float64)


def _clear_streaks(ink: Gray, free: Gray, least_px: int) -> None:
    """Take out, in place, lines that run along or across the whole picture."""
    for axis in (0, 1):
        dark, seen = (
            cv2.reduce(one, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S) for one in (ink, free)
        )
        streaks = (dark > STREAK * seen) & (seen > 255 * least_px)
        if streaks.any():
            ink[np.broadcast_to(streaks, ink.shape)] = 0


def _darker(dark: Gray, least: float) -> Gray:
    return np.asarray(cv2.threshold(dark, least, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _is_written(field: _Field, region: Region, least: float) -> bool:
    corners = field.corners(np.array([_edges(region.box.grown(-INSIDE_MM))]))[0]
    left, top, wide, high = cv2.boundingRect(corners)
    rows, columns = slice(max(0, top), top + high), slice(max(0, left), left + wide)
    dark = field.dark[rows, columns]
    inside = np.zeros_like(dark)
    cv2.fillConvexPoly(inside, corners - np.array([columns.start, rows.start]), 255)
    ink = np.asarray(cv2.bitwise_and(inside, _darker(dark, least)), dtype=np.uint8)
    return ink_mm2(dark, ink, field.per_mm) >= LEAST_IN_BOX_MM2


def _outside(field: _Field, ink: Gray) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, top, right and bottom of what looks like handwriting, in small pixels."""
    for left, top, part in pieces(ink, field.px(JOIN_MM)):
        rows, columns = part.shape
        dark = field.dark[top : top + rows, left : left + columns]
        for at_left, at_top, stroke in pieces(without_lines(part, field.per_mm), field.px(JOIN_MM)):
            high, wide = stroke.shape
            here = dark[at_top : at_top + high, at_left : at_left + wide]
            if is_handwriting(here, stroke, field.per_mm):
                yield (left + at_left, top + at_top, left + at_left + wide, top + at_top + high)


def _on_paper(field: _Field, box_px: tuple[int, int, int, int]) -> BoxMm:
    """Put a box of the small picture upright on the paper."""
    left, top, right, bottom = box_px
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    picture = corners * float(field.step)
    back = to_px(np.asarray(np.linalg.inv(field.placement.matrix), np.float64), picture)
    (left_mm, top_mm), (right_mm, bottom_mm) = back.min(axis=0), back.max(axis=0)
    return BoxMm(left_mm, top_mm, right_mm - left_mm, bottom_mm - top_mm)


def _together(found: list[BoxMm], paper: Paper) -> list[BoxMm]:
    """Join words that are near each other, from the top of the page down."""
    joined: list[BoxMm] = []
    for box in sorted(found, key=lambda one: (one.top_mm, one.left_mm)):
        whole = box
        while near := [one for one in joined if one.grown(BESIDE_MM).overlaps(whole)]:
            joined = [one for one in joined if one not in near]
            whole = _around([whole, *near])
        joined.append(whole)
    sheet = paper.box
    return sorted((_within(box, sheet) for box in joined), key=lambda one: one.top_mm)


def _around(found: list[BoxMm]) -> BoxMm:
    left, top = min(one.left_mm for one in found), min(one.top_mm for one in found)
    right, bottom = max(one.right_mm for one in found), max(one.bottom_mm for one in found)
    return BoxMm(left, top, right - left, bottom - top)


def _within(box: BoxMm, sheet: BoxMm) -> BoxMm:
    """Cut a box to the sheet and round it to a tenth of a millimetre."""
    left, top = max(box.left_mm, sheet.left_mm), max(box.top_mm, sheet.top_mm)
    right, bottom = min(box.right_mm, sheet.right_mm), min(box.bottom_mm, sheet.bottom_mm)
    return BoxMm(*(round(one, 1) for one in (left, top, right - left, bottom - top)))
