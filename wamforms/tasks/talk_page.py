"""A talk sheet on paper: one A4 page, black on white, set in the typeface of the forms.

Who is who is told by shape and letter, never by colour, so that any printer will do. The
two people have a lane each above and below the line of a factor, so that marks never hide
each other.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from layouts.model import Role
from output.talk_sheet import Mark, TalkRow, TalkSheet
from output.talk_words import Words, closest, furthest, movement, questions, when
from records.stamps import program
from wamforms.artwork import Align, Face, Type
from wamforms.record_page import printable
from wamforms.tasks.talk_ink import WIDE_MM, Ink

LEFT_MM, RIGHT_MM = 18.0, 192.0
"""Edges of the text."""

SCALE_LEFT_MM, SCALE_RIGHT_MM = 76.0, 188.0
"""Where the lowest and the highest mean stand."""

LANE_MM = 3.4
"""From the line of a factor to the middle of each person's lane."""

ROW_MM = 15.0
"""From one factor to the next: two lanes and some air."""

CAUTION_MM = 4.0
"""Room for the line of caution under a factor."""

MOVES_MM = (70.0, 131.0)
"""Where the words about each person's movement begin."""

FOOT_MM = 284.0
"""Baseline of the last line, inside what every office printer reaches."""

LINE_STEP_MM = 8.5
"""Between lines to write on."""

LETTERS = {Role.CLIENT: "C", Role.PROFESSIONAL: "P"}
"""As on the forms."""

TITLE, HEAD = Type(21.0, Face.BOLD), Type(12.0, Face.BOLD)
TEXT, MOVES, SMALL, FOOT = Type(11.0), Type(9.5), Type(9.0), Type(8.0)
TWO_NAMES = Type(10.5, Face.BOLD)
"""Where a factor has a name for each person, so that both stand beside their lanes."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What every part of a page needs."""

    ink: Ink
    sheet: TalkSheet
    words: Words


def talk_pages(sheets: Sequence[tuple[TalkSheet, Words]]) -> bytes:
    """Set talk sheets, a page each; the same sheets give the same bytes.

    Parameters
    ----------
    sheets : sequence of tuple of TalkSheet and Words
        At least one, each with the words of its language.
    """
    data = io.BytesIO()
    canvas = Canvas(
        data,
        pagesize=A4,
        invariant=1,
        initialFontName=Ink.FONT,  # pyright: ignore[reportArgumentType]
        lang=sheets[0][0].language,
    )
    canvas.setTitle(sheets[0][1].title)
    canvas.setAuthor("wamforms")
    for sheet, words in sheets:
        _draw(_Page(Ink(canvas), sheet, words))
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def _draw(page: _Page) -> None:
    at_mm = _profile(page, _head(page))
    at_mm = _closest_and_furthest(page, at_mm + 3)
    at_mm = _since(page, at_mm)
    _to_write(page, at_mm)
    _foot(page)


def _head(page: _Page) -> float:
    """Set title, moment and legend; returns how far down they reach."""
    ink, sheet, words = page.ink, page.sheet, page.words
    ink.text(words.title, LEFT_MM, 22, TITLE)
    ink.text(sheet.dyad, RIGHT_MM, 18, Type(TEXT.size_pt, Face.BOLD, Align.RIGHT))
    moment = when(sheet.now, words, with_day=True)
    label = f"{sheet.now.label} · {moment}" if sheet.now.day else moment
    ink.text(label, RIGHT_MM, 23, Type(SMALL.size_pt, align=Align.RIGHT))
    both = len(sheet.sides) == len(Role)
    ink.text(words.both if both else words.one, LEFT_MM, 31, TEXT)
    if not both:
        ink.text(words.withheld, LEFT_MM, 36.5, TEXT)
    return _legend(page, 37.5 if both else 43)


def _legend(page: _Page, at_mm: float) -> float:
    x_mm = LEFT_MM + 2.4
    for role in page.sheet.sides:
        page.ink.mark(role, LETTERS[role], x_mm, at_mm)
        x_mm = page.ink.text(page.words.roles[role], x_mm + 4, at_mm + 1.4, TEXT) + 9
    if page.sheet.before is not None:
        for role in _moved(page.sheet):
            page.ink.earlier(role, x_mm, at_mm)
            x_mm += 5
        named = page.words.before.format(when=when(page.sheet.before, page.words))
        page.ink.text(named, x_mm - 1, at_mm + 1.4, SMALL)
    return at_mm + 9


