#!/usr/bin/env python3
"""Make `docs/what-counts-as-a-mark.md` from the reader itself.

    python docs/make_marks.py

Each example is drawn into the fifth row of a page whose other rows carry plain
marks, scanned by the practice scanner and read by the real reader; the page
shows the scan and what the reader made of it. Nothing in it is written by hand
but the names of the examples.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from layouts.dyadcode import new_dyad_code
from layouts.geometry import A4, PointMm
from layouts.model import Bubble, ItemId, Role
from layouts.sheetcode import SheetCode
from records.settings import LEAST_ASK_BELOW
from scan.calibration import RELIABILITY
from scan.markup import row_strip
from scan.picture import Gray
from scan.read import KnownForms, read_page
from scan.results import ItemReading, PageRead, Status
from scan.thresholds import Thresholds
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instrument
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.ink import lay
from wamforms.practice.marks import Mark, MarkKind, draw
from wamforms.practice.pens import (
    BALLPOINT_BLUE,
    BALLPOINT_RED,
    FELT_TIP,
    PENCIL,
    PENCIL_HARD,
    PENCIL_SOFT,
    Hand,
    Pen,
)
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

PAGE = Path(__file__).with_name("what-counts-as-a-mark.md")
TEMPLATE = PAGE.with_suffix(".in")
PICTURES = Path(__file__).with_name("pictures") / "marks"
DPI = 200.0
PER_MM = DPI / MM_PER_INCH
KEY = bytes(32)
LIGHT = PENCIL_HARD.faded(0.6)
ROW = 5
"""The row that carries the example; the others show what this person's pen looks like."""

Draw = Callable[[Sequence[Bubble], np.random.Generator], list[Mark]]


@dataclass(frozen=True, slots=True)
class Example:
    """One row to be read, on a page whose other rows carry `usual` marks."""

    name: str
    marks: Draw
    usual: MarkKind = MarkKind.CROSS
    pen: Pen = BALLPOINT_BLUE
    effects: ScanEffects = OFFICE


def hand(pen: Pen) -> Hand:
    """Hold a pen neither neatly nor badly."""
    return Hand(pen=pen, neatness=0.6, size=1.0, lean_deg=5.0, pressure=0.9)


def one(kind: MarkKind, pen: Pen = BALLPOINT_BLUE, *, aside_mm: float = 0.0) -> Draw:
    """Mark the second bubble."""

    def marks(row: Sequence[Bubble], rng: np.random.Generator) -> list[Mark]:
        centre = PointMm(row[1].centre.x_mm + aside_mm, row[1].centre.y_mm)
        return [draw(kind, centre, row[1].radius_mm, hand(pen), rng)]

    return marks


def two(first: MarkKind, second: MarkKind, pen: Pen = BALLPOINT_BLUE) -> Draw:
    """Mark the second and the fourth bubble."""

    def marks(row: Sequence[Bubble], rng: np.random.Generator) -> list[Mark]:
        return [
            draw(kind, row[place].centre, row[place].radius_mm, hand(pen), rng)
            for kind, place in ((first, 1), (second, 3))
        ]

    return marks


def erased(row: Sequence[Bubble], rng: np.random.Generator) -> list[Mark]:
    """Rub out the second bubble and cross the fourth."""
    gone = draw(MarkKind.CROSS, row[1].centre, row[1].radius_mm, hand(PENCIL), rng)
    kept = draw(MarkKind.CROSS, row[3].centre, row[3].radius_mm, hand(PENCIL), rng)
    return [gone.rubbed_out(rng), kept]


def pale(share: float, kind: MarkKind = MarkKind.CROSS) -> Draw:
    """Mark the second bubble with a pencil that leaves only a share of its grey."""
    return one(kind, PENCIL_SOFT.faded(share))


def beside(share: float) -> Draw:
    """Cross the fourth bubble plainly, and the second ever more lightly."""

    def marks(row: Sequence[Bubble], rng: np.random.Generator) -> list[Mark]:
        return pale(share)(row, rng) + one(MarkKind.CROSS)(row[2:], rng)

    return marks


