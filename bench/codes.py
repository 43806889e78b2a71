"""Identify pages whose two code symbols are unreadable.

`python -m bench.codes --pages 120` damages both symbols of printed pages in the
ways that offices do (scribbled over, covered, torn), scans them, and counts how
many are identified against a print list of many pages, by which route, and
whether ever a wrong page is named. With `--covered` both symbols are wholly covered and
the scans are those of an office in good order at 150 to 300 dpi: what is counted
then is the reading of the printed text. With `--absent` the true dyad is not on the
list: nothing may be named then. `--out FOLDER` shows the texts of pages that waited.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import cv2
import numpy as np

from bench.conditions import DPIS, office
from bench.forms import DPI, drawn_code
from bench.pictures import Crop, contact_sheets, crop_box
from layouts.geometry import A4, BoxMm
from layouts.model import Role
from layouts.sheetcode import SheetCode
from output.bounds import upper_bound
from scan.batch import usual_workers
from scan.known import KnownForms
from scan.picture import Gray
from scan.read import read_page
from scan.results import PageBlank, PageRead
from scan.thresholds import Thresholds
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instrument
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.effects import OFFICE, ScanEffects, drawn
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, Scanned, scan_placed

KEY = bytes(range(32))

WAITS = "waits for a person"
WRONG = "WRONG"
REFUSED = "known, but not read for another reason"

QUIET_MM = 0.8
"""Covers reach so far over a symbol's edge; the printed text begins 3 mm from it."""

Damage = Callable[[Gray, BoxMm, float, np.random.Generator], None]
"""Damages a symbol of a page, in place; the number is pixels per millimetre."""


def scribbled(pen_mm: float, strokes: int) -> Damage:
    """Scribble over a symbol with a pen."""

    def damage(page: Gray, box: BoxMm, per_mm: float, rng: np.random.Generator) -> None:
        left, top, right, bottom = _px(box.grown(1.0), per_mm)
        places = np.stack([rng.uniform(left, right, strokes), rng.uniform(top, bottom, strokes)], 1)
        width = max(1, round(pen_mm * per_mm))
        cv2.polylines(page, [places.astype(np.int32)], False, 35, width, cv2.LINE_AA)

    return damage


def covered(share: float, level: int = 246) -> Damage:
    """Cover the left part of a symbol with paper, or ink, of one grey."""

    def damage(page: Gray, box: BoxMm, per_mm: float, rng: np.random.Generator) -> None:
        del rng
        left, top, right, bottom = _px(box.grown(QUIET_MM), per_mm)
        page[top:bottom, left : left + round((right - left) * share)] = level

    return damage


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "pen scribbles": scribbled(0.7, 60),
        "felt tip scribbles": scribbled(2.0, 22),
        "felt tip, nearly black": scribbled(3.0, 30),
        "60 % covered": covered(0.6),
        "covered whole": covered(1.0),
    }
)

COVERS: Mapping[str, Damage] = MappingProxyType(
    {
        "label on both symbols": covered(1.0),
        "both symbols blacked out": covered(1.0, 25),
    }
)


