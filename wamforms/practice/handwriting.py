"""Hand-printed digits on paper: shapes that real people wrote, in any pen and size.

A shape comes as eight by eight counts, as the public sets of handwritten
digits have them; who calls says where from. Nothing here knows the reader.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from wamforms.practice.ink import Gray

Shape8 = npt.NDArray[np.float64]
"""Shape (8, 8): share of each cell that is ink, 0 to 1."""

FINE = 20
"""Pixels of a cell while a shape is made smooth."""


@dataclass(frozen=True, slots=True)
class Script:
    """How somebody prints digits.

    Attributes
    ----------
    height_mm
        Height of a digit.
    level
        Share of ink at which the edge of a stroke lies: a lower level is a broader pen.
    grey
        Grey level of the ink.
    slant, turn_deg
        Sideways lean (columns per row) and turn of the digits.
    """

    height_mm: float = 4.4
    level: float = 0.5
    grey: int = 45
    slant: float = 0.0
    turn_deg: float = 0.0


def strokes(cells: Shape8, script: Script, per_mm: float) -> npt.NDArray[np.float32]:
    """Make a shape smooth and as large as on paper: share of ink, 0 to 1."""
    padded = np.pad(np.asarray(cells, dtype=np.float32), 3)
    side = len(padded) * FINE
    smooth = cv2.resize(padded, (side, side), interpolation=cv2.INTER_CUBIC)
    middle = (side - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), script.turn_deg, 1.0)
    turn[0, 1] -= script.slant
    turn[0, 2] += script.slant * middle
    turned = cv2.warpAffine(smooth, turn, (side, side))
    sharp = np.clip((turned - script.level) * 4 + 0.5, 0.0, 1.0)
    scale = script.height_mm * per_mm / (len(cells) * FINE)
    made = cv2.resize(sharp, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(made, dtype=np.float32)


def write_digit(
    page: Gray,
    place_mm: tuple[float, float],
    cells: Shape8,
    script: Script,
    per_mm: float,
) -> None:
    """Write a digit onto a page in place, its middle at `place_mm` (x, y)."""
    made = strokes(cells, script, per_mm)
    rows, columns = made.shape
    top = round(place_mm[1] * per_mm - rows / 2)
    left = round(place_mm[0] * per_mm - columns / 2)
    paper = page[top : top + rows, left : left + columns]
    paper[...] = np.rint(paper * (1.0 - made * np.float32(1.0 - script.grey / 255.0)))
