"""`settle` for dates on forms that the reader is not sure of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click

from layouts.errors import UsageError
from records.envelopes import sealed_error
from records.study import Study
from wamforms.cli.voice import say, typed
from wamforms.tasks.dates import EXAMPLE, DateQuestion, date_questions, typed_date
from wamforms.tasks.deciding import decide_date
from wamforms.tasks.outcomes import NO_DATE

DATE = "date/"
"""Start of the name of a date in `--decide date/12=23-11-26`."""

NO_DATE_WORDS = frozenset({"0", "blank", "u", "unreadable"})
"""Answers that leave a form without a date."""


@dataclass(frozen=True, slots=True)
class TypedDate:
    """What a person typed for the date on a page.

    Attributes
    ----------
    after
        Number of the last decision about it; 0 if there was none.
    """

    page: int
    typed: str
    after: int


def ask_date(study: Study, question: DateQuestion, by: str, steps: Mapping[str, int]) -> int:
    """Ask for one date, and return how far to go on; 0 ends the session."""
    page, after = question.page.id, _last_number(study, question)
    while True:
        asked = f"  type the date, such as {EXAMPLE} (0 none, u nobody can tell, b back, s skip"
        answer = click.prompt(f"{asked}, q stop)", err=True).strip().lower()
        if answer in steps:
            return steps[answer]
        try:
            outcome = decide_date(study, page, _value(question, answer), after=after, by=by)
        except UsageError as error:
            say(f"  {error} {error.advice}")
            continue
        if outcome.is_stored:
            return 1
        say(f"  {outcome.by} has decided this meanwhile: {outcome.answer}. Nothing was stored.")
        after = outcome.after


def date_verdicts(study: Study, decisions: Iterable[str]) -> dict[str, TypedDate]:
    """Check decisions given as date/12=23-11-26; nothing is stored yet.

    Raises
    ------
    UsageError
        If no date of the page waits or was decided about, or the date is no day.
    """
    snapshot = study.store.arrivals()
    every = (*date_questions(snapshot, settled=True), *date_questions(snapshot))
    known = {f"{DATE}{one.page.id}": one for one in every}
    verdicts: dict[str, TypedDate] = {}
    for text in decisions:
        name, _, answer = text.partition("=")
        if name not in known:
            if study.hides_clients:
                raise sealed_error(f"{name}, if it is of a client's sheet,")
            raise UsageError(
                f"{name} does not wait, and nobody decided about it before",
                advice=f"List what waits: wamforms settle {typed(study.folder)} --list",
            )
        question = known[name]
        if name in verdicts:
            raise click.UsageError(f"{name} is decided twice; give it one date")
        value = _value(question, answer.strip().lower())
        verdicts[name] = TypedDate(question.page.id, value, _last_number(study, question))
    return verdicts


def listed_date(question: DateQuestion) -> dict[str, object]:
    """Describe a question for `--list --json`."""
    return {"kind": "date", "page": question.page.id, "doubt": question.found.doubt}


def _value(question: DateQuestion, answer: str) -> str:
    """Check an answer, so that a list of decisions is refused before any of it is stored."""
    if answer in NO_DATE_WORDS:
        return NO_DATE
    typed_date(answer, question.page.at)
    return answer


def _last_number(study: Study, question: DateQuestion) -> int:
    last = study.store.last_date_verdict(question.page.id)
    return last.number if last else 0
