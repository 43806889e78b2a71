"""The faults of a layout, in words; a layout without any can be printed and read."""

from collections.abc import Iterator
from itertools import combinations

from layouts.geometry import BoxMm
from layouts.model import CONSENT_VALUES, Group, Layout, PageLayout, Written

EDGE_MM = 8.0
"""Office printers and feeders lose up to this much along every edge."""

FOLD_MM = 5.0
"""A crease must stay this far from every bubble (facts on Windham, 2020)."""

GAP_MM = 3.0
"""White between two bubbles, so that a sloppy mark stays with its own."""

QUIET_MODULES = 4
"""White border of a QR symbol in modules (ISO/IEC 18004)."""

CODE_MODULES = 29
"""Modules along a side of a version 3 QR symbol."""


def faults(layout: Layout) -> tuple[str, ...]:
    """Name every fault in plain words; an empty tuple means printable."""
    found: list[str] = []
    for page in layout.pages:
        where = f"page {page.number}"
        found += [f"{where}: {fault}" for fault in _of_page(layout, page)]
    return tuple(found)


def _of_page(layout: Layout, page: PageLayout) -> Iterator[str]:
    if sorted(fiducial.marker for fiducial in page.fiducials) != [0, 1, 2, 3]:
        yield "needs each of the four corner markers once"
    if len(page.codes) < 2:
        yield "needs the page code in two places"
    yield from _off_the_paper(layout, page)
    yield from _overlaps(page)
    if len({region.name for region in page.regions}) < len(page.regions):
        yield "needs a name of its own for each region"
    yield from _groups_without_ticks(page)
    for group in page.groups:
        if len({bubble.value for bubble in group.bubbles}) != layout.points:
            yield f"item {group.item} needs {layout.points} bubbles with different values"
    if page.consent is not None and _values(page.consent) != tuple(CONSENT_VALUES):
        yield f"the consent row needs bubbles worth {', '.join(map(str, CONSENT_VALUES))}"
    for group in page.rows:
        yield from _of_group(layout, group)


def _off_the_paper(layout: Layout, page: PageLayout) -> Iterator[str]:
    printable = layout.paper.box.grown(-EDGE_MM)
    for name, box in boxes(page, quiet_zone=False):
        if not printable.contains(box):
            yield f"{name} comes closer than {EDGE_MM:g} mm to the edge of the paper"


def _overlaps(page: PageLayout) -> Iterator[str]:
    for (name, box), (other, other_box) in combinations(boxes(page), 2):
        if box.overlaps(other_box):
            yield f"{name} and {other} overlap"


def _groups_without_ticks(page: PageLayout) -> Iterator[str]:
    by_hand = () if page.written is None else page.written.groups
    for group in (*page.rows, *by_hand):
        level = group.bubbles[0].centre.y_mm
        beside = [tick for tick in page.ticks if abs(tick.centre.y_mm - level) < 0.01]
        if len(beside) < 2:
            yield f"item {group.item} needs a timing tick on both sides"


def _values(group: Group) -> tuple[int, ...]:
    return tuple(bubble.value for bubble in group.bubbles)


def _of_group(layout: Layout, group: Group) -> Iterator[str]:
    for first, second in zip(group.bubbles, group.bubbles[1:], strict=False):
        apart = abs(second.centre.x_mm - first.centre.x_mm) - first.radius_mm - second.radius_mm
        if apart < GAP_MM:
            yield f"item {group.item} has bubbles less than {GAP_MM:g} mm apart"
            break
    for fold in layout.paper.folds_mm:
        nearest = min(abs(b.centre.y_mm - fold) - b.radius_mm for b in group.bubbles)
        if nearest < FOLD_MM - 0.001:
            yield f"item {group.item} lies less than {FOLD_MM:g} mm from the fold at {fold:g} mm"


def boxes(page: PageLayout, *, quiet_zone: bool = True) -> list[tuple[str, BoxMm]]:
    """List everything the scanner looks for, each with a name and the room it takes.

    The white border of a code must stay clear of print but may reach into the
    margin of the paper, which is white anyway.
    """
    quiet = QUIET_MODULES / CODE_MODULES if quiet_zone else 0.0
    return [
        *(
            (f"marker {one.marker}", BoxMm.around(one.centre, one.size_mm, one.size_mm))
            for one in page.fiducials
        ),
        *(
            (f"tick {number}", BoxMm.around(one.centre, one.width_mm, one.height_mm))
            for number, one in enumerate(page.ticks, 1)
        ),
        *(
            (f"code {number}", box.grown(box.width_mm * quiet))
            for number, box in enumerate(page.codes, 1)
        ),
        *(
            (f"{one.kind} example", BoxMm.around(one.centre, 2 * one.radius_mm, 2 * one.radius_mm))
            for one in page.examples
        ),
        *(
            (
                f"item {group.item} answer {bubble.value}",
                BoxMm.around(bubble.centre, 2 * bubble.radius_mm, 2 * bubble.radius_mm),
            )
            for group in page.rows
            for bubble in group.bubbles
        ),
        *((f"region {one.name}", one.box) for one in page.regions),
        *(() if page.written is None else _boxes_by_hand(page.written)),
    ]


def _boxes_by_hand(written: Written) -> Iterator[tuple[str, BoxMm]]:
    for group in written.groups:
        for bubble in group.bubbles:
            size_mm = 2 * bubble.radius_mm
            yield f"{group.item} {bubble.value}", BoxMm.around(bubble.centre, size_mm, size_mm)
    yield from ((f"box of digit {place}", box) for place, box in enumerate(written.notes, 1))
    yield from ((f"box {place} of the date", box) for place, box in enumerate(written.date, 1))
