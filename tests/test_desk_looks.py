"""Every page of the desk in a real browser: no rule of accessibility broken, nothing cut off."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.routing import compile_path

from layouts.model import ItemId
from tests.desk import ALL
from tests.desk_browser import LONGEST_MS, chromium, come_in, needs_browser, served
from tests.doubts import crossed_twice
from tests.small_study import Office, office
from wamforms.desk.app import PARTS
from wamforms.tasks.cards import CardKind
from wamforms.tasks.deciding import decide_row
from wamforms.tasks.deck import deck_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

pytestmark = needs_browser

PAGES = (
    *("/", "/who", "/locked", "/nowhere", "/value/{code}/client/1/q99"),
    *("/forms?wave=1", "/forms/show/probation/client/nl/1"),
    *("/scan", "/scan/batch/1", "/settle", "/second"),
    *("/study", "/study/missing", "/study/enrol", "/study/retention"),
    *("/study/withdrawal", "/study/withdrawal?code={code}"),
    *("/results", "/results/{code}", "/score/{code}/client/1/trust"),
    *("/value/{code}/client/1/q02", "/value/{code}/client/1/consent", "/page/1", "/export"),
)
"""Each with every kind of thing on it: two waves, doubts, two scans of one page."""

NO_PAGES = (
    *("/here", "/forms/picture/", "/forms/file/", "/scan/thumb/", "/scan/batch/{number:int}/sheet"),
    *("/settle/", "/page/{page}/", "/study/checklist", "/study/calendar", "/study/list"),
    *("/study/shredding", "/find"),
)
"""Addresses that give pictures, files and answers to scripts: how they begin."""

WIDE, ZOOMED, NARROW = (1280, 800, 1), (640, 400, 2), (320, 800, 1)
"""Width and height in the page's own pixels, and real pixels in each of them: an ordinary window,
the same one at 200 % (half as many, twice as fine, as a browser's zoom does it), and at 400 %."""

CUT_OFF = """() => [...document.querySelectorAll('a, button, input, select, img, h1, h2, p, dd')]
    .filter((one) => one.checkVisibility() && !one.closest('.scroll, .gone, .skip'))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
      || one.getBoundingClientRect().left < -1)
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("looks"))
    first = [made.page(0), made.page(1), made.page(4), made.page(5), crossed_twice(made, 2, 4)]
    made.scan(made.pdf("one.pdf", *first))
    made.scan(made.pdf("two.pdf", made.page(0, {**ALL, "q02": 5}, seed=1)))
    with made.open() as opened:
        rows = [one for one in deck_of(opened).waiting if one.kind is CardKind.ROW]
        for card in rows[:2]:
            decide_row(opened, (card.page, ItemId(card.item)), "3", after=0, by="CD")
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
        page.set_default_timeout(LONGEST_MS)
        come_in(page, desk)
        yield desk.home, page


@pytest.fixture(scope="module")
def lens(seated: tuple[str, "Page"]) -> "CDPSession":
    """What sets the zoom."""
    _, page = seated
    return page.context.new_cdp_session(page)


def address(study: Office, path: str) -> str:
    (code,) = {str(one.dyad) for one in study.runs[0].pages[:3] if one.dyad}
    return path.replace("{code}", code)


def looked_at(lens: "CDPSession", window: tuple[int, int, int]) -> None:
    """Make the window so wide, and zoom."""
    width, height, zoom = window
    metrics = {"width": width, "height": height, "deviceScaleFactor": zoom, "mobile": False}
    lens.send("Emulation.setDeviceMetricsOverride", metrics)


def broken(page: "Page", *rules: str) -> list[str]:
    """Name every rule that the page breaks as it stands there; all rules if none is named."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = {"runOnly": list(rules)} if rules else {}
    options: dict[str, Any] = {"resultTypes": ["violations"], **only}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}, {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def faults(page: "Page", lens: "CDPSession") -> list[str]:
    """Look at a page light and dark, wide, at 200 % and 400 %, and from right to left."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    looked_at(lens, WIDE)
    found = broken(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += broken(page, "color-contrast")
    for window in (ZOOMED, NARROW):
        looked_at(lens, window)
        assert page.evaluate("[innerWidth, devicePixelRatio]") == [window[0], window[2]]
        for way in ("ltr", "rtl"):
            page.evaluate("(way) => { document.documentElement.dir = way }", way)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{over} px too wide at {window}, {way}"] if over > 0 else []
            found += [f"cut off at {window}, {way}: {one}" for one in page.evaluate(CUT_OFF)]
    found += broken(page, "target-size")
    page.evaluate("document.documentElement.dir = 'ltr'")
    looked_at(lens, WIDE)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_and_reflows(
    study: Office, seated: tuple[str, "Page"], lens: "CDPSession", path: str
) -> None:
    home, page = seated
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    answer = page.goto(home + address(study, path))
    assert answer is not None
    expected = {"/nowhere": 404, "/value/{code}/client/1/q99": 409}.get(path, 200)
    assert answer.status == expected
    if path == "/settle":
        page.wait_for_selector("#settle[data-ready]")
        page.keyboard.press("?")
    assert faults(page, lens) == []
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text() in page.title()
    refused = [one for one in said if expected == 200 or "status of" not in one]
    assert not refused, "the browser refused something of the page"


def test_a_second_reading_breaks_no_rule_from_its_first_card_to_its_result(
    seated: tuple[str, "Page"], lens: "CDPSession"
) -> None:
    home, page = seated
    page.goto(f"{home}/second")
    page.click("form[action='/second/begin'] button")
    page.wait_for_selector("#second[data-ready]")
    assert faults(page, lens) == []
    while page.locator("#second").count():
        card = page.locator("#card").get_attribute("data-card")
        page.keyboard.press("5")
        page.wait_for_function(
            "(card) => document.getElementById('card')?.dataset.card !== card", arg=card
        )
    page.wait_for_selector(".differ img")
    assert page.locator(".differ").count() == 2
    assert faults(page, lens) == []
    for left in (1, 0):
        page.click(".differ button[value='5'] >> nth=0")
        page.wait_for_function(
            "(left) => document.querySelectorAll('.differ').length === left", arg=left
        )
    assert "No row is left" in page.inner_text("main")
    assert faults(page, lens) == []


def test_every_page_of_the_desk_is_among_those_that_are_looked_at() -> None:
    addresses = [one.split("?")[0].replace("{code}", "K7Q4-2M9Y") for one in PAGES]
    ways = [way.path for part in PARTS for way in part.ways if way.method == "GET" and way.view]
    unseen = [
        way
        for way in ways
        if not way.startswith(NO_PAGES) and not any(map(compile_path(way)[0].match, addresses))
    ]
    assert unseen == []


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
