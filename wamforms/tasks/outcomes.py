"""Answers as they are sent, and what came of them."""

from dataclasses import dataclass

from layouts.errors import UsageError
from records.study import Study
from records.taken_back import Decided
from scan.adjudicate import Meaning, SheetVerdict
from wamforms.tasks.codes import NOBODY_CAN_TELL

OPEN = "open"
"""The answer that takes an answer back: the question waits again."""

NO_DATE = "none"
"""There is no date on the form, or nobody can tell it."""

_MEANINGS = {
    "blank": Meaning.BLANK,
    "several": Meaning.SEVERAL,
    "unreadable": Meaning.UNREADABLE,
    OPEN: Meaning.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision.

    Attributes
    ----------
    is_stored
        False if another decision came in between; the rest then tells about that one.
    after
        Number of the decision that holds now.
    """

    is_stored: bool
    after: int
    answer: str
    by: str
    at: str


def insist(outcome: Outcome, what: str) -> None:
    """Say that a decision was not stored, where nobody can be asked again.

    Raises
    ------
    UsageError
        If another decision came in between.
    """
    if not outcome.is_stored:
        raise UsageError(
            f"{outcome.by} has decided {what} meanwhile: {outcome.answer}",
            advice="Look at it again; nothing was stored.",
        )


def answer_of(meaning: Meaning, value: int | None) -> str:
    """Write an answer as it is sent: a value, or a word."""
    return OPEN if meaning is Meaning.WITHDRAWN else str(value) if value is not None else meaning


def meaning_of(answer: str) -> tuple[Meaning, int | None]:
    """Read an answer as it is sent.

    Raises
    ------
    UsageError
        If it is none.
    """
    if answer in _MEANINGS:
        return _MEANINGS[answer], None
    if answer.isascii() and answer.isdecimal() and len(answer) < 4:
        return Meaning.VALUE, int(answer)
    raise UsageError(
        f"{answer!r} is no answer",
        advice=f"Answer with a value of the row, or one of {', '.join(_MEANINGS)}.",
    )


def standing(study: Study, kind: Decided, page: int) -> Outcome | None:
    """Find the decision about a page that holds, told as one that came in between."""
    if kind is Decided.CODE:
        code = study.store.typed_code_of(page)
        if code is None:
            return None
        return Outcome(False, code.number, code.code or NOBODY_CAN_TELL, code.by, code.at)
    if kind is Decided.DATE:
        date = study.store.last_date_verdict(page)
        if date is None:
            return None
        return Outcome(False, date.number, date.value or NO_DATE, date.by, date.at)
    place = study.store.page(page).place
    choice = None if place is None else study.store.decided_at(place)
    return None if choice is None else choice_told(choice, is_stored=False)


def choice_told(choice: SheetVerdict, *, is_stored: bool) -> Outcome:
    """Tell of a choice between scans."""
    return Outcome(is_stored, choice.number, str(choice.chosen), choice.by, choice.at)
