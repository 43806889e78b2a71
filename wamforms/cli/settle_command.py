"""`settle`: what the reader left open, and what a person decides about it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from layouts.dyadcode import shown
from layouts.errors import ExitCode, UsageError
from records.study import Study
from scan.secrecy import may_be_clients
from wamforms.cli.code_questions import PAGE, ask_code, code_verdicts, listed_code
from wamforms.cli.date_questions import DATE, ask_date, date_verdicts, listed_date
from wamforms.cli.row_questions import ask_row, ask_scans, row_verdicts
from wamforms.cli.undoing import undo as take_back
from wamforms.cli.unlocking import open_study, research_key
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, study_folder, typed
from wamforms.tasks.codes import CodeQuestion, code_picture, decide_code
from wamforms.tasks.dates import DateQuestion, date_picture
from wamforms.tasks.deciding import decide_date, decide_row
from wamforms.tasks.outcomes import insist
from wamforms.tasks.pictures import note_view, strip
from wamforms.tasks.secrecy import told_sealed
from wamforms.tasks.settling import ItemQuestion, Question, ScansQuestion, open_questions

SETTLE_HELP = """\b
wamforms settle mystudy
wamforms settle mystudy --list --json
wamforms settle mystudy --by AB --decide K7Q4-2M9Y/client/1/q07=3
wamforms settle mystudy --research-key my.key --by AB
wamforms settle mystudy --by AB --decide "page/12=K7Q4-2M9Y C1 p1 00A7"
wamforms settle mystudy --by AB --decide "page/13=4827 1935 C1" --decide date/14=23-11-26
wamforms settle mystudy --by AB --undo page/12 --undo K7Q4-2M9Y/client/1/q07

Answer what the reader left open. Each question shows the row's measured ink
and the name of a picture of it. Keys: the value, 0 blank, m several marks,
u unreadable, b back to the question before, s skip, q stop. Every answer is
stored at once. With --decide an answer can be changed later; both are kept,
and the last one counts. With --undo it is taken back: the question waits again,
or what was decided before holds. A choice between scans is scans/NUMBER there.

A page whose code could not be read comes first: type the code that the picture
shows. It has to be on the print list, and the page is then read with it. On a
photocopied form that is the paper number, who and which wave. Dates that are
hard to read come last; no answer waits for them.

The row that asks what the professional may see is the item "consent": 1 all
answers, 2 factor scores, 3 nothing. Until it is settled they see nothing.