def nothing(_row: Sequence[Bubble], _rng: np.random.Generator) -> list[Mark]:
    """Leave the row out."""
    return []


GROUPS: dict[str, tuple[Example, ...]] = {
    "Marks": (
        *(Example(kind.value, one(kind)) for kind in (MarkKind.CROSS, MarkKind.BIG_CROSS,
          MarkKind.TICK, MarkKind.DASH)),
        Example("a scribble, on a page of scribbles", one(MarkKind.SCRIBBLE), MarkKind.SCRIBBLE),
        Example("a dot, on a page of dots", one(MarkKind.DOT), MarkKind.DOT),
        Example("filled, on a page of filled bubbles", one(MarkKind.FILL), MarkKind.FILL),
        Example("filled carelessly, likewise", one(MarkKind.SLOPPY_FILL), MarkKind.FILL),
        Example("a ring, on a page of rings", one(MarkKind.CIRCLE), MarkKind.CIRCLE),
        Example("felt tip", one(MarkKind.CROSS, FELT_TIP), pen=FELT_TIP),
        Example("red ballpoint", one(MarkKind.CROSS, BALLPOINT_RED), pen=BALLPOINT_RED),
        Example("pencil", one(MarkKind.CROSS, PENCIL), pen=PENCIL),
        Example("hard pencil", one(MarkKind.CROSS, PENCIL_HARD), pen=PENCIL_HARD),
        Example("light pencil, on a page of it", one(MarkKind.CROSS, LIGHT), pen=LIGHT),
        Example("half outside", one(MarkKind.CROSS, aside_mm=1.6)),
    ),
    "Corrections": (
        Example("filled and crossed", two(MarkKind.FILL, MarkKind.CROSS)),
        Example("rubbed out and crossed", erased, pen=PENCIL),
        Example("filled and crossed, by somebody who fills", two(MarkKind.FILL, MarkKind.CROSS),
                MarkKind.FILL),
    ),
    "Nothing": (
        Example("left out", nothing),
        Example("left out, with a crease", nothing,
                effects=replace(OFFICE, folds_mm=(99.0, 148.5, 198.0))),
        Example("left out, on a dusty scanner", nothing, effects=replace(OFFICE, specks=60)),
        Example("a slip of the pen between two bubbles", one(MarkKind.STRAY, aside_mm=7.2)),
    ),
    "Doubts": (
        Example("two crosses", two(MarkKind.CROSS, MarkKind.CROSS)),
        Example("filled and nothing else, among crosses", one(MarkKind.FILL)),
        Example("a touch of the pen", one(MarkKind.TOUCH)),
        Example("one light cross among dark ones", one(MarkKind.CROSS, PENCIL_HARD.faded(0.5))),
        Example("one dark cross among light ones", one(MarkKind.CROSS), pen=LIGHT),
        Example("hardly inside, or the end of a line", one(MarkKind.CROSS, aside_mm=2.2)),
        Example("one dot among crosses", one(MarkKind.DOT)),
        Example("one ring among crosses", one(MarkKind.CIRCLE)),
    ),
}  # fmt: skip
"""Which group the reader puts an example in is checked by a test."""

FADING: dict[str, tuple[Example, ...]] = {
    "Lighter and lighter": tuple(
        Example(f"soft pencil, {share:.0%} of its grey", pale(share))
        for share in (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.1, 0.04)
    ),
    "Beside another, lighter and lighter": tuple(
        Example(f"beside a plain cross one with {share:.0%} of its grey", beside(share))
        for share in (1.0, 0.6, 0.4, 0.3, 0.2, 0.1)
    ),
}
"""Marks on both sides of the setting."""


