"""Dates on forms that the reader is not sure of: a person reads them off the boxes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.errors import UsageError
from records.entries import Arrivals, StoredPage
from records.places import PlaceRecord, date_of_place, places_of
from records.study import Study
from scan.adjudicate import Place
from scan.codestrip import date_strip
from scan.filled_on import FilledOn, is_later
from scan.results import Status
from scan.written_date import day_of
from wamforms.tasks.pictures import page_gray

EXAMPLE = "23-11-26"
"""Day, month and year, as the boxes have them."""

_TYPED = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](?:20)?(\d{2})")


@dataclass(frozen=True, slots=True)
class DateQuestion:
    """A date that waits for a person; the answers on the form do not wait with it."""

    place: Place
    page: StoredPage
    found: FilledOn

    def title(self) -> str:
        """Name the question for people."""
        where = f"{shown(self.place.dyad)} {self.place.role} wave {self.place.wave}"
        return f"{where}, date (page {self.page.id})"


def date_questions(
    snapshot: Arrivals, *, settled: bool = False, places: Sequence[PlaceRecord] | None = None
) -> tuple[DateQuestion, ...]:
    """List the dates that wait, or those that a person has decided about."""
    wanted = Status.SETTLED if settled else Status.DOUBT
    asked = (
        _question(record, date_of_place(record, snapshot))
        for record in (places_of(snapshot) if places is None else places)
        if not record.is_open and not record.is_closed
    )
    return tuple(one for one in asked if one is not None and one.found.status is wanted)


def _question(record: PlaceRecord, found: FilledOn | None) -> DateQuestion | None:
    return None if found is None else DateQuestion(record.place, record.counted, found)


def date_picture(study: Study, question: DateQuestion) -> bytes:
    """Show the boxes of the date, as PNG bytes."""
    return page_date_picture(study, question.page.id)


def page_date_picture(study: Study, page: int) -> bytes:
    """Show the boxes of the date on a page by its number, as PNG bytes."""
    stored = study.store.page(page)
    code = stored.code
    if code is None:
        raise UsageError(f"page {page} has no date", advice="Take the page from the list.")
    layout = study.store.layouts()[code.fingerprint]
    return date_strip(page_gray(study, stored), layout.pages[code.page - 1], layout.paper)


def check_page_date(study: Study, page: int, typed: str) -> str:
    """Read a typed date, such as 2026-11-23, if a form of this page may bear it.

    Raises
    ------
    UsageError
        If it is no day, or later than the scan.
    """
    return typed_date(typed, study.store.page(page).at)


def typed_date(typed: str, scanned_at: str) -> str:
    """Read a date as a person types it, such as 23-11-26 or 23-11-2026.

    Raises
    ------
    UsageError
        If there is no such day, or it is later than the scan.
    """
    parts = _TYPED.fullmatch(typed.strip())
    day = None if parts is None else day_of("".join(part.zfill(2) for part in parts.groups()))
    if day is None:
        raise UsageError(
            f"{typed!r} is no day", advice=f"Type day, month and year, such as {EXAMPLE}."
        )
    if is_later(day, scanned_at):
        raise UsageError(
            f"{typed!r} is later than the scan of the form",
            advice="If that is what is written, answer u: nobody can tell the day.",
        )
    return day
