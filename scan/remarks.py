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
from layouts.model import PageLayout, Region, RegionKind
from scan.picture import Gray
from scan.register import Placement
from scan.results import Note, Remark
from scan.smallfield import BoxPx, Field, edges_of, free_mask, on_paper, small_field
from scan.strokes import ink_mm2, is_handwriting, is_pale, pieces, without_lines

Shares: TypeAlias = npt.NDArray[np.float64]

LEAST_DARKER = 0.11
"""Darkness of ink as a share of black to paper. Light pencil has 0.2, the back of a thin
sheet that shines through has 0.1."""

NOISE_SHARE, NOISE_TIMES = 0.9, 2.0
"""Ink is so many times darker than that share of the blank paper."""

DOTTED = 0.03
"""With more than this share of blank paper as dark as ink, a scan's grey is made of dots.
A page full of handwriting is looked at in the same way, which does it no harm."""

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

SHINING, SHINING_MM = 5, 90.0
"""Pale ink in so many places, so far apart, is the back of the sheet that shines through;
a remark in hard pencil is as pale, but it is in one place."""

INSIDE_MM = 1.0
"""Border of a region in which its own frame may show."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Ink that hangs together: its box, how dark it is there, and the ink alone."""

    box: BoxPx
    dark: Gray
    ink: Gray


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
    field = small_field(picture, placement, contrast)
    free = free_mask(field, page, paper)
    darkness = _darkness(field.dark, free)
    if 1.0 - darkness[round(255 * LEAST_DARKER)] > DOTTED:
        field = small_field(picture, placement, contrast, dithered=True)
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
    found = [on_paper(field, box) for box in _outside(field, ink)]
    return (*own, *(Remark("", box) for box in _together(found, paper)))


def notes_of(remarks: tuple[Remark, ...]) -> tuple[Note, ...]:
    """Say in which of the two ways a page has remarks."""
    kinds = {Note.REMARK if one.region else Note.OUTSIDE for one in remarks}
    return tuple(note for note in Note if note in kinds)


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


def _is_written(field: Field, region: Region, least: float) -> bool:
    """Tell whether there is ink in a region; what was cut off with it nobody can see."""
    corners = field.corners(np.array([edges_of(region.box.grown(-INSIDE_MM))]))[0]
    left, top, wide, high = cv2.boundingRect(corners)
    rows = slice(max(0, top), max(0, top + high))
    columns = slice(max(0, left), max(0, left + wide))
    dark = field.dark[rows, columns]
    if not dark.size:
        return False
    inside = np.zeros_like(dark)
    cv2.fillConvexPoly(inside, corners - np.array([columns.start, rows.start]), 255)
    ink = np.asarray(cv2.bitwise_and(inside, _darker(dark, least)), dtype=np.uint8)
    return ink_mm2(dark, ink, field.per_mm) >= LEAST_IN_BOX_MM2


def _outside(field: Field, ink: Gray) -> Iterator[BoxPx]:
    """Yield the boxes of what looks like handwriting, but not of what shines through."""
    found = [
        (piece, is_handwriting(piece.dark, piece.ink, field.per_mm))
        for piece in _pieces(field, ink)
    ]
    pale = [piece for piece, _ in found if is_pale(piece.dark, piece.ink, field.per_mm)]
    shining = pale if _shines_through([piece.box for piece in pale], field.per_mm) else []
    yield from (piece.box for piece, writing in found if writing and piece not in shining)


def _pieces(field: Field, ink: Gray) -> Iterator[_Piece]:
    """Take ink apart, first into what hangs together, then without long straight lines."""
    join_px = field.px(JOIN_MM)
    for left, top, part in pieces(ink, join_px):
        for more, down, stroke in pieces(without_lines(part, field.per_mm), join_px):
            rows, columns = stroke.shape
            box = (left + more, top + down, left + more + columns, top + down + rows)
            yield _Piece(box, field.dark[box[1] : box[3], box[0] : box[2]], stroke)


def _shines_through(pale: list[BoxPx], per_mm: float) -> bool:
    """Tell whether pale ink is all over a page."""
    if len(pale) < SHINING:
        return False
    places = np.array(pale)
    return bool(np.ptp(places, axis=0).max() >= SHINING_MM * per_mm)


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