def _px(box: BoxMm, per_mm: float) -> tuple[int, int, int, int]:
    edges = (box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)
    left, top, right, bottom = (round(edge * per_mm) for edge in edges)
    return left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Order:
    """What is measured.

    Attributes
    ----------
    prints
        Length of the print list.
    covered
        Cover both symbols whole and scan carefully; else any damage and any scan.
    absent
        Leave the true dyad off the print list.
    """

    seed: int
    prints: int
    covered: bool = False
    absent: bool = False

    @property
    def damages(self) -> Mapping[str, Damage]:
        """What may happen to symbols."""
        return COVERS if self.covered else DAMAGES


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one page: its route, `WAITS` or `WRONG`."""

    number: int
    damage: str
    dpi: float
    route: str


@dataclass(frozen=True, slots=True, eq=False)
class DamagedPage:
    """A page with unreadable symbols as it was scanned."""

    form: Form
    code: SheetCode
    damage: str
    dpi: float
    scanned: Scanned


@cache
def printed_study(prints: int) -> tuple[Mapping[Role, Form], tuple[SheetCode, ...]]:
    """Compose one domain's forms and draw up a print list, always the same."""
    instrument = load_instrument("probation")
    forms = {role: compose(instrument, role, "nl", A4) for role in Role}
    rng = np.random.default_rng(prints)
    codes = []
    for serial in range(prints // 2):
        dyad = drawn_code(rng)
        for place, (role, form) in enumerate(forms.items(), 1):
            codes.append(SheetCode(form.fingerprint, dyad, role, 1, 1, 2 * serial + place))
    return forms, tuple(codes)


def make_page(order: Order, number: int) -> DamagedPage:
    """Print a page, damage both of its symbols, and scan it; the same two give the same page."""
    rng = np.random.default_rng([order.seed, number])
    forms, codes = printed_study(order.prints)
    code = codes[int(rng.integers(len(codes)))]
    form = forms[code.role]
    name = list(order.damages)[number % len(order.damages)]
    dpi = float(DPIS[int(rng.integers(len(DPIS)))]) if order.covered else DPI
    page = _printed(form, code, dpi)
    for box in form.layout.pages[0].codes:
        order.damages[name](page, box, dpi / MM_PER_INCH, rng)
    effects = office(rng) if order.covered else _any_scan(rng)
    scanned = scan_placed(page, dpi / MM_PER_INCH, effects, rng, dpi)
    return DamagedPage(form, code, name, dpi, scanned)


def _any_scan(rng: np.random.Generator) -> ScanEffects:
    return (OFFICE.varied(rng), drawn(rng, 0.35), drawn(rng, 0.8))[int(rng.integers(3))]


def _printed(form: Form, code: SheetCode, dpi: float) -> Gray:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        pdf = FormsPdf(path, A4, "bench", "nl", KEY)
        pdf.add_sheet(PrintedSheet(form, (code,), "start"))
        pdf.save()
        return page_at(path.read_bytes(), 1, dpi).copy()


def came_of(order: Order, number: int) -> Came:
    """Make and identify one page."""
    cv2.setNumThreads(1)
    page = make_page(order, number)
    forms, codes = printed_study(order.prints)
    layouts = {form.fingerprint: form.layout for form in forms.values()}
    listed = codes
    if order.absent:
        listed = tuple(one for one in codes if one.dyad != page.code.dyad)
    known = KnownForms(KEY, layouts, listed)
    outcome = read_page("page", page.scanned.picture, page.dpi, known, Thresholds())
    if isinstance(outcome, PageBlank) or not isinstance(outcome.code, SheetCode):
        return Came(number, page.damage, page.dpi, WAITS)
    route = outcome.route.value if isinstance(outcome, PageRead) else REFUSED
    right = outcome.code == page.code
    return Came(number, page.damage, page.dpi, route if right else WRONG)


def run(order: Order, pages: int, workers: int) -> list[Came]:
    """Identify many pages, in parallel."""
    printed_study(order.prints)  # before the workers start, so that they share it
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(came_of, [order] * pages, range(pages)))


def report(came: Sequence[Came]) -> Iterator[str]:
    """Count by damage and by resolution, with exact bounds on the whole."""
    yield "| symbols | pages | identified | waited | wrong | by which route |"
    yield "|---|--:|--:|--:|--:|---|"
    groups = [
        *((name, [one for one in came if one.damage == name]) for name in _each(came, "damage")),
        *(
            (f"{dpi:.0f} dpi", [one for one in came if one.dpi == dpi])
            for dpi in _each(came, "dpi")
        ),
        ("**all**", list(came)),
    ]
    for name, some in groups:
        routes = Counter(one.route for one in some)
        waited, wrong = routes.pop(WAITS, 0), routes.pop(WRONG, 0)
        how = ", ".join(f"{route} {count}" for route, count in routes.most_common())
        yield f"| {name} | {len(some)} | {routes.total()} | {waited} | {wrong} | {how} |"
    waited, wrong = (sum(one.route == what for one in came) for what in (WAITS, WRONG))
    right = len(came) - waited - wrong
    least = 1 - upper_bound(len(came) - right, len(came))
    yield (
        f"\nIdentified {right / len(came):.1%}, at least {least:.1%} (95 %);"
        f" wrong at most {upper_bound(wrong, len(came)):.2%}."
    )


def _each(came: Sequence[Came], name: str) -> list[str | float]:
    return sorted({getattr(one, name) for one in came})


def shown(order: Order, came: Sequence[Came]) -> Iterator[Crop]:
    """Show both printed texts of every page that was not identified rightly."""
    for one in came:
        if one.route in {WAITS, WRONG}:
            page = make_page(order, one.number)
            for copy, lines in enumerate(page.form.layout.pages[0].code_texts, 1):
                for box in lines:
                    caption = f"page {one.number}, {one.dpi:.0f} dpi, copy {copy}: {one.route}"
                    yield Crop(crop_box(page.scanned, box), caption)


def main() -> None:
    """Run the campaign from the command line."""
    parser = argparse.ArgumentParser(description="Identify pages with unreadable symbols.")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--prints", type=int, default=2000, help="length of the print list")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--covered", action="store_true", help="both symbols wholly covered")
    parser.add_argument("--absent", action="store_true", help="leave the true dyad off the list")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where pictures are written")
    options = parser.parse_args()
    order = Order(options.seed, options.prints, options.covered, options.absent)
    came = run(order, options.pages, options.workers)
    print("\n".join(report(came)))
    if options.out is not None:
        for path in contact_sheets(list(shown(order, came)), options.out, "codes"):
            print(path)
    sys.exit(any(one.route == WRONG for one in came))


if __name__ == "__main__":
    main()
