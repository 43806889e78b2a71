"""Turn a taken page into grey levels, refusing anything incomplete."""

import numpy as np

from scan.sources import pillow
from scan.sources.filetypes import PNG_SIGNATURE
from scan.sources.jpeg import check_jpeg, decode_jpeg
from scan.sources.model import Gray, PageImage, PageUnreadable, TakenPage
from scan.sources.png import check_png
from scan.sources.tiff import decode_tiff

_DAMAGED = "The picture is damaged or incomplete; copy the file or scan the page again."

CMYK_COMPONENTS = 4
"""Only Pillow knows Adobe's inverted CMYK."""


def decode(page: TakenPage) -> PageImage:
    """Decode a page to grey levels.

    Colour is weighed as brightness, transparent parts become white, 16 bit
    levels keep their upper 8. Sizes are checked again, so bytes from a store can
    be given as well.

    Raises
    ------
    PageUnreadable
        If the picture is damaged, ends early or is too large.
    """
    match page.suffix:
        case "jpg":
            gray = _jpeg(page.data)
        case "png":
            gray = _png(page.data)
        case "tif":
            gray = decode_tiff(page.data)
    return PageImage(page.source, np.ascontiguousarray(gray), page.dpi)


def _jpeg(data: bytes) -> Gray:
    header = check_jpeg(data)
    if header.components != CMYK_COMPONENTS:
        return decode_jpeg(data)
    decode_jpeg(data)  # Pillow overlooks impossible codes; this does not
    return pillow.decode_gray(data, "JPEG", _DAMAGED)


def _png(data: bytes) -> Gray:
    if not data.startswith(PNG_SIGNATURE):
        raise PageUnreadable(_DAMAGED)
    check_png(data)
    return pillow.decode_gray(data, "PNG", _DAMAGED)
