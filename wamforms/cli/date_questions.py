"""`settle` for dates on forms that the reader is not sure of."""

from collections.abc import Iterable, Mapping

import click

from layouts.errors import UsageError
from records.study import Study
from wamforms.cli.voice import say, typed
from wamforms.tasks.dates import EXAMPLE, DateQuestion, date_questions, typed_date

DATE = "date/"
"""Start of the name of a date in `--decide date/12=23-11-26`."""

NO_DATE = frozenset({"0", "blank", "u", "unreadable"})
"""Answers that leave a form without a date."""


def ask_date(study: Study, question: DateQuestion, by: str, steps: Mapping[str, int]) -> int:
    """Ask for one date, and return how far to go on; 0 ends the session."""
    while True:
        asked = f"  type the date, such as {EXAMPLE} (0 none, u nobody can tell, b back, s skip"
        answer = click.prompt(f"{asked}, q stop)", err=True).strip().lower()
        if answer in steps:
            return steps[answer]
        try:
            value = _value(question, answer)
        except UsageError as error:
            say(f"  {error} {error.advice}")
            continue
        study.store.add_date_verdict(question.page.id, value, by=by)
        return 1


def date_verdicts(study: Study, decisions: Iterable[str]) -> dict[int, str | None]:
    """Check decisions given as date/12=23-11-26; nothing is stored yet.

    Raises
    ------
    UsageError
        If no date of the page waits or was decided about, or the date is no day.
    """
    snapshot = study.store.snapshot()
    every = (*date_questions(snapshot, settled=True), *date_questions(snapshot))
    known = {f"{DATE}{one.page.id}": one for one in every}
    verdicts: dict[int, str | None] = {}
    for text in decisions:
        name, _, answer = text.partition("=")
        if name not in known:
            raise UsageError(
                f"{name} does not wait, and nobody decided about it before",
                advice=f"List what waits: wamforms settle {typed(study.folder)} --list",
            )
        if known[name].page.id in verdicts:
            raise click.UsageError(f"{name} is decided twice; give it one date")
        verdicts[known[name].page.id] = _value(known[name], answer.strip().lower())
    return verdicts


def listed_date(question: DateQuestion) -> dict[str, object]:
    """Describe a question for `--list --json`."""
    return {"kind": "date", "page": question.page.id, "doubt": question.found.doubt}


def _value(question: DateQuestion, answer: str) -> str | None:
    return None if answer in NO_DATE else typed_date(answer, question.page.at)
