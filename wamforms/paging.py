"""How much of a page the items may take, and how they are shared over pages."""

from dataclasses import replace

from layouts.check import CODE_MODULES, QUIET_MODULES
from layouts.errors import FaultyFileError
from layouts.geometry import Paper
from wamforms.consent_row import HEIGHT_MM as CONSENT_MM
from wamforms.instrument import Instrument, Item, Wording
from wamforms.measures import (
    CODE_MM,
    GRID_RIGHT_MM,
    GRID_WIDTH_MM,
    HEADER_MM,
    MARGIN_MM,
    MOST_LINES,
    PITCH_MM,
    RADIUS_MM,
    SMALLEST_PT,
    Measures,
    row_height_mm,
)
from wamforms.remarks_box import rows_above
from wamforms.rows import Band, Rows, capacity, place_rows
from wamforms.typeset import fits
from wamforms.written_block import strip_height_mm


def columns_of(points: int, paper: Paper) -> tuple[float, ...]:
    """Place the answer columns, the last one at the right edge of the grid."""
    pitch = min(PITCH_MM, GRID_WIDTH_MM / (points - 1))
    last = paper.width_mm - GRID_RIGHT_MM
    return tuple(round(last - pitch * (points - 1 - place), 3) for place in range(points))


def fewest_lines(instrument: Instrument, wording: Wording, start: Measures) -> Measures:
    """Find the fewest lines in which every item stands at the smallest size."""
    room = start.text_room_mm
    for most in range(2, MOST_LINES + 1):
        if all(fits(text, SMALLEST_PT, room, most) for text in wording.items.values()):
            return replace(start, lines=most)
    raise FaultyFileError(
        f"{instrument.domain}, {wording.language}",
        [
            f"items.{item.id}: the sentence does not fit {MOST_LINES} lines of "
            f"{room:.0f} mm at {SMALLEST_PT:g} pt; shorten it"
            for item in instrument.items
            if not fits(wording.items[item.id], SMALLEST_PT, room, MOST_LINES)
        ],
    )


def band_of(measures: Measures, *, is_last: bool = True) -> Band:
    """Leave a page's items what the foot of the page does not take."""
    paper = measures.paper
    bottom = paper.height_mm - MARGIN_MM - CODE_MM * (1 + QUIET_MODULES / CODE_MODULES)
    if measures.waves:
        bottom -= strip_height_mm(measures.waves)
    if is_last and measures.asks_consent:
        bottom -= CONSENT_MM
    return Band(HEADER_MM, bottom, paper.folds_mm, RADIUS_MM)


def shared(instrument: Instrument, measures: Measures) -> list[tuple[tuple[Item, ...], Rows]]:
    """Share the items over as few pages as hold them, evenly."""
    band = band_of(measures)
    least = row_height_mm(SMALLEST_PT, measures.lines)
    count = len(instrument.items)
    needed = -(-count // capacity(band, least))
    pages = []
    start = 0
    for number in range(needed):
        share = count // needed + (number < count % needed)
        is_last = number == needed - 1
        rows = rows_above(share, band, least) if is_last and instrument.remarks else None
        rows = rows or place_rows(share, band_of(measures, is_last=is_last), least)
        if rows is None:
            raise ValueError(f"{share} rows do not fit, though their capacity was counted")
        pages.append((instrument.items[start : start + share], rows))
        start += share
    return pages
