"""Probabilities: what they are counted from, and what the setting does with them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bench.calibrate import EDGES, bands_of, count, interval, steps_of
from bench.guesses import Judged
from layouts.errors import FaultyFileError
from layouts.model import Fingerprint, ItemId, Role
from layouts.sheetcode import SheetCode
from records.settings import Settings, read_settings
from records.settings_text import write_settings
from scan.adjudicate import settle
from scan.calibration import RELIABILITY, STEPS
from scan.certainty import Case, Guess, probability
from scan.judge import judge_page
from scan.marks import FAR
from scan.results import BubbleReading, Doubt, Fit, ItemReading, Mark, PageRead, Status
from scan.thresholds import Thresholds
from tests.paper import DYAD

EMPTY = BubbleReading(0, 0.004, 0.012, 0.002, 0.004, 0.97, Mark.EMPTY)
CROSS = replace(EMPTY, fill=0.20, peak=0.85, solid=0.01, outline=0.75)
FILLED = replace(EMPTY, fill=0.85, peak=0.90, solid=0.80, outline=0.45)
SMEAR = replace(EMPTY, fill=0.018, peak=0.06, outline=0.95)
RING = replace(EMPTY, fill=0.0, peak=0.01, around=0.2, outline=0.72)

DEFAULT = Thresholds().ask_below

CODE = SheetCode(Fingerprint("0123456789"), DYAD, Role.CLIENT, 1, 1, 7)
FIT = Fit((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 200.0, 1.0, 0.0, 0.01)
SETTINGS = Settings("Study", "en", "a4", ("probation",), ("start",))


def page(*first: BubbleReading) -> list[ItemReading]:
    """Put a row before ten that all carry a plain cross."""
    rows = [list(first)] + [
        [CROSS if at == row % 5 else EMPTY for at in range(5)] for row in range(10)
    ]
    return [
        ItemReading(
            ItemId(f"q{number}"),
            Status.DOUBT,
            None,
            (),
            tuple(replace(one, value=value) for value, one in enumerate(row, 1)),
        )
        for number, row in enumerate(rows)
    ]


def judged(*first: BubbleReading, ask_below: float = DEFAULT) -> ItemReading:
    return judge_page(page(*first), (), replace(Thresholds(), ask_below=ask_below))[0]


@pytest.mark.parametrize("case", Case)
def test_a_clearer_case_is_never_less_probable(case: Case) -> None:
    margins, chances = zip(*STEPS[case], strict=True)
    assert list(margins) == sorted(margins)
    assert margins[0] == -FAR
    assert list(chances) == sorted(chances)
    assert 0 < chances[0] <= chances[-1] < 1


@given(st.sampled_from(Case), st.floats(-FAR, FAR), st.floats(-FAR, FAR))
def test_the_probability_grows_with_the_margin(case: Case, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert probability(Guess(case, 1, less)) <= probability(Guess(case, 1, more))


def test_probabilities_hold_on_pages_they_were_not_counted_on() -> None:
    for least, rows, wrong, _, at_least, _ in RELIABILITY:
        assert at_least <= 1 - least, f"{wrong} of {rows} wrong, from {least}"


def test_the_default_needs_a_thousand_guesses_without_an_error() -> None:
    assert steps_of([(0.0, 1100, 1100)])[0][1] > DEFAULT
    assert steps_of([(0.0, 900, 900)])[0][1] < DEFAULT
    assert steps_of([(0.0, 2000, 1998)])[0][1] < DEFAULT


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.floats(0, 1)), min_size=len(EDGES), max_size=len(EDGES)
    )
)
def test_steps_never_fall_and_forget_no_guess(counts: list[tuple[int, float]]) -> None:
    bins = [
        (edge, guesses, int(guesses * share))
        for edge, (guesses, share) in zip(EDGES, counts, strict=True)
    ]
    chances = [chance for _, chance in steps_of(bins)]
    assert chances == sorted(chances)
    right = sum(right for _, _, right in bins)
    guesses = sum(guesses for _, guesses, _ in bins)
    assert chances[0] <= round((right + 0.5) / (guesses + 1), 6) <= chances[-1]


def test_counting_and_looking_up_agree() -> None:
    sure, unsure = Guess(Case.MARK, 1, 1.2), Guess(Case.MARK, 2, -0.5)
    rows = [Judged((sure,), (True,))] * 3000 + [Judged((unsure,), (False,))] * 30
    steps = {case.value: steps_of(bins) for case, bins in count(rows).items()}
    assert probability(sure, steps) > 0.9995
    assert probability(unsure, steps) < 0.05
    low, high = bands_of(rows, steps)
    assert (low.rows, low.wrong, high.rows, high.wrong) == (30, 30, 3000, 0)


def test_an_interval_holds_what_was_seen() -> None:
    none, at_most = interval(0, 1000)
    assert none == 0
    assert at_most == pytest.approx(0.00299, abs=1e-5)
    least, most = interval(5, 1000)
    assert least < 0.005 < most


def test_a_plain_answer_and_a_plain_blank_are_probable_enough() -> None:
    for row, value in (((EMPTY, CROSS, EMPTY, EMPTY, EMPTY), 2), ((EMPTY,) * 5, None)):
        reading = judged(*row)
        assert reading.value == value
        assert reading.doubts == ()
        assert reading.probability is not None
        assert reading.probability >= DEFAULT


def test_a_doubt_keeps_its_likeliest_answer_and_how_likely_that_is() -> None:
    faint = judged(EMPTY, EMPTY, replace(CROSS, fill=0.075), EMPTY, EMPTY)
    assert (faint.status, faint.value, faint.suggestion) == (Status.DOUBT, None, 3)
    nearly = judged(EMPTY, replace(EMPTY, fill=0.014), EMPTY, EMPTY, EMPTY)
    assert (nearly.status, nearly.value, nearly.suggestion) == (Status.DOUBT, None, None)
    for reading in (faint, nearly):
        assert reading.probability is not None
        assert 0.2 < reading.probability < DEFAULT


def test_two_marks_are_hardly_ever_one_answer() -> None:
    reading = judged(EMPTY, CROSS, EMPTY, CROSS, EMPTY)
    assert reading.doubts == (Doubt.SEVERAL,)
    assert reading.probability is not None
    assert reading.probability < 0.2


ROWS = {
    "answer": (EMPTY, CROSS, EMPTY, EMPTY, EMPTY),
    "blank": (EMPTY,) * 5,
    "correction": (FILLED, EMPTY, EMPTY, EMPTY, CROSS),
    "nearly blank": (EMPTY, replace(EMPTY, fill=0.0125), EMPTY, EMPTY, EMPTY),
    "faint": (EMPTY, replace(CROSS, fill=0.09), EMPTY, EMPTY, EMPTY),
    "two marks": (EMPTY, CROSS, EMPTY, CROSS, EMPTY),
    "two faint marks": (EMPTY, replace(CROSS, fill=0.09), EMPTY, replace(CROSS, fill=0.08), EMPTY),
    "two fills": (EMPTY, FILLED, EMPTY, FILLED, EMPTY),
    "withdrawn": (EMPTY, FILLED, EMPTY, EMPTY, EMPTY),
    "fill and smear": (EMPTY, FILLED, EMPTY, SMEAR, EMPTY),
    "ring": (EMPTY, RING, EMPTY, EMPTY, EMPTY),
}


@pytest.mark.parametrize("name", ROWS)
def test_asking_for_more_never_accepts_more(name: str) -> None:
    settings = [0.0, 0.9, 0.99, 0.999, DEFAULT, 0.9999, 1.0]
    accepted = [judged(*ROWS[name], ask_below=one).status is not Status.DOUBT for one in settings]
    assert accepted == sorted(accepted, reverse=True)
    assert not accepted[-1]


@pytest.mark.parametrize(
    "name", ["two marks", "two faint marks", "two fills", "withdrawn", "fill and smear", "ring"]
)
def test_no_setting_guesses_which_mark_counts_or_what_one_means(name: str) -> None:
    assert judged(*ROWS[name], ask_below=0.0).status is Status.DOUBT


@pytest.mark.parametrize(("name", "value"), [("faint", 2), ("nearly blank", None)])
def test_how_much_ink_makes_a_mark_is_left_to_the_setting(name: str, value: int | None) -> None:
    assert judged(*ROWS[name]).status is Status.DOUBT
    relaxed = judged(*ROWS[name], ask_below=0.5)
    assert relaxed.status is not Status.DOUBT
    assert relaxed.value == value


def test_a_page_without_any_mark_is_a_question_at_every_setting() -> None:
    empty = [replace(item, bubbles=page(*[EMPTY] * 5)[0].bubbles) for item in page(*[EMPTY] * 5)]
    for reading in judge_page(empty, (), replace(Thresholds(), ask_below=0.0)):
        assert reading.doubts == (Doubt.NEAR_BLANK,)


def test_a_reading_from_before_probabilities_were_kept_still_loads() -> None:
    adapter = TypeAdapter(ItemReading)
    stored = adapter.dump_python(judged(*ROWS["answer"]), mode="json")
    del stored["probability"], stored["suggestion"]
    loaded = adapter.validate_python(stored)
    assert (loaded.value, loaded.probability, loaded.suggestion) == (2, None, None)


def test_an_answer_keeps_the_probability_of_its_reading() -> None:
    reading = judged(*ROWS["answer"])
    page_read = PageRead("page", CODE, FIT, (), (reading,))
    (answer,) = settle(page_read, ())
    assert answer.probability == reading.probability


@pytest.mark.parametrize("setting", [0.5, 1.01])
def test_a_setting_that_is_no_choice_is_refused(tmp_path: Path, setting: float) -> None:
    path = tmp_path / "study.toml"
    write_settings(path, replace(SETTINGS, thresholds={"ask_below": setting}))
    with pytest.raises(FaultyFileError, match=r"ask_below must be from 0\.9 to 1"):
        read_settings(path)


def test_a_study_file_explains_the_setting_and_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    write_settings(path, replace(SETTINGS, thresholds={"ask_below": 0.9999}))
    assert f"# ask_below = {DEFAULT}" in path.read_text(encoding="utf-8")
    assert read_settings(path).thresholds == {"ask_below": 0.9999}
