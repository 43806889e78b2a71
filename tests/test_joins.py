"""A line that ends in the next row's bubble is not that row's answer."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from layouts.model import Bubble
from scan.joins import darkest_way
from scan.picture import Gray
from scan.results import Doubt, ItemReading, PageRead, Status
from tests.paper import PrintedForm, printed

DPI = 200.0
ANSWERS = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20) if number != 8}
"""Row q08 is left out; the answer of q07 stands in its third bubble, that of q09 in its fifth."""


def items_of(form: PrintedForm, picture: Gray) -> dict[str, ItemReading]:
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead), outcome
    return {item.item: item for item in outcome.items}


def line(picture: Gray, start: Bubble, end: Bubble, *, grey: int = 40) -> None:
    """Draw from the middle of one bubble to the middle of another."""
    per_mm = DPI / 25.4
    first, last = (
        (round(one.centre.x_mm * per_mm), round(one.centre.y_mm * per_mm)) for one in (start, end)
    )
    cv2.line(picture, first, last, grey, round(0.5 * per_mm), cv2.LINE_AA)


@pytest.mark.parametrize("grey", [40, 120, 170])
@pytest.mark.parametrize("neighbour", ["q07", "q09"])
def test_a_line_from_the_row_above_or_below_is_asked_about(neighbour: str, grey: int) -> None:
    form = printed()
    picture = form.crossed(ANSWERS)
    value = ANSWERS[neighbour]
    line(picture, form.bubble(neighbour, value), form.bubble("q08", value), grey=grey)
    items = items_of(form, picture)
    (joined,) = [one.joined for one in items["q08"].bubbles if one.value == value]
    assert joined > 0.1
    assert items["q08"].status is Status.DOUBT
    assert items[neighbour].value == value


def test_marks_below_each_other_that_do_not_touch_are_not_joined() -> None:
    form = printed()
    items = items_of(form, form.crossed(dict.fromkeys(ANSWERS, 3)))
    assert {item.value for name, item in items.items() if name in ANSWERS} == {3}
    assert max(one.joined for item in items.values() for one in item.bubbles) < 0.05


def test_of_two_marks_that_a_line_joins_both_are_looked_at_if_neither_has_more_ink() -> None:
    form = printed()
    picture = form.crossed({**ANSWERS, "q08": 3})
    line(picture, form.bubble("q07", 3), form.bubble("q08", 3))
    items = items_of(form, picture)
    assert [items[name].doubts for name in ("q07", "q08")] == [(Doubt.UNLIKE,)] * 2


@given(
    arrays(np.float32, (12, 9), elements=st.floats(0, 0.25, width=32)),
    st.lists(st.integers(-1, 1), min_size=11, max_size=11),
)
def test_a_line_is_as_dark_as_its_lightest_place_however_it_winds(
    paper: npt.NDArray[np.float32], turns: list[int]
) -> None:
    places = np.clip(np.cumsum([4, *turns]), 0, 8)
    levels = np.arange(12)
    inked = paper.copy()
    inked[levels, places] = 0.8
    inked[6, places[6]] = 0.5
    assert darkest_way(inked) == 0.5
    inked[6] = paper[6]
    assert darkest_way(inked) <= paper[6].max()
