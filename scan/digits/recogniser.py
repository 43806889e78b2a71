"""Which digit is it, and how sure is that? Likeness to 800 typical shapes, numpy only.

Trained by `python -m bench.digits --train` on digits that real people wrote
(the Optical Recognition of Handwritten Digits set, as in scikit-learn); the
weights lie beside this file. What is like none of the typical shapes is no digit.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from scan.digits.shape import Shares

Reals = npt.NDArray[np.float32]

WEIGHTS = "weights.npz"

SURE = 0.997
"""From this confidence on a digit is taken as read. Chosen on people who were left out of
the training; `python -m bench.digits` and `docs/codes.md` have the figures."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The most likely digit, None for what is none, and the probability that it is right."""

    digit: int | None
    confidence: float

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to look."""
        return self.digit is not None and self.confidence >= SURE


@dataclass(frozen=True, slots=True, eq=False)
class Recogniser:
    """A regression on the likeness to typical shapes.

    Attributes
    ----------
    middle, axes
        Shapes are told apart along these axes: (FEATURES,) and (FEATURES, d).
    typical
        Typical shapes along the axes, (n, d).
    width
        How fast likeness falls with the squared distance.
    votes, bias
        What likeness says for each digit: (n, 10) and (10,).
    warmth
        The votes are divided by it, so that the confidence is a frequency.
    least_likeness
        With less likeness than this to every typical shape it is no digit.
    """

    middle: Reals
    axes: Reals
    typical: Reals
    width: float
    votes: Reals
    bias: Reals
    warmth: float
    least_likeness: float

    def likeness(self, shapes: Shares) -> Reals:
        """Compare shapes (m, FEATURES) with the typical ones; (m, n), 1 for the same."""
        placed = (shapes - self.middle) @ self.axes
        squares = (placed**2).sum(axis=1)[:, None] + (self.typical**2).sum(axis=1)
        apart = np.maximum(squares - 2 * placed @ self.typical.T, 0.0)
        return np.asarray(np.exp(-self.width * apart), dtype=np.float32)

    def probabilities(self, likeness: Reals) -> Reals:
        """Weigh up the digits; shape (m, 10), each row sums to 1."""
        said = (likeness @ self.votes + self.bias) / self.warmth
        powers = np.exp(said - said.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)

    def guess(self, shape: Shares) -> Guess:
        """Guess one digit from its shape (FEATURES,)."""
        likeness = self.likeness(shape[None])
        chances = self.probabilities(likeness)[0]
        best = int(chances.argmax())
        if float(likeness.max()) < self.least_likeness:
            return Guess(None, 0.0)
        return Guess(best, float(chances[best]))


@cache
def recogniser() -> Recogniser:
    """Load the weights that come with the program."""
    with (files("scan.digits") / WEIGHTS).open("rb") as stream, np.load(stream) as stored:
        parts = {name: stored[name].astype(np.float32) for name in stored.files}
    return Recogniser(
        middle=parts["middle"],
        axes=parts["axes"],
        typical=parts["typical"],
        width=float(parts["width"]),
        votes=parts["votes"],
        bias=parts["bias"],
        warmth=float(parts["warmth"]),
        least_likeness=float(parts["least_likeness"]),
    )
