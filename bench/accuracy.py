"""Count how often an answer is wrong without anybody being asked.

`python -m bench.accuracy --pages 2000` fills in shipped forms with invented
people, scans them in every listed condition, reads them, and counts. An answer
is wrong if it was accepted, as a value or as blank, and is not what was meant.

Information that the scan itself has lost cannot come back: on black-and-white
scans light pencil may leave no trace, so those conditions are reported apart.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from layouts.dyadcode import new_dyad_code
from layouts.geometry import A4
from layouts.model import Role
from layouts.sheetcode import SheetCode
from output.bounds import sequential_verdict, upper_bound
from scan.batch import usual_workers
from scan.read import KnownForms, read_page
from scan.results import ItemReading, Mark, PageRead, Status
from scan.thresholds import Thresholds
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instruments
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import NAMED, OFFICE, ScanEffects, drawn
from wamforms.practice.grading import Grade, grade
from wamforms.practice.people import Truth, TruthKind, answer_page, any_respondent
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.troubles import TROUBLES

DPI = 200.0
KEY = bytes(32)
CHUNK = 20
"""Pages per task of a worker."""

PLAIN_KINDS = {TruthKind.ANSWERED, TruthKind.CORRECTED, TruthKind.ERASED, TruthKind.SKIPPED}
"""Rows that a person reading the paper would not hesitate over."""

Draw = Callable[[np.random.Generator], ScanEffects]

CONDITIONS: dict[str, Draw] = {
    "mixed office": lambda rng: drawn(rng, 0.35),
    "mixed rough": lambda rng: drawn(rng, 0.8),
    **{
        f"turned {turn}": lambda rng, turn=turn: replace(OFFICE.varied(rng), turn_deg=turn)  # type: ignore[misc]
        for turn in (0, 90, 180, 270)
    },
    "scale 0.94 to 1.03": lambda rng: replace(
        OFFICE.varied(rng), scale=float(rng.uniform(0.94, 1.03))
    ),
    "skew to 3 degrees": lambda rng: replace(
        OFFICE.varied(rng), skew_deg=float(rng.uniform(-3.0, 3.0))
    ),
    **{name: lambda rng, name=name: NAMED[name].varied(rng) for name in NAMED},  # type: ignore[misc]
    **TROUBLES,
}
"""Every way a page is scanned here, by name."""


@dataclass(frozen=True, slots=True)
class Task:
    """A few pages of one condition; the seed makes them the same every time."""

    condition: str
    seed: int
    pages: int


@dataclass(frozen=True, slots=True)
class Miss:
    """One wrong answer, with what is needed to make the page again."""

    condition: str
    seed: int
    number: int
    item: str
    kind: str
    style: str
    pen: str
    meant: int | None
    read: int | None
    status: str
    bubbles: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some pages."""

    pages: int
    refused: tuple[str, ...]
    grades: Counter[str]
    asked_for: Counter[str]
    misses: tuple[Miss, ...]


@cache
def printed_forms() -> tuple[tuple[Form, bytes], ...]:
    """Print every shipped form once: each with its PDF."""
    forms = []
    with TemporaryDirectory() as folder:
        for instrument in load_instruments().values():
            for role in Role:
                for language in instrument.languages:
                    form = compose(instrument, role, language, A4)
                    path = Path(folder) / "form.pdf"
                    pdf = FormsPdf(path, A4, "bench", language, KEY)
                    codes = tuple(
                        SheetCode(form.fingerprint, new_dyad_code(), role, 1, page.number, 1)
                        for page in form.layout.pages
                    )
                    pdf.add_sheet(PrintedSheet(form, codes, "start"))
                    pdf.save()
                    forms.append((form, path.read_bytes()))
    return tuple(forms)


@cache
def known_forms() -> KnownForms:
    """Collect what the reader is told."""
    return KnownForms(KEY, {form.fingerprint: form.layout for form, _ in printed_forms()})


def run(task: Task) -> Tally:
    """Make, scan and read the pages of one task."""
    cv2.setNumThreads(1)
    grades: Counter[str] = Counter()
    asked_for: Counter[str] = Counter()
    refused: list[str] = []
    misses: list[Miss] = []
    for number in range(task.pages):
        truths, about, picture = make_page(task, number)
        outcome = read_page("page", picture, DPI, known_forms(), Thresholds())
        if not isinstance(outcome, PageRead):
            refused.append(getattr(outcome, "fault", outcome.kind))
            continue
        for truth, item in zip(truths, outcome.items, strict=True):
            graded = grade(truth, item.status, item.value)
            grades[graded] += 1
            if item.status is Status.DOUBT:
                asked_for[f"{truth.kind}: {'+'.join(item.doubts)}"] += 1
            if graded is Grade.WRONG:
                misses.append(_miss(task, number, truth, about, item))
    return Tally(task.pages, tuple(refused), grades, asked_for, tuple(misses))


