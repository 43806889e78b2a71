"""The box for remarks on the form, and the room of print that the layout knows."""

from dataclasses import replace
from itertools import pairwise

import cv2
import pytest

from layouts.check import EDGE_MM, boxes, faults
from layouts.errors import FaultyFileError
from layouts.geometry import A4, BOTH_SAFE, LETTER, BoxMm, Paper
from layouts.model import PageLayout, Region, RegionKind, Role
from tests.instruments import PHRASES, invented, reworded
from tests.paper import printed
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instruments
from wamforms.instrument import Instrument
from wamforms.remarks_box import LEAST_MM, MOST_MM

SHIPPED = [
    pytest.param(instrument, role, language, id=f"{domain}-{role}-{language}")
    for domain, instrument in load_instruments().items()
    for role in Role
    for language in instrument.languages
]


def form(items: int = 19, paper: Paper = A4, *, right_to_left: bool = False) -> Form:
    made = invented(items, remarks=True, right_to_left=right_to_left)
    return compose(made, Role.CLIENT, "en", paper)


def pitch_mm(page: PageLayout) -> float:
    levels = [group.bubbles[0].centre.y_mm for group in page.groups]
    return min(below - above for above, below in pairwise(levels))


@pytest.mark.parametrize(("instrument", "role", "language"), SHIPPED)
@pytest.mark.parametrize("paper", [A4, BOTH_SAFE], ids=["a4", "both-safe"])
def test_shipped_forms_have_a_box_for_remarks_on_their_one_page(
    instrument: Instrument, role: Role, language: str, paper: Paper
) -> None:
    (page,) = compose(instrument, role, language, paper).layout.pages
    (region,) = page.regions
    assert (region.name, region.kind) == ("remarks", RegionKind.REMARKS)
    assert LEAST_MM - 0.01 <= region.box.height_mm <= MOST_MM
    assert region.box.width_mm > 100
    assert paper.box.grown(-EDGE_MM).contains(region.box)
    assert pitch_mm(page) > 8.6


def test_letter_has_no_room_for_the_box_and_stays_as_it_was() -> None:
    instrument = load_instruments()["probation"]
    page = compose(instrument, Role.CLIENT, "nl", LETTER).layout.pages[0]
    without = compose(replace(instrument, remarks=False), Role.CLIENT, "nl", LETTER)
    assert page == without.layout.pages[0]
    assert page.regions == ()


def test_a_short_form_keeps_its_wide_rows_and_has_a_high_box() -> None:
    (page,) = form(8).layout.pages
    without = compose(invented(8), Role.CLIENT, "en", A4)
    assert page.groups == without.layout.pages[0].groups
    assert page.regions[0].box.height_mm == MOST_MM


def test_the_box_stands_on_the_last_page_only() -> None:
    pages = form(30).layout.pages
    assert len(pages) > 1
    assert [len(page.regions) for page in pages] == [0] * (len(pages) - 1) + [1]


def test_the_box_of_a_right_to_left_form_is_on_the_other_side() -> None:
    left = form().layout.pages[0].regions[0].box
    right = form(right_to_left=True).layout.pages[0].regions[0].box
    assert right.left_mm == pytest.approx(A4.width_mm - left.right_mm)
    assert (right.top_mm, right.height_mm) == (left.top_mm, left.height_mm)


def test_a_sentence_too_long_for_its_place_is_named() -> None:
    phrases = {**PHRASES, "remarks": "there is room for all that you want to say " * 2}
    made = reworded(invented(remarks=True), phrases=phrases)
    with pytest.raises(FaultyFileError, match=r"phrases\.remarks"):
        compose(made, Role.CLIENT, "en", A4)


def test_two_regions_of_one_name_or_across_bubbles_are_faults() -> None:
    layout = form().layout
    page = layout.pages[0]
    twice = replace(page, regions=page.regions * 2)
    found = faults(replace(layout, pages=(twice,)))
    assert any("a name of its own" in fault for fault in found)
    middle = BoxMm.around(page.groups[3].bubbles[2].centre, 20, 5)
    across = replace(page, regions=(Region("note", RegionKind.REMARKS, middle),))
    found = faults(replace(layout, pages=(across,)))
    assert any("region note overlap" in fault for fault in found)


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("items", [7, 19, 30])
def test_nothing_is_printed_outside_the_room_that_the_layout_knows(
    items: int, right_to_left: bool
) -> None:
    dpi = 200.0
    paper = printed(items, remarks=True, right_to_left=right_to_left)
    for page in paper.layout.pages:
        picture = paper.blank(dpi, page.number)
        known = [*page.printed, *(box for _, box in boxes(page))]
        for box in (one.grown(0.35) for one in known):
            corners = (box.left_mm, box.top_mm), (box.right_mm, box.bottom_mm)
            (left, top), (right, bottom) = (
                (round(x * dpi / 25.4), round(y * dpi / 25.4)) for x, y in corners
            )
            cv2.rectangle(picture, (left, top), (right, bottom), 255, -1)
        assert picture.min() > 200  # the tint behind sentences stays
