"""Identify pages whose two code symbols are unreadable.

`python -m bench.codes --pages 120` damages both symbols of printed pages in the
ways that offices do (scribbled over, covered, torn), scans them, and counts how
many are identified against a print list of many pages, by which route, and
whether ever a wrong page is named. With `--absent` the true dyad is not on the
list: nothing may be named then.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from layouts.dyadcode import new_dyad_code
from layouts.geometry import A4, BoxMm
from layouts.model import Role
from layouts.sheetcode import SheetCode
from scan.known import KnownForms
from scan.picture import Gray
from scan.read import read_page
from scan.results import PageRead
from scan.thresholds import Thresholds
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instrument
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.effects import OFFICE, drawn
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

DPI = 200.0
PER_MM = DPI / MM_PER_INCH
KEY = bytes(range(32))

Damage = Callable[[Gray, BoxMm, np.random.Generator], None]


def scribbled(pen_mm: float, strokes: int) -> Damage:
    """Scribble over a symbol with a pen."""

    def damage(page: Gray, box: BoxMm, rng: np.random.Generator) -> None:
        left, top, right, bottom = _px(box.grown(1.0))
        places = np.stack([rng.uniform(left, right, strokes), rng.uniform(top, bottom, strokes)], 1)
        width = max(1, round(pen_mm * PER_MM))
        cv2.polylines(page, [places.astype(np.int32)], False, 35, width, cv2.LINE_AA)

    return damage


def covered(share: float) -> Damage:
    """Cover the left part of a symbol with white paper."""

    def damage(page: Gray, box: BoxMm, rng: np.random.Generator) -> None:
        del rng
        left, top, right, bottom = _px(box.grown(0.8))
        page[top:bottom, left : left + round((right - left) * share)] = 246

    return damage


DAMAGES: dict[str, Damage] = {
    "pen scribbles": scribbled(0.7, 60),
    "felt tip scribbles": scribbled(2.0, 22),
    "felt tip, nearly black": scribbled(3.0, 30),
    "60 % covered": covered(0.6),
    "covered whole": covered(1.0),
}


def _px(box: BoxMm) -> tuple[int, int, int, int]:
    edges = (box.left_mm, box.top_mm, box.right_mm, box.bottom_mm)
    left, top, right, bottom = (round(edge * PER_MM) for edge in edges)
    return left, top, right, bottom


def printed_study(prints: int) -> tuple[dict[Role, Form], list[SheetCode]]:
    """Compose one domain's forms and draw up a print list."""
    instrument = load_instrument("probation")
    forms = {role: compose(instrument, role, "nl", A4) for role in Role}
    codes = []
    for serial in range(prints // 2):
        dyad = new_dyad_code()
        for place, (role, form) in enumerate(forms.items(), 1):
            codes.append(SheetCode(form.fingerprint, dyad, role, 1, 1, 2 * serial + place))
    return forms, codes


def damaged_scan(form: Form, code: SheetCode, damage: Damage, rng: np.random.Generator) -> Gray:
    """Print a page, damage both of its symbols, and scan it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        pdf = FormsPdf(path, A4, "bench", "nl", KEY)
        pdf.add_sheet(PrintedSheet(form, (code,), "start"))
        pdf.save()
        page = page_at(path.read_bytes(), 1, DPI).copy()
    for box in form.layout.pages[0].codes:
        damage(page, box, rng)
    effects = (OFFICE.varied(rng), drawn(rng, 0.35), drawn(rng, 0.8))[int(rng.integers(3))]
    return scan(page, PER_MM, effects, rng, DPI)


def run(pages: int, prints: int, seed: int, *, absent: bool) -> dict[str, Counter[str]]:
    """Count, damage by damage, by which route pages were identified."""
    rng = np.random.default_rng(seed)
    forms, codes = printed_study(prints)
    layouts = {form.fingerprint: form.layout for form in forms.values()}
    counts: dict[str, Counter[str]] = {name: Counter() for name in DAMAGES}
    for number in range(pages):
        name = list(DAMAGES)[number % len(DAMAGES)]
        code = codes[int(rng.integers(len(codes)))]
        picture = damaged_scan(forms[code.role], code, DAMAGES[name], rng)
        listed: Sequence[SheetCode] = codes
        if absent:
            listed = [one for one in codes if one.dyad != code.dyad]
        known = KnownForms(KEY, layouts, tuple(listed))
        outcome = read_page("page", picture, DPI, known, Thresholds())
        if not isinstance(outcome, PageRead):
            counts[name]["waits for a person"] += 1
        else:
            right = replace(outcome.code, page=code.page) == code
            counts[name][outcome.route if right else "WRONG"] += 1
    return counts


def main() -> None:
    """Run the campaign from the command line."""
    parser = argparse.ArgumentParser(description="Identify pages with unreadable symbols.")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--prints", type=int, default=2000, help="length of the print list")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--absent", action="store_true", help="leave the true dyad off the list")
    options = parser.parse_args()
    counts = run(options.pages, options.prints, options.seed, absent=options.absent)
    for name, count in counts.items():
        print(f"{name}: " + ", ".join(f"{number} {what}" for what, number in count.most_common()))
    sys.exit(any(count["WRONG"] for count in counts.values()))


if __name__ == "__main__":
    main()
