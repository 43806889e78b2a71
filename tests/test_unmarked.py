"""Pages that have lost corner markers: read if all that is left agrees, else refused."""

from dataclasses import replace
from functools import partial
from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.geometry import A4, LETTER, BoxMm, Paper, PointMm
from layouts.model import Layout, PageLayout
from scan.bubbles import all_show
from scan.locate import locate
from scan.pagecode import Symbol
from scan.picture import Gray
from scan.read import KnownForms, read_page
from scan.results import CodeRoute, Fault, Note, PageOutcome, PageRead, PageRefused
from scan.thresholds import Thresholds
from tests.paper import KEY, PrintedForm, printed
from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.photo import Photo
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.wear import Wear

PER_MM = 200.0 / MM_PER_INCH
CORNERS = ((0.0, 0.0), (190.0, 0.0), (190.0, 277.0), (0.0, 277.0))
LEFT_MARGIN, RIGHT_MARGIN = BoxMm(0, 0, 15.5, 297), BoxMm(194.5, 0, 15.5, 297)


def answers_of(items: int, points: int = 5) -> dict[str, int]:
    return {f"q{number:02d}": number % points + 1 for number in range(1, items + 1)}


ANSWERS = answers_of(19)


def covered(picture: Gray, *boxes: BoxMm) -> Gray:
    """Paint parts of a page white: torn off, or cut away."""
    done = picture.copy()
    for box in boxes:
        rows = slice(round(box.top_mm * PER_MM), round(box.bottom_mm * PER_MM))
        done[rows, round(box.left_mm * PER_MM) : round(box.right_mm * PER_MM)] = 255
    return done


def corner_boxes(*numbers: int) -> list[BoxMm]:
    return [BoxMm(*CORNERS[number], 20.0, 20.0) for number in numbers]


def markers_of(page: PageLayout) -> list[BoxMm]:
    return [BoxMm(one.centre.x_mm - 5, one.centre.y_mm - 5, 10.0, 10.0) for one in page.fiducials]


def scanned(picture: Gray, effects: ScanEffects = OFFICE, seed: int = 3) -> Gray:
    return scan(picture, PER_MM, effects, np.random.default_rng(seed))


def fault(outcome: PageOutcome) -> Fault:
    assert isinstance(outcome, PageRefused), outcome
    return outcome.fault


def values(outcome: PageOutcome) -> dict[str, int | None]:
    assert isinstance(outcome, PageRead), outcome
    return {item.item: item.value for item in outcome.items}


@pytest.mark.parametrize("lost", [*combinations(range(4), 2), *combinations(range(4), 3)])
def test_lost_corners_are_bridged_by_codes_and_ticks_and_noted(lost: tuple[int, ...]) -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), *corner_boxes(*lost))
    outcome = form.read(scanned(picture, replace(OFFICE, skew_deg=1.1)))
    assert values(outcome) == ANSWERS
    assert isinstance(outcome, PageRead)
    assert Note.UNMARKED in outcome.notes
    assert outcome.route is CodeRoute.FIRST
    assert outcome.fit.residual_mm < 1.0


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("severity", [0.3, 1.0])
def test_four_corners_cut_off_are_bridged(turn_deg: int, severity: float) -> None:
    form = printed()
    effects = replace(OFFICE, turn_deg=turn_deg, wear=Wear(all_corners=severity), backdrop=30)
    assert values(form.read(scanned(form.crossed(ANSWERS), effects))) == ANSWERS


@pytest.mark.parametrize("number", [0, 1])
def test_one_code_alone_carries_a_page_without_markers(number: int) -> None:
    form = printed()
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page), page.codes[number])
    outcome = form.read(scanned(picture))
    assert values(outcome) == ANSWERS
    assert isinstance(outcome, PageRead)
    assert outcome.route is (CodeRoute.FIRST, CodeRoute.SECOND)[1 - number]


@pytest.mark.parametrize("paper", [A4, LETTER], ids=lambda paper: paper.name)
@pytest.mark.parametrize("points", [3, 7])
def test_forms_of_every_width_are_read_without_markers(paper: Paper, points: int) -> None:
    form = printed(12, points, paper)
    answers = answers_of(12, points)
    picture = covered(form.crossed(answers), *markers_of(form.layout.pages[0]))
    assert values(form.read(scanned(picture))) == answers


def test_a_page_without_markers_and_codes_is_refused() -> None:
    form = printed()
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page), *page.codes)
    assert fault(form.read(scanned(picture))) is Fault.NO_MARKERS


