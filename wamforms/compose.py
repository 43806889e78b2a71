"""An instrument becomes a form: every place on paper is decided here and nowhere else."""

from dataclasses import dataclass, replace

from layouts.check import CODE_MODULES, QUIET_MODULES, faults
from layouts.digest import fingerprint
from layouts.errors import FaultyFileError, UsageError
from layouts.geometry import Paper, PointMm
from layouts.model import (
    Bubble,
    Example,
    Fingerprint,
    Group,
    Layout,
    PageLayout,
    Region,
    Role,
    Written,
)
from wamforms.art_check import art_faults, with_print
from wamforms.artwork import PageArt
from wamforms.code_slots import code_texts
from wamforms.instrument import MASTER_PHRASES, REMARKS, Instrument, Item, Wording
from wamforms.measures import (
    CODE_MM,
    CONTENT_LEFT_MM,
    EXAMPLE_HEIGHTS_MM,
    EXAMPLES,
    GRID_RIGHT_MM,
    GRID_WIDTH_MM,
    HEADER_MM,
    MARGIN_MM,
    MOST_LINES,
    OUTLINE_MM,
    PITCH_MM,
    RADIUS_MM,
    SMALLEST_PT,
    Measures,
    row_height_mm,
)
from wamforms.mirror import mirrored_art, mirrored_layout
from wamforms.page_art import Sheet, guides, page_art
from wamforms.page_frame import codes, fiducials, ticks
from wamforms.remarks_box import label_faults, remarks_region, rows_above
from wamforms.rows import Band, Rows, capacity, place_rows
from wamforms.typeset import fits
from wamforms.written_block import check_phrases, strip_art, strip_height_mm, with_strips

_WIDEST = Fingerprint("W" * 8)
"""Stands for the fingerprint while the room of the print is measured, which it depends on."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form ready to be drawn: the contract with the scanner and what people see."""

    instrument: Instrument
    wording: Wording
    layout: Layout
    fingerprint: Fingerprint
    art: tuple[PageArt, ...]


def compose_master(
    instrument: Instrument, role: Role, language: str, paper: Paper, waves: int
) -> Form:
    """Lay out a form to be photocopied: whose it is and when is filled in by hand.

    It has no room for remarks, and its rows do not keep clear of folds: that is
    what the strip costs on a page of 19 items.

    Parameters
    ----------
    waves
        How many waves there are to choose from.

    Raises
    ------
    UsageError
        If the instrument has no such language, or the language no sentences for it.
    FaultyFileError
        If a text does not fit, with every item that does not.
    """
    check_phrases(_wording(instrument, role, language))
    plain = replace(instrument, remarks=False)
    return compose(plain, role, language, replace(paper, folds_mm=()), waves=waves)


def compose(
    instrument: Instrument, role: Role, language: str, paper: Paper, *, waves: int = 0
) -> Form:
    """Lay out the form of one role in one language.

    Parameters
    ----------
    waves
        Only of a master, which `compose_master` makes.

    Raises
    ------
    UsageError
        If the instrument has no such language.
    FaultyFileError
        If a text does not fit, with every item that does not.
    """
    wording = _wording(instrument, role, language)
    columns = _columns(instrument.scale.points, paper)
    measures = _measures(instrument, wording, Measures(paper, columns, 2, waves))
    pages = _pages(instrument, measures)
    remarks = _remarks(instrument, wording, measures, pages[-1][1])
    layout = Layout(
        instrument=instrument.id,
        version=instrument.version,
        domain=instrument.domain,
        role=role,
        language=language,
        wording=wording.digest(() if waves else MASTER_PHRASES),
        points=instrument.scale.points,
        shape=instrument.shape,
        outline_mm=OUTLINE_MM,
        paper=paper,
        pages=tuple(
            _page_layout(instrument, measures, number, items, rows)
            for number, (items, rows) in enumerate(pages, 1)
        ),
    )
    last = replace(layout.pages[-1], regions=remarks)
    layout = replace(layout, pages=(*layout.pages[:-1], last))
    if wording.right_to_left:
        layout = mirrored_layout(layout)
    if waves:
        layout = with_strips(layout, waves)
    return _checked(instrument, wording, measures, layout, pages)


def _wording(instrument: Instrument, role: Role, language: str) -> Wording:
    wording = instrument.wordings.get((role, language))
    if wording is None:
        raise UsageError(
            f"{instrument.domain} has no {role} form in language {language!r}",
            advice=f"Choose one of: {', '.join(instrument.languages)}.",
        )
    return wording


