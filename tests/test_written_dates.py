"""Dates in comb boxes: digits of people who were not in the training, and the calendar."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.digit_people import learned_and_left_out, no_digit, scanned_box
from layouts.errors import UsageError
from scan.date_reading import DateDoubt, DateReading
from scan.digits.recogniser import SURE, Guess, recogniser
from scan.digits.shape import FEATURES, Shares, is_empty, shape_of
from scan.filled_on import DateVerdict, filled_on
from scan.results import Status
from scan.written_date import date_of, day_of
from wamforms.tasks.dates import typed_date

BOX = (56, 50)
SCANNED = "2026-11-23T10:00:00Z"

guesses = st.builds(
    Guess, st.one_of(st.none(), st.integers(0, 9)), st.sampled_from([0.2, 0.9, SURE, 1.0])
)


def sure(text: str) -> list[Guess]:
    return [Guess(int(digit), 1.0) for digit in text]


def test_sure_digits_of_unknown_people_are_right_and_most_need_nobody() -> None:
    _, people = learned_and_left_out()
    rng = np.random.default_rng(11)
    shapes = [shape_of(scanned_box(cells, rng)) for cells in people.shapes]
    found = [Guess(None, 0.0) if one is None else recogniser().guess(one) for one in shapes]
    pairs = list(zip(found, people.digits.tolist(), strict=True))
    assert sum(one.is_sure for one, _ in pairs) > 0.65 * len(pairs)
    assert sum(one.is_sure and one.digit != digit for one, digit in pairs) <= 2
    assert sum(one.digit == digit for one, digit in pairs) > 0.93 * len(pairs)


def test_what_is_no_digit_is_left_to_a_person() -> None:
    _, people = learned_and_left_out()
    rng = np.random.default_rng(12)
    shapes = [shape_of(scanned_box(no_digit(people.shapes, rng), rng)) for _ in range(300)]
    assert sum(one is not None and recogniser().guess(one).is_sure for one in shapes) <= 15


def drawn(rows: slice, columns: slice) -> Shares:
    ink = np.zeros(BOX, dtype=np.float32)
    ink[rows, columns] = 0.9
    return ink


def test_an_empty_box_is_empty_whatever_the_paper() -> None:
    rng = np.random.default_rng(1)
    assert is_empty(np.zeros(BOX, dtype=np.float32))
    assert is_empty(np.asarray(rng.normal(0.05, 0.04, BOX), dtype=np.float32))
    assert not is_empty(drawn(slice(10, 40), slice(20, 25)))


@pytest.mark.parametrize(
    "ink",
    [
        drawn(slice(0, 40), slice(20, 25)),
        drawn(slice(10, 40), slice(40, 50)),
        drawn(slice(25, 29), slice(10, 40)),
        drawn(slice(0, 0), slice(0, 0)),
    ],
    ids=["out at the top", "out at the side", "a dash", "nothing"],
)
def test_what_runs_out_of_the_box_or_is_a_dash_has_no_shape(ink: Shares) -> None:
    assert shape_of(ink) is None


def test_a_shape_does_not_hang_on_place_and_size() -> None:
    one = shape_of(drawn(slice(10, 40), slice(20, 25)))
    other = shape_of(drawn(slice(6, 50), slice(30, 37)))
    assert one is not None
    assert other is not None
    assert one.shape == (FEATURES,)
    assert float(one @ other) > 0.97


@given(st.lists(st.one_of(st.none(), guesses), min_size=6, max_size=6))
def test_a_date_is_read_only_if_all_six_digits_are_sure_and_make_a_day(
    found: list[Guess | None],
) -> None:
    reading = date_of(found)
    everything_sure = all(one is not None and one.is_sure for one in found)
    assert (reading.value is not None) == (everything_sure and reading.doubt is None)
    if reading.value is not None:
        day = date.fromisoformat(reading.value)
        assert reading.digits == tuple(map(int, f"{day:%d%m%y}"))
    assert (reading.doubt is None) == (reading.value is not None or not any(found))


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("310226", DateDoubt.IMPOSSIBLE), ("001126", DateDoubt.IMPOSSIBLE), ("231126", None)],
)
def test_the_calendar_checks_and_never_corrects(text: str, doubt: DateDoubt | None) -> None:
    assert date_of(sure(text)).doubt is doubt


def test_an_empty_box_among_others_is_in_doubt() -> None:
    assert date_of([*sure("23112"), None]).doubt is DateDoubt.PARTLY
    assert date_of([None] * 6).doubt is None


def reading(value: str | None, doubt: DateDoubt | None = None) -> DateReading:
    return DateReading((1,) * 6, (1.0,) * 6, value, doubt)


def test_a_date_after_the_scan_is_in_doubt_but_for_the_clock() -> None:
    assert filled_on(reading("2026-11-25"), None, SCANNED).doubt is DateDoubt.LATER
    assert filled_on(reading("2026-11-24"), None, SCANNED).value == "2026-11-24"
    assert filled_on(reading(None), None, SCANNED).status is Status.BLANK


def test_a_person_has_the_last_word_and_the_doubt_stays_named() -> None:
    verdict = DateVerdict(1, 1, "2026-11-20", "AB", SCANNED)
    found = filled_on(reading(None, DateDoubt.DIGIT), verdict, SCANNED)
    assert (found.value, found.status, found.doubt) == (
        "2026-11-20",
        Status.SETTLED,
        DateDoubt.DIGIT,
    )


def test_a_person_types_a_date_in_any_usual_way() -> None:
    for typed in ("23-11-26", "23.11.2026", "23/11/26", " 23 11 26 "):
        assert typed_date(typed, SCANNED) == "2026-11-23"
    assert day_of("290224") == "2024-02-29"
    for typed in ("31-04-26", "23-11-27", "231126", "tomorrow", ""):
        with pytest.raises(UsageError):
            typed_date(typed, SCANNED)
