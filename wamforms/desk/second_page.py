"""Second reader: the same rows again, blind, and what comes of it."""

from dataclasses import asdict

from starlette.responses import Response

from layouts.errors import UsageError
from layouts.model import ItemId
from wamforms.desk.visits import Part, Visit, act, look
from wamforms.desk.words import N_
from wamforms.tasks.deciding import decide_row
from wamforms.tasks.outcomes import insist
from wamforms.tasks.pictures import note_views
from wamforms.tasks.second_reading import (
    SHARES,
    answer_again,
    begin_second_reading,
    blind_cards,
    second_result,
)

DEAL = 20
"""Rows whose pictures are logged as seen, and sent, together."""

ANSWERS = {
    "blank": N_("blank"),
    "several": N_("several"),
    "unreadable": N_("unreadable"),
}


def second(visit: Visit) -> Response:
    """Show the round under way, or what the last one has shown, and how to begin one."""
    result = second_result(visit.study)
    is_reading = result is not None and not result.is_done
    return visit.show(
        "second.html",
        by=visit.by,
        result=result,
        is_reading=is_reading and result is not None and result.by == visit.by,
        shares=SHARES,
        answers=ANSWERS,
        shown=[one for one in (result.differences if result else ()) if _seen(visit, one.page)],
    )


def begin(visit: Visit) -> Response:
    """Begin a round."""
    try:
        share = float(visit.form.get("share", ""))
    except ValueError as error:
        raise UsageError("that is no share", advice="Choose one of the list.") from error
    begin_second_reading(visit.study, share, by=visit.by)
    return visit.go("/second")


def cards(visit: Visit) -> Response:
    """Deal the next rows: note that their pages are seen, and give them without any answer."""
    mine = blind_cards(visit.study)
    _deal(visit, [one.page for one in mine[:DEAL]])
    return visit.give(cards=[asdict(one) for one in mine[:DEAL]], left=len(mine))


def answer(visit: Visit) -> Response:
    """Store one answer of the second reader."""
    data = visit.data if isinstance(visit.data, dict) else {}
    card, took_ms = data.get("card"), data.get("took_ms")
    if not isinstance(card, int):
        raise UsageError("the page asked for something unclear", advice="Load the page anew.")
    answer_again(
        visit.study,
        card,
        str(data.get("answer", "")),
        by=visit.by,
        took_ms=took_ms if isinstance(took_ms, int) and took_ms >= 0 else None,
    )
    return visit.give(is_stored=True)


def differences(visit: Visit) -> Response:
    """Deal the rows on which two people differ, and show them."""
    result = second_result(visit.study)
    _deal(visit, [one.page for one in (result.differences[:DEAL] if result else ())])
    return visit.go("/second")


def decide(visit: Visit) -> Response:
    """Store what a third look says."""
    form = visit.form
    where = (_number(visit, "page"), ItemId(form.get("item", "")))
    answer = form.get("answer", "")
    outcome = decide_row(visit.study, where, answer, after=_number(visit, "after"), by=visit.by)
    insist(outcome, "this row")
    return visit.go("/second")


def _number(visit: Visit, name: str) -> int:
    text = visit.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError("the page asked for something unclear", advice="Load the page anew.")
    return int(text)


def _deal(visit: Visit, pages: list[int]) -> None:
    new = set(pages) - visit.session.dealt
    if new:
        note_views(visit.study, sorted(new), by=visit.by)
        visit.session.dealt |= new


def _seen(visit: Visit, page: int) -> bool:
    return page in visit.session.dealt


PART = Part(
    "second",
    (
        look("/second", second),
        act("/second/begin", begin),
        act("/second/cards", cards),
        act("/second/answer", answer),
        act("/second/differences", differences),
        act("/second/decide", decide),
    ),
    N_("Second reader"),
)
