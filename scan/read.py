"""Read one page: every stage in order, one line for each way to fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from layouts.geometry import Paper
from layouts.model import Layout, PageLayout
from layouts.sheetcode import MasterCode, PageCode, SheetCode
from scan.bubbles import SURE_OUTLINE, all_show
from scan.consent import read_consent
from scan.corners import sight
from scan.identify import Corners, Identified, identify, identify_typed
from scan.inked import Inked, inked
from scan.judge import judge_items, look_at
from scan.known import KnownForms, Owner
from scan.picture import MM_PER_INCH, Gray, Matrix, reduced
from scan.register import (
    LEAST_TICKS,
    Placement,
    fit,
    marker_residual_mm,
    place,
)
from scan.remarks import find_remarks, notes_of
from scan.results import (
    BubbleReading,
    CodeRoute,
    Fault,
    Fit,
    ItemReading,
    Mark,
    Note,
    PageBlank,
    PageOutcome,
    PageRead,
    PageRefused,
    Status,
)
from scan.thresholds import Thresholds
from scan.unmarked import Unmarked, find_unmarked
from scan.witness.network import DIGITS
from scan.written import Strip, whose_page

__all__ = ["KnownForms", "is_bilevel", "read_page"]

LEAST_SCALE, MOST_SCALE = 0.90, 1.05
"""Beyond these the page is no print of ours at any printer's "fit to page"."""

PLAIN_SCALE = (0.985, 1.015)
"""Within these nobody needs to know."""

PAPER_TOLERANCE = 0.12
"""A claimed resolution is believed if it makes the picture a sheet of this size."""

MOST_RESIDUAL_MM = 0.8
"""Markers further from their fit than this are not the markers of one flat page."""

LEAST_OUTLINES = 0.85
"""Share of bubbles that must show their outline or be marked."""

LOWEST_DPI = 140.0

LEAST_SIDE_PX = 400
"""A page narrower than this was scanned below 50 dpi; nothing on it can be read."""

PALE = 110.0
"""Grey levels from black to paper below which print or scan is pale; usual are 220."""


def read_page(
    source: str,
    gray: Gray,
    dpi: float | None,
    forms: KnownForms,
    limits: Thresholds,
    typed: SheetCode | None = None,
) -> PageOutcome:
    """Read a page. Never raises for a bad scan: a bad scan is an outcome.

    Parameters
    ----------
    source
        Name of the page for people.
    gray
        The page in any orientation, shape (rows, columns), 0 is black.
    dpi
        Resolution that the file claims, None if it claims none.
    forms, limits
        What the study knows, and where a person is asked.
    typed
        The code that a person read off the paper, of a page whose own could not be read.
    """
    if min(gray.shape) < LEAST_SIDE_PX:
        return PageRefused(source, Fault.NO_MARKERS, "too small to be the scan of a page")
    picture, factor = reduced(gray)
    claimed = dpi / factor if dpi else None
    seen = sight(picture)
    if seen.doubled:
        return PageRefused(source, Fault.TWO_PAGES, "the corners of two sheets are in one picture")
    known = _known(source, picture, seen.corners, forms, typed)
    if not isinstance(known, _Known):
        return known
    return _read_known(source, picture, claimed, known, limits)


def _known(
    source: str, picture: Gray, corners: Corners, forms: KnownForms, typed: SheetCode | None
) -> "_Known | PageRefused | PageBlank":
    """Find out which page this is, by its markers or without them."""
    if len(corners) < 3:
        page = find_unmarked(source, picture, corners, forms, typed)
        if not isinstance(page, Unmarked):
            return page
        return _Known(page.found, corners, forms.owners, page.matrix)
    if typed is None:
        found = identify(source, picture, corners, forms)
    else:
        found = identify_typed(source, picture, corners, forms, typed)
    return found if isinstance(found, PageRefused) else _Known(found, corners, forms.owners)


@dataclass(frozen=True, slots=True)
class _Known:
    """A page whose code has been read and checked.

    Attributes
    ----------
    located
        Where the page lies, if not the markers but codes and ticks have to say it.
    """

    found: Identified
    corners: Corners
    owners: Mapping[str, Owner]
    located: Matrix | None = None

    @property
    def code(self) -> PageCode:
        return self.found.code

    def refused(self, source: str, fault: Fault, detail: str = "") -> PageRefused:
        """Refuse the page, naming what its own code says."""
        if isinstance(self.code, MasterCode):
            return PageRefused(source, fault, detail, master=self.code)
        return PageRefused(source, fault, detail, self.code)

    @property
    def layout(self) -> Layout:
        return self.found.layout

    @property
    def page(self) -> PageLayout:
        return self.found.page


