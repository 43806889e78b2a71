"""From a value back to the paper: what was measured, what people decided, which scan counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import UsageError
from layouts.model import CONSENT, CONSENT_VALUES, ItemId, Role
from output.gathering import sheets_of
from output.scoring import FactorScore
from records.entries import Snapshot, StoredPage
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.adjudicate import Answer, Meaning, SheetVerdict, Standing, agree
from scan.results import CodeRoute, Fit, ItemReading, Note, PageRead
from wamforms.instrument import FactorId, Instrument, Wording
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.results import memory_of, names_of, wave_label
from wamforms.tasks.seen_pages import check_allowed


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about the item, and whether it is about the scan that counts."""

    number: int
    meaning: Meaning
    value: int | None
    by: str
    at: str
    holds: bool


@dataclass(frozen=True, slots=True)
class SeenScan:
    """One scan of the page.

    Attributes
    ----------
    page
        Number of the stored page.
    source
        File and page in the file.
    by_code
        Initials of who typed its code; None if the scanner read it.
    reading
        Of the item on this scan.
    """

    page: int
    source: str
    scanned_at: str
    program: str
    standing: Standing
    route: CodeRoute
    by_code: str | None
    notes: tuple[Note, ...]
    fit: Fit
    reading: ItemReading
    counts: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything known about one answer.

    Attributes
    ----------
    number
        Place of the item on its form, from 1; 0 for the row that asks for consent, which
        has neither sentence nor factor here.
    is_open
        True while two scans differ and nobody has chosen.
    chosen
        Who chose between scans, and when; None if nobody had to.
    decisions
        The latest first.
    scans
        The one that counts first.
    """

    dyad: str
    role: Role
    wave: int
    label: str
    domain: str
    item: ItemId
    number: int
    sentence: str
    factor_name: str
    is_reversed: bool
    answer: Answer
    is_open: bool
    chosen: SheetVerdict | None
    decisions: tuple[Decision, ...]
    scans: tuple[SeenScan, ...]
    options: Mapping[int, str]

    @property
    def counted(self) -> SeenScan:
        """The scan that counts."""
        return self.scans[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose form of which wave: code as a person types it, role, and number of the wave."""

    code: str
    role: str
    wave: str


@dataclass(frozen=True, slots=True)
class ScoreTrace:
    """A factor score with every answer behind it, as far as their pages are in."""

    names: Mapping[Role, str]
    score: FactorScore
    answers: tuple[Trace, ...]

    @property
    def first(self) -> Trace:
        """Any of the answers: dyad, role and wave are those of all."""
        return self.answers[0]


@dataclass(frozen=True, slots=True)
class _Form:
    """A form whose answers are led back, and what it is led back with."""

    study: Study
    snapshot: Snapshot
    records: tuple[PlaceRecord, ...]
    instrument: Instrument
    language: str


def trace(study: Study, asked: Asked, item: str, language: str) -> Trace:
    """Lead back from a value.

    Parameters
    ----------
    item : str
        Name of the item, or of the row that asks for consent.
    language : str
        Of the sentence, if the questionnaire has it; else that of the form.

    Raises
    ------
    UsageError
        If no such answer was read, or it is withheld from whoever holds the paper.
    """
    form = _form(study, asked, language)
    for record in form.records:
        for answer in record.rows:
            if answer.item == item:
                return _traced(form, record, answer)
    raise _nothing(asked)


def trace_score(study: Study, asked: Asked, factor: str, language: str) -> ScoreTrace:
    """Lead back from a factor score to its answers, in the order of the form.

    Raises
    ------
    UsageError
        As `trace` does.
    """
    form = _form(study, asked, language)
    items = [one.id for one in form.instrument.items if one.factor == factor]
    answers = tuple(
        _traced(form, record, answer)
        for record in form.records
        for answer in record.answers
        if answer.item in items
    )
    if not answers:
        raise _nothing(asked)
    place = form.records[0].place
    (sheet,) = (
        one
        for one in sheets_of(form.snapshot, {form.instrument.domain: form.instrument})
        if (one.role, one.wave) == (place.role, place.wave)
    )
    scores = sheet.scores({form.instrument.domain: form.instrument})
    return ScoreTrace(
        names=names_of(form.instrument, FactorId(factor), form.language),
        score=next(one for one in scores if one.factor == factor),
        answers=answers,
    )