def _miss(task: Task, number: int, truth: Truth, about: tuple[str, str], item: ItemReading) -> Miss:
    marks = list(Mark)
    bubbles = tuple(
        (b.fill, b.peak, b.solid, b.around, b.outline, float(marks.index(b.mark)))
        for b in item.bubbles
    )
    style, pen = about
    return Miss(
        condition=task.condition,
        seed=task.seed,
        number=number,
        item=item.item,
        kind=truth.kind,
        style=style,
        pen=pen,
        meant=truth.value,
        read=item.value,
        status=item.status,
        bubbles=bubbles,
    )


def make_page(
    task: Task, number: int
) -> tuple[Sequence[Truth], tuple[str, str], np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    """Fill in and scan one page; the same task and number give the same page."""
    rng = np.random.default_rng([task.seed, number])
    form, pdf = printed_forms()[int(rng.integers(len(printed_forms())))]
    layout = form.layout.pages[0]
    person = any_respondent(rng)
    answers = next(iter(draw_answers(form.instrument, 1, 1, rng))).values
    filled = answer_page(layout, answers, person, rng)
    per_mm = DPI / MM_PER_INCH
    effects = CONDITIONS[task.condition](rng)
    picture = scan(filled.on(page_at(pdf, 1, DPI), per_mm), per_mm, effects, rng, DPI)
    return filled.truths, (person.style.value, person.hand.pen.name), picture


def campaign(conditions: Sequence[str], pages: int, seed: int, workers: int) -> dict[str, Tally]:
    """Run all conditions in parallel and add up their tasks."""
    tasks = [
        Task(condition, seed + 1000 * place + start, min(CHUNK, pages - start))
        for place, condition in enumerate(conditions)
        for start in range(0, pages, CHUNK)
    ]
    totals: dict[str, Tally] = {}
    with ProcessPoolExecutor(workers) as pool:
        for task, tally in zip(tasks, pool.map(run, tasks), strict=True):
            totals[task.condition] = _sum(totals.get(task.condition), tally)
            done = sum(one.pages for one in totals.values())
            print(f"\r{done} pages", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return totals


def _sum(first: Tally | None, second: Tally) -> Tally:
    if first is None:
        return second
    return Tally(
        first.pages + second.pages,
        first.refused + second.refused,
        first.grades + second.grades,
        first.asked_for + second.asked_for,
        first.misses + second.misses,
    )


def report(totals: dict[str, Tally]) -> Iterator[str]:
    """Lay the result out as a Markdown table."""
    yield (
        "| condition | pages | answers | wrong | at most, per 10,000"
        " | asked | asked about a plain row | pages refused |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    whole: Tally | None = None
    for condition, tally in totals.items():
        yield _row(condition, tally)
        whole = _sum(whole, tally)
    if whole is not None:
        yield _row("**all**", whole)
        fields, wrong = sum(whole.grades.values()), whole.grades[Grade.WRONG]
        yield f"\nVVSG 1.0 sequential test on all answers: {sequential_verdict(wrong, fields)}"


def _row(name: str, tally: Tally) -> str:
    fields = sum(tally.grades.values())
    wrong, asked = tally.grades[Grade.WRONG], tally.grades[Grade.ASKED]
    bound = upper_bound(wrong, fields) * 1e4
    plain = sum(
        count for name, count in tally.asked_for.items() if name.partition(":")[0] in PLAIN_KINDS
    )
    return (
        f"| {name} | {tally.pages} | {fields} | {wrong} | {bound:.2f} |"
        f" {asked / max(1, fields):.2%} | {plain / max(1, fields):.2%} | {len(tally.refused)} |"
    )


def _plain(tally: Tally) -> dict[str, object]:
    """Turn a tally into what JSON knows (`asdict` would count a counter's pairs)."""
    return {
        "pages": tally.pages,
        "refused": list(tally.refused),
        "grades": dict(tally.grades),
        "asked_for": dict(tally.asked_for),
        "misses": [asdict(miss) for miss in tally.misses],
    }


def main() -> None:
    """Run the campaign from the command line."""
    parser = argparse.ArgumentParser(
        description="Count answers that are wrong without anybody being asked."
    )
    parser.add_argument("--pages", type=int, default=2000, help="pages in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--only", nargs="*", choices=list(CONDITIONS), help="conditions")
    parser.add_argument("--out", type=Path, help="folder for accuracy.md and accuracy.json")
    parser.add_argument("--show", type=int, default=10, help="wrong answers to list")
    options = parser.parse_args()
    conditions = options.only or list(CONDITIONS)
    each = -(-options.pages // len(conditions))
    totals = campaign(conditions, each, options.seed, options.workers)
    text = "\n".join(report(totals))
    print(text)
    for tally in totals.values():
        for miss in tally.misses[: options.show]:
            print(asdict(miss))
    asked = sum((tally.asked_for for tally in totals.values()), Counter[str]())
    print("asked for:", dict(asked.most_common(12)))
    print("refused:", dict(Counter(one for tally in totals.values() for one in tally.refused)))
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "accuracy.md").write_text(text + "\n", encoding="utf-8")
        data = {name: _plain(tally) for name, tally in totals.items()}
        (options.out / "accuracy.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    sys.exit(any(tally.misses for tally in totals.values()))


if __name__ == "__main__":
    main()
