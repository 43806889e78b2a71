"""The date on a form, of the machine's reading and what a person decided; it blocks no answer."""

from dataclasses import dataclass
from datetime import date, timedelta

from scan.date_reading import DateDoubt, DateReading
from scan.results import Status

AHEAD_DAYS = 1
"""A form may be a day ahead of its scan: the scan's clock is that of Greenwich."""


@dataclass(frozen=True, slots=True)
class DateVerdict:
    """What a person says about the date on a scanned page.

    Attributes
    ----------
    number
        Order of the decisions; the highest on a page holds.
    page
        Number of the scan the person looked at.
    value
        The day as `2026-11-23`; None if none was written or nobody can tell.
    """

    number: int
    page: int
    value: str | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class FilledOn:
    """The date on a form.

    Attributes
    ----------
    value
        The day as `2026-11-23`; None while it waits, and if there is none.
    status
        READ, BLANK, DOUBT or SETTLED.
    doubt
        Why a person has to look, or had to.
    """

    value: str | None
    status: Status
    doubt: DateDoubt | None = None


def filled_on(reading: DateReading, verdict: DateVerdict | None, scanned_at: str) -> FilledOn:
    """Join the reading of a date with what a person decided about it.

    Parameters
    ----------
    scanned_at
        When the page was scanned, in ISO 8601; a later date is in doubt.
    """
    doubt = reading.doubt
    if reading.value is not None and is_later(reading.value, scanned_at):
        doubt = DateDoubt.LATER
    if verdict is not None:
        return FilledOn(verdict.value, Status.SETTLED, doubt)
    if doubt is not None:
        return FilledOn(None, Status.DOUBT, doubt)
    return FilledOn(reading.value, Status.BLANK if reading.value is None else Status.READ)


def is_later(day: str, scanned_at: str) -> bool:
    """Tell whether a form would have been filled in after it was scanned."""
    scanned = date.fromisoformat(scanned_at[:10])
    return date.fromisoformat(day) > scanned + timedelta(days=AHEAD_DAYS)