def _form(study: Study, asked: Asked, language: str) -> _Form:
    dyad = parse_dyad_code(asked.code)
    snapshot = memory_of(study, dyad)
    records = tuple(
        one
        for one in places_of(snapshot)
        if (one.place.role.value, str(one.place.wave)) == (asked.role, asked.wave)
    )
    if not records:
        raise _nothing(asked)
    check_allowed(study, snapshot, records[0])
    layout = snapshot.layouts[records[0].reading.code.fingerprint]
    instrument = instruments_of(study)[layout.domain]
    known = language if language in instrument.languages else layout.language
    return _Form(study, snapshot, records, instrument, known)


def _nothing(asked: Asked) -> UsageError:
    return UsageError(
        f"no such answer of {asked.code} {asked.role}, wave {asked.wave} was read",
        advice="wamforms status lists what is in and what is missing.",
    )


def _traced(form: _Form, record: PlaceRecord, answer: Answer) -> Trace:
    role, wording = record.place.role, form.instrument.wordings[record.place.role, form.language]
    items = {one.id: (number, one) for number, one in enumerate(form.instrument.items, 1)}
    number, item = items.get(answer.item, (0, None))
    return Trace(
        dyad=shown(record.place.dyad),
        role=role,
        wave=record.place.wave,
        label=wave_label(form.study, record.place.wave),
        domain=form.instrument.domain,
        item=answer.item,
        number=number,
        sentence="" if item is None else wording.items[item.id],
        factor_name="" if item is None else wording.factors[item.factor],
        is_reversed=item is not None and item.key < 0,
        answer=answer,
        is_open=record.is_open,
        chosen=record.decided,
        decisions=_decisions(record, answer.item),
        scans=_scans(record, answer.item, form.snapshot),
        options=_options(form.instrument, wording, answer.item),
    )


def _decisions(record: PlaceRecord, item: ItemId) -> tuple[Decision, ...]:
    scans = {page.id: page.scan() for page in record.pages}
    same = {
        number
        for number, scan in scans.items()
        if scan is not None and agree(scan.page, record.reading)
    }
    found = [one for one in record.verdicts if one.item == item]
    return tuple(
        Decision(one.number, one.meaning, one.value, one.by, one.at, one.page in same)
        for one in sorted(found, key=lambda one: one.number, reverse=True)
    )


def _scans(record: PlaceRecord, item: ItemId, snapshot: Snapshot) -> tuple[SeenScan, ...]:
    names = {file.sha256: file.name for file in snapshot.files}
    typed = {one.number: one.by for one in snapshot.typed_codes}
    seen = []
    for page in sorted(record.pages, key=lambda one: (one.id != record.counted.id, one.id)):
        read = page.outcome
        reading = next((one for one in _rows(page) if one.item == item), None)
        if isinstance(read, PageRead) and reading is not None:
            seen.append(
                SeenScan(
                    page=page.id,
                    source=f"{names[page.file]}#{page.index}",
                    scanned_at=page.at,
                    program=page.program,
                    standing=page.standing,
                    route=read.route,
                    by_code=None if page.typed is None else typed.get(page.typed),
                    notes=read.notes,
                    fit=read.fit,
                    reading=reading,
                    counts=page.id == record.counted.id,
                )
            )
    return tuple(seen)


def _rows(page: StoredPage) -> tuple[ItemReading, ...]:
    return page.outcome.rows if isinstance(page.outcome, PageRead) else ()


def _options(instrument: Instrument, wording: Wording, item: ItemId) -> dict[int, str]:
    if item == CONSENT:
        return {value: consent.value for value, consent in CONSENT_VALUES.items()}
    return dict(zip(instrument.scale.values, wording.scale, strict=True))
