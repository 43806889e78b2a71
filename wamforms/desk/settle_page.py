"""Settle: one card for each doubt, one key for each answer."""

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter
from starlette.responses import Response

from layouts.errors import UsageError
from wamforms.desk.leases import Leases
from wamforms.desk.visits import Part, Visit, act, look
from wamforms.desk.words import N_
from wamforms.tasks.asides import put_aside
from wamforms.tasks.cards import Card, CardKind
from wamforms.tasks.codes import check_page_code, page_code_picture
from wamforms.tasks.dates import check_page_date, page_date_picture
from wamforms.tasks.deciding import (
    UNDOABLE,
    choose_scan,
    decide_date,
    decide_page_code,
    decide_row,
    take_back,
)
from wamforms.tasks.deck import deck_of
from wamforms.tasks.outcomes import OPEN
from wamforms.tasks.pictures import note_views, row_picture, sheet_picture
from wamforms.tasks.settling import decided_since, pages_moved

DEAL = 60
"""More cards than that at once are not dealt: they are logged as seen."""

_CARDS: TypeAdapter[Card] = TypeAdapter(Card)
"""Takes a card apart in a fifth of the time of `asdict`, and there may be thousands."""

GROUPS = {
    "code": N_("Page without a code"),
    "scans": N_("Two scans differ"),
    "date": N_("Date"),
    "several marks": N_("Several marks"),
    "faint mark": N_("Faint mark"),
    "nearly blank": N_("Nearly blank"),
    "ink on or around the outline": N_("Ink on or around the outline"),
    "unlike the other marks": N_("Unlike the other marks"),
    "unclear correction": N_("Unclear correction"),
    "a second look differs": N_("A second look differs"),
    "two scans differ": N_("Two scans differ"),
}


def settle(visit: Visit) -> Response:
    """Show the desk that the cards are dealt on."""
    return visit.show("settle.html", by=visit.by, groups=GROUPS, keys=visit.session.keys)


def deck(visit: Visit) -> Response:
    """Give all cards, without their pictures."""
    moved = pages_moved(visit.study)
    found = deck_of(visit.study)
    mine = [card for card in found.settled if card.by == visit.by]
    return visit.give(
        waiting=[_told(visit, card) for card in found.waiting],
        settled=[_told(visit, card) for card in mine],
        taken_back=found.taken_back,
        moved=moved,
        last=max((one.after for one in found.settled if one.kind is CardKind.ROW), default=0),
    )


def _told(visit: Visit, card: Card) -> dict[str, Any]:
    told: dict[str, Any] = _CARDS.dump_python(card, mode="json")
    return {**told, "remark": visit.words.sentence(card.remark)}


def deal(visit: Visit) -> Response:
    """Deal cards to a window: note that their pages are seen, and who has them."""
    window, cards = str(_field(visit, "window")), _field(visit, "cards")
    if not isinstance(cards, list) or len(cards) > DEAL:
        raise _unclear()
    taken = _leases(visit).take(window, [str(card) for card in cards])
    mine = [str(card) for card in cards if str(card) not in taken]
    pages = {int(page) for card in mine for page in _pages(card)}
    new = pages - visit.session.dealt
    if new:
        note_views(visit.study, sorted(new), by=visit.by)
        visit.session.dealt |= new
    return visit.give(mine=mine, taken=taken)


def release(visit: Visit) -> Response:
    """Take the cards back from a window that is being closed."""
    _leases(visit).release(str(_field(visit, "window")))
    return visit.give(is_released=True)


def decide(visit: Visit) -> Response:
    """Store one decision, or that one is taken back."""
    kind, page = str(_field(visit, "kind")), _number(visit, "page")
    answer, after = str(_field(visit, "answer")), _number(visit, "after")
    if kind == "row":
        where = (page, visit.data.get("item", ""))
        took_ms = visit.data.get("took_ms")
        outcome = decide_row(
            *(visit.study, where, answer),
            after=after,
            by=visit.by,
            took_ms=took_ms if isinstance(took_ms, int) and took_ms >= 0 else None,
        )
    elif kind in UNDOABLE and answer == OPEN:
        outcome = take_back(visit.study, UNDOABLE[kind], page, after=after, by=visit.by)
    elif kind == "date":
        outcome = decide_date(visit.study, page, answer, after=after, by=visit.by)
    elif kind == "scans":
        shown = [int(one) for one in _field(visit, "shown")]
        outcome = choose_scan(visit.study, shown, int(answer), after=after, by=visit.by)
    elif kind == "code":
        outcome = decide_page_code(visit.study, page, answer, after=after, by=visit.by)
    else:
        raise _unclear()
    return visit.give(200 if outcome.is_stored else 409, **asdict(outcome))


