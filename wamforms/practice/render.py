"""Printed forms as pictures: what comes out of the printer before anybody writes on it."""

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pypdfium2

from scan.pdfium import PDFIUM
from wamforms.practice.ink import Gray
from wamforms.practice.stack import POINTS_PER_INCH

KEPT_PAGES = 16
"""Blank pages kept by `page_at`: a form or two at 300 dpi, about 140 MB at most."""

_SLACK_PX = 0.001
"""Room for pdfium's single precision, so that a whole number is not rounded up once more."""


def render(pdf: Path | bytes, dpi: float) -> Iterator[Gray]:
    """Yield the pages of a PDF one at a time, shape (rows, columns), edge to edge."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
    try:
        for index in range(pages):
            yield _drawn(document, index, dpi)
    finally:
        with PDFIUM:
            document.close()


@lru_cache(maxsize=KEPT_PAGES)
def page_at(pdf: bytes, number: int, dpi: float) -> Gray:
    """Render one page (counted from 1) and keep it for next time.

    The same blank is filled in again and again by different people; the
    returned array is therefore read-only.
    """
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = _drawn(document, number - 1, dpi)
        finally:
            document.close()
    page.setflags(write=False)
    return page


def _drawn(document: pypdfium2.PdfDocument, index: int, dpi: float) -> Gray:
    scale = dpi / POINTS_PER_INCH
    with PDFIUM:
        page = document[index]
        _widen(page, scale)
        # pypdfium2 ships no stubs, so pyright infers `int` from the default of 1.
        bitmap = page.render(scale=scale, grayscale=True)  # pyright: ignore[reportArgumentType]
        gray = np.squeeze(bitmap.to_numpy()).copy()
        bitmap.close()
        page.close()
    return np.asarray(gray, np.uint8)


def _widen(page: pypdfium2.PdfPage, scale: float) -> None:
    """Add white on the right and below until the page is a whole number of pixels.

    Pdfium would stretch it instead, by up to a pixel, and every mark with it.
    """
    left, bottom, right, top = page.get_bbox()
    width_px = math.ceil((right - left) * scale - _SLACK_PX)
    height_px = math.ceil((top - bottom) * scale - _SLACK_PX)
    across, down = ((size - _SLACK_PX) / scale for size in (width_px, height_px))
    page.set_mediabox(left, top - down, left + across, top)
    page.set_cropbox(left, top - down, left + across, top)
