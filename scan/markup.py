"""Pictures for people: the strip of one row, and a page with what was read drawn on it."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from layouts.model import CONSENT, Group, ItemId, PageLayout
from scan.picture import Gray, Matrix, Points, reduced, to_px
from scan.results import Fit, ItemReading, Mark, PageRead, Status

Colour = tuple[int, int, int]
"""Blue, green, red: OpenCV's order."""

GREEN: Colour = (90, 140, 20)
ORANGE: Colour = (0, 110, 230)
BLUE: Colour = (190, 90, 20)
GREY: Colour = (170, 170, 170)

STRIP_PER_MM = 12.0
"""Resolution of a row's strip: three times life size on an ordinary screen."""

STRIP_HALF_MM = 5.2
"""Half the height of a strip: one row with a little of its neighbours."""

ROW_LEFT_MM, ROW_WIDTH_MM = 10.0, 190.0
"""From where to where a row's sentence and bubbles may stand, on A4 and Letter."""

OUTLINE_PX = 4

LABEL_LEFT_MM, LABEL_RIGHT_MM = np.array([-6.2, 1.2]), np.array([3.6, 1.2])
"""From the first or the last bubble of a row to its label."""

PAGE_QUALITY = 80
"""JPEG: a page to look at for a moment, not to measure on."""


def row_strip(
    gray: Gray, fit: Fit, page: PageLayout, item: ItemId, *, whole_row: bool = False
) -> bytes:
    """Cut one row's bubbles out of a scan, upright, as PNG bytes.

    Nothing but the bubbles is shown: no wording and no code, so that the ink
    alone decides.

    Parameters
    ----------
    whole_row
        True to show the row's sentence, too.
    """
    picture, _ = reduced(gray)
    matrix = matrix_of(fit)
    group = group_of(page, item)
    left, right = _across(group)
    if whole_row:
        left = min(left, ROW_LEFT_MM)
        right = max(right, ROW_LEFT_MM + ROW_WIDTH_MM)
    top = group.bubbles[0].centre.y_mm - STRIP_HALF_MM
    size = round((right - left) * STRIP_PER_MM), round(2 * STRIP_HALF_MM * STRIP_PER_MM)
    step = 1 / STRIP_PER_MM
    to_paper = np.array([[step, 0.0, left], [0.0, step, top], [0.0, 0.0, 1.0]])
    strip = cv2.warpPerspective(
        picture,
        matrix @ to_paper,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255.0,),
    )
    return png(np.asarray(strip, dtype=np.uint8))


def strip_places(page: PageLayout, item: ItemId) -> dict[int, float]:
    """Say where the bubbles stand in a strip: by value, a share of its width from the left."""
    group = group_of(page, item)
    left, right = _across(group)
    return {one.value: (one.centre.x_mm - left) / (right - left) for one in group.bubbles}


def outlined_page(gray: Gray, fit: Fit, page: PageLayout, item: ItemId | None) -> bytes:
    """Show a scan upright with one row outlined, and nothing of what was read; JPEG bytes."""
    picture, _ = reduced(gray)
    upright, matrix = _upright(picture, matrix_of(fit))
    canvas = np.asarray(cv2.cvtColor(upright, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if item is not None:
        group = group_of(page, item)
        left, right = _across(group)
        level, half = group.bubbles[0].centre.y_mm, STRIP_HALF_MM
        corners = [[left, level - half], [right, level - half]]
        corners += [[right, level + half], [left, level + half]]
        places = np.round(to_px(matrix, np.array(corners))).astype(np.int32)
        cv2.polylines(canvas, [places], True, ORANGE, OUTLINE_PX, cv2.LINE_AA)
    return _jpeg(canvas)


def plain_page(gray: Gray, longest_px: int | None = None) -> bytes:
    """Show a scan as it lies, made smaller if wanted; JPEG bytes."""
    picture, _ = reduced(gray)
    share = 1.0 if longest_px is None else min(1.0, longest_px / max(picture.shape))
    if share < 1.0:
        small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, dtype=np.uint8)
    return _jpeg(picture)


def _jpeg(picture: npt.NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, PAGE_QUALITY])
    if not done:
        raise RuntimeError("OpenCV could not write a JPEG")
    return data.tobytes()