def aside(visit: Visit) -> Response:
    """Park a card, put its page on the list to scan again, or note something."""
    put_aside(
        visit.study,
        _number(visit, "page"),
        str(visit.data.get("item", "")),
        str(_field(visit, "mark")),
        str(visit.data.get("text", "")),
        by=visit.by,
    )
    return visit.give(is_stored=True)


def check(visit: Visit) -> Response:
    """Say of what somebody types whether it can be right; nothing is stored."""
    page, typed = _number(visit, "page"), str(visit.data.get("typed", ""))
    if _field(visit, "kind") == "code":
        return visit.give(means=check_page_code(visit.study, page, typed))
    return visit.give(means=visit.words.day(check_page_date(visit.study, page, typed)))


def since(visit: Visit) -> Response:
    """Give what was decided after a decision, in any window, and whether pages came or went."""
    found = decided_since(visit.study, int(visit.path["number"]))
    return visit.give(decided=[asdict(one) for one in found], moved=pages_moved(visit.study))


def row(visit: Visit) -> Response:
    """Give the picture of a row."""
    whole = visit.query.get("whole") == "1"
    page = _dealt(visit)
    return _png(row_picture(visit.study, page, visit.path["item"], whole_row=whole))


def sheet(visit: Visit) -> Response:
    """Give the picture of a whole page."""
    picture = sheet_picture(visit.study, _dealt(visit), visit.query.get("item", ""))
    return Response(picture, media_type="image/jpeg")


def code(visit: Visit) -> Response:
    """Give the picture of where a page's code stands."""
    return _png(page_code_picture(visit.study, _dealt(visit)))


def date(visit: Visit) -> Response:
    """Give the picture of a date."""
    return _png(page_date_picture(visit.study, _dealt(visit)))


def keys(visit: Visit) -> Response:
    """Keep which keys somebody wants, or that they want none."""
    wanted = _field(visit, "keys")
    if not isinstance(wanted, dict) or len(str(wanted)) > 2000:
        raise _unclear()
    visit.session.keys = {str(name): str(code) for name, code in wanted.items()}
    return visit.give(is_stored=True)


def _dealt(visit: Visit) -> int:
    """Return the page that is asked for, if it was dealt to this session."""
    page = int(visit.path["page"])
    if page not in visit.session.dealt:
        raise UsageError(f"page {page} was not dealt", advice="Open the page Settle anew.")
    return page


def _png(picture: bytes) -> Response:
    return Response(picture, media_type="image/png")


def _pages(card: str) -> list[str]:
    """Read the pages of a card out of its name."""
    kind, page, *_ = f"{card}//".split("/")
    pages = page.split("+") if kind == "scans" else [page]
    if not all(one.isascii() and one.isdecimal() for one in pages):
        raise _unclear()
    return pages


def _field(visit: Visit, name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if not isinstance(visit.data, dict) or name not in visit.data:
        raise _unclear()
    return visit.data[name]


def _number(visit: Visit, name: str) -> int:
    found = _field(visit, name)
    if not isinstance(found, int):
        raise _unclear()
    return found


def _unclear() -> UsageError:
    return UsageError("the page asked for something unclear", advice="Load the page anew.")


def _leases(visit: Visit) -> Leases:
    leases: Leases = visit.desk.services.setdefault("leases", Leases())
    return leases


PART = Part(
    "settle",
    (
        look("/settle", settle),
        look("/settle/deck", deck),
        act("/settle/deal", deal),
        act("/settle/release", release),
        act("/settle/decide", decide),
        act("/settle/aside", aside),
        act("/settle/check", check),
        act("/settle/keys", keys),
        look("/settle/since/{number:int}", since),
        look("/settle/row/{page:int}/{item}", row),
        look("/settle/sheet/{page:int}", sheet),
        look("/settle/code/{page:int}", code),
        look("/settle/date/{page:int}", date),
    ),
    N_("Settle"),
)
