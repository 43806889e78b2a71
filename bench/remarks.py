"""Count remarks that are not flagged, and flags without a remark: `python -m bench.remarks`.

Every page is made twice over: once with answers alone, and once with a remark of at
least 8 by 4 mm that somebody wrote into the box, into a margin, over the header,
between rows or at the foot. The same seed gives the same pages.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np

from bench.forms import DPI, known_forms, printed_forms
from layouts.geometry import BoxMm
from output.bounds import upper_bound
from scan.batch import usual_workers
from scan.read import read_page
from scan.results import PageRead
from scan.thresholds import Thresholds
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import NAMED, OFFICE, ScanEffects, drawn
from wamforms.practice.ink import Gray, lay
from wamforms.practice.people import Habits, answer_page, any_respondent
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.scribbles import Where, place_of, scribble
from wamforms.practice.troubles import TROUBLES

CHUNK = 20
"""Pages per task of a worker."""

ANYWHERE = tuple(where for where in Where if where is not Where.BOX)

OVER_PRINT = "over printed text"
"""Wherever it is, a third of such a remark or more lies on print."""

PLACES = (*(where.value for where in ANYWHERE), OVER_PRINT)

Draw = Callable[[np.random.Generator], ScanEffects]


def copied(rng: np.random.Generator) -> ScanEffects:
    """Draw a filled-in form that was copied once or twice, then scanned."""
    copies = int(rng.integers(1, 3))
    return replace(OFFICE.varied(rng), copies=copies, specks=int(rng.poisson(20 * copies)))


CONDITIONS: Mapping[str, Draw] = {
    "office": lambda rng: OFFICE.varied(rng),
    "copies": copied,
    "mixed office": lambda rng: drawn(rng, 0.35),
    "mixed rough": lambda rng: drawn(rng, 0.8),
    **{name: lambda rng, name=name: NAMED[name].varied(rng) for name in NAMED},  # type: ignore[misc]
    **TROUBLES,
}
"""Every way a page is scanned here, by name."""

USUAL = ("office", "copies", "mixed office")
"""What is promised; the others are reported as they are."""


@dataclass(frozen=True, slots=True)
class Task:
    """A few pages of one condition, from number `start` on."""

    condition: str
    seed: int
    start: int
    pages: int


@dataclass(slots=True)
class Tally:
    """What came of the pages of a condition, each count by where the remark was."""

    written: Counter[str] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    plain: int = 0
    false_outside: int = 0
    false_box: int = 0
    refused: int = 0
    cases: list[tuple[str, int, str, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add the counts of some more pages."""
        self.written += other.written
        self.flagged += other.flagged
        self.plain += other.plain
        self.false_outside += other.false_outside
        self.false_box += other.false_box
        self.refused += other.refused
        self.cases += other.cases


def make_page(
    condition: str, seed: int, number: int, where: Where | None
) -> tuple[Gray, BoxMm | None]:
    """Make a scanned page, with a remark if `where` says so; the box it stands in."""
    rng = np.random.default_rng([seed, crc32(condition.encode()), number])
    form, pdf = printed_forms()[int(rng.integers(len(printed_forms())))]
    page = form.layout.pages[0]
    answers = next(iter(draw_answers(form.instrument, 1, 1, rng))).values
    person = any_respondent(rng, replace(Habits(), strays=0.05))
    per_mm = DPI / MM_PER_INCH
    sheet = answer_page(page, answers, person, rng).on(page_at(pdf, 1, DPI), per_mm)
    effects = CONDITIONS[condition](rng)
    box = None if where is None else place_of(where, page, form.layout.paper, rng)
    if box is not None:
        lay(scribble(box, person.hand, rng), sheet, per_mm)
    return scan(sheet, per_mm, effects, rng, DPI), box


