"""A sealed study and an open one that scanned the very same stack, with the researcher's key."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import numpy as np

from layouts.geometry import BoxMm
from records.age_files import KeyPair, new_pair
from records.settings import read_settings
from records.settings_text import write_settings
from records.study import Study, open_study
from records.study_folder import SETTINGS_FILE
from tests.desk import ALL, DPI
from tests.doubts import crossed_twice
from tests.paper import cross
from tests.small_study import Office, blank_side, office
from wamforms.practice.ink import Gray, lay
from wamforms.practice.pens import BALLPOINT_BLUE, Hand
from wamforms.practice.scribbles import scribble
from wamforms.tasks.scanning import scan_stack

PER_MM = DPI / 25.4
MARGIN = BoxMm(6.0, 120.0, 9.0, 5.0)
CLIENT, PROFESSIONAL, NEXT_CLIENT, NEXT_PROFESSIONAL = range(4)
"""Numbers of the forms of the first wave."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two studies of the same prints and scans.

    Attributes
    ----------
    key
        The file with the secret key; the one with the public key lies beside it.
    """

    sealed: Office
    open: Office
    pair: KeyPair
    stack: Path

    @property
    def key(self) -> Path:
        return self.sealed.folder.parent / "my.key"

    def with_key(self) -> Study:
        return open_study(self.sealed.folder, research_key=(self.pair.secret,))


def _seal(made: Office, pair: KeyPair) -> None:
    """Make a printed study one that was sealed from its beginning."""
    with made.open() as study:
        study.store.seal_to([pair.public])
    path = made.folder / SETTINGS_FILE
    write_settings(path, replace(read_settings(path), sealed_to=(pair.public,)))


def with_remarks(made: Office, number: int, page: Gray) -> Gray:
    """Scribble into the box for remarks and into the margin, and let the worker see factors."""
    forms = [one for run in made.runs for one in run.pages if one.kind == "form"]
    layout = made.layouts[forms[number].fingerprint or ""].pages[0]
    for box in (layout.regions[0].box.grown(-1.5), MARGIN):
        lay(scribble(box, Hand(BALLPOINT_BLUE), np.random.default_rng(1)), page, PER_MM)
    assert layout.consent is not None
    cross(page, layout.consent.bubbles[1], DPI)
    return page


def without_code(made: Office, number: int, page: Gray) -> Gray:
    """Put stickers over both symbols."""
    forms = [one for run in made.runs for one in run.pages if one.kind == "form"]
    layout = made.layouts[forms[number].fingerprint or ""].pages[0]
    done = page.copy()
    for box in layout.codes:
        top, left = round(box.top_mm * PER_MM), round(box.left_mm * PER_MM)
        done[top : round(box.bottom_mm * PER_MM), left : round(box.right_mm * PER_MM)] = 250
    return done


def stack_of(made: Office) -> Sequence[Gray]:
    """Fill in what comes: doubts, remarks, a sheet twice, one changed in between, one uncoded."""
    other = {**ALL, "q07": ALL["q07"] % 5 + 1}
    return (
        with_remarks(made, CLIENT, crossed_twice(made, CLIENT, 3)),
        made.page(PROFESSIONAL),
        made.page(NEXT_CLIENT),
        blank_side(),
        crossed_twice(made, NEXT_PROFESSIONAL, 2),
        made.page(NEXT_CLIENT, seed=1),
        without_code(made, 4, made.page(4)),
        made.page(6),
        made.page(6, other, seed=1),
    )


@cache
def _template() -> tuple[Path, Twins]:
    folder, pair = Path(mkdtemp(prefix="wamforms-sealed-")), new_pair()
    (folder / "sealed").mkdir()
    (folder / "open").mkdir()
    sealed, plain = office(folder / "sealed"), office(folder / "open")
    _seal(sealed, pair)
    stack = plain.pdf("stack.pdf", *stack_of(plain))
    shutil.copy(stack, folder / "sealed")
    for made in (sealed, plain):
        with made.open() as study, patch("scan.identify.line_reader", lambda: None):
            scan_stack(study, [stack], workers=0)
    return folder, Twins(sealed, plain, pair, stack)


def twins(folder: Path) -> Twins:
    """Copy the two studies into a folder, with their stack and the researcher's key."""
    template, made = _template()
    shutil.copytree(template, folder, dirs_exist_ok=True)
    sealed, plain = (
        Office(folder / name / "study", made.open.runs, made.open.layouts, made.open.sheets)
        for name in ("sealed", "open")
    )
    found = Twins(sealed, plain, made.pair, folder / "sealed" / "stack.pdf")
    found.key.write_text(f"{made.pair.secret}\n")
    found.key.with_name("my.key.pub").write_text(f"{made.pair.public}\n")
    return found
