"""The paper of the simulated study: forms are filled in, scanned, and put into batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy
from typing import Any

import numpy as np

from bench.story_plot import Fate, Key, Plot
from layouts.model import CONSENT, Fingerprint, ItemId, Layout, Role
from wamforms.practice.effects import OFFICE
from wamforms.practice.ink import Gray
from wamforms.practice.marks import MarkKind
from wamforms.practice.pens import BALLPOINT_BLUE, Hand
from wamforms.practice.people import Habits, Respondent, Truth, answer_page, any_respondent
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.stack import write_pdf

DPI = 200.0

PLAIN_HABITS = Habits(0.03, 0.02, 0.0, 0.02, 0.0, 0.0, 0.0)
"""People of the short story: corrections, skipped rows and rows with two marks."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Where the blank of a form is."""

    pdf: Path
    page: int
    layout: Layout
    form_page: int


@dataclass(slots=True)
class Paper:
    """Every printed form, and what a careful reader would say is on it once it is filled in.

    Attributes
    ----------
    plain
        Whether everybody makes plain crosses, as in the short story.
    """

    plot: Plot
    seed: int
    plain: bool
    printed: dict[Key, Printed]
    truths: dict[Key, tuple[Truth, ...]]

    def take(
        self, run: Mapping[str, Any], layouts: Mapping[Fingerprint, Layout], tray: Path
    ) -> None:
        """Take a print run from the printer, and lay it into a tray of its own."""
        tray.mkdir(exist_ok=True)
        pdf = Path(copy(tray.parent / run["pdf"], tray))
        for page in run["pages"]:
            if page["kind"] == "form":
                key = Key(page["dyad"], Role(page["role"]), page["wave"])
                layout = layouts[Fingerprint(page["fingerprint"])]
                place = Printed(pdf, page["page"], layout, page["form_page"])
                self.printed[key] = place

    def batch(self, keys: Sequence[Key], path: Path, *, turned: Sequence[Key] = ()) -> int:
        """Scan forms into one file and return how many pages it has."""
        return write_pdf((self._scanned(key, path.name, key in turned) for key in keys), path, DPI)

    def _scanned(self, key: Key, name: str, is_turned: bool) -> Gray:
        """Scan a form: filled in the same however often, lying differently in each file."""
        number = self.plot.forms[key].number
        sheet = self._filled(key, np.random.default_rng([self.seed, number]))
        rng = np.random.default_rng([self.seed, number, *name.encode()])
        effects = OFFICE.varied(rng)
        if is_turned:
            effects = replace(effects, turn_deg=180)
        return scan(sheet, DPI / MM_PER_INCH, effects, rng, DPI)

    def _filled(self, key: Key, rng: np.random.Generator) -> Gray:
        place = self.printed[key]
        page = place.layout.pages[place.form_page - 1]
        blank = page_at(place.pdf.read_bytes(), place.page, DPI)
        person = _plain() if self.plain else any_respondent(rng)
        filled = answer_page(page, self.plot.forms[key].values, person, rng)
        self.truths[key] = filled.truths
        return filled.on(blank.copy(), DPI / MM_PER_INCH)

    def truth(self, key: Key, item: ItemId) -> Truth:
        """Say what stands in one row."""
        return next(one for one in self.truths[key] if one.item == item)

    def values(self, key: Key) -> dict[ItemId, int | None]:
        """Say what every item is worth to a careful reader, consent left out."""
        return {one.item: one.value for one in self.truths[key] if one.item != CONSENT}


def _plain() -> Respondent:
    return Respondent(MarkKind.CROSS, Hand(BALLPOINT_BLUE), PLAIN_HABITS)


def batches(plot: Plot, wave: int) -> Iterator[tuple[str, list[Key]]]:
    """Yield the batches of a wave, one per domain, with what lies in them by mistake."""
    piles: dict[str, list[Key]] = {domain: [] for domain in sorted(plot.instruments)}
    names = list(piles)
    for key, meant in plot.forms.items():
        if key.wave != wave or meant.fate in {Fate.NEVER, Fate.LATE}:
            continue
        domain = plot.domain(key.dyad)
        if meant.fate is Fate.WRONG_BATCH:
            domain = names[(names.index(domain) + 1) % len(names)]
        piles[domain].append(key)
    for key in plot.late_from(wave - 1):
        piles[plot.domain(key.dyad)].append(key)
    yield from piles.items()


def twice(plot: Plot, wave: int) -> list[Key]:
    """List the sheets of a wave that go through the scanner a second time."""
    return [key for key, one in plot.forms.items() if key.wave == wave and one.fate is Fate.TWICE]


def upside_down(plot: Plot) -> list[Key]:
    """List the sheets that lie upside down in their batch."""
    return [key for key, one in plot.forms.items() if one.fate is Fate.UPSIDE_DOWN]
