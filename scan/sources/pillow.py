"""The one door to Pillow: encoded TIFF, PNG or CMYK JPEG in, grey levels out."""

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np

from scan.sources.model import Gray, PageUnreadable

if TYPE_CHECKING:
    from PIL.Image import Image


def decode_gray(data: bytes, format_name: Literal["TIFF", "PNG", "JPEG"], damaged: str) -> Gray:
    """Decode with nothing but one allowed format; transparent parts become white paper.

    Parameters
    ----------
    damaged
        What to tell people if it fails.

    Raises
    ------
    PageUnreadable
        Whatever goes wrong: hostile data makes Pillow raise almost any exception.
    """
    from PIL import Image  # late, because JPEG pages never need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=(format_name,)) as image:
                image.load()
                return np.ascontiguousarray(_to_gray(image))
    except PageUnreadable:
        raise
    except Exception as error:
        raise PageUnreadable(damaged) from error


def _to_gray(image: "Image") -> Gray:
    match image.mode:
        case "L":
            gray = image
        case mode if mode.startswith("I;16") or mode == "I":
            return _top_byte(np.asarray(image))
        case _ if image.has_transparency_data:
            gray = _on_white(image)
        case "1" | "P" | "RGB" | "RGBX" | "CMYK" | "YCbCr":
            gray = image.convert("L")
        case _:
            raise PageUnreadable(
                f"Pictures of the kind {image.mode} are not read; scan in grey or black and white."
            )
    return np.asarray(gray)


def _top_byte(deep: np.ndarray) -> Gray:
    if deep.min() < 0 or deep.max() > 0xFFFF:
        raise PageUnreadable("Pictures of more than 16 bits are not read; scan in 8 bit grey.")
    return (deep >> 8).astype(np.uint8)


def _on_white(image: "Image") -> "Image":
    from PIL import Image  # late, as above

    layered = image.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("L")
