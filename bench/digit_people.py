"""Digits that real people wrote, on paper and scanned.

The digits are 1,797 of the Optical Recognition of Handwritten Digits set (UCI,
CC BY 4.0), which scikit-learn carries. Its people come one after the other,
about 130 digits each, and each begins with 0 to 9 three times. The first ten
people train the recogniser, the last four are measured.

Every digit is written as large as people write in comb boxes, in pens of
several widths, a little turned, and blurred and noisy like a scan of 150 to 300 dpi.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from wamforms.practice.handwriting import Script, strokes

Ink = npt.NDArray[np.float32]

STARTS = (0, 130, 256, 386, 516, 646, 776, 905, 1019, 1157, 1287, 1415, 1545, 1667, 1797)
"""Where each person's digits begin: 0 to 9 and again 0 to 9."""

LEARNED_FROM = 10
"""People whose digits train; the others are measured."""

BOX_MM = (5.0, 5.6)
"""Inside of a comb box: where nothing of the frame is."""

Labels = npt.NDArray[np.int64]
Cells = npt.NDArray[np.float64]
"""Digits of the set, shape (8, 8) or (n, 8, 8): share of each cell that is ink."""


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Real digits: shapes (n, 8, 8) of 0 to 1, what they are, and whose they are."""

    shapes: Cells
    digits: Labels
    person: Labels

    def of(self, wanted: npt.NDArray[np.bool_]) -> "People":
        """Take some of them."""
        return People(self.shapes[wanted], self.digits[wanted], self.person[wanted])


def real_digits() -> People:
    """Load the digits of the set, person by person."""
    from sklearn.datasets import load_digits  # late, because it takes a second

    # scikit-learn ships no types for its data sets.
    data: Any = load_digits()
    person = np.searchsorted(np.array(STARTS[1:]), np.arange(len(data.target)), side="right")
    return People(data.images / 16.0, data.target.astype(np.int64), person.astype(np.int64))


def learned_and_left_out() -> tuple[People, People]:
    """Divide the people: those who train, those who are measured."""
    everybody = real_digits()
    first = everybody.person < LEARNED_FROM
    return everybody.of(first), everybody.of(~first)


def any_script(rng: np.random.Generator) -> Script:
    """Draw a way of printing digits."""
    return Script(
        height_mm=rng.uniform(3.2, 4.9),
        level=rng.uniform(0.35, 0.62),
        slant=rng.uniform(-0.1, 0.1),
        turn_deg=rng.uniform(-5, 5),
    )


def scanned_box(shape: Cells, rng: np.random.Generator) -> Ink:
    """Write one digit into a box and scan it: ink of shape (rows, columns)."""
    per_mm = 10.0
    made = strokes(shape, any_script(rng), per_mm)
    wide, high = (round(side * per_mm) for side in BOX_MM)
    canvas = np.zeros((3 * high, 3 * wide), dtype=np.float32)
    top = round(1.5 * high - made.shape[0] / 2 + rng.uniform(-2, 2))
    left = round(1.5 * wide - made.shape[1] / 2 + rng.uniform(-3, 3))
    canvas[top : top + made.shape[0], left : left + made.shape[1]] = made * rng.uniform(0.55, 1.0)
    ink = canvas[high : 2 * high, wide : 2 * wide]
    return _as_scanned(ink, rng)


def _as_scanned(ink: Ink, rng: np.random.Generator) -> Ink:
    high, wide = ink.shape
    coarse = rng.uniform(0.55, 1.0)
    small = cv2.resize(ink, None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.9))
    grain = np.asarray(rng.normal(0, rng.uniform(0.0, 0.05), soft.shape), dtype=np.float32)
    noisy = soft + grain
    if rng.random() < 0.2:
        noisy = (noisy > rng.uniform(0.3, 0.5)).astype(np.float32)
    return np.asarray(cv2.resize(noisy, (wide, high)), dtype=np.float32)


def no_digit(shapes: Cells, rng: np.random.Generator) -> Cells:
    """Make what is no digit from digits: two in one box, struck out, half, laid down, scribbled."""
    one, other = shapes[rng.integers(len(shapes), size=2)]
    made: Cells = one.copy()
    match int(rng.integers(5)):
        case 0:
            np.maximum(one, np.roll(other, int(rng.integers(-2, 3)), axis=1), out=made)
        case 1:
            made[int(rng.integers(2, 6))] = 1.0
            np.fill_diagonal(made, 1.0)
        case 2:
            made[: int(rng.integers(3, 5))] = 0.0
        case 3:
            made[:] = np.rot90(one, int(rng.choice([1, 3])))
        case _:
            made[:] = rng.random(one.shape) < rng.uniform(0.25, 0.6)
    return made
