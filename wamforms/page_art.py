"""What people see on a page: header, instruction, column heads, sentences, footer."""

from collections.abc import Iterator
from dataclasses import dataclass

from layouts.geometry import BoxMm, PointMm
from layouts.markers import CELLS, black_cells
from layouts.model import Fiducial, Fingerprint, ItemId, PageLayout, RegionKind
from wamforms.artwork import (
    Align,
    Bar,
    ExampleMark,
    Face,
    Field,
    Outline,
    PageArt,
    Shown,
    Slot,
    Text,
    Type,
)
from wamforms.code_slots import (
    CODE_PT,
    SMALL_CODE_PT,
    SOFT,
    TITLE_MM,
    WIDEST_DYAD,
    code_slots,
    foot_left_mm,
    head_edge_mm,
)
from wamforms.consent_row import consent_art
from wamforms.instrument import REMARKS, Instrument, Wording
from wamforms.measures import (
    CONTENT_LEFT_MM,
    HEADER_MM,
    LARGEST_PT,
    NUMBER_ROOM_MM,
    OUTLINE_MM,
    RADIUS_MM,
    SMALLEST_PT,
    TEXT_GAP_MM,
    Measures,
    row_height_mm,
)
from wamforms.remarks_box import remarks_art
from wamforms.rows import Rows
from wamforms.typeset import (
    ASCENT,
    MM_PER_PT,
    PT_STEP,
    balanced,
    fits,
    line_step_mm,
    shrunk,
    width_mm,
)

TINT = 0.94
"""Grey behind every other sentence: light enough to vanish in a black-and-white scan."""

TITLE_PT, SMALLEST_TITLE_PT, EDITION_PT, SMALLEST_EDITION_PT = 17.0, 13.0, 11.0, 8.5
HINT_PT, SMALLEST_HINT_PT, HEAD_PT, SMALLEST_HEAD_PT = 10.5, 9.0, 8.5, 7.0
DIGIT_PT, FOOT_PT = 8.0, 7.0

EDITION_MM = 21.6
"""Baseline of edition and wave, between the two lines of the code."""

APART_MM = 3.0
"""White between two texts that stand on one line."""

RULER_MM = 50.0
"""The bar that shows whether the page was printed at 100 %."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all pages of one form share while their artwork is drawn up."""

    instrument: Instrument
    wording: Wording
    measures: Measures
    fingerprint: Fingerprint
    pages: int
    pitch_mm: float

    @property
    def item_pt(self) -> float:
        """The largest size at which every sentence stands in its row."""
        size = LARGEST_PT
        while size > SMALLEST_PT and not self._fits(size):
            size -= PT_STEP
        return size

    def _fits(self, size_pt: float) -> bool:
        room, most = self.measures.text_room_mm, self.measures.lines
        return row_height_mm(size_pt, most) <= self.pitch_mm and all(
            fits(text, size_pt, room, most) for text in self.wording.items.values()
        )

    def phrase(self, name: str, **slots: object) -> str:
        """Fill the slots of one of the form's fixed sentences."""
        return self.wording.phrases[name].format(**slots)


def page_art(sheet: Sheet, page: PageLayout, rows: Rows) -> PageArt:
    """Draw up one page in reading order."""
    shown: list[Shown] = [
        *_header(sheet, page),
        *_instruction(sheet, page),
        *_column_heads(sheet),
        *_items(sheet, page, rows),
        *(
            one
            for region in page.regions
            if region.kind is RegionKind.REMARKS
            for one in remarks_art(region, sheet.phrase(REMARKS))
        ),
        *_consent(sheet, page),
        *_footer(sheet, page),
    ]
    return PageArt(tuple(shown), _slots(page))


def guides(page: PageLayout) -> Iterator[Bar]:
    """Draw up markers and ticks, which stand the same in every form, mirrored or not."""
    for fiducial in page.fiducials:
        yield from _marker(fiducial)
    for tick in page.ticks:
        yield Bar(BoxMm.around(tick.centre, tick.width_mm, tick.height_mm))


