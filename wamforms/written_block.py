"""The strip of a photocopy master that is filled in by hand: paper number, who, wave, date.

Numbers run from left to right in every language, so the strip is never mirrored.
"""

from collections.abc import Iterator
from dataclasses import replace

from layouts.check import CODE_MODULES, QUIET_MODULES
from layouts.errors import UsageError
from layouts.geometry import BoxMm, Paper, PointMm
from layouts.model import Bubble, Group, ItemId, Layout, Role, Shape, Written
from layouts.papernumber import DIGITS
from wamforms.artwork import Align, Bar, Face, Outline, Shown, Text, Type
from wamforms.code_slots import SOFT
from wamforms.instrument import MASTER_PHRASES, Wording
from wamforms.measures import (
    CODE_MM,
    CONTENT_LEFT_MM,
    MARGIN_MM,
    OUTLINE_MM,
    RADIUS_MM,
)
from wamforms.page_frame import ticks
from wamforms.typeset import ASCENT, MM_PER_PT, shrunk, width_mm

PITCH_MM = 7.5
"""Bubbles of the strip stand 2.5 mm apart: closer than answers, or 19 questions and the
strip would not share a page of A4. A mark that reaches its neighbour is asked about."""

ROWS_OF_DIGITS = DIGITS // 2
"""The eight rows stand in two columns of four."""

HINT_MM, HEADS_MM, FIRST_ROW_MM, LAST_ROW_MM = (3.9, 7.5), 11.1, 14.6, 44.6
"""Baselines of the two sentences and of the heads, and heights of the first row of digits
and of the row for who, wave and date, from the top of the strip."""

HEIGHT_MM = 47.6
"""The strip, down to the quiet zone of the low code."""

NOTE_MM = 6.2
"""Side of the box for a digit in writing."""

COMB_WIDTH_MM, COMB_HEIGHT_MM, COMB_LINE_MM = 6.2, 6.8, 0.25
"""One digit of the date: the size that people fill without touching the frame."""

DATE_GAPS_MM = (0.0, 0.0, 3.4, 0.0, 9.4, 0.0)
"""Before each digit of the date: nothing, a hyphen, or a hyphen and the printed 20."""

SECOND_COLUMN_MM = 89.0
"""The right column of digits from the left one."""

FIRST_BUBBLE_MM = CONTENT_LEFT_MM + NOTE_MM + 2.3 + RADIUS_MM
FIRST_WHO_MM, WHO_PITCH_MM = FIRST_BUBBLE_MM + 2.0, 11.0
WAVE_LABEL_MM, FIRST_WAVE_MM, WAVE_PITCH_MM = 51.0, 68.0, 9.0
"""Where the row of who and wave has its label and its bubbles, from the paper's left edge."""

WAVES_BESIDE = 5
"""More waves than this get a row of their own under the last one."""

HINT_PT, SMALLEST_PT, LABEL_PT, HEAD_PT = 9.0, 6.5, 9.0, 7.0
LETTER_GAP_MM = 0.9
"""White between the letter of a bubble and its outline."""

CENTURY = "20"
"""Printed before the year: one guess less for people and for the reader."""


def strip_height_mm(waves: int) -> float:
    """Height of the strip for so many waves."""
    return HEIGHT_MM + (PITCH_MM if waves > WAVES_BESIDE else 0.0)


def check_phrases(wording: Wording) -> None:
    """Make sure that a language has the sentences of a master.

    Raises
    ------
    UsageError
        If it has not.
    """
    missing = [name for name in MASTER_PHRASES if name not in wording.phrases]
    if missing:
        raise UsageError(
            f"there is no photocopy master in language {wording.language!r}",
            advice=f"Add to its phrases: {', '.join(missing)}.",
        )


def with_strips(layout: Layout, waves: int) -> Layout:
    """Add the strip to every page of a form; the date is asked on the first."""
    pages = []
    for page in layout.pages:
        strip = written_strip(layout.paper, waves, with_date=page.number == 1)
        levels = sorted({group.bubbles[0].centre.y_mm for group in strip.groups})
        beside = (*page.ticks, *ticks(layout.paper, levels))
        pages.append(replace(page, written=strip, ticks=beside))
    return replace(layout, pages=tuple(pages))


