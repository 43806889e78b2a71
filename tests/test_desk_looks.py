"""The desk's reading pages in a real browser: no rule of accessibility broken, nothing cut off."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.desk import ALL
from tests.desk_browser import chromium, needs_browser, served
from tests.small_study import Office, office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_browser

PAGES = (
    "/results",
    "/results/{code}",
    "/value/{code}/client/1/q02",
    "/value/{code}/client/1/consent",
    "/score/{code}/client/1/trust",
    "/page/1",
    "/study",
    "/study/missing",
    "/study/enrol",
    "/forms?wave=1",
    "/forms/show/probation/client/nl/1",
    "/export",
)
"""Each with every kind of thing on it: two waves, a doubt, two scans of one page."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("looks"))
    first = [made.page(0), made.page(1), made.page(4), made.page(5)]
    made.scan(made.pdf("one.pdf", *first))
    made.scan(made.pdf("two.pdf", made.page(0, {**ALL, "q02": 5}, seed=1)))
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def come_in(study: Office, browser: "Browser") -> Iterator[tuple[str, "Page"]]:
    """Come in, and say who one is with a form, as a browser sends it."""
    with served(study.folder) as desk:
        page = browser.new_page(locale="en")
        page.goto(desk.link)
        page.wait_for_url(f"{desk.home}/")
        page.goto(f"{desk.home}/who")
        page.fill("#by", "AB")
        page.click("main button")
        page.wait_for_url(f"{desk.home}/")
        yield desk.home, page


def address(study: Office, path: str) -> str:
    (code,) = {str(one.dyad) for one in study.runs[0].pages[:3] if one.dyad}
    return path.replace("{code}", code)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_and_reflows(
    study: Office, come_in: tuple[str, "Page"], path: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    home, page = come_in
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    for scheme, width in (("light", 1280), ("dark", 320)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        answer = page.goto(home + address(study, path))
        assert answer is not None
        assert answer.status == 200
        found = Axe().run(page).response["violations"]
        assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not said, "the browser refused something of the page"


def test_every_page_says_what_it_is_at_its_top(study: Office, come_in: tuple[str, "Page"]) -> None:
    home, page = come_in
    for path in PAGES:
        page.goto(home + address(study, path))
        assert page.locator("h1").count() == 1
        assert page.locator("h1").inner_text() in page.title()


def test_the_way_from_a_score_to_its_paper_needs_no_mouse(
    study: Office, come_in: tuple[str, "Page"]
) -> None:
    home, page = come_in
    page.goto(home + address(study, "/results/{code}"))
    page.locator("table a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/score/**")
    page.locator("td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/value/**")
    assert page.locator("figure img").first.evaluate("one => one.naturalWidth > 100")
