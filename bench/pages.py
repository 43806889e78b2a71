"""Make the pages of a campaign: filled in, damaged, scanned, with their truth."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from bench.conditions import Condition
from bench.forms import code_of, printed_forms
from bench.hands import Written
from bench.tally import Made
from layouts.model import PageLayout
from scan.picture import Gray
from wamforms.compose import Form
from wamforms.practice.answers import draw_answers
from wamforms.practice.damage import photocopy
from wamforms.practice.ink import lay
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, Scanned, scan_placed

SAME_FORM = 20
"""Pages in a row that are the same form at the same resolution: a blank is drawn once for them."""

PHOTO_SHEET_DPI = 300.0
"""The sheet before a phone is drawn as finely as its camera sees it."""

PHOTO_CLAIMS_DPI = 72.0
"""What phones write into their files, whatever they see."""


@dataclass(frozen=True, slots=True, eq=False)
class MadePage:
    """A page as the reader gets it, and what is true of it.

    Attributes
    ----------
    dpi
        The resolution that its file claims.
    """

    made: Made
    layout: PageLayout
    scanned: Scanned
    dpi: float

    @property
    def picture(self) -> Gray:
        """What the scanner saved, shape (rows, columns)."""
        return self.scanned.picture


def make_page(name: str, condition: Condition, seed: int, number: int) -> MadePage:
    """Make page `number` of a condition; the same four give the same page.

    It does not matter which pages were made before, so that a campaign can be
    cut anywhere and grow.
    """
    key = crc32(name.encode())
    batch = np.random.default_rng([seed, key, number // SAME_FORM, 1])
    form_number = int(batch.integers(len(printed_forms())))
    dpi = float(condition.dpis[int(batch.integers(len(condition.dpis)))])
    form, pdf = printed_forms()[form_number]
    rng = np.random.default_rng([seed, key, number])
    effects = condition.effects(rng)
    sheet_dpi = PHOTO_SHEET_DPI if effects.photo else dpi
    layout = form.layout.pages[0]
    written = _written(form, layout, condition, rng)
    page = page_at(pdf, 1, sheet_dpi).copy()
    for _ in range(condition.blank_copies):
        photocopy(page, sheet_dpi / MM_PER_INCH, float(rng.uniform(0.44, 0.56)), rng)
    lay(written.page.marks, page, sheet_dpi / MM_PER_INCH)
    scanned = scan_placed(page, sheet_dpi / MM_PER_INCH, effects, rng, sheet_dpi)
    claimed = PHOTO_CLAIMS_DPI if effects.photo else effects.sampled_dpi or dpi
    kind = "photo" if effects.photo else f"{claimed:.0f} dpi"
    made = Made(
        name,
        seed,
        number,
        code_of(form_number).for_people(),
        written.page.truths,
        [{**facets, "scan": kind} for facets in written.facets],
    )
    return MadePage(made, layout, scanned, claimed)


def _written(
    form: Form, layout: PageLayout, condition: Condition, rng: np.random.Generator
) -> Written:
    answers = next(iter(draw_answers(form.instrument, 1, 1, rng))).values
    return condition.fill(layout, answers, rng)
