"""The date on a form as the machine read it, and why a person has to look."""

from dataclasses import dataclass
from enum import StrEnum


class DateDoubt(StrEnum):
    """Why a person has to look at the date on a form."""

    DIGIT = "unsure digit"
    PARTLY = "partly blank"
    IMPOSSIBLE = "no such day"
    LATER = "later than the scan"


@dataclass(frozen=True, slots=True)
class DateReading:
    """The date in the comb boxes as the machine read it.

    Attributes
    ----------
    digits
        The most likely digit of each box in printed order, None for an empty
        box or one that holds no digit.
    confidence
        Probability that each is right; 1 for an empty box.
    value
        The day as `2026-11-23`; None when blank or in doubt.
    doubt
        Why a person has to look; None if nobody has to.
    """

    digits: tuple[int | None, ...]
    confidence: tuple[float, ...]
    value: str | None
    doubt: DateDoubt | None
