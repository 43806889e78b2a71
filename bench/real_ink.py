"""Read ink that real people put on paper, laid over our own printed forms.

`python -m bench.real_ink FILE.npz` takes three arrays: `ink` (rows, boxes, 80, 80),
how much ink covers each pixel, the box in the middle 40 by 40; `marked` (rows,
boxes), 1 marked by a person, 0 not, 255 no such box; `sheet` (rows,), whose hand
it is. Rows of one sheet fill pages of their own, so that the reader sees one pen
and one hand a page. The file is not part of the project.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bench.accuracy import DPI, known_forms, printed_forms
from layouts.model import Group
from output.bounds import upper_bound
from scan.picture import Gray
from scan.read import read_page
from scan.results import ItemReading, PageRead, Status
from scan.thresholds import Thresholds
from wamforms.practice.effects import NAMED
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

CONDITIONS = ("clean", "office", "copier", "faint", "soft", "jpeg", "bilevel")
"""How the inked pages are scanned, by their names in `wamforms.practice.effects`."""

BOX_PX = 40
"""Side of the original answer box in the ink maps."""


@dataclass(frozen=True, slots=True, eq=False)
class RealInk:
    """Ink maps of rows of answers, and what a person saw in them."""

    ink: npt.NDArray[np.uint8]
    marked: npt.NDArray[np.uint8]
    sheet: npt.NDArray[np.str_]

    def pages(self, rows: int) -> Iterator[npt.NDArray[np.intp]]:
        """Yield the numbers of the rows that share a page: of one sheet, at most `rows`."""
        for sheet in sorted(set(self.sheet.tolist())):
            mine = np.flatnonzero(self.sheet == sheet)
            for start in range(0, len(mine), rows):
                yield mine[start : start + rows]

    def meant(self, row: int, group: Group) -> list[int]:
        """List the values of the boxes that a person marked."""
        seen = zip(group.bubbles, self.marked[row], strict=False)
        return [bubble.value for bubble, marked in seen if marked == 1]


def lay_over(
    page: Gray, groups: tuple[Group, ...], ink: RealInk, rows: npt.NDArray[np.intp]
) -> Gray:
    """Multiply a page with the ink of the given rows, one row of the form each."""
    per_mm = DPI / MM_PER_INCH
    covered = page.astype(np.float32)
    for group, row in zip(groups, rows, strict=False):
        for place, bubble in enumerate(group.bubbles[: ink.ink.shape[1]]):
            if ink.marked[row, place] == 255:
                continue
            side = round(2 * bubble.radius_mm * per_mm / BOX_PX * ink.ink.shape[2])
            map_ = cv2.resize(ink.ink[row, place], (side, side), interpolation=cv2.INTER_AREA)
            left = round(bubble.centre.x_mm * per_mm - side / 2)
            top = round(bubble.centre.y_mm * per_mm - side / 2)
            covered[top : top + side, left : left + side] *= 1 - np.asarray(map_) / 255
    return covered.astype(np.uint8)


def came_out(item: ItemReading, meant: list[int]) -> str:
    """Name what came of one row: `one: right`, `blank: asked` and so on."""
    kind = {0: "blank", 1: "one mark"}.get(len(meant), "several marks")
    if item.status is Status.DOUBT:
        return f"{kind}: asked"
    read = [] if item.value is None else [item.value]
    return f"{kind}: right" if read == meant else f"{kind}: WRONG"


def run(ink: RealInk, condition: str, seed: int) -> Counter[str]:
    """Read all rows in one condition."""
    form, pdf = printed_forms()[0]
    groups = form.layout.pages[0].groups
    per_mm = DPI / MM_PER_INCH
    counts: Counter[str] = Counter()
    for number, rows in enumerate(ink.pages(len(groups))):
        rng = np.random.default_rng([seed, number])
        # A sheet with few rows goes round again, so that the page shows its pen.
        filled = np.resize(rows, len(groups))
        page = lay_over(page_at(pdf, 1, DPI), groups, ink, filled)
        picture = scan(page, per_mm, NAMED[condition].varied(rng), rng, DPI)
        outcome = read_page("page", picture, DPI, known_forms(), Thresholds())
        if not isinstance(outcome, PageRead):
            counts["page refused"] += 1
            continue
        for row, group, item in zip(rows, groups, outcome.items, strict=False):
            counts[came_out(item, ink.meant(int(row), group))] += 1
    return counts


def main() -> None:
    """Run all conditions from the command line."""
    parser = argparse.ArgumentParser(description="Read real people's ink on our forms.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.file.is_file():
        sys.exit(f"{options.file} is not there; the ink of real people is not part of the project")
    with np.load(options.file) as arrays:
        ink = RealInk(arrays["ink"], arrays["marked"], arrays["sheet"])
    print("| scanned | one mark: right | asked | wrong | blank: right | asked | wrong"
          " | several: asked | wrong | at most, per 10,000 |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for condition in CONDITIONS:
        counts = run(ink, condition, options.seed)
        names = [
            *(f"one mark: {how}" for how in ("right", "asked", "WRONG")),
            *(f"blank: {how}" for how in ("right", "asked", "WRONG")),
            *(f"several marks: {how}" for how in ("asked", "WRONG")),
        ]
        wrong = sum(count for name, count in counts.items() if name.endswith("WRONG"))
        bound = upper_bound(wrong, sum(counts.values())) * 1e4
        print(
            f"| {condition} | "
            + " | ".join(str(counts[one]) for one in names)
            + f" | {bound:.1f} |"
        )


if __name__ == "__main__":
    main()