def run(task: Task) -> Tally:
    """Make, scan and read the pages of one task."""
    cv2.setNumThreads(1)
    tally = Tally()
    for number in range(task.start, task.start + task.pages):
        _count_plain(tally, task, number)
        where = ANYWHERE[number // 2 % len(ANYWHERE)] if number % 2 else Where.BOX
        picture, box = make_page(task.condition, task.seed, number, where)
        outcome = _read(picture)
        if box is None:
            continue
        if outcome is None:
            tally.refused += 1
            continue
        label = OVER_PRINT if _is_over_print(outcome, box) else where.value
        tally.written[label] += 1
        if any(_meets(one.region, one.box, where, box) for one in outcome.remarks):
            tally.flagged[label] += 1
        else:
            tally.cases.append((task.condition, number, where.value, label))
    return tally


def _count_plain(tally: Tally, task: Task, number: int) -> None:
    picture, _ = make_page(task.condition, task.seed, number, None)
    outcome = _read(picture)
    if outcome is None:
        tally.refused += 1
        return
    tally.plain += 1
    outside = [one for one in outcome.remarks if not one.region]
    tally.false_outside += bool(outside)
    tally.false_box += len(outside) < len(outcome.remarks)
    if outside:
        tally.cases.append((task.condition, number, "", "no remark"))


def _read(picture: Gray) -> PageRead | None:
    outcome = read_page("page", picture, DPI, known_forms(), Thresholds())
    return outcome if isinstance(outcome, PageRead) else None


def _is_over_print(page: PageRead, box: BoxMm) -> bool:
    """Tell whether a third of a remark's box is the room of print, counted by millimetres."""
    layout = known_forms().layouts[page.code.fingerprint].pages[page.code.page - 1]
    spots = [
        BoxMm(box.left_mm + column, box.top_mm + row, 0.1, 0.1)
        for row in range(int(box.height_mm))
        for column in range(int(box.width_mm))
    ]
    taken = sum(any(one.overlaps(spot) for one in layout.printed) for spot in spots)
    return taken * 3 >= len(spots)


def _meets(region: str, found: BoxMm, where: Where, written: BoxMm) -> bool:
    """Tell whether a flag points at the remark: of the right kind, and at its place."""
    if where is Where.BOX:
        return bool(region)
    return not region and found.grown(2.0).overlaps(written)


def report(totals: Mapping[str, Tally]) -> Iterator[str]:
    """Lay the result out as a Markdown table."""
    yield (
        "| condition | remarks in the box: flagged of written | outside: flagged of written"
        " | over printed text | pages without a remark | of them flagged outside | at most"
        " | box said to be written | pages refused |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for name, tally in totals.items():
        clear = [where.value for where in ANYWHERE]
        outside = sum(tally.written[where] for where in clear)
        found = sum(tally.flagged[where] for where in clear)
        yield (
            f"| {name} | {tally.flagged[Where.BOX]} of {tally.written[Where.BOX]}"
            f" | {found} of {outside} ({found / max(1, outside):.1%})"
            f" | {tally.flagged[OVER_PRINT]} of {tally.written[OVER_PRINT]} | {tally.plain}"
            f" | {tally.false_outside} ({tally.false_outside / max(1, tally.plain):.2%})"
            f" | {upper_bound(tally.false_outside, tally.plain):.2%}"
            f" | {tally.false_box} | {tally.refused} |"
        )
    every: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tally in totals.values():
        for where in (Where.BOX.value, *PLACES):
            every[where][0] += tally.flagged[where]
            every[where][1] += tally.written[where]
    yield "\n| where | flagged | written |\n|---|--:|--:|"
    yield from (f"| {where} | {found} | {written} |" for where, (found, written) in every.items())


def vars_of(tally: Tally) -> dict[str, object]:
    """Turn a tally into what JSON knows (`asdict` would count a counter's pairs)."""
    known = {one.name: getattr(tally, one.name) for one in fields(tally)}
    return {name: dict(one) if isinstance(one, Counter) else one for name, one in known.items()}


def main() -> None:
    """Run the campaign from the command line."""
    parser = argparse.ArgumentParser(
        description="Count remarks that are not flagged, and flags without a remark."
    )
    parser.add_argument("--pages", type=int, default=400, help="pages of each kind, per condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--only", nargs="*", choices=list(CONDITIONS), default=list(USUAL))
    parser.add_argument("--out", type=Path, help="file for the counts as JSON")
    options = parser.parse_args()
    tasks = [
        Task(condition, options.seed, start, min(CHUNK, options.pages - start))
        for condition in options.only
        for start in range(0, options.pages, CHUNK)
    ]
    totals: dict[str, Tally] = {condition: Tally() for condition in options.only}
    with ProcessPoolExecutor(options.workers) as pool:
        for task, tally in zip(tasks, pool.map(run, tasks), strict=True):
            totals[task.condition].add(tally)
            print(f"\r{task.condition}, page {task.start}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print("\n".join(report(totals)))
    if options.out:
        data = {name: vars_of(tally) for name, tally in totals.items()}
        options.out.write_text(json.dumps(data, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
