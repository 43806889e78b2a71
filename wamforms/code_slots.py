"""Where the page code stands for people: beside the top symbol in two lines, at the foot in one.

The composer tells the scanner these places, so that it can read the text where
both symbols are unreadable.
"""

from collections.abc import Sequence

from layouts.check import CODE_MODULES, QUIET_MODULES
from layouts.geometry import BoxMm, PointMm
from wamforms.art_check import slot_box
from wamforms.artwork import Align, Face, Field, Slot, Type
from wamforms.typeset import width_mm

CODE_PT, SMALL_CODE_PT = 13.0, 8.5

SOFT = 0.35
"""Grey of text that serves the office rather than the person who answers."""

TITLE_MM, SHEET_MM = 15.6, 25.4
"""Baselines of the head: title and dyad, which sheet of the dyad's."""

WIDEST_DYAD, WIDEST_SHEET = "WWWW-WWWW", "P16 · p32 · WWWW"
"""Codes of the widest characters, so that every code has room (W is the widest of all 32)."""


def code_slots(codes: Sequence[BoxMm]) -> tuple[Slot, Slot, Slot]:
    """Make the places of the dyad, of the rest of the code, and of the whole code once more."""
    right, left = head_edge_mm(codes), foot_left_mm(codes)
    dyad = Type(CODE_PT, Face.BOLD, Align.RIGHT)
    sheet = Type(SMALL_CODE_PT, align=Align.RIGHT, gray=SOFT)
    whole = Type(SMALL_CODE_PT, Face.BOLD)
    low = PointMm(left, codes[1].bottom_mm - 0.3)
    return (
        _slot(Field.DYAD, PointMm(right, TITLE_MM), dyad, WIDEST_DYAD),
        _slot(Field.SHEET, PointMm(right, SHEET_MM), sheet, WIDEST_SHEET),
        _slot(Field.FULL_CODE, low, whole, f"{WIDEST_DYAD} · {WIDEST_SHEET}"),
    )


def code_texts(codes: Sequence[BoxMm]) -> tuple[tuple[BoxMm, ...], ...]:
    """List both copies of the printed text, each as the boxes of its lines."""
    dyad, sheet, whole = (_rounded(slot_box(slot)) for slot in code_slots(codes))
    return ((dyad, sheet), (whole,))


def head_edge_mm(codes: Sequence[BoxMm]) -> float:
    """Right end of the header's text: before the quiet zone of the top code."""
    code = codes[0]
    return code.left_mm - code.width_mm * QUIET_MODULES / CODE_MODULES - 1.5


def foot_left_mm(codes: Sequence[BoxMm]) -> float:
    """Left end of the footer's text: after the quiet zone of the low code."""
    code = codes[1]
    return code.right_mm + code.width_mm * QUIET_MODULES / CODE_MODULES + 1.5


def _slot(field: Field, place: PointMm, kind: Type, widest: str) -> Slot:
    return Slot(field, place, kind, width_mm(widest, kind.size_pt, kind.face), kind.size_pt)


def _rounded(box: BoxMm) -> BoxMm:
    """Round to a thousandth, so that a fingerprint does not hang on the last bit of a width."""
    return BoxMm(*(round(one, 3) for one in (box.left_mm, box.top_mm, box.width_mm, box.height_mm)))
