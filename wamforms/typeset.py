"""Widths and line breaks of the forms' typeface.

Atkinson Hyperlegible, because it was drawn for readers with low vision and
tells 0 from O and 1 from l apart, which the codes need. Its static fonts come
as a package; they are measured and embedded by reportlab.
"""

import math
from dataclasses import replace
from functools import cache

import fontpkg_atkinson_hyperlegible
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from layouts.geometry import BoxMm
from wamforms.artwork import Align, Face, Text, Type

MM_PER_PT = 25.4 / 72
"""A PostScript point in millimetres."""

BALANCE_MM = 1.0
"""How closely lines are made alike: less than the width of a letter."""

LEADING = 1.112
"""Line distance as a share of the type size; Atkinson is open enough for this. The least that
keeps letters of two lines apart (`ABOVE` and `BELOW`): five rows of two lines then stand
between two folds of A4."""

ASCENT = 0.70
"""Height of a capital as a share of the type size (Atkinson Hyperlegible: 0.668)."""

ABOVE, BELOW = 0.90, 0.21
"""How far letters reach above and below the baseline, as shares of the type size
(Atkinson Hyperlegible Bold: `Ő` 0.899, `g` 0.203)."""

PT_STEP = 0.25
"""Type shrinks in quarter points; finer steps nobody sees."""

_FILES = {Face.REGULAR: "AtkinsonHyperlegible-Regular", Face.BOLD: "AtkinsonHyperlegible-Bold"}


@cache
def font_name(face: Face) -> str:
    """Register a cut with reportlab once and return the name to use it by."""
    name = _FILES[face]
    path = fontpkg_atkinson_hyperlegible.ROOT / "files" / f"{name}.ttf"
    pdfmetrics.registerFont(TTFont(name, str(path)))
    return name


def width_mm(text: str, size_pt: float, face: Face = Face.REGULAR) -> float:
    """Measure one line of text."""
    return float(pdfmetrics.stringWidth(text, font_name(face), size_pt)) * MM_PER_PT


def lines(text: str, size_pt: float, room_mm: float, face: Face = Face.REGULAR) -> tuple[str, ...]:
    """Break a text into lines no wider than `room_mm`.

    A single word that is wider stays whole; `fits` tells.
    """
    return tuple(simpleSplit(text, font_name(face), size_pt, room_mm / MM_PER_PT))


def balanced(text: str, size_pt: float, room_mm: float) -> tuple[str, ...]:
    """Break a text into as few lines as fit, of about the same length.

    A lone last word makes a reader stumble; so the lines are as narrow as their
    number allows.
    """
    widest = lines(text, size_pt, room_mm)
    low_mm, high_mm = 0.0, room_mm
    while high_mm - low_mm > BALANCE_MM:
        middle_mm = (low_mm + high_mm) / 2
        if fits(text, size_pt, middle_mm, len(widest)):
            high_mm = middle_mm
        else:
            low_mm = middle_mm
    return lines(text, size_pt, high_mm)


def fits(text: str, size_pt: float, room_mm: float, most: int, face: Face = Face.REGULAR) -> bool:
    """Tell whether a text stands in `most` lines of `room_mm`, no word too wide."""
    broken = lines(text, size_pt, room_mm, face)
    return len(broken) <= most and all(width_mm(one, size_pt, face) <= room_mm for one in broken)


def shrunk(text: str, type_: Type, room_mm: float, least_pt: float) -> Type | None:
    """Make type small enough for one line of `room_mm`; None if that is under `least_pt`."""
    natural_mm = width_mm(text, type_.size_pt, type_.face)
    if natural_mm <= room_mm:
        return type_
    size_pt = math.floor(type_.size_pt * room_mm / natural_mm / PT_STEP) * PT_STEP
    return replace(type_, size_pt=size_pt) if size_pt >= least_pt else None


def text_box(text: Text) -> BoxMm:
    """Return the room that the letters of a line take on paper."""
    size_mm = text.type.size_pt * MM_PER_PT
    long_mm = width_mm(text.text, text.type.size_pt, text.type.face)
    before = {Align.LEFT: 0.0, Align.CENTRE: long_mm / 2, Align.RIGHT: long_mm}[text.type.align]
    return BoxMm(
        text.place.x_mm - before,
        text.place.y_mm - ABOVE * size_mm,
        long_mm,
        (ABOVE + BELOW) * size_mm,
    )


def missing_characters(text: str, face: Face = Face.REGULAR) -> str:
    """Return the characters of `text` that the typeface does not have."""
    # A TTFont, which pyright cannot know: reportlab ships no types.
    known = pdfmetrics.getFont(font_name(face)).face.charToGlyph  # pyright: ignore[reportAttributeAccessIssue]
    return "".join(sorted({character for character in text if ord(character) not in known}))


def line_step_mm(size_pt: float) -> float:
    """Distance from one baseline to the next."""
    return size_pt * LEADING * MM_PER_PT
