"""Which digit is it, and how sure is that? A small committee of networks, numpy only.

Trained by `python -m bench.digits --train` on digits that real people wrote
(the Optical Recognition of Handwritten Digits set, as in scikit-learn); the
weights lie beside this file. What is no digit is a class of its own.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from scan.digits.shape import CELLS, Shares

Reals = npt.NDArray[np.float32]

NO_DIGIT = 10
"""The class of scribbles, of two digits in one box, and of halves."""

WEIGHTS = "weights.npz"

SURE = 0.995
"""From this confidence on a digit is taken as read. Chosen on people who were left out of
the training: see `python -m bench.digits` and `docs/codes.md`."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The most likely digit, and the probability that it is right."""

    digit: int
    confidence: float

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to look."""
        return self.digit != NO_DIGIT and self.confidence >= SURE


@dataclass(frozen=True, slots=True, eq=False)
class Committee:
    """Networks of one hidden layer that vote together.

    Attributes
    ----------
    first, first_bias, second, second_bias
        Weights of n networks: shapes (n, 64, h), (n, h), (n, h, 11), (n, 11).
    warmth
        The votes are divided by it, so that the confidence is a frequency.
    """

    first: Reals
    first_bias: Reals
    second: Reals
    second_bias: Reals
    warmth: float

    def probabilities(self, cells: Shares) -> Reals:
        """Weigh up digits of shape (m, 8, 8); shape (m, 11), each row sums to 1."""
        flat = cells.reshape(len(cells), CELLS * CELLS)
        hidden = np.maximum(flat[None] @ self.first + self.first_bias[:, None], 0.0)
        votes = (hidden @ self.second + self.second_bias[:, None]).mean(axis=0) / self.warmth
        powers = np.exp(votes - votes.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)

    def guess(self, cells: Shares) -> Guess:
        """Guess one digit of shape (8, 8)."""
        chances = self.probabilities(cells[None])[0]
        best = int(chances.argmax())
        return Guess(best, float(chances[best]))


@cache
def committee() -> Committee:
    """Load the weights that come with the program."""
    with (files("scan.digits") / WEIGHTS).open("rb") as stream, np.load(stream) as stored:
        parts = {name: stored[name].astype(np.float32) for name in stored.files}
    return Committee(
        parts["first"],
        parts["first_bias"],
        parts["second"],
        parts["second_bias"],
        float(parts["warmth"]),
    )
