"""`audit`: people read a sample of answers again, and the study is held against it."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import click

from layouts.errors import ExitCode, UsageError
from records.audit_entries import Audit, Reading, Rule, StratumPlan
from records.study import Study
from wamforms.cli.row_questions import WORDS
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, study_folder, typed
from wamforms.tasks.audit_certificate import FRAME_CHARACTERS, NAMES, write_certificate
from wamforms.tasks.audit_draw import Wanted, bounds_of, draw, plan
from wamforms.tasks.audit_results import percent, result_of
from wamforms.tasks.auditing import KeyQuestion, progress_of, to_key, to_look, word
from wamforms.tasks.outcomes import meaning_of
from wamforms.tasks.pictures import strip

AUDIT_HELP = """\b
wamforms audit mystudy plan --bound 0.1%
wamforms audit mystudy draw --bound 0.1% --seed 41536226135146235416 --seed-from "20 dice" --by AB
wamforms audit mystudy key --by AB
wamforms audit mystudy look --by CD
wamforms audit mystudy result --pdf certificate.pdf

Prove how accurate the answers are. A random sample of rows is read again by
people who do not see what the study has; only then the two are compared. Three
kinds of answers are bounded each by itself: marked and blank rows that the
machine read, and those a person settled. An audit never changes an answer.

plan says how many rows it takes, draw draws them with a number that nobody
could choose, key asks for them one by one (again later goes on), look settles
differences, result tells and writes the certificate. Without a step it says
how far the last audit is.

