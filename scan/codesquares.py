"""Recognise a damaged symbol among the symbols of the print list, square by square.

A QR code is linear: the squares of a text are those of an empty text, turned
over wherever one of the text's bits says so. So 193 symbols, made once, give
every other symbol by one product of matrices, and a page is held against
thousands of codes in a few milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from layouts.check import CODE_MODULES
from layouts.geometry import BoxMm
from layouts.sheetcode import LENGTH, PageCode
from layouts.symbol import symbol_of
from scan.picture import Gray, Matrix, sample

Reals = npt.NDArray[np.float32]

QR_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""What QR calls alphanumeric, in the standard's order (ISO/IEC 18004)."""

PAIR_BITS, LAST_BITS = 11, 6
"""Two characters take 11 bits, a last single one takes 6."""

MASKS = 8
"""QR turns squares over in one of eight patterns; which one, a damaged symbol does not say."""

PER_SQUARE = 5
"""Pixels of a sampled square; a step of the search is one of them, 0.11 mm."""

STEPS = 4
"""The markers' fit may be off by this many steps each way: 0.44 mm, most of a square."""

LIKE = 0.28
"""Least correlation with a symbol of the list; a covered symbol reaches 0.26 with the
best of 2,000 entries."""

CLEARLY = 0.08
"""The next symbol of the list must fall this much behind. Where the right entry was not
on the list, the best of 2,000 was 0.05 ahead at most (on 100 damaged pages; figures in
`docs/codes.md`)."""

TOGETHER = 2048
"""Entries of the list that are compared in one step, to bound memory at 30 MB."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The entry of the print list that a damaged symbol resembles most.

    Attributes
    ----------
    score
        Correlation with its symbol, -1 to 1.
    margin
        By how much the next entry falls behind.
    """

    code: PageCode
    score: float
    margin: float

    @property
    def is_clear(self) -> bool:
        """Whether it is worth asking a witness or a person about."""
        return self.score >= LIKE and self.margin >= CLEARLY


def resemblance(
    gray: Gray,
    matrix: Matrix,
    boxes: Sequence[BoxMm],
    codes: tuple[PageCode, ...],
    key: bytes,
) -> Resemblance | None:
    """Find the entry whose symbol both printed places resemble most; None without a list."""
    if not codes or not boxes:
        return None
    scores = np.zeros(len(codes), dtype=np.float32)
    squares = [_squares(gray, matrix, box) for box in boxes]
    for start in range(0, len(codes), TOGETHER):
        part = codes[start : start + TOGETHER]
        signs = _signs(part, key)
        each = [_best(one, signs) for one in squares]
        scores[start : start + len(part)] = np.max(each, axis=0)
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    behind = float(scores[order[1]]) if len(order) > 1 else 0.0
    return Resemblance(codes[best], float(scores[best]), float(scores[best]) - behind)


def _squares(gray: Gray, matrix: Matrix, box: BoxMm) -> Reals:
    """Sample the changing squares at every step of the search, shape (steps, squares).

    What is dark or light for several squares around is taken off: a blot says
    nothing about any square.
    """
    per_mm = PER_SQUARE * CODE_MODULES / box.width_mm
    half = box.width_mm / 2 + STEPS / per_mm
    centre = np.array([[box.centre.x_mm, box.centre.y_mm]])
    patch = sample(gray, matrix, centre, (half, half), per_mm)[0].astype(np.float32)
    cores = cv2.blur(patch, (PER_SQUARE - 2, PER_SQUARE - 2))
    around = cv2.blur(patch, (5 * PER_SQUARE, 5 * PER_SQUARE))
    lighter = np.asarray(cores - around, dtype=np.float32)
    side = PER_SQUARE * CODE_MODULES
    starts = [PER_SQUARE // 2 + step for step in range(2 * STEPS + 1)]
    reaches = [slice(start, start + side, PER_SQUARE) for start in starts]
    rows = [lighter[down, right].ravel() for down in reaches for right in reaches]
    found = np.array(rows, dtype=np.float32)[:, _symbols().changing]
    found -= found.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, 1e-6), dtype=np.float32)


def _best(squares: Reals, signs: Reals) -> Reals:
    """Correlate with every entry, whatever the step and the mask; shape (entries,)."""
    masked = squares[:, None, :] * _symbols().empty[None, :, :]
    flat = masked.reshape(-1, squares.shape[1])
    return np.asarray((flat @ signs.T).max(axis=0) / np.sqrt(squares.shape[1]), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Symbols:
    """All symbols at once: +1 is a light square, -1 a dark one.

    Attributes
    ----------
    changing
        Places of the squares that hang on the text.
    empty
        Those squares of the empty text under each mask, shape (8, squares).
    turned
        1 where a bit of the text turns a square over, shape (bits, squares).
    """

    changing: npt.NDArray[np.int64]
    empty: Reals
    turned: Reals


@cache
def _symbols() -> _Symbols:
    nothing = QR_LETTERS[0] * LENGTH
    empty = np.array([symbol_of(nothing, mask) for mask in range(MASKS)], dtype=np.uint8)
    empty = empty.reshape(MASKS, -1)
    turned = np.array([_flat(text) ^ empty[0] for text in _one_bit_texts()], dtype=np.uint8)
    changing = np.flatnonzero(turned.any(axis=0))
    light = 1.0 - 2.0 * empty[:, changing]
    return _Symbols(changing, light.astype(np.float32), turned[:, changing].astype(np.float32))


def _flat(text: str) -> npt.NDArray[np.uint8]:
    return np.array(symbol_of(text, 0), dtype=np.uint8).ravel()


def _one_bit_texts() -> list[str]:
    """Write the texts of which one bit is set, in the order of the bits."""
    base = len(QR_LETTERS)
    texts = []
    for start in range(0, LENGTH, 2):
        is_pair = start + 1 < LENGTH
        for bit in reversed(range(PAIR_BITS if is_pair else LAST_BITS)):
            first, second = divmod(1 << bit, base)
            shown = QR_LETTERS[first] + QR_LETTERS[second] if is_pair else QR_LETTERS[second]
            texts.append(("0" * start + shown).ljust(LENGTH, "0"))
    return texts


def _signs(codes: Sequence[PageCode], key: bytes) -> Reals:
    """Make -1 where a code's text turns a square over, 1 elsewhere; shape (codes, squares)."""
    places = {letter: number for number, letter in enumerate(QR_LETTERS)}
    values = np.array([[places[one] for one in code.to_text(key)] for code in codes])
    pairs = values[:, 0:-1:2] * len(QR_LETTERS) + values[:, 1::2]
    wide = pairs[:, :, None] >> np.arange(PAIR_BITS)[::-1] & 1
    last = values[:, -1, None] >> np.arange(LAST_BITS)[::-1] & 1
    bits = np.concatenate([wide.reshape(len(codes), -1), last], axis=1).astype(np.float32)
    return np.asarray(1.0 - 2.0 * np.mod(bits @ _symbols().turned, 2.0), dtype=np.float32)
