"""`settle` for rows that wait for a person, and for pages that were scanned twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click

from layouts.dyadcode import parse_dyad_code
from layouts.errors import UsageError
from layouts.model import CONSENT_VALUES, DyadCode, ItemId, Role
from records.envelopes import sealed_error
from records.study import Study
from scan.adjudicate import Meaning, Verdict
from wamforms.cli.voice import say, typed
from wamforms.tasks.deciding import choose_scan, decide_row
from wamforms.tasks.outcomes import Outcome, answer_of
from wamforms.tasks.settling import ItemQuestion, ScansQuestion, open_questions, settled_questions

WORDS = {
    "0": "blank",
    "blank": "blank",
    "m": "several",
    "several": "several",
    "u": "unreadable",
    "unreadable": "unreadable",
}
"""What a person may type instead of a value, and the answer it is."""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What a person named as the answer to a row.

    Attributes
    ----------
    where
        The page that counts, and the row.
    after
        Number of the last decision about it; 0 if there was none.
    """

    where: tuple[int, ItemId]
    answer: str
    after: int


def row_verdicts(study: Study, decisions: Iterable[str]) -> dict[str, RowVerdict]:
    """Check decisions given as CODE/ROLE/WAVE/ITEM=ANSWER; nothing is stored yet.

    Raises
    ------
    UsageError
        If a row does not wait and nobody decided about it, or the answer is none of its own.
    """
    known = {
        (one.place.dyad, one.place.role, one.place.wave, str(one.item)): one
        for one in (*settled_questions(study), *open_questions(study))
        if isinstance(one, ItemQuestion)
    }
    decided: dict[_Key, str] = {}
    verdicts: dict[str, RowVerdict] = {}
    for text in decisions:
        name, _, typed_answer = text.partition("=")
        key = _key(text, name)
        if key not in known:
            insist_on_no_seal(study, name, key[1])
            raise UsageError(
                f"{name} does not wait for a decision, and nobody decided about it before",
                advice=f"List what waits: wamforms settle {typed(study.folder)} --list",
            )
        if key in decided:
            raise click.UsageError(f"{name} is decided twice; give it one answer")
        decided[key] = _answer(name, typed_answer, known[key])
        where = _where(known[key])
        verdicts[name] = RowVerdict(where, decided[key], _number(study.store.last_verdict(*where)))
    return verdicts


def ask_row(study: Study, question: ItemQuestion, by: str, steps: Mapping[str, int]) -> int:
    """Ask about one row, and return how far to go on; 0 ends the session."""
    for bubble in question.bubbles:
        bar = "█" * round(bubble.fill * 40)
        means = f"  {CONSENT_VALUES[bubble.value]}" if question.is_consent else ""
        say(f"  {bubble.value}  {bubble.fill:5.1%}  {bubble.mark:<7} {bar}{means}")
    last = study.store.last_verdict(*_where(question))
    if last is not None and last.meaning is not Meaning.WITHDRAWN:
        say(f"  so far: {answer_of(last.meaning, last.value)}, by {last.by}")
    after = _number(last)
    while True:
        typed_answer = click.prompt(f"  {_choices(question)}", err=True).strip().lower()
        if typed_answer in steps:
            return steps[typed_answer]
        answer = _parsed(typed_answer, question)
        if answer is None:
            say("  That is none of the choices.")
            continue
        outcome = decide_row(study, _where(question), answer, after=after, by=by)
        if outcome.is_stored:
            return 1
        _say_lost(outcome)
        after = outcome.after


def ask_scans(study: Study, question: ScansQuestion, by: str, steps: Mapping[str, int]) -> int:
    """Ask which scan of a page counts, and return how far to go on; 0 ends the session."""
    for number, page in enumerate(question.scans, 1):
        say(f"  {number}  {page.outcome.source}, read {page.at}")
    last = study.store.decided_at(question.place)
    after = last.number if last else 0
    shown = [page.id for page in question.scans]
    choices = [str(number) for number in range(1, len(shown) + 1)]
    while True:
        answer = click.prompt(
            "  which one counts (b back, s skip, q stop)",
            type=click.Choice([*choices, *steps]),
            show_choices=False,
            err=True,
        )
        if answer in steps:
            return steps[answer]
        outcome = choose_scan(study, shown, shown[int(answer) - 1], after=after, by=by)
        if outcome.is_stored:
            return 1
        _say_lost(outcome)
        after = outcome.after


def insist_on_no_seal(study: Study, name: str, role: Role) -> None:
    """Say why nothing is known of a client's row, if that is so.

    Raises
    ------
    LockedError
        If it is sealed and nobody gave the research key.
    """
    if study.hides_clients and role is Role.CLIENT:
        raise sealed_error(name)


def _say_lost(outcome: Outcome) -> None:
    say(f"  {outcome.by} has decided this meanwhile: {outcome.answer}. Nothing was stored; answer")
    say("  again if you see it differently, or s to leave it.")


def _where(question: ItemQuestion) -> tuple[int, ItemId]:
    return question.page.id, question.item


def _number(last: Verdict | None) -> int:
    return last.number if last else 0


_Key = tuple[DyadCode, Role, int, str]


def _key(text: str, name: str) -> _Key:
    parts = name.split("/")
    if len(parts) != 4 or not parts[2].isdecimal() or parts[1] not in set(Role):
        raise click.UsageError(f"{text!r} is not CODE/ROLE/WAVE/ITEM=ANSWER")
    return parse_dyad_code(parts[0]), Role(parts[1]), int(parts[2]), parts[3]


def _answer(name: str, typed_answer: str, question: ItemQuestion) -> str:
    answer = _parsed(typed_answer, question)
    if answer is None:
        choices = ", ".join(str(bubble.value) for bubble in question.bubbles)
        raise click.UsageError(
            f"{typed_answer!r} is no answer to {name};"
            f" choose one of {choices}, blank, several, unreadable"
        )
    return answer


def _parsed(typed_answer: str, question: ItemQuestion) -> str | None:
    typed_answer = typed_answer.strip().lower()
    if any(typed_answer == str(bubble.value) for bubble in question.bubbles):
        return typed_answer
    return WORDS.get(typed_answer)


def _choices(question: ItemQuestion) -> str:
    values = "/".join(str(bubble.value) for bubble in question.bubbles)
    blank = "" if any(bubble.value == 0 for bubble in question.bubbles) else "0 blank, "
    return f"{values}, {blank}m several, u unreadable, b back, s skip, q stop"