def _moved(sheet: TalkSheet) -> list[Role]:
    """List who has an earlier place on any factor."""
    marks = [(role, mark) for row in sheet.rows for role, mark in row.marks.items()]
    return [role for role in sheet.sides if any(r is role and m.moved for r, m in marks)]


def _profile(page: _Page, top_mm: float) -> float:
    ink, words = page.ink, page.words
    ink.text(words.little, SCALE_LEFT_MM, top_mm, Type(SMALL.size_pt, align=Align.CENTRE))
    ink.text(words.much, SCALE_RIGHT_MM, top_mm, Type(SMALL.size_pt, align=Align.CENTRE))
    for row in page.sheet.rows:
        line_mm = top_mm + ROW_MM / 2 + 1
        _factor(page, row, line_mm)
        top_mm += ROW_MM
        if cautions := _cautions(page, row):
            ink.text(cautions, LEFT_MM, line_mm + LANE_MM + 6.5, SMALL)
            top_mm += CAUTION_MM
    return top_mm + 3


def _cautions(page: _Page, row: TalkRow) -> str:
    """Say what limits a factor."""
    said = [] if row.is_one_construct or len(page.sheet.sides) == 1 else [page.words.two_constructs]
    return " ".join([*said, page.words.weak] if row.is_weak else said)


def _factor(page: _Page, row: TalkRow, line_mm: float) -> None:
    """Draw one factor: its names, the scale and both marks."""
    _scale(page, line_mm)
    is_apart = len(row.marks) == len(Role) and row.is_one_construct
    if is_apart:
        places = [_x_mm(mark.place) for mark in row.marks.values()]
        page.ink.band(min(places), max(places), line_mm, LANE_MM)
    for role in page.sheet.sides:
        lane_mm = line_mm + _lane_mm(page, role)
        if role in row.marks:
            _lane(page, role, row.marks[role], lane_mm)
        else:
            middle_mm = (SCALE_LEFT_MM + SCALE_RIGHT_MM) / 2
            said = f"{LETTERS[role]}: {page.words.no_score}"
            page.ink.text(
                said, middle_mm, lane_mm + 1, Type(SMALL.size_pt, align=Align.CENTRE), is_clear=True
            )
    _names(page, row, line_mm)


def _scale(page: _Page, line_mm: float) -> None:
    page.ink.rule(SCALE_LEFT_MM, SCALE_RIGHT_MM, line_mm, gray=0.35)
    for step in range(page.sheet.steps + 1):
        page.ink.tick(_x_mm(step / page.sheet.steps), line_mm, LANE_MM)


def _lane(page: _Page, role: Role, mark: Mark, lane_mm: float) -> None:
    now_mm = _x_mm(mark.place)
    if mark.before is not None:
        before_mm = _x_mm(mark.before)
        page.ink.way(before_mm, now_mm, lane_mm)
        if abs(before_mm - now_mm) > WIDE_MM / 2:
            page.ink.earlier(role, before_mm, lane_mm)
    page.ink.mark(role, LETTERS[role], now_mm, lane_mm)


def _lane_mm(page: _Page, role: Role) -> float:
    """Give the way from the line to a lane; a person alone stands on the line."""
    if len(page.sheet.sides) == 1:
        return 0.0
    return -LANE_MM if role is Role.CLIENT else LANE_MM


def _names(page: _Page, row: TalkRow, line_mm: float) -> None:
    """Name a factor beside its lanes: once, or in each lane if it has two names."""
    sides = page.sheet.sides
    is_one = row.is_one_construct or len(sides) == 1
    said = [row.names[sides[0]]] if is_one else [f"{LETTERS[r]}: {row.names[r]}" for r in sides]
    room_mm = SCALE_LEFT_MM - LEFT_MM - 4
    look = HEAD if is_one else TWO_NAMES
    lines = [one for text in said for one in page.ink.broken(text, look, room_mm)]
    at_mm = line_mm + 1.5 - (len(lines) - 1) * 2.4
    for text in lines:
        page.ink.text(text, LEFT_MM, at_mm, look)
        at_mm += 4.8


def _x_mm(place: float) -> float:
    return SCALE_LEFT_MM + place * (SCALE_RIGHT_MM - SCALE_LEFT_MM)


