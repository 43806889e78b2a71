"""Pages with ink that real people put on paper, laid over our own printed forms.

The file has three arrays: `ink` (rows, boxes, 80, 80), how much ink covers each
pixel, the box in the middle 40 by 40; `marked` (rows, boxes), 1 marked by a person, 0
not, 255 no such box; `sheet` (rows,), whose hand it is. Rows of one sheet fill pages of
their own, so that the reader sees one pen and one hand a page. Such files are not part
of the project; `python -m bench.accuracy --ink FILE` reads one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt

from bench.conditions import DPIS, office
from bench.forms import code_of, printed_forms
from bench.pages import MadePage
from bench.tally import Made
from layouts.errors import UsageError, WamError
from layouts.model import Group
from scan.picture import Gray
from wamforms.practice.effects import Ink1Bit, ScanEffects
from wamforms.practice.people import Truth, TruthKind
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan_placed

SET_NAME = "real ink"

BOX_PX = 40
"""Side of the original answer box in the ink maps."""

NO_BOX = 255

TRACE = 0.04
"""An unmarked box with so much ink on any spot has been touched: erased, smeared or
slipped into. The lightest mark in the files at hand has 0.25, clean boxes have none."""

SPOT_PX = 5
"""Side of such a spot: 0.6 mm in a bubble of 5 mm, about the width of a pencil's line."""

HALF_SHARE = 0.5
"""A mark with less of the sheet's usual ink than this is only half made."""

ONE, ONE_UNSURE = "one mark", "one mark, half made or beside traces"
BLANK, BLANK_UNSURE = "blank", "blank, with traces"
SEVERAL = "several marks"
KINDS = (ONE, ONE_UNSURE, BLANK, BLANK_UNSURE, SEVERAL)
"""What is in a row, told from the ink alone and not from how it was read."""


@dataclass(frozen=True, slots=True)
class InkCondition:
    """How inked pages are scanned."""

    dpi: float
    one_bit: bool

    def effects(self, rng: np.random.Generator) -> ScanEffects:
        """Draw an office scan; black and white is cut at a level that drivers offer."""
        effects = office(rng)
        if not self.one_bit:
            return effects
        cut = int(rng.uniform(150, 190))
        return replace(effects, one_bit=Ink1Bit.THRESHOLD, threshold=cut, jpeg=None)


CONDITIONS: Mapping[str, InkCondition] = MappingProxyType(
    {
        f"{what}, {dpi:.0f} dpi": InkCondition(dpi, one_bit)
        for what, one_bit in (("grey", False), ("black and white", True))
        for dpi in DPIS
    }
)


class RealInk:
    """Ink maps of rows of answers, and what a person saw in them.

    Raises
    ------
    WamError
        If the file is absent or holds something else.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise WamError(
                f"{path} is not there; the ink of real people is not part of the project.",
                advice="Name a file with the arrays ink, marked and sheet.",
            )
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        try:
            with np.load(path, allow_pickle=False) as arrays:
                self.ink: npt.NDArray[np.uint8] = arrays["ink"]
                self.marked: npt.NDArray[np.uint8] = arrays["marked"]
                self.sheet: npt.NDArray[np.str_] = arrays["sheet"]
        except (OSError, ValueError, KeyError) as error:
            raise WamError(f"{path} does not hold ink: {error}") from error

    @cached_property
    def pages(self) -> tuple[npt.NDArray[np.intp], ...]:
        """The numbers of the rows that share a page: of one sheet, as many as a page has."""
        room = min(len(form.layout.pages[0].groups) for form, _ in printed_forms())
        return tuple(self._pages(room))

    def _pages(self, room: int) -> Iterator[npt.NDArray[np.intp]]:
        for sheet in sorted(set(self.sheet.tolist())):
            mine = np.flatnonzero(self.sheet == sheet)
            for start in range(0, len(mine), room):
                yield mine[start : start + room]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What is in each row, one of `KINDS`."""
        edge = (self.ink.shape[2] - BOX_PX) // 2
        inside = self.ink[:, :, edge:-edge, edge:-edge]
        filled = inside.mean(axis=(2, 3)) / 255
        darkest = np.array([[_darkest(box) for box in row] for row in inside])
        usual = np.full(len(inside), np.median(filled[self.marked == 1]))
        for sheet in set(self.sheet.tolist()):
            mine = self.sheet == sheet
            marks = filled[mine][self.marked[mine] == 1]
            if len(marks):
                usual[mine] = np.median(marks)
        return tuple(map(_kind, filled / usual[:, None], darkest, self.marked))

    def truth(self, row: int, group: Group) -> Truth:
        """Tell what the row of ink means on a row of the form."""
        seen = zip(group.bubbles, self.marked[row], strict=False)
        values = [bubble.value for bubble, marked in seen if marked == 1]
        if len(values) > 1:
            return Truth(group.item, None, TruthKind.SEVERAL)
        kind = TruthKind.ANSWERED if values else TruthKind.SKIPPED
        return Truth(group.item, values[0] if values else None, kind)

    def lay(self, page: Gray, per_mm: float, groups: tuple[Group, ...], rows: list[int]) -> None:
        """Multiply a page with the ink of the given rows, one row of the form each, in place."""
        for group, row in zip(groups, rows, strict=True):
            boxes = zip(group.bubbles, self.ink[row], self.marked[row], strict=False)
            for bubble, ink, marked in boxes:
                if marked != NO_BOX:
                    side = round(2 * bubble.radius_mm * per_mm / BOX_PX * len(ink))
                    map_ = cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA)
                    left = round(bubble.centre.x_mm * per_mm - side / 2)
                    top = round(bubble.centre.y_mm * per_mm - side / 2)
                    part = page[top : top + side, left : left + side]
                    part[...] = part * (1 - np.asarray(map_) / 255)