\b
Exit codes: 0 done, 4 rows wait to be read, 7 a bound was not reached.
"""


class Step(StrEnum):
    """What to do about an audit."""

    SHOW = "show"
    PLAN = "plan"
    DRAW = "draw"
    KEY = "key"
    LOOK = "look"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class _Order:
    """What was typed."""

    folder: Path
    wanted: Wanted
    audit: int | None
    seed: str
    seed_from: str
    by: str
    from_paper: bool
    open_picture: bool
    pdf: Path | None
    as_json: bool


@click.command(help=AUDIT_HELP)
@study_folder
@click.argument("step", type=click.Choice([one.value for one in Step]), default=Step.SHOW.value)
@click.option(
    "--bound", "bounds", multiple=True, help="Rate to rule out: 0.1%, or empty=1%. Usually 1%."
)
@click.option("--allow", type=click.IntRange(0), default=0, help="Wrong answers to have room for.")
@click.option("--sequential", is_flag=True, help="May be evaluated at any time (VVSG 1.0).")
@click.option("--readers", type=click.IntRange(1, 2), help="People who read each row.")
@click.option("--read-by", help="Only pages read by this version of wamforms.")
@click.option("--seed", default="", help="Digits of dice, or another number nobody could choose.")
@click.option("--seed-from", default="", help="Where the seed comes from, for the certificate.")
@click.option("--by", default="", help="Your initials.")
@click.option("--audit", type=click.IntRange(1), help="Number of the audit; else the last one.")
@click.option("--paper", "from_paper", is_flag=True, help="Read the paper; show no pictures.")
@click.option("--open", "open_picture", is_flag=True, help="Open each picture in a viewer.")
@click.option(
    "--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write the certificate."
)
@as_json
def audit(
    study: Path,
    step: str,
    bounds: tuple[str, ...],
    allow: int,
    sequential: bool,
    readers: int | None,
    read_by: str | None,
    seed: str,
    seed_from: str,
    by: str,
    audit: int | None,
    from_paper: bool,
    open_picture: bool,
    pdf: Path | None,
    as_json: bool,
) -> int:
    """Audit a study."""
    rule = Rule.SEQUENTIAL if sequential else Rule.FIXED
    wanted = Wanted(bounds_of(bounds), allow, rule, readers, read_by)
    order = _Order(
        study, wanted, audit, seed, seed_from, by, from_paper, open_picture, pdf, as_json
    )
    with open_study(study) as opened:
        return _STEPS[Step(step)](opened, order)


def _plan(study: Study, order: _Order) -> int:
    frame, readers, plans = plan(study, order.wanted)
    if order.as_json:
        give_json(
            {
                "rule": order.wanted.rule,
                "readers": readers,
                "forms": frame.forms,
                "read_by": frame.read_by,
                "frame": frame.digest,
                "strata": plans,
            }
        )
    for one in plans:
        say(f"  {_planned(one)}")
    say(f"{counted(sum(one.size for one in plans), 'row')} to read, each by {readers}")
    say(f"The frame begins {frame.digest[:FRAME_CHARACTERS]}; write it down, then throw the dice.")
    next_step(
        f'wamforms audit {typed(order.folder)} draw --seed DIGITS --seed-from "WHERE FROM" --by AB'
    )
    return ExitCode.OK


def _planned(one: StratumPlan) -> str:
    what = f"{NAMES[one.stratum]}: {one.size:,} of {one.frame:,}"
    if not one.frame:
        return f"{NAMES[one.stratum]}: there are none"
    if one.is_census:
        return f"{what}, which are all of them"
    return f"{what}; with {one.allowed} wrong, {percent(one.bound)} is ruled out"


def _draw(study: Study, order: _Order) -> int:
    number = draw(study, order.wanted, order.seed, order.seed_from, by=order.by)
    return _show(study, order, study.store.audit(number))


def _show(study: Study, order: _Order, found: Audit | None = None) -> int:
    audit = found or study.store.audit(order.audit)
    now = progress_of(audit)
    if order.as_json:
        give_json(now)
    for one in audit.plan.strata:
        say(f"  {_planned(one)}")
    say(f"Audit {now.audit}: {now.keyed:,} of {now.fields * now.readers:,} rows keyed")
    if now.looks_open:
        say(f"{counted(now.looks_open, 'row')} wait for a second look")
    command = f"wamforms audit {typed(order.folder)}"
    if now.is_complete:
        next_step(f"{command} result --pdf certificate.pdf")
        return ExitCode.OK
    is_keyed = now.keyed == now.fields * now.readers
    next_step(f"{command} look --by CD" if is_keyed else f"{command} key --by AB")
    return ExitCode.DOUBTS_WAIT


def _key(study: Study, order: _Order) -> int:
    audit = study.store.audit(order.audit)
    by = order.by or _initials()
    questions = to_key(study, audit, by)
    if not questions:
        say("There is nothing left for you to key; another person may have rows.")
    _ask_all(study, order, questions, by)
    return _show(study, order, study.store.audit(audit.number))


def _look(study: Study, order: _Order) -> int:
    audit = study.store.audit(order.audit)
    by = order.by or _initials()
    questions = to_look(study, audit, by)
    if not questions and progress_of(audit).looks_open:
        raise UsageError(
            "you keyed these rows alone, so another person has to look",
            advice="Let somebody else look: --by CD",
        )
    _ask_all(study, order, questions, by)
    return _show(study, order, study.store.audit(audit.number))


def _initials() -> str:
    return str(click.prompt("Your initials", err=True))


def _ask_all(study: Study, order: _Order, questions: tuple[KeyQuestion, ...], by: str) -> None:
    """Ask row by row; every key is stored at once, and nothing is told about it."""
    number = 1
    with tempfile.TemporaryDirectory(prefix="wamforms-audit-") as folder:
        while 1 <= number <= len(questions):
            question = questions[number - 1]
            say(f"\n{number} of {len(questions)}  {question.title()}")
            if not order.from_paper:
                picture = Path(folder) / f"{number:05d}.png"
                picture.write_bytes(strip(study, question.page, question.item))
                say(f"  picture: {picture}")
                if order.open_picture:
                    click.launch(str(picture))
            step = _ask(study, question, by)
            if step == 0:
                return
            number = max(1, number + step)


def _ask(study: Study, question: KeyQuestion, by: str) -> int:
    """Ask for one row, and return how far to go on; 0 ends the session."""
    if question.candidates:
        say(f"  read so far: {' or '.join(word(one) for one in question.candidates)}")
    values = "/".join(map(str, question.options))
    say(f"  bubbles from left to right: {values}")
    blank = "" if 0 in question.options else "0 blank, "
    choices = f"{values}, {blank}m several marks, u nobody can tell, b back, s skip, q stop"
    while True:
        answer = click.prompt(f"  {choices}", err=True).strip().lower()
        if answer in _STEPS_ASIDE:
            return _STEPS_ASIDE[answer]
        reading = _reading(answer, question)
        if reading is not None:
            study.store.add_audit_key(question.field, question.turn, reading, by=by)
            return 1
        say("  That is none of the choices.")


_STEPS_ASIDE = {"s": 1, "b": -1, "q": 0}


def _reading(answer: str, question: KeyQuestion) -> Reading | None:
    meant = answer if answer in map(str, question.options) else WORDS.get(answer)
    return None if meant is None else Reading(*meaning_of(meant))


def _result(study: Study, order: _Order) -> int:
    found = result_of(study, study.store.audit(order.audit))
    if order.as_json:
        give_json({**asdict(found), "is_met": found.is_met})
    for one in found.strata:
        say(f"  {NAMES[one.stratum]}: {one.verdict}" + ("" if one.is_met else "  NOT MET"))
    if order.pdf is not None:
        write_certificate(found, study.plain_file(order.pdf, "with --pdf FILE.pdf"))
        say(f"  certificate: {order.pdf}")
    for wrong in found.wrong:
        where = f"{wrong.dyad} {wrong.role} wave {wrong.wave}, {wrong.item}"
        say(f"  {where}: the study had {wrong.had}, the paper has {wrong.paper}; to put it right:")
        say(f"    wamforms settle {typed(order.folder)} --by AB --decide {wrong.decision}")
    next_step(f"wamforms status {typed(order.folder)}")
    return ExitCode.OK if found.is_met else ExitCode.CHECKS_FAILED


_STEPS: dict[Step, Callable[[Study, _Order], int]] = {
    Step.SHOW: _show,
    Step.PLAN: _plan,
    Step.DRAW: _draw,
    Step.KEY: _key,
    Step.LOOK: _look,
    Step.RESULT: _result,
}
