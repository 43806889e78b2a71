"""The same sheet scanned again and again says the same, or asks."""

import numpy as np
import pytest

from scan.picture import Gray
from scan.results import ItemReading, PageRead, Status
from tests.paper import PrintedForm, printed
from wamforms.practice.effects import OFFICE
from wamforms.practice.ink import lay
from wamforms.practice.marks import MarkKind, draw
from wamforms.practice.pens import BALLPOINT_BLUE, PENCIL, Hand
from wamforms.practice.scanner import MM_PER_INCH, scan

SCANS, DPI = 20, 200.0
PER_MM = DPI / MM_PER_INCH

LIGHT = {2: 1.3, 5: 1.0, 8: 0.7, 11: 0.15, 14: 0.06, 17: 0.02}
"""Rows with light crosses, and how much of the pencil's grey they have."""

Scans = list[tuple[ItemReading, ...]]


@pytest.fixture(scope="module")
def form() -> PrintedForm:
    return printed()


def sheet(form: PrintedForm) -> Gray:
    """Cross every row plainly, but for some ever more lightly."""
    rng = np.random.default_rng(3)
    page = form.blank(DPI)
    marks = []
    for row, group in enumerate(form.layout.pages[0].groups):
        pen = PENCIL.faded(LIGHT[row]) if row in LIGHT else BALLPOINT_BLUE
        bubble = group.bubbles[row % len(group.bubbles)]
        hand = Hand(pen, neatness=0.7, pressure=0.9)
        marks.append(draw(MarkKind.CROSS, bubble.centre, bubble.radius_mm, hand, rng))
    lay(marks, page, PER_MM)
    return page


@pytest.fixture(scope="module")
def scans(form: PrintedForm) -> Scans:
    """Scan a sheet again and again, lying a little differently each time."""
    page = sheet(form)
    readings = []
    for number in range(SCANS):
        rng = np.random.default_rng([7, number])
        outcome = form.read(scan(page, PER_MM, OFFICE.varied(rng), rng, DPI), DPI)
        assert isinstance(outcome, PageRead)
        readings.append(outcome.items)
    return readings


def test_no_scan_of_a_sheet_reads_a_mark_where_another_saw_a_blank(scans: Scans) -> None:
    for row in range(len(scans[0])):
        statuses = {items[row].status for items in scans}
        assert not {Status.READ, Status.BLANK} <= statuses, row
        assert len({items[row].value for items in scans} - {None}) <= 1, row


def test_the_light_marks_lie_on_both_sides_of_both_limits(scans: Scans) -> None:
    """Or the test above would prove nothing."""
    seen = {items[row].status for items in scans for row in LIGHT}
    assert seen == {Status.READ, Status.DOUBT, Status.BLANK}


def test_plain_marks_are_read_in_every_scan_of_a_sheet(scans: Scans) -> None:
    for items in scans:
        plain = {item.status for row, item in enumerate(items) if row not in LIGHT}
        assert plain == {Status.READ}
