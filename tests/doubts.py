"""A small study with many doubts: forms in which every row has two crosses."""

from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

import numpy as np

from layouts.model import ItemId
from records.study import create_study
from tests.desk import ALL, DPI, PLAIN_PEN
from tests.small_study import SETTINGS, Office, office
from wamforms.practice.ink import Gray
from wamforms.practice.people import answer_page
from wamforms.practice.render import render
from wamforms.tasks.printing import PrintOrder, print_wave
from wamforms.tasks.scanning import scan_stack

TWICE = {item: (value + 1) % 5 + 1 for item, value in ALL.items()}
"""A second value for every item."""


def crossed_twice(made: Office, number: int, rows: int = 19) -> Gray:
    """Fill in a form, and cross a second value in its first rows."""
    forms = [page for run in made.runs for page in run.pages if page.kind == "form"]
    layout = made.layouts[forms[number].fingerprint or ""].pages[0]
    again = {ItemId(item): TWICE[item] for item in list(TWICE)[:rows]}
    rng = np.random.default_rng(number)
    return answer_page(layout, again, PLAIN_PEN, rng).on(made.page(number), DPI / 25.4)


@cache
def _many(dyads: int) -> Path:
    folder = Path(mkdtemp(prefix="wamforms-many-"))
    caseload = folder / "list.csv"
    caseload.write_text("dyad,domain,language,officer\n" + ",probation,nl,A\n" * dyads)
    with create_study(folder / "study", SETTINGS) as study:
        run = print_wave(study, PrintOrder("start", caseload))
        layouts = {str(name): one for name, one in study.store.layouts().items()}
        sheets = tuple(
            sheet
            for page, sheet in zip(run.pages, render(run.pdf, DPI), strict=True)
            if page.kind == "form"
        )
        made = Office(folder / "study", (run,), layouts, sheets)
        stack = made.pdf("stack.pdf", *(crossed_twice(made, n) for n in range(len(sheets))))
        scan_stack(study, [stack], workers=0)
    return folder / "study"


def many_doubts(folder: Path, dyads: int) -> Path:
    """Copy a study into a folder of which 38 rows for each dyad are in doubt."""
    return copytree(_many(dyads), folder / "study")


@cache
def _template(forms: int, rows: int) -> Office:
    made = office(Path(mkdtemp(prefix="wamforms-doubts-")))
    made.scan(made.pdf("stack.pdf", *(crossed_twice(made, n, rows) for n in range(forms))))
    return made


def doubtful_office(folder: Path, forms: int = 2, rows: int = 19) -> Office:
    """Copy a study with scanned forms into a folder; each of their first rows is in doubt."""
    made = _template(forms, rows)
    copytree(made.folder, folder / "study")
    return Office(folder / "study", made.runs, made.layouts, made.sheets)