def written_strip(paper: Paper, waves: int, *, with_date: bool) -> Written:
    """Place everything that is filled in by hand on one page."""
    height = strip_height_mm(waves)
    bottom = paper.height_mm - MARGIN_MM - CODE_MM * (1 + QUIET_MODULES / CODE_MODULES)
    top = round(bottom - height, 3)
    right = round(paper.width_mm - CONTENT_LEFT_MM, 3)
    levels = [round(top + FIRST_ROW_MM + row * PITCH_MM, 3) for row in range(ROWS_OF_DIGITS)]
    last = round(top + LAST_ROW_MM, 3)
    columns = (0.0, SECOND_COLUMN_MM)
    places = [(column, level) for column in columns for level in levels]
    return Written(
        number=tuple(
            _row(f"number {digit}", range(10), FIRST_BUBBLE_MM + column, level, PITCH_MM)
            for digit, (column, level) in enumerate(places, 1)
        ),
        notes=tuple(
            BoxMm.around(PointMm(CONTENT_LEFT_MM + column + NOTE_MM / 2, level), NOTE_MM, NOTE_MM)
            for column, level in places
        ),
        role=_row("role", range(1, len(Role) + 1), FIRST_WHO_MM, last, WHO_PITCH_MM),
        wave=_waves(waves, last),
        date=_combs(right, last) if with_date else (),
        box=BoxMm(CONTENT_LEFT_MM, top, round(right - CONTENT_LEFT_MM, 3), height),
    )


def strip_art(strip: Written, wording: Wording, shape: Shape) -> tuple[Shown, ...]:
    """Draw up the strip in reading order."""
    return (*_hints(strip, wording), *_digits(strip, shape), *_last_row(strip, wording, shape))


def _row(name: str, values: range, first_mm: float, level_mm: float, pitch_mm: float) -> Group:
    return Group(
        ItemId(name),
        tuple(
            Bubble(value, PointMm(round(first_mm + place * pitch_mm, 3), level_mm), RADIUS_MM)
            for place, value in enumerate(values)
        ),
    )


def _waves(waves: int, last_mm: float) -> Group:
    if waves <= WAVES_BESIDE:
        return _row("wave", range(1, waves + 1), FIRST_WAVE_MM, last_mm, WAVE_PITCH_MM)
    level = round(last_mm + PITCH_MM, 3)
    return _row("wave", range(1, waves + 1), FIRST_BUBBLE_MM + WAVE_PITCH_MM, level, WAVE_PITCH_MM)


def _combs(right_mm: float, level_mm: float) -> tuple[BoxMm, ...]:
    width = len(DATE_GAPS_MM) * COMB_WIDTH_MM + sum(DATE_GAPS_MM)
    left = right_mm - width
    boxes = []
    for gap in DATE_GAPS_MM:
        left += gap
        boxes.append(
            BoxMm(
                round(left, 3),
                round(level_mm - COMB_HEIGHT_MM / 2, 3),
                COMB_WIDTH_MM,
                COMB_HEIGHT_MM,
            )
        )
        left += COMB_WIDTH_MM
    return tuple(boxes)


def _hints(strip: Written, wording: Wording) -> Iterator[Shown]:
    """Print the two sentences for whoever hands the form out, in one size."""
    box = strip.box
    yield Bar(BoxMm(box.left_mm, box.top_mm + 0.3, box.width_mm, 0.3))
    texts = [wording.phrases[name] for name in ("copy_number", "copy_rest")]
    fitting = [shrunk(text, Type(HINT_PT), box.width_mm, SMALLEST_PT) for text in texts]
    size = min(SMALLEST_PT if kind is None else kind.size_pt for kind in fitting)
    for text, level in zip(texts, HINT_MM, strict=True):
        yield Text(text, PointMm(box.left_mm, box.top_mm + level), Type(size))


