"""The practice stack: an invented study from print to scores, with its truth beside it."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layouts.dyadcode import new_dyad_code, parse_dyad_code, shown
from layouts.errors import UsageError
from layouts.model import CONSENT, DyadCode, Fingerprint, ItemId, Role
from records.places import places_of
from records.settings import Settings
from records.study import Study, create_study
from records.wholefiles import write_whole
from scan.adjudicate import Place
from wamforms.caseload import CaseloadLine, write_caseload
from wamforms.instrument import Instrument
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import drawn
from wamforms.practice.grading import Grade, grade
from wamforms.practice.ink import Gray
from wamforms.practice.people import Truth, answer_page, any_respondent
from wamforms.practice.render import render
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.stack import write_pdf
from wamforms.tasks.exporting import Exported, export_study
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.pictures import page_picture
from wamforms.tasks.print_list import PrintedPage
from wamforms.tasks.printing import PrintOrder, PrintRun, print_wave
from wamforms.tasks.scanning import ScanReport, scan_stack

DPI = 200.0
"""What an office scanner is usually set to."""

SEVERITY = 0.35
"""An ordinary office: some pages crooked, some dirty, some upside down."""

BLANK_SIDES = 2
"""Empty backs mixed into the stack, as a duplex scanner delivers them."""

WAVES = ("start", "+6 months")

CONSENTS = (1, 2, 3, None)
"""What clients let the professional see, taking turns; None leaves the row blank."""


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """How large a practice stack to make.

    Attributes
    ----------
    seed
        The same seed gives the same people; codes are random all the same.
    """

    folder: Path
    dyads: int = 12
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Demo:
    """What the practice stack left behind, and how it was read."""

    folder: Path
    forms: tuple[Path, ...]
    stack: Path
    tables: Path
    truth: Path
    picture: Path
    report: ScanReport
    exported: Exported
    answers: int
    right: int
    asked: int
    wrong: int


_Truths = dict[tuple[Place, ItemId], Truth]


def run_demo(order: DemoOrder, step: Callable[[str], None]) -> Demo:
    """Print, fill in, scan and score an invented study.

    Parameters
    ----------
    order
        Where, and how much.
    step
        Called with a few words whenever something was done.

    Raises
    ------
    UsageError
        If the folder exists and is not empty.
    """
    if order.folder.exists() and any(order.folder.iterdir()):
        raise UsageError(
            f"{order.folder} is not empty", advice="Name another folder: wamforms demo FOLDER"
        )
    order.folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        title="Practice study",
        language="nl",
        paper="a4",
        domains=(
            "probation",
            "labour-reintegration",
            "debt-counselling",
            "social-care",
            "youth-services",
        ),
        waves=WAVES,
    )
    with create_study(order.folder / "study", settings) as study:
        return _in_study(study, order, step)


def _in_study(study: Study, order: DemoOrder, step: Callable[[str], None]) -> Demo:
    rng = np.random.default_rng(order.seed)
    instruments = instruments_of(study)
    caseload = order.folder / "caseload.csv"
    write_whole(caseload, write_caseload(_invented_caseload(order, instruments)).encode())
    runs = [
        print_wave(study, PrintOrder(wave, caseload, out=order.folder / f"forms-{number}.pdf"))
        for number, wave in enumerate(WAVES, 1)
    ]
    step(f"printed {sum(run.forms for run in runs)} forms")
    truths: _Truths = {}
    stack = order.folder / "stack.pdf"
    filled = _filled_stack(study, runs, instruments, truths, rng)
    write_pdf(_told(filled, step), stack, DPI)
    report = scan_stack(study, [stack], workers=order.workers, progress=_Told(step))
    tables = order.folder / "tables"
    exported = export_study(study, tables)
    truth = order.folder / "truth.csv"
    grades = _write_truth(study, truths, truth)
    picture = order.folder / "read-page.png"
    write_whole(picture, _busiest_page(study))
    return Demo(
        folder=order.folder,
        forms=tuple(run.pdf for run in runs),
        stack=stack,
        tables=tables,
        truth=truth,
        picture=picture,
        report=report,
        exported=exported,
        answers=sum(grades.values()),
        right=grades[Grade.RIGHT],
        asked=grades[Grade.ASKED],
        wrong=grades[Grade.WRONG],
    )


class _Told:
    """Passes the scan's progress on as steps."""

    def __init__(self, step: Callable[[str], None]) -> None:
        self._step = step

    def page_done(self, line: object) -> None:
        """Say that one more page was read."""
        self._step(f"read {getattr(line, 'source', '')}")