def _marker(fiducial: Fiducial) -> Iterator[Bar]:
    """Join neighbouring black cells of a row, so that no hairline shows between them."""
    cell = fiducial.size_mm / (CELLS + 2)
    left, top = fiducial.centre.x_mm - fiducial.size_mm / 2, fiducial.centre.y_mm
    top -= fiducial.size_mm / 2
    black = set(black_cells(fiducial.marker))
    for row in range(CELLS + 2):
        column = 0
        while column < CELLS + 2:
            start = column
            while (row, column) in black:
                column += 1
            if column > start:
                yield Bar(
                    BoxMm(left + start * cell, top + row * cell, (column - start) * cell, cell)
                )
            column += 1


def _header(sheet: Sheet, page: PageLayout) -> Iterator[Text]:
    dyad_mm = width_mm(WIDEST_DYAD, CODE_PT, Face.BOLD)
    room = head_edge_mm(page.codes) - dyad_mm - APART_MM - CONTENT_LEFT_MM
    title, largest = sheet.wording.title, Type(TITLE_PT, Face.BOLD)
    kind = shrunk(title, largest, room, SMALLEST_TITLE_PT) or Type(SMALLEST_TITLE_PT, Face.BOLD)
    yield Text(title, PointMm(CONTENT_LEFT_MM, TITLE_MM), kind)


def _consent(sheet: Sheet, page: PageLayout) -> Iterator[Shown]:
    if page.consent is not None:
        shape, paper = sheet.instrument.shape, sheet.measures.paper
        yield from consent_art(page.consent, sheet.wording, shape, paper)


def _slots(page: PageLayout) -> tuple[Slot, ...]:
    edition = Slot(
        Field.EDITION,
        PointMm(CONTENT_LEFT_MM, EDITION_MM),
        Type(EDITION_PT),
        head_edge_mm(page.codes) - CONTENT_LEFT_MM,
        SMALLEST_EDITION_PT,
    )
    return (edition, *code_slots(page.codes))


def _instruction(sheet: Sheet, page: PageLayout) -> Iterator[Shown]:
    """Print the three sentences in one size, beside their examples and clear of the heads."""
    left = CONTENT_LEFT_MM + NUMBER_ROOM_MM
    columns = sheet.measures.columns_mm
    room = columns[0] - (columns[1] - columns[0]) / 2 - 1.0 - left
    sentences = [sheet.phrase(name) for name in ("cross_one", "correct", "skip")]
    fitting = [shrunk(one, Type(HINT_PT), room, SMALLEST_HINT_PT) for one in sentences]
    size = min(SMALLEST_HINT_PT if kind is None else kind.size_pt for kind in fitting)
    drop = size * MM_PER_PT * ASCENT / 2
    for sentence, example in zip(sentences, page.examples, strict=True):
        centre = example.centre
        shape = sheet.instrument.shape
        yield Outline(shape, centre, example.radius_mm, OUTLINE_MM)
        yield ExampleMark(example.kind, shape, centre, example.radius_mm)
        yield Text(sentence, PointMm(left, centre.y_mm + drop), Type(size))


def _column_heads(sheet: Sheet) -> Iterator[Text]:
    """Print every option's label over its column, last lines level with each other."""
    columns = sheet.measures.columns_mm
    room = columns[1] - columns[0] - 1.0
    labels = sheet.wording.scale
    size = HEAD_PT
    while size > SMALLEST_HEAD_PT and not all(fits(one, size, room, 4) for one in labels):
        size -= PT_STEP
    for label, column in zip(labels, columns, strict=True):
        broken = balanced(label, size, room)
        for number, line in enumerate(reversed(broken)):
            level = HEADER_MM - 3.4 - number * line_step_mm(size)
            yield Text(line, PointMm(column, level), Type(size, align=Align.CENTRE))


