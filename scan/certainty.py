"""How probable it is that a person looking at the paper would say the same.

The rules of `scan.judge` end in a guess with a margin: how far the evidence is
from the nearest limit that would have made it another. What became of such
guesses on pages whose truth is known was counted by `python -m bench.calibrate`;
the counts stand in `scan.calibration`.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from scan.calibration import STEPS, Steps
from scan.marks import Margin


class Case(StrEnum):
    """What kind of evidence a guess rests on; each has its own calibration."""

    MARK = "one mark"
    MARK_BILEVEL = "one mark, black and white"
    BLANK = "blank"
    BLANK_BILEVEL = "blank, black and white"
    CORRECTION = "correction"
    RING = "ring"
    SEVERAL = "several marks"
    AGREED = "one mark, for both witnesses"
    AGREED_BLANK = "blank, for both witnesses"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a row may mean.

    Attributes
    ----------
    value
        The answer; None for a row left blank.
    """

    case: Case
    value: int | None
    margin: Margin


def probability(guess: Guess, steps: Mapping[str, Steps] = STEPS) -> float:
    """Look up what became of guesses with such a margin.

    Steps rather than a line between them, so that a probability never claims more
    than the sample of its own step has shown.
    """
    mine = steps[guess.case]
    place = bisect_right(mine, guess.margin, key=itemgetter(0)) - 1
    return mine[max(place, 0)][1]
