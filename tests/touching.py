"""Does print touch print? Measured apart from the program's own check, on every page of a form."""

from collections.abc import Iterator
from itertools import combinations

from layouts.alphabet import to_number
from layouts.check import EDGE_MM, boxes
from layouts.dyadcode import check_character
from layouts.geometry import BoxMm
from layouts.model import DyadCode, PageLayout
from layouts.sheetcode import MAX_WAVES, SheetCode
from wamforms.artwork import Align, PageArt, Text
from wamforms.compose import Form
from wamforms.slots import filled
from wamforms.typeset import MM_PER_PT, width_mm

ABOVE, BELOW = 0.899, 0.203
"""Reach of the tallest and deepest letters as shares of the type size; test_compose checks them."""

WIDE = DyadCode("W" * 7 + check_character("W" * 7))


def text_box(text: Text) -> BoxMm:
    size_mm = text.type.size_pt * MM_PER_PT
    long_mm = width_mm(text.text, text.type.size_pt, text.type.face)
    left_mm = text.place.x_mm
    if text.type.align is Align.RIGHT:
        left_mm -= long_mm
    elif text.type.align is Align.CENTRE:
        left_mm -= long_mm / 2
    top_mm = text.place.y_mm - ABOVE * size_mm
    return BoxMm(left_mm, top_mm, long_mm, (ABOVE + BELOW) * size_mm)


def widest(form: Form, page: PageLayout) -> SheetCode:
    """Make the code with the widest characters that a sheet of this form can carry."""
    role = form.layout.role
    return SheetCode(form.fingerprint, WIDE, role, MAX_WAVES, page.number, to_number("WWWW"))


def texts_of(form: Form, page: PageLayout, art: PageArt, wave: str) -> list[Text]:
    code = widest(form, page)
    slots = [filled(slot, form.wording, code, wave) for slot in art.slots]
    return [text for text in (*art.texts(), *slots) if text.text.strip()]


def touches(form: Form, wave: str = "+6 months") -> list[str]:
    """Name every text that touches another, a mark of the scanner's, or the unprintable edge."""
    return [
        f"page {page.number}: {fault}"
        for page, art in zip(form.layout.pages, form.art, strict=True)
        for fault in _on_page(form, page, art, wave)
    ]


def _on_page(form: Form, page: PageLayout, art: PageArt, wave: str) -> Iterator[str]:
    printable = form.layout.paper.box.grown(-EDGE_MM)
    placed = [(text.text, text_box(text)) for text in texts_of(form, page, art, wave)]
    for (first, box), (second, other) in combinations(placed, 2):
        if box.overlaps(other):
            yield f"{first!r} touches {second!r}"
    for text, box in placed:
        yield from (f"{text!r} touches {mark}" for mark, at in boxes(page) if box.overlaps(at))
        if not printable.contains(box):
            yield f"{text!r} leaves the page"
