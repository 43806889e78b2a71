"""The list of who is due on paper and in a calendar: codes, and nothing about anybody."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from layouts.model import Role
from records.stamps import program
from wamforms.officer_pages import BOX, OfficerPage, Section, checklists
from wamforms.tasks.due import DueLine, DueList, State

SHOWN = (State.OVERDUE, State.HALF, State.DUE)
"""What a checklist asks somebody to do something about."""

_HEAD = ("dyad", "domain, language", "wave", "client", "professional", "in by")

_FOOT = "A box is a form that is not in. Tick it when the form has been handed over."


def due_pdf(found: DueList) -> bytes:
    """Set one checklist an officer; one empty page if nobody is enrolled."""
    grouped = groupby(found.lines, key=lambda one: one.officer)
    pages = [_page(officer, list(lines), found) for officer, lines in grouped]
    empty = OfficerPage("Nobody", f"{found.study} · {found.on}", (), "Nobody is enrolled.")
    return checklists(f"Checklist {found.on}", pages or [empty], _HEAD)


def _page(officer: str, lines: list[DueLine], found: DueList) -> OfficerPage:
    of_state = {state: [one for one in lines if one.state is state] for state in State}
    counts = [f"{len(some)} {state}" for state, some in of_state.items() if some]
    return OfficerPage(
        officer=f"Officer {officer}" if officer else "Without an officer",
        about=f"{found.study} · {found.on} · {', '.join(counts)}",
        sections=tuple(
            Section(state.capitalize(), tuple(map(_row, of_state[state])))
            for state in SHOWN
            if of_state[state]
        ),
        foot=_FOOT if any(of_state[state] for state in SHOWN) else "Nothing is to be done now.",
    )


def _row(one: DueLine) -> tuple[object, ...]:
    closes = (one.closes or "no day set") + (
        ", late" if one.state is State.HALF and one.is_late else ""
    )
    boxes = [BOX if role in one.missing else "in" for role in Role]
    return (one.dyad, f"{one.domain}, {one.language}", one.label, *boxes, closes)


def due_calendar(found: DueList) -> bytes:
    """Write an all-day event for each dated wave that is not complete.

    What is past stands on the day of the list, for nobody looks at last month.
    The same wave keeps its identifier, so that a newer file moves the event.
    """
    # icalendar takes 200 ms to load and few commands need it.
    from icalendar import Calendar, Event

    on = date.fromisoformat(found.on)
    calendar = Calendar()
    calendar.add("prodid", f"-//wamforms//wamforms {program()}//EN")
    calendar.add("version", "2.0")
    for one, due in _dated(found.lines):
        event = Event()
        event.add("uid", f"{one.dyad}-{one.wave}@wamforms")
        event.add("dtstamp", datetime.combine(on, time(), UTC))
        event.add("dtstart", max(due, on))
        event.add("dtend", max(due, on) + timedelta(days=1))
        event.add("summary", f"{one.dyad} · {one.label}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _dated(lines: Iterable[DueLine]) -> Iterator[tuple[DueLine, date]]:
    for one in lines:
        if one.state is not State.COMPLETE and one.due is not None:
            yield one, date.fromisoformat(one.due)
