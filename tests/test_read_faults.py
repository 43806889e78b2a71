"""Every way a page can fail to be read, each with its own name."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from scan.picture import Gray
from scan.results import Fault, Note, PageBlank, PageRead, PageRefused
from tests.paper import PrintedForm, cross, printed
from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.wear import Wear

PER_MM = 200.0 / MM_PER_INCH
ANSWERS = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}


def scanned(form: PrintedForm, effects: ScanEffects = OFFICE, seed: int = 5) -> Gray:
    return scan(form.crossed(ANSWERS), PER_MM, effects, np.random.default_rng(seed))


def scan_of(picture: Gray) -> Gray:
    return scan(picture, PER_MM, ScanEffects(noise=2.5), np.random.default_rng(3))


def fault(form: PrintedForm, picture: Gray) -> Fault:
    outcome = form.read(picture)
    assert isinstance(outcome, PageRefused), outcome
    return outcome.fault


def covered(picture: Gray, left: float, top: float, right: float, bottom: float) -> Gray:
    """Paint part of a page white, in millimetres: torn off, or cut away."""
    done = picture.copy()
    done[
        round(top * PER_MM) : round(bottom * PER_MM), round(left * PER_MM) : round(right * PER_MM)
    ] = 255
    return done


def test_an_empty_back_is_blank_and_not_refused() -> None:
    paper = np.full((2339, 1654), 255, dtype=np.uint8)
    picture = scan(paper, PER_MM, OFFICE, np.random.default_rng(1))
    assert isinstance(printed().read(picture), PageBlank)


def test_a_letter_of_another_kind_has_no_markers() -> None:
    page = np.full((2339, 1654), 255, dtype=np.uint8)
    for row in range(200, 2200, 50):
        cv2.putText(page, "dear madam or sir " * 4, (100, row), 0, 1.0, 0, 2)
    assert fault(printed(), page) is Fault.NO_MARKERS


def test_a_mirrored_page_is_named() -> None:
    picture = np.ascontiguousarray(scanned(printed())[:, ::-1])
    assert fault(printed(), picture) is Fault.MIRRORED


def test_a_white_on_black_page_is_named() -> None:
    assert fault(printed(), 255 - scanned(printed())) is Fault.INVERTED


def test_a_page_of_another_study_is_named() -> None:
    theirs = printed(key=bytes(32))
    assert fault(printed(), scanned(theirs)) is Fault.FOREIGN_STUDY


def test_a_form_that_this_study_never_printed_is_named() -> None:
    theirs = printed(18)
    picture = scan(theirs.crossed({"q01": 1}), PER_MM, OFFICE, np.random.default_rng(4))
    assert fault(printed(), picture) is Fault.UNKNOWN_FORM


def test_one_lost_code_is_read_from_the_other_and_noted() -> None:
    form = printed()
    box = form.layout.pages[0].codes[0]
    picture = covered(form.crossed(ANSWERS), box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert Note.SECOND_CODE in outcome.notes
    assert {item.item: item.value for item in outcome.items} == ANSWERS


def test_a_page_without_a_readable_code_is_refused() -> None:
    form = printed()
    picture = form.crossed(ANSWERS)
    for box in form.layout.pages[0].codes:
        picture = covered(picture, box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)
    assert fault(form, picture) is Fault.NO_CODE


@pytest.mark.parametrize("corner", [(0, 0), (190, 0), (190, 277), (0, 277)])
def test_one_lost_corner_is_bridged_and_noted(corner: tuple[float, float]) -> None:
    form = printed()
    picture = covered(form.crossed(ANSWERS), *corner, corner[0] + 20, corner[1] + 20)
    outcome = form.read(scan(picture, PER_MM, OFFICE, np.random.default_rng(8)))
    assert isinstance(outcome, PageRead)
    assert Note.THREE_MARKERS in outcome.notes
    assert {item.item: item.value for item in outcome.items} == ANSWERS


def test_lost_ticks_on_one_side_are_bridged_and_noted() -> None:
    form = printed()
    outcome = form.read(covered(form.crossed(ANSWERS), 0, 45, 17, 265))
    assert isinstance(outcome, PageRead)
    assert Note.ONE_SIDE in outcome.notes
    assert {item.item: item.value for item in outcome.items} == ANSWERS


def test_lost_ticks_on_both_sides_are_refused() -> None:
    form = printed()
    picture = covered(covered(form.crossed(ANSWERS), 0, 60, 17, 240), 193, 60, 210, 240)
    assert fault(form, picture) is Fault.BAD_FIT


@pytest.mark.parametrize("feed", [0.985, 1.015])
@pytest.mark.parametrize("turn_deg", [0, 90])
def test_a_stretch_by_an_uneven_feeder_is_followed(feed: float, turn_deg: int) -> None:
    effects = replace(OFFICE, feed=feed, wave_mm=1.2, turn_deg=turn_deg, skew_deg=1.0)
    form = printed()
    assert form.answers(scanned(form, effects)) == ANSWERS


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_a_mirrored_page_is_named_whichever_way_it_lies(turn_deg: int) -> None:
    picture = scanned(printed(), replace(OFFICE, turn_deg=turn_deg))
    assert fault(printed(), np.ascontiguousarray(picture[::-1])) is Fault.MIRRORED


def test_an_a4_form_printed_much_too_small_on_letter_is_refused() -> None:
    effects = replace(OFFICE, scale=0.85, glass_mm=(215.9, 279.4))
    assert fault(printed(), scanned(printed(), effects)) is Fault.WRONG_SCALE


def test_an_a4_form_fitted_on_letter_is_read_and_noted() -> None:
    form = printed()
    effects = replace(OFFICE, scale=0.935, glass_mm=(215.9, 279.4))
    outcome = form.read(scanned(form, effects))
    assert isinstance(outcome, PageRead)
    assert Note.SCALE in outcome.notes
    assert {item.item: item.value for item in outcome.items} == ANSWERS


@pytest.mark.parametrize("scale", [0.80, 0.87])
def test_a_page_printed_much_too_small_is_refused(scale: float) -> None:
    picture = scanned(printed(), replace(OFFICE, scale=scale))
    assert fault(printed(), picture) is Fault.WRONG_SCALE


def streaked(
    form: PrintedForm, picture: Gray, grey: int, *, turned: bool, width_px: int = 2
) -> Gray:
    """Draw a line along the feed through the third column, or the tenth row."""
    middle = form.bubble("q10", 3).centre
    column = round((middle.y_mm if turned else middle.x_mm) * PER_MM)
    column = picture.shape[1] - column if turned else column
    line = picture[:, column : column + width_px]
    line[...] = np.minimum(line, grey)
    return picture


@pytest.mark.parametrize("grey", [20, 90])
@pytest.mark.parametrize("skew_deg", [0.0, 1.5])
@pytest.mark.parametrize("turned", [False, True], ids=["upright", "sideways"])
def test_a_dark_streak_through_answers_is_refused(grey: int, skew_deg: float, turned: bool) -> None:
    form = printed()
    effects = ScanEffects(skew_deg=skew_deg, turn_deg=90 if turned else 0, noise=2.5)
    picture = streaked(form, scanned(form, effects), grey, turned=turned)
    assert fault(form, picture) is Fault.STREAKS


@pytest.mark.parametrize("grey", [140, 200, 225])
@pytest.mark.parametrize("skew_deg", [0.0, 1.5])
@pytest.mark.parametrize("turned", [False, True], ids=["upright", "sideways"])
def test_a_pale_streak_through_answers_is_taken_off(
    grey: int, skew_deg: float, turned: bool
) -> None:
    form = printed()
    effects = ScanEffects(skew_deg=skew_deg, turn_deg=90 if turned else 0, noise=2.5)
    outcome = form.read(streaked(form, scanned(form, effects), grey, turned=turned))
    assert isinstance(outcome, PageRead)
    assert Note.STREAKED in outcome.notes
    assert {item.item: item.value for item in outcome.items} == ANSWERS


def test_a_pale_streak_so_wide_that_it_may_hide_a_mark_is_refused() -> None:
    form = printed()
    picture = streaked(form, scanned(form, ScanEffects()), 200, turned=False, width_px=6)
    assert fault(form, picture) is Fault.STREAKS


def test_a_streak_that_begins_in_the_middle_of_the_page_is_refused() -> None:
    form = printed()
    picture = scanned(form, ScanEffects())
    column = round(form.bubble("q10", 3).centre.x_mm * PER_MM)
    picture[600:, column : column + 2] = 60
    assert fault(form, picture) is Fault.STREAKS


def test_a_line_drawn_through_two_bubbles_is_kept_under_a_pale_streak() -> None:
    form = printed()
    picture = form.crossed({name: one for name, one in ANSWERS.items() if name != "q10"})
    at = form.bubble("q10", 3).centre
    column, row = round(at.x_mm * PER_MM), round(at.y_mm * PER_MM)
    picture[row - 20 : row + 20, column - 1 : column + 3] = 40
    outcome = form.read(streaked(form, scan_of(picture), 160, turned=False))
    assert isinstance(outcome, PageRead)
    tenth = outcome.items[9]
    assert tenth.value == 3 or tenth.doubts


@pytest.mark.parametrize("seed", range(4))
def test_a_back_that_shines_through_is_no_streak(seed: int) -> None:
    form = printed()
    effects = replace(OFFICE, wear=Wear(bleed_through=0.9))
    assert isinstance(form.read(scanned(form, effects, seed)), PageRead)


def test_a_streak_beside_the_answers_does_no_harm() -> None:
    form = printed()
    picture = scanned(form, ScanEffects())
    picture[:, 600:602] = 60
    assert form.answers(picture) == ANSWERS


@pytest.mark.parametrize("value", [1, 5])
def test_crosses_in_one_column_are_no_streak(value: int) -> None:
    form = printed()
    answers = {f"q{number:02d}": value for number in range(1, 20)}
    picture = form.crossed(answers)
    for item in answers:
        cross(picture, form.bubble(item, value), 200.0, width_mm=1.2)
    assert form.answers(picture) == answers


def test_a_page_whose_bubbles_are_gone_is_refused() -> None:
    form = printed()
    first, last = form.bubble("q01", 1), form.bubble("q19", 5)
    picture = covered(
        form.blank(),
        first.centre.x_mm - 4,
        first.centre.y_mm - 4,
        last.centre.x_mm + 4,
        last.centre.y_mm + 4,
    )
    assert fault(form, picture) is Fault.NO_BUBBLES


def test_a_black_and_white_scan_is_noted() -> None:
    form = printed()
    picture = np.where(scanned(form) < 150, 0, 255).astype(np.uint8)
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert Note.BILEVEL in outcome.notes


def test_a_pale_scan_is_noted() -> None:
    form = printed()
    picture = (150 + scanned(form).astype(np.float32) * 0.35).clip(0, 255).astype(np.uint8)
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert Note.LOW_CONTRAST in outcome.notes


def test_a_coarse_scan_is_noted() -> None:
    form = printed()
    picture = scan(form.crossed(ANSWERS), PER_MM, ScanEffects(), np.random.default_rng(2), 120.0)
    outcome = form.read(picture, 120.0)
    assert isinstance(outcome, PageRead)
    assert Note.LOW_RESOLUTION in outcome.notes


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (40, 40), (2000, 3)])
def test_a_picture_of_any_size_is_an_outcome_and_never_an_error(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, size, dtype=np.uint8)
    assert isinstance(printed().read(picture), PageRefused | PageBlank)
