"""A page photographed with a phone on a desk, instead of scanned."""

from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from layouts.geometry import PointMm
from wamforms.practice.crumple import Bend, bend
from wamforms.practice.ink import Gray
from wamforms.practice.noise import add_noise

FOCAL = 0.78
"""Focal length of a phone's main camera against the long side of its picture (26 mm lens)."""


@dataclass(frozen=True, slots=True)
class Photo:
    """How a phone was held over the desk.

    Attributes
    ----------
    megapixels
        Size of the picture; its sides are 4 to 3.
    tilt_deg, roll_deg
        How far the phone looks aslant, and how far it is turned.
    fills
        Share of the picture's height or width that the page takes.
    light
        0 is even light; 1 leaves the darkest corner a third of the brightest.
    shadow
        Darkness of the shadow of phone and hand, 0 to 1.
    curl_mm
        How far places move because paper on a desk is not flat.
    blur_px, noise
        Softness in pixels of the photo; noise in grey levels.
    paper, black, desk
        Grey levels of paper, ink and the desk in full light.
    """

    megapixels: float = 12.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    fills: float = 0.9
    light: float = 0.0
    shadow: float = 0.0
    curl_mm: float = 0.0
    blur_px: float = 0.0
    noise: float = 0.0
    paper: int = 255
    black: int = 0
    desk: int = 90

    @classmethod
    def drawn(cls, rng: np.random.Generator, severity: float) -> Self:
        """Hold the phone somehow: 0 carefully from above, 1 at up to 20 degrees in poor light."""
        roll_deg = float(np.clip(rng.normal(0.0, 2.5), -6, 6)) * severity
        return cls(
            megapixels=float(rng.uniform(8.0, 12.0)),
            tilt_deg=float(rng.uniform(0.4, 1.0)) * 20.0 * severity,
            roll_deg=roll_deg,
            fills=float(rng.uniform(0.80, 0.93)),
            light=float(rng.uniform(0.3, 1.0)) * severity,
            shadow=float(rng.uniform(0.0, 0.55)) * severity,
            curl_mm=float(rng.uniform(0.0, 0.5)) * severity,
            blur_px=0.5 + float(rng.uniform(0.0, 1.3)) * severity,
            noise=1.5 + float(rng.uniform(0.0, 5.0)) * severity,
            paper=int(245 - rng.uniform(0.0, 50.0) * severity),
            black=int(25 + rng.uniform(0.0, 25.0) * severity),
            desk=int(rng.uniform(40, 150)),
        )

    @property
    def size_px(self) -> tuple[int, int]:
        """Rows and columns of the picture, upright."""
        columns = round((self.megapixels * 1e6 * 3 / 4) ** 0.5)
        return round(columns * 4 / 3), columns


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The mapping from the printed sheet to the photo, exactly.

    Attributes
    ----------
    matrix
        Homography from millimetres of the (bent) sheet to columns and rows, shape (3, 3).
    bend
        How the sheet was bent; None if it lay flat.
    """

    matrix: NDArray[np.float64]
    rows_px: int
    columns_px: int
    bend: Bend | None = None

    def to_px(self, point: PointMm) -> tuple[float, float]:
        """Say where a place of the paper is seen: column and row of the picture."""
        ((column, row),) = self.to_px_many(np.array([[point.x_mm, point.y_mm]])).tolist()
        return column, row

    def to_px_many(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map places of shape (n, 2) to columns and rows of shape (n, 2)."""
        places = points_mm if self.bend is None else points_mm + self.bend.of(points_mm)
        seen = np.column_stack([places, np.ones(len(places))]) @ self.matrix.T
        return np.asarray(seen[:, :2] / seen[:, 2:], np.float64)


