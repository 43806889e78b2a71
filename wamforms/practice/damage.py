"""What happens to a sheet before it is scanned: creases, holes, coffee, copying machines.

All functions change a page in place; lengths are on the paper.
"""

import cv2
import numpy as np

from wamforms.practice.crumple import Bend
from wamforms.practice.effects import ScanEffects
from wamforms.practice.ink import Gray
from wamforms.practice.losses import HOLE_MM
from wamforms.practice.noise import add_noise
from wamforms.practice.wear import wear_copy, wear_paper

HOLES_APART_MM = 80.0
"""Distance of the two holes (ISO 838)."""

HOLE_INSET_MM = 12.0
"""From the edge of the paper to the middle of a hole (ISO 838)."""


def damage(
    page: Gray, px_per_mm: float, effects: ScanEffects, rng: np.random.Generator
) -> Bend | None:
    """Do to the sheet what `effects` say, in the order in which life does it.

    Returns
    -------
    Bend or None
        How crumpling moved every place; None if the sheet is flat.
    """
    bent = wear_paper(page, px_per_mm, effects.wear, effects.backdrop, rng)
    if effects.stain:
        _stain(page, px_per_mm, effects.stain, rng)
    for height_mm in effects.folds_mm:
        _crease(page, px_per_mm, height_mm, effects.fold_depth, rng)
    for generation in range(effects.copies):
        last = generation == effects.copies - 1
        photocopy(page, px_per_mm, effects.toner if last else 0.5, rng)
    if effects.holes:
        _punch(page, px_per_mm, effects.backdrop)
    if effects.torn_mm:
        _tear(page, px_per_mm, effects, rng)
    wear_copy(page, px_per_mm, effects.wear, effects.backdrop, rng)
    return bent


def _crease(
    page: Gray, px_per_mm: float, height_mm: float, depth: float, rng: np.random.Generator
) -> None:
    """Shade a band, bright on one side and dark on the other, where toner cracks off."""
    middle = height_mm * px_per_mm + rng.normal(0.0, 0.8 * px_per_mm)
    reach = max(3, round(1.3 * px_per_mm))
    top, bottom = (int(np.clip(middle + side * reach, 0, len(page))) for side in (-1, 1))
    band = page[top:bottom].astype(np.float32)
    if not band.size:
        return
    off_mm = ((np.arange(top, bottom) - middle) / px_per_mm)[:, None]
    slope = rng.normal(0.0, 0.3) * np.linspace(-1.0, 1.0, page.shape[1])[None, :]
    unevenly = rng.uniform(0.4, 1.0, 40)
    along = np.interp(np.linspace(0, 39, page.shape[1]), np.arange(40), unevenly)[None, :]
    dark = np.exp(-(((off_mm - slope) / 0.16) ** 2))
    light = np.exp(-(((off_mm - slope + 0.45) / 0.3) ** 2))
    cracked = (dark > 0.5) & (rng.random(band.shape) < 0.45)
    band = np.where(cracked, band + 0.5 * (255 - band), band)
    band += along * depth * (0.25 * light - dark)
    page[top:bottom] = np.clip(np.rint(band), 0, 255)


def photocopy(page: Gray, px_per_mm: float, toner: float, rng: np.random.Generator) -> None:
    """Copy a page in place: the lens softens, the drum has a steep curve, toner scatters.

    Used on a filled page by `damage`; on a blank one it makes the copied form
    that somebody fills in afterwards. More `toner` than 0.5 makes lines thicker
    and paper darker, less makes them thinner or lost.
    """
    cv2.GaussianBlur(page, (0, 0), 0.075 * px_per_mm, dst=page)
    add_noise(page, 11.0, rng, grain_px=max(1, round(0.3 * px_per_mm)))
    steep = 1.0 / (1.0 + np.exp(-(np.arange(256) - 255 * (toner + 0.1)) / 34.0))
    curve = np.rint(12 + 243 * (steep - steep[0]) / (steep[-1] - steep[0])).astype(np.uint8)
    cv2.LUT(page, curve, dst=page)
    scatter(page, px_per_mm, int(rng.poisson(25)), rng)


