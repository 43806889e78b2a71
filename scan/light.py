"""Even out the light on a page: lamps, shadows and stains are no ink.

The paper's own brightness is taken from the picture, with everything narrower
than a pen or a bubble closed over, and each patch is divided by it. Light
multiplies, so dividing puts paper and black of a shadow back where they belong.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from scan.picture import MM_PER_INCH, Gray, Matrix, shrunk, to_px

Reals = npt.NDArray[np.float32]

MARK_MM = 11.0
"""What is narrower than this is ink: a sloppily filled bubble has 8 mm, and between two
filled bubbles of a column lie 4 mm of paper."""

BLOT_MM = 31.0
"""What is darker and narrower than this is a blot and no shadow: a finger is 20 mm wide."""

BLOT = 0.80
"""A blot has at most this share of the light around it; coffee takes less away."""

DARKEST = 0.30
"""The deepest shadow, as a share of the page's light; solid ink has half of that."""

KNOTS = 9
"""Places along a side of a patch where light is measured: one a millimetre or so."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """Brightness of blank paper all over a picture.

    Attributes
    ----------
    levels
        Grey levels of paper, one for each square of `step_px` pixels.
    """

    levels: Reals
    step_px: int

    def at(self, places_px: npt.NDArray[np.float64]) -> Reals:
        """Tell how bright paper is at places of shape (n, 2); shape (n,)."""
        across, down = ((places_px.T[:, None] + 0.5) / self.step_px - 0.5).astype(np.float32)
        found = cv2.remap(
            self.levels, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(found, dtype=np.float32).ravel()


def light_on(gray: Gray, dpi: float) -> Light:
    """Find out how bright paper is everywhere on a page.

    Parameters
    ----------
    gray
        The picture.
    dpi
        Its resolution on the paper.
    """
    step = max(1, round(dpi / MM_PER_INCH))
    cells = shrunk(gray, step)
    paper, wide = (
        _closed(cells, round(mm * dpi / MM_PER_INCH / step)) for mm in (MARK_MM, BLOT_MM)
    )
    return Light(np.where(paper < BLOT * wide, wide, paper).astype(np.float32), step)


def _closed(cells: Gray, reach: int) -> Reals:
    kernel = np.ones((reach | 1, reach | 1), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(cells, cv2.MORPH_CLOSE, kernel), dtype=np.float32)


def evened(
    patches: Gray, light: Light, matrix: Matrix, centres_mm: npt.NDArray[np.float64], half_mm: float
) -> Gray:
    """Give all patches of a page the same light, that of most of them.

    Parameters
    ----------
    patches
        Square patches, shape (n, side, side), as `scan.picture.sample` cut them.
    centres_mm, half_mm
        Where they were cut, and from their middle to their edge.
    """
    steps = np.linspace(-half_mm, half_mm, KNOTS)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(1, -1, 2)
    places = (centres_mm[:, None, :] + grid).reshape(-1, 2)
    knots = light.at(to_px(matrix, places)).reshape(-1, KNOTS, KNOTS)
    paper = float(np.median(knots))
    gain = paper / np.maximum(knots, DARKEST * paper)
    side = patches.shape[1]
    spread = _spread(side)
    whole = np.matmul(spread, (gain.reshape(-1, KNOTS) @ spread.T).reshape(-1, KNOTS, side))
    tall = cv2.multiply(patches.reshape(-1, side), whole.reshape(-1, side), dtype=cv2.CV_8U)
    return np.asarray(tall, dtype=np.uint8).reshape(patches.shape)


@cache
def _spread(side: int) -> Reals:
    """Weights that stretch `KNOTS` values over a side linearly, shape (side, KNOTS)."""
    at = (np.arange(side) + 0.5) / side * (KNOTS - 1)
    return np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(KNOTS))).astype(np.float32)
