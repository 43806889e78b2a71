"""Sizes past which a page or file is refused before anything is decoded."""

import math

from scan.sources.model import PageUnreadable

MAX_PAGE_PX = 80_000_000
"""A4 at 600 dpi has 35 million pixels, A3 at 600 dpi 70 million."""

MAX_RENDERED_PX = 40_000_000
"""A rendered page is never asked for beyond 300 dpi; A3 there has 17 million pixels."""

MIN_SIDE_PX = 64
"""Less than half an inch at 150 dpi: not a page, and too narrow for the G4 check row."""

MAX_SIDE_PX = 65_000
"""Just below the largest side of a JPEG; longer pictures are rolls, not pages."""

MAX_PAGES = 5_000
"""A day's work of an office scanner; more in one file is a mistake or an attack."""

MAX_FILE_BYTES = 2 * 1024**3
"""Five thousand colour pages at 300 dpi stay below; offsets fit classic TIFF."""

MAX_PAGE_BYTES = 256 * 1024**2
"""An uncompressed colour page of `MAX_PAGE_PX` pixels just fits."""

PLAUSIBLE_DPI = (50.0, 1300.0)
"""From the coarsest fax to the finest flatbed; beyond it the tag is a default or a lie."""

PLAUSIBLE_SIDE_MM = (90.0, 600.0)
"""Long side of the paper, A7 to above A3; drops the 72 dpi that programs fill in."""

MAX_DPI_DIFFERENCE = 0.05
"""Share by which the two directions may differ; fax pages at 204 x 98 state no single value."""

MM_PER_INCH = 25.4
"""By definition."""


def check_size(columns: int, rows: int) -> None:
    """Refuse a picture by the size its header claims, in pixels.

    Raises
    ------
    PageUnreadable
        If the picture is too large to decode safely or too small to be a page.
    """
    if columns * rows > MAX_PAGE_PX or max(columns, rows) > MAX_SIDE_PX:
        raise PageUnreadable(
            f"The picture is too large ({columns} x {rows} pixels); "
            "scan the page again at 300 dpi.",
            too_large=True,
        )
    if min(columns, rows) < MIN_SIDE_PX:
        raise PageUnreadable(
            f"The picture is too small to be a page ({columns} x {rows} pixels); "
            "scan the page again at 200 to 300 dpi."
        )


def check_bytes(count: int) -> None:
    """Refuse a page whose encoded picture is larger than any scan.

    Raises
    ------
    PageUnreadable
        If `count` is above `MAX_PAGE_BYTES`.
    """
    if count > MAX_PAGE_BYTES:
        raise PageUnreadable(
            f"The page takes {count / 1e6:.0f} MB; scan it again at 300 dpi in grey.",
            too_large=True,
        )


def plausible_dpi(across: float, down: float, columns: int, rows: int) -> float | None:
    """Keep a claimed resolution only if the page would then be of a size paper has.

    Parameters
    ----------
    across, down
        Claimed dots per inch in the two directions.
    columns, rows
        Size of the picture in pixels.
    """
    low, high = PLAUSIBLE_DPI
    if not (low <= across <= high and low <= down <= high):  # also drops NaN
        return None
    if abs(across - down) > MAX_DPI_DIFFERENCE * max(across, down):
        return None
    dpi = math.sqrt(across * down)
    shortest, longest = PLAUSIBLE_SIDE_MM
    side_mm = max(columns, rows) / dpi * MM_PER_INCH
    return dpi if shortest <= side_mm <= longest else None
