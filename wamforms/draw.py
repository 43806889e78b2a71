"""Forms as PDF: paints what the composer decided, and only paints.

What all sheets of a form share is stored once per form (a PDF form object);
each sheet adds its codes. The same input gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from reportlab.pdfgen.canvas import Canvas

from layouts.geometry import BoxMm, Paper, PointMm
from layouts.model import ExampleKind, Fingerprint, Shape
from layouts.sheetcode import SEPARATOR_TEXT, PageCode
from layouts.symbol import symbol_of
from wamforms.artwork import (
    Align,
    Bar,
    ExampleMark,
    Face,
    Outline,
    PageArt,
    Shown,
    Text,
    Type,
)
from wamforms.compose import Form
from wamforms.measures import CODE_MM
from wamforms.slots import filled
from wamforms.typeset import MM_PER_PT, font_name, shrunk

EXAMPLE_LINE_MM = 0.7
"""Pen width of the printed cross: that of a ballpoint."""


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """One form for one person, or a master: what its pages say besides the form itself.

    Attributes
    ----------
    wave
        Name of the wave; empty on a master.
    """

    form: Form
    codes: tuple[PageCode, ...]
    wave: str


@dataclass(frozen=True, slots=True)
class Separator:
    """A page between two stacks: whose forms follow, and which."""

    heading: str
    summary: str
    lines: tuple[str, ...]


class FormsPdf:
    """A PDF of forms that is written sheet by sheet."""

    def __init__(self, path: Path, paper: Paper, title: str, language: str, key: bytes) -> None:
        self._paper = paper
        self._key = key
        self._canvas = Canvas(
            str(path),
            pagesize=(_pt(paper.width_mm), _pt(paper.height_mm)),
            invariant=1,
            pageCompression=1,
            # reportlab ships no types, so pyright infers `float` from another default.
            initialFontName=font_name(Face.REGULAR),  # pyright: ignore[reportArgumentType]
            lang=language,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("wamforms")
        self._canvas.setSubject("Working alliance questionnaire")
        self._canvas.setCreator("wamforms")
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._drawn: set[str] = set()
        self.pages = 0

    def add_sheet(self, sheet: PrintedSheet) -> None:
        """Add all pages of one person's form."""
        for code, art in zip(sheet.codes, sheet.form.art, strict=True):
            self._canvas.doForm(self._shared(sheet.form.fingerprint, code.page, art))
            for slot in art.slots:
                self._text(filled(slot, sheet.form.wording, code, sheet.wave))
            modules = symbol_of(code.to_text(self._key))
            for box in sheet.form.layout.pages[code.page - 1].codes:
                self._symbol(modules, box)
            self._end_page()

    def add_separator(self, separator: Separator) -> None:
        """Add a page that says whose forms follow; a long list goes on in a second column."""
        left, top, step, columns = 25.0, 45.0, 7.0, 2
        room = self._paper.width_mm - 2 * left
        self._text(_cut(separator.heading, PointMm(left, top), Type(28, Face.BOLD), room))
        self._text(_cut(separator.summary, PointMm(left, top + 10), Type(13), room))
        first = top + 26
        rows = int((self._paper.height_mm - first - 20) / step)
        shown = separator.lines[: rows * columns]
        for number, line in enumerate(shown):
            column, row = divmod(number, rows)
            at = PointMm(left + column * room / columns, first + row * step)
            self._text(_cut(line, at, Type(11), room / columns - 3))
        if len(shown) < len(separator.lines):
            more = f"+ {len(separator.lines) - len(shown)}"
            self._text(Text(more, PointMm(left, first + rows * step), Type(11)))
        right = self._paper.width_mm - left
        symbol = symbol_of(SEPARATOR_TEXT)
        self._symbol(symbol, BoxMm(right - CODE_MM, left - CODE_MM / 2, CODE_MM, CODE_MM))
        self._end_page()

    def save(self) -> None:
        """Finish the file."""
        self._canvas.save()

    def _end_page(self) -> None:
        self._canvas.showPage()
        self.pages += 1

    def _shared(self, mark: Fingerprint, page: int, art: PageArt) -> str:
        """Draw what all sheets of a form share once, and return its name."""
        name = f"form-{mark}-{page}"
        if name not in self._drawn:
            self._canvas.beginForm(
                name, 0, 0, _pt(self._paper.width_mm), _pt(self._paper.height_mm)
            )
            for one in art.shown:
                self._draw(one)
            self._canvas.endForm()
            self._drawn.add(name)
        return name

    def _draw(self, one: Shown) -> None:
        match one:
            case Text():
                self._text(one)
            case Bar(box=box, gray=gray):
                self._canvas.setFillGray(gray)
                self._canvas.rect(*self._rect(box), stroke=0, fill=1)
            case Outline():
                self._outline(one)
            case ExampleMark():
                self._example(one)
            case _:
                assert_never(one)

    def _text(self, one: Text) -> None:
        self._canvas.setFillGray(one.type.gray)
        self._canvas.setFont(font_name(one.type.face), one.type.size_pt)
        x, y = _pt(one.place.x_mm), self._up(one.place.y_mm)
        match one.type.align:
            case Align.LEFT:
                self._canvas.drawString(x, y, one.text)
            case Align.CENTRE:
                self._canvas.drawCentredString(x, y, one.text)
            case Align.RIGHT:
                self._canvas.drawRightString(x, y, one.text)
            case _:
                assert_never(one.type.align)

    def _outline(self, one: Outline) -> None:
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(_pt(one.line_mm))
        x, y, radius = _pt(one.centre.x_mm), self._up(one.centre.y_mm), _pt(one.radius_mm)
        if one.shape is Shape.ROUND:
            self._canvas.circle(x, y, radius, stroke=1, fill=0)
        else:
            self._canvas.rect(x - radius, y - radius, 2 * radius, 2 * radius, stroke=1, fill=0)

    def _example(self, one: ExampleMark) -> None:
        x, y = _pt(one.centre.x_mm), self._up(one.centre.y_mm)
        if one.kind is ExampleKind.FILLED:
            self._canvas.setFillGray(0)
            radius = _pt(one.radius_mm)
            if one.shape is Shape.ROUND:
                self._canvas.circle(x, y, radius, stroke=0, fill=1)
            else:
                self._canvas.rect(x - radius, y - radius, 2 * radius, 2 * radius, 0, 1)
        elif one.kind is ExampleKind.CROSSED:
            self._canvas.setLineWidth(_pt(EXAMPLE_LINE_MM))
            self._canvas.setLineCap(1)
            arm = _pt(one.radius_mm * 0.72)
            self._canvas.line(x - arm, y - arm, x + arm, y + arm)
            self._canvas.line(x - arm, y + arm, x + arm, y - arm)
            self._canvas.setLineCap(0)

    def _symbol(self, modules: Sequence[Sequence[int]], box: BoxMm) -> None:
        """Draw a QR symbol as one path of runs, which keeps its edges seamless."""
        module = box.width_mm / len(modules)
        path = self._canvas.beginPath()
        for row, cells in enumerate(modules):
            for start, length in _runs(cells):
                run = BoxMm(
                    box.left_mm + start * module,
                    box.top_mm + row * module,
                    length * module,
                    module,
                )
                path.rect(*self._rect(run))
        self._canvas.setFillGray(0)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _rect(self, box: BoxMm) -> tuple[float, float, float, float]:
        return (
            _pt(box.left_mm),
            self._up(box.bottom_mm),
            _pt(box.width_mm),
            _pt(box.height_mm),
        )

    def _up(self, y_mm: float) -> float:
        """Turn a height from the top edge into the PDF's height from the bottom."""
        return _pt(self._paper.height_mm - y_mm)


def _cut(text: str, place: PointMm, kind: Type, room_mm: float) -> Text:
    """Shrink a text to its room by half, then cut its end off; for the office only."""
    least_pt = kind.size_pt / 2
    shown = text
    while not (fitting := shrunk(shown, kind, room_mm, least_pt)):
        shown = shown.removesuffix("…")[:-1] + "…"
    return Text(shown, place, fitting)


def _runs(cells: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (start, length) of every run of dark modules."""
    start = None
    for place, dark in enumerate([*cells, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def _pt(length_mm: float) -> float:
    return length_mm / MM_PER_PT
