"""Tell handwriting from dirt by its shape: how much ink, how long, how wide, how straight."""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from scan.picture import Gray

LEAST_MM = (3.0, 2.0)
"""Length and width of the least remark: less than half of a short word (8 by 4 mm), whose
other half may lie over print. Folds and streaks are longer, and never as wide."""

LEAST_INK_MM2 = 0.9
"""Ink of the least remark, counted as black; a hair on the glass has 0.6."""

STAIN, STAIN_SHARE = 0.35, 0.20
"""The rim of a wet cup is paler than this, and so broad that this share of its pixels has
ink on all sides; pencil is as pale, but its lines are thin, and felt tip is dark."""

LINE_MM = 25.0
"""A line as straight and long as this is a fold or a streak, no handwriting."""

BROKEN_MM = 1.5
"""Gaps over which such a line goes on."""

PALE, LEAST_PALE_MM2 = 0.25, 0.15
"""Print on the back of thin paper shines through with up to this darkness; specks with less
ink than this say nothing."""

ARC_MM, ARC_OFF_MM = 5.0, 0.9
"""Ink at least so long, most of which lies this near to one circle, is the rim of a cup or
some other mark that no pen in a hand makes."""

RING_MM, RING_OFF_MM = 8.5, 0.45
"""Up to this size it must lie nearer: the shadow of a punched hole; a short word does not."""

CROSSING_MM, LINE_OFF_MM, LEAST_ARM = 8.0, 0.8, 0.2
"""Ink wider than this, most of which lies this near to two lines, and at least this share
of it near each of them, is a fold and a streak."""

MOST = 0.9


def pieces(ink: Gray, join_px: int) -> Iterator[tuple[int, int, Gray]]:
    """Take ink apart into what hangs together.

    Parameters
    ----------
    ink
        255 where there is ink, else 0.
    join_px
        Ink as near as this hangs together.

    Yields
    ------
    tuple of (int, int, Gray)
        First column, first row, and the ink of the piece alone.
    """
    near = cv2.dilate(ink, np.ones((join_px, join_px), dtype=np.uint8))
    outlines, _ = cv2.findContours(near, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        left, top, wide, high = cv2.boundingRect(outline)
        if max(wide, high) < 2 * join_px:
            continue
        inside = np.zeros((high, wide), dtype=np.uint8)
        cv2.drawContours(inside, [outline], 0, 255, cv2.FILLED, offset=(-left, -top))
        part = cv2.bitwise_and(inside, ink[top : top + high, left : left + wide])
        yield left, top, np.asarray(part, dtype=np.uint8)


def without_lines(ink: Gray, per_mm: float) -> Gray:
    """Take long straight lines out, along the page and across it; a little skew is no matter."""
    length, gap = round(LINE_MM * per_mm), round(BROKEN_MM * per_mm)
    kept = ink.copy()
    for wide, high in ((length, 1), (1, length)):
        if ink.shape[1] < wide or ink.shape[0] < high:
            continue
        thick = np.ones((3, 1) if high == 1 else (1, 3), dtype=np.uint8)
        closed = cv2.morphologyEx(
            cv2.dilate(ink, thick),
            cv2.MORPH_CLOSE,
            np.ones((min(high, gap), min(wide, gap)), np.uint8),
        )
        line = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((high, wide), np.uint8))
        kept[line > 0] = 0
    return kept


def ink_mm2(dark: Gray, ink: Gray, per_mm: float) -> float:
    """Measure ink as the area that black of its amount would cover."""
    return float(cv2.sumElems(cv2.bitwise_and(dark, ink))[0]) / (255.0 * per_mm**2)


def is_handwriting(dark: Gray, ink: Gray, per_mm: float) -> bool:
    """Tell whether a piece of ink could be somebody's writing.

    Parameters
    ----------
    dark
        How dark each pixel is, 255 as dark as print.
    ink
        The piece, 255 where its pixels are; the same shape.
    per_mm
        Pixels per millimetre.
    """
    if ink_mm2(dark, ink, per_mm) < LEAST_INK_MM2 or _is_stain(dark, ink):
        return False
    points = cv2.findNonZero(ink)
    _, sides, _ = cv2.minAreaRect(points)
    short, long = sorted((side + 1) / per_mm for side in sides)
    if long < LEAST_MM[0] or short < LEAST_MM[1]:
        return False
    places_mm = np.asarray(points, np.float64).reshape(-1, 2) / per_mm
    if short > CROSSING_MM and _is_crossing(places_mm):
        return False
    return long < ARC_MM or not _is_arc(places_mm, RING_OFF_MM if long < RING_MM else ARC_OFF_MM)


def is_pale(dark: Gray, ink: Gray, per_mm: float) -> bool:
    """Tell whether a piece of ink is as pale as print on the back of the sheet."""
    if ink_mm2(dark, ink, per_mm) < LEAST_PALE_MM2:
        return False
    return bool(np.quantile(dark[ink > 0], MOST) < 255 * PALE)


def _is_stain(dark: Gray, ink: Gray) -> bool:
    """Tell whether a piece is both pale and broad."""
    inner = cv2.erode(ink, np.ones((3, 3), np.uint8), borderValue=(0,))
    broad = cv2.countNonZero(inner) > STAIN_SHARE * cv2.countNonZero(ink)
    return bool(broad and np.quantile(dark[ink > 0], MOST) < 255 * STAIN)


def _is_arc(places_mm: npt.NDArray[np.float64], off_mm: float) -> bool:
    """Tell whether most points lie near one circle (least squares after Kasa)."""
    x, y = places_mm[:, 0], places_mm[:, 1]
    known = np.column_stack([x, y, np.ones_like(x)])
    (a, b, c), *_ = np.linalg.lstsq(known, x**2 + y**2, rcond=None)
    radius = np.sqrt(max(0.0, c + (a / 2) ** 2 + (b / 2) ** 2))
    off = np.abs(np.hypot(x - a / 2, y - b / 2) - radius)
    return bool(np.quantile(off, MOST) <= off_mm)


def _is_crossing(places_mm: npt.NDArray[np.float64]) -> bool:
    """Tell whether most points lie on one line along the page or on one across it."""
    near = [
        np.abs(places - _crowded(places)) <= LINE_OFF_MM
        for places in (places_mm[:, 0], places_mm[:, 1])
    ]
    arms = min(float(np.mean(one)) for one in near)
    return bool(arms >= LEAST_ARM and np.mean(near[0] | near[1]) >= MOST)


def _crowded(places_mm: npt.NDArray[np.float64]) -> float:
    """Find where most places are, to half a millimetre."""
    steps = np.rint(places_mm / LINE_OFF_MM * 2).astype(int)
    low = int(steps.min())
    return float(np.argmax(np.bincount(steps - low)) + low) * LINE_OFF_MM / 2