def _read_known(
    source: str, picture: Gray, claimed: float | None, known: _Known, limits: Thresholds
) -> PageOutcome:
    refused = partial(known.refused, source)
    laid = _laid(picture, known)
    if isinstance(laid, str):
        return refused(Fault.BAD_FIT, laid)
    placement, residual_mm = laid
    scale = _scale(placement, picture, claimed, known.layout.paper)
    if scale is not None and not LEAST_SCALE <= scale <= MOST_SCALE:
        return refused(Fault.WRONG_SCALE, f"printed or scanned at {scale:.1%}")
    ink = inked(picture, known.layout, known.page, placement)
    if ink is None:
        return refused(Fault.STREAKS, "a line runs through the answers; clean the scanner's glass")
    leans = known.located is not None or placement.found < LEAST_TICKS
    if leans and not (ink.has_black and all_show(ink.measures.outline, known.page)):
        return refused(Fault.BAD_FIT, "markers or ticks are missing, and the bubbles do not show")
    notes = _notes(known, placement, scale, ink)
    unjudged = _unjudged(known.page, ink)
    looked = look_at(unjudged, notes, limits)
    items = judge_items(unjudged, looked)
    if _outlines(items) < LEAST_OUTLINES:
        return refused(Fault.NO_BUBBLES, "the printed bubbles are not where the form has them")
    remarks = find_remarks(ink.picture, known.page, known.layout.paper, placement, ink.contrast)
    noted = (*notes, *notes_of(remarks))
    strip = Strip(ink.picture, ink.light, known.layout, known.page, placement, notes, ink.contrast)
    whose = whose_page(strip, known.found, known.owners, limits)
    fitted = _fitted(placement, scale, residual_mm)
    said = read_consent(strip, looked)
    known_by = (whose.route, whose.written)
    return (
        refused(Fault.HAND_CODE, whose.reason)
        if whose.code is None
        else PageRead(
            source, whose.code, fitted, noted, items, *known_by, remarks=remarks, consent=said
        )
    )


def _laid(picture: Gray, known: _Known) -> tuple[Placement, float] | str:
    """Lay the page on the picture: where it lies and how far its markers are off, or a reason."""
    matrix = known.located
    if matrix is None:
        matrix = fit(known.corners, known.page.fiducials)
    if matrix is None:
        return "the corner markers are not those of one page"
    residual_mm = marker_residual_mm(matrix, known.corners, known.page.fiducials)
    placement = place(picture, matrix, known.page, known.layout.paper)
    if residual_mm > MOST_RESIDUAL_MM or placement.found_better < LEAST_TICKS:
        return f"{placement.found:.0%} of the ticks found, markers off by {residual_mm:.2f} mm"
    return placement, residual_mm


def _fitted(placement: Placement, scale: float | None, residual_mm: float) -> Fit:
    return Fit(
        matrix=tuple(float(one) for one in np.round(placement.matrix.ravel(), 9)),
        dpi=round(sum(placement.dpi()) / 2, 1),
        scale=None if scale is None else round(scale, 4),
        skew_deg=round(placement.skew_deg(), 3),
        residual_mm=round(max(residual_mm, placement.residual_mm), 3),
    )


def _scale(
    placement: Placement, picture: Gray, claimed: float | None, paper: Paper
) -> float | None:
    """Compare printed with nominal size; None if the file's resolution is not believable."""
    if claimed is None:
        return None
    long_mm = max(picture.shape) / claimed * MM_PER_INCH
    if abs(long_mm / paper.height_mm - 1) > PAPER_TOLERANCE:
        return None
    across, down = placement.dpi()
    return (across + down) / 2 / claimed


def _unjudged(page: PageLayout, ink: Inked) -> tuple[ItemReading, ...]:
    """Put the measures of a page's bubbles under their items and values."""
    measured = ink.measures.each()
    joins = iter(np.round(ink.joins.astype(np.float64), 4).tolist())
    witness = np.round(ink.witness.astype(np.float64), DIGITS).tolist()
    return tuple(
        ItemReading(
            group.item,
            Status.DOUBT,
            None,
            (),
            tuple(
                BubbleReading(bubble.value, mark=Mark.EMPTY, joined=next(joins), **next(measured))
                for bubble in group.bubbles
            ),
            witness=tuple(said),
        )
        for group, said in zip(page.groups, witness, strict=True)
    )


def _outlines(items: tuple[ItemReading, ...]) -> float:
    """Share of answer bubbles that were found: by their outline, or marked over it."""
    bubbles = [one for item in items for one in item.bubbles]
    seen = sum(one.outline > SURE_OUTLINE or one.mark is not Mark.EMPTY for one in bubbles)
    return seen / len(bubbles)


def _notes(
    known: _Known, placement: Placement, scale: float | None, ink: Inked
) -> tuple[Note, ...]:
    noted = {
        Note.SCALE: scale is not None and not PLAIN_SCALE[0] <= scale <= PLAIN_SCALE[1],
        Note.UNMARKED: known.located is not None,
        Note.THREE_MARKERS: len(known.corners) == 3,
        Note.ONE_SIDE: placement.found < LEAST_TICKS,
        Note.SECOND_CODE: known.found.route is not CodeRoute.FIRST,
        Note.LOW_RESOLUTION: min(placement.dpi()) < LOWEST_DPI,
        Note.BILEVEL: is_bilevel(ink.picture),
        Note.STREAKED: ink.was_streaked,
        Note.LOW_CONTRAST: ink.contrast < PALE,
    }
    return tuple(note for note, applies in noted.items() if applies)


def is_bilevel(picture: Gray) -> bool:
    """Tell whether a picture knows black and white only (a grey scan never does)."""
    some = picture[::7, ::7]
    return int(np.count_nonzero((some > 40) & (some < 215))) < 0.002 * some.size
