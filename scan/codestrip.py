"""The picture that a person reads a code from: both corners where it is printed."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from layouts.geometry import BoxMm, Paper
from layouts.model import PageLayout
from scan.corners import find_corners
from scan.identify import placements
from scan.known import Frame, KnownForms
from scan.picture import Gray, Matrix, reduced, sample
from scan.register import fit, place

PER_MM = 10.0
"""Resolution of the picture: two and a half times life size on an ordinary screen."""

COPY_PER_MM = 7.0
"""Resolution of the strip that is filled in by hand: it is as wide as the page."""

AROUND_MM = 3.0
"""Paper shown around symbol and text."""

WHITE_PX = 20
"""White between the two corners."""

PAGE_SHARE = 0.5
"""Size of a whole page that is shown because its corners are not found again."""


def code_strip(gray: Gray, forms: KnownForms) -> bytes:
    """Cut the places of the printed code out of a scan, upright, one below the other; PNG bytes.

    If the form's corners are not found the whole page is shown, as it lies.
    """
    picture, _ = reduced(gray)
    placed = placements(find_corners(picture), forms)
    if not placed:
        return _png(_whole(picture))
    frame, matrix = placed[-1]
    return _png(_stacked([_patch(picture, matrix, place) for place in _places(frame)]))


def date_strip(gray: Gray, page: PageLayout, paper: Paper) -> bytes:
    """Cut the boxes of the date out of the scan of a form; PNG bytes."""
    written = page.written
    return _region(gray, page, paper, None if written is None else _around(written.date), PER_MM)


def copy_strip(gray: Gray, page: PageLayout, paper: Paper) -> bytes:
    """Cut what was filled in by hand out of the scan of a photocopied form; PNG bytes.

    If the form's corners are not found the whole page is shown, as it lies.
    """
    written = page.written
    return _region(gray, page, paper, None if written is None else written.box, COPY_PER_MM)


def _region(gray: Gray, page: PageLayout, paper: Paper, box: BoxMm | None, per_mm: float) -> bytes:
    """Cut a box of the form out, upright; the whole page if it cannot be found."""
    picture, _ = reduced(gray)
    matrix = fit(find_corners(picture), page.fiducials)
    if matrix is None or box is None:
        return _png(_whole(picture))
    flat = place(picture, matrix, page, paper)
    middle = flat.bent(np.array([[box.centre.x_mm, box.centre.y_mm]]))
    half = (box.width_mm / 2 + AROUND_MM, box.height_mm / 2 + AROUND_MM)
    return _png(sample(picture, flat.matrix, middle, half, per_mm)[0])


def _whole(picture: Gray) -> Gray:
    half = cv2.resize(picture, None, fx=PAGE_SHARE, fy=PAGE_SHARE, interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.uint8)


def _places(frame: Frame) -> list[BoxMm]:
    """Join every symbol with the copy of the text beside it."""
    copies = frame.code_texts or ((),) * len(frame.codes)
    return [
        _around([code, *lines]).grown(AROUND_MM)
        for code, lines in zip(frame.codes, copies, strict=True)
    ]


def _around(boxes: Sequence[BoxMm]) -> BoxMm:
    left, top = min(one.left_mm for one in boxes), min(one.top_mm for one in boxes)
    right, bottom = max(one.right_mm for one in boxes), max(one.bottom_mm for one in boxes)
    return BoxMm(left, top, right - left, bottom - top)


def _patch(picture: Gray, matrix: Matrix, box: BoxMm) -> Gray:
    centre = np.array([[box.centre.x_mm, box.centre.y_mm]])
    half = (box.width_mm / 2, box.height_mm / 2)
    return np.asarray(sample(picture, matrix, centre, half, PER_MM)[0], dtype=np.uint8)


def _stacked(patches: Sequence[Gray]) -> Gray:
    width = max(one.shape[1] for one in patches)
    padded = [
        np.pad(one, ((0, WHITE_PX), (0, width - one.shape[1])), constant_values=255)
        for one in patches
    ]
    return np.concatenate(padded)


def _png(picture: npt.NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise RuntimeError("OpenCV could not write a PNG")
    return data.tobytes()