def photograph(
    page: Gray,
    px_per_mm: float,
    photo: Photo,
    rng: np.random.Generator,
    bent: Bend | None = None,
) -> tuple[Gray, View]:
    """Take a photo of a sheet on a desk.

    Parameters
    ----------
    page : ndarray of shape (rows, columns), uint8
        The sheet, edge to edge, drawn at `px_per_mm`; it is left as it is.
    bent
        How the page has been bent already; None if it is flat. Only a flat page curls.
    """
    view = replace(_view(page.shape, px_per_mm, photo, rng), bend=bent)
    if photo.curl_mm and bent is None:
        curl = bend(page.shape, px_per_mm, photo.curl_mm, rng)
        page, view = curl.apply(page, px_per_mm), replace(view, bend=curl)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, px_per_mm]]) / px_per_mm
    levels = np.rint(np.linspace(photo.black, photo.paper, 256)).astype(np.uint8)
    picture = _desk(view, photo, rng)
    cv2.warpPerspective(
        np.asarray(cv2.LUT(page, levels), np.uint8),
        view.matrix @ half,
        (view.columns_px, view.rows_px),
        dst=picture,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    light = cv2.resize(_light(photo, rng), picture.shape[::-1], interpolation=cv2.INTER_LINEAR)
    picture = np.asarray(cv2.multiply(picture, light, scale=1 / 255, dtype=cv2.CV_8U), np.uint8)
    if photo.blur_px > 0.2:
        cv2.GaussianBlur(picture, (0, 0), photo.blur_px, dst=picture)
    if photo.noise:
        add_noise(picture, photo.noise, rng)
    return picture, view


def _view(shape: tuple[int, ...], px_per_mm: float, photo: Photo, rng: np.random.Generator) -> View:
    """Place a pinhole camera so that the page takes its share of the picture."""
    rows, columns = photo.size_px
    height_mm, width_mm = (length / px_per_mm for length in shape)
    toward = rng.uniform(0, 2 * np.pi)
    tilt = np.deg2rad(photo.tilt_deg)
    axis = np.array([np.cos(toward), np.sin(toward), 0.0]) * tilt
    turn = cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0, 0, np.deg2rad(photo.roll_deg)]))[0]
    focal_px = FOCAL * rows
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width_mm / 2, height_mm / 2)
    away_mm = 1.6 * height_mm
    for _ in range(8):  # nearer or farther until the outermost corner is where it should be
        seen = _project(turn, away_mm, focal_px, corners)
        size = np.ptp(seen, axis=0) / (columns, rows)
        away_mm *= float(size.max()) / photo.fills
    seen = _project(turn, away_mm, focal_px, corners)
    middle = (seen.max(axis=0) + seen.min(axis=0)) / 2
    camera = np.array([[focal_px, 0, columns / 2], [0, focal_px, rows / 2], [0, 0, 1.0]])
    camera[:2, 2] -= middle
    pose = np.column_stack([turn[:, 0], turn[:, 1], [0.0, 0.0, away_mm]])
    centred = np.array([[1, 0, -width_mm / 2], [0, 1, -height_mm / 2], [0, 0, 1.0]])
    return View(camera @ pose @ centred, rows, columns)


def _project(
    turn: NDArray[np.float64], away_mm: float, focal_px: float, points_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    seen = points_mm @ turn[:, :2].T + (0.0, 0.0, away_mm)
    return np.asarray(seen[:, :2] / seen[:, 2:] * focal_px, np.float64)


def _desk(view: View, photo: Photo, rng: np.random.Generator) -> Gray:
    """Paint a desk with a grain of wood or cloth."""
    grain = rng.normal(0.0, 1.0, (120, 6)) + 0.5 * rng.normal(0.0, 1.0, (120, 1))
    small = np.clip(photo.desk + 12.0 * grain, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        small = np.ascontiguousarray(small.T)
    whole = cv2.resize(small, (view.columns_px, view.rows_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)


def _light(photo: Photo, rng: np.random.Generator) -> Gray:
    """Light a small picture: a lamp somewhere, and the soft edge of a shadow."""
    rows, columns = (length // 16 for length in photo.size_px)
    down, across = np.mgrid[:rows, :columns].astype(np.float64)
    lamp = rng.uniform(-0.2, 1.2, 2) * (columns, rows)
    away = np.hypot(across - lamp[0], down - lamp[1]) / rows
    light = 1.0 - photo.light * 0.66 * (away / away.max()) ** 1.3
    angle = rng.uniform(0, 2 * np.pi)
    side = np.cos(angle) * (across / rows - 0.375) + np.sin(angle) * (down / rows - 0.5)
    soft = 1.0 / (1.0 + np.exp(-(side - rng.uniform(-0.2, 0.3)) / rng.uniform(0.01, 0.08)))
    light *= 1.0 - photo.shadow * soft
    exposed = light / np.percentile(light, 90)  # the phone exposes for the bright parts
    return np.asarray(np.rint(255 * np.minimum(exposed, 1.0)), np.uint8)