def _darkest(box: npt.NDArray[np.uint8]) -> float:
    """Find the most ink on any spot of a box, 0 to 1."""
    return float(np.max(cv2.blur(box, (SPOT_PX, SPOT_PX)))) / 255


def _kind(
    share: npt.NDArray[np.float64], darkest: npt.NDArray[np.float64], marked: npt.NDArray[np.uint8]
) -> str:
    """Name a row by its boxes' ink, as shares of what is usual on the sheet, and darkest spots."""
    marks = share[marked == 1]
    if len(marks) > 1:
        return SEVERAL
    traces = bool((darkest[marked == 0] > TRACE).any())
    if not len(marks):
        return BLANK_UNSURE if traces else BLANK
    return ONE_UNSURE if traces or marks[0] < HALF_SHARE else ONE


@cache
def real_ink(path: Path) -> RealInk:
    """Load a file of ink once a process."""
    return RealInk(path)


def rows_of(ink: RealInk, name: str, seed: int, number: int, room: int) -> tuple[list[int], int]:
    """Say which rows of ink stand on a page and how many of them count.

    A sheet with few rows goes round again, so that the page shows its pen; only
    the first round counts. Where on the page a row stands differs from lap to lap.
    """
    lap, place = divmod(number, len(ink.pages))
    rows = ink.pages[place]
    shuffled = np.random.default_rng([seed, crc32(name.encode()), lap, place]).permutation(rows)
    return np.resize(shuffled, room).tolist(), len(rows)


def make_ink_page(ink: RealInk, name: str, seed: int, number: int) -> MadePage:
    """Lay page `number` of real ink over a form and scan it."""
    if name not in CONDITIONS:
        raise UsageError(f"Ink is not scanned as {name!r}.", advice=f"Known: {list(CONDITIONS)}")
    condition = CONDITIONS[name]
    lap = number // len(ink.pages)
    form_number = (seed + lap) % len(printed_forms())
    form, pdf = printed_forms()[form_number]
    layout = form.layout.pages[0]
    rows, counted = rows_of(ink, name, seed, number, len(layout.groups))
    per_mm = condition.dpi / MM_PER_INCH
    page = page_at(pdf, 1, condition.dpi).copy()
    ink.lay(page, per_mm, layout.groups, rows)
    rng = np.random.default_rng([seed, crc32(name.encode()), number])
    scanned = scan_placed(page, per_mm, condition.effects(rng), rng, condition.dpi)
    colour = "black and white" if condition.one_bit else "grey"
    made = Made(
        name,
        seed,
        number,
        code_of(form_number).for_people(),
        [ink.truth(row, group) for row, group in zip(rows, layout.groups, strict=True)],
        [{"row": ink.kinds[row], "scan": colour, "sheet": str(ink.sheet[row])} for row in rows],
        frozenset(range(counted, len(rows))),
    )
    return MadePage(made, layout, scanned, condition.dpi)
