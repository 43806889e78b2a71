"""What a person decides, stored only if it was decided on what holds now.

The desk and the command line both decide here, and nowhere else.

Two people, or two windows, may have the same question before them. Each says which
decision they saw last; if another one came in between, nothing is stored and they are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.errors import UsageError
from layouts.model import ItemId
from records.study import Study
from scan.adjudicate import Meaning, SheetVerdict, Verdict
from wamforms.tasks.dates import typed_date

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


def decide_row(
    study: Study,
    where: tuple[int, ItemId],
    answer: str,
    *,
    after: int,
    by: str,
    took_ms: int | None = None,
) -> Outcome:
    """Store what a person decided about one row.

    Parameters
    ----------
    study : Study
        Open.
    where : tuple of int and ItemId
        The page that the person looked at, and the row.
    answer : str
        A value, `blank`, `several`, `unreadable`, or `open` to take the last one back.
    after : int
        Number of the last decision that the person knew of; 0 if there was none.
    by : str
        Who decided.
    took_ms : int, optional
        How long the person looked at it, in milliseconds.

    Raises
    ------
    UsageError
        If the page has no such row, or the row no such answer.
    """
    page, item = where
    meaning, value = meaning_of(answer)
    with study.store.step():
        last = study.store.last_verdict(page, item)
        if last is not None and last.number != after:
            # Sent again because the answer got lost on its way is no second decision.
            is_mine = (last.by, last.meaning, last.value) == (by.strip(), meaning, value)
            return _told(last, is_stored=is_mine and last.number > after)
        new = study.store.add_verdict(page, item, meaning, value, by=by, took_ms=took_ms)
    return _told(new, is_stored=True)


def choose_scan(study: Study, shown: Sequence[int], chosen: int, *, after: int, by: str) -> Outcome:
    """Store which of several scans of a page counts.

    Parameters
    ----------
    study : Study
        Open.
    shown : sequence of int
        The scans that the person was shown, the oldest first.
    chosen : int
        The one that counts.
    after : int
        Number of the last choice that the person knew of; 0 if there was none.
    by : str
        Who decided.

    Raises
    ------
    UsageError
        If the pages are no scans of one place, or another scan has come since.
    """
    place = study.store.page(chosen).place
    if place is None:
        raise UsageError(f"page {chosen} has no code", advice="Take the page from the list.")
    with study.store.step():
        last = study.store.decided_at(place)
        if last is not None and last.number != after:
            return _chosen(last, is_stored=last.number > after and last.chosen == chosen)
        scans = [page.id for page in study.store.pages_at(place) if page.scan() is not None]
        if scans != list(shown):
            raise UsageError(
                "another scan of this page has come since",
                advice="Look at all of them, and choose again.",
            )
        new = study.store.add_sheet_verdict(place, chosen, seen=scans[-1], by=by)
    return _chosen(new, is_stored=True)


def decide_date(study: Study, page: int, typed: str, *, after: int, by: str) -> Outcome:
    """Store the date that a person reads off a form, or that there is none to tell.

    Parameters
    ----------
    study : Study
        Open.
    page : int
        The page it is on.
    typed : str
        Such as 23-11-26, or `NO_DATE`.
    after : int
        Number of the last decision that the person knew of; 0 if there was none.
    by : str
        Who decided.

    Raises
    ------
    UsageError
        If it is no day, or later than the scan.
    """
    value = None if typed == NO_DATE else typed_date(typed, study.store.page(page).at)
    with study.store.step():
        last = study.store.last_date_verdict(page)
        is_new = last is None or last.number == after
        if is_new:
            study.store.add_date_verdict(page, value, by=by)
            last = study.store.last_date_verdict(page)
    if last is None:
        raise RuntimeError("a date that was just stored is not there")
    is_mine = is_new or (last.value == value and last.by == by.strip())
    return Outcome(is_mine, last.number, last.value or NO_DATE, last.by, last.at)


def _told(verdict: Verdict, *, is_stored: bool) -> Outcome:
    answer = answer_of(verdict.meaning, verdict.value)
    return Outcome(is_stored, verdict.number, answer, verdict.by, verdict.at)


def _chosen(verdict: SheetVerdict, *, is_stored: bool) -> Outcome:
    return Outcome(is_stored, verdict.number, str(verdict.chosen), verdict.by, verdict.at)
