"""Numbers become answers or named doubts; no pixel is involved."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.model import ItemId
from scan.judge import judge_page
from scan.results import BubbleReading, Doubt, ItemReading, Mark, Note, Status
from scan.thresholds import Thresholds

Row = Sequence[BubbleReading]

EMPTY = BubbleReading(0, 0.004, 0.012, 0.002, 0.004, 0.97, Mark.EMPTY)
CROSS = replace(EMPTY, fill=0.20, peak=0.85, solid=0.01, outline=0.75)
FILLED = replace(EMPTY, fill=0.85, peak=0.90, solid=0.80, outline=0.45)
LIGHT = replace(EMPTY, fill=0.05, peak=0.16, solid=0.01, outline=0.95)
SPECK = replace(EMPTY, fill=0.008, peak=0.035)
SMEAR = replace(EMPTY, fill=0.03, peak=0.10, outline=0.95)
RING = replace(EMPTY, fill=0.0, peak=0.01, around=0.2, outline=0.72)


def row(*bubbles: BubbleReading) -> Row:
    return tuple(replace(one, value=value) for value, one in enumerate(bubbles, 1))


def page(first: Row, others: BubbleReading = CROSS, rows: int = 10) -> list[ItemReading]:
    """Put a row before others that all carry the same kind of mark."""
    usual = [
        row(*(others if place == number % 5 else EMPTY for place in range(5)))
        for number in range(rows)
    ]
    return [
        ItemReading(ItemId(f"q{number}"), Status.DOUBT, None, (), tuple(bubbles))
        for number, bubbles in enumerate([first, *usual])
    ]


def judged(
    first: Row, others: BubbleReading = CROSS, notes: Sequence[Note] = (), rows: int = 10
) -> tuple[Status, int | None, tuple[Doubt, ...]]:
    item = judge_page(page(first, others, rows), notes, Thresholds())[0]
    return item.status, item.value, item.doubts


@pytest.mark.parametrize("mark", [CROSS, replace(CROSS, fill=0.12), replace(CROSS, peak=0.5)])
def test_one_mark_is_the_answer(mark: BubbleReading) -> None:
    assert judged(row(EMPTY, EMPTY, mark, EMPTY, EMPTY)) == (Status.READ, 3, ())


def test_no_mark_at_all_is_blank() -> None:
    assert judged(row(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY)) == (Status.BLANK, None, ())


def test_dust_in_an_unanswered_row_is_still_blank() -> None:
    assert judged(row(EMPTY, SPECK, EMPTY, EMPTY, EMPTY)) == (Status.BLANK, None, ())


@pytest.mark.parametrize(
    ("bubbles", "doubt"),
    [
        (row(EMPTY, CROSS, EMPTY, CROSS, EMPTY), Doubt.SEVERAL),
        (row(EMPTY, FILLED, EMPTY, FILLED, EMPTY), Doubt.SEVERAL),
        (row(EMPTY, CROSS, CROSS, FILLED, EMPTY), Doubt.SEVERAL),
        (row(EMPTY, LIGHT, EMPTY, EMPTY, EMPTY), Doubt.FAINT),
        (row(EMPTY, replace(EMPTY, fill=0.016), EMPTY, EMPTY, EMPTY), Doubt.NEAR_BLANK),
        (row(EMPTY, RING, EMPTY, EMPTY, EMPTY), Doubt.OUTLINE),
        (row(EMPTY, FILLED, EMPTY, EMPTY, EMPTY), Doubt.UNLIKE),
        (row(EMPTY, FILLED, EMPTY, LIGHT, EMPTY), Doubt.SEVERAL),
        (row(EMPTY, FILLED, EMPTY, replace(EMPTY, fill=0.02), EMPTY), Doubt.SEVERAL),
    ],
    ids=lambda value: str(value) if isinstance(value, Doubt) else "",
)
def test_every_doubt_has_a_name_and_no_value(bubbles: Row, doubt: Doubt) -> None:
    assert judged(bubbles) == (Status.DOUBT, None, (doubt,))


def test_crossed_beside_filled_is_a_correction() -> None:
    assert judged(row(FILLED, EMPTY, EMPTY, EMPTY, CROSS)) == (Status.CORRECTED, 5, ())


def test_who_fills_everywhere_is_asked_about_a_cross_beside_a_fill() -> None:
    status, value, _ = judged(row(FILLED, EMPTY, EMPTY, EMPTY, CROSS), others=FILLED)
    assert (status, value) == (Status.DOUBT, None)


def test_an_erasure_beside_a_sure_mark_does_not_ask() -> None:
    assert judged(row(EMPTY, SMEAR, EMPTY, CROSS, EMPTY)) == (Status.READ, 4, ())


@pytest.mark.parametrize(
    "stain",
    [
        replace(EMPTY, fill=0.127, peak=0.315, solid=0.057, around=0.041, outline=0.9),
        replace(EMPTY, fill=0.209, peak=0.239, solid=0.193, around=0.004, outline=0.9),
        replace(EMPTY, fill=0.25, peak=0.875, solid=0.12, around=0.530, outline=0.5),
    ],
    ids=["coffee", "what an eraser left", "dirt on the drum"],
)
def test_a_stain_alone_in_a_row_is_looked_at(stain: BubbleReading) -> None:
    """Measures of stains that were once read as answers."""
    status, value, _ = judged(row(EMPTY, EMPTY, stain, EMPTY, EMPTY))
    assert (status, value) == (Status.DOUBT, None)


@pytest.mark.parametrize(
    ("trace", "status"),
    [
        (replace(EMPTY, fill=0.010, peak=0.15), Status.BLANK),
        (replace(EMPTY, fill=0.013, peak=0.06), Status.DOUBT),
        (replace(EMPTY, fill=0.016, peak=0.50), Status.DOUBT),
        (replace(EMPTY, outline=0.935), Status.BLANK),
        (replace(EMPTY, outline=0.92, around=0.02), Status.DOUBT),
        (replace(EMPTY, outline=0.87), Status.DOUBT),
    ],
    ids=["speck", "light stroke", "dark dot", "worn outline", "faint ring", "lost outline"],
)
def test_a_speck_is_nothing_and_a_light_stroke_is_a_question(
    trace: BubbleReading, status: Status
) -> None:
    assert judged(row(EMPTY, trace, EMPTY, EMPTY, EMPTY))[0] is status


def test_dots_are_answers_on_a_page_of_dots_and_a_second_one_asks() -> None:
    dot = replace(EMPTY, fill=0.07, peak=0.65, outline=0.92)
    small = replace(dot, fill=0.032)
    assert judged(row(EMPTY, small, EMPTY, EMPTY, EMPTY), dot) == (Status.READ, 2, ())
    found = judged(row(EMPTY, small, EMPTY, dot, EMPTY), dot)
    assert found == (Status.DOUBT, None, (Doubt.SEVERAL,))


def test_a_page_of_marks_too_light_for_any_other_is_read_if_no_row_is_without() -> None:
    faint = replace(EMPTY, fill=0.022, peak=0.13, outline=0.96)
    assert judged(row(EMPTY, faint, EMPTY, EMPTY, EMPTY), faint)[:2] == (Status.READ, 2)
    missing = [page(row(*[EMPTY] * 5), faint)[0]] * 3
    for item in judge_page([*missing, *page(row(*[EMPTY] * 5), faint)], (), Thresholds())[:4]:
        assert item.status is Status.DOUBT


def test_blanks_are_sure_beside_a_few_strong_strokes() -> None:
    items = [*page(row(*[EMPTY] * 5), rows=3), *page(row(*[EMPTY] * 5), EMPTY, rows=12)]
    statuses = [item.status for item in judge_page(items, (), Thresholds())]
    assert statuses == [Status.BLANK, *[Status.READ] * 3, *[Status.BLANK] * 13]


@pytest.mark.parametrize("kind", ["gel pen", "thin pencil"])
def test_a_correction_is_judged_by_the_page_s_own_pen(kind: str) -> None:
    bold = replace(EMPTY, fill=0.33, peak=0.95, solid=0.06, outline=0.7)
    thin = replace(EMPTY, fill=0.07, peak=0.42, solid=0.01, outline=0.92)
    usual, gone = {
        "gel pen": (bold, replace(FILLED, fill=0.95, peak=1.0, solid=0.93)),
        "thin pencil": (thin, replace(FILLED, fill=0.50, peak=0.60, solid=0.45)),
    }[kind]
    found = judged(row(gone, EMPTY, EMPTY, usual, EMPTY), usual)
    assert found == (Status.CORRECTED, 4, ())
    assert judged(row(gone, EMPTY, EMPTY, usual, EMPTY), usual, [Note.BILEVEL])[0] is Status.DOUBT


def test_a_ring_beside_a_cross_may_be_the_answer() -> None:
    found = judged(row(EMPTY, CROSS, EMPTY, RING, EMPTY))
    assert found == (Status.DOUBT, None, (Doubt.SEVERAL,))


def test_faint_rings_are_told_by_their_ink_where_the_outline_is_hardly_lost() -> None:
    ring = replace(EMPTY, around=0.08, outline=0.95)
    assert judged(row(EMPTY, EMPTY, ring, EMPTY, EMPTY), ring) == (Status.READ, 3, ())


def test_ink_beside_the_bubbles_of_one_column_is_a_streak_and_not_rings() -> None:
    ring = replace(EMPTY, around=0.06, outline=0.90)
    items = page(row(EMPTY, ring, EMPTY, EMPTY, EMPTY))[:1] * 12
    for item in judge_page(items, (), Thresholds()):
        assert item.status is Status.DOUBT


def test_a_page_of_light_crosses_is_not_a_page_of_doubts() -> None:
    assert judged(row(EMPTY, LIGHT, EMPTY, EMPTY, EMPTY), others=LIGHT) == (Status.READ, 2, ())


def test_one_dark_mark_among_light_ones_is_looked_at() -> None:
    found = judged(row(EMPTY, CROSS, EMPTY, EMPTY, EMPTY), others=LIGHT)
    assert found == (Status.DOUBT, None, (Doubt.UNLIKE,))


def test_rings_all_over_a_page_are_answers() -> None:
    assert judged(row(EMPTY, EMPTY, RING, EMPTY, EMPTY), others=RING) == (Status.READ, 3, ())


def test_two_rings_in_a_row_ask() -> None:
    status, value, _ = judged(row(EMPTY, RING, RING, EMPTY, EMPTY), others=RING)
    assert (status, value) == (Status.DOUBT, None)


def test_blanks_on_a_page_without_marks_ask_because_pencil_may_be_lost() -> None:
    found = judged(row(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY), others=EMPTY)
    assert found == (Status.DOUBT, None, (Doubt.NEAR_BLANK,))


@pytest.mark.parametrize("pen", [CROSS, replace(CROSS, fill=0.06), FILLED])
def test_blanks_on_a_black_and_white_scan_ask_because_pencil_leaves_nothing_there(
    pen: BubbleReading,
) -> None:
    found = judged(row(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY), pen, [Note.BILEVEL])
    assert found == (Status.DOUBT, None, (Doubt.NEAR_BLANK,))


def test_judging_again_with_the_same_limits_changes_nothing() -> None:
    once = judge_page(page(row(EMPTY, SMEAR, EMPTY, CROSS, EMPTY)), (), Thresholds())
    assert judge_page(once, (), Thresholds()) == once


def test_limits_change_a_stored_reading_without_a_new_scan() -> None:
    stored = judge_page(page(row(EMPTY, LIGHT, EMPTY, EMPTY, EMPTY)), (), Thresholds())
    eager = replace(Thresholds(), marked_fill=0.03, marked_peak=0.1, pen_peak_share=0.1,
                    pen_fill_share=0.1)  # fmt: skip
    assert stored[0].status is Status.DOUBT
    assert judge_page(stored, (), eager)[0].value == 2


measures = st.builds(
    BubbleReading,
    value=st.just(0),
    fill=st.floats(-0.2, 1.0),
    peak=st.floats(-0.2, 1.0),
    solid=st.floats(-0.2, 1.0),
    around=st.floats(-0.2, 1.0),
    outline=st.floats(-1.0, 1.0),
    mark=st.just(Mark.EMPTY),
)


@given(st.integers(3, 7).flatmap(
    lambda points: st.lists(
        st.lists(measures, min_size=points, max_size=points), min_size=1, max_size=20
    )
))  # fmt: skip
def test_whatever_was_measured_a_doubt_never_has_a_value(rows: list[list[BubbleReading]]) -> None:
    items = [
        ItemReading(ItemId(f"q{number}"), Status.DOUBT, None, (), tuple(row(*bubbles)))
        for number, bubbles in enumerate(rows)
    ]
    for item in judge_page(items, (), Thresholds()):
        marked = [one.value for one in item.bubbles if one.mark in (Mark.MARKED, Mark.SOLID)]
        if item.status is Status.DOUBT:
            assert item.value is None
            assert item.doubts
        elif item.status is Status.BLANK:
            assert item.value is None
            assert not marked
        else:
            assert item.doubts == ()
            assert item.value in [one.value for one in item.bubbles]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_between_blank_and_marked_there_is_always_a_doubt(first: float, second: float) -> None:
    """Two scans of one mark that differ a little never say blank and marked."""
    if abs(first - second) > 0.015:
        return

    def status(strength: float) -> Status:
        mark = replace(
            EMPTY,
            fill=0.004 + 0.2 * strength,
            peak=0.012 + 0.8 * strength,
            outline=0.97 - 0.2 * strength,
        )
        return judged(row(EMPTY, mark, EMPTY, EMPTY, EMPTY))[0]

    assert {status(first), status(second)} != {Status.BLANK, Status.READ}
