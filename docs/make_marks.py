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
    Hand,
    Pen,
)
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

PAGE = Path(__file__).with_name("what-counts-as-a-mark.md")
PICTURES = Path(__file__).with_name("pictures") / "marks"
DPI = 200.0
PER_MM = DPI / MM_PER_INCH
KEY = bytes(32)
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


def nothing(row: Sequence[Bubble], rng: np.random.Generator) -> list[Mark]:
    """Leave the row out."""
    del row, rng
    return []


GROUPS: dict[str, tuple[Example, ...]] = {
    "Marks": (
        *(Example(kind.value, one(kind)) for kind in (MarkKind.CROSS, MarkKind.BIG_CROSS,
          MarkKind.TICK, MarkKind.DASH, MarkKind.SCRIBBLE, MarkKind.DOT)),
        Example("filled, on a page of filled bubbles", one(MarkKind.FILL), MarkKind.FILL),
        Example("filled carelessly, likewise", one(MarkKind.SLOPPY_FILL), MarkKind.FILL),
        Example("a ring, on a page of rings", one(MarkKind.CIRCLE), MarkKind.CIRCLE),
        Example("felt tip", one(MarkKind.CROSS, FELT_TIP), pen=FELT_TIP),
        Example("red ballpoint", one(MarkKind.CROSS, BALLPOINT_RED), pen=BALLPOINT_RED),
        Example("pencil", one(MarkKind.CROSS, PENCIL), pen=PENCIL),
        Example("hard pencil", one(MarkKind.CROSS, PENCIL_HARD), pen=PENCIL_HARD),
        Example("light pencil, on a page of it", one(MarkKind.CROSS, PENCIL_HARD.faded(0.6)),
                pen=PENCIL_HARD.faded(0.6)),
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
        Example("one dark cross among light ones", one(MarkKind.CROSS),
                pen=PENCIL_HARD.faded(0.6)),
        Example("one ring among crosses", one(MarkKind.CIRCLE)),
    ),
}  # fmt: skip
"""All examples; which group the reader puts one in is checked by a test."""


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


INTRODUCTION = """\
# What counts as a mark

This page is made by the reader itself (`python docs/make_marks.py`): every example was drawn,
scanned at 200 dpi and read. The other rows of each example's page carry plain crosses in blue
ballpoint, unless the example says otherwise; marks are judged against the page they stand on.
The columns ink and peak belong to the darkest bubble: mean ink over its inside, and ink of its
darkest pen-wide spot, on a scale from this page's paper (0) to its print (1)."""

LIMITS = """
## Where the limits lie

One place holds them all, `scan/thresholds.py`; a study may change them in `study.toml` and judge
its stored readings again without a new scan. Ink is counted above what this page's own empty
bubbles show.

| limit | value |
|---|--:|"""


def lines() -> Iterator[str]:
    """Write the page; pictures go beside it."""
    yield INTRODUCTION
    printed = printed_form()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for heading, examples in GROUPS.items():
        yield f"\n## {heading}\n"
        yield "| row as scanned | what it is | ink | peak | reading |"
        yield "|---|---|--:|--:|---|"
        for number, example in enumerate(examples, 1):
            reading, strip = read_example(example, printed)
            picture = PICTURES / f"{heading.lower()}-{number:02d}.png"
            small(strip).save(picture, optimize=True)
            yield row(example.name, picture, reading)
    yield LIMITS
    limits = Thresholds()
    yield from (f"| `{name}` | {getattr(limits, name):g} |" for name in Thresholds.__slots__)


def row(name: str, picture: Path, reading: ItemReading) -> str:
    """Lay out one example as a row of its table."""
    darkest = max(reading.bubbles, key=lambda bubble: bubble.fill)
    ink, peak = max(0.0, darkest.fill), max(0.0, darkest.peak)
    link = f"![{name}](pictures/marks/{picture.name})"
    return f"| {link} | {name} | {ink:.2f} | {peak:.2f} | {result(reading)} |"


def small(strip: bytes) -> Image.Image:
    """Make a strip small enough for a repository: half size, 24 greys."""
    with Image.open(BytesIO(strip)) as image:
        half = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
        return half.quantize(24)


def main() -> None:
    """Write page and pictures."""
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
