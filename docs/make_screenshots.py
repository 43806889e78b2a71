#!/usr/bin/env python3
"""Take the pictures of `docs/desk.md` from the desk itself: `python docs/make_screenshots.py`.

It needs Chromium and the development tools. The study is invented, and made anew each time.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.desk_browser import Served, chromium, come_in, served  # noqa: E402 - the tests know how to start both
from tests.doubts import crossed_twice  # noqa: E402
from tests.small_study import Office, blank_side, letter, office  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = ROOT / "docs" / "pictures" / "desk"
WIDE = {"width": 1100, "height": 700}
PHONE = {"width": 360, "height": 700}


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        made = office(Path(folder))
        stack = stack_of(made)
        with served(made.folder) as desk:
            page = browser.new_context(locale="en-GB", viewport=WIDE).new_page()
            come_in(page, desk)
            scanning(page, desk, stack)
            page.goto(f"{desk.home}/")
            page.screenshot(path=PICTURES / "home.png")
            settling(page, desk)
            looking(page, desk, made)


def scanning(page: "Page", desk: Served, stack: Path) -> None:
    """Drop a stack, and look at it and at its sheet."""
    page.goto(f"{desk.home}/scan")
    page.set_input_files("#files", str(stack))
    page.wait_for_selector("#after:not([hidden])")
    page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / "scan.png", full_page=True)
    page.click("#sheet")
    page.wait_for_selector("dl.figures")
    page.screenshot(path=PICTURES / "batch.png", full_page=True)


def settling(page: "Page", desk: Served) -> None:
    """Settle two cards, and look at the third."""
    page.goto(f"{desk.home}/settle")
    page.wait_for_selector("#settle[data-ready]")
    for key in "24":
        page.keyboard.press(key)
        page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "settle.png")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    page.screenshot(path=PICTURES / "settle-phone.png")


def looking(page: "Page", desk: Served, made: Office) -> None:
    """Look at forms, at who is due, and at results down to the paper."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    code = next(str(one.dyad) for one in made.runs[0].pages if one.dyad)
    for name, path in (
        ("forms", "/forms?wave=1"),
        ("second", "/second"),
        ("study", "/study"),
        ("missing", "/study/missing"),
        ("enrol", "/study/enrol"),
        ("retention", "/study/retention"),
        ("withdrawal", f"/study/withdrawal?code={code}"),
        ("results", "/results?group=probation/1"),
        ("dyad", f"/results/{code}"),
        ("value", f"/value/{code}/client/1/q05"),
        ("export", "/export"),
    ):
        page.goto(f"{desk.home}{path}", wait_until="networkidle")
        page.screenshot(path=PICTURES / f"{name}.png")


def stack_of(made: Office) -> Path:
    """Fill in what an office sends back: forms, doubts, a blank back, a foreign page."""
    return made.pdf(
        "monday.pdf",
        *(made.page(0), blank_side(), crossed_twice(made, 1, 4), made.page(2)),
        *(letter(), crossed_twice(made, 3, 3), made.page(4)),
    )


if __name__ == "__main__":
    main()
