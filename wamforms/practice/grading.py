"""Hold what was read against what was meant."""

from enum import StrEnum

from scan.results import Status
from wamforms.practice.people import Truth


class Grade(StrEnum):
    """How one answer came out.

    WRONG is the failure that matters: a value or a blank that was accepted
    without a person and is not what the respondent meant.
    """

    RIGHT = "right"
    ASKED = "asked"
    WRONG = "wrong"


def grade(truth: Truth, status: Status, value: int | None) -> Grade:
    """Grade one answer that no person has settled."""
    if status is Status.DOUBT:
        return Grade.ASKED
    if truth.needs_person or value != truth.value:
        return Grade.WRONG
    return Grade.RIGHT
