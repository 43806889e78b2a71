"""What comes on top of the whole sheet and leaves the sheet in one piece.

All functions change a page in place; severities go from 0 (nothing) to 1.
"""

import cv2
import numpy as np

from wamforms.practice.ink import Gray

MOST_SHINE = 0.34
"""Share of the back's black that shows through thin recycled paper on a white lid."""

CUP_MM = (30.0, 42.0)
"""Radius of the wet foot of a cup or mug."""

SCREEN_MM = 25.4 / 106
"""Line distance of a copier's usual halftone screen, 106 lines per inch."""


def bleed_through(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> None:
    """Let the back shine through: another filled page, mirrored, pale and soft.

    The back is a page like the front, a few millimetres off, as duplex prints are.
    Turned on the long edge its text shines into bubbles, on the short edge its marks do.
    """
    back = np.ascontiguousarray(page[:, ::-1] if rng.random() < 0.5 else page[::-1])
    right, down = rng.normal(0.0, 1.5 * px_per_mm, 2)
    rows_on = int(rng.integers(0, 4)) * 10.2 * px_per_mm  # another person's answers
    move = np.array([[1.0, 0.0, right], [0.0, 1.0, down + rows_on]])
    shifted = cv2.warpAffine(back, move, page.shape[::-1], borderValue=(255,))
    soft = cv2.GaussianBlur(shifted, (0, 0), 0.25 * px_per_mm).astype(np.float32)
    shine = 1.0 - MOST_SHINE * severity * (1.0 - soft / 255.0)
    page[...] = np.rint(page * shine)


def coffee(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> None:
    """Put a wet cup on the answers: a dark uneven rim, a light pool, a few drops."""
    rows, columns = page.shape
    middle = rng.uniform((0.55, 0.25), (0.9, 0.8)) * (columns, rows)
    radius_mm = float(rng.uniform(*CUP_MM))
    for drop in range(1 + int(rng.integers(0, 4))):
        if drop:
            middle = middle + rng.normal(0.0, 25.0 * px_per_mm, 2)
            radius_mm = float(rng.uniform(1.0, 5.0))
        _ring(page, px_per_mm, middle, radius_mm, 105.0 * severity, rng)


def _ring(
    page: Gray,
    px_per_mm: float,
    middle: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    radius_mm: float,
    depth: float,
    rng: np.random.Generator,
) -> None:
    reach = int((radius_mm * 1.1 + 4) * px_per_mm)
    left, top = np.maximum(middle - reach, 0).astype(int).tolist()
    right, bottom = np.maximum(middle + reach, 0).astype(int).tolist()
    part = page[top:bottom, left:right]
    if not part.size:
        return
    down, across = np.ogrid[: part.shape[0], : part.shape[1]]
    x, y = across + left - middle[0], down + top - middle[1]
    away_mm = np.hypot(x, y) / px_per_mm
    angle = np.arctan2(y, x)
    wobble = rng.normal(0.0, 0.012 * radius_mm, 4)
    rim_mm = radius_mm + sum(w * np.sin((n + 2) * angle + 2 * n) for n, w in enumerate(wobble))
    uneven = 0.5 + 0.5 * np.sin(angle * rng.integers(1, 3) + rng.uniform(0, 2 * np.pi))
    # Dried coffee is darkest at its outer edge and fades inwards.
    inside = rim_mm - away_mm
    sharp = np.where(inside > 0, np.exp(-inside / rng.uniform(0.7, 2.0)), np.exp(inside / 0.18))
    pool = 0.16 / (1.0 + np.exp(-inside * 4.0))
    wet = (0.15 + 0.85 * uneven) * sharp + pool
    part[...] = np.rint(part * np.clip(1.0 - wet * depth / 255.0, 0.0, 1.0))


def moire(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> None:
    """Beat a copier's halftone screen against a second one of nearly the same pitch.

    The screens are far too fine to be seen; what is seen is their difference,
    bands or a lattice some millimetres apart, light in black and dark on paper.
    """
    first = _screen(page.shape, px_per_mm, SCREEN_MM, np.deg2rad(45.0), rng)
    pitch_mm = SCREEN_MM * (1.0 + float(rng.uniform(0.02, 0.12)) * float(rng.choice((-1, 1))))
    second = _screen(page.shape, px_per_mm, pitch_mm, np.deg2rad(45 + rng.normal(0, 3.0)), rng)
    beat = first * second
    tone = 1.0 - page.astype(np.float32) / 255.0
    # Half of each page is paper that the copier prints as a pale tint.
    tint = 26.0 * severity * (beat + 1.0) * (1.0 - tone)
    holes = 44.0 * severity * (beat + 1.0) * tone
    page[...] = np.clip(np.rint(page - tint + holes), 0, 255)


def _screen(
    shape: tuple[int, ...],
    px_per_mm: float,
    pitch_mm: float,
    angle: float,
    rng: np.random.Generator,
) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Draw the cosine of a screen, by the sum of angles to save millions of cosines."""
    wave = 2 * np.pi / (pitch_mm * px_per_mm)
    across = np.arange(shape[1]) * wave * np.cos(angle) + rng.uniform(0, 2 * np.pi)
    down = np.arange(shape[0]) * wave * np.sin(angle)
    screen = np.outer(np.cos(down), np.cos(across)) - np.outer(np.sin(down), np.sin(across))
    return np.asarray(screen, np.float32)
