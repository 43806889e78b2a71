"""Ink on a picture of a page: strokes become coverage, coverage darkens paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from wamforms.practice.marks import Mark
from wamforms.practice.pens import Pen

Gray = NDArray[np.uint8]
"""A page as a picture, shape (rows, columns); 0 is black, 255 white."""

Coverage = NDArray[np.float32]
"""How much of a pen's full tone lies on each pixel, 0 to 1."""

FINER = 3
"""Strokes are drawn this many times finer than the page and averaged, for soft edges."""

_FIXED = 4
"""Binary places that OpenCV keeps of a coordinate."""

_TOOTH_SEED = 19
_TOOTH_PX = 512
_BORDER_MM = 0.6
"""Room around a mark for the width of a felt tip and for smears."""


@dataclass(frozen=True, slots=True, eq=False)
class InkPatch:
    """Coverage of one mark and where its first pixel lies on the page."""

    top_px: int
    left_px: int
    ink: Coverage


def lay(marks: Iterable[Mark], page: Gray, px_per_mm: float) -> None:
    """Draw marks onto a page in place: `page *= 1 - ink * (1 - grey / 255)`."""
    for mark in marks:
        patch = patch_of(mark, px_per_mm)
        rows = slice(max(0, patch.top_px), max(0, patch.top_px + patch.ink.shape[0]))
        columns = slice(max(0, patch.left_px), max(0, patch.left_px + patch.ink.shape[1]))
        paper = page[rows, columns]
        from_row, from_column = rows.start - patch.top_px, columns.start - patch.left_px
        ink = patch.ink[
            from_row : from_row + paper.shape[0], from_column : from_column + paper.shape[1]
        ]
        paper[...] = np.rint(paper * (1.0 - ink * np.float32(1.0 - mark.pen.grey / 255.0)))


def patch_of(mark: Mark, px_per_mm: float) -> InkPatch:
    """Turn the strokes of a mark into coverage.

    Strokes alternate between two layers, so neighbouring lines of a hatching
    add up where they overlap while each line alone keeps its even tone.
    """
    every = np.concatenate([stroke.points_mm for stroke in mark.strokes]) * px_per_mm
    border_px = (_BORDER_MM + mark.pen.width_mm + mark.smear_mm) * px_per_mm
    left, top = np.floor(every.min(axis=0) - border_px).astype(int)
    right, bottom = np.ceil(every.max(axis=0) + border_px).astype(int)
    layers = np.zeros((2, FINER * (bottom - top), FINER * (right - left)), np.uint8)
    origin = np.array([left, top]) / px_per_mm
    for number, stroke in enumerate(mark.strokes):
        path = (stroke.points_mm - origin) * (px_per_mm * FINER)
        _trace(layers[number % 2], path, stroke.pressure, mark.pen, px_per_mm * FINER)
    size = (int(right - left), int(bottom - top))
    free = np.ones(size[::-1], np.float32)
    for layer in layers[: len(mark.strokes)]:
        free *= 1.0 - cv2.resize(layer, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    ink = np.asarray(1.0 - free, np.float32)
    return InkPatch(int(top), int(left), _soaked(ink, mark, px_per_mm))


def _trace(
    layer: Gray, path: NDArray[np.float64], pressure: NDArray[np.float64], pen: Pen, fine_px: float
) -> None:
    """Draw one stroke; `path` in pixels of the layer, `fine_px` pixels per millimetre."""
    fixed = np.rint(path * 2**_FIXED).astype(int).tolist()
    press = (pressure[1:] + pressure[:-1]) / 2
    widths = np.rint(pen.width_mm * fine_px * (0.78 + 0.22 * press)).astype(int)
    firm = np.where(press > 0.02, 1.0 - pen.yielding * (1.0 - np.clip(press, 0.0, 1.0)), 0.0)
    tones = np.rint(255 * pen.opacity * firm).astype(int)
    for (start, end), width, tone in zip(
        pairwise(fixed), np.maximum(widths, 1).tolist(), tones.tolist(), strict=True
    ):
        if tone:
            cv2.line(layer, start, end, tone, width, cv2.LINE_8, _FIXED)


def _soaked(ink: Coverage, mark: Mark, px_per_mm: float) -> Coverage:
    """Let paper have its way: hollows stay white, ink spreads, an eraser smears."""
    if mark.pen.grain:
        hollows = _hollows(round(px_per_mm, 3), ink.shape, mark.texture)
        ink = np.asarray(ink * (1.0 - mark.pen.grain * hollows * (1.2 - ink)), np.float32)
    spread_px = (mark.pen.bleed_mm + mark.smear_mm) * px_per_mm
    if spread_px > 0.2:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), spread_px), np.float32)
        if mark.pen.bleed_mm:
            ink = np.minimum(ink * 1.12, 1.0)
    return np.asarray(ink * np.float32(mark.strength), np.float32)


def _hollows(px_per_mm: float, shape: tuple[int, ...], texture: int) -> Coverage:
    """Cut a piece of paper surface, 0 (ridge) to 1 (hollow)."""
    surface = _surface(px_per_mm)
    row, column = divmod(texture % _TOOTH_PX**2, _TOOTH_PX)
    return np.take(
        np.take(surface, np.arange(row, row + shape[0]) % _TOOTH_PX, axis=0),
        np.arange(column, column + shape[1]) % _TOOTH_PX,
        axis=1,
    )


@lru_cache(maxsize=8)
def _surface(px_per_mm: float) -> Coverage:
    """Make the tooth of office paper: fine fibres of 0.1 mm on clouds of half a millimetre."""
    noise = np.random.default_rng(_TOOTH_SEED).normal(size=(2, _TOOTH_PX, _TOOTH_PX))
    total = np.zeros((_TOOTH_PX, _TOOTH_PX), np.float32)
    for layer, size_mm, weight in zip(noise, (0.07, 0.4), (0.75, 0.65), strict=True):
        smooth = cv2.GaussianBlur(layer.astype(np.float32), (0, 0), size_mm * px_per_mm)
        total += weight * smooth / smooth.std()
    surface: Coverage = np.clip(0.5 + 0.3 * total, 0.0, 1.0).astype(np.float32)
    surface.setflags(write=False)
    return surface