def _checked(
    instrument: Instrument,
    wording: Wording,
    measures: Measures,
    layout: Layout,
    pages: list[tuple[tuple[Item, ...], Rows]],
) -> Form:
    found = faults(layout)
    if found:
        raise ValueError(f"the composer made a page that cannot be read: {'; '.join(found)}")
    sheet = Sheet(
        instrument=instrument,
        wording=wording,
        measures=measures,
        fingerprint=_WIDEST,
        pages=len(pages),
        pitch_mm=min(rows.pitch_mm for _, rows in pages),
    )
    rows = tuple(rows for _, rows in pages)
    layout = with_print(layout, _art(sheet, layout, rows))
    sheet = replace(sheet, fingerprint=fingerprint(layout))
    art = tuple(
        PageArt((*guides(page), *one.shown), one.slots)
        for page, one in zip(layout.pages, _art(sheet, layout, rows), strict=True)
    )
    touching = [
        fault
        for page, one in zip(layout.pages, art, strict=True)
        for fault in art_faults(page, one, measures.paper)
    ]
    if touching:
        raise FaultyFileError(f"{instrument.domain} {layout.role} {layout.language}", touching)
    return Form(instrument, wording, layout, sheet.fingerprint, art)


def _art(sheet: Sheet, layout: Layout, rows: tuple[Rows, ...]) -> tuple[PageArt, ...]:
    """Draw up every page but for its markers and ticks."""
    mirrored = sheet.wording.right_to_left
    upright = mirrored_layout(layout) if mirrored else layout
    art = (page_art(sheet, page, here) for page, here in zip(upright.pages, rows, strict=True))
    width_mm = sheet.measures.paper.width_mm
    art = (mirrored_art(one, width_mm) if mirrored else one for one in art)
    return tuple(
        one if page.written is None else _with_strip(sheet, page.written, one)
        for page, one in zip(layout.pages, art, strict=True)
    )


def _with_strip(sheet: Sheet, strip: Written, art: PageArt) -> PageArt:
    return PageArt(
        (*art.shown, *strip_art(strip, sheet.wording, sheet.instrument.shape)), art.slots
    )


def _remarks(
    instrument: Instrument, wording: Wording, measures: Measures, last: Rows
) -> tuple[Region, ...]:
    """Put the box for remarks under the last page's items, if it is wanted and has room."""
    if not instrument.remarks:
        return ()
    too_long = tuple(label_faults(wording.phrases[REMARKS]))
    if too_long:
        raise FaultyFileError(f"{instrument.domain}, {wording.language}", too_long)
    return remarks_region(last, _band(measures), measures.paper)


def _columns(points: int, paper: Paper) -> tuple[float, ...]:
    pitch = min(PITCH_MM, GRID_WIDTH_MM / (points - 1))
    last = paper.width_mm - GRID_RIGHT_MM
    return tuple(round(last - pitch * (points - 1 - place), 3) for place in range(points))


def _measures(instrument: Instrument, wording: Wording, start: Measures) -> Measures:
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


def _band(measures: Measures) -> Band:
    paper = measures.paper
    bottom = paper.height_mm - MARGIN_MM - CODE_MM * (1 + QUIET_MODULES / CODE_MODULES)
    if measures.waves:
        bottom -= strip_height_mm(measures.waves)
    return Band(HEADER_MM, bottom, paper.folds_mm, RADIUS_MM)


def _pages(instrument: Instrument, measures: Measures) -> list[tuple[tuple[Item, ...], Rows]]:
    """Share the items over as few pages as hold them, evenly."""
    band = _band(measures)
    least = row_height_mm(SMALLEST_PT, measures.lines)
    count = len(instrument.items)
    needed = -(-count // capacity(band, least))
    pages = []
    start = 0
    for number in range(needed):
        share = count // needed + (number < count % needed)
        is_last = number == needed - 1
        rows = rows_above(share, band, least) if is_last and instrument.remarks else None
        rows = rows or place_rows(share, band, least)
        if rows is None:
            raise ValueError(f"{share} rows do not fit, though their capacity was counted")
        pages.append((instrument.items[start : start + share], rows))
        start += share
    return pages


def _page_layout(
    instrument: Instrument,
    measures: Measures,
    number: int,
    items: tuple[Item, ...],
    rows: Rows,
) -> PageLayout:
    places = codes(measures.paper)
    return PageLayout(
        number=number,
        fiducials=fiducials(measures.paper),
        ticks=ticks(measures.paper, rows.centres_mm),
        codes=places,
        code_texts=code_texts(places),
        examples=tuple(
            Example(kind, PointMm(CONTENT_LEFT_MM + RADIUS_MM, height), RADIUS_MM)
            for kind, height in zip(EXAMPLES, EXAMPLE_HEIGHTS_MM, strict=True)
        ),
        groups=tuple(
            Group(
                item.id,
                tuple(
                    Bubble(value, PointMm(column, level), RADIUS_MM)
                    for value, column in zip(
                        instrument.scale.values, measures.columns_mm, strict=True
                    )
                ),
            )
            for item, level in zip(items, rows.centres_mm, strict=True)
        ),
    )
