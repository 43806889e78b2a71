#!/usr/bin/env python3
"""Make the pictures of the README from a fresh practice stack.

    python docs/make_pictures.py [FOLDER]

FOLDER is where an earlier `wamforms demo` left its files; without it one is
run. Look at both pictures before committing them.
"""

import csv
import sys
import tempfile
from pathlib import Path

from PIL import Image

from scan.markup import BLUE, GREEN, ORANGE
from wamforms.practice.render import render
from wamforms.tasks.demo import DemoOrder, run_demo

PICTURES = Path(__file__).with_name("pictures")

WIDTH_PX = 760
"""Half of a README's width at the fineness of today's screens."""

FORM_DPI = 150.0

GREYS, TINTS = 40, 4
"""Levels between white and black, and between white and each ink of the mark-up:
enough for the eye, and few enough that a scan's noise fits into 250 KB."""

INKS = tuple(ink[::-1] for ink in (GREEN, BLUE, ORANGE))
"""Of the mark-up, as red, green, blue."""

UPPER_PART = 0.50
"""Share of the read page that is shown: nine rows say what all nineteen would."""


def form_picture(demo: Path) -> Image.Image:
    """Picture the first English client form of the print run."""
    with (demo / "forms-1.print-list.csv").open(encoding="utf-8") as file:
        wanted = [one for one in csv.DictReader(file) if one["language"] == "en"]
    number = next(int(one["page"]) for one in wanted if one["role"] == "client")
    for page, picture in enumerate(render(demo / "forms-1.pdf", FORM_DPI), 1):
        if page == number:
            return Image.fromarray(picture)
    raise ValueError(f"forms-1.pdf has no page {number}")


def read_picture(demo: Path) -> Image.Image:
    """Take the page on which most happened, as the demo marked it up."""
    page = Image.open(demo / "read-page.png").convert("RGB")
    return page.crop((0, 0, page.width, round(page.height * UPPER_PART)))


def save(picture: Image.Image, name: str) -> None:
    """Save a picture small enough for a README."""
    height = round(picture.height * WIDTH_PX / picture.width)
    small = picture.convert("RGB").resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    few = small.quantize(palette=_palette(), dither=Image.Dither.NONE)
    few.save(PICTURES / name, optimize=True)


def _palette() -> Image.Image:
    greys = [(level,) * 3 for level in (round(255 * n / (GREYS - 1)) for n in range(GREYS))]
    tints = [
        tuple(round(255 + (channel - 255) * share / TINTS) for channel in ink)
        for ink in INKS
        for share in range(1, TINTS + 1)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in (*greys, *tints) for channel in colour])
    return palette


def main() -> None:
    """Make both pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wamforms-pictures-") as folder:
        demo = Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "demo"
        if not sys.argv[1:]:
            run_demo(DemoOrder(demo), step=lambda _: None)
        save(form_picture(demo), "form.png")
        save(read_picture(demo), "read-page.png")


if __name__ == "__main__":
    main()