def _digits(strip: Written, shape: Shape) -> Iterator[Shown]:
    kind = Type(HEAD_PT, align=Align.CENTRE)
    for group in strip.number[::ROWS_OF_DIGITS]:
        for bubble in group.bubbles:
            head = PointMm(bubble.centre.x_mm, strip.box.top_mm + HEADS_MM)
            yield Text(str(bubble.value), head, kind)
    soft = Type(HEAD_PT, align=Align.RIGHT, gray=SOFT)
    drop = _drop(HEAD_PT)
    for place, (group, note) in enumerate(zip(strip.number, strip.notes, strict=True), 1):
        level = note.centre.y_mm + drop
        yield Text(str(place), PointMm(note.left_mm - LETTER_GAP_MM, level), soft)
        yield from _frame(note)
        for bubble in group.bubbles:
            yield Outline(shape, bubble.centre, bubble.radius_mm, OUTLINE_MM)


def _last_row(strip: Written, wording: Wording, shape: Shape) -> Iterator[Shown]:
    """Print who, wave and date, each with its label."""
    who, wave = strip.role.bubbles[0], strip.wave.bubbles[0]
    yield from _lettered(strip.role, "CP", shape)
    yield from _lettered(strip.wave, [str(one.value) for one in strip.wave.bubbles], shape)
    letter = LETTER_GAP_MM + width_mm("C", LABEL_PT, Face.BOLD) + 1.0
    yield _label(
        wording.phrases["copy_who"],
        PointMm(CONTENT_LEFT_MM, who.centre.y_mm),
        who.centre.x_mm - RADIUS_MM - letter,
    )
    beside = wave.centre.y_mm == who.centre.y_mm
    yield _label(
        wording.phrases["copy_wave"],
        PointMm(WAVE_LABEL_MM if beside else CONTENT_LEFT_MM, wave.centre.y_mm),
        wave.centre.x_mm - RADIUS_MM - letter,
    )
    if strip.date:
        yield from _date(strip, wording)


def _lettered(group: Group, letters: "str | list[str]", shape: Shape) -> Iterator[Shown]:
    kind = Type(LABEL_PT, Face.BOLD, Align.RIGHT)
    for letter, bubble in zip(letters, group.bubbles, strict=True):
        centre = bubble.centre
        left = centre.x_mm - bubble.radius_mm - LETTER_GAP_MM
        yield Text(letter, PointMm(left, centre.y_mm + _drop(LABEL_PT)), kind)
        yield Outline(shape, centre, bubble.radius_mm, OUTLINE_MM)


def _date(strip: Written, wording: Wording) -> Iterator[Shown]:
    day, _, month, _, year, _ = strip.date
    level = day.centre.y_mm
    left = strip.number[ROWS_OF_DIGITS].bubbles[0].centre.x_mm - FIRST_BUBBLE_MM + CONTENT_LEFT_MM
    yield _label(wording.phrases["copy_date"], PointMm(left, level), day.left_mm - 1.5)
    for comb in strip.date:
        yield from _frame(comb)
    kind = Type(LABEL_PT, Face.BOLD, Align.RIGHT)
    yield Text("–", PointMm(month.left_mm - 1.0, level + _drop(LABEL_PT)), kind)
    yield Text(f"– {CENTURY}", PointMm(year.left_mm - 0.8, level + _drop(LABEL_PT)), kind)


def _label(text: str, place: PointMm, right_mm: float) -> Text:
    room = right_mm - place.x_mm
    kind = shrunk(text, Type(LABEL_PT), room, SMALLEST_PT) or Type(SMALLEST_PT)
    return Text(text, PointMm(place.x_mm, place.y_mm + _drop(kind.size_pt)), kind)


def _drop(size_pt: float) -> float:
    return size_pt * MM_PER_PT * ASCENT / 2


def _frame(box: BoxMm) -> Iterator[Bar]:
    """Draw the four sides of a box, inside its edges."""
    line = COMB_LINE_MM
    yield Bar(BoxMm(box.left_mm, box.top_mm, box.width_mm, line))
    yield Bar(BoxMm(box.left_mm, box.bottom_mm - line, box.width_mm, line))
    yield Bar(BoxMm(box.left_mm, box.top_mm, line, box.height_mm))
    yield Bar(BoxMm(box.right_mm - line, box.top_mm, line, box.height_mm))
