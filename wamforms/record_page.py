"""Records of one page for the file: headings, tables, and lines to sign.

Reportlab's flowing layout breaks lines and sets tables; a record that would run over is
made smaller as a whole, because a second page gets lost.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, KeepInFrame, Paragraph, Spacer, Table

from wamforms.artwork import Face
from wamforms.typeset import font_name, missing_characters

MARGIN_MM = 18.0
"""Room to punch holes and to hold the page."""

WIDTH_MM = 210.0 - 2 * MARGIN_MM
"""What is left for text on A4."""

SIZE_PT = 9.5
"""Read at a desk; the forms themselves are set larger."""

_GREY = 0.55

Part = Any
"""What reportlab flows onto a page; it ships no types."""


def _style(size_pt: float, face: Face = Face.REGULAR, **more: Any) -> ParagraphStyle:  # noqa: ANN401 - reportlab's own
    return ParagraphStyle(
        name="record",
        fontName=font_name(face),
        fontSize=size_pt,
        leading=size_pt * 1.28,
        **more,
    )


def printable(text: str) -> str:
    """Replace what the typeface does not have by a question mark."""
    unknown = set(missing_characters(text))
    return "".join("?" if one in unknown else one for one in text)


def title(text: str, about: str) -> list[Part]:
    """Head a record: what it is, and of what."""
    return [
        Paragraph(_safe(text), _style(18, Face.BOLD)),
        Spacer(0, 1.5 * mm),
        Paragraph(_safe(about), _style(SIZE_PT)),
        Spacer(0, 3 * mm),
    ]


def heading(text: str) -> Part:
    """Begin a section."""
    return Paragraph(_safe(text), _style(11, Face.BOLD, spaceBefore=9, spaceAfter=3))


def line(text: str, *, is_bold: bool = False) -> Part:
    """Set a paragraph."""
    return Paragraph(_safe(text), _style(SIZE_PT, Face.BOLD if is_bold else Face.REGULAR))


def banner(text: str, *, is_alarm: bool) -> list[Part]:
    """Set the one sentence that matters in a frame; white on black if it is an alarm."""
    style = _style(12, Face.BOLD, textColor=white if is_alarm else black)
    box = Table([[Paragraph(_safe(text), style)]], colWidths=[WIDTH_MM * mm], hAlign="LEFT")
    box.setStyle(
        [
            ("BOX", (0, 0), (-1, -1), 0.8, black),
            ("BACKGROUND", (0, 0), (-1, -1), black if is_alarm else white),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ]
    )
    return [box, Spacer(0, 1.5 * mm)]


def table(
    rows: Iterable[Sequence[str]], widths: Sequence[float], *, last_is_sum: bool = False
) -> list[Part]:
    """Set rows in columns, the first row as the head; columns of numbers stand on the right.

    Parameters
    ----------
    rows : iterable of sequence of str
        At least the head.
    widths : sequence of float
        Share of the width of each column, together 1.
    last_is_sum : bool
        Whether the last row is the sum of the others.
    """
    listed = list(rows)
    counts = [all(map(_counts, column)) for column in list(zip(*listed[1:], strict=True))]
    cells = [
        [
            Paragraph(_safe(cell), _cell_style(is_bold=is_bold, is_number=is_number))
            for cell, is_number in zip(row, counts or [False] * len(row), strict=True)
        ]
        for number, row in enumerate(listed)
        for is_bold in [number == 0 or (last_is_sum and number == len(listed) - 1)]
    ]
    found = Table(cells, colWidths=[share * WIDTH_MM * mm for share in widths], hAlign="LEFT")
    found.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, (_GREY, _GREY, _GREY)),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
    )
    return [found, Spacer(0, 1.5 * mm)]


def _cell_style(*, is_bold: bool, is_number: bool) -> ParagraphStyle:
    return _style(SIZE_PT, Face.BOLD if is_bold else Face.REGULAR, alignment=2 if is_number else 0)


def signatures(*who: str) -> list[Part]:
    """Leave lines for names, dates and signatures by hand."""
    small = _style(8)
    rows = [[Paragraph(_safe(one), _style(SIZE_PT)), "", "", "", "", ""] for one in who]
    captions = [Paragraph(text, small) for text in ("", "name", "", "date", "", "signature")]
    widths = [share * WIDTH_MM * mm for share in (0.16, 0.3, 0.02, 0.16, 0.02, 0.34)]
    found = Table([*rows, captions], colWidths=widths, hAlign="LEFT")
    rules = [("LINEBELOW", (column, 0), (column, len(who) - 1), 0.6, black) for column in (1, 3, 5)]
    found.setStyle(
        [
            *rules,
            ("TOPPADDING", (0, 0), (-1, -2), 16),
            ("VALIGN", (0, 0), (-1, -2), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return [Spacer(0, 4 * mm), found]


def moment(at: str) -> str:
    """Write a stored time for people."""
    return at.replace("T", " ").replace("+00:00", " UTC")


def one_page(name: str, parts: Iterable[Part], foot: str) -> bytes:
    """Set a record on one A4 page.

    Parameters
    ----------
    name : str
        Title of the document.
    parts : iterable
        What the functions above make, from top to bottom.
    foot : str
        The line at the bottom, such as program and version.

    Returns
    -------
    bytes
        The PDF; the same record gives the same bytes.
    """
    data = io.BytesIO()
    canvas = Canvas(
        data,
        pagesize=A4,
        invariant=1,
        initialFontName=font_name(Face.REGULAR),  # pyright: ignore[reportArgumentType]
        lang="en",
    )
    canvas.setTitle(name)
    canvas.setAuthor("wamforms")
    width, height = WIDTH_MM * mm, A4[1] - 2 * MARGIN_MM * mm
    frame = Frame(MARGIN_MM * mm, MARGIN_MM * mm, width, height, 0, 0, 0, 0)
    frame.addFromList([KeepInFrame(width, height, list(parts), mode="shrink")], canvas)
    canvas.setFont(font_name(Face.REGULAR), 8)
    canvas.drawString(MARGIN_MM * mm, 10 * mm, printable(foot))
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def _counts(cell: str) -> bool:
    return bool(cell) and not cell.strip("0123456789,.% ")


def _safe(text: str) -> str:
    return escape(printable(text))
