"""Which printed page does a text name? What was read or typed, held against the print list.

The text alone never decides. Every entry of the list has a dyad code whose
check character fits, so any two dyads differ in two characters or more, and
any two prints differ in their serial too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layouts.alphabet import ALPHABET, tidied
from layouts.sheetcode import PageCode

Distances = npt.NDArray[np.int64]
"""How many characters a text is away from each entry of the list."""

SAME = 1
"""A copy of the text with at most one wrong character is legible."""

APART = 2
"""The next entry of the list must be this much further away. Another dyad is three
characters away (two of its code, one of the serial), so no one or two wrong
characters can ever name it."""

ALIKE = 4
"""With at most this many of its 17 characters wrong, a text may confirm what the
squares of the symbol say; it is then no more than a witness."""

FAR = 6
"""Beyond this a text says nothing; how far it is does not matter any more."""

LONGEST = 40
"""Characters of a text that are looked at; the longest printed code has 18."""


def folded(text: str) -> str:
    """Fold look-alikes and drop what is not of the alphabet: hyphens, dots, spaces."""
    return "".join(one for one in tidied(text) if one in ALPHABET)


def printed_as(code: PageCode) -> str:
    """Write the code as `folded` leaves what stands on the page: `K7Q42M9DC1P100A7`."""
    return folded(code.for_people())


@dataclass(frozen=True, slots=True, eq=False)
class TextEvidence:
    """What the copies of the printed text say about each entry of a print list.

    Attributes
    ----------
    codes
        The entries.
    away
        Distance of each copy from each entry, shape (copies, entries).
    """

    codes: tuple[PageCode, ...]
    away: Distances

    def named(self) -> PageCode | None:
        """Return the one entry that the legible copies name; None if that is not sure.

        Every legible copy must be within one character of it, and the next
        entry must be two characters further.
        """
        legible = self.away[self.away.min(axis=1, initial=FAR) <= SAME]
        if not len(legible):
            return None
        order = np.argsort(legible.sum(axis=0), kind="stable")
        best = int(order[0])
        if legible[:, best].max() > SAME or not self._stands_apart(legible.sum(axis=0), APART):
            return None
        return self.codes[best]

    def supports(self, code: PageCode) -> bool:
        """Tell whether an entry that something else names is also the nearest to the text."""
        near = np.minimum(self.away, FAR)
        place = self.codes.index(code)
        if not len(near) or near[:, place].min() > ALIKE:
            return False
        total = near.sum(axis=0)
        return int(total.argmin()) == place and self._stands_apart(total, 1)

    @staticmethod
    def _stands_apart(total: Distances, by: int) -> bool:
        first_two = np.partition(total, 1)[:2] if len(total) > 1 else (total[0], total[0] + by)
        return bool(first_two[1] - first_two[0] >= by)


def evidence(texts: Sequence[str], codes: tuple[PageCode, ...]) -> TextEvidence:
    """Hold every copy of the text against every entry of the list.

    Parameters
    ----------
    texts
        The copies as they were read; unreadable ones may be empty.
    codes
        The print list.
    """
    entries = [printed_as(code) for code in codes]
    rows = [_away(folded(text)[:LONGEST], entries) for text in texts]
    return TextEvidence(codes, np.array(rows, dtype=np.int64).reshape(len(texts), len(codes)))


def _away(text: str, entries: Sequence[str]) -> Distances:
    """Count insertions, deletions and changes (Levenshtein) between a text and each entry."""
    lengths = np.array([len(one) for one in entries], dtype=np.int64)
    width = int(lengths.max(initial=0))
    letters = np.array([[ord(one) for one in entry.ljust(width)] for entry in entries])
    letters = letters.reshape(len(entries), width)
    row = np.tile(np.arange(width + 1), (len(entries), 1))
    for number, character in enumerate(text, 1):
        changed = row[:, :-1] + (letters != ord(character))
        above = row[:, 1:] + 1
        row = np.empty_like(row)
        row[:, 0] = number
        for place in range(width):
            best = np.minimum(changed[:, place], above[:, place])
            row[:, place + 1] = np.minimum(best, row[:, place] + 1)
    return np.asarray(row[np.arange(len(entries)), lengths], dtype=np.int64)
