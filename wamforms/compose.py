"""An instrument becomes a form: every place on paper is decided here and nowhere else."""

from dataclasses import dataclass, replace
from functools import lru_cache

from layouts.check import faults
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
from wamforms.consent_row import consent_faults, consent_group
from wamforms.instrument import (
    CONSENT_PHRASES,
    MASTER_PHRASES,
    REMARKS,
    Instrument,
    Item,
    Wording,
)
from wamforms.measures import (
    CONTENT_LEFT_MM,
    EXAMPLE_HEIGHTS_MM,
    EXAMPLES,
    OUTLINE_MM,
    RADIUS_MM,
    Measures,
)
from wamforms.mirror import mirrored_art, mirrored_layout
from wamforms.page_art import Sheet, guides, page_art
from wamforms.page_frame import codes, fiducials, ticks
from wamforms.paging import band_of, columns_of, fewest_lines, shared
from wamforms.remarks_box import label_faults, remarks_region
from wamforms.rows import Rows
from wamforms.written_block import check_phrases, strip_art, with_strips

KEPT_FORMS = 32
"""Forms kept for the next time: all of five domains in two languages, for both roles, and some.
Placing and checking one takes a tenth of a second; each look at the desk's forms asks for some."""

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
    return _composed(instrument, role, language, paper, waves)


@lru_cache(maxsize=KEPT_FORMS)
def _composed(instrument: Instrument, role: Role, language: str, paper: Paper, waves: int) -> Form:
    wording = _wording(instrument, role, language)
    columns = columns_of(instrument.scale.points, paper)
    asks = instrument.asks_consent(role)
    measures = fewest_lines(instrument, wording, Measures(paper, columns, 2, waves, asks))
    pages = shared(instrument, measures)
    remarks = _remarks(instrument, wording, measures, pages[-1][1])
    layout = Layout(
        instrument=instrument.id,
        version=instrument.version,
        domain=instrument.domain,
        role=role,
        language=language,
        wording=wording.digest(_not_printed(measures)),
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
    if asks:
        last = _with_consent(last, wording, measures)
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
    return remarks_region(last, band_of(measures), measures.paper)


def _not_printed(measures: Measures) -> tuple[str, ...]:
    return (
        *(() if measures.waves else MASTER_PHRASES),
        *(() if measures.asks_consent else CONSENT_PHRASES),
    )


def _with_consent(page: PageLayout, wording: Wording, measures: Measures) -> PageLayout:
    """Put the consent row and its timing ticks at the foot of a page."""
    paper = measures.paper
    too_long = tuple(consent_faults(wording, paper))
    if too_long:
        raise FaultyFileError(f"the consent row in {wording.language}", too_long)
    row = consent_group(band_of(measures).bottom_mm, paper)
    beside = ticks(paper, [row.bubbles[0].centre.y_mm])
    return replace(page, consent=row, ticks=(*page.ticks, *beside))


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
