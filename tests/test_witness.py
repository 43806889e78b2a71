"""The second witness: what it sees, and what its word is worth beside the rules."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from scan.judge import findings, judge_page
from scan.results import BubbleReading, Doubt, ItemReading, Mark, Note, Status
from scan.thresholds import Thresholds
from scan.witness.looks import SIDE, Reals, looks_of
from scan.witness.network import network

ROWS, BUBBLES = 19, 5
EMPTY = BubbleReading(0, 0.004, 0.012, 0.002, 0.004, 0.97, Mark.EMPTY)
CROSS = BubbleReading(0, 0.16, 0.62, 0.01, 0.02, 0.62, Mark.EMPTY)
LIGHT = BubbleReading(0, 0.05, 0.22, 0.005, 0.005, 0.9, Mark.EMPTY)
FILLED = BubbleReading(0, 0.55, 0.65, 0.5, 0.02, 0.4, Mark.EMPTY)
TRACE = BubbleReading(0, 0.02, 0.08, 0.005, 0.004, 0.96, Mark.EMPTY)
BREATH = BubbleReading(0, 0.012, 0.045, 0.004, 0.004, 0.968, Mark.EMPTY)
SLIP = BubbleReading(0, 0.08, 0.6, 0.003, 0.01, 0.9, Mark.EMPTY)
SURE, AGAINST = 15.0, -9.0
UNKNOWN = (-1.0,) * (BUBBLES + 1)


def page_of(
    rows: Sequence[tuple[BubbleReading, ...]], witness: Sequence[tuple[float, ...]]
) -> list[ItemReading]:
    return [
        ItemReading(
            f"q{number}",  # type: ignore[arg-type]
            Status.DOUBT,
            None,
            (),
            tuple(replace(one, value=value) for value, one in enumerate(bubbles, 1)),
            witness=said,
        )
        for number, (bubbles, said) in enumerate(zip(rows, witness, strict=True))
    ]


def page_with(row: tuple[BubbleReading, ...], witness: tuple[float, ...]) -> list[ItemReading]:
    """Put one row on a page of plain crosses."""
    rows = [
        tuple(CROSS if place == number % BUBBLES else EMPTY for place in range(BUBBLES))
        for number in range(ROWS - 1)
    ]
    return page_of([row, *rows], [witness, *([()] * len(rows))])


def judged(
    *row: BubbleReading, witness: tuple[float, ...] = (), notes: tuple[Note, ...] = ()
) -> ItemReading:
    return judge_page(page_with(row, witness), notes, Thresholds())[0]


def for_bubble(place: int, odds: float = SURE) -> tuple[float, ...]:
    return tuple(odds if place == one else AGAINST for one in range(BUBBLES + 1))


LIGHT_ROW = (EMPTY, LIGHT, EMPTY, EMPTY, EMPTY)
PLAIN_ROW = (EMPTY, CROSS, EMPTY, EMPTY, EMPTY)


def test_what_both_witnesses_say_is_accepted_as_far_as_its_probability_reaches() -> None:
    alone, both = (page_with(LIGHT_ROW, said) for said in ((), for_bubble(1)))
    chance = judge_page(both, (), Thresholds())[0].probability
    assert chance is not None
    below, above = replace(Thresholds(), ask_below=chance), replace(Thresholds(), ask_below=1.0)
    assert judge_page(both, (), below)[0].value == 2
    assert judge_page(both, (), above)[0].status is Status.DOUBT
    assert judge_page(alone, (), below)[0].status is Status.DOUBT


def test_a_doubtful_mark_is_asked_about_where_the_witness_sees_another() -> None:
    assert judged(*LIGHT_ROW, witness=for_bubble(3)).status is Status.DOUBT


@pytest.mark.parametrize("place", [0, 2, 3, 4, BUBBLES])
def test_a_plain_mark_is_asked_about_where_the_witness_sees_something_else(place: int) -> None:
    assert judged(*PLAIN_ROW).value == 2
    found = judged(*PLAIN_ROW, witness=for_bubble(place))
    assert found.status is Status.DOUBT
    assert found.doubts == (Doubt.WITNESS,)


def test_a_plain_mark_is_asked_about_where_the_witness_hardly_sees_it() -> None:
    least = Thresholds().witness_least
    assert judged(*PLAIN_ROW, witness=for_bubble(1, least + 0.1)).value == 2
    assert judged(*PLAIN_ROW, witness=for_bubble(1, least - 0.1)).doubts == (Doubt.WITNESS,)


def test_a_blank_is_asked_about_where_the_witness_sees_a_mark() -> None:
    blank = (EMPTY,) * BUBBLES
    assert judged(*blank).status is Status.BLANK
    assert judged(*blank, witness=for_bubble(BUBBLES)).status is Status.BLANK
    assert judged(*blank, witness=for_bubble(4)).doubts == (Doubt.WITNESS,)


def test_the_end_of_a_line_from_another_row_is_not_for_the_witness_to_settle() -> None:
    tail = replace(CROSS, fill=0.05, around=0.06)
    assert judged(EMPTY, tail, EMPTY, EMPTY, EMPTY, witness=for_bubble(1)).doubts


@pytest.mark.parametrize(
    "odd",
    [
        replace(LIGHT, peak=0.22),
        replace(CROSS, fill=0.11, around=0.045),
        replace(CROSS, fill=0.205, solid=0.3),
    ],
    ids=["much lighter", "half outside", "even"],
)
def test_a_mark_unlike_the_others_of_its_page_takes_a_surer_witness(odd: BubbleReading) -> None:
    limits = Thresholds()
    row = (EMPTY, odd, EMPTY, EMPTY, EMPTY)
    assert judged(*row).status is Status.DOUBT
    between = (limits.witness_sure + limits.witness_sure_odd) / 2
    assert judged(*row, witness=for_bubble(1, between)).status is Status.DOUBT
    assert judged(*row, witness=for_bubble(1, limits.witness_sure_odd + 0.1)).value == 2


def test_what_runs_on_over_its_outline_as_no_other_mark_does_may_be_a_stain() -> None:
    assert judged(*LIGHT_ROW, witness=for_bubble(1)).value == 2
    edge = replace(LIGHT, around=LIGHT.fill)
    assert judged(EMPTY, edge, EMPTY, EMPTY, EMPTY, witness=for_bubble(1)).doubts


def test_what_the_rules_take_for_a_mark_and_may_be_a_stain_takes_a_sure_witness() -> None:
    half = replace(CROSS, around=0.6 * CROSS.fill)
    row = (EMPTY, half, EMPTY, EMPTY, EMPTY)
    limits = Thresholds()
    for odds, status in (
        (limits.witness_least + 0.1, Status.DOUBT),
        (limits.witness_sure_odd + 0.1, Status.READ),
    ):
        assert judged(*row, witness=for_bubble(1, odds)).status is status
    assert judged(*PLAIN_ROW, witness=for_bubble(1, limits.witness_least + 0.1)).value == 2


def test_one_dark_mark_among_light_ones_is_asked_about_however_sure_the_witness_is() -> None:
    rows = [
        tuple(LIGHT if place == number % BUBBLES else EMPTY for place in range(BUBBLES))
        for number in range(ROWS)
    ]
    rows[1] = (EMPTY, replace(CROSS, fill=0.08), EMPTY, EMPTY, EMPTY)
    said = [for_bubble(number % BUBBLES) for number in range(ROWS)]
    readings = judge_page(page_of(rows, said), (), Thresholds())
    assert readings[0].value == 1
    assert readings[1].doubts == (Doubt.UNLIKE,)


def test_a_filled_bubble_among_crosses_may_be_withdrawn_however_sure_the_witness_is() -> None:
    found = judged(EMPTY, FILLED, EMPTY, EMPTY, EMPTY, witness=for_bubble(1))
    assert found.doubts == (Doubt.UNLIKE,)


def test_a_blank_with_a_trace_takes_a_surer_witness_than_one_without() -> None:
    limits = Thresholds()
    between = (limits.witness_sure_too + limits.witness_sure) / 2
    said = for_bubble(BUBBLES, between)
    margins = []
    for row in ((EMPTY,) * BUBBLES, (EMPTY, TRACE, EMPTY, EMPTY, EMPTY)):
        found = findings(page_with(row, said), (), replace(limits, ask_below=1.0))[0][1]
        margins.append(found.guesses[-1].margin)
    assert margins[0] > 0 > margins[1]


def test_a_mark_somewhat_lighter_than_the_others_takes_a_sure_witness() -> None:
    row = (EMPTY, replace(LIGHT, peak=0.42), EMPTY, EMPTY, EMPTY)
    assert judged(*row, witness=for_bubble(1, Thresholds().witness_sure + 0.1)).value == 2


def test_a_correction_that_is_not_plain_by_its_measures_may_be_by_its_looks() -> None:
    row = (EMPTY, replace(CROSS, fill=0.36), EMPTY, FILLED, EMPTY)
    assert judged(*row).doubts == (Doubt.CORRECTION,)
    assert judged(*row, witness=for_bubble(1)).value == 2
    assert judged(*row, witness=for_bubble(3)).status is Status.DOUBT


def breath(marked: int, *others: int) -> list[ItemReading]:
    """Make a page of crosses that a copier has nearly lost, of which the witness sees so many.

    The first row is the one to look at: the witness is sure of its second bubble, and there is
    something dark in `others`.
    """
    rows = [
        tuple(BREATH if place == (number + 1) % BUBBLES else EMPTY for place in range(BUBBLES))
        for number in range(ROWS)
    ]
    rows[0] = tuple(SLIP if place in others else one for place, one in enumerate(rows[0]))
    said = [
        for_bubble((number + 1) % BUBBLES, 7.0) if number < marked else UNKNOWN
        for number in range(ROWS)
    ]
    return page_of(rows, said)


def test_a_page_of_marks_that_only_the_witness_sees_is_read_where_it_is_sure() -> None:
    readings = judge_page(breath(15), (), Thresholds())
    assert [one.value for one in readings[:15]] == [
        (number + 1) % BUBBLES + 1 for number in range(15)
    ]
    assert {one.status for one in readings[15:]} == {Status.DOUBT}


def test_a_few_marks_that_only_the_witness_sees_are_asked_about() -> None:
    assert {one.status for one in judge_page(breath(9), (), Thresholds())} == {Status.DOUBT}


@pytest.mark.parametrize("place", range(BUBBLES))
def test_something_dark_on_a_page_of_lost_marks_is_asked_about(place: int) -> None:
    assert judge_page(breath(15, place), (), Thresholds())[0].status is Status.DOUBT


def test_no_witness_says_which_of_two_marks_was_meant() -> None:
    two = (EMPTY, CROSS, EMPTY, CROSS, EMPTY)
    assert judged(*two, witness=for_bubble(1)).doubts == (Doubt.SEVERAL,)


def test_in_black_and_white_the_rules_judge_alone() -> None:
    notes = (Note.BILEVEL,)
    alone = judged(*LIGHT_ROW, notes=notes)
    assert replace(judged(*LIGHT_ROW, witness=for_bubble(1), notes=notes), witness=()) == alone


def inked(rng: np.random.Generator) -> Reals:
    """Draw a page of noisy bubbles with a plain cross in every row but the last."""
    share = rng.normal(0.0, 0.01, (ROWS * BUBBLES, 2 * SIDE, 2 * SIDE)).astype(np.float32)
    line = np.abs(np.subtract.outer(np.arange(2 * SIDE), np.arange(2 * SIDE))) <= 1
    cross = (line | line[::-1]).astype(np.float32)
    cross[:14], cross[-14:], cross[:, :14], cross[:, -14:] = 0.0, 0.0, 0.0, 0.0
    for row in range(ROWS - 1):
        share[row * BUBBLES + row % BUBBLES] += 0.7 * cross
    return share


def test_crosses_and_a_blank_are_seen_as_what_they_are() -> None:
    odds = network().odds(looks_of(inked(np.random.default_rng(5))), ROWS)
    assert odds.argmax(axis=1).tolist() == [*(row % BUBBLES for row in range(ROWS - 1)), BUBBLES]


def test_what_is_seen_does_not_depend_on_the_place() -> None:
    share = inked(np.random.default_rng(6)).reshape(ROWS, BUBBLES, 2 * SIDE, 2 * SIDE)
    mixed = np.random.default_rng(7).permutation(BUBBLES)
    plain = network().odds(looks_of(share.reshape(-1, 2 * SIDE, 2 * SIDE)), ROWS)
    moved = network().odds(looks_of(share[:, mixed].reshape(-1, 2 * SIDE, 2 * SIDE)), ROWS)
    assert moved[:, :-1] == pytest.approx(plain[:, mixed], abs=0.02)
    assert moved[:, -1] == pytest.approx(plain[:, -1], abs=0.02)
