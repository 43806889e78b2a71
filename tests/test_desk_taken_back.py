"""Cards of a page whose typed code is taken back elsewhere: the window goes on by itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from records.study import open_study
from records.taken_back import Decided
from tests.desk_browser import chromium, come_in, needs_browser, served
from tests.desk_pages import at_the_desk
from tests.doubts import crossed_twice
from tests.small_study import Office, office
from tests.test_desk_settle import without_codes
from wamforms.practice.ink import Gray
from wamforms.tasks.deciding import decide_page_code, take_back
from wamforms.tasks.deck import deck_of
from wamforms.tasks.paper import known_forms

if TYPE_CHECKING:
    from playwright.sync_api import Page

TYPED, READ_AGAIN = 1, 3
"""The page without a code, and the same page as it was read with the typed one."""


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Scan two forms with two doubts each; the code of the first is typed."""
    monkeypatch.setattr("scan.identify.line_reader", lambda: None)
    made = office(tmp_path)
    bare: Gray = without_codes(made, 0, crossed_twice(made, 0, 2))
    made.scan(made.pdf("one.pdf", bare, crossed_twice(made, 1, 2)))
    type_the_code(made)
    return made


def type_the_code(made: Office) -> None:
    with made.open() as study:
        code = next(one for one in known_forms(study).prints if one.serial == 1).for_people()
        decide_page_code(study, TYPED, code, after=0, by="CD")


def take_the_code_back(made: Office) -> None:
    with made.open() as study:
        after = next(one.after for one in deck_of(study).settled if one.kind == "code")
        take_back(study, Decided.CODE, TYPED, after=after, by="CD")


def test_the_desk_tells_when_pages_come_and_go(typed: Office) -> None:
    with at_the_desk(typed.folder) as visitor:
        before = visitor.get("/settle/deck").json()
        assert visitor.get("/settle/since/0").json()["moved"] == before["moved"]
        assert before["taken_back"] == []
        take_the_code_back(typed)
        assert visitor.get("/settle/since/0").json()["moved"] != before["moved"]
        after = visitor.get("/settle/deck").json()
    assert after["taken_back"] == [READ_AGAIN]
    assert [card["id"] for card in after["waiting"]] == [f"code/{TYPED}", "row/2/q01", "row/2/q02"]


def to_a_row_of(page: "Page", number: int) -> None:
    """Skip to a card of a page."""
    while not str(page.locator("#card[data-shown=yes]").get_attribute("data-card")).startswith(
        f"row/{number}/"
    ):
        page.keyboard.press("ArrowRight")


@needs_browser
def test_cards_of_a_page_that_is_none_any_more_go_in_one_calm_sentence(typed: Office) -> None:
    with served(typed.folder) as desk, chromium() as browser:
        page = browser.new_context(locale="en-GB").new_page()
        come_in(page, desk)
        page.goto(f"{desk.home}/settle")
        page.wait_for_selector("#settle[data-ready]")
        to_a_row_of(page, READ_AGAIN)
        take_the_code_back(typed)
        page.keyboard.press("3")  # before the window has heard of it
        said = page.locator("#said", has_text="Your answer 3 was not stored")
        said.wait_for(timeout=10_000)
        assert "page 3" not in said.inner_text()
        assert page.inner_text("#left").startswith("3 left · 0 done")
        type_the_code(typed)
        page.locator("#left", has_text="4 left").wait_for(timeout=10_000)
        to_a_row_of(page, READ_AGAIN + 1)
        take_the_code_back(typed)
        page.locator("#said", has_text="taken back meanwhile").wait_for(timeout=10_000)
        page.wait_for_selector("#card[data-shown=yes]")
        assert page.locator("#card").get_attribute("data-card") == f"code/{TYPED}"
        assert page.inner_text("#left").startswith("3 left · 0 done")
        with open_study(typed.folder) as study:
            assert study.store.snapshot().verdicts == ()
