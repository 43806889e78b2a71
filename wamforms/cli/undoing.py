"""`settle --undo`: decisions that are taken back, by the names that `--decide` has for them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import click

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import ItemId
from records.study import Study
from records.taken_back import Decided
from wamforms.cli.code_questions import PAGE
from wamforms.cli.date_questions import DATE
from wamforms.cli.voice import say
from wamforms.tasks.deciding import decide_row, take_back
from wamforms.tasks.outcomes import OPEN, Outcome, insist, standing
from wamforms.tasks.settling import settled_questions

SCANS = "scans/"
"""Start of the name of a choice between scans: the number of any of them follows."""

KINDS: Mapping[str, Decided] = MappingProxyType(
    {PAGE: Decided.CODE, DATE: Decided.DATE, SCANS: Decided.CHOICE}
)


def undo(study: Study, names: Iterable[str], by: str) -> None:
    """Take decisions back: all of them, or none.

    Raises
    ------
    UsageError
        If one of them is no decision that holds.
    """
    with study.store.step():
        for name in names:
            kind = next((kind for start, kind in KINDS.items() if name.startswith(start)), None)
            outcome = _undo_row(study, name, by) if kind is None else _undo(study, name, kind, by)
            insist(outcome, name)
            now = "it waits again" if outcome.answer == OPEN else f"it is {outcome.answer} again"
            say(f"  {name}: {now}")


def _undo(study: Study, name: str, kind: Decided, by: str) -> Outcome:
    number = name.partition("/")[2]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise click.UsageError(f"{name!r} does not end in the number of a page")
    last = standing(study, kind, int(number))
    if last is None:
        raise _nothing(name)
    return take_back(study, kind, int(number), after=last.after, by=by)


def _undo_row(study: Study, name: str, by: str) -> Outcome:
    """Open a row again: what a person said of it before is not looked for."""
    for one in settled_questions(study):
        where = one.place
        if name == f"{shown(where.dyad)}/{where.role}/{where.wave}/{one.item}":
            page = one.page.id
            last = study.store.last_verdict(page, ItemId(one.item))
            if last is not None:
                return decide_row(study, (page, one.item), OPEN, after=last.number, by=by)
    raise _nothing(name)


def _nothing(name: str) -> UsageError:
    return UsageError(
        f"nobody has decided {name}, or it was taken back",
        advice=f"Name a row as CODE/ROLE/WAVE/ITEM, a typed code as {PAGE}NUMBER, a date as"
        f" {DATE}NUMBER, or a choice between scans as {SCANS}NUMBER.",
    )
