"""`scan` and `settle`: what came back on paper, and what a person has to decide."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode, UsageError
from layouts.model import DyadCode, Role
from records.study import Study, open_study
from scan.adjudicate import Meaning
from scan.batch import usual_workers
from wamforms.cli.voice import PageBar, as_json, give_json, next_step, quiet, say, study_folder
from wamforms.tasks.pictures import strip
from wamforms.tasks.scanning import Became, PageLine, ScanReport, scan_stack
from wamforms.tasks.settling import (
    ItemQuestion,
    Question,
    ScansQuestion,
    decide_item,
    decide_scans,
    open_questions,
)

SCAN_HELP = """\b
wamforms scan mystudy stack.pdf
wamforms scan mystudy scans/ extra-1.jpg --workers 4

Read scanned forms: PDF, TIFF, JPEG and PNG files and folders of them, at 150
to 600 dpi, in colour, grey or black and white, in any order and any way up.
Scanning the same file or sheet again counts once.

\b
Exit codes: 0 all read, 3 nothing readable, 4 doubts wait for a person,
5 pages were refused or conflict.
"""


@click.command(help=SCAN_HELP, short_help="Read scanned forms.")
@study_folder
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--workers", type=click.IntRange(0, 64), default=None, help="Processes; 0 reads in this one."
)
@as_json
@quiet
def scan(
    study: Path, paths: tuple[Path, ...], workers: int | None, as_json: bool, quiet: bool
) -> int:
    """Read scanned forms."""
    count = usual_workers() if workers is None else workers
    with open_study(study) as opened, PageBar(None, shown=not quiet) as bar:
        report = scan_stack(opened, paths, workers=count, progress=bar)
    if as_json:
        give_json(report)
    if not quiet:
        _tell(report, study)
    return exit_code(report)


def exit_code(report: ScanReport) -> ExitCode:
    """Choose the exit code of a scan: the gravest thing that happened."""
    if report.unreadable and not report.pages and not report.known_files:
        return ExitCode.INPUT_UNREADABLE
    counts = report.counts
    if report.unreadable or counts[Became.REFUSED] or counts[Became.CONFLICT]:
        return ExitCode.PAGES_REFUSED
    return ExitCode.DOUBTS_WAIT if report.doubts else ExitCode.OK


def _tell(report: ScanReport, study: Path) -> None:
    parts = [f"{count} {became}" for became, count in report.counts.items() if count]
    say(f"{len(report.pages)} pages = {' + '.join(parts) or 'nothing new'}")
    for name in report.known_files:
        say(f"  {name}: scanned before, nothing to do")
    for name, reason in report.unreadable:
        say(f"  {name}: {reason}")
    for line in report.pages:
        if line.became in (Became.REFUSED, Became.CONFLICT):
            say(f"  {line.source}: {_about(line)}")
    for note, count in _notes(report.pages):
        say(f"  note on {count} pages: {note}")
    say(f"{report.answers} answers, {report.doubts} wait for a person")
    if exit_code(report) is ExitCode.INPUT_UNREADABLE:
        next_step(f"put the files right, then: wamforms scan {study} STACK.pdf")
    elif report.doubts or report.counts[Became.CONFLICT]:
        next_step(f"wamforms settle {study}")
    else:
        next_step(f"wamforms export {study} TABLES")


def _about(line: PageLine) -> str:
    if line.became is Became.CONFLICT:
        return f"differs from an earlier scan of {line.dyad} {line.role} wave {line.wave}"
    return f"refused, {line.reason}"


def _notes(lines: Iterable[PageLine]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for line in lines:
        for note in line.notes:
            counts[note] = counts.get(note, 0) + 1
    return sorted(counts.items())


SETTLE_HELP = """\b
wamforms settle mystudy
wamforms settle mystudy --list --json
wamforms settle mystudy --by AB --decide K7Q4-2M9D/client/1/q07=3

