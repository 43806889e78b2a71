from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.model import ItemId
from scan.adjudicate import (
    Meaning,
    Place,
    Scan,
    SheetVerdict,
    Standing,
    Verdict,
    agree,
    answers_of_place,
    counting,
    is_open,
    settle,
    standing_of,
)
from scan.results import Doubt, PageRead, Status
from tests.readings import DOUBTFUL, code, read

BASIC = {"q01": 3, "q02": None, "q03": DOUBTFUL}
PAGE = read(code(), BASIC)
PLACE = Place.of(PAGE.code)
some_value = st.sampled_from([1, 2, 3, 4, 5, None, DOUBTFUL])
pages = st.tuples(some_value, some_value, some_value).map(
    lambda values: read(code(), dict(zip(BASIC, values, strict=True)))
)


def verdict(
    number: int, item: str, meaning: Meaning, value: int | None = None, page: int = 1
) -> Verdict:
    return Verdict(number, page, ItemId(item), meaning, value, "AB", "2026-11-23T10:00:00+00:00")


def choice(chosen: int, seen: int) -> SheetVerdict:
    return SheetVerdict(1, PLACE, chosen, seen, "AB", "2026-11-23T10:00:00+00:00")


def stacked(*scans: tuple[str, PageRead], decided: SheetVerdict | None = None) -> list[Scan]:
    """Let scans arrive one after the other, as the store does."""
    stack: list[Scan] = []
    for number, (image, page) in enumerate(scans, 1):
        stack.append(Scan(number, image, standing_of(image, page, stack, decided), page))
    return stack


def test_without_verdicts_the_reading_is_the_answer() -> None:
    sure, blank, doubt = settle(PAGE, ())
    assert (sure.value, sure.status, sure.meaning) == (3, Status.READ, Meaning.VALUE)
    assert sure.fill == pytest.approx(0.612345)
    assert (blank.value, blank.status, blank.meaning) == (None, Status.BLANK, Meaning.BLANK)
    assert (doubt.value, doubt.status, doubt.meaning) == (None, Status.DOUBT, None)
    assert doubt.fill == pytest.approx(0.05), "the darkest bubble"
    assert {one.by for one in (sure, blank, doubt)} == {None}


@pytest.mark.parametrize(
    ("meaning", "value"),
    [
        *((Meaning.VALUE, 5), (Meaning.BLANK, None)),
        *((Meaning.SEVERAL, None), (Meaning.UNREADABLE, None)),
    ],
)
@pytest.mark.parametrize("item", list(BASIC))
def test_a_verdict_overrides_any_reading_even_a_certain_one(
    item: str, meaning: Meaning, value: int | None
) -> None:
    answers = {one.item: one for one in settle(PAGE, [verdict(1, item, meaning, value)])}
    settled = answers.pop(ItemId(item))
    assert (settled.status, settled.meaning, settled.value, settled.by) == (
        *(Status.SETTLED, meaning, value),
        "AB",
    )
    assert all(one.status is not Status.SETTLED for one in answers.values())


def test_the_highest_number_wins_whatever_the_clock_or_the_order_says() -> None:
    later = replace(verdict(7, "q03", Meaning.VALUE, 2), at="1999-01-01T00:00:00+00:00")
    earlier = verdict(3, "q03", Meaning.VALUE, 4)
    for order in ([later, earlier], [earlier, later]):
        assert settle(PAGE, order)[2].value == 2


def test_a_withdrawn_verdict_brings_the_doubt_back() -> None:
    undone = [verdict(1, "q03", Meaning.VALUE, 4), verdict(2, "q03", Meaning.WITHDRAWN)]
    assert settle(PAGE, undone) == settle(PAGE, ())


@pytest.mark.parametrize(("meaning", "value"), [(Meaning.VALUE, None), (Meaning.BLANK, 3)])
def test_a_value_without_its_meaning_is_a_bug(meaning: Meaning, value: int | None) -> None:
    with pytest.raises(ValueError, match="verdict"):
        verdict(1, "q01", meaning, value)


def test_a_scan_with_a_doubt_agrees_with_one_that_is_sure() -> None:
    assert agree(PAGE, read(code(), BASIC | {"q03": 2}))


def test_a_row_filled_in_between_two_scans_makes_them_differ() -> None:
    assert not agree(PAGE, read(code(), BASIC | {"q02": 2}))


