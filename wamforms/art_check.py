"""Does anything on a page touch anything else? The last word before a form is printed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from layouts.check import EDGE_MM, boxes
from layouts.geometry import BoxMm, Paper, PointMm
from layouts.model import Layout, PageLayout
from wamforms.artwork import Align, Bar, PageArt, Slot
from wamforms.typeset import ABOVE, BELOW, MM_PER_PT, text_box

PALE = 0.9
"""Tint lighter than this is no print to a scanner: handwriting on it stands out."""


def art_faults(page: PageLayout, art: PageArt, paper: Paper) -> tuple[str, ...]:
    """Name texts that touch each other, a mark of the scanner's, or the margin."""
    texts = [(repr(text.text), text_box(text)) for text in art.texts() if text.text.strip()]
    texts += [(f"the {slot.field}", slot_box(slot)) for slot in art.slots]
    return tuple(f"page {page.number}: {fault}" for fault in _of_page(page, texts, paper))


def _of_page(page: PageLayout, texts: list[tuple[str, BoxMm]], paper: Paper) -> Iterator[str]:
    for (name, box), (other, other_box) in combinations(texts, 2):
        if box.overlaps(other_box):
            yield f"{name} and {other} overlap; shorten one of them"
    looked_for = boxes(page)
    printable = paper.box.grown(-EDGE_MM)
    for name, box in texts:
        for mark, mark_box in looked_for:
            if box.overlaps(mark_box):
                yield f"{name} runs into {mark}; shorten it"
        if not printable.contains(box):
            yield f"{name} comes closer than {EDGE_MM:g} mm to the edge of the paper; shorten it"


def with_print(layout: Layout, art: Sequence[PageArt]) -> Layout:
    """Add the room that texts, rules and frames take, in the order in which they are drawn."""
    pages = (
        replace(page, printed=tuple(_rounded(box) for box in _room(one)))
        for page, one in zip(layout.pages, art, strict=True)
    )
    return replace(layout, pages=tuple(pages))


def _room(art: PageArt) -> Iterator[BoxMm]:
    yield from (text_box(text) for text in art.texts() if text.text.strip())
    yield from (one.box for one in art.shown if isinstance(one, Bar) and one.gray < PALE)
    yield from map(slot_box, art.slots)


def _rounded(box: BoxMm) -> BoxMm:
    """Round to a tenth, so that a fingerprint does not hang on the last bit of a width."""
    return BoxMm(*(round(one, 1) for one in (box.left_mm, box.top_mm, box.width_mm, box.height_mm)))


def slot_box(slot: Slot) -> BoxMm:
    """Return the room that a slot's text may take, whatever it says."""
    before = {Align.LEFT: 0.0, Align.CENTRE: slot.room_mm / 2, Align.RIGHT: slot.room_mm}
    at = PointMm(slot.place.x_mm - before[slot.type.align], slot.place.y_mm)
    size_mm = slot.type.size_pt * MM_PER_PT
    return BoxMm(at.x_mm, at.y_mm - ABOVE * size_mm, slot.room_mm, (ABOVE + BELOW) * size_mm)
