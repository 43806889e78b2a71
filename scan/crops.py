"""Cut handwriting out of a scan: straight, grey, as fine as the scan is."""

from collections.abc import Iterator

import cv2
import numpy as np

from layouts.geometry import BoxMm
from scan.picture import MM_PER_INCH, Gray, Matrix, reduction
from scan.results import Fit, PageRead

SUFFIX = ".png"
"""Cuttings lose nothing: PNG."""

BORDER_MM, AROUND_MM = 2.0, 8.0
"""Paper around a cutting: letters reach out of their box, and what stands elsewhere means
something only beside the row it stands at."""

FINEST_PER_MM = 600.0 / MM_PER_INCH
"""A scan finer than 600 dpi shows no more of a pen's line, and costs a multiple."""


def cuttings(gray: Gray, page: PageRead) -> Iterator[bytes]:
    """Yield each remark of a page as a PNG file, in the order of the reading.

    Parameters
    ----------
    gray
        The page as it was given to `scan.read.read_page`.
    """
    for remark in page.remarks:
        border_mm = BORDER_MM if remark.region else AROUND_MM
        yield _png(straight(gray, page.fit, remark.box.grown(border_mm)))


def straight(gray: Gray, fit: Fit, box: BoxMm) -> Gray:
    """Cut a box of paper out of a scan, upright; what lies beyond the picture is white."""
    factor = reduction(gray)
    matrix = np.array(fit.matrix, dtype=np.float64).reshape(3, 3)
    per_mm = min(fit.dpi * factor / MM_PER_INCH, FINEST_PER_MM)
    columns = max(1, round(box.width_mm * per_mm))
    rows = max(1, round(box.height_mm * per_mm))
    warp = _unreduced(factor) @ matrix @ _from_px(box, per_mm)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpPerspective(
        gray, warp, (columns, rows), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
    )
    return np.asarray(cut, dtype=np.uint8)


def _from_px(box: BoxMm, per_mm: float) -> Matrix:
    """Map the middle of a cutting's pixel to its place on paper."""
    half = 0.5 / per_mm
    return np.array(
        [
            [1 / per_mm, 0.0, box.left_mm + half],
            [0.0, 1 / per_mm, box.top_mm + half],
            [0.0, 0.0, 1.0],
        ]
    )


def _unreduced(factor: int) -> Matrix:
    """Map a place of the reduced picture, which the page was read in, to the whole one."""
    shift = (factor - 1) / 2
    return np.array([[factor, 0.0, shift], [0.0, factor, shift], [0.0, 0.0, 1.0]])


def _png(picture: Gray) -> bytes:
    done, data = cv2.imencode(SUFFIX, picture)
    if not done:
        raise ValueError("a cutting could not be coded as PNG")
    return data.tobytes()