@given(pages, pages)
def test_agreement_has_no_direction(first: PageRead, second: PageRead) -> None:
    assert agree(first, second) == agree(second, first)
    assert agree(first, first)


def test_the_same_picture_again_counts_once() -> None:
    assert [one.standing for one in stacked(("a", PAGE), ("a", PAGE))] == [
        Standing.FIRST,
        Standing.DUPLICATE,
    ]


def test_the_same_sheet_again_with_compatible_answers_changes_nothing() -> None:
    scans = stacked(("a", PAGE), ("b", read(code(), BASIC | {"q03": 2})))
    assert scans[1].standing is Standing.AGAIN
    assert answers_of_place(scans, None, ()) == settle(PAGE, ())


@pytest.mark.parametrize(
    "other",
    [read(code(), BASIC | {"q01": 4}), read(code(serial=2), BASIC)],
    ids=["answer", "print"],
)
def test_another_answer_or_another_print_is_a_conflict_and_nothing_has_a_value(
    other: PageRead,
) -> None:
    scans = stacked(("a", PAGE), ("b", other))
    assert scans[1].standing is Standing.CONFLICT
    answers = answers_of_place(scans, None, [verdict(1, "q01", Meaning.VALUE, 3)])
    assert [one.item for one in answers] == list(BASIC)
    assert {(one.value, one.status, one.doubts, one.meaning) for one in answers} == {
        (None, Status.DOUBT, (Doubt.SCANS_DIFFER,), None)
    }


def test_a_conflict_waits_with_the_items_of_both_scans() -> None:
    scans = stacked(("a", PAGE), ("b", read(code(serial=2), {"q04": 1, "q01": 1})))
    assert [one.item for one in answers_of_place(scans, None, ())] == ["q01", "q02", "q03", "q04"]


def test_a_person_chooses_between_scans_and_may_choose_anew() -> None:
    other = read(code(serial=2), BASIC | {"q01": 4})
    scans = stacked(("a", PAGE), ("b", other))
    assert answers_of_place(scans, choice(2, 2), ()) == settle(other, ())
    assert answers_of_place(scans, choice(1, 2), ()) == settle(PAGE, ())


def test_a_different_sheet_after_the_choice_opens_the_question_again() -> None:
    first, second, third = (("a", PAGE), ("b", read(code(2), BASIC)), ("c", read(code(3), BASIC)))
    decided = choice(2, 2)
    scans = stacked(first, second)
    scans.append(Scan(3, "c", standing_of("c", third[1], scans, decided), third[1]))
    assert scans[2].standing is Standing.CONFLICT
    assert is_open(scans, decided)


def test_the_chosen_sheet_scanned_once_more_stays_chosen() -> None:
    other = read(code(2), BASIC)
    scans = stacked(("a", PAGE), ("b", other))
    decided = choice(2, 2)
    again = Scan(3, "c", standing_of("c", other, scans, decided), other)
    assert again.standing is Standing.AGAIN
    assert counting([*scans, again], decided).id == 2
    assert not is_open([*scans, again], decided)


def test_a_verdict_is_about_the_paper_and_follows_it_to_a_better_scan() -> None:
    better = read(code(), BASIC | {"q03": 2})
    scans = stacked(("a", PAGE), ("b", better))
    given_on_first = [verdict(1, "q02", Meaning.VALUE, 5, page=1)]
    assert answers_of_place(scans, choice(2, 2), given_on_first)[1].value == 5


def test_a_verdict_never_moves_to_another_print() -> None:
    scans = stacked(("a", PAGE), ("b", read(code(2), BASIC)))
    given_on_first = [verdict(1, "q02", Meaning.VALUE, 5, page=1)]
    assert answers_of_place(scans, choice(2, 2), given_on_first)[1].value is None


@given(st.lists(st.tuples(st.sampled_from("abc"), pages), min_size=1, max_size=5))
def test_no_value_is_ever_accepted_against_a_sure_reading_of_the_same_paper(
    scans: list[tuple[str, PageRead]],
) -> None:
    one_reading_per_picture = dict(reversed(scans))
    arrived = stacked(*((image, one_reading_per_picture[image]) for image, _ in scans))
    for answer in answers_of_place(arrived, None, ()):
        sure = {
            one.value
            for scan in arrived
            for one in scan.page.items
            if one.item == answer.item and one.status is not Status.DOUBT
        }
        if answer.status is not Status.DOUBT:
            assert sure == {answer.value}
