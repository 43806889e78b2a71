"""Settle doubts: what waits for a person, and what people decided about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.model import CONSENT, Fingerprint, ItemId, Layout
from records.entries import Outline, StoredPage
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.adjudicate import Answer, Place
from scan.results import BubbleReading, Doubt, ItemReading
from wamforms.tasks.codes import CodeQuestion, code_questions
from wamforms.tasks.dates import DateQuestion, date_questions
from wamforms.tasks.outcomes import answer_of


@dataclass(frozen=True, slots=True)
class ItemQuestion:
    """One item that waits for a person, or that a person decided about.

    Attributes
    ----------
    item, number
        Which item, and its place on the form, from 1, as printed beside the sentence;
        `CONSENT` and 0 for the row that asks what the professional may see.
    bubbles
        What was measured, in printed order from left to right.
    suggestion
        The darkest bubble's value: where to look first, never an answer.
    """

    place: Place
    page: StoredPage
    item: ItemId
    number: int
    doubts: tuple[Doubt, ...]
    bubbles: tuple[BubbleReading, ...]

    @property
    def is_consent(self) -> bool:
        """Whether it is the row that asks what the professional may see."""
        return self.item == CONSENT

    @property
    def suggestion(self) -> int:
        """The value of the darkest bubble."""
        return max(self.bubbles, key=lambda one: one.fill).value

    def title(self) -> str:
        """Name the question for people."""
        where = f"{shown(self.place.dyad)} {self.place.role} wave {self.place.wave}"
        return f"{where}, {'consent row' if self.is_consent else f'item {self.number}'}"


@dataclass(frozen=True, slots=True)
class ScansQuestion:
    """Several different scans of one page; a person chooses which counts.

    Attributes
    ----------
    scans
        The oldest first.
    differing
        Items whose sure answers differ between the scans.
    """

    place: Place
    scans: tuple[StoredPage, ...]
    differing: tuple[ItemId, ...]

    def title(self) -> str:
        """Name the question for people."""
        where = f"{shown(self.place.dyad)} {self.place.role} wave {self.place.wave}"
        return f"{where}, page {self.place.page}: {len(self.scans)} different scans"


Question = CodeQuestion | ScansQuestion | ItemQuestion | DateQuestion


def open_questions(study: Study) -> tuple[Question, ...]:
    """List all that waits: codes, choices between scans, items by kind of doubt, dates."""
    return questions_of(study.store.outline())


def questions_of(
    snapshot: Outline, places: Sequence[PlaceRecord] | None = None
) -> tuple[Question, ...]:
    """List all that waited at one moment; of sealed sheets only who has the key knows.

    Parameters
    ----------
    snapshot : Outline
        That moment.
    places : sequence of PlaceRecord, optional
        Those of the snapshot, if somebody has them already.
    """
    places = places_of(snapshot) if places is None else places
    scans: list[Question] = []
    items: list[ItemQuestion] = []
    for record in places:
        if record.is_closed:
            continue
        if record.is_open:
            scans.append(_scans_question(record))
        else:
            items += _item_questions(record, record.waiting, snapshot.layouts)
    items.sort(key=lambda one: (one.doubts, one.item))
    return (*code_questions(snapshot), *scans, *items, *date_questions(snapshot, places=places))


def settled_questions(study: Study) -> tuple[ItemQuestion, ...]:
    """List the items that a person decided about, or that an audit found to be wrong.

    A new decision replaces the last one.
    """
    snapshot = study.store.outline()
    return settled_of(snapshot, study.store.found_wrong(), places_of(snapshot))


def settled_of(
    snapshot: Outline, wrong: Collection[tuple[int, ItemId]], places: Iterable[PlaceRecord]
) -> tuple[ItemQuestion, ...]:
    """List the items that were decided about, or found to be wrong, at one moment."""
    return tuple(
        question
        for record in places
        if not record.is_open and not record.is_closed
        for question in _item_questions(
            record,
            [
                one
                for one in record.rows
                if one.by is not None or (record.counted.id, one.item) in wrong
            ],
            snapshot.layouts,
        )
    )


def settled_scans(places: Iterable[PlaceRecord]) -> tuple[ScansQuestion, ...]:
    """List the choices between scans that people made, as long as nothing opens them again."""
    return tuple(
        _scans_question(record)
        for record in places
        if record.decided is not None and not record.is_open and not record.is_closed
    )


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A decision about a row, as it is told to those who have the same row before them."""

    number: int
    page: int
    item: str
    answer: str
    by: str


def decided_since(study: Study, number: int) -> tuple[DecidedRow, ...]:
    """List what was decided about rows after a decision, whoever did it."""
    return tuple(
        DecidedRow(one.number, one.page, one.item, answer_of(one.meaning, one.value), one.by)
        for one in study.store.verdicts_since(number)
    )


def pages_moved(study: Study) -> str:
    """Return a state that changes when pages come or go: codes are typed, or taken back."""
    return study.store.pages_moved()


def _scans_question(record: PlaceRecord) -> ScansQuestion:
    answers: dict[ItemId, set[int | None]] = {}
    for page in record.pages:
        scan = page.scan()
        for item in scan.page.rows if scan else ():
            answers.setdefault(item.item, set()).add(item.value)
    differing = tuple(item for item, values in answers.items() if len(values) > 1)
    return ScansQuestion(record.place, record.pages, differing)


def _item_questions(
    record: PlaceRecord, answers: Sequence[Answer], layouts: Mapping[Fingerprint, Layout]
) -> list[ItemQuestion]:
    if not answers:  # of most forms nothing is asked
        return []
    readings: dict[ItemId, ItemReading] = {one.item: one for one in record.reading.rows}
    layout = layouts[record.reading.code.fingerprint]
    numbers = {
        group.item: number
        for number, group in enumerate((g for page in layout.pages for g in page.groups), 1)
    }
    return [
        ItemQuestion(
            place=record.place,
            page=record.counted,
            item=answer.item,
            number=numbers.get(answer.item, 0),
            doubts=answer.doubts,
            bubbles=readings[answer.item].bubbles,
        )
        for answer in answers
    ]
