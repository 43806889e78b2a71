"""Draw a PDF page that is no single picture, in grey: PDFium first, poppler second."""

import math
import shutil
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c

from scan.pdfium import PDFIUM
from scan.sources.limits import MAX_RENDERED_PX, check_size
from scan.sources.model import Gray, PageUnreadable
from scan.sources.pdf_drawable import check_drawable
from scan.sources.slot import Slot

DEFAULT_DPI = 200.0
"""For a page without pictures: enough for bubbles and codes, quick to draw."""

LOWEST_DPI, HIGHEST_DPI = 150.0, 300.0
"""Below, codes blur; above, reading gets slower and not better."""

USELESS_DPI = 50.0
"""A page that only fits below this is no sheet of paper but a poster or an attack."""

POPPLER_SECONDS = 60
"""A page takes poppler 0.2 s; one that takes this long is refused."""

MAX_PICTURES = 200
"""Copiers cut a page into some tens of strips; more need not be looked at."""

POINTS_PER_INCH = 72.0
"""Of a PDF without /UserUnit, which PDFium's page size leaves out as well."""

_UNDRAWABLE = "The PDF page is damaged and cannot be drawn; scan it again."

_PNG_FAST = (
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
)
"""Three quarters of the time of compression 1 alone, and smaller (60 ms for A4 at 200 dpi)."""

_document: Slot[pypdfium2.PdfDocument] = Slot(pypdfium2.PdfDocument)
"""The PDF that this process draws pages of."""


def close_document() -> None:
    """Close the PDF that is kept open for drawing."""
    with PDFIUM:
        _document.close()


def render(file: Path, index: int, page: pikepdf.Page) -> tuple[bytes, float]:
    """Draw a page in grey.

    Parameters
    ----------
    index
        Page from 0.
    page
        The same page as pikepdf sees it, to look for traps before drawing.

    Returns
    -------
    tuple of bytes and float
        A PNG, and the resolution in dpi at which it was drawn.

    Raises
    ------
    PageUnreadable
        If the page is too large or no engine can draw it.
    """
    try:
        check_drawable(page)
    except PageUnreadable:
        raise
    except Exception as error:
        # A hostile object tree can hold any type in any place.
        raise PageUnreadable(_UNDRAWABLE) from error
    try:
        with PDFIUM:
            gray, dpi = _with_pdfium(file, index)
    except (pypdfium2.PdfiumError, MemoryError) as error:
        if shutil.which("pdftoppm") is None:
            raise PageUnreadable(_UNDRAWABLE) from error
        gray, dpi = _with_poppler(file, index, page)
    check_size(gray.shape[1], gray.shape[0])
    _, png = cv2.imencode(".png", gray, _PNG_FAST)
    return png.tobytes(), dpi


def _with_pdfium(file: Path, index: int) -> tuple[Gray, float]:
    page = _document.get(file)[index]
    try:
        width_pt, height_pt = page.get_size()
        dpi = _fitting_dpi(width_pt, height_pt, _wanted_dpi(page))
        # pypdfium2 has no stubs, so pyright infers `int` from the default of 1.
        scale: Any = dpi / POINTS_PER_INCH
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            gray: Gray = bitmap.to_numpy()
            return gray.reshape(gray.shape[:2]).copy(), dpi
        finally:
            bitmap.close()
    finally:
        page.close()


def _wanted_dpi(page: pypdfium2.PdfPage) -> float:
    """Resolution of the picture that covers most of the page."""
    largest, dpi = 0.0, DEFAULT_DPI
    pictures = page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
    for _, picture in zip(range(MAX_PICTURES), pictures, strict=False):
        left, bottom, right, top = picture.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest:
            columns, rows = cast(pypdfium2.PdfImage, picture).get_px_size()
            largest, dpi = area, POINTS_PER_INCH * math.sqrt(columns * rows / area)
    return min(max(dpi, LOWEST_DPI), HIGHEST_DPI)


def _fitting_dpi(width_pt: float, height_pt: float, wanted: float) -> float:
    """Lower the resolution until the page fits the limit of pixels."""
    square_inches = width_pt * height_pt / POINTS_PER_INCH**2
    if not square_inches > 0:
        raise PageUnreadable(_UNDRAWABLE)
    dpi = min(wanted, math.sqrt(MAX_RENDERED_PX / square_inches))
    if dpi < USELESS_DPI:
        raise PageUnreadable(
            "The PDF page is far larger than a sheet of paper; save it in its true size.",
            too_large=True,
        )
    return dpi


def _with_poppler(file: Path, index: int, page: pikepdf.Page) -> tuple[Gray, float]:
    from pdf2image import convert_from_path  # late, because it is rarely needed

    try:
        left, bottom, right, top = (float(edge) for edge in page.cropbox)
        dpi = round(_fitting_dpi(abs(right - left), abs(top - bottom), DEFAULT_DPI))
        (drawn,) = convert_from_path(
            file,
            dpi=dpi,
            first_page=index + 1,
            last_page=index + 1,
            grayscale=True,
            use_cropbox=True,
            timeout=POPPLER_SECONDS,
        )
    except PageUnreadable:
        raise
    except Exception as error:
        # pdf2image passes on whatever poppler, the system or Pillow raise.
        raise PageUnreadable(_UNDRAWABLE) from error
    return np.asarray(drawn.convert("L")), float(dpi)