def _told(pages: Iterator[Gray], step: Callable[[str], None]) -> Iterator[Gray]:
    for number, page in enumerate(pages, 1):
        step(f"filled in and scanned page {number}")
        yield page


def _invented_caseload(
    order: DemoOrder, instruments: Mapping[str, Instrument]
) -> list[CaseloadLine]:
    """Spread the dyads over domains, three officers and two languages."""
    domains = list(instruments)
    return [
        CaseloadLine(
            code=new_dyad_code(),
            domain=domains[number % len(domains)],
            language="en" if number % 4 == 3 else "nl",
            officer=f"officer {'ABC'[number % 3]}",
            notes="",
        )
        for number in range(order.dyads)
    ]


def _filled_stack(
    study: Study,
    runs: Sequence[PrintRun],
    instruments: Mapping[str, Instrument],
    truths: _Truths,
    rng: np.random.Generator,
) -> Iterator[Gray]:
    """Yield the scans of all forms as a careless office stacks them; fills `truths`."""
    layouts = study.store.layouts()
    meant = _meant(study, instruments, rng)
    blanks = set(rng.integers(0, sum(run.forms for run in runs), BLANK_SIDES).tolist())
    px_per_mm = DPI / MM_PER_INCH
    forms = ((page, sheet) for run in runs for page, sheet in _printed(run))
    for number, (page, sheet) in enumerate(forms):
        place = _place(page)
        layout = layouts[Fingerprint(page.fingerprint or "")].pages[place.page - 1]
        answers = meant[place.dyad, place.role, place.wave]
        filled = answer_page(layout, answers, any_respondent(rng), rng)
        truths.update({(place, truth.item): truth for truth in filled.truths})
        yield scan(filled.on(sheet, px_per_mm), px_per_mm, drawn(rng, SEVERITY), rng, DPI)
        if number in blanks:
            yield scan(np.full_like(sheet, 255), px_per_mm, drawn(rng, 0.0), rng, DPI)


def _printed(run: PrintRun) -> Iterator[tuple[PrintedPage, Gray]]:
    """Yield the pages of a print run with their pictures, without the separators."""
    for page, sheet in zip(run.pages, render(run.pdf, DPI), strict=True):
        if page.kind == "form":
            yield page, sheet


def _place(page: PrintedPage) -> Place:
    code = parse_dyad_code(page.dyad or "")
    return Place(code, Role(page.role or ""), page.wave or 0, page.form_page or 0)


def _meant(
    study: Study, instruments: Mapping[str, Instrument], rng: np.random.Generator
) -> dict[tuple[DyadCode, Role, int], Mapping[ItemId, int | None]]:
    """Draw what everybody means to answer, domain by domain."""
    meant: dict[tuple[DyadCode, Role, int], Mapping[ItemId, int | None]] = {}
    order = {dyad.code: at for at, dyad in enumerate(study.store.dyads())}
    for domain, instrument in instruments.items():
        codes = [dyad.code for dyad in study.store.dyads() if dyad.domain == domain]
        for form in draw_answers(instrument, len(codes), len(WAVES), rng):
            values, code = dict(form.values), codes[form.dyad - 1]
            if form.role is Role.CLIENT:
                values[CONSENT] = CONSENTS[(order[code] + form.wave) % len(CONSENTS)]
            meant[code, form.role, form.wave] = values
    return meant


def _write_truth(study: Study, truths: _Truths, path: Path) -> Counter[Grade]:
    """Write what was meant beside what was read; count right, asked and wrong."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["dyad", "role", "wave", "item", "kind", "meant", "read", "status", "grade"])
    grades: Counter[Grade] = Counter()
    for record in places_of(study.store.snapshot()):
        place = record.place
        for answer in record.rows:
            truth = truths[place, answer.item]
            graded = grade(truth, answer.status, answer.value)
            if answer.item != CONSENT:  # it is no answer, and counts nowhere as one
                grades[graded] += 1
            writer.writerow(
                [shown(place.dyad), place.role, place.wave, answer.item, truth.kind]
                + ["" if value is None else value for value in (truth.value, answer.value)]
                + [answer.status, graded]
            )
    write_whole(path, text.getvalue().encode())
    return grades


def _busiest_page(study: Study) -> bytes:
    """Picture the page on which most happened: corrections, blanks and doubts."""
    record = max(
        places_of(study.store.snapshot()),
        key=lambda one: len({answer.status for answer in one.answers}) * 100 + len(one.waiting),
    )
    return page_picture(study, record.counted)
