"""Sheets of pictures: pieces of scans as the reader saw them, so that a person can judge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.pages import MadePage
from layouts.geometry import BoxMm
from scan.picture import Gray
from wamforms.practice.scanner import Scanned

PX_PER_MM = 8.0
"""About 200 dpi: a row is some 500 pixels wide."""

MARGIN_MM = 2.5
"""What is shown around the bubbles of a row; neighbouring rows begin there."""

ACROSS, DOWN = 2, 14
GAP_PX = 14
CAPTION_PX = 15


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A piece of a page and what is to be said about it."""

    picture: Gray
    caption: str


def crop_row(page: MadePage, row: int) -> Gray:
    """Cut a row of bubbles out of a page, whichever way the page was scanned."""
    bubbles = page.layout.groups[row].bubbles
    left, right = (f(one.centre.x_mm for one in bubbles) for f in (min, max))
    top, bottom = (f(one.centre.y_mm for one in bubbles) for f in (min, max))
    box = BoxMm(left, top, right - left, bottom - top)
    return crop_box(page.scanned, box.grown(bubbles[0].radius_mm + MARGIN_MM))


def crop_box(scanned: Scanned, box: BoxMm) -> Gray:
    """Cut a piece of the paper out of its scan, upright and about as fine as 200 dpi."""
    corners = np.array(
        [
            [box.left_mm, box.top_mm],
            [box.right_mm, box.top_mm],
            [box.right_mm, box.bottom_mm],
        ]
    )
    size = np.rint((corners[2] - corners[0]) * PX_PER_MM).astype(int)
    seen = scanned.geometry.to_px_many(corners).astype(np.float32)
    cut = np.array([[0, 0], [size[0], 0], size], np.float32)
    way = cv2.getAffineTransform(seen, cut)
    picture = cv2.warpAffine(scanned.picture, way, size.tolist(), borderValue=(255,))
    return np.asarray(picture, np.uint8)


def contact_sheets(crops: Sequence[Crop], folder: Path, stem: str) -> list[Path]:
    """Write crops on as many PNG sheets as they need: `stem-1.png` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{stem}-*.png"):
        old.unlink()
    paths = []
    for number, start in enumerate(range(0, len(crops), ACROSS * DOWN), 1):
        some = crops[start : start + ACROSS * DOWN]
        path = folder / f"{stem}-{number}.png"
        _sheet(some).save(path)
        paths.append(path)
    return paths


def _sheet(crops: Sequence[Crop]) -> Image.Image:
    width = max(crop.picture.shape[1] for crop in crops) + GAP_PX
    height = max(crop.picture.shape[0] for crop in crops) + CAPTION_PX + GAP_PX
    rows = -(-len(crops) // ACROSS)
    sheet = Image.new("L", (ACROSS * width + GAP_PX, rows * height + GAP_PX), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(CAPTION_PX - 3)
    for crop, (left, top) in zip(crops, _places(width, height), strict=False):
        draw.text((left, top), crop.caption, fill=0, font=font)
        rows_px, columns_px = crop.picture.shape
        sheet.paste(Image.fromarray(crop.picture), (left, top + CAPTION_PX))
        edge = (left - 1, top + CAPTION_PX - 1, left + columns_px, top + CAPTION_PX + rows_px)
        draw.rectangle(edge, outline=128)
    return sheet


def _places(width: int, height: int) -> Iterator[tuple[int, int]]:
    for down in range(DOWN):
        for across in range(ACROSS):
            yield GAP_PX + across * width, GAP_PX + down * height
