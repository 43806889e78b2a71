"""The box for a remark: where it stands under the items, and how it looks.

It comes with the last page's items or not at all. A second page for one line
of handwriting would double the paper of a form whose strength is to be one page.
"""

from collections.abc import Iterator
from dataclasses import replace

from layouts.geometry import BoxMm, Paper, PointMm
from layouts.model import Region, RegionKind
from wamforms.artwork import Bar, Shown, Text, Type
from wamforms.instrument import REMARKS
from wamforms.measures import CONTENT_LEFT_MM
from wamforms.rows import Band, Rows, place_rows
from wamforms.typeset import ASCENT, MM_PER_PT, balanced, fits, line_step_mm

NAME = "remarks"
"""Name of the region."""

LEAST_MM, MOST_MM = 10.0, 30.0
"""Height of the box: a line of handwriting stands in the least, a paragraph in the most."""

_GAP_MM = 1.0
"""White between the last row and the box."""

_BENEATH_MM = 1.5
"""White under the box, as far as its least height leaves it."""

_LABEL_MM = 43.0
"""Room for the sentence beside the box."""

_BESIDE_MM = 3.0
"""White between the sentence and the box."""

_LABEL_PT, _LEAST_LABEL_PT, _LABEL_LINES = 9.5, 8.0, 2

_LINE_MM = 0.25
"""Frame of the box; the finest line that survives a copier (facts, section 4.1)."""


def rows_above(count: int, band: Band, least_pitch_mm: float) -> Rows | None:
    """Place a page's rows so that the box has room beneath; None if it has not.

    Rows move together for it, down to the least distance that any form may have:
    19 items of two lines leave room on A4, on Letter they do not.
    """
    above = replace(band, bottom_mm=band.bottom_mm - LEAST_MM - _GAP_MM)
    return place_rows(count, above, least_pitch_mm)


def remarks_region(rows: Rows, band: Band, paper: Paper) -> tuple[Region, ...]:
    """Put the box at the foot of the band, as high as it may be; none without room for it."""
    left = CONTENT_LEFT_MM + _LABEL_MM + _BESIDE_MM
    top = rows.centres_mm[-1] + rows.pitch_mm / 2 + _GAP_MM
    bottom = max(band.bottom_mm - _BENEATH_MM, min(band.bottom_mm, top + LEAST_MM))
    height = min(bottom - top, MOST_MM)
    if height < LEAST_MM - 0.001:
        return ()
    width = paper.width_mm - CONTENT_LEFT_MM - left
    places = (left, bottom - height, width, height)
    return (Region(NAME, RegionKind.REMARKS, BoxMm(*(round(one, 3) for one in places))),)


def label_faults(phrase: str) -> Iterator[str]:
    """Tell if the sentence beside the box is too long."""
    if not fits(phrase, _LEAST_LABEL_PT, _LABEL_MM, _LABEL_LINES):
        room = f"{_LABEL_LINES} lines of {_LABEL_MM:.0f} mm"
        yield f"phrases.{REMARKS}: does not fit {room}; shorten it"


def remarks_art(region: Region, phrase: str) -> Iterator[Shown]:
    """Draw up the sentence and the frame, which lies around the region."""
    box = region.box
    size = _LABEL_PT if fits(phrase, _LABEL_PT, _LABEL_MM, _LABEL_LINES) else _LEAST_LABEL_PT
    broken = balanced(phrase, size, _LABEL_MM)
    step = line_step_mm(size)
    level = box.centre.y_mm + size * MM_PER_PT * ASCENT / 2 - (len(broken) - 1) * step / 2
    for number, line in enumerate(broken):
        yield Text(line, PointMm(CONTENT_LEFT_MM, level + number * step), Type(size))
    for edge in _edges(box):
        yield Bar(edge)


def _edges(box: BoxMm) -> Iterator[BoxMm]:
    """List the four sides of a frame just outside a box."""
    around = box.grown(_LINE_MM)
    for top in (around.top_mm, box.bottom_mm):
        yield BoxMm(around.left_mm, top, around.width_mm, _LINE_MM)
    for left in (around.left_mm, box.right_mm):
        yield BoxMm(left, around.top_mm, _LINE_MM, around.height_mm)
