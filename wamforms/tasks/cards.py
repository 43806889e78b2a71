"""What waits for a person as cards: one question each, in the order that goes fastest.

Expensive kinds come first, for they hold back a whole form: pages without a code, scans that
differ. Then rows, by the kind of doubt, within it by item and by ink, so that the eye sees
the same column again and again; neighbours are then of different sheets by themselves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from layouts.dyadcode import shown
from layouts.model import Fingerprint, ItemId, Layout
from records.card_entries import CardMark, Marked
from records.entries import Snapshot
from records.study import Study
from scan.adjudicate import Verdict
from scan.markup import strip_places
from scan.results import Doubt, Mark, PageRead
from wamforms.tasks.codes import CodeQuestion
from wamforms.tasks.dates import DateQuestion
from wamforms.tasks.deciding import answer_of
from wamforms.tasks.settling import ItemQuestion, ScansQuestion, questions_of, settled_of


class CardKind(StrEnum):
    """What is asked."""

    CODE = "code"
    SCANS = "scans"
    ROW = "row"
    DATE = "date"


ORDER = (
    *(Doubt.SEVERAL, Doubt.FAINT, Doubt.NEAR_BLANK, Doubt.OUTLINE, Doubt.UNLIKE, Doubt.CORRECTION),
    Doubt.SCANS_DIFFER,
)
"""Kinds of rows, those that are decided fastest first."""


@dataclass(frozen=True, slots=True)
class CardBubble:
    """One bubble of a row.

    Attributes
    ----------
    at
        Where it stands in the picture of the row: a share of the width, from the left.
    ink
        How much of it is covered: 0 to 1.
    is_dark
        Whether the reader saw a mark, or a trace of one.
    """

    value: int
    at: float
    ink: float
    is_dark: bool


@dataclass(frozen=True, slots=True)
class CardScan:
    """One of several scans of a page."""

    page: int
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Card:
    """One question.

    Attributes
    ----------
    id
        Kind, page and item; the same as long as the question is.
    group
        Kind of a row's doubt, or the kind of the card.
    number
        Number of the item as printed on the form; 0 if it is about none.
    whose
        Code, role and wave, where the question is about a whole page.
    suggestion
        The darkest bubble's value: where to look first, never an answer.
    after
        Number of the last decision about it; 0 if there was none.
    answer, by
        What holds now, and who said it; empty if it waits.
    differing
        Items in which several scans differ, with their numbers.
    """

    id: str
    kind: CardKind
    group: str
    page: int
    item: str = ""
    number: int = 0
    whose: str = ""
    remark: str = ""
    why: tuple[str, ...] = ()
    bubbles: tuple[CardBubble, ...] = ()
    suggestion: int | None = None
    after: int = 0
    answer: str = ""
    by: str = ""
    scans: tuple[CardScan, ...] = ()
    differing: tuple[tuple[str, int], ...] = ()
    is_copy: bool = False
    is_parked: bool = False
    is_rescan: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards of a moment.

    Attributes
    ----------
    waiting
        In the order to take them.
    settled
        Rows that were decided, the latest decision last.
    """

    waiting: tuple[Card, ...]
    settled: tuple[Card, ...]


def deck_of(study: Study) -> Deck:
    """Make a card of every question, open and decided."""
    snapshot = study.store.snapshot()
    marks = _marks(study.store.marks())
    maker = _Maker(snapshot, marks)
    questions = questions_of(snapshot)
    rows = sorted(
        (one for one in questions if isinstance(one, ItemQuestion)),
        key=lambda one: (_rank(one.doubts), one.item, max(b.fill for b in one.bubbles)),
    )
    settled = settled_of(snapshot, study.store.found_wrong())
    return Deck(
        waiting=(
            *(maker.code(one) for one in questions if isinstance(one, CodeQuestion)),
            *(maker.scans(one) for one in questions if isinstance(one, ScansQuestion)),
            *(maker.row(one) for one in rows),
            *(maker.date(one) for one in questions if isinstance(one, DateQuestion)),
        ),
        settled=tuple(sorted(map(maker.row, settled), key=lambda one: one.after)),
    )


@dataclass(frozen=True, slots=True)
class _Aside:
    """What people said of a question without answering it."""

    is_parked: bool = False
    is_rescan: bool = False
    notes: tuple[str, ...] = ()


def _marks(marks: Iterable[Marked]) -> dict[tuple[int, str], _Aside]:
    """Add up what was said, in the order of coming."""
    found: dict[tuple[int, str], _Aside] = {}
    for one in marks:
        before = found.get((one.page, one.item), _Aside())
        notes = (*before.notes, one.text) if one.mark is CardMark.NOTE else before.notes
        parked = {CardMark.PARKED: True, CardMark.UNPARKED: False}.get(one.mark, before.is_parked)
        rescan = {CardMark.RESCAN: True, CardMark.NO_RESCAN: False}.get(one.mark, before.is_rescan)
        found[one.page, one.item] = _Aside(parked, rescan, notes)
    return found


