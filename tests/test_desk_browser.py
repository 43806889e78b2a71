"""The desk in a real browser, with the server as its users start it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from layouts.model import ItemId
from records.study import open_study
from scan.adjudicate import Meaning
from tests.desk_browser import LONGEST_MS, Served, chromium, come_in, needs_browser, served
from tests.doubts import crossed_twice, doubtful_office, many_doubts
from tests.small_study import blank_side
from wamforms.tasks.deciding import decide_row
from wamforms.tasks.outcomes import answer_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = needs_browser

CARDS = 200
NEXT_CARD_MS = 50.0


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of 228 doubts."""
    return many_doubts(tmp_path_factory.mktemp("many"), 6)


@pytest.fixture(scope="module")
def desk(many: Path) -> Iterator[Served]:
    with served(many) as found:
        yield found


@contextmanager
def person(browser: "Browser", desk: Served, by: str = "AB") -> Iterator["BrowserContext"]:
    """Come in with the link of the desk, and give initials."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(LONGEST_MS)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    come_in(page, desk, by)
    yield context
    context.close()
    assert asked
    foreign = [url for url in asked if not url.startswith((desk.home, "data:", "blob:"))]
    assert foreign == [], "nothing leaves this computer"


@pytest.fixture(scope="module")
def at_many(browser: "Browser", desk: Served) -> Iterator["BrowserContext"]:
    with person(browser, desk) as found:
        yield found


def settling(context: "BrowserContext", desk: Served) -> "Page":
    page = context.new_page()
    page.goto(f"{desk.home}/settle")
    page.wait_for_selector("#settle[data-ready]")
    return page


def card_of(page: "Page") -> str:
    """Name the card that stands there, as soon as its picture does."""
    page.wait_for_selector("#card[data-shown=yes]")
    return str(page.locator("#card").get_attribute("data-card"))


def says(page: "Page", where: str, start: str) -> None:
    """Wait until a place on the page begins with some words."""
    page.locator(where, has_text=re.compile(rf"^\s*{start}")).wait_for(state="attached")


def saved(page: "Page") -> None:
    says(page, "#saved", "saved")


def answers_in(study: Path) -> dict[str, str]:
    """What holds of each row, from the study itself."""
    with open_study(study) as opened:
        found = {f"row/{v.page}/{v.item}": v for v in opened.store.snapshot().verdicts}
    return {
        name: answer_of(v.meaning, v.value)
        for name, v in found.items()
        if v.meaning is not Meaning.WITHDRAWN
    }


def test_every_control_is_large_enough_and_shows_that_it_has_the_focus(
    at_many: "BrowserContext", desk: Served
) -> None:
    page = settling(at_many, desk)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main input, header a, header button')]
        .filter((one) => one.offsetParent && !one.matches('.gone, [type=checkbox], .quiet'))
        .filter((one) => one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML)"""
    )
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.close()
    assert small == []
    assert outline == "solid"


def test_the_keyboard_alone_reaches_everything_and_is_never_caught(
    at_many: "BrowserContext", desk: Served
) -> None:
    page = settling(at_many, desk)
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(
        """[...document.querySelectorAll('a, button, input')]
        .filter((one) => one.offsetParent && one.type !== 'hidden').length"""
    )
    seen = set()
    for _ in range(wanted + 10):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                """[...document.querySelectorAll('a, button, input')]
                .indexOf(document.activeElement)"""
            )
        )
    page.close()
    assert len(seen - {-1}) >= wanted


def test_200_cards_by_keys_with_an_undo_storm_and_none_is_lost(
    at_many: "BrowserContext", desk: Served, many: Path
) -> None:
    page = settling(at_many, desk)
    expected: dict[str, str] = {}
    made: list[str] = []
    keys = {"Digit1": "1", "Numpad4": "4", "Digit0": "blank", "m": "several", "u": "unreadable"}
    turn = 0

    def press() -> None:
        nonlocal turn
        key, answer = list(keys.items())[turn % len(keys)]
        turn += 1
        card = card_of(page)
        page.keyboard.press(key)
        expected[card] = answer
        made.append(card)

    while len(expected) < CARDS:
        press()
        if turn % 50 == 0:
            for _ in range(7):
                page.keyboard.press("Control+z" if turn % 100 else "Backspace")
                del expected[made.pop()]
    saved(page)
    assert len(made) == len(set(made)) == CARDS
    assert answers_in(many) == expected
    times = page.evaluate("performance.getEntriesByName('next card').map((one) => one.duration)")
    assert median(times) < NEXT_CARD_MS
    with open_study(many) as study:
        assert study.store.check() == ()
    page.close()


