"""What people have put on the list to scan again."""

from dataclasses import dataclass

from records.card_entries import CardMark
from records.study import Study


@dataclass(frozen=True, slots=True)
class Rescan:
    """A page that somebody wants to see scanned again.

    Attributes
    ----------
    whose
        Code, role and wave, as far as the code could be read.
    """

    page: int
    source: str
    whose: str
    by: str
    at: str


def rescan_list(study: Study) -> tuple[Rescan, ...]:
    """List the pages that are on the list and of which no later scan is in."""
    wanted: dict[tuple[int, str], tuple[str, str] | None] = {}
    for one in study.store.marks():
        if one.mark in (CardMark.RESCAN, CardMark.NO_RESCAN):
            is_on = one.mark is CardMark.RESCAN
            wanted[one.page, one.item] = (one.by, one.at) if is_on else None
    found: dict[int, Rescan] = {}
    for (number, _), said in wanted.items():
        if said is None or number in found:
            continue
        page = study.store.page(number)
        place = page.place
        later = study.store.pages_at(place) if place else ()
        if any(other.id > number and other.scan() is not None for other in later):
            continue
        code = page.code
        whose = code.for_people() if code else ""
        found[number] = Rescan(number, page.outcome.source, whose, *said)
    return tuple(found[number] for number in sorted(found))