@pytest.mark.parametrize("margin", [LEFT_MARGIN, RIGHT_MARGIN], ids=["left", "right"])
def test_a_margin_cut_off_with_ticks_and_markers_is_bridged(margin: BoxMm) -> None:
    form = printed()
    outcome = form.read(scanned(covered(form.crossed(ANSWERS), margin)))
    assert values(outcome) == ANSWERS
    assert isinstance(outcome, PageRead)
    assert {Note.UNMARKED, Note.ONE_SIDE} <= set(outcome.notes)


def test_one_side_and_one_code_do_not_say_how_wide_the_page_is() -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), LEFT_MARGIN, *markers_of(form.layout.pages[0]))
    lost = form.layout.pages[0].codes[1]
    assert fault(form.read(scanned(covered(picture, lost)))) is Fault.NO_MARKERS


def test_both_margins_cut_off_are_too_much() -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), LEFT_MARGIN, RIGHT_MARGIN)
    assert fault(form.read(scanned(picture))) is Fault.NO_MARKERS


def test_a_code_that_is_not_in_its_place_carries_nothing() -> None:
    form = printed()
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page))
    box = page.codes[1]
    top, left = round((box.top_mm - 3) * PER_MM), round((box.left_mm - 3) * PER_MM)
    side = round(22 * PER_MM)
    cut = picture[top : top + side, left : left + side].copy()
    picture[top : top + side, left : left + side] = 255
    up = round(4 * PER_MM)
    picture[top - up : top - up + side, left : left + side] = cut
    assert fault(form.read(picture)) is Fault.NO_MARKERS


def test_two_different_codes_carry_nothing() -> None:
    form, other = printed(), printed(18)
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page))
    box = page.codes[1].grown(2.0)
    rows = slice(round(box.top_mm * PER_MM), round(box.bottom_mm * PER_MM))
    columns = slice(round(box.left_mm * PER_MM), round(box.right_mm * PER_MM))
    picture[rows, columns] = other.blank()[rows, columns]
    both = KnownForms(KEY, {**form.forms.layouts, **other.forms.layouts})
    outcome = read_page("page", picture, 200.0, both, Thresholds())
    assert fault(outcome) is Fault.NO_MARKERS


def moved(layout: Layout, right_mm: float, down_mm: float, *, ticks: bool) -> Layout:
    """Describe the form with all answers, and the ticks if so wished, in another place."""

    def there(at: PointMm) -> PointMm:
        return PointMm(at.x_mm + right_mm, at.y_mm + down_mm)

    page = layout.pages[0]
    groups = tuple(
        replace(
            group,
            bubbles=tuple(replace(one, centre=there(one.centre)) for one in group.bubbles),
        )
        for group in page.groups
    )
    bars = tuple(replace(one, centre=there(one.centre)) for one in page.ticks)
    page = replace(page, groups=groups, ticks=bars if ticks else page.ticks)
    return replace(layout, pages=(page,))


def row_pitch_mm(form: PrintedForm) -> float:
    first, second = form.layout.pages[0].groups[:2]
    return second.bubbles[0].centre.y_mm - first.bubbles[0].centre.y_mm


def column_pitch_mm(form: PrintedForm) -> float:
    first, second = form.layout.pages[0].groups[0].bubbles[:2]
    return second.centre.x_mm - first.centre.x_mm


@settings(max_examples=12)
@given(
    size=st.tuples(st.sampled_from([8, 13, 19]), st.sampled_from([3, 5, 7])),
    off=st.tuples(st.integers(-2, 2), st.integers(-2, 2)),
    ticks=st.booleans(),
    lost=st.sampled_from([(0, 1), (1, 2), (0, 1, 2, 3)]),
    margin=st.sampled_from([(), (LEFT_MARGIN,), (RIGHT_MARGIN,)]),
)
def test_a_form_whose_answers_stand_elsewhere_is_never_read(
    size: tuple[int, int],
    off: tuple[int, int],
    ticks: bool,
    lost: tuple[int, ...],
    margin: tuple[BoxMm, ...],
) -> None:
    form = printed(*size)
    rows, columns = off
    down, right = rows * row_pitch_mm(form), columns * column_pitch_mm(form)
    # Ticks move down with their rows and never sideways, as no form prints them elsewhere.
    wrong = moved(form.layout, right, down, ticks=ticks and not columns)
    answers = answers_of(*size)
    picture = covered(form.crossed(answers), *corner_boxes(*lost), *margin)
    known = KnownForms(KEY, {form.code.fingerprint: wrong})
    outcome = read_page("page", scanned(picture), 200.0, known, Thresholds())
    assert isinstance(outcome, PageRead) is (rows == columns == 0)


