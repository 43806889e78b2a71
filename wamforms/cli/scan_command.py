"""`scan`: read what came back on paper."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from layouts.errors import ExitCode
from scan.batch import usual_workers
from wamforms.cli.reconcile_command import listed, tell
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import (
    PageBar,
    as_json,
    counted,
    give_json,
    next_step,
    quiet,
    say,
    study_folder,
    typed,
)
from wamforms.tasks.page_lines import Became, PageLine
from wamforms.tasks.reconciling import reconcile
from wamforms.tasks.scanning import ScanReport, scan_stack
from wamforms.tasks.secrecy import seal_stacks
from wamforms.tasks.settling import open_questions

SCAN_HELP = """\b
wamforms scan mystudy stack.pdf
wamforms scan mystudy scans/ extra-1.jpg --workers 4
wamforms scan mystudy stack.pdf --seal-stacks

Read scanned forms: PDF, TIFF, JPEG and PNG files and folders of them, at 150
to 600 dpi, in colour, grey or black and white, in any order and any way up.
Scanning the same file or sheet again counts once.

In a sealed study the files that were scanned still hold what clients answered.
With --seal-stacks each file that was read to its end is replaced by an envelope
beside it, which opens with the research key only; else destroy them yourself.

\b
Exit codes: 0 all read, 3 nothing readable, 4 doubts wait for a person,
5 pages were refused or conflict, 7 the batch does not add up.
"""


BARE = (
    "The scanned files still show what clients answered: destroy them, with every copy that the"
    " scanner or its software keeps, or scan with --seal-stacks."
)


@click.command(help=SCAN_HELP)
@study_folder
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--workers", type=click.IntRange(0, 64), default=None, help="Processes; 0 reads in this one."
)
@click.option(
    "--seal-stacks",
    "seals",
    is_flag=True,
    help="In a sealed study: leave of each file only one that the research key opens.",
)
@as_json
@quiet
def scan(
    study: Path,
    paths: tuple[Path, ...],
    workers: int | None,
    seals: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Read scanned forms."""
    count = usual_workers() if workers is None else workers
    with open_study(study) as opened, PageBar(None, shown=not quiet) as bar:
        report = scan_stack(opened, paths, workers=count, progress=bar)
        waits = bool(open_questions(opened))
        sums = reconcile(opened, report.batch)
        sealed = seal_stacks(opened, paths) if seals else ()
        is_bare = opened.is_sealed and not seals
    if as_json:
        give_json({**asdict(report), "reconciliation": listed(sums), "stacks_sealed": sealed})
    if not quiet:
        _tell(report)
    if not quiet or not sums.adds_up:
        tell(sums, with_paper=False)
    if not quiet:
        for path in sealed:
            say(f"  sealed: {path}")
        if is_bare:
            say(BARE)
        _advise(report, study, waits=waits)
    return exit_code(report) if sums.adds_up else ExitCode.CHECKS_FAILED


def exit_code(report: ScanReport) -> ExitCode:
    """Choose the exit code of a scan: the gravest thing that happened."""
    if report.unreadable and not report.pages and not report.known_files:
        return ExitCode.INPUT_UNREADABLE
    counts = report.counts
    if report.unreadable or counts[Became.REFUSED] or counts[Became.CONFLICT]:
        return ExitCode.PAGES_REFUSED
    return ExitCode.DOUBTS_WAIT if report.doubts else ExitCode.OK


def _tell(report: ScanReport) -> None:
    parts = [f"{count} {became}" for became, count in report.counts.items() if count]
    say(f"{counted(len(report.pages), 'page')} = {' + '.join(parts) or 'nothing new'}")
    for name in report.known_files:
        say(f"  {name}: scanned before, nothing to do")
    for name, reason in report.unreadable:
        say(f"  {name}: {reason}")
    for line in report.pages:
        if line.became in (Became.REFUSED, Became.CONFLICT):
            say(f"  {line.source}: {_about(line)}")
    for note, count in _notes(report.pages):
        say(f"  note on {counted(count, 'page')}: {note}")
    conflicts = report.counts[Became.CONFLICT]
    also = f", and {counted(conflicts, 'conflict')}" if conflicts else ""
    say(f"{counted(report.answers, 'answer')}, {report.doubts} wait for a person{also}")


def _advise(report: ScanReport, study: Path, *, waits: bool) -> None:
    """Name the next step; what waits from earlier scans comes before the tables, too."""
    if exit_code(report) is ExitCode.INPUT_UNREADABLE:
        next_step(f"put the files right, then: wamforms scan {typed(study)} STACK.pdf")
    elif waits:
        next_step(f"wamforms settle {typed(study)}")
    else:
        next_step(f"wamforms export {typed(study)} TABLES")


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
