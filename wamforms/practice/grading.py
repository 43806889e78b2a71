"""Hold what was read against what was meant."""

from enum import StrEnum

from scan.results import Status
from wamforms.practice.people import Truth, TruthKind


class Grade(StrEnum):
    """How one answer came out.

    WRONG is the failure that matters: a value or a blank that was accepted
    without a person and is not what the respondent meant.
    """

    RIGHT = "right"
    ASKED = "asked"
    WRONG = "wrong"


class Wrong(StrEnum):
    """How an accepted answer is wrong.

    GUESSED was accepted in a row whose paper does not say what was meant.
    """

    ANSWER_FOR_BLANK = "answer for blank"
    BLANK_FOR_ANSWER = "blank for answer"
    OTHER_ANSWER = "other answer"
    GUESSED = "guessed"


def grade(truth: Truth, status: Status, value: int | None) -> Grade:
    """Grade one answer that no person has settled."""
    if status is Status.DOUBT:
        return Grade.ASKED
    if truth.needs_person or value != truth.value:
        return Grade.WRONG
    return Grade.RIGHT


def how_wrong(truth: Truth, value: int | None) -> Wrong:
    """Name the error of an answer graded `WRONG`."""
    if truth.needs_person:
        return Wrong.GUESSED
    if truth.value is None:
        return Wrong.ANSWER_FOR_BLANK
    return Wrong.BLANK_FOR_ANSWER if value is None else Wrong.OTHER_ANSWER


def is_readable(truth: Truth) -> bool:
    """Tell whether the paper has one meaning that a careful person would read.

    Two marks have none, and neither has a spot where a pen has rested.
    """
    return truth.kind not in {TruthKind.SEVERAL, TruthKind.TOUCHED}
