"""What a person decides, stored only if it was decided on what holds now.

The desk and the command line both decide here, and nowhere else.

Two people, or two windows, may have the same question before them. Each says which
decision they saw last; if another one came in between, nothing is stored and they are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from layouts.errors import UsageError
from layouts.model import ItemId
from records.study import Study
from records.taken_back import Decided
from scan.adjudicate import Verdict
from wamforms.tasks.codes import store_page_code
from wamforms.tasks.dates import typed_date
from wamforms.tasks.outcomes import (
    NO_DATE,
    OPEN,
    Outcome,
    answer_of,
    choice_told,
    meaning_of,
    standing,
)

UNDOABLE: Mapping[str, Decided] = MappingProxyType(
    {"code": Decided.CODE, "scans": Decided.CHOICE, "date": Decided.DATE}
)
"""What is taken back by a row of its own, by the kind of its card; rows are decided anew."""


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
            return choice_told(last, is_stored=last.number > after and last.chosen == chosen)
        scans = [page.id for page in study.store.pages_at(place) if page.scan() is not None]
        if scans != list(shown):
            raise UsageError(
                "another scan of this page has come since",
                advice="Look at all of them, and choose again.",
            )
        new = study.store.add_sheet_verdict(place, chosen, seen=scans[-1], by=by)
    return choice_told(new, is_stored=True)


def decide_page_code(study: Study, page: int, typed: str, *, after: int, by: str) -> Outcome:
    """Store the code that a person reads off a page, and the page as read with it.

    Parameters
    ----------
    study : Study
        Open.
    page : int
        The page whose code could not be read.
    typed : str
        The code, or `NOBODY_CAN_TELL`.
    after : int
        Number of the code that holds, as far as the person knew; 0 if there was none.
    by : str
        Who decided.

    Raises
    ------
    UsageError
        If the page does not wait for its code, or the code is not its own.
    """
    last = standing(study, Decided.CODE, page)
    if last is not None and last.after != after:
        is_mine = (last.by, last.answer) == (by.strip(), typed) and last.after > after
        return replace(last, is_stored=is_mine)
    store_page_code(study, page, typed, by=by)
    new = standing(study, Decided.CODE, page)
    if new is None:
        raise RuntimeError("a code that was just stored is not there")
    return replace(new, is_stored=True)


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


def take_back(study: Study, kind: Decided, page: int, *, after: int, by: str) -> Outcome:
    """Store that a decision holds no more; what was decided before it holds again.

    Rows know no such thing: decide them with `OPEN`, or with the answer before.

    Parameters
    ----------
    study : Study
        Open.
    kind : Decided
        What was decided.
    page : int
        The page it was decided about: of a choice, any of the scans.
    after : int
        Number of the decision that is taken back.
    by : str
        Who takes it back.

    Returns
    -------
    Outcome
        With the decision that holds now; its answer is `OPEN` if there is none.

    Raises
    ------
    UsageError
        If a page that was read with a typed code was decided about since.
    """
    with study.store.step():
        last = standing(study, kind, page)
        if last is None or last.after != after:
            is_mine = study.store.taken_back_by(kind, after) == by.strip()
            return replace(last or _open(by), is_stored=is_mine)
        study.store.take_back(kind, after, by=by)
        return replace(standing(study, kind, page) or _open(by), is_stored=True)


def _open(by: str) -> Outcome:
    return Outcome(False, 0, OPEN, by.strip(), "")


def _told(verdict: Verdict, *, is_stored: bool) -> Outcome:
    answer = answer_of(verdict.meaning, verdict.value)
    return Outcome(is_stored, verdict.number, answer, verdict.by, verdict.at)
