"""What a talk sheet is drawn with: text, rules and marks, in millimetres from the upper left."""

from collections.abc import Sequence
from typing import ClassVar

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from layouts.model import Role
from wamforms.artwork import Align, Face, Type
from wamforms.record_page import printable
from wamforms.typeset import font_name, line_step_mm, lines, width_mm

WIDE_MM = 5.2
"""Across a mark: its letter is read at arm's length by two people."""

SMALL_MM = 2.4
"""Across an earlier mark."""

_OPEN = 1.08
"""Lines of a paragraph stand a little further apart than those of a form: it is read aloud."""

_BEFORE = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}
"""Share of a line's width that stands before its place."""

_BAND_GRAY = 0.86
"""Light enough for the lines below it to be seen on a copy."""


class Ink:
    """A page being drawn; lengths are in millimetres, down from the upper edge."""

    FONT: ClassVar[str] = font_name(Face.REGULAR)

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def text(
        self, text: str, x_mm: float, base_mm: float, look: Type, *, is_clear: bool = False
    ) -> float:
        """Set one line on its baseline; returns where it ends.

        With `is_clear` the paper behind it is made white.
        """
        said = printable(text)
        wide_mm = width_mm(said, look.size_pt, look.face)
        start_mm = x_mm - _BEFORE[look.align] * wide_mm
        if is_clear:
            self._canvas.setFillGray(1)
            box = (start_mm * mm - 2, _y(base_mm) - 2, wide_mm * mm + 4, look.size_pt + 2)
            self._canvas.rect(*box, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        self._canvas.setFont(font_name(look.face), look.size_pt)
        self._canvas.drawString(start_mm * mm, _y(base_mm), said)
        return start_mm + wide_mm

    def broken(self, text: str, look: Type, room_mm: float) -> Sequence[str]:
        """Break a text into lines."""
        return lines(printable(text), look.size_pt, room_mm, look.face)

    def paragraph(
        self, text: str, x_mm: float, base_mm: float, look: Type, room_mm: float
    ) -> float:
        """Set a text of several lines; returns the last baseline."""
        for number, one in enumerate(self.broken(text, look, room_mm)):
            base_mm += line_step_mm(look.size_pt) * _OPEN if number else 0
            self.text(one, x_mm, base_mm, look)
        return base_mm

    def rule(self, from_mm: float, to_mm: float, at_mm: float, *, gray: float) -> None:
        """Draw a thin line across."""
        self._canvas.setStrokeGray(gray)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(from_mm * mm, _y(at_mm), to_mm * mm, _y(at_mm))

    def tick(self, x_mm: float, at_mm: float, reach_mm: float) -> None:
        """Draw an upright line over both lanes."""
        self._canvas.setStrokeGray(0.7)
        self._canvas.setLineWidth(0.4)
        self._canvas.line(x_mm * mm, _y(at_mm - reach_mm), x_mm * mm, _y(at_mm + reach_mm))

    def band(self, from_mm: float, to_mm: float, at_mm: float, reach_mm: float) -> None:
        """Join two marks by a grey band: how wide it is, is how far apart they are."""
        self._canvas.setFillGray(_BAND_GRAY)
        box = (from_mm * mm, _y(at_mm + reach_mm), (to_mm - from_mm) * mm, 2 * reach_mm * mm)
        self._canvas.rect(*box, stroke=0, fill=1)

    def way(self, from_mm: float, to_mm: float, at_mm: float) -> None:
        """Draw the way from an earlier mark as dashes."""
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(0.8)
        self._canvas.setDash(1.5, 1.5)
        self._canvas.line(from_mm * mm, _y(at_mm), to_mm * mm, _y(at_mm))
        self._canvas.setDash()

    def earlier(self, role: Role, x_mm: float, at_mm: float) -> None:
        """Draw where somebody was: a small open shape."""
        self._shape(role, (x_mm, at_mm), SMALL_MM, fill=1.0)

    def mark(self, role: Role, letter: str, x_mm: float, at_mm: float) -> None:
        """Draw where somebody is: an open circle for the client, a black square for the other."""
        is_open = role is Role.CLIENT
        self._shape(role, (x_mm, at_mm), WIDE_MM, fill=1.0 if is_open else 0.0)
        self._canvas.setFillGray(0.0 if is_open else 1.0)
        self._canvas.setFont(font_name(Face.BOLD), 10)
        self._canvas.drawCentredString(x_mm * mm, _y(at_mm + 1.25), letter)
        self._canvas.setFillGray(0)

    def _shape(self, role: Role, place: tuple[float, float], wide_mm: float, fill: float) -> None:
        x_mm, at_mm = place
        self._canvas.setStrokeGray(0)
        self._canvas.setFillGray(fill)
        self._canvas.setLineWidth(1.1)
        if role is Role.CLIENT:
            self._canvas.circle(x_mm * mm, _y(at_mm), wide_mm / 2 * mm, stroke=1, fill=1)
            return
        # A square of the circle's width looks larger than the circle.
        half_mm = wide_mm * 0.45
        corner = ((x_mm - half_mm) * mm, _y(at_mm + half_mm))
        self._canvas.rect(*corner, 2 * half_mm * mm, 2 * half_mm * mm, stroke=1, fill=1)


def _y(down_mm: float) -> float:
    return float(A4[1] - down_mm * mm)
