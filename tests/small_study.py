"""A printed study of two dyads and what its office scans: made once, copied for each test."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import cv2
import numpy as np

from layouts.model import ItemId, Layout
from records.settings import Settings
from records.study import Study, create_study, open_study
from tests.desk import ALL, CASELOAD, DPI, PLAIN_PEN, Answers
from wamforms.practice.ink import Gray
from wamforms.practice.people import answer_page
from wamforms.practice.render import render
from wamforms.practice.stack import write_pdf
from wamforms.tasks.printing import PrintOrder, PrintRun, print_wave
from wamforms.tasks.scanning import ScanReport, scan_stack

SETTINGS = Settings("Small study", "nl", "a4", ("probation",), ("start", "+6 months"))


@dataclass(frozen=True, slots=True)
class Office:
    """A study with the empty prints of its two waves, and ways to fill and scan them."""

    folder: Path
    runs: tuple[PrintRun, ...]
    layouts: dict[str, Layout]
    sheets: tuple[Gray, ...]

    def open(self) -> Study:
        return open_study(self.folder)

    def page(self, number: int, answers: Answers = ALL, *, seed: int = 0) -> Gray:
        """Fill in a form; 0 to 3 are those of the first wave, 4 to 7 of the second."""
        forms = [page for run in self.runs for page in run.pages if page.kind == "form"]
        page = forms[number]
        layout = self.layouts[page.fingerprint or ""].pages[(page.form_page or 1) - 1]
        wanted = {ItemId(item): value for item, value in answers.items() if isinstance(value, int)}
        rng = np.random.default_rng(100 * number + seed)
        return answer_page(layout, wanted, PLAIN_PEN, rng).on(self.sheets[number], DPI / 25.4)

    def pdf(self, name: str, *pages: Gray) -> Path:
        """Write a stack beside the study."""
        path = self.folder.parent / name
        write_pdf(pages, path, DPI)
        return path

    def scan(self, *paths: Path) -> ScanReport:
        with self.open() as study:
            return scan_stack(study, paths, workers=0)


@cache
def _template() -> tuple[Path, tuple[PrintRun, ...], tuple[Gray, ...]]:
    folder = Path(mkdtemp(prefix="wamforms-small-"))
    caseload = folder / "list.csv"
    caseload.write_text(CASELOAD)
    with create_study(folder / "study", SETTINGS) as study:
        first = print_wave(study, PrintOrder("start", caseload))
        runs = (first, print_wave(study, PrintOrder("+6 months")))
    sheets = tuple(
        sheet
        for run in runs
        for page, sheet in zip(run.pages, render(run.pdf, DPI), strict=True)
        if page.kind == "form"
    )
    return folder / "study", runs, sheets


def office(folder: Path) -> Office:
    """Set up a fresh copy of the study in a folder."""
    made, runs, sheets = _template()
    shutil.copytree(made, folder / "study")
    with open_study(folder / "study") as study:
        layouts = {str(name): one for name, one in study.store.layouts().items()}
    return Office(folder / "study", runs, layouts, sheets)


def blank_side() -> Gray:
    return np.full((round(297 * DPI / 25.4), round(210 * DPI / 25.4)), 255, np.uint8)


def letter() -> Gray:
    """A page that is none of ours and not empty."""
    page = blank_side()
    for row in range(200, 2000, 60):
        cv2.line(page, (200, row), (1400, row), 40, 3)
    return page
