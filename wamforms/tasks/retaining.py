"""Retention: which sheets are past their date, and which paper may be destroyed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from layouts.dyadcode import shown
from layouts.model import DyadCode, Role
from records.entries import Outline, StoredPage
from records.log import Action
from records.places import PlaceRecord, date_of_place, places_of
from records.settings import Retention
from records.study import Study
from scan.results import PageBlank, Status
from wamforms.tasks.auditing import progress_of
from wamforms.tasks.status import Sheet, whole_sheets


class Kept(StrEnum):
    """Why a sheet of paper has to be kept."""

    UNDECIDED = "no date is set for paper"
    EARLY = "its date is not past"
    UNREAD = "it was not read"
    PAGE_MISSING = "a page of the form is missing"
    WAITS = "a question about it waits"
    SEALED = "only the research key tells whether a question about it waits"
    NO_COPY = "not backed up since it was read or decided about"
    AUDIT = "it is drawn for an audit that is not finished"
    NO_AUDIT = "no audit is finished yet"


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet in one pile.

    Attributes
    ----------
    source
        The scanned file, and how-manieth page of it the sheet is.
    dyad, role, wave
        Whose it is; empty and None if that could not be read.
    may_go
        Whether it may be destroyed; if not, `kept` says why.
    """

    source: str
    dyad: str
    role: str
    wave: int | None
    scanned: str
    until: str | None
    may_go: bool
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class PastDate:
    """A sheet whose answers and pictures are kept longer than was decided."""

    dyad: str
    role: Role
    wave: int
    scanned: str
    until: str


@dataclass(frozen=True, slots=True)
class Retained:
    """What a study keeps on a day.

    Attributes
    ----------
    backed_up
        When the last backup was made; None if there is none.
    paper
        Every sheet that went through the scanner, pile by pile.
    data
        Sheets whose data are past their date.
    """

    study: str
    on: str
    rule: Retention
    backed_up: str | None
    paper: tuple[Paper, ...]
    data: tuple[PastDate, ...]

    @property
    def may_go(self) -> int:
        """How many sheets of paper may be destroyed."""
        return sum(1 for one in self.paper if one.may_go)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What decides about a sheet, looked up once."""

    rule: Retention
    on: date
    backed_up: str | None
    whole: frozenset[Sheet]
    waiting: frozenset[Sheet]
    touched: Mapping[Sheet, str]
    drawn: frozenset[int]
    is_audited: bool


def retained(study: Study, on: date) -> Retained:
    """Look at every sheet of a study on a day."""
    snapshot = study.store.outline()
    rule = study.settings.retention
    records = places_of(snapshot)
    facts = _facts(study, snapshot, records, on)
    names = {file.sha256: file.name for file in snapshot.files}
    order = {file.sha256: place for place, file in enumerate(snapshot.files)}
    scanned = [page for page in snapshot.pages if not isinstance(page.outcome, PageBlank)]
    again = {page.typed: page for page in scanned if page.typed is not None}
    typed = {one.page: again.get(one.number) for one in snapshot.typed_codes}
    paper = [
        _paper(typed.get(page.id) or page, f"{names[page.file]}#{page.index}", facts)
        for page in sorted(scanned, key=lambda one: (order[one.file], one.index))
        if page.typed is None
    ]
    data = tuple(_past(rule, records, on))
    return Retained(study.settings.title, on.isoformat(), rule, facts.backed_up, tuple(paper), data)


def _facts(study: Study, snapshot: Outline, records: Iterable[PlaceRecord], on: date) -> _Facts:
    audits = [study.store.audit(number) for number in study.store.audits()]
    ended = [progress_of(one).is_complete for one in audits]
    backups = [entry.at for entry in study.store.log.events(Action.BACKED_UP)]
    touched: dict[Sheet, str] = defaultdict(str)
    for record in records:
        times = [page.at for page in record.pages] + [one.at for one in record.verdicts]
        sheet = _sheet(record)
        touched[sheet] = max(touched[sheet], *times)
    return _Facts(
        rule=study.settings.retention,
        on=on,
        backed_up=max(backups, default=None),
        whole=frozenset(whole_sheets(snapshot, records)),
        waiting=frozenset(_sheet(one) for one in records if _waits(one, snapshot)),
        touched=touched,
        drawn=frozenset(
            field.page
            for audit, is_complete in zip(audits, ended, strict=True)
            for field in audit.fields
            if not is_complete
        ),
        is_audited=any(ended),
    )


def _sheet(record: PlaceRecord) -> Sheet:
    return (record.place.dyad, record.place.role, record.place.wave)


def _waits(record: PlaceRecord, snapshot: Outline) -> bool:
    found = date_of_place(record, snapshot)
    has_date = found is not None and found.status is Status.DOUBT
    return record.is_open or bool(record.waiting) or has_date


def _paper(page: StoredPage, source: str, facts: _Facts) -> Paper:
    day = _day(page.at)
    until = _until(day, facts.rule.paper_days)
    kept = tuple(_reasons(page, until, facts))
    code = page.code
    return Paper(
        source=source,
        dyad="" if code is None else shown(code.dyad),
        role="" if code is None else code.role.value,
        wave=None if code is None else code.wave,
        scanned=day.isoformat(),
        until=None if until is None else until.isoformat(),
        may_go=not kept,
        kept=kept,
    )


def _reasons(page: StoredPage, until: date | None, facts: _Facts) -> Iterator[Kept]:
    if until is None:
        yield Kept.UNDECIDED
    elif facts.on <= until:
        yield Kept.EARLY
    if page.scan() is None or page.code is None:
        yield Kept.UNREAD
        return
    sheet: Sheet = (DyadCode(page.code.dyad), page.code.role, page.code.wave)
    newest = max(facts.touched[sheet], page.at)
    applies = {
        Kept.PAGE_MISSING: sheet not in facts.whole,
        Kept.WAITS: sheet in facts.waiting,
        Kept.SEALED: page.is_closed,
        Kept.NO_COPY: facts.backed_up is None or facts.backed_up < newest,
        Kept.AUDIT: page.id in facts.drawn,
        Kept.NO_AUDIT: facts.rule.audit and not facts.is_audited,
    }
    yield from (reason for reason, is_so in applies.items() if is_so)


def _past(rule: Retention, records: Iterable[PlaceRecord], on: date) -> Iterator[PastDate]:
    """List the sheets whose data should be gone, by the last scan of any of their pages."""
    last: dict[Sheet, date] = {}
    for record in records:
        days = [_day(page.at) for page in record.pages]
        last[_sheet(record)] = max(*days, last.get(_sheet(record), date.min))
    for (dyad, role, wave), day in sorted(last.items()):
        until = _until(day, rule.data_days)
        if until is not None and on > until:
            yield PastDate(shown(dyad), role, wave, day.isoformat(), until.isoformat())


def _until(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()