def test_digits_go_by_the_place_of_the_key(
    at_many: "BrowserContext", desk: Served, many: Path
) -> None:
    page = settling(at_many, desk)
    card = card_of(page)
    page.evaluate(
        """document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
        {key: '"', code: 'Digit3', bubbles: true, cancelable: true}))"""  # AZERTY, without Shift
    )
    saved(page)
    assert answers_in(many)[card] == "3"
    page.close()


def test_two_windows_get_different_cards_and_nobody_overwrites_unknowingly(
    at_many: "BrowserContext", desk: Served, many: Path
) -> None:
    one, other = settling(at_many, desk), settling(at_many, desk)
    assert card_of(one) != card_of(other)
    _, number, item = card_of(one).split("/")
    where = (int(number), ItemId(item))
    with open_study(many) as study:
        last = study.store.last_verdict(*where)
        decide_row(study, where, "2", after=last.number if last else 0, by="CD")
    card = card_of(one)
    one.keyboard.press("5")
    one.wait_for_selector("#said button")
    assert "was decided meanwhile by CD: 2" in one.inner_text("#said")
    assert answers_in(many)[card] == "2"
    one.click("#said button")
    assert card_of(one) == card
    one.keyboard.press("5")
    saved(one)
    assert answers_in(many)[card] == "5"
    one.close()
    other.close()


def test_single_keys_can_be_turned_off(at_many: "BrowserContext", desk: Served) -> None:
    page = settling(at_many, desk)
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.click("#key-form button")
    says(page, "#said", "Keys kept")
    page.focus("#card")
    card = card_of(page)
    page.keyboard.press("3")
    assert card_of(page) == card
    page.check("#keys-on")
    page.click("#key-form button")
    page.close()


def settled_and_killed(context: "BrowserContext", desk: Served) -> tuple[list[str], str]:
    """Settle eight cards, end the desk, and answer one more; return the cards."""
    page = settling(context, desk)
    decided = []
    for _ in range(8):
        decided.append(card_of(page))
        page.keyboard.press("3")
    saved(page)
    decided_late = card_of(page)
    desk.kill()
    page.keyboard.press("4")
    says(page, "#saved", "1 not")
    return decided, decided_late


def dropped_and_killed(page: "Page", desk: Served, stack: Path) -> None:
    """Drop a stack, and end the desk while it is read."""
    page.goto(f"{desk.home}/scan")
    page.set_input_files("#files", str(stack))
    says(page, "#state", "Reading")
    desk.kill()


def test_a_desk_that_is_killed_twice_loses_neither_decisions_nor_pages(
    browser: "Browser", tmp_path: Path
) -> None:
    made = doubtful_office(tmp_path, forms=2, rows=10)
    study = made.folder
    pages = [made.page(2), blank_side(), crossed_twice(made, 3, 2), made.page(4), made.page(5)]
    stack = made.pdf("stack.pdf", *pages)
    with served(study) as desk, person(browser, desk) as context:
        decided, decided_late = settled_and_killed(context, desk)
    assert set(answers_in(study)) == set(decided)
    with served(study) as desk, person(browser, desk) as context:
        page = settling(context, desk)
        assert card_of(page) not in decided
        assert decided_late not in answers_in(study), "it was never called saved, and asks again"
        page.keyboard.press("Backspace")  # undo reaches back over the kill
        saved(page)
        assert len(answers_in(study)) == len(decided) - 1
        dropped_and_killed(page, desk, stack)
    with served(study) as desk, person(browser, desk) as context:
        page = context.new_page()
        page.goto(f"{desk.home}/scan")
        page.wait_for_selector("#after:not([hidden])")
        page.click("#sheet")
        page.wait_for_selector("dl.figures")
        assert "exactly one pile" in page.inner_text("main")
    with open_study(study) as opened:
        assert [one.index for one in opened.store.snapshot().pages[2:]] == [1, 2, 3, 4, 5]
        assert opened.store.check() == ()
