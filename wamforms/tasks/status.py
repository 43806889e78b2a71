"""The study at a glance: what is printed, in, waiting and missing, wave by wave."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.model import DyadCode, Role
from output.quality import Flag, flags_of, wave_days
from records.entries import Arrivals, Snapshot
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.results import Note, PageRefused
from wamforms.tasks.codes import CodeQuestion
from wamforms.tasks.secrecy import closed_forms, told_sealed
from wamforms.tasks.settling import ItemQuestion, ScansQuestion, questions_of


@dataclass(frozen=True, slots=True)
class WaveStatus:
    """How far one wave of one role is.

    Attributes
    ----------
    printed
        Forms printed at least once.
    received
        Of those, forms of which every page was read.
    waiting
        Received forms with at least one open question.
    missing
        Codes of dyads whose form was printed and is not in yet.
    """

    wave: int
    label: str
    role: str
    printed: int
    received: int
    waiting: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetFlag:
    """A sheet that deserves a second look."""

    dyad: str
    role: str
    wave: int
    flag: Flag
    detail: str


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """The study at a glance.

    Attributes
    ----------
    refused
        Pages that were refused and not read with a typed code since.
    codes
        Those of them that wait for a person to type their code.
    doubts, conflicts
        Answers, and choices between scans, that wait for a person.
    remarks, outside
        Pages that count with a remark in its box, and with ink outside every field.
    quality
        Sheets that deserve a second look; none of them is left out of anything.
    log_head
        Newest entry of the log; kept elsewhere, it shows whether the log loses its end.
    is_encrypted
        Whether database and pictures open with a passphrase only.
    sealed
        Clients' forms that are in, and of which only the research key tells what they say and
        whether a question about them waits.
    is_sealed
        Whether that is so of every client's form of this study.
    told
        The same in sentences; none if nothing is sealed.
    """

    title: str
    dyads: int
    waves: tuple[WaveStatus, ...]
    refused: int
    codes: int
    doubts: int
    conflicts: int
    remarks: int
    outside: int
    quality: tuple[SheetFlag, ...]
    log_head: str
    is_encrypted: bool
    is_sealed: bool
    sealed: int
    told: tuple[str, ...]


Sheet = tuple[DyadCode, Role, int]
"""Whose form of which wave."""


def status_of(study: Study) -> StudyStatus:
    """Count what is printed, in, waiting and missing."""
    snapshot = study.store.snapshot()
    places = places_of(snapshot)
    questions = questions_of(snapshot, places)
    printed = {(one.dyad, one.role, one.wave) for one in snapshot.prints}
    whole = whole_sheets(snapshot, places)
    waiting = {
        (one.place.dyad, one.place.role, one.place.wave)
        for one in questions
        if not isinstance(one, CodeQuestion)
    }
    waves = [
        _wave(number, label, role, sheets, whole, waiting)
        for number, label in enumerate(study.settings.waves, 1)
        for role in Role
        if (sheets := {sheet for sheet in printed if sheet[1:] == (role, number)})
    ]
    typed = {one.page for one in snapshot.typed_codes if one.code is not None}
    refused = [page for page in snapshot.pages if isinstance(page.outcome, PageRefused)]
    return StudyStatus(
        title=study.settings.title,
        dyads=len(snapshot.dyads),
        waves=tuple(waves),
        refused=sum(1 for page in refused if page.id not in typed),
        codes=sum(1 for one in questions if isinstance(one, CodeQuestion)),
        doubts=sum(1 for one in questions if isinstance(one, ItemQuestion)),
        conflicts=sum(1 for one in questions if isinstance(one, ScansQuestion)),
        remarks=_noted(places, Note.REMARK),
        outside=_noted(places, Note.OUTSIDE),
        quality=_quality(study, snapshot),
        log_head=study.store.log.head().text,
        is_encrypted=study.is_encrypted,
        is_sealed=study.is_sealed,
        sealed=closed_forms(snapshot),
        told=told_sealed(snapshot),
    )


def _noted(places: Iterable[PlaceRecord], note: Note) -> int:
    return sum(1 for record in places if note in record.reading.notes)


def _quality(study: Study, snapshot: Snapshot) -> tuple[SheetFlag, ...]:
    due = wave_days(study.settings.waves, study.settings.wave_days)
    return tuple(
        SheetFlag(shown(one.dyad), one.role, one.wave, one.flag, one.detail)
        for one in flags_of(snapshot, due)
    )


def whole_sheets(snapshot: Arrivals, places: Iterable[PlaceRecord] | None = None) -> set[Sheet]:
    """List the forms of which every page was read; `places` of the snapshot may be given."""
    pages: defaultdict[Sheet, list[PlaceRecord]] = defaultdict(list)
    for record in places_of(snapshot) if places is None else places:
        pages[record.place.dyad, record.place.role, record.place.wave].append(record)
    return {
        sheet
        for sheet, records in pages.items()
        if len(records) >= len(snapshot.layouts[records[0].reading.code.fingerprint].pages)
    }


def _wave(
    number: int,
    label: str,
    role: Role,
    printed: set[Sheet],
    whole: set[Sheet],
    waiting: set[Sheet],
) -> WaveStatus:
    received = printed & whole
    return WaveStatus(
        wave=number,
        label=label,
        role=role,
        printed=len(printed),
        received=len(received),
        waiting=len(received & waiting),
        missing=tuple(sorted(shown(dyad) for dyad, _, _ in printed - whole)),
    )