def _closest_and_furthest(page: _Page, top_mm: float) -> float:
    """Say first where the two are closest, then where they are furthest apart."""
    near, far = closest(page.sheet, page.words), furthest(page.sheet, page.words)
    if not near or not far:
        return top_mm
    words, middle_mm = page.words, (LEFT_MM + RIGHT_MM) / 2
    columns = (
        (words.closest_head, near, LEFT_MM),
        (words.furthest_head, f"{far} {words.no_fault}", middle_mm + 4),
    )
    room_mm = middle_mm - LEFT_MM - 4
    reach_mm = top_mm
    for head, said, x_mm in columns:
        page.ink.text(head, x_mm, top_mm + 3, HEAD)
        end_mm = page.ink.paragraph(said, x_mm, top_mm + 8.5, TEXT, room_mm)
        reach_mm = max(reach_mm, end_mm)
    return reach_mm + 2


def _since(page: _Page, top_mm: float) -> float:
    """Say what moved since the earlier wave, and how sure that is."""
    sheet, words, ink = page.sheet, page.words, page.ink
    if sheet.before is None:
        return _told(page, top_mm) if sheet.other_professional else top_mm
    head = words.since.format(when=when(sheet.before, words))
    top_mm += 5
    ink.text(head, LEFT_MM, top_mm, HEAD)
    for row in sheet.rows:
        top_mm = _moves(page, row, top_mm + 5.2)
    known = words.precision if sheet.is_precision_known else words.no_precision
    top_mm += 5.2
    ink.text(known, LEFT_MM, top_mm, SMALL)
    return _told(page, top_mm) if sheet.other_professional else top_mm + 2


def _moves(page: _Page, row: TalkRow, top_mm: float) -> float:
    """Set one line: the factor, then each person's movement; returns the last baseline."""
    sides = _moved(page.sheet)
    for x_mm, role in zip(MOVES_MM, sides, strict=False):
        moved = row.marks[role].moved if role in row.marks else None
        said = f"{LETTERS[role]}: {movement(moved, page.words)}"
        page.ink.text(said, x_mm, top_mm, MOVES)
    names = dict.fromkeys(row.names[role] for role in sides)
    room_mm = MOVES_MM[0] - LEFT_MM - 3
    return page.ink.paragraph(" / ".join(names), LEFT_MM, top_mm, MOVES, room_mm)


def _told(page: _Page, top_mm: float) -> float:
    said = page.words.other_professional
    return page.ink.paragraph(said, LEFT_MM, top_mm + 4.5, SMALL, RIGHT_MM - LEFT_MM) + 1


def _to_write(page: _Page, top_mm: float) -> None:
    """Leave the rest of the page for the talk: three questions and what is agreed."""
    ink, words = page.ink, page.words
    asked = questions(page.sheet, words)
    top_mm += 6
    ink.text(words.talk_head, LEFT_MM, top_mm, HEAD)
    bottom_mm = FOOT_MM - 12.5
    heads_mm = 6.0 * len(asked) + 14
    lines = max(int((bottom_mm - top_mm - heads_mm) / LINE_STEP_MM), len(asked) + 2)
    each = max(1, (lines - 3) // len(asked))
    for number, question in enumerate(asked, 1):
        top_mm += 6
        ink.text(f"{number}  {question}", LEFT_MM, top_mm, TEXT)
        top_mm = _lines(page, top_mm, each)
    top_mm += 9
    ink.text(words.agree, LEFT_MM, top_mm, HEAD)
    rest = int((bottom_mm - top_mm) / LINE_STEP_MM)
    _lines(page, top_mm, max(rest, 1))
    end_mm = ink.text(words.again, LEFT_MM, FOOT_MM - 7, TEXT)
    ink.rule(end_mm + 2, RIGHT_MM - 70, FOOT_MM - 6.5, gray=0.5)


def _lines(page: _Page, top_mm: float, count: int) -> float:
    for _ in range(count):
        top_mm += LINE_STEP_MM
        page.ink.rule(LEFT_MM, RIGHT_MM, top_mm, gray=0.6)
    return top_mm


def _foot(page: _Page) -> None:
    said = page.words.foot.format(program=f"wamforms {program()}")
    page.ink.text(said, LEFT_MM, FOOT_MM, FOOT)
    if page.sheet.placeholder:
        text = printable(page.words.placeholder)
        page.ink.text(text, RIGHT_MM, FOOT_MM, Type(FOOT.size_pt, align=Align.RIGHT))