def _items(sheet: Sheet, page: PageLayout, rows: Rows) -> Iterator[Shown]:
    size = sheet.item_pt
    numbers = {item.id: place for place, item in enumerate(sheet.instrument.items, 1)}
    levels = iter(page.groups)
    for group in rows.groups:
        yield from _digits(sheet, group[0])
        for place in range(len(group)):
            printed = next(levels)
            level = printed.bubbles[0].centre.y_mm
            if place % 2 == 0:
                yield _tint(sheet, level, rows.pitch_mm)
            yield from _sentence(sheet, numbers[printed.item], printed.item, level, size)
            for bubble in printed.bubbles:
                yield Outline(sheet.instrument.shape, bubble.centre, RADIUS_MM, OUTLINE_MM)


def _digits(sheet: Sheet, first_level_mm: float) -> Iterator[Text]:
    """Repeat the values small over every group, so that nobody slips a column."""
    level = first_level_mm - RADIUS_MM - 1.5
    kind = Type(DIGIT_PT, align=Align.CENTRE, gray=SOFT)
    for value, column in zip(sheet.instrument.scale.values, sheet.measures.columns_mm, strict=True):
        yield Text(str(value), PointMm(column, level), kind)


def _tint(sheet: Sheet, level_mm: float, pitch_mm: float) -> Bar:
    right = sheet.measures.columns_mm[0] - RADIUS_MM - TEXT_GAP_MM / 2
    width = right - CONTENT_LEFT_MM
    height = min(pitch_mm, 10.0)
    return Bar(BoxMm(CONTENT_LEFT_MM, level_mm - height / 2, width, height), TINT)


def _sentence(
    sheet: Sheet, number: int, item: ItemId, level_mm: float, size_pt: float
) -> Iterator[Text]:
    """Print number and sentence centred on the height of their bubbles."""
    left = sheet.measures.text_left_mm
    broken = balanced(sheet.wording.items[item], size_pt, sheet.measures.text_room_mm)
    step = line_step_mm(size_pt)
    capital = size_pt * MM_PER_PT * ASCENT
    baseline = level_mm + capital / 2 - (len(broken) - 1) * step / 2
    yield Text(
        str(number),
        PointMm(left - 2.4, baseline),
        Type(size_pt, Face.BOLD, Align.RIGHT),
    )
    for place, line in enumerate(broken):
        yield Text(line, PointMm(left, baseline + place * step), Type(size_pt))


def _footer(sheet: Sheet, page: PageLayout) -> Iterator[Shown]:
    """Print the ruler, what kind of wording this is, and the form's own name."""
    left = foot_left_mm(page.codes)
    right = sheet.measures.paper.width_mm - CONTENT_LEFT_MM
    top = page.codes[1].top_mm
    yield from _ruler(sheet, PointMm(left, top + 0.4))
    soft, soft_right = Type(FOOT_PT, gray=SOFT), Type(FOOT_PT, align=Align.RIGHT, gray=SOFT)
    pages = sheet.phrase("page", page=page.number, pages=sheet.pages)
    yield Text(pages, PointMm(right, top + 2.0), Type(SMALL_CODE_PT, align=Align.RIGHT))
    instrument = sheet.instrument
    step = line_step_mm(FOOT_PT) + 0.15
    level = top + 6.4
    if instrument.placeholder:
        bold = Type(FOOT_PT, Face.BOLD)
        yield Text(sheet.phrase("placeholder"), PointMm(left, level), bold)
        level += step
    if instrument.assumed:
        yield Text(sheet.phrase("assumed"), PointMm(left, level), soft)
    form = sheet.phrase("version", form=sheet.fingerprint, version=instrument.version)
    yield Text(form, PointMm(right, page.codes[1].bottom_mm - 0.3), soft_right)
    yield Text(sheet.phrase("keep_clean"), PointMm(right, top + 6.4), soft_right)


def _ruler(sheet: Sheet, at: PointMm) -> Iterator[Shown]:
    yield Bar(BoxMm(at.x_mm, at.y_mm + 1.0, RULER_MM, 0.3))
    for end in (0.0, RULER_MM / 2, RULER_MM - 0.3):
        yield Bar(BoxMm(at.x_mm + end, at.y_mm, 0.3, 2.3))
    label = PointMm(at.x_mm + RULER_MM + 2.0, at.y_mm + 2.0)
    yield Text(sheet.phrase("ruler"), label, Type(FOOT_PT, gray=SOFT))
