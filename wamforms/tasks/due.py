"""Who is due, overdue, half in or complete, officer by officer; and what is not back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from layouts.dyadcode import shown
from layouts.model import DyadCode, Role
from layouts.sheetcode import COPY_SERIAL
from output.quality import TOLERANCE_DAYS, wave_days
from records.entries import Arrivals, Dyad
from records.places import PlaceRecord, date_of_place, places_of
from records.study import Study
from wamforms.tasks.status import Sheet, whole_sheets


class State(StrEnum):
    """How a wave of a dyad stands on a day."""

    OVERDUE = "overdue"
    HALF = "half in"
    DUE = "due"
    LATER = "later"
    UNDATED = "no day set"
    COMPLETE = "complete"


class Clock(StrEnum):
    """What the days of a dyad's waves are counted from."""

    FORM = "date on the first form"
    SCAN = "first scan"
    ENROLMENT = "enrolment, as no form is in"


@dataclass(frozen=True, slots=True)
class DueLine:
    """One wave of one dyad.

    Attributes
    ----------
    missing
        Roles whose form is not in, or not with all its pages.
    opens, due, closes
        The window, as `2027-01-05`; None if `study.toml` has no day for the wave.
    is_late
        Whether the window has closed with something missing.
    """

    officer: str
    dyad: str
    domain: str
    language: str
    wave: int
    label: str
    state: State
    missing: tuple[Role, ...]
    opens: str | None
    due: str | None
    closes: str | None
    is_late: bool
    clock: Clock


