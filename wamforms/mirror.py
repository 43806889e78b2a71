"""Right-to-left forms: the same page with left and right exchanged.

The corner markers stay where they are, so that orientation does not depend on
the language; values travel with their bubbles, codes with the header they are in.
"""

from dataclasses import replace

from layouts.geometry import BoxMm, PointMm
from layouts.model import Bubble, Group, Layout, PageLayout
from wamforms.artwork import Align, Bar, ExampleMark, Outline, PageArt, Shown, Slot, Text, Type

_OTHER_END = {Align.LEFT: Align.RIGHT, Align.RIGHT: Align.LEFT, Align.CENTRE: Align.CENTRE}


def mirrored_layout(layout: Layout) -> Layout:
    """Exchange left and right of everything that a person reads or marks."""
    width = layout.paper.width_mm
    return replace(layout, pages=tuple(_page(page, width) for page in layout.pages))


def _page(page: PageLayout, width_mm: float) -> PageLayout:
    return replace(
        page,
        codes=tuple(_box(code, width_mm) for code in page.codes),
        code_texts=tuple(tuple(_box(line, width_mm) for line in copy) for copy in page.code_texts),
        examples=tuple(replace(one, centre=_point(one.centre, width_mm)) for one in page.examples),
        groups=tuple(_group(group, width_mm) for group in page.groups),
        regions=tuple(replace(one, box=_box(one.box, width_mm)) for one in page.regions),
        printed=tuple(_box(one, width_mm) for one in page.printed),
        consent=None if page.consent is None else _group(page.consent, width_mm),
    )


def _group(group: Group, width_mm: float) -> Group:
    return Group(group.item, tuple(_bubble(one, width_mm) for one in group.bubbles))


def _bubble(bubble: Bubble, width_mm: float) -> Bubble:
    return replace(bubble, centre=_point(bubble.centre, width_mm))


def _box(box: BoxMm, width_mm: float) -> BoxMm:
    return replace(box, left_mm=round(width_mm - box.right_mm, 3))


def _point(point: PointMm, width_mm: float) -> PointMm:
    return PointMm(round(width_mm - point.x_mm, 3), point.y_mm)


def mirrored_art(art: PageArt, width_mm: float) -> PageArt:
    """Exchange left and right of a page's texts, rules and outlines."""
    return PageArt(
        shown=tuple(_shown(one, width_mm) for one in art.shown),
        slots=tuple(_slot(one, width_mm) for one in art.slots),
    )


def _shown(one: Shown, width_mm: float) -> Shown:
    match one:
        case Text(text=text, place=place, type=type_):
            return Text(text, _point(place, width_mm), _type(type_))
        case Bar(box=box):
            return replace(one, box=_box(box, width_mm))
        case Outline(centre=centre) | ExampleMark(centre=centre):
            return replace(one, centre=_point(centre, width_mm))


def _slot(slot: Slot, width_mm: float) -> Slot:
    return replace(slot, place=_point(slot.place, width_mm), type=_type(slot.type))


def _type(one: Type) -> Type:
    return replace(one, align=_OTHER_END[one.align])
