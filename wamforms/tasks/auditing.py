"""An audit under way: which fields a person may key next, and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import ItemId
from records.audit_entries import Audit, AuditField, Reading, Rule, Turn
from records.entries import StoredPage
from records.study import Study
from wamforms.tasks.audit_keys import KeyBook


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """One field to be read from the paper; it does not say what the study has.

    Attributes
    ----------
    candidates
        Only for a second look: the different readings so far, in no telling order.
    """

    field: int
    turn: Turn
    page: StoredPage
    item: ItemId
    number: int
    options: tuple[int, ...]
    candidates: tuple[Reading, ...] = ()

    def title(self) -> str:
        """Name the field for people with the paper in hand."""
        code = self.page.code
        if code is None:
            raise ValueError(f"page {self.page.id} of an audit was never read")
        where = f"{shown(code.dyad)} {code.role} wave {code.wave}, page {code.page}"
        return f"{where}, item {self.number}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an audit is; never what it found."""

    audit: int
    rule: str
    readers: int
    fields: int
    keyed: int
    looks_open: int | None
    is_complete: bool


def progress_of(audit: Audit) -> Progress:
    """Count what is keyed; disagreements are counted only when they can tell nothing early."""
    book = KeyBook(audit)
    keyed = book.keyed()
    is_keyed = keyed == len(audit.fields) * audit.plan.readers
    looks = len(book.looks())
    return Progress(
        audit=audit.number,
        rule=audit.plan.rule,
        readers=audit.plan.readers,
        fields=len(audit.fields),
        keyed=keyed,
        looks_open=looks if is_keyed or audit.plan.rule is Rule.SEQUENTIAL else None,
        is_complete=is_keyed and looks == 0,
    )


def to_key(study: Study, audit: Audit, by: str) -> tuple[KeyQuestion, ...]:
    """List the fields that a person may key now, in the order of drawing.

    Nobody keys a field twice: the second reader is another person.
    """
    book = KeyBook(audit)
    wanted = [
        (field, turn, ()) for field in audit.fields for turn in _open_turn(book, field, audit, by)
    ]
    return _questions(study, wanted)


def _open_turn(book: KeyBook, field: AuditField, audit: Audit, by: str) -> tuple[Turn, ...]:
    first = book.key(field, Turn.FIRST)
    if first is None:
        return (Turn.FIRST,)
    is_open = audit.plan.readers == 2 and book.key(field, Turn.SECOND) is None
    return (Turn.SECOND,) if is_open and _person(first.by) != _person(by) else ()


def to_look(study: Study, audit: Audit, by: str) -> tuple[KeyQuestion, ...]:
    """List the fields whose readings differ, for a second look at the paper.

    Where one person alone keyed a field, another one has to look.

    Raises
    ------
    UsageError
        If not every field has been keyed yet: looking early would tell how it goes.
    """
    if progress_of(audit).looks_open is None:
        raise UsageError(
            f"not every field of audit {audit.number} has been keyed yet",
            advice="Key the rest first: wamforms audit STUDY key --by AB",
        )
    book = KeyBook(audit)
    wanted = [
        (field, Turn.LOOK, _candidates(book, field))
        for field in book.looks()
        if audit.plan.readers == 2 or _person(_first_reader(book, field)) != _person(by)
    ]
    return _questions(study, wanted)


def _first_reader(book: KeyBook, field: AuditField) -> str:
    first = book.key(field, Turn.FIRST)
    return first.by if first else ""


def _person(by: str) -> str:
    return by.strip().casefold()


def _candidates(book: KeyBook, field: AuditField) -> tuple[Reading, ...]:
    """List the readings in an order that does not say whose each is."""
    return tuple(sorted(book.readings(field), key=lambda one: (one.meaning, one.value or 0)))


def _questions(
    study: Study, wanted: Iterable[tuple[AuditField, Turn, tuple[Reading, ...]]]
) -> tuple[KeyQuestion, ...]:
    snapshot = study.store.snapshot()
    pages = {page.id: page for page in snapshot.pages}
    found = []
    for field, turn, candidates in wanted:
        page = pages[field.page]
        if page.code is None:
            raise ValueError(f"page {page.id} of an audit was never read")
        groups = [g for one in snapshot.layouts[page.code.fingerprint].pages for g in one.groups]
        number = [group.item for group in groups].index(field.item) + 1
        options = page.options_of(field.item)
        found.append(KeyQuestion(field.number, turn, page, field.item, number, options, candidates))
    return tuple(found)


def word(reading: Reading) -> str:
    """Write a reading as it is typed."""
    return str(reading.value) if reading.value is not None else reading.meaning.value
