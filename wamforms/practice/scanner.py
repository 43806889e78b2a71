"""The invented scanner: a filled sheet goes in, a picture and its true geometry come out."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from wamforms.practice.damage import damage, scatter
from wamforms.practice.effects import Ink1Bit, ScanEffects
from wamforms.practice.geometry import Affine, Geometry, moved, scaled, turned
from wamforms.practice.ink import Gray
from wamforms.practice.noise import add_noise
from wamforms.practice.photo import View, photograph

MM_PER_INCH = 25.4

WAVE_MM = (110.0, 190.0)
"""Length of one period of uneven feeding: a few turns of a feed roller."""


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """A picture, and where in it every place of the paper is."""

    picture: Gray
    geometry: Geometry | View


def scan(
    page: Gray, px_per_mm: float, effects: ScanEffects, rng: np.random.Generator, dpi: float = 200.0
) -> Gray:
    """Scan a sheet; see `scan_placed`."""
    return scan_placed(page, px_per_mm, effects, rng, dpi).picture


def scan_placed(
    page: Gray, px_per_mm: float, effects: ScanEffects, rng: np.random.Generator, dpi: float = 200.0
) -> Scanned:
    """Scan a sheet and tell how it lay.

    Parameters
    ----------
    page : ndarray of shape (rows, columns), uint8
        The sheet, edge to edge, drawn at `px_per_mm`; it is left as it is.
    dpi
        Resolution of the picture, which has the size of the sheet (turned if
        the sheet went in sideways). A photo has its own size.
    """
    sheet = page.copy()
    bent = damage(sheet, px_per_mm, effects, rng)
    if effects.photo is not None:
        picture, view = photograph(sheet, px_per_mm, effects.photo, rng, bent)
        return Scanned(_compressed(picture, effects.jpeg), view)
    dpi = effects.sampled_dpi or dpi
    geometry = replace(_geometry(page.shape, px_per_mm, effects, rng, dpi), bend=bent)
    picture = geometry.picture(sheet, px_per_mm, backdrop=effects.backdrop)
    _sense(picture, effects, rng, dpi / MM_PER_INCH)
    return Scanned(_compressed(_one_bit(picture, effects, dpi), effects.jpeg), geometry)


def _geometry(
    shape: tuple[int, ...],
    px_per_mm: float,
    effects: ScanEffects,
    rng: np.random.Generator,
    dpi: float,
) -> Geometry:
    height_mm, width_mm = (length / px_per_mm for length in shape)
    middle_mm = np.array([width_mm / 2, height_mm / 2])
    glass_mm = middle_mm if effects.glass_mm is None else np.array(effects.glass_mm) / 2
    glass_mm = glass_mm if effects.turn_deg % 180 == 0 else glass_mm[::-1]
    about: Affine = np.eye(3)
    for _ in range(effects.copies):
        about = _copied(rng) @ about
    about = scaled(effects.scale, effects.scale) @ about
    about = turned(effects.turn_deg + effects.skew_deg) @ about
    about = scaled(1.0, effects.feed) @ about
    x_mm, y_mm = glass_mm + effects.shift_mm
    matrix = moved(x_mm, y_mm) @ about @ moved(*-middle_mm)
    return Geometry(
        matrix=tuple(matrix[:2].ravel().tolist()),
        wave_mm=effects.wave_mm,
        wave_length_mm=float(rng.uniform(*WAVE_MM)),
        wave_phase=float(rng.uniform(0.0, 2 * np.pi)),
        rows_px=round(2 * glass_mm[1] * dpi / MM_PER_INCH),
        columns_px=round(2 * glass_mm[0] * dpi / MM_PER_INCH),
        px_per_mm=dpi / MM_PER_INCH,
    )


def _copied(rng: np.random.Generator) -> Affine:
    """Each copying machine turns, shifts and sizes the sheet a little."""
    turn, right_mm, down_mm, across, down = np.clip(rng.normal(size=5), -2, 2).tolist()
    return (
        moved(0.7 * right_mm, 0.7 * down_mm)
        @ turned(0.25 * turn)
        @ scaled(1 + 0.004 * across, 1 + 0.004 * down)
    )


def _sense(picture: Gray, effects: ScanEffects, rng: np.random.Generator, px_per_mm: float) -> None:
    """Let lens, lamp, sensor and dust work on the picture, in place."""
    soft_px = effects.blur_mm * px_per_mm
    if soft_px > 0.2:
        cv2.GaussianBlur(picture, (0, 0), soft_px, dst=picture)
    if effects.paper < 255 or effects.black > 0:
        levels = np.linspace(effects.black, effects.paper, 256)
        cv2.LUT(picture, np.rint(levels).astype(np.uint8), dst=picture)
    if effects.shade:
        cv2.subtract(picture, _shade(picture.shape, effects.shade, rng), dst=picture)
    for _ in range(effects.streaks):
        _streak(picture, px_per_mm, rng)
    if effects.noise:
        add_noise(picture, effects.noise, rng)
    scatter(picture, px_per_mm, effects.specks, rng)


def _shade(shape: tuple[int, ...], depth: float, rng: np.random.Generator) -> Gray:
    """Make smoothly uneven light: from no shade to `depth` grey levels."""
    patches = rng.random((4, 3)).astype(np.float32)
    patches = (patches - patches.min()) / (patches.max() - patches.min()) * np.float32(depth)
    small = cv2.resize(patches, (96, 128), interpolation=cv2.INTER_CUBIC)
    small = np.rint(np.clip(small, 0, 255)).astype(np.uint8)
    shade = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(shade, np.uint8)


def _streak(picture: Gray, px_per_mm: float, rng: np.random.Generator) -> None:
    """Draw the line that a speck on the sensor leaves on every page, light or dark."""
    width_px = max(1, round(rng.uniform(0.05, 0.35) * px_per_mm))
    left = int(rng.integers(0, picture.shape[1] - width_px))
    level = int(rng.choice((60, 120, 170, 255)))
    strength = rng.uniform(0.4, 1.0)
    line = picture[:, left : left + width_px]
    line[...] = np.rint(line + strength * (level - line.astype(np.float32)))


def _one_bit(picture: Gray, effects: ScanEffects, dpi: float) -> Gray:
    """Cut grey into black and white as the scanner was told to."""
    match effects.one_bit:
        case Ink1Bit.NO:
            return picture
        case Ink1Bit.THRESHOLD:
            cut = cv2.threshold(picture, effects.threshold, 255, cv2.THRESH_BINARY)[1]
            return np.asarray(cut, np.uint8)
        case Ink1Bit.ADAPTIVE:
            window = round(dpi / 10) * 2 + 1  # a fifth of an inch
            local = cv2.boxFilter(picture, -1, (window, window))
            levels = np.floor(0.82 * np.arange(256)).astype(np.uint8)
            above = cv2.compare(picture, cv2.LUT(local, levels), cv2.CMP_GT)
            return np.asarray(above, np.uint8)
        case Ink1Bit.DIFFUSED:
            return np.asarray(Image.fromarray(picture).convert("1").convert("L"), np.uint8)


def _compressed(picture: Gray, quality: int | None) -> Gray:
    """Lose what a scanner's JPEG loses."""
    if quality is None:
        return picture
    data = simplejpeg.encode_jpeg(picture[:, :, None], quality=quality, colorspace="GRAY")
    return np.asarray(simplejpeg.decode_jpeg(data, colorspace="GRAY")[:, :, 0], np.uint8)