In a sealed study clients' sheets, and pages whose code could not be read, are
asked about only with --research-key. Their pictures are not written to the disk
here: wamforms desk --research-key shows them.
"""

STEPS = {"s": 1, "b": -1, "q": 0}
"""Keys that answer nothing, and how far they go on among the questions; 0 ends the session."""


@click.command(help=SETTLE_HELP)
@study_folder
@click.option("--by", help="Your initials; they are stored with each decision.")
@click.option("--list", "only_list", is_flag=True, help="Only list what waits.")
@click.option(
    "--decide",
    multiple=True,
    help="CODE/ROLE/WAVE/ITEM=ANSWER, page/NUMBER=CODE or date/NUMBER=DATE; may be repeated.",
)
@click.option(
    "--undo",
    multiple=True,
    help="CODE/ROLE/WAVE/ITEM, page/NUMBER, date/NUMBER or scans/NUMBER; may be repeated.",
)
@click.option("--open", "open_picture", is_flag=True, help="Open each picture in a viewer.")
@research_key
@as_json
def settle(
    study: Path,
    by: str | None,
    only_list: bool,
    decide: tuple[str, ...],
    undo: tuple[str, ...],
    open_picture: bool,
    research_key: Path | None,
    as_json: bool,
) -> int:
    """Answer the doubts."""
    with open_study(study, research_key) as opened:
        if not only_list:
            if decide or undo:
                by = by or _initials()
                take_back(opened, undo, by)
                _decide_named(opened, decide, by)
            elif open_questions(opened):
                _ask_all(opened, by or _initials(), open_picture)
        left = open_questions(opened)
        sealed = told_sealed(opened.store.arrivals())
    if as_json:
        give_json([_listed(one) for one in left])
    elif only_list:
        for one in left:
            say(f"  {one.title()}: {_why(one)}")
    say(f"{counted(len(left), 'question')} wait" + ("s" if len(left) == 1 else ""))
    for line in sealed:
        say(f"  {line}")
    next_step(
        f"wamforms settle {typed(study)}" if left else f"wamforms export {typed(study)} TABLES"
    )
    return ExitCode.DOUBTS_WAIT if left else ExitCode.OK


def _initials() -> str:
    """Ask who decides; a script that did not say so cannot be asked."""
    try:
        return str(click.prompt("Your initials", err=True))
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise UsageError(
                "a decision needs to say who decided",
                advice="Give your initials: --by AB",
            ) from error
        raise


def _listed(question: Question) -> dict[str, object]:
    if isinstance(question, CodeQuestion):
        return listed_code(question)
    if isinstance(question, DateQuestion):
        return {**_where(question), **listed_date(question)}
    common = _where(question)
    if isinstance(question, ScansQuestion):
        return {**common, "kind": "scans", "differing": question.differing}
    return {
        **common,
        "kind": "item",
        "item": question.item,
        "doubts": question.doubts,
        "suggestion": question.suggestion,
        "fills": {bubble.value: bubble.fill for bubble in question.bubbles},
    }


def _where(question: ScansQuestion | ItemQuestion | DateQuestion) -> dict[str, object]:
    return {
        "dyad": shown(question.place.dyad),
        "role": question.place.role,
        "wave": question.place.wave,
        "form_page": question.place.page,
    }


def _why(question: Question) -> str:
    if isinstance(question, CodeQuestion):
        return question.remark
    if isinstance(question, DateQuestion):
        return str(question.found.doubt)
    if isinstance(question, ScansQuestion):
        return f"differ in {', '.join(question.differing) or 'the print they are of'}"
    return ", ".join(question.doubts)


def _decide_named(study: Study, decisions: Iterable[str], by: str) -> None:
    """Store decisions named as `--decide` has them: all, or none."""
    texts = list(decisions)
    rows = row_verdicts(study, [text for text in texts if not text.startswith((PAGE, DATE))])
    dates = date_verdicts(study, [text for text in texts if text.startswith(DATE)])
    codes = code_verdicts(study, [text for text in texts if text.startswith(PAGE)])
    with study.store.step():
        for name, row in rows.items():
            insist(decide_row(study, row.where, row.answer, after=row.after, by=by), name)
        for name, date in dates.items():
            insist(decide_date(study, date.page, date.typed, after=date.after, by=by), name)
    for verdict in codes:
        decide_code(study, verdict, by=by)


def _ask_all(study: Study, by: str, open_picture: bool) -> None:
    questions = open_questions(study)
    number = 1
    with tempfile.TemporaryDirectory(prefix="wamforms-settle-") as folder:
        while 1 <= number <= len(questions):
            question = questions[number - 1]
            say(f"\n{number} of {len(questions)}  {question.title()}: {_why(question)}")
            if _is_hidden(study, question):
                say("  picture: of a sealed sheet, not written to the disk; the desk shows it")
            elif not isinstance(question, ScansQuestion):
                picture = Path(folder) / f"{number:04d}.png"
                picture.write_bytes(_picture(study, question, by))
                say(f"  picture: {picture}")
                if open_picture:
                    click.launch(str(picture))
            step = _ask(study, question, by)
            if step == 0:
                return
            number = max(1, number + step)


def _is_hidden(study: Study, question: Question) -> bool:
    """Tell whether a picture must not lie on the disk, not even while it is asked about."""
    if isinstance(question, ScansQuestion):
        return False
    return study.is_sealed and may_be_clients(question.page.outcome)


def _picture(study: Study, question: CodeQuestion | ItemQuestion | DateQuestion, by: str) -> bytes:
    note_view(study, question.page, by=by)
    if isinstance(question, CodeQuestion):
        return code_picture(study, question)
    if isinstance(question, DateQuestion):
        return date_picture(study, question)
    return strip(study, question.page, question.item)


def _ask(study: Study, question: Question, by: str) -> int:
    """Ask one question, and return how far to go on; 0 ends the session."""
    match question:
        case CodeQuestion():
            return ask_code(study, question, by, STEPS)
        case ScansQuestion():
            return ask_scans(study, question, by, STEPS)
        case ItemQuestion():
            return ask_row(study, question, by, STEPS)
        case DateQuestion():
            return ask_date(study, question, by, STEPS)
