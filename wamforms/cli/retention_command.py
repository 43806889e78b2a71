"""`retention`: what is past its date, and the paper that may be destroyed."""

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from layouts.errors import ExitCode, UsageError
from records.wholefiles import write_whole
from wamforms.cli.due_command import day
from wamforms.cli.unlocking import open_study, research_key
from wamforms.cli.voice import (
    as_json,
    counted,
    give_json,
    next_step,
    say,
    study_folder,
    table,
    typed,
)
from wamforms.tasks.retaining import Retained, retained
from wamforms.tasks.shredding_page import piles_of, shredding_pdf

RETENTION_HELP = """\b
wamforms retention mystudy
wamforms retention mystudy --pdf shredding-list.pdf
wamforms retention mystudy --on 2030-01-01 --json
wamforms retention mystudy --research-key my.key --pdf shredding-list.pdf

Say which paper may be destroyed, and which sheets' answers and pictures are kept
longer than study.toml says under [retention]. Nothing is destroyed by it.

Paper may go when its date is past, all pages of the form were read, no question
about it waits, a backup holds what was read and decided, and no unfinished audit
has drawn it; with audit = true an audit has to be finished first. The PDF is one
page to sign, pile by pile in the order of scanning. In a sealed study only the
research key tells whether a question about a client's sheet waits.

\b
Exit codes: 0 all in order, 7 answers or pictures are past their date.
"""

SHOWN = 8
"""Lines of a list on the screen; the JSON has all of them."""


@click.command(help=RETENTION_HELP)
@study_folder
@day
@click.option(
    "--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write the list to sign."
)
@research_key
@as_json
def retention(
    study: Path, on: datetime | None, pdf: Path | None, research_key: Path | None, as_json: bool
) -> int:
    """List what is past its date."""
    with open_study(study, research_key) as opened:
        opened.plain_files((pdf,), "with --pdf FILE.pdf")
        found = retained(opened, on.date() if on else date.today())
    if pdf is not None:
        _write(pdf, shredding_pdf(found))
    if as_json:
        give_json({**asdict(found), "may_go": found.may_go, "piles": piles_of(found)})
    _tell(found)
    if pdf is not None:
        say(f"  to sign: {pdf}")
    if found.data:
        next_step(f"wamforms forget {typed(study)} CODE")
        return ExitCode.CHECKS_FAILED
    next_step(f"wamforms backup {typed(study)} FOLDER")
    return ExitCode.OK


def _tell(found: Retained) -> None:
    piles = piles_of(found)
    if piles:
        rows = [(one.file, str(one.go), str(len(one.stay)), one.advice) for one in piles]
        table([("scanned file", "may go", "stay", "what to do"), *rows])
    say(f"{found.study}, {found.on}: {found.may_go} of {len(found.paper)} sheets may be destroyed")
    reasons = Counter(reason for one in found.paper for reason in one.kept)
    for reason, count in reasons.items():
        say(f"  kept: {counted(count, 'sheet')}, {reason}")
    if found.rule.paper_days is None or found.rule.data_days is None:
        say("  to decide how long things are kept: [retention] in study.toml")
    for one in found.data[:SHOWN]:
        say(f"  past its date since {one.until}: {one.dyad} {one.role} wave {one.wave}")
    if len(found.data) > SHOWN:
        say(f"  and {len(found.data) - SHOWN} more past their date; --json has all of them")


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another name with --pdf."
        ) from error