@settings(max_examples=15)
@given(
    lost=st.sets(st.integers(0, 3)),
    margin=st.sampled_from([(), (LEFT_MARGIN,), (RIGHT_MARGIN,)]),
    effects=st.builds(
        partial(replace, OFFICE),
        skew_deg=st.floats(-2.5, 2.5),
        turn_deg=st.sampled_from([0, 90, 180, 270]),
        feed=st.floats(0.985, 1.015),
        wave_mm=st.floats(0.0, 1.2),
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_page_with_lost_parts_is_read_rightly_or_refused(
    lost: set[int], margin: tuple[BoxMm, ...], effects: ScanEffects, seed: int
) -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), *corner_boxes(*lost), *margin)
    outcome = form.read(scanned(picture, effects, seed))
    if isinstance(outcome, PageRead):
        sure = {item.item: item.value for item in outcome.items if not item.doubts}
        assert sure.items() <= ANSWERS.items()
        assert len(sure) >= len(ANSWERS) - 2
    else:
        assert margin
        assert fault(outcome) in (Fault.NO_MARKERS, Fault.BAD_FIT)


@pytest.mark.parametrize("half", ["top", "bottom", "left", "right"])
@pytest.mark.parametrize("change", ["mirrored", "a row lower", "a column on"])
def test_two_halves_that_do_not_belong_together_are_refused(half: str, change: str) -> None:
    form = printed()
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page))
    other = np.ascontiguousarray(picture[:, ::-1])
    if change != "mirrored":
        down = row_pitch_mm(form) * PER_MM if change == "a row lower" else 0.0
        right = column_pitch_mm(form) * PER_MM if change == "a column on" else 0.0
        shift = np.array([[1.0, 0.0, right], [0.0, 1.0, down]])
        size = picture.shape[::-1]
        other = np.asarray(cv2.warpAffine(picture, shift, size, borderValue=(255,)), np.uint8)
    rows = len(picture)
    first = page.groups[0].bubbles
    middle = round((first[1].centre.x_mm + first[2].centre.x_mm) / 2 * PER_MM)
    part = {
        "top": (slice(0, rows // 2), slice(None)),
        "bottom": (slice(rows // 2, None), slice(None)),
        "left": (slice(None), slice(0, middle)),
        "right": (slice(None), slice(middle, None)),
    }[half]
    picture[part] = other[part]
    assert fault(form.read(picture)) in (Fault.NO_MARKERS, Fault.BAD_FIT)


@settings(max_examples=20)
@given(
    corners=st.lists(
        st.tuples(st.floats(-50.0, 1700.0), st.floats(-50.0, 2400.0)), min_size=4, max_size=4
    )
)
def test_a_code_seen_anywhere_in_any_shape_is_no_page(
    corners: list[tuple[float, float]],
) -> None:
    form = printed()
    page = form.layout.pages[0]
    picture = covered(form.crossed(ANSWERS), *markers_of(page))
    symbol = Symbol("", np.array(corners))
    assert locate(picture, {}, [symbol], page) is None


@settings(max_examples=60)
@given(rows=st.integers(1, 30), columns=st.integers(2, 11), data=st.data())
def test_an_empty_row_or_column_of_outlines_is_no_proof(
    rows: int, columns: int, data: st.DataObject
) -> None:
    page = printed(19, 5).layout.pages[0]
    group = replace(page.groups[0], bubbles=(page.groups[0].bubbles * 3)[:columns])
    grid = replace(page, groups=(group,) * rows)
    outlines = np.full((rows, columns), 0.9)
    assert all_show(outlines.ravel(), grid)
    if data.draw(st.booleans()):
        outlines[data.draw(st.integers(0, rows - 1))] = 0.2
    else:
        outlines[:, data.draw(st.integers(0, columns - 1))] = 0.2
    assert not all_show(outlines.ravel(), grid)


@pytest.mark.parametrize("seed", range(6))
def test_a_second_sheet_on_top_is_named(seed: int) -> None:
    form = printed()
    effects = replace(OFFICE, wear=Wear(overlap=0.3 + 0.14 * seed))
    outcome = form.read(scanned(form.crossed(ANSWERS), effects, seed))
    assert fault(outcome) is Fault.TWO_PAGES


@pytest.mark.parametrize("seed", range(6))
def test_a_second_sheet_on_top_without_markers_is_refused(seed: int) -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), *markers_of(form.layout.pages[0]))
    effects = replace(OFFICE, wear=Wear(overlap=0.5 + 0.1 * seed))
    assert fault(form.read(scanned(picture, effects, seed))) in (Fault.NO_MARKERS, Fault.BAD_FIT)


def test_a_photo_with_two_corners_torn_off_is_read() -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), *corner_boxes(0, 1))
    photo = Photo(megapixels=8.0, tilt_deg=8.0, roll_deg=2.0, blur_px=0.6, noise=2.0, paper=235)
    assert values(form.read(scanned(picture, ScanEffects(photo=photo)), None)) == ANSWERS
