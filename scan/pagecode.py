"""Read the printed page code, first where it was printed, then anywhere."""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from layouts.geometry import BoxMm
from scan.picture import Gray, Matrix, Points, sample

AROUND_MM = 3.0
"""Border cut out with the symbol: its quiet zone and the error of the first fit."""

TRIES = ((8.0, 0.0), (5.0, 0.0), (8.0, 0.18), (12.0, 0.3))
"""Pixels per millimetre and blur in millimetres, tried in turn: 4, 3 and 7 pixels a
module; the blur joins the dots of a scan whose greys were made of dots."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """The text of a page code; `place` is its number on the page, 0 if found elsewhere."""

    text: str
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A page code and where it was seen.

    Attributes
    ----------
    corners_px
        Shape (4, 2), clockwise from the symbol's own top left.
    """

    text: str
    corners_px: Points


def read_printed_code(gray: Gray, matrix: Matrix, codes: tuple[BoxMm, ...]) -> FoundCode | None:
    """Read the code where the layout says it stands; the second place if need be."""
    for fineness, blur_mm in TRIES:
        for number, box in enumerate(codes, 1):
            centre = np.array([[box.centre.x_mm, box.centre.y_mm]])
            half = box.width_mm / 2 + AROUND_MM
            patch = sample(gray, matrix, centre, (half, half), fineness)[0]
            if blur_mm:
                patch = np.asarray(cv2.GaussianBlur(patch, (0, 0), blur_mm * fineness), np.uint8)
            found = _decoded(patch, everywhere=False)
            if found:
                return FoundCode(found[0].text, number)
    return None


def read_any_code(gray: Gray) -> FoundCode | None:
    """Look for a QR symbol on the whole page."""
    symbols = find_symbols(gray)
    return FoundCode(symbols[0].text, 0) if symbols else None


def find_symbols(gray: Gray) -> tuple[Symbol, ...]:
    """Look for all QR symbols on the whole page, the one with the longest text first."""
    return tuple(
        Symbol(one.text, np.array([[at.x, at.y] for at in _quad(one.position)], dtype=np.float64))
        for one in _decoded(gray, everywhere=True)
    )


def _quad(at: zxingcpp.Position) -> tuple[zxingcpp.Point, ...]:
    return at.top_left, at.top_right, at.bottom_right, at.bottom_left


def _decoded(gray: Gray, *, everywhere: bool) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(gray),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        try_rotate=everywhere,
        try_downscale=everywhere,
        try_invert=False,
    )
    return sorted((one for one in found if one.text), key=lambda one: len(one.text), reverse=True)
