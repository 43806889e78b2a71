"""The desk's reading pages in a real browser: no rule of accessibility broken, nothing cut off."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk import ALL
from tests.desk_browser import chromium, come_in, needs_browser, served
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
    "/study/retention",
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
def seated(study: Office, browser: "Browser") -> Iterator[tuple[str, "Page"]]:
    """Sit at the desk: its address, and a page that has come in."""
    with served(study.folder) as desk:
        page = browser.new_page(locale="en")
        come_in(page, desk)
        yield desk.home, page


def address(study: Office, path: str) -> str:
    (code,) = {str(one.dyad) for one in study.runs[0].pages[:3] if one.dyad}
    return path.replace("{code}", code)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_and_reflows(
    study: Office, seated: tuple[str, "Page"], path: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    home, page = seated
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
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text() in page.title()
    assert not said, "the browser refused something of the page"


def test_the_way_from_a_score_to_its_paper_needs_no_mouse(
    study: Office, seated: tuple[str, "Page"]
) -> None:
    home, page = seated
    page.goto(home + address(study, "/results/{code}"))
    page.locator("table a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/score/**")
    page.locator("td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/value/**")
    assert page.locator("figure img").first.evaluate("one => one.naturalWidth > 100")


def test_a_list_is_taken_by_the_page_and_its_faults_are_read_out(
    seated: tuple[str, "Page"], tmp_path: Path
) -> None:
    home, page = seated
    page.goto(f"{home}/study/enrol")
    (tmp_path / "wrong.csv").write_text("dyad,domain\n,nowhere\n")
    page.set_input_files("#list-file", tmp_path / "wrong.csv")
    said = page.locator("#list-state.bad")
    said.wait_for()
    assert "1 fault" in said.inner_text()
    (tmp_path / "right.csv").write_text("domain,officer\nprobation,Z\n")
    page.set_input_files("#list-file", tmp_path / "right.csv")
    page.wait_for_selector("#done")
    assert "One new dyad" in page.locator("#done + p").inner_text()
    with page.expect_download() as given:
        page.click("#done ~ p a")
    assert "Z" in given.value.path().read_text()


def test_a_run_is_printed_and_its_pdf_downloaded(seated: tuple[str, "Page"]) -> None:
    home, page = seated
    page.goto(f"{home}/forms?wave=1&officer=A")
    page.click("text=Make the PDF")
    page.wait_for_selector("#done")
    with page.expect_download() as given:
        page.click("#done ~ p a.button >> nth=0")
    assert given.value.path().read_bytes().startswith(b"%PDF")
