"""Scanned pages that a person may look at: which one it is, and whether it may be seen."""

from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import ItemId, Role
from output.consent import Audience, said, shown_to
from records.entries import Snapshot, StoredPage
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.results import PageRead
from wamforms.tasks.results import memory_of
from wamforms.tasks.secrecy import seal_of


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page to be looked at, with the rows on it.

    Attributes
    ----------
    rows
        Every row that was read on it, with the item's place on the form, from 1.
    """

    page: StoredPage
    source: str
    dyad: str
    role: Role
    wave: int
    rows: tuple[tuple[int, ItemId], ...]


def page_seen(study: Study, number: int) -> PageSeen:
    """Say what is on a page that may be seen.

    Raises
    ------
    UsageError
        If there is no such page, or it is withheld.
    """
    page, snapshot = _page(study, number)
    place = _record(snapshot, page).place
    layout = snapshot.layouts[_read(page).code.fingerprint]
    numbers = {
        group.item: at
        for at, group in enumerate((g for one in layout.pages for g in one.groups), 1)
    }
    names = {file.sha256: file.name for file in snapshot.files}
    return PageSeen(
        page=page,
        source=f"{names[page.file]}#{page.index}",
        dyad=shown(place.dyad),
        role=place.role,
        wave=place.wave,
        rows=tuple((numbers[one.item], one.item) for one in _read(page).items),
    )


def page_to_see(study: Study, number: int, item: str = "") -> StoredPage:
    """Find a page that was read and may be seen, for its pictures.

    Parameters
    ----------
    item : str
        A row that has to be on it; empty for the whole page.

    Raises
    ------
    UsageError
        If there is none, or it is withheld.
    """
    page, _ = _page(study, number)
    if item and not page.options_of(ItemId(item)):
        raise UsageError(f"page {number} has no item {item}", advice=_ADVICE)
    return page


_ADVICE = "Open it from its answer."


def _page(study: Study, number: int) -> tuple[StoredPage, Snapshot]:
    with study.store.view() as view:
        dyad = view.dyad_of(number)
    none = UsageError(f"there is no picture of a read page {number}", advice=_ADVICE)
    if dyad is None:
        raise none
    snapshot = memory_of(study, dyad)
    page = next(one for one in snapshot.pages if one.id == number)
    if page.image is None:
        raise none
    check_allowed(study, snapshot, _record(snapshot, page))
    return page, snapshot


def _record(snapshot: Snapshot, page: StoredPage) -> PlaceRecord:
    return next(one for one in places_of(snapshot) if page.place == one.place)


def _read(page: StoredPage) -> PageRead:
    if not isinstance(page.outcome, PageRead):
        raise TypeError(f"page {page.id} was not read")
    return page.outcome


def check_allowed(study: Study, snapshot: Snapshot, record: PlaceRecord) -> None:
    """Refuse what not even whoever holds the paper may see.

    Raises
    ------
    UsageError
        If the form is a client's of a sealed study, and nobody gave the research key.
    """
    place, layout = record.place, snapshot.layouts[record.reading.code.fingerprint]
    form = [
        one.consent
        for one in places_of(snapshot)
        if (one.place.dyad, one.place.role, one.place.wave) == (place.dyad, place.role, place.wave)
    ]
    consent = said(
        next(filter(None, form), None),
        asked=any(page.consent is not None for page in layout.pages),
    )
    shown_here = shown_to(Audience.ADMINISTRATOR, place.role, consent, sealed=seal_of(study))
    if record.is_closed or not shown_here.answers:
        raise UsageError(
            "this form is sealed: it came in, and only the research key opens what it says",
            advice="Whoever has the key starts the desk with --research-key FILE.",
        )
