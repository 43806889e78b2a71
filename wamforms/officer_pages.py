"""Pages for the office: a checklist for each officer, and cover slips that bear a name."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from wamforms.artwork import Face
from wamforms.record_page import MARGIN_MM, WIDTH_MM, Part, heading, line, printable, title
from wamforms.typeset import font_name

BOX = object()
"""Stands in a cell for a square to tick."""

BOX_MM = 4.2
"""A square that a ballpoint can tick without aiming."""

SLIPS_A_PAGE = 3
"""Slips on A4, each a third: two cuts, and each fits a long envelope unfolded."""

_GREY = Color(0.55, 0.55, 0.55)
_SHARES = (0.19, 0.27, 0.18, 0.09, 0.13, 0.14)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a checklist: what it is, and its rows of text and `BOX`."""

    name: str
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class OfficerPage:
    """A checklist for one officer."""

    officer: str
    about: str
    sections: tuple[Section, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A cover slip: the only page on which a name and a code stand together."""

    name: str
    code: str
    officer: str
    envelope: str


class _Square(Spacer):  # type: ignore[misc] # reportlab ships no types
    def draw(self) -> None:
        canvas: Canvas = self.canv  # pyright: ignore[reportAttributeAccessIssue]
        canvas.setLineWidth(0.8)
        canvas.rect(0, 0, BOX_MM * mm, BOX_MM * mm, stroke=1, fill=0)


def checklists(name: str, pages: Sequence[OfficerPage], head: Sequence[str]) -> bytes:
    """Set checklists, each beginning on a page of its own.

    Parameters
    ----------
    name : str
        Title of the document.
    pages : sequence of OfficerPage
        At least one.
    head : sequence of str
        Names of the columns of every table.
    """
    parts: list[Part] = []
    for number, page in enumerate(pages):
        parts += [PageBreak()] if number else []
        parts += title(page.officer, page.about)
        for section in page.sections:
            parts += [
                KeepTogether(
                    [heading(section.name), _table([head, *section.rows[:2]], has_head=True)]
                )
            ]
            if len(section.rows) > 2:
                parts.append(_table(section.rows[2:]))
        parts += [Spacer(0, 3 * mm), line(page.foot)]
    return _document(name, parts)


def _table(rows: Iterable[Sequence[object]], *, has_head: bool = False) -> Part:
    cells = [
        [_cell(one, is_bold=has_head and not number) for one in row]
        for number, row in enumerate(rows)
    ]
    found = Table(cells, colWidths=[share * WIDTH_MM * mm for share in _SHARES], hAlign="LEFT")
    found.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, _GREY),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
    )
    return found


def _cell(cell: object, *, is_bold: bool) -> Part:
    if cell is BOX:
        return _Square(BOX_MM * mm, BOX_MM * mm)
    return line(str(cell), is_bold=is_bold)


def _document(name: str, parts: list[Part]) -> bytes:
    def foot(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(font_name(Face.REGULAR), 8)
        canvas.drawRightString(A4[0] - MARGIN_MM * mm, 10 * mm, f"page {document.page}")

    data = io.BytesIO()
    document = BaseDocTemplate(
        data,
        pagesize=A4,
        title=printable(name),
        author="wamforms",
        lang="en",
        invariant=1,
        initialFontName=font_name(Face.REGULAR),
    )
    frame = Frame(
        MARGIN_MM * mm, MARGIN_MM * mm, WIDTH_MM * mm, A4[1] - 2 * MARGIN_MM * mm, 0, 0, 0, 0
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=foot))
    document.build(parts)
    return data.getvalue()


def cover_slips(slips: Sequence[Slip]) -> bytes:
    """Set cover slips, three on a page, with lines to cut along.

    The document's own title and information hold no name.
    """
    data = io.BytesIO()
    canvas = Canvas(
        data,
        pagesize=A4,
        invariant=1,
        initialFontName=font_name(Face.REGULAR),  # pyright: ignore[reportArgumentType]
        lang="en",
    )
    canvas.setTitle("Cover slips")
    canvas.setAuthor("wamforms")
    height = A4[1] / SLIPS_A_PAGE
    for number, slip in enumerate(slips):
        place = number % SLIPS_A_PAGE
        if number and not place:
            canvas.showPage()
        top = A4[1] - place * height
        _draw_slip(canvas, slip, top, height)
        if place < SLIPS_A_PAGE - 1:
            canvas.setDash(2, 3)
            canvas.setStrokeColor(_GREY)
            canvas.line(0, top - height, A4[0], top - height)
            canvas.setDash()
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def _draw_slip(canvas: Canvas, slip: Slip, top: float, height: float) -> None:
    frame = Frame(
        MARGIN_MM * mm, top - height, WIDTH_MM * mm, height - 14 * mm, 0, 0, 0, 0, showBoundary=0
    )
    left = [Paragraph(text, _style(9, _GREY)) for text in ("for", "envelope", "code", "officer")]
    told = ((slip.name, 18), (slip.envelope, 13), (slip.code, 13), (slip.officer or "—", 13))
    right = [Paragraph(_safe(text), _style(size, black)) for text, size in told]
    rows = Table(
        [list(pair) for pair in zip(left, right, strict=True)],
        colWidths=[26 * mm, (WIDTH_MM - 26) * mm],
        hAlign="LEFT",
    )
    rows.setStyle([("VALIGN", (0, 0), (-1, -1), "BASELINE"), ("LEFTPADDING", (0, 0), (0, -1), 0)])
    parts = [
        rows,
        Spacer(0, 5 * mm),
        line("Put this slip in the envelope with the form of this code and no other."),
        line("Take it out and destroy it before the form goes back. Never scan it."),
    ]
    frame.addFromList(parts, canvas)


def _style(size_pt: float, colour: Color) -> ParagraphStyle:
    face = Face.BOLD if colour is black else Face.REGULAR
    return ParagraphStyle(
        "slip", fontName=font_name(face), fontSize=size_pt, leading=size_pt * 1.25, textColor=colour
    )


def _safe(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
