"""Paper that never existed: printed, crossed, scanned, read, compared."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.geometry import A4, BOTH_SAFE, LETTER, Paper
from layouts.model import Shape
from scan.results import Note, PageRead, Status
from tests.paper import cross, fill, printed
from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.scanner import MM_PER_INCH, scan

PER_MM = 200.0 / MM_PER_INCH

answers_of_19 = st.lists(st.integers(1, 5), min_size=19, max_size=19).map(
    lambda values: {f"q{number:02d}": value for number, value in enumerate(values, 1)}
)


@settings(max_examples=25)
@given(
    answers=answers_of_19,
    skew_deg=st.floats(-3.0, 3.0),
    turn_deg=st.sampled_from([0, 90, 180, 270]),
    scale=st.floats(0.94, 1.03),
    wave_mm=st.floats(0.0, 0.8),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_answer_comes_back_however_the_page_lay(
    answers: dict[str, int],
    skew_deg: float,
    turn_deg: int,
    scale: float,
    wave_mm: float,
    seed: int,
) -> None:
    form = printed()
    effects = replace(OFFICE, skew_deg=skew_deg, turn_deg=turn_deg, scale=scale, wave_mm=wave_mm)
    picture = scan(form.crossed(answers), PER_MM, effects, np.random.default_rng(seed))
    assert form.answers(picture) == answers


@pytest.mark.parametrize("dpi", [150.0, 200.0, 300.0, 400.0, 600.0])
def test_every_answer_comes_back_at_every_resolution(dpi: float) -> None:
    form = printed()
    answers = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}
    picture = scan(form.crossed(answers), PER_MM, OFFICE, np.random.default_rng(1), dpi)
    outcome = form.read(picture, dpi)
    assert isinstance(outcome, PageRead)
    assert {item.item: item.value for item in outcome.items} == answers
    assert outcome.fit.scale == pytest.approx(1.0, abs=0.004)


@pytest.mark.parametrize("paper", [A4, LETTER, BOTH_SAFE], ids=lambda paper: paper.name)
@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize(("points", "mirrored"), [(3, False), (5, True), (7, False)])
def test_every_kind_of_form_comes_back(
    paper: Paper, shape: Shape, points: int, mirrored: bool
) -> None:
    form = printed(19, points, paper, shape=shape, right_to_left=mirrored)
    answers = {f"q{number:02d}": number % points + 1 for number in range(1, 20)}
    page_answers: dict[str, int] = {
        group.item: answers[group.item] for group in form.layout.pages[0].groups
    }
    picture = scan(form.crossed(page_answers), PER_MM, OFFICE, np.random.default_rng(2))
    assert form.answers(picture) == page_answers


def test_a_blank_page_of_a_form_asks_a_person_and_gives_no_value() -> None:
    form = printed()
    outcome = form.read(form.blank())
    assert isinstance(outcome, PageRead)
    assert {item.status for item in outcome.items} == {Status.DOUBT}
    assert all(item.value is None for item in outcome.items)


def test_a_skipped_row_among_plain_marks_is_blank() -> None:
    form = printed()
    answers = {f"q{number:02d}": 3 for number in range(1, 20) if number != 8}
    outcome = form.read(form.crossed(answers))
    assert isinstance(outcome, PageRead)
    assert [item.item for item in outcome.items if item.status is Status.BLANK] == ["q08"]


def test_filled_and_crossed_means_the_crossed_one() -> None:
    form = printed()
    answers = {f"q{number:02d}": 2 for number in range(1, 20)}
    picture = form.crossed(answers)
    fill(picture, form.bubble("q05", 4), 200.0)
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    corrected = [item for item in outcome.items if item.status is Status.CORRECTED]
    assert [(item.item, item.value) for item in corrected] == [("q05", 2)]


def test_two_crosses_ask_a_person() -> None:
    form = printed()
    picture = form.crossed({f"q{number:02d}": 2 for number in range(1, 20)})
    cross(picture, form.bubble("q05", 4), 200.0)
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert [(i.item, i.doubts) for i in outcome.items if i.status is Status.DOUBT] == [
        ("q05", ("several marks",))
    ]


def test_the_same_sheet_scanned_again_never_flips_between_marked_and_blank() -> None:
    form = printed()
    values: dict[str, set[int | None]] = {}
    picture = form.blank()
    for number in range(1, 20):
        # From hardly visible to plain, so that some marks stand right at the limits.
        cross(picture, form.bubble(f"q{number:02d}", 3), 200.0, grey=245 - 10 * number)
    for seed in range(12):
        effects = OFFICE.varied(np.random.default_rng(seed))
        outcome = form.read(scan(picture, PER_MM, effects, np.random.default_rng(seed)))
        assert isinstance(outcome, PageRead)
        for item in outcome.items:
            if item.status is not Status.DOUBT:
                values.setdefault(item.item, set()).add(item.value)
    assert all(len(seen) == 1 for seen in values.values())


@pytest.mark.parametrize(("scale", "noted"), [(1.0, False), (0.96, True), (1.03, True)])
def test_a_page_printed_at_another_scale_is_read_with_a_note(scale: float, noted: bool) -> None:
    form = printed()
    effects = ScanEffects(scale=scale)
    picture = scan(form.crossed({"q01": 2}), PER_MM, effects, np.random.default_rng(3))
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert (Note.SCALE in outcome.notes) == noted
    assert outcome.fit.scale == pytest.approx(scale, abs=0.003)


@settings(max_examples=15)
@given(degrees=st.floats(-3.0, 3.0), seed=st.integers(0, 1000))
def test_the_measured_skew_is_the_real_one(degrees: float, seed: int) -> None:
    form = printed()
    effects = ScanEffects(skew_deg=degrees)
    picture = scan(form.blank(), PER_MM, effects, np.random.default_rng(seed))
    outcome = form.read(picture)
    assert isinstance(outcome, PageRead)
    assert abs(abs(outcome.fit.skew_deg) - abs(degrees)) < 0.05
