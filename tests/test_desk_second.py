"""Second reader: blind, in an order of its own, and only differences come back."""

from pathlib import Path

import pytest

from layouts.errors import UsageError
from layouts.model import ItemId
from tests.desk_pages import at_the_desk
from tests.doubts import doubtful_office
from tests.small_study import Office
from wamforms.tasks.deciding import decide_row
from wamforms.tasks.deck import deck_of
from wamforms.tasks.second_reading import (
    answer_again,
    begin_second_reading,
    blind_cards,
    kappa_of,
    second_result,
)

DECIDED = 20


@pytest.fixture
def settled(tmp_path: Path) -> Office:
    """A study in which AB has answered 3 to twenty doubts; the rest was read for certain."""
    made = doubtful_office(tmp_path, forms=2, rows=10)
    with made.open() as study:
        for card in deck_of(study).waiting:
            where = (card.page, ItemId(card.item))
            decide_row(study, where, "3", after=0, by="AB", took_ms=1500)
    return made


def test_a_round_is_blind_and_in_an_order_of_its_own_with_known_rows_among_it(
    settled: Office,
) -> None:
    with settled.open() as study:
        rows = begin_second_reading(study, 1.0, by="CD", seed="one")
        first = [(card.page, card.item) for card in blind_cards(study)]
        assert rows == len(first) == DECIDED + 1
        assert first != sorted(first)
        begin_second_reading(study, 1.0, by="CD", seed="two")
        assert [(card.page, card.item) for card in blind_cards(study)] != first
        assert study.store.check() == ()
    with at_the_desk(settled.folder, by="CD") as visitor:
        (card, *_) = visitor.ask("/second/cards", {}).json()["cards"]
    assert set(card) == {"number", "page", "item", "places"}, "nothing that was said of it"


def test_a_sample_is_a_share_of_what_others_decided(settled: Office) -> None:
    with settled.open() as study:
        assert begin_second_reading(study, 0.1, by="CD") == 2 + 1
        with pytest.raises(UsageError, match="nobody else"):
            begin_second_reading(study, 1.0, by="AB")
        with pytest.raises(UsageError, match="between"):
            begin_second_reading(study, 0.0, by="CD")


def test_equal_answers_merge_and_differences_come_back_once(settled: Office) -> None:
    with settled.open() as study:
        begin_second_reading(study, 1.0, by="CD", seed="one")
        last = study.store.last_round()
        assert last is not None
        different = [card.number for card in last.cards if card.verdict is not None][:5]
        for card in last.cards:
            answer = "4" if card.number in different else str(card.value)
            answer_again(study, card.number, answer, by="CD", took_ms=900)
        result = second_result(study)
        assert result is not None
        assert result.is_done
        assert (result.compared, result.known, result.known_right) == (DECIDED, 1, 1)
        assert result.agreement == 15 / 20
        assert result.kappa == pytest.approx(0.0)
        assert (result.seconds, result.first_seconds) == (0.9, (("AB", 1.5),))
        assert len(result.differences) == 5
        one = result.differences[0]
        assert (one.first, one.first_by, one.second, one.second_by) == ("3", "AB", "4", "CD")
        decide_row(study, (one.page, ItemId(one.item)), "4", after=one.after, by="EF")
        after = second_result(study)
        assert after is not None
        assert len(after.differences) == 4
        assert study.store.check() == ()


def test_the_latest_answer_holds_and_only_the_second_reader_answers(settled: Office) -> None:
    with settled.open() as study:
        begin_second_reading(study, 1.0, by="CD", seed="one")
        card = blind_cards(study)[0].number
        for answer in ("1", "blank", "3"):
            answer_again(study, card, answer, by="CD", took_ms=None)
        with pytest.raises(UsageError, match="read by CD"):
            answer_again(study, card, "3", by="AB", took_ms=None)
        with pytest.raises(UsageError, match="not in the round"):
            answer_again(study, 999, "3", by="CD", took_ms=None)
        result = second_result(study)
        assert result is not None
        assert (result.answered, result.agreement) == (1, 1.0)


def test_a_whole_round_at_the_desk(settled: Office) -> None:
    with at_the_desk(settled.folder, by="CD") as visitor:
        assert visitor.post("/second/begin", {"share": "0.1"}).status_code == 303
        assert 'id="second"' in visitor.text("/second")
        for card in visitor.ask("/second/cards", {}).json()["cards"]:
            assert visitor.get(f"/settle/row/{card['page']}/{card['item']}").status_code == 200
            sent = {"card": card["number"], "answer": "5", "took_ms": 700}
            assert visitor.ask("/second/answer", sent).status_code == 200
        page = visitor.text("/second")
        assert "2 rows on which they differ" in page
        visitor.post("/second/differences")
        page = visitor.text("/second")
        assert page.count('action="/second/decide"') == 2
        with settled.open() as study:
            result = second_result(study)
            assert result is not None
            one = result.differences[0]
        form = {"page": str(one.page), "item": one.item, "after": str(one.after), "answer": "5"}
        assert visitor.post("/second/decide", form).status_code == 303
        assert visitor.post("/second/decide", {**form, "answer": "1"}).status_code == 409
        assert visitor.post("/second/decide", {**form, "page": "x"}).status_code == 409
        assert visitor.text("/second").count('action="/second/decide"') == 1


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([("1", "1")] * 5, None),
        ([("1", "1"), ("2", "2")], 1.0),
        ([("1", "2"), ("2", "1")], -1.0),
        # Cohen 1960 as worked in many textbooks: 20 both yes, 15 both no, 5 and 10 apart.
        ([("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10, 0.4),
    ],
)
def test_kappa_is_cohens(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    found = kappa_of(pairs)
    assert found == (None if kappa is None else pytest.approx(kappa))
