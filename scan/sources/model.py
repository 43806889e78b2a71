"""What the page sources hand out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

Suffix = Literal["jpg", "tif", "png"]
"""File ending of a stored page picture."""

Gray = npt.NDArray[np.uint8]
"""Grey levels of shape (rows, columns); 0 is black."""


@dataclass(frozen=True, slots=True)
class PageRef:
    """Where one page is; cheap to pickle, holds no bytes.

    Attributes
    ----------
    file
        The PDF, TIFF, PNG or JPEG file.
    index
        Page or frame, from 0.
    source
        The page for people, such as `wave2.pdf#7` (counted from 1); free of
        folders, control characters and characters that change the direction.
    """

    file: Path
    index: int
    source: str


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file or folder that gives no pages; the rest of the stack goes on.

    Attributes
    ----------
    reason
        One sentence that says what is wrong and what to do.
    """

    file: Path
    reason: str


@dataclass(frozen=True, slots=True)
class TakenPage:
    """A page's picture as it was scanned, still encoded.

    Attributes
    ----------
    data
        Original bytes of a JPEG or PNG; a TIFF frame or a PDF's G4 stream behind
        a one-page TIFF header, its code untouched; or a PNG of a rendered page.
    dpi
        Resolution that the file claims; None if not stated or not plausible.
    rendered
        True if the page had to be drawn, so that `data` is not the scanner's.
    """

    source: str
    data: bytes
    suffix: Suffix
    dpi: float | None
    rendered: bool


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """A decoded page.

    Attributes
    ----------
    gray
        Shape (rows, columns), uint8, 0 is black, C-contiguous.
    dpi
        Resolution that the file claims; None if not stated or not plausible.
    """

    source: str
    gray: Gray
    dpi: float | None


class PageUnreadable(Exception):
    """A page whose picture is damaged, incomplete, too large or of an unknown kind.

    Attributes
    ----------
    reason
        One sentence for people that says what is wrong and what to do.
    too_large
        True if a size limit was the reason, not damage.
    """

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.too_large = too_large