def group_of(page: PageLayout, item: ItemId) -> Group:
    """Find the bubbles of an item on its page."""
    return next(one for one in page.rows if one.item == item)


def _across(group: Group) -> tuple[float, float]:
    """Say from where to where a strip reaches, in mm."""
    columns = sorted(bubble.centre.x_mm for bubble in group.bubbles)
    return columns[0] - 2 * STRIP_HALF_MM, columns[-1] + STRIP_HALF_MM


def marked_page(gray: Gray, read: PageRead, page: PageLayout) -> bytes:
    """Draw on a scan what was read: answers green, withdrawn blue, doubts orange; PNG bytes."""
    picture, _ = reduced(gray)
    upright, matrix = _upright(picture, matrix_of(read.fit))
    canvas = np.asarray(cv2.cvtColor(upright, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    items = {item.item: item for item in read.rows}
    per_mm = read.fit.dpi / 25.4
    for group in page.rows:
        item = items[group.item]
        centres = np.array([[one.centre.x_mm, one.centre.y_mm] for one in group.bubbles])
        places = to_px(matrix, centres)
        colours = _colours(item)
        for bubble, place in zip(group.bubbles, places, strict=True):
            colour = colours.get(bubble.value)
            if colour is not None:
                at = round(float(place[0])), round(float(place[1]))
                radius = round(bubble.radius_mm * 1.35 * per_mm)
                cv2.circle(canvas, at, radius, colour, max(2, round(0.35 * per_mm)), cv2.LINE_AA)
        _label(canvas, places, item, per_mm)
    return png(canvas)


def matrix_of(fit: Fit) -> Matrix:
    """Return the homography that a reading keeps row by row."""
    return np.array(fit.matrix, dtype=np.float64).reshape(3, 3)


def _colours(item: ItemReading) -> Mapping[int, Colour]:
    marked = {one.value for one in item.bubbles if one.mark in (Mark.MARKED, Mark.SOLID)}
    traces = marked | {one.value for one in item.bubbles if one.mark is Mark.FAINT}
    if item.status is Status.DOUBT:
        return dict.fromkeys(traces or {one.value for one in item.bubbles}, ORANGE)
    colours = dict.fromkeys(marked, BLUE)
    if item.value is not None:
        colours[item.value] = GREEN
    return colours


def _label(canvas: npt.NDArray[np.uint8], places: Points, item: ItemReading, per_mm: float) -> None:
    """Write the answer, or that a person is asked, beside the row, where the form has no words."""
    text = {Status.BLANK: "-", Status.DOUBT: "?"}.get(item.status, str(item.value))
    colour = {Status.BLANK: GREEN, Status.DOUBT: ORANGE}.get(item.status, GREEN)
    left, right = places[0] + LABEL_LEFT_MM * per_mm, places[-1] + LABEL_RIGHT_MM * per_mm
    at = left if item.item == CONSENT else right
    origin = round(float(at[0])), round(float(at[1]))
    cv2.putText(canvas, text, origin, cv2.FONT_HERSHEY_DUPLEX, per_mm / 9, colour, 2, cv2.LINE_AA)


def _upright(picture: Gray, matrix: Matrix) -> tuple[Gray, Matrix]:
    """Turn a page scanned sideways or upside down by quarter turns."""
    ends = to_px(matrix, np.array([[60.0, 148.0], [160.0, 148.0]]))
    across = ends[1] - ends[0]
    turns = round(float(np.degrees(np.arctan2(across[1], across[0]))) / 90) % 4
    for _ in range(turns):
        columns = picture.shape[1]
        picture = np.ascontiguousarray(np.rot90(picture))
        turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, columns - 1.0], [0.0, 0.0, 1.0]])
        matrix = turn @ matrix
    return picture, matrix


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """Write a picture as PNG bytes."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise RuntimeError("OpenCV could not write a PNG")
    return data.tobytes()
