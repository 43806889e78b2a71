"""A real browser at a real desk: Debian's Chromium, driven by Playwright, and the verb itself."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

LONGEST_MS = 300_000
"""For what takes a second on a free computer; whatever is not there by then will not come."""

needs_browser = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="no real browser here: apt-get install chromium, and pip install -e '.[dev]'",
)


@dataclass(frozen=True, slots=True)
class Served:
    """A desk that runs as its own process."""

    process: subprocess.Popen[str]
    link: str

    @property
    def home(self) -> str:
        """Address of its first page."""
        return self.link.partition("/open")[0]

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def served(study: Path, *options: str) -> Iterator[Served]:
    """Start `wamforms desk` on a study."""
    command = [sys.executable, "-m", "wamforms", "desk", str(study), "--no-browser", "--json"]
    process = subprocess.Popen(
        [*command, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        yield Served(process, json.loads(said)["address"])
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Chromium with an empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def come_in(page: "Page", desk: Served, by: str = "AB") -> None:
    """Open the desk with its link, and give initials."""
    page.goto(desk.link)
    page.wait_for_url(f"{desk.home}/")
    page.goto(f"{desk.home}/who")
    page.fill("#by", by)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.home}/")
