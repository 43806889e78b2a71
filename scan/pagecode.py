"""Read the printed page code, first where it was printed, then anywhere."""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from layouts.geometry import BoxMm
from scan.picture import Gray, Matrix, sample

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


def read_printed_code(gray: Gray, matrix: Matrix, codes: tuple[BoxMm, ...]) -> FoundCode | None:
    """Read the code where the layout says it stands; the second place if need be."""
    for fineness, blur_mm in TRIES:
        for number, box in enumerate(codes, 1):
            centre = np.array([[box.centre.x_mm, box.centre.y_mm]])
            half = box.width_mm / 2 + AROUND_MM
            patch = sample(gray, matrix, centre, (half, half), fineness)[0]
            if blur_mm:
                patch = np.asarray(cv2.GaussianBlur(patch, (0, 0), blur_mm * fineness), np.uint8)
            text = _decoded(patch, everywhere=False)
            if text:
                return FoundCode(text, number)
    return None


def read_any_code(gray: Gray) -> FoundCode | None:
    """Look for a QR symbol on the whole page."""
    text = _decoded(gray, everywhere=True)
    return FoundCode(text, 0) if text else None


def _decoded(gray: Gray, *, everywhere: bool) -> str:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(gray),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        try_rotate=everywhere,
        try_downscale=everywhere,
        try_invert=False,
    )
    texts = sorted((one.text for one in found), key=len, reverse=True)
    return texts[0] if texts else ""
