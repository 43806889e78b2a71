"""Settle: cards in a good order, a committed row for each decision, nothing unknowingly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layouts.errors import UsageError
from layouts.model import ItemId
from records.log import Action
from scan.adjudicate import Meaning
from scan.results import Doubt
from tests.desk import ALL, DPI
from tests.desk_pages import Visitor, at_the_desk
from tests.doubts import doubtful_office
from tests.small_study import Office, office
from wamforms.desk.leases import LEASE_S, Leases
from wamforms.desk.settle_page import GROUPS
from wamforms.practice.ink import Gray
from wamforms.tasks.asides import put_aside
from wamforms.tasks.cards import CardKind
from wamforms.tasks.deciding import choose_scan, decide_row
from wamforms.tasks.deck import ORDER, deck_of
from wamforms.tasks.paper import known_forms
from wamforms.tasks.settling import open_questions

ROW = (1, ItemId("q01"))


@pytest.fixture
def doubts(tmp_path: Path) -> Office:
    return doubtful_office(tmp_path, forms=2, rows=3)


@pytest.fixture
def visitor(doubts: Office) -> Iterator[Visitor]:
    with at_the_desk(doubts.folder) as found:
        yield found


def decision(answer: str, after: int = 0, **more: object) -> dict[str, object]:
    return {"kind": "row", "page": 1, "item": "q01", "answer": answer, "after": after, **more}


def deck(visitor: Visitor) -> Any:  # noqa: ANN401 - JSON
    return visitor.get("/settle/deck").json()


def test_rows_of_one_item_stand_together_and_neighbours_are_of_different_sheets(
    doubts: Office,
) -> None:
    with doubts.open() as study:
        cards = deck_of(study).waiting
    assert [card.item for card in cards] == ["q01", "q01", "q02", "q02", "q03", "q03"]
    assert all(a.page != b.page for a, b in zip(cards[::2], cards[1::2], strict=True))
    assert {card.kind for card in cards} == {CardKind.ROW}
    first = cards[0]
    assert [bubble.value for bubble in first.bubbles] == [1, 2, 3, 4, 5]
    places = [bubble.at for bubble in first.bubbles]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 1


def test_a_decision_is_one_committed_row_before_the_desk_says_saved(
    visitor: Visitor, doubts: Office
) -> None:
    answer = visitor.ask("/settle/decide", decision("3", took_ms=812))
    assert answer.status_code == 200
    assert answer.json()["is_stored"] is True
    with doubts.open() as study:
        (verdict,) = study.store.snapshot().verdicts
        assert (verdict.page, verdict.item, verdict.value, verdict.by) == (*ROW, 3, "AB")
        assert study.store.seconds_spent() == {"AB": (1, 0.812)}
        assert study.store.check() == ()


@pytest.mark.parametrize(
    ("answer", "meaning", "value"),
    [
        ("5", Meaning.VALUE, 5),
        ("blank", Meaning.BLANK, None),
        ("several", Meaning.SEVERAL, None),
        ("unreadable", Meaning.UNREADABLE, None),
    ],
)
def test_every_answer_is_what_the_command_line_stores(
    doubts: Office, answer: str, meaning: Meaning, value: int | None
) -> None:
    with doubts.open() as study:
        decide_row(study, ROW, answer, after=0, by="AB")
        (verdict,) = study.store.snapshot().verdicts
    assert (verdict.meaning, verdict.value) == (meaning, value)


@pytest.mark.parametrize("answer", ["6", "0", "-1", "", "yes", "9" * 9, "３"])
def test_what_is_no_answer_of_the_row_is_refused_in_one_sentence(
    visitor: Visitor, doubts: Office, answer: str
) -> None:
    refused = visitor.ask("/settle/decide", decision(answer))
    assert refused.status_code == 409
    assert refused.json()["error"]
    with doubts.open() as study:
        assert study.store.snapshot().verdicts == ()


def test_undo_is_another_row_and_goes_back_as_far_as_one_likes(doubts: Office) -> None:
    with doubts.open() as study:
        before = len(open_questions(study))
        after = 0
        for answer in ("3", "4", "3", "open"):
            after = decide_row(study, ROW, answer, after=after, by="AB").after
        assert len(open_questions(study)) == before
        assert len(study.store.snapshot().verdicts) == 4
        assert study.store.check() == ()


def test_two_people_never_decide_the_same_card_unknowingly(doubts: Office) -> None:
    with at_the_desk(doubts.folder, by="AB") as one, at_the_desk(doubts.folder, by="CD") as other:
        first = one.ask("/settle/decide", decision("3"))
        second = other.ask("/settle/decide", decision("4"))
        assert first.status_code == 200
        assert second.status_code == 409
        told = second.json()
        assert (told["is_stored"], told["answer"], told["by"]) == (False, "3", "AB")
        again = other.ask("/settle/decide", decision("4", after=told["after"]))
        assert again.status_code == 200


def test_a_decision_sent_again_because_the_answer_got_lost_counts_once(doubts: Office) -> None:
    with doubts.open() as study:
        first = decide_row(study, ROW, "3", after=0, by="AB")
        again = decide_row(study, ROW, "3", after=0, by="AB")
        assert again == first
        assert len(study.store.snapshot().verdicts) == 1


def test_a_row_is_decided_once_for_all_scans_of_its_page(doubts: Office) -> None:
    with doubts.open() as study:
        decide_row(study, ROW, "3", after=0, by="AB")
        cards = deck_of(study)
        assert [card.answer for card in cards.settled] == ["3"]
        assert all((card.page, card.item) != ROW for card in cards.waiting)


def test_cards_go_to_one_window_at_a_time() -> None:
    clock_s = [0.0]
    leases = Leases(lambda: clock_s[0])
    assert leases.take("one", ["a", "b"]) == ()
    assert leases.take("two", ["b", "c"]) == ("b",)
    assert leases.take("one", ["b"]) == ()
    leases.release("two")
    assert leases.take("one", ["c"]) == ()
    clock_s[0] = LEASE_S + 1
    assert leases.take("two", ["a", "b", "c"]) == ()


def test_a_picture_is_shown_only_after_it_was_logged_that_it_is_seen(
    visitor: Visitor, doubts: Office
) -> None:
    assert visitor.get("/settle/row/1/q01").status_code == 409
    dealt = visitor.ask("/settle/deal", {"window": "w", "cards": ["row/1/q01", "row/1/q02"]})
    assert dealt.json() == {"mine": ["row/1/q01", "row/1/q02"], "taken": []}
    with doubts.open() as study:
        (seen,) = study.store.log.events(Action.VIEWED)
    assert (seen.object, seen.actor) == ("page 1", "AB")
    picture = visitor.get("/settle/row/1/q01")
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "no-store"
    assert visitor.get("/settle/row/1/q01?whole=1").content != picture.content
    assert visitor.get("/settle/sheet/1?item=q01").content[:2] == b"\xff\xd8"


@pytest.mark.parametrize("card", ["row/x/q01", "row//q01", "scans/1+x", "x", "row/-1/q01"])
def test_a_card_that_is_none_is_not_dealt(visitor: Visitor, card: str) -> None:
    assert visitor.ask("/settle/deal", {"window": "w", "cards": [card]}).status_code == 409


@pytest.mark.parametrize("data", [None, [], "x", {}, {"kind": "row"}, decision("3", page="1")])
def test_what_no_page_of_ours_sends_is_refused(visitor: Visitor, data: object) -> None:
    assert visitor.ask("/settle/decide", data).status_code == 409


def test_parked_cards_rescans_and_notes_are_rows_and_can_be_taken_back(
    visitor: Visitor, doubts: Office
) -> None:
    for mark, text in (("parked", ""), ("rescan", ""), ("note", "a fold"), ("no rescan", "")):
        sent = {"page": 1, "item": "q01", "mark": mark, "text": text}
        assert visitor.ask("/settle/aside", sent).status_code == 200
    (card,) = [one for one in deck(visitor)["waiting"] if one["id"] == "row/1/q01"]
    assert (card["is_parked"], card["is_rescan"], card["notes"]) == (True, False, ["a fold"])
    with doubts.open() as study:
        assert len(study.store.marks()) == 4
        assert study.store.check() == ()


@pytest.mark.parametrize(("mark", "text"), [("note", " "), ("note", "x" * 501), ("burnt", "")])
def test_a_note_says_something_and_is_short(doubts: Office, mark: str, text: str) -> None:
    with doubts.open() as study, pytest.raises(UsageError):
        put_aside(study, 1, "q01", mark, text, by="AB")


def test_what_another_window_decided_is_heard(visitor: Visitor, doubts: Office) -> None:
    with doubts.open() as study:
        decide_row(study, ROW, "3", after=0, by="CD")
    heard = visitor.get("/settle/since/0").json()["decided"]
    assert [(one["page"], one["item"], one["answer"], one["by"]) for one in heard] == [
        (1, "q01", "3", "CD")
    ]
    assert visitor.get(f"/settle/since/{heard[0]['number']}").json()["decided"] == []


def test_different_scans_of_a_page_are_chosen_between(tmp_path: Path) -> None:
    made = office(tmp_path)
    made.scan(made.pdf("one.pdf", made.page(0)))
    made.scan(made.pdf("two.pdf", made.page(0, {**ALL, "q02": ALL["q02"] % 5 + 1})))
    with made.open() as study:
        (card,) = deck_of(study).waiting
        assert (card.kind, card.id) == (CardKind.SCANS, "scans/1+2")
        assert card.differing == (("q02", 2),)
        with pytest.raises(UsageError, match="another scan"):
            choose_scan(study, [1], 1, after=0, by="AB")
        chosen = choose_scan(study, [1, 2], 2, after=0, by="AB")
        assert chosen.is_stored
        late = choose_scan(study, [1, 2], 1, after=0, by="CD")
        assert (late.is_stored, late.answer) == (False, "2")
        assert deck_of(study).waiting == ()


def without_codes(made: Office, number: int, filled: Gray | None = None) -> Gray:
    """Fill in a form, or take a filled one, and put stickers over both of its symbols."""
    page = made.page(number) if filled is None else filled
    forms = [one for run in made.runs for one in run.pages if one.kind == "form"]
    layout = made.layouts[forms[number].fingerprint or ""].pages[0]
    per_mm = DPI / 25.4
    for box in layout.codes:
        rows = slice(round(box.top_mm * per_mm), round(box.bottom_mm * per_mm))
        page[rows, round(box.left_mm * per_mm) : round(box.right_mm * per_mm)] = 250
    return page


def test_a_page_without_a_code_is_typed_and_checked_while_typing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scan.identify.line_reader", lambda: None)
    made = office(tmp_path)
    made.scan(made.pdf("one.pdf", without_codes(made, 0), without_codes(made, 1)))
    with made.open() as study:
        code = next(one for one in known_forms(study).prints if one.serial == 1).for_people()
    with at_the_desk(made.folder) as visitor:
        first, second = deck(visitor)["waiting"]
        assert first["kind"] == "code"
        visitor.ask("/settle/deal", {"window": "w", "cards": [first["id"]]})
        assert visitor.get(f"/settle/code/{first['page']}").status_code == 200
        asked = {"kind": "code", "page": first["page"]}
        assert visitor.ask("/settle/check", {**asked, "typed": "K7Q4"}).status_code == 409
        right = visitor.ask("/settle/check", {**asked, "typed": code.lower()})
        assert right.json()["means"] == code
        assert len(deck(visitor)["waiting"]) == 2
        sent = {**asked, "answer": code, "after": 0}
        for _ in range(2):  # sent again because the answer got lost
            stored = visitor.ask("/settle/decide", sent)
            assert (stored.status_code, stored.json()["after"]) == (200, 1)
        late = visitor.ask("/settle/decide", {**sent, "answer": "unreadable"})
        assert (late.status_code, late.json()["answer"]) == (409, code)
        nobody = {**sent, "page": second["page"], "answer": "unreadable"}
        assert visitor.ask("/settle/decide", nobody).status_code == 200
        assert deck(visitor)["waiting"] == []
        for card in deck(visitor)["settled"]:
            back = {"kind": "code", "page": card["page"], "answer": "open", "after": card["after"]}
            assert visitor.ask("/settle/decide", back).json()["answer"] == "open"
        assert [one["id"] for one in deck(visitor)["waiting"]] == [first["id"], second["id"]]


def test_the_page_asks_for_initials_first(doubts: Office) -> None:
    with at_the_desk(doubts.folder, by="") as visitor:
        assert visitor.get("/settle").headers["location"] == "/who?next=/settle"
    with at_the_desk(doubts.folder) as visitor:
        page = visitor.text("/settle")
    assert 'data-by="AB"' in page
    assert "<script>" not in page
    assert " style=" not in page


def test_keys_of_ones_own_are_kept(visitor: Visitor) -> None:
    chosen = {"several": "x", "on": "no"}
    assert visitor.ask("/settle/keys", {"keys": chosen}).status_code == 200
    assert visitor.session.keys == chosen
    assert visitor.ask("/settle/keys", {"keys": {"x": "y" * 3000}}).status_code == 409


def test_every_doubt_has_its_place_among_the_cards_and_its_heading() -> None:
    assert sorted(ORDER) == sorted(Doubt)
    assert set(GROUPS) == {*Doubt, *CardKind} - {CardKind.ROW}
