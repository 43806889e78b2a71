"""What waits for a person as cards, in the order that goes fastest, and what was decided.

Expensive kinds come first, for they hold back a whole form: pages without a code, scans that
differ. Then rows, by the kind of doubt, within it by item and by ink, so that the eye sees
the same column again and again; neighbours are then of different sheets by themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from layouts.dyadcode import shown
from layouts.model import Fingerprint, ItemId, Layout
from records.card_entries import CardMark, Marked
from records.entries import Outline, TypedCode
from records.places import places_of
from records.study import Study
from scan.adjudicate import SheetVerdict, Verdict
from scan.filled_on import DateVerdict
from scan.markup import strip_places
from scan.results import Doubt, Mark, PageRead
from wamforms.tasks.cards import Card, CardBubble, CardKind, CardScan, Deck
from wamforms.tasks.codes import NOBODY_CAN_TELL, CodeQuestion
from wamforms.tasks.dates import DateQuestion, date_questions
from wamforms.tasks.outcomes import NO_DATE, answer_of
from wamforms.tasks.settling import (
    ItemQuestion,
    ScansQuestion,
    questions_of,
    settled_of,
    settled_scans,
)

ORDER = (
    *(Doubt.SEVERAL, Doubt.FAINT, Doubt.NEAR_BLANK, Doubt.OUTLINE, Doubt.UNLIKE, Doubt.WITNESS),
    *(Doubt.CORRECTION, Doubt.SCANS_DIFFER),
)
"""Kinds of rows, those that are decided fastest first."""


_Decision = Verdict | TypedCode | SheetVerdict | DateVerdict


def deck_of(study: Study) -> Deck:
    """Make a card of every question, open and decided."""
    snapshot = study.store.outline()
    maker = _Maker(snapshot, _marks(study.store.marks()))
    places = places_of(snapshot)
    questions = questions_of(snapshot, places)
    rows = sorted(
        (one for one in questions if isinstance(one, ItemQuestion)),
        key=lambda one: (_rank(one.doubts), one.item, max(b.fill for b in one.bubbles)),
    )
    settled = (
        *map(maker.row, settled_of(snapshot, study.store.found_wrong(), places)),
        *maker.typed_codes(),
        *map(maker.scans, settled_scans(places)),
        *map(maker.date, date_questions(snapshot, settled=True, places=places)),
    )
    return Deck(
        waiting=(
            *(maker.code(one) for one in questions if isinstance(one, CodeQuestion)),
            *(maker.scans(one) for one in questions if isinstance(one, ScansQuestion)),
            *map(maker.row, rows),
            *(maker.date(one) for one in questions if isinstance(one, DateQuestion)),
        ),
        settled=tuple(sorted(settled, key=lambda one: (one.at, one.after))),
        taken_back=study.store.pages_taken_back(),
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

    def __init__(self, snapshot: Outline, marks: Mapping[tuple[int, str], _Aside]) -> None:
        self._snapshot = snapshot
        self._marks = marks
        self._rows: dict[tuple[int, ItemId], Verdict] = {}
        self._pages = {page.id: page for page in snapshot.pages}
        pages: dict[object, list[int]] = {}
        for page in snapshot.pages:
            pages.setdefault(page.place, []).append(page.id)
        for verdict in snapshot.verdicts:  # a decision is about the place, whatever the scan
            for one in pages[self._pages[verdict.page].place]:
                self._rows[one, verdict.item] = verdict
        self._choices = {one.place: one for one in snapshot.sheet_verdicts}
        self._dates = {one.page: one for one in snapshot.date_verdicts}
        self._places: dict[tuple[Fingerprint, int, ItemId], dict[int, float]] = {}

    def row(self, question: ItemQuestion) -> Card:
        """Make the card of a row."""
        page, item = question.page.id, question.item
        places = self._strip(question)
        card = Card(
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
        )
        return self._with(card, self._rows.get((page, item)))

    def code(self, question: CodeQuestion) -> Card:
        """Make the card of a page without a code."""
        return self._code(question, None)

    def typed_codes(self) -> Iterator[Card]:
        """Make the cards of the pages whose code was typed."""
        for one in self._snapshot.typed_codes:
            yield self._code(CodeQuestion(self._pages[one.page]), one)

    def _code(self, question: CodeQuestion, decided: TypedCode | None) -> Card:
        card = Card(
            id=f"code/{question.page.id}",
            kind=CardKind.CODE,
            group=CardKind.CODE,
            page=question.page.id,
            remark=question.remark,
            is_copy=question.master is not None,
        )
        return self._with(card, decided)

    def scans(self, question: ScansQuestion) -> Card:
        """Make the card of several scans of a page."""
        place, numbers = question.place, self._numbers(question)
        card = Card(
            id=f"scans/{'+'.join(str(one.id) for one in question.scans)}",
            kind=CardKind.SCANS,
            group=CardKind.SCANS,
            page=question.scans[-1].id,
            whose=f"{shown(place.dyad)} {place.role} {place.wave}",
            scans=tuple(CardScan(one.id, one.outcome.source, one.at) for one in question.scans),
            differing=tuple((item, numbers.get(item, 0)) for item in question.differing),
        )
        return self._with(card, self._choices.get(place))

    def date(self, question: DateQuestion) -> Card:
        """Make the card of a date."""
        page = question.page.id
        card = Card(
            id=f"date/{page}",
            kind=CardKind.DATE,
            group=CardKind.DATE,
            page=page,
            remark=str(question.found.doubt),
        )
        return self._with(card, self._dates.get(page))

    def _with(self, card: Card, decided: _Decision | None) -> Card:
        """Add what people said of a question: the decision that holds, and what was put aside."""
        aside = self._marks.get((card.page, card.item))
        if aside is not None:
            card = replace(
                card, is_parked=aside.is_parked, is_rescan=aside.is_rescan, notes=aside.notes
            )
        if decided is None:
            return card
        return replace(
            card, after=decided.number, answer=_answer(decided), by=decided.by, at=decided.at
        )

    def _strip(self, question: ItemQuestion) -> dict[int, float]:
        outcome = question.page.outcome
        if not isinstance(outcome, PageRead):
            raise TypeError("a row that waits was read")
        code = outcome.code
        key = (code.fingerprint, code.page, question.item)
        if key not in self._places:
            layout: Layout = self._snapshot.layouts[code.fingerprint]
            self._places[key] = strip_places(layout.pages[code.page - 1], question.item)
        return self._places[key]

    def _numbers(self, question: ScansQuestion) -> dict[ItemId, int]:
        code = question.scans[-1].code
        if code is None:
            return {}
        layout = self._snapshot.layouts[code.fingerprint]
        groups = (group for page in layout.pages for group in page.groups)
        return {group.item: number for number, group in enumerate(groups, 1)}


def _answer(decided: _Decision) -> str:
    """Write a decision as it is sent."""
    match decided:
        case Verdict(meaning=meaning, value=value):
            return answer_of(meaning, value)
        case TypedCode(code=code):
            return code or NOBODY_CAN_TELL
        case SheetVerdict(chosen=chosen):
            return str(chosen)
        case DateVerdict(value=value):
            return value or NO_DATE


def _rank(doubts: tuple[Doubt, ...]) -> int:
    return min(map(ORDER.index, doubts), default=len(ORDER))
