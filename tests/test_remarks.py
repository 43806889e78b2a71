"""Handwriting in the box and outside every field is found; dirt and damage are not."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from layouts.geometry import LETTER, BoxMm
from scan.picture import MM_PER_INCH, Gray
from scan.results import Note, PageRead, Remark
from scan.smallfield import _middles
from tests.paper import PrintedForm, cross, printed
from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.ink import lay
from wamforms.practice.marks import MarkKind
from wamforms.practice.pens import BALLPOINT_BLUE, FELT_TIP, PENCIL, Hand, Pen
from wamforms.practice.people import Respondent, answer_page
from wamforms.practice.scanner import scan
from wamforms.practice.scribbles import LEAST_MM, Where, place_of, scribble
from wamforms.practice.wear import Wear

PER_MM = 200.0 / MM_PER_INCH
MARGIN = BoxMm(6.0, 120.0, 9.0, 5.0)


def form() -> PrintedForm:
    return printed(19, remarks=True)


def sheet(seed: int = 1) -> Gray:
    """A page filled in with crosses, as the paper lies on the desk."""
    rng = np.random.default_rng(seed)
    page = form().layout.pages[0]
    answers = {group.item: 3 for group in page.groups}
    person = Respondent(MarkKind.CROSS, Hand(BALLPOINT_BLUE))
    return answer_page(page, answers, person, rng).on(form().blank(), PER_MM)


def written(picture: Gray, box: BoxMm, pen: Pen = BALLPOINT_BLUE, seed: int = 3) -> Gray:
    lay(scribble(box, Hand(pen), np.random.default_rng(seed)), picture, PER_MM)
    return picture


def read(picture: Gray, dpi: float = 200.0) -> PageRead:
    outcome = form().read(picture, dpi)
    assert isinstance(outcome, PageRead), outcome
    return outcome


def outside(outcome: PageRead) -> tuple[Remark, ...]:
    return tuple(one for one in outcome.remarks if not one.region)


def test_a_page_of_plain_answers_has_no_remarks() -> None:
    outcome = read(scan(sheet(), PER_MM, OFFICE, np.random.default_rng(2)))
    assert outcome.remarks == ()
    assert outcome.notes == ()


@pytest.mark.parametrize("pen", [BALLPOINT_BLUE, FELT_TIP, PENCIL], ids=lambda pen: pen.name)
@pytest.mark.parametrize("seed", range(3))
def test_a_word_in_the_margin_is_flagged_with_its_place(pen: Pen, seed: int) -> None:
    rng = np.random.default_rng(seed)
    outcome = read(scan(written(sheet(), MARGIN, pen, seed), PER_MM, OFFICE, rng))
    (found,) = outside(outcome)
    assert outcome.notes == (Note.OUTSIDE,)
    assert MARGIN.grown(3.0).contains(found.box)
    assert found.box.overlaps(MARGIN)


def test_a_word_in_the_box_is_a_remark_of_the_form_s_own_region() -> None:
    region = form().layout.pages[0].regions[0]
    picture = written(sheet(), region.box.grown(-2.0), PENCIL)
    outcome = read(scan(picture, PER_MM, OFFICE, np.random.default_rng(2)))
    assert outcome.remarks == (Remark("remarks", region.box),)
    assert outcome.notes == (Note.REMARK,)


def test_a_full_stop_in_the_box_counts() -> None:
    picture = sheet()
    middle = form().layout.pages[0].regions[0].box.centre
    at = round(middle.x_mm * PER_MM), round(middle.y_mm * PER_MM)
    cv2.circle(picture, at, round(0.45 * PER_MM), 40, -1)
    assert read(picture).notes == (Note.REMARK,)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_place_is_that_on_paper_however_the_sheet_went_in(turn: int) -> None:
    effects = replace(OFFICE, turn_deg=turn, skew_deg=1.5, scale=0.96)
    picture = scan(written(sheet(), MARGIN), PER_MM, effects, np.random.default_rng(2))
    (found,) = outside(read(picture))
    assert MARGIN.grown(3.0).contains(found.box)


@pytest.mark.parametrize("dpi", [150.0, 300.0])
def test_a_remark_is_found_at_other_resolutions(dpi: float) -> None:
    picture = scan(written(sheet(), MARGIN), PER_MM, OFFICE, np.random.default_rng(2), dpi)
    assert len(outside(read(picture, dpi))) == 1


def test_remarks_far_apart_are_two_and_the_upper_comes_first() -> None:
    picture = written(written(sheet(), MARGIN), BoxMm(60.0, 288.0, 40.0, 5.5), seed=4)
    found = outside(read(picture))
    assert [one.box.top_mm > 200 for one in found] == [False, True]


def test_lines_of_handwriting_near_each_other_are_one_remark() -> None:
    outcome = read(written(sheet(), BoxMm(5.0, 100.0, 12.0, 40.0)))
    assert len(outside(outcome)) == 1


def test_marks_beside_bubbles_are_no_remarks() -> None:
    page = form().layout.pages[0]
    picture = sheet()
    for group in page.groups[::2]:
        big = replace(group.bubbles[1], radius_mm=4.5)
        cross(picture, big, 200.0, width_mm=0.7)
    assert outside(read(picture)) == ()


DIRT: Sequence[tuple[str, ScanEffects]] = [
    ("folds", replace(OFFICE, folds_mm=(99.0, 148.5, 198.0), fold_depth=90.0)),
    ("holes", replace(OFFICE, holes=True)),
    ("holes over a black lid", replace(OFFICE, holes=True, backdrop=28, skew_deg=1.5)),
    ("torn corner", replace(OFFICE, torn_mm=14.0, backdrop=28)),
    ("dust", replace(OFFICE, specks=80)),
    ("wet cup", replace(OFFICE, stain=60.0)),
    ("copies", replace(OFFICE, copies=2, specks=40)),
    ("shade", replace(OFFICE, shade=60.0)),
    ("print on the back", replace(OFFICE, wear=Wear(bleed_through=0.8))),
]


@pytest.mark.parametrize("effects", [one for _, one in DIRT], ids=[name for name, _ in DIRT])
@pytest.mark.parametrize("seed", [1, 2])
def test_dirt_and_damage_are_no_remarks(effects: ScanEffects, seed: int) -> None:
    picture = scan(sheet(), PER_MM, effects, np.random.default_rng(seed))
    assert outside(read(picture)) == ()


@pytest.mark.parametrize("effects", [one for _, one in DIRT], ids=[name for name, _ in DIRT])
def test_a_remark_among_dirt_and_damage_is_still_found(effects: ScanEffects) -> None:
    box = BoxMm(60.0, 93.0, 30.0, 5.5)
    picture = scan(written(sheet(), box), PER_MM, effects, np.random.default_rng(1))
    assert any(one.box.overlaps(box) for one in outside(read(picture)))


def test_streaks_across_folds_are_no_remarks() -> None:
    folded = replace(OFFICE, folds_mm=(99.0, 198.0), fold_depth=90.0)
    picture = scan(sheet(), PER_MM, folded, np.random.default_rng(2))
    picture[:, 60:62] = 90
    picture[:, 700:702] = 120
    assert outside(read(picture)) == ()


def test_a_box_that_was_cut_off_has_no_remark() -> None:
    known = form()
    page = known.layout.pages[0]
    for beyond in (BoxMm(63.0, 320.0, 124.0, 10.0), BoxMm(-90.0, 258.0, 60.0, 10.0)):
        moved = replace(page, regions=(replace(page.regions[0], box=beyond),))
        cut = replace(known, layout=replace(known.layout, pages=(moved,)))
        outcome = cut.read(sheet())
        assert isinstance(outcome, PageRead)
        assert Note.REMARK not in outcome.notes


def test_a_form_that_does_not_say_where_its_print_is_is_not_looked_at() -> None:
    known = form()
    page = replace(known.layout.pages[0], printed=(), regions=())
    old = replace(known, layout=replace(known.layout, pages=(page,)))
    outcome = old.read(written(sheet(), MARGIN))
    assert isinstance(outcome, PageRead)
    assert outcome.remarks == ()


def test_remarks_change_no_answer() -> None:
    picture = scan(sheet(), PER_MM, OFFICE, np.random.default_rng(2))
    more = scan(written(sheet(), MARGIN), PER_MM, OFFICE, np.random.default_rng(2))
    assert [(one.status, one.value) for one in read(more).items] == [
        (one.status, one.value) for one in read(picture).items
    ]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_page_is_made_small_by_the_middles_of_its_squares(step: int) -> None:
    page = np.random.default_rng(step).integers(0, 256, (63, 86)).astype(np.uint8)
    rows, columns = 63 // step, 86 // step
    whole = page[: rows * step, : columns * step]
    small = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_LINEAR)
    assert np.array_equal(_middles(page, step), small)


# The simulator's handwriting.


@pytest.mark.parametrize("where", list(Where))
@pytest.mark.parametrize("paper", [printed, lambda: printed(19, 5, LETTER)], ids=["a4", "letter"])
def test_there_is_a_place_to_write_of_every_kind(
    where: Where, paper: Callable[[], PrintedForm]
) -> None:
    layout = paper().layout
    for seed in range(5):
        box = place_of(where, layout.pages[0], layout.paper, np.random.default_rng(seed))
        if where is Where.BOX:
            assert box is None
            continue
        assert box is not None
        assert box.width_mm >= LEAST_MM[0] - 0.01
        assert box.height_mm >= LEAST_MM[1] - 0.01
        assert layout.paper.box.contains(box)


def test_the_same_seed_writes_the_same_and_stays_near_its_box() -> None:
    box = BoxMm(40.0, 93.0, 60.0, 12.0)
    first = written(form().blank(), box)
    assert np.array_equal(first, written(form().blank(), box))
    assert not np.array_equal(first, written(form().blank(), box, seed=4))
    rows, columns = np.nonzero(first != form().blank())
    reach = box.grown(4.0)
    assert reach.left_mm * PER_MM < columns.min() < columns.max() < reach.right_mm * PER_MM
    assert reach.top_mm * PER_MM < rows.min() < rows.max() < reach.bottom_mm * PER_MM
    assert np.ptp(columns) > 0.8 * box.width_mm * PER_MM