class _Maker:
    """Makes cards of one snapshot."""

    def __init__(self, snapshot: Snapshot, marks: Mapping[tuple[int, str], _Aside]) -> None:
        self._layouts = snapshot.layouts
        self._marks = marks
        self._last: dict[tuple[int, ItemId], Verdict] = {}
        places = {page.id: page.place for page in snapshot.pages}
        pages: dict[object, list[int]] = {}
        for page, place in places.items():
            pages.setdefault(place, []).append(page)
        for verdict in snapshot.verdicts:  # a decision is about the place, whatever the scan
            for page in pages[places[verdict.page]]:
                self._last[page, verdict.item] = verdict
        self._chosen = {one.place: one.number for one in snapshot.sheet_verdicts}
        self._dates = {one.page: one.number for one in snapshot.date_verdicts}
        self._places: dict[tuple[Fingerprint, int, ItemId], dict[int, float]] = {}

    def row(self, question: ItemQuestion) -> Card:
        """Make the card of a row."""
        page, item = question.page.id, question.item
        places = self._strip(question)
        last = self._last.get((page, item))
        aside = self._marks.get((page, item), _Aside())
        return Card(
            id=f"row/{page}/{item}",
            kind=CardKind.ROW,
            group=min(question.doubts, key=ORDER.index, default=""),
            page=page,
            item=item,
            number=question.number,
            why=question.doubts,
            bubbles=tuple(
                CardBubble(
                    one.value, places[one.value], round(one.fill, 3), one.mark is not Mark.EMPTY
                )
                for one in question.bubbles
            ),
            suggestion=question.suggestion,
            after=last.number if last else 0,
            answer=answer_of(last.meaning, last.value) if last else "",
            by=last.by if last else "",
            is_parked=aside.is_parked,
            is_rescan=aside.is_rescan,
            notes=aside.notes,
        )

    def _strip(self, question: ItemQuestion) -> dict[int, float]:
        outcome = question.page.outcome
        if not isinstance(outcome, PageRead):
            raise TypeError("a row that waits was read")
        code = outcome.code
        key = (code.fingerprint, code.page, question.item)
        if key not in self._places:
            layout: Layout = self._layouts[code.fingerprint]
            self._places[key] = strip_places(layout.pages[code.page - 1], question.item)
        return self._places[key]

    def code(self, question: CodeQuestion) -> Card:
        """Make the card of a page without a code."""
        page = question.page.id
        return self._whole(
            Card(
                id=f"code/{page}",
                kind=CardKind.CODE,
                group=CardKind.CODE,
                page=page,
                remark=question.remark,
                is_copy=question.master is not None,
            )
        )

    def scans(self, question: ScansQuestion) -> Card:
        """Make the card of several scans of a page."""
        newest, place = question.scans[-1].id, question.place
        numbers = self._numbers(question)
        return self._whole(
            Card(
                id=f"scans/{'+'.join(str(one.id) for one in question.scans)}",
                kind=CardKind.SCANS,
                group=CardKind.SCANS,
                page=newest,
                whose=f"{shown(place.dyad)} {place.role} {place.wave}",
                after=self._chosen.get(place, 0),
                scans=tuple(CardScan(one.id, one.outcome.source, one.at) for one in question.scans),
                differing=tuple((item, numbers.get(item, 0)) for item in question.differing),
            )
        )

    def date(self, question: DateQuestion) -> Card:
        """Make the card of a date."""
        page = question.page.id
        return self._whole(
            Card(
                id=f"date/{page}",
                kind=CardKind.DATE,
                group=CardKind.DATE,
                page=page,
                remark=str(question.found.doubt),
                after=self._dates.get(page, 0),
            )
        )

    def _numbers(self, question: ScansQuestion) -> dict[ItemId, int]:
        code = question.scans[-1].code
        if code is None:
            return {}
        groups = (group for page in self._layouts[code.fingerprint].pages for group in page.groups)
        return {group.item: number for number, group in enumerate(groups, 1)}

    def _whole(self, card: Card) -> Card:
        """Add what people said of a whole page."""
        aside = self._marks.get((card.page, ""), _Aside())
        return replace(
            card, is_parked=aside.is_parked, is_rescan=aside.is_rescan, notes=aside.notes
        )


def _rank(doubts: tuple[Doubt, ...]) -> int:
    return min(map(ORDER.index, doubts), default=len(ORDER))
