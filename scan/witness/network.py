"""How likely each answer of a row is to the second witness, in numpy alone.

Trained by `python -m bench.witness --train`; the weights lie beside this file. It
looks at a bubble, at the others of its row and at the whole page at once, as people do, and
knows none of the measures and limits that the rules go by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from scan.witness.looks import Reals

WEIGHTS = "weights.npz"

KERNELS = ((5, 2), (3, 2), (3, 1))
"""Side and step of the three layers that look at a bubble."""

MOST_ODDS = 16.0
"""No log-odds are told from these; that is one in nine million."""

DIGITS = 2
"""Of log-odds; no limit is finer."""


@dataclass(frozen=True, slots=True)
class Network:
    """The weights of the network by layer: `NAME.weight` and `NAME.bias`."""

    weights: Mapping[str, Reals]

    def odds(self, looks: Reals, rows: int) -> Reals:
        """Give the log-odds of every meaning of every row.

        Parameters
        ----------
        looks
            Shape (rows * bubbles, 2, SIDE, SIDE), as of `looks_of`.

        Returns
        -------
        Reals
            Shape (rows, bubbles + 1): that each bubble in its order is the answer, and
            at last that the row is blank. What they leave is that nobody can tell.
        """
        seen = self._seen(looks).reshape(rows, len(looks) // rows, -1)
        said = self._said(seen).astype(np.float64)
        powers = np.exp(said - said.max(axis=1, keepdims=True))
        rest = powers.sum(axis=1, keepdims=True) - powers
        odds = np.log(np.maximum(powers, 1e-30)) - np.log(np.maximum(rest, 1e-30))
        clipped = np.clip(odds[:, :-1], -MOST_ODDS, MOST_ODDS)
        return np.asarray(np.round(clipped, DIGITS), dtype=np.float32)

    def _seen(self, looks: Reals) -> Reals:
        """Describe every bubble by itself, shape (n, features)."""
        seen = np.ascontiguousarray(looks.transpose(0, 2, 3, 1))
        for number, (side, step) in enumerate(KERNELS, 1):
            seen = self._layer(f"c{number}", _windows(seen, side, step))
        return self._layer("fc", seen.reshape(len(seen), -1))

    def _said(self, seen: Reals) -> Reals:
        """Weigh up every row on its page, shape (rows, bubbles + 2)."""
        rows, bubbles, _ = seen.shape
        most, mean = seen.max(axis=1), seen.mean(axis=1)
        second = np.partition(seen, bubbles - 2, axis=1)[:, bubbles - 2 : bubbles - 1]
        others = np.where(seen >= most[:, None], second, most[:, None])
        usual = np.partition(most, (rows - 1) // 2, axis=0)[(rows - 1) // 2]
        spread = np.sqrt(most.var(axis=0) + 1e-6)
        page = self._layer(
            "page", np.concatenate([mean.mean(axis=0), most.mean(axis=0), spread, usual])
        )
        row = np.concatenate([most, mean, np.broadcast_to(page, (rows, len(page)))], axis=1)
        around = np.concatenate([mean, row[:, -len(page) :]], axis=1)
        each = np.broadcast_to(around[:, None], (rows, bubbles, around.shape[1]))
        bubble = self._layer("h", np.concatenate([seen, others, each], axis=2))
        marks = self._plain("o", bubble)[:, :, 0]
        return np.concatenate([marks, self._plain("go", self._layer("g", row))], axis=1)

    def _plain(self, name: str, given: Reals) -> Reals:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        # As one matrix: numpy multiplies a stack of small ones one by one.
        said = given.reshape(-1, given.shape[-1]) @ weight
        said += bias
        return np.asarray(said.reshape(*given.shape[:-1], -1))

    def _layer(self, name: str, given: Reals) -> Reals:
        said = self._plain(name, given)
        return np.asarray(np.maximum(said, np.float32(0), out=said))


def _windows(seen: Reals, side: int, step: int) -> Reals:
    """Cut pictures (n, rows, columns, channels) into squares, the last axis flat."""
    count, height, width, channels = seen.shape
    # A line of a window lies in one piece, channels and all: so it is copied in one piece.
    lines = seen.reshape(count, height, width * channels)
    cut = sliding_window_view(lines, (side, side * channels), axis=(1, 2))
    cut = cut[:, ::step, :: step * channels]
    return np.ascontiguousarray(cut).reshape(*cut.shape[:3], -1)


@cache
def network() -> Network:
    """Load the weights that come with the program."""
    with (files("scan.witness") / WEIGHTS).open("rb") as stream, np.load(stream) as stored:
        return Network({name: stored[name].astype(np.float32) for name in stored.files})