def read_example(example: Example, printed: tuple[Form, bytes]) -> tuple[ItemReading, bytes]:
    """Draw, scan and read one example; its reading and the strip of its row as PNG."""
    form, pdf = printed
    rng = np.random.default_rng(7)
    layout = form.layout.pages[0]
    marks: list[Mark] = []
    for number, group in enumerate(layout.groups, 1):
        if number == ROW:
            marks += example.marks(group.bubbles, rng)
        else:
            bubble = group.bubbles[number % len(group.bubbles)]
            kind = example.usual
            marks.append(draw(kind, bubble.centre, bubble.radius_mm, hand(example.pen), rng))
    page: Gray = page_at(pdf, 1, DPI).copy()
    lay(marks, page, PER_MM)
    picture = scan(page, PER_MM, example.effects, rng, DPI)
    forms = KnownForms(KEY, {form.fingerprint: form.layout})
    outcome = read_page("page", picture, DPI, forms, Thresholds())
    if not isinstance(outcome, PageRead):
        raise TypeError(f"{example.name}: the page was not read: {outcome}")
    item = ItemId(layout.groups[ROW - 1].item)
    reading = next(one for one in outcome.items if one.item == item)
    return reading, row_strip(picture, outcome.fit, layout, item)


def printed_form() -> tuple[Form, bytes]:
    """Print one shipped form."""
    instrument = load_instrument("probation")
    form = compose(instrument, Role.CLIENT, "en", A4)
    code = SheetCode(form.fingerprint, new_dyad_code(), Role.CLIENT, 1, 1, 1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        pdf = FormsPdf(path, A4, "marks", "en", KEY)
        pdf.add_sheet(PrintedSheet(form, (code,), "start"))
        pdf.save()
        return form, path.read_bytes()


def result(reading: ItemReading) -> str:
    """Say in a few words what the reader made of a row."""
    match reading.status:
        case Status.READ:
            return f"answer {reading.value}"
        case Status.CORRECTED:
            return f"answer {reading.value}, corrected"
        case Status.BLANK:
            return "blank"
        case _:
            return f"**a person looks**: {', '.join(reading.doubts)}"


def page() -> str:
    """Fill in the template; pictures go beside the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    printed = printed_form()
    limits = Thresholds()
    return TEMPLATE.read_text(encoding="utf-8").format(
        ask_below=limits.ask_below,
        least=LEAST_ASK_BELOW,
        marks="".join(map("\n".join, (group(name, printed) for name in GROUPS))),
        fading="".join(map("\n".join, (group(name, printed) for name in FADING))),
        reliability="\n".join(reliability()),
        limits="\n".join(f"| `{name}` | {getattr(limits, name):g} |" for name in limits.__slots__),
    )


def group(heading: str, printed: tuple[Form, bytes]) -> Iterator[str]:
    """Show the examples under one heading."""
    yield f"\n## {heading}\n"
    yield "| row as scanned | what it is | ink | peak | reading | probability |"
    yield "|---|---|--:|--:|---|--:|"
    for number, example in enumerate((GROUPS | FADING)[heading], 1):
        reading, strip = read_example(example, printed)
        picture = (
            PICTURES / f"{'-'.join(heading.lower().replace(',', '').split())}-{number:02d}.png"
        )
        small(strip).save(picture, optimize=True)
        yield row(example.name, picture, reading)
    yield ""


def reliability() -> Iterator[str]:
    """Show what became of the likeliest answers of pages that were not counted."""
    for least, rows, wrong, foretold, low, high in RELIABILITY:
        between = f"{low * 1e4:,.1f} and {high * 1e4:,.1f}"
        yield f"| {least:g} | {rows:,} | {wrong:,} | {foretold:,} | {between} |"


def row(name: str, picture: Path, reading: ItemReading) -> str:
    """Lay out one example."""
    darkest = max(reading.bubbles, key=lambda one: one.fill)
    image = f"![{name}]({picture.relative_to(PAGE.parent).as_posix()})"
    measures = f"{darkest.fill:.2f} | {darkest.peak:.2f}"
    return f"| {image} | {name} | {measures} | {result(reading)} | {chance(reading)} |"


def chance(reading: ItemReading) -> str:
    """Show how probable a reading is, or its likeliest answer."""
    shown = f"{reading.probability:.5f}"
    if reading.status is not Status.DOUBT:
        return shown
    return f"{'blank' if reading.suggestion is None else reading.suggestion}: {shown}"


def small(strip: bytes) -> Image.Image:
    """Make a strip small enough for a repository: half size, 24 greys."""
    with Image.open(BytesIO(strip)) as image:
        half = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
        return half.quantize(24)


def main() -> None:
    """Write page and pictures."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