def scatter(page: Gray, px_per_mm: float, count: int, rng: np.random.Generator) -> None:
    """Sprinkle dust, mostly dark, mostly tiny; a few hairs."""
    rows, columns = page.shape
    places = (rng.random((count, 2)) * (columns, rows)).astype(int).tolist()
    sizes = (np.minimum(rng.gamma(1.5, 0.05, count), 0.45) * px_per_mm).tolist()
    levels = np.where(rng.random(count) < 0.8, rng.integers(20, 170, count), 250).tolist()
    hairs = (rng.random(count) < 0.04).tolist()
    for place, size, level, hair in zip(places, sizes, levels, hairs, strict=True):
        if hair:
            bend = rng.normal(0.0, 1.0, (4, 2)).cumsum(axis=0) * px_per_mm
            path = (bend + place).astype(np.int32)[:, None, :]
            cv2.polylines(page, [path], False, level, 1, cv2.LINE_AA)
        else:
            cv2.circle(page, place, max(0, round(size)), level, -1)


def _punch(page: Gray, px_per_mm: float, backdrop: int) -> None:
    middle_mm = page.shape[0] / px_per_mm / 2
    for side in (-0.5, 0.5):
        place = (
            round(HOLE_INSET_MM * px_per_mm),
            round((middle_mm + side * HOLES_APART_MM) * px_per_mm),
        )
        radius = round(HOLE_MM / 2 * px_per_mm)
        cv2.circle(page, place, radius, min(backdrop, 238), -1, cv2.LINE_AA)
        # The rim throws a shadow on the lid behind the hole.
        cv2.ellipse(page, place, (radius, radius), 0, 150, 330, 150, 2, cv2.LINE_AA)


def _tear(page: Gray, px_per_mm: float, effects: ScanEffects, rng: np.random.Generator) -> None:
    """Take off a corner along a ragged edge."""
    rows, columns = page.shape
    size_px = effects.torn_mm * px_per_mm
    across, down = rng.uniform(0.6, 1.0, 2) * size_px
    t = np.linspace(0.0, 1.0, 9)
    edge = np.stack([across * (1 - t), down * t], axis=1) + rng.normal(0, 0.03, (9, 2)) * size_px
    outline = np.vstack([[-size_px, -size_px], [across, -size_px], edge, [-size_px, down]])
    if rng.random() < 0.5:
        outline[:, 0] = columns - 1 - outline[:, 0]
    if rng.random() < 0.5:
        outline[:, 1] = rows - 1 - outline[:, 1]
    points = np.rint(outline).astype(np.int32)[:, None, :]
    cv2.fillPoly(page, [points], effects.backdrop, cv2.LINE_AA)
    cv2.polylines(page, [points[2:-1]], False, 190, 1, cv2.LINE_AA)


def _stain(page: Gray, px_per_mm: float, depth: float, rng: np.random.Generator) -> None:
    """Put down a wet cup: a dark rim of 35 mm radius and a light pool inside."""
    radius_mm = float(rng.uniform(30.0, 40.0))
    rows, columns = page.shape
    middle = rng.uniform(0.1, 0.9, 2) * (columns, rows)
    reach = int((radius_mm + 6) * px_per_mm)
    left, top = np.maximum(middle - reach, 0).astype(int).tolist()
    part = page[top : int(middle[1]) + reach, left : int(middle[0]) + reach]
    down, across = np.ogrid[: part.shape[0], : part.shape[1]]
    x, y = across + left - middle[0], down + top - middle[1]
    away_mm = np.hypot(x, y) / px_per_mm
    angle = np.arctan2(y, x)
    wobble = rng.normal(0, 0.5, 3)
    rim_mm = radius_mm + sum(w * np.sin((n + 2) * angle + n) for n, w in enumerate(wobble))
    strength = 0.55 + 0.45 * np.sin(angle + rng.uniform(0, 2 * np.pi))
    ring = strength * np.exp(-(((away_mm - rim_mm) / 1.1) ** 2))
    wet = ring + 0.22 / (1.0 + np.exp((away_mm - rim_mm) * 3.0))
    part[...] = np.rint(part * (1.0 - wet * depth / 255.0))