Answer what the reader left open. Each question shows the row's measured ink
and the name of a picture of it. Keys: the value, 0 blank, m several marks,
u unreadable, s skip, q stop. Every answer is stored at once.
"""

MEANINGS = {
    "0": Meaning.BLANK,
    "blank": Meaning.BLANK,
    "m": Meaning.SEVERAL,
    "several": Meaning.SEVERAL,
    "u": Meaning.UNREADABLE,
    "unreadable": Meaning.UNREADABLE,
}
"""What a person may type instead of a value."""


@click.command(help=SETTLE_HELP, short_help="Answer what the reader left open.")
@study_folder
@click.option("--by", help="Your initials; they are stored with each decision.")
@click.option("--list", "only_list", is_flag=True, help="Only list what waits.")
@click.option("--decide", multiple=True, help="CODE/ROLE/WAVE/ITEM=ANSWER; may be repeated.")
@click.option("--open", "open_picture", is_flag=True, help="Open each picture in a viewer.")
@as_json
def settle(
    study: Path,
    by: str | None,
    only_list: bool,
    decide: tuple[str, ...],
    open_picture: bool,
    as_json: bool,
) -> int:
    """Answer the doubts."""
    with open_study(study) as opened:
        if not only_list:
            if decide:
                _decide_named(opened, decide, by or click.prompt("Your initials", err=True))
            elif open_questions(opened):
                _ask_all(opened, by or click.prompt("Your initials", err=True), open_picture)
        left = open_questions(opened)
    if as_json:
        give_json([_listed(one) for one in left])
    elif only_list:
        for one in left:
            say(f"  {one.title()}: {_why(one)}")
    say(f"{len(left)} questions wait")
    next_step(f"wamforms settle {study}" if left else f"wamforms export {study} TABLES")
    return ExitCode.DOUBTS_WAIT if left else ExitCode.OK


def _listed(question: Question) -> dict[str, object]:
    common: dict[str, object] = {
        "dyad": shown(question.place.dyad),
        "role": question.place.role,
        "wave": question.place.wave,
        "form_page": question.place.page,
    }
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


def _why(question: Question) -> str:
    if isinstance(question, ScansQuestion):
        return f"differ in {', '.join(question.differing) or 'the print they are of'}"
    return ", ".join(question.doubts)


def _decide_named(study: Study, decisions: Iterable[str], by: str) -> None:
    """Store decisions given as CODE/ROLE/WAVE/ITEM=ANSWER: all of them, or none."""
    waiting = {
        (one.place.dyad, one.place.role, one.place.wave, str(one.item)): one
        for one in open_questions(study)
        if isinstance(one, ItemQuestion)
    }
    decided: dict[_Key, tuple[Meaning, int | None]] = {}
    for text in decisions:
        name, _, answer = text.partition("=")
        key = _key(text, name)
        if key not in waiting:
            raise UsageError(
                f"{name} does not wait for a decision",
                advice=f"List what waits: wamforms settle {study.folder} --list",
            )
        if key in decided:
            raise click.UsageError(f"{name} is decided twice; give it one answer")
        parsed = _parsed(answer, waiting[key])
        if parsed is None:
            choices = ", ".join(str(bubble.value) for bubble in waiting[key].bubbles)
            raise click.UsageError(
                f"{answer!r} is no answer to {name};"
                f" choose one of {choices}, blank, several, unreadable"
            )
        decided[key] = parsed
    for key, (meaning, value) in decided.items():
        decide_item(study, waiting[key], meaning, value, by=by)


_Key = tuple[DyadCode, Role, int, str]


def _key(text: str, name: str) -> _Key:
    parts = name.split("/")
    if len(parts) != 4 or not parts[2].isdecimal() or parts[1] not in set(Role):
        raise click.UsageError(f"{text!r} is not CODE/ROLE/WAVE/ITEM=ANSWER")
    return parse_dyad_code(parts[0]), Role(parts[1]), int(parts[2]), parts[3]


def _parsed(typed: str, question: ItemQuestion) -> tuple[Meaning, int | None] | None:
    typed = typed.strip().lower()
    values = {str(bubble.value): bubble.value for bubble in question.bubbles}
    if typed in values:
        return Meaning.VALUE, values[typed]
    return (MEANINGS[typed], None) if typed in MEANINGS else None


def _choices(question: ItemQuestion) -> str:
    values = "/".join(str(bubble.value) for bubble in question.bubbles)
    blank = "" if any(bubble.value == 0 for bubble in question.bubbles) else "0 blank, "
    return f"{values}, {blank}m several, u unreadable, s skip, q stop"


def _ask_all(study: Study, by: str, open_picture: bool) -> None:
    questions = open_questions(study)
    with tempfile.TemporaryDirectory(prefix="wamforms-settle-") as folder:
        for number, question in enumerate(questions, 1):
            say(f"\n{number} of {len(questions)}  {question.title()}: {_why(question)}")
            if isinstance(question, ScansQuestion):
                go_on = _ask_scans(study, question, by)
            else:
                picture = Path(folder) / f"{number:04d}.png"
                picture.write_bytes(strip(study, question.page, question.item))
                say(f"  picture: {picture}")
                if open_picture:
                    click.launch(str(picture))
                go_on = _ask_item(study, question, by)
            if not go_on:
                return


def _ask_item(study: Study, question: ItemQuestion, by: str) -> bool:
    """Ask about one row; False ends the session."""
    for bubble in question.bubbles:
        bar = "█" * round(bubble.fill * 40)
        say(f"  {bubble.value}  {bubble.fill:5.1%}  {bubble.mark:<7} {bar}")
    while True:
        typed = click.prompt(f"  {_choices(question)}", err=True)
        if typed in ("s", "q"):
            return bool(typed == "s")
        parsed = _parsed(typed, question)
        if parsed is not None:
            decide_item(study, question, *parsed, by=by)
            return True
        say("  That is none of the choices.")


def _ask_scans(study: Study, question: ScansQuestion, by: str) -> bool:
    """Ask which scan of a page counts; False ends the session."""
    for number, page in enumerate(question.scans, 1):
        say(f"  {number}  {page.outcome.source}, read {page.at}")
    choices = [str(number) for number in range(1, len(question.scans) + 1)]
    typed = click.prompt(
        "  which one counts (s skip, q stop)", type=click.Choice([*choices, "s", "q"]), err=True
    )
    if typed in choices:
        decide_scans(study, question, question.scans[int(typed) - 1], by=by)
    return bool(typed != "q")
