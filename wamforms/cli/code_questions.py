"""`settle` for pages whose code could not be read: a person types it."""

from collections.abc import Iterable, Mapping

import click

from layouts.errors import UsageError
from records.envelopes import sealed_error
from records.study import Study
from records.taken_back import Decided
from wamforms.cli.voice import say, typed
from wamforms.tasks.codes import (
    CodeQuestion,
    CodeVerdict,
    checked_code,
    code_questions,
    decide_code,
)
from wamforms.tasks.copies import EXAMPLE
from wamforms.tasks.deciding import take_back

PAGE = "page/"
"""Start of the name of a page in `--decide page/12=CODE`."""

NOBODY_CAN_TELL = frozenset({"u", "unreadable"})
"""Answers that set a page aside: it is none of the study's, or the paper is spoilt too."""


_KEYS = "u nobody can tell, b back, s skip, q stop"


def ask_code(study: Study, question: CodeQuestion, by: str, steps: Mapping[str, int]) -> int:
    """Ask for one code, and return how far to go on; 0 ends the session.

    A page has one code: who comes back to it takes the first one back.
    """
    page = question.page.id
    if (last := study.store.typed_code_of(page)) is not None:
        take_back(study, Decided.CODE, page, after=last.number, by=by)
        say(f"  taken back: {last.code or 'nobody can tell'}")
    while True:
        answer = click.prompt(f"  {_asked(question)} ({_KEYS})", err=True).strip()
        if answer.lower() in steps:
            return steps[answer.lower()]
        try:
            read = decide_code(study, _verdict(study, question, answer), by=by)
        except UsageError as error:
            say(f"  {error} {error.advice}")
            continue
        if read is not None:
            say(f"  read; as a scan of its place it is: {read.standing}")
        return 1


def _asked(question: CodeQuestion) -> str:
    if question.master is None:
        return "type the code as printed"
    return f"type whose form it is, such as {EXAMPLE}"


def code_verdicts(study: Study, decisions: Iterable[str]) -> list[CodeVerdict]:
    """Check decisions given as page/12=CODE; nothing is stored yet.

    Raises
    ------
    UsageError
        If a page does not wait for its code, or the code is not its own.
    """
    waiting = {f"{PAGE}{one.page.id}": one for one in code_questions(study.store.arrivals())}
    verdicts: dict[str, CodeVerdict] = {}
    for text in decisions:
        name, _, answer = text.partition("=")
        if name not in waiting:
            if study.hides_clients:
                raise sealed_error(f"{name}, which may be a client's,")
            raise UsageError(
                f"{name} does not wait for its code",
                advice=f"List what waits: wamforms settle {typed(study.folder)} --list",
            )
        if name in verdicts:
            raise click.UsageError(f"{name} is decided twice; give it one code")
        verdicts[name] = _verdict(study, waiting[name], answer)
    return list(verdicts.values())


def listed_code(question: CodeQuestion) -> dict[str, object]:
    """Describe a question for `--list --json`."""
    return {
        "kind": "code",
        "page": question.page.id,
        "source": question.page.outcome.source,
        "remark": question.remark,
    }


def _verdict(study: Study, question: CodeQuestion, answer: str) -> CodeVerdict:
    if answer.strip().lower() in NOBODY_CAN_TELL:
        return CodeVerdict(question, None, None)
    return checked_code(study, question, answer)
