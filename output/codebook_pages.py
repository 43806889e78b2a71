"""The codebook to read: one HTML page, and one PDF to print."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer

from output.codebook import Contents, Entry
from wamforms.artwork import Face
from wamforms.typeset import font_name, missing_characters

HEADS = ("column", "what it is", "values and reasons", "how it is made", "n and counts")

_REPEATED = {
    "panel_wide.csv": "The columns of dyads_wide.csv once for every wave: c_trust_w2 is c_trust at"
    " wave 2.",
    "dyads_pairwise.csv": "The scores of dyads_wide.csv twice: actor_ is the person of the row,"
    " partner_ the other one.",
}
"""Tables whose columns are those of another one; `codebook.csv` lists them all."""

_NOTE = "codebook.csv lists every column, those included that only say why a cell is empty."

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto;
       padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
         border-bottom: 1px solid #ccc; }
th { font-size: .85rem; color: #444; } td:first-child { font-family: ui-monospace, monospace; }
small { color: #555; display: block; overflow-wrap: anywhere; }
td { overflow-wrap: anywhere; max-width: 26rem; }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_WIDTHS_MM = (42.0, 78.0, 62.0, 55.0, 36.0)
"""Of the columns on landscape A4, together what its margins leave."""

_MARGIN_MM = 12.0
_SIZE_PT = 7.5


def codebook_html(about: Contents, entries: Sequence[Entry]) -> str:
    """Write the page; it needs nothing from outside and runs nothing."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Codebook: {escape(about.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>Codebook: {escape(about.title)}</h1>\n<p>{_NOTE}</p>\n"
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    for file, note, rows in _sections(entries):
        parts.append(f"<h2>{escape(file)}</h2>\n")
        if note:
            parts.append(f"<p>{escape(note)}</p>\n")
        if rows:
            parts.append(f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n")
            parts += [_html_row(row) for row in rows]
            parts.append("</tbody>\n</table>\n")
    return "".join((*parts, "</body>\n</html>\n"))


def _html_row(entry: Entry) -> str:
    cells = "".join(
        f"<td>{escape(main)}{''.join(f'<small>{escape(line)}</small>' for line in small)}</td>"
        for main, small in _cells(entry)
    )
    return f"<tr>{cells}</tr>\n"


def codebook_pdf(about: Contents, entries: Sequence[Entry]) -> bytes:
    """Write the pages; the same codebook gives the same bytes."""
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=landscape(A4),
        title=f"Codebook: {about.title}",
        author="wamforms",
        lang="en",
        invariant=1,
        **dict.fromkeys(
            ("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN_MM * mm
        ),
    )
    flow = [_text(f"Codebook: {about.title}", 16, Face.BOLD), Spacer(0, 3 * mm), _text(_NOTE, 9)]
    for name, note, rows in _sections(entries):
        flow += [Spacer(0, 5 * mm), _text(name, 12, Face.BOLD), Spacer(0, 1.5 * mm)]
        if note:
            flow.append(_text(note, 9))
        if rows:
            flow.append(_pdf_table(rows))
    document.build(flow, onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _pdf_table(rows: Sequence[Entry]) -> LongTable:
    cells = [[_text(name, _SIZE_PT, Face.BOLD) for name in HEADS]]
    cells += [
        [
            [_text(main, _SIZE_PT), *(_text(line, _SIZE_PT - 1.5) for line in small)]
            for main, small in _cells(row)
        ]
        for row in rows
    ]
    table = LongTable(cells, colWidths=[one * mm for one in _WIDTHS_MM], repeatRows=1)
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, (0.6, 0.6, 0.6)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return table


def _text(text: str, size_pt: float, face: Face = Face.REGULAR) -> Paragraph:
    unknown = set(missing_characters(text))
    tame = "".join("?" if one in unknown else one for one in text)
    style = ParagraphStyle(
        "codebook",
        fontName=font_name(face),
        fontSize=size_pt,
        leading=size_pt * 1.25,
        splitLongWords=1,
    )
    return Paragraph(escape(tame, quote=False), style)


def _foot(canvas: Canvas, _: SimpleDocTemplate) -> None:
    canvas.setFont(font_name(Face.REGULAR), _SIZE_PT)
    width_pt, _height = landscape(A4)
    canvas.drawRightString(width_pt - _MARGIN_MM * mm, 6 * mm, f"page {canvas.getPageNumber()}")


def _sections(entries: Sequence[Entry]) -> Iterator[tuple[str, str, list[Entry]]]:
    """Give each file with a note and the rows worth reading."""
    files: dict[str, list[Entry]] = {}
    for entry in entries:
        files.setdefault(entry.file, []).append(entry)
    for file, rows in files.items():
        if file in _REPEATED:
            rows = [row for row in rows if not row.note.startswith(("see ", "as c_ and p_"))]
        rows = [row for row in rows if not row.column.endswith("_missing")]
        yield file, _REPEATED.get(file, ""), _merged(rows)


def _merged(rows: Sequence[Entry]) -> list[Entry]:
    """Say once what is the same in several domains."""
    domains: dict[Entry, list[str]] = {}
    for row in rows:
        domains.setdefault(replace(row, domain=""), []).append(row.domain)
    return [replace(row, domain=", ".join(filter(None, some))) for row, some in domains.items()]


def _cells(entry: Entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each cell as its main text and small lines below it."""
    domain = f"in {entry.domain}" if entry.domain else ""
    yield entry.column, _some(domain)
    yield entry.label, _some(entry.note, entry.wording_id)
    yield entry.values, _some(entry.missing)
    assumed = "assumed, not published" if entry.assumed else ""
    yield entry.formula, _some(assumed)
    yield (f"n = {entry.n}" if entry.n else ""), _some(*entry.counts.split("; "))


def _some(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
