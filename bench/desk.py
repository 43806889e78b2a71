"""How fast the desk is to work at: `python -m bench.desk [--cards 100] [--looking 0.9]`.

A real browser settles cards of an invented study by keys. Two figures:

- from the press of a key until the next card is painted (two frames of the browser, so that the
  picture is on the screen and not only in the page);
- seconds for each card of a practised run, with a person's looking time added by waiting. The
  time for looking and deciding is an assumption and stated beside the figure: 0.4 s to look at a
  row and 0.5 s to decide among a few values is what a practised sorter of pictures needs; the
  keystroke-level model has 1.35 s for somebody who thinks about each one.
"""

import argparse
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from records.study import open_study
from tests.desk_browser import chromium, come_in, served
from tests.doubts import many_doubts

ROWS_A_DYAD = 38
"""Every row of both forms of a dyad is in doubt."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=100)
    parser.add_argument("--looking", type=float, default=0.9, help="seconds a person looks")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        study = many_doubts(Path(folder), -(-options.cards // ROWS_A_DYAD))
        measures(study, options.cards, options.looking)


def measures(study: Path, cards: int, looking_s: float) -> None:
    """Settle so many cards of a study, and say how long it took."""
    with served(study) as desk, chromium() as browser:
        page = browser.new_page()
        come_in(page, desk)
        page.goto(f"{desk.home}/settle")
        page.wait_for_selector("#settle[data-ready]")
        begun_s = time.perf_counter()
        for card in range(cards):
            time.sleep(looking_s)
            page.keyboard.press(f"Digit{card % 5 + 1}")
        spent_s = time.perf_counter() - begun_s
        page.locator("#saved", has_text="saved").wait_for(state="attached")
        page.wait_for_timeout(500)
        found = page.evaluate(
            "performance.getEntriesByName('next card').map((one) => one.duration)"
        )
        taken = page.evaluate(
            """performance.getEntriesByType('resource')
            .filter((one) => one.name.endsWith('/settle/decide')).map((one) => one.duration)"""
        )
    with open_study(study) as opened:
        stored = len(opened.store.snapshot().verdicts)
    print(f"cards settled             {cards}, stored {stored}, lost {cards - stored}")
    for what, times in (("key to next card painted", found), ("key to row committed    ", taken)):
        print(f"{what}  median {median(times):.0f} ms, 95 %: {most(times):.0f} ms")
    print(f"a card, {looking_s} s of it looking  {spent_s / cards:.2f} s")


def most(times: list[float]) -> float:
    """Return what 95 of 100 do not exceed."""
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