@dataclass(frozen=True, slots=True)
class DueList:
    """A study's list on one day, sorted by officer, state and day."""

    study: str
    on: str
    lines: tuple[DueLine, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each state."""
        return {state.value: sum(1 for o in self.lines if o.state is state) for state in State}


@dataclass(frozen=True, slots=True)
class MissingForm:
    """A form that was printed and of which not every page is in."""

    officer: str
    dyad: str
    role: Role
    wave: int
    label: str
    run: str
    printed: str
    days: int
    pages_in: int
    pages: int


@dataclass(frozen=True, slots=True)
class UnprintedForm:
    """A form that is in and that this study never printed; a photocopy needs no print."""

    dyad: str
    role: Role
    wave: int
    is_photocopy: bool


@dataclass(frozen=True, slots=True)
class PrintsAgainstScans:
    """The print list held against the scans."""

    on: str
    printed: int
    missing: tuple[MissingForm, ...]
    never_printed: tuple[UnprintedForm, ...]


def due_list(study: Study, on: date, officer: str | None = None) -> DueList:
    """List every wave of every dyad with its state on a day.

    Parameters
    ----------
    on : date
        Forms count as in whenever they came; only the windows are held against this day.
    officer : str or None
        Only this professional's dyads, whatever the capitals.
    """
    snapshot = study.store.arrivals()
    labels = study.settings.waves
    days = wave_days(labels, study.settings.wave_days)
    places = places_of(snapshot)
    whole = whole_sheets(snapshot, places)
    first = _first_days(snapshot, places)
    wanted = None if officer is None else officer.strip().casefold()
    lines = [
        _line(dyad, (number, label), days.get(number), _clock(dyad, first), (whole, on))
        for dyad in snapshot.dyads
        if wanted is None or dyad.officer.casefold() == wanted
        for number, label in enumerate(labels, 1)
    ]
    order = list(State)
    lines.sort(
        key=lambda one: (
            one.officer.casefold(),
            one.officer,
            order.index(one.state),
            one.closes or "",
            one.dyad,
            one.wave,
        )
    )
    return DueList(study.settings.title, on.isoformat(), tuple(lines))


def prints_against_scans(study: Study, on: date) -> PrintsAgainstScans:
    """List what was printed and is not back, and what is back and was never printed."""
    snapshot = study.store.arrivals()
    labels = study.settings.waves
    places = places_of(snapshot)
    whole = whole_sheets(snapshot, places)
    came: defaultdict[Sheet, set[int]] = defaultdict(set)
    serials: defaultdict[Sheet, set[int]] = defaultdict(set)
    for record in places:
        sheet = (record.place.dyad, record.place.role, record.place.wave)
        came[sheet].add(record.place.page)
        serials[sheet] |= {one.code.serial for one in record.pages if one.code is not None}
    printed = {(one.dyad, one.role, one.wave): one for one in snapshot.prints}
    missing = [
        MissingForm(
            officer=one.officer,
            dyad=shown(one.dyad),
            role=one.role,
            wave=one.wave,
            label=labels[one.wave - 1] if one.wave <= len(labels) else f"wave {one.wave}",
            run=one.run,
            printed=one.printed_at[:10],
            days=(on - _day(one.printed_at)).days,
            pages_in=len(came[sheet]),
            pages=len(snapshot.layouts[one.fingerprint].pages),
        )
        for sheet, one in printed.items()
        if sheet not in whole
    ]
    known = {one.serial for one in snapshot.prints}
    unprinted = tuple(_unprinted(serials, known))
    missing.sort(key=lambda one: (one.officer.casefold(), one.wave, one.dyad, one.role))
    return PrintsAgainstScans(on.isoformat(), len(printed), tuple(missing), unprinted)


def _unprinted(serials: Mapping[Sheet, set[int]], known: set[int]) -> Iterator[UnprintedForm]:
    """Find forms none of whose scans bears a serial that this study has drawn."""
    for (dyad, role, wave), found in sorted(serials.items()):
        if not found & known:
            yield UnprintedForm(shown(dyad), role, wave, is_photocopy=found == {COPY_SERIAL})


def _line(
    dyad: Dyad,
    wave: tuple[int, str],
    days: int | None,
    clock: tuple[date, Clock],
    seen: tuple[set[Sheet], date],
) -> DueLine:
    (number, label), (start, counted_from), (whole, on) = wave, clock, seen
    missing = tuple(role for role in Role if (dyad.code, role, number) not in whole)
    due = None if days is None else start + timedelta(days=days)
    opens = None if due is None else max(start, due - timedelta(days=TOLERANCE_DAYS))
    closes = None if due is None else due + timedelta(days=TOLERANCE_DAYS)
    is_late = bool(missing) and closes is not None and on > closes
    return DueLine(
        officer=dyad.officer,
        dyad=shown(dyad.code),
        domain=dyad.domain,
        language=dyad.language,
        wave=number,
        label=label,
        state=_state(missing, opens, on, is_late=is_late),
        missing=missing,
        opens=_iso(opens),
        due=_iso(due),
        closes=_iso(closes),
        is_late=is_late,
        clock=counted_from,
    )


def _state(missing: tuple[Role, ...], opens: date | None, on: date, *, is_late: bool) -> State:
    if not missing:
        return State.COMPLETE
    if len(missing) < len(Role):
        return State.HALF
    if opens is None:
        return State.UNDATED
    if is_late:
        return State.OVERDUE
    return State.DUE if on >= opens else State.LATER


def _first_days(
    snapshot: Arrivals, places: Iterable[PlaceRecord]
) -> dict[DyadCode, tuple[date, Clock]]:
    """Find the day of each dyad's first form of its earliest wave: as written, or as scanned."""
    waves: defaultdict[DyadCode, defaultdict[int, list[tuple[date, Clock]]]]
    waves = defaultdict(lambda: defaultdict(list))
    for record in places:
        written = date_of_place(record, snapshot)
        if written is not None and written.value is not None:
            day = (date.fromisoformat(written.value), Clock.FORM)
        else:
            day = (min(_day(page.at) for page in record.pages), Clock.SCAN)
        waves[record.place.dyad][record.place.wave].append(day)
    # A later wave says nothing about the start: it is left to the day of enrolment.
    return {dyad: _earliest(of_dyad[1]) for dyad, of_dyad in waves.items() if 1 in of_dyad}


def _earliest(days: Iterable[tuple[date, Clock]]) -> tuple[date, Clock]:
    """Choose the first day; what people wrote goes before when it was scanned."""
    return min(days, key=lambda one: (one[1] is not Clock.FORM, one[0]))


def _clock(dyad: Dyad, first: Mapping[DyadCode, tuple[date, Clock]]) -> tuple[date, Clock]:
    return first.get(dyad.code, (_day(dyad.enrolled_at), Clock.ENROLMENT))


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
