"""Readings as the scanner hands them out, made without a picture."""

from collections.abc import Mapping

from layouts.dyadcode import check_character
from layouts.geometry import A4, PointMm
from layouts.model import (
    Bubble,
    DyadCode,
    Fingerprint,
    Group,
    ItemId,
    Layout,
    PageLayout,
    Role,
    Shape,
)
from layouts.sheetcode import SheetCode
from scan.results import BubbleReading, Doubt, Fit, ItemReading, Mark, PageRead, Status
from wamforms.instrument import Instrument

FIT = Fit((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 200.0, 0.98765432, -0.25, 0.0612345)
VALUES = (1, 2, 3, 4, 5)
DOUBTFUL = -9
"""Stands for "several marks" where these helpers take a value."""


def dyad(number: int = 1) -> DyadCode:
    """Make the dyad code of a small number."""
    body = f"K7Q{number:04d}"
    return DyadCode(body + check_character(body))


def code(
    serial: int = 1,
    *,
    whose: DyadCode | None = None,
    role: Role = Role.CLIENT,
    wave: int = 1,
    page: int = 1,
    form: Fingerprint | None = None,
) -> SheetCode:
    """Make the code of a printed page."""
    return SheetCode(form or Fingerprint("0000FORM"), whose or dyad(), role, wave, page, serial)


def item(name: str, value: int | None) -> ItemReading:
    """Make the reading of one item: a value, None for blank, or `DOUBTFUL`."""
    bubbles = tuple(
        BubbleReading(
            value=one,
            fill=0.612345 if one == value else 0.01 * one,
            peak=0.1,
            solid=0.1,
            around=0.0,
            outline=0.9,
            mark=Mark.MARKED if one == value else Mark.EMPTY,
        )
        for one in VALUES
    )
    if value == DOUBTFUL:
        return ItemReading(ItemId(name), Status.DOUBT, None, (Doubt.SEVERAL,), bubbles)
    status = Status.BLANK if value is None else Status.READ
    return ItemReading(ItemId(name), status, value, (), bubbles)


def read(sheet: SheetCode, values: Mapping[str, int | None], source: str = "stack#1") -> PageRead:
    """Make the reading of a page."""
    items = tuple(item(name, value) for name, value in values.items())
    return PageRead(source, sheet, FIT, (), items)


def layout_of(instrument: Instrument, role: Role = Role.CLIENT, *, leave_out: int = 0) -> Layout:
    """Lay out an instrument on one page, as far as the memory and the tables look at it."""
    groups = tuple(
        Group(
            one.id,
            tuple(
                Bubble(value, PointMm(100 + 14 * value, 50 + 10 * row), 2.5)
                for value in instrument.scale.values
            ),
        )
        for row, one in enumerate(instrument.items[: len(instrument.items) - leave_out])
    )
    return Layout(
        instrument=instrument.id,
        version=instrument.version,
        domain=instrument.domain,
        role=role,
        language="en",
        wording="0" * 16,
        points=instrument.scale.points,
        shape=Shape.ROUND,
        outline_mm=0.35,
        paper=A4,
        pages=(PageLayout(1, (), (), (), (), groups),),
    )
