"""`watch`: scan what a scanner puts into a folder, for as long as it runs."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from layouts.errors import ExitCode
from scan.batch import usual_workers
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, next_step, say, study_folder, typed
from wamforms.tasks.settling import open_questions
from wamforms.tasks.watching import Fate, Handled, InboxAwayError, Watcher, watching

WATCH_HELP = """\b
wamforms watch mystudy inbox
wamforms watch mystudy inbox --once --json

Scan every file that comes into the folder INBOX, as soon as it is complete,
and move it to INBOX/done or INBOX/problem; a text beside a problem says why.
The same bytes again count once. Network shares work. Ctrl-C ends it; whatever
stops it, the next start goes on where it was. With --once it looks, waits until
files are steady, scans them and ends: for a scheduler. In a sealed study the
files in done and problem open with the research key only.

\b
Exit codes of --once: 0 all done, 4 questions wait for a person, 5 files went to
problem or stay in the inbox. With --json one line of JSON for each file.
"""

LEAST_STEADY_S = 0.1


@click.command(help=WATCH_HELP)
@study_folder
@click.argument("inbox", type=click.Path(path_type=Path, file_okay=False))
@click.option("--once", is_flag=True, help="Scan what is there, and end.")
@click.option(
    "--steady",
    type=click.FloatRange(LEAST_STEADY_S),
    default=10.0,
    show_default=True,
    help="Seconds without a change after which a file is complete.",
)
@click.option(
    "--every",
    type=click.FloatRange(LEAST_STEADY_S),
    default=5.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--workers", type=click.IntRange(0, 64), default=None, help="Processes for reading.")
@as_json
def watch(
    study: Path,
    inbox: Path,
    once: bool,
    steady: float,
    every: float,
    workers: int | None,
    as_json: bool,
) -> int:
    """Watch a folder."""
    count = usual_workers() if workers is None else workers
    with (
        open_study(study) as opened,
        watching(opened, inbox, steady_s=steady, workers=count) as watcher,
    ):
        if not once:
            say(f"Watching {inbox}; Ctrl-C ends it.")
        fates = []
        for handled in _once(watcher, steady) if once else _for_ever(watcher, every):
            fates.append(handled.fate)
            _tell(handled, as_json=as_json)
        waits = bool(open_questions(opened))
    say(counted(len(fates), "file"))
    next_step(f"wamforms settle {typed(study)}" if waits else f"wamforms status {typed(study)}")
    if Fate.PROBLEM in fates or Fate.LATER in fates:
        return ExitCode.PAGES_REFUSED
    return ExitCode.DOUBTS_WAIT if waits else ExitCode.OK


def _once(watcher: Watcher, steady: float) -> Iterator[Handled]:
    """Look twice, as far apart as it takes to know that a file is steady."""
    yield from watcher.look()
    time.sleep(steady)
    yield from watcher.look()


def _for_ever(watcher: Watcher, every: float) -> Iterator[Handled]:
    """Look again and again; a share that is away for a while is waited for."""
    is_away = False
    while True:
        try:
            yield from watcher.look()
            is_away = False
        except InboxAwayError as error:
            if not is_away:
                say(f"  {error}; trying again")
            is_away = True
        time.sleep(every)


def _tell(handled: Handled, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(handled), ensure_ascii=False))
    parts = ", ".join(f"{count} {became}" for became, count in handled.counts.items())
    told = "; ".join(part for part in (parts, handled.reason.replace("\n", "; ")) if part)
    where = f" -> {handled.to}" if handled.to else " stays"
    say(f"  {handled.name}{where}: {told}")
