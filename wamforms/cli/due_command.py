"""`due` and `missing`: who has to fill in what, and what never came back."""

from datetime import date, datetime
from pathlib import Path

import click

from layouts.errors import ExitCode, UsageError
from records.wholefiles import write_whole
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, give_json, next_step, say, study_folder, table, typed
from wamforms.tasks.due import DueLine, PrintsAgainstScans, State, due_list, prints_against_scans
from wamforms.tasks.due_files import SHOWN, due_calendar, due_pdf

DUE_HELP = """\b
wamforms due mystudy
wamforms due mystudy --officer B12 --pdf checklist.pdf --ics waves.ics
wamforms due mystudy --on 2027-03-01 --json

Show for each officer who is overdue, half in (the client's or the professional's
form is missing) and due. Days are counted from the date on a dyad's first form,
else from its first scan, and before that from the day of enrolment; study.toml
says when a wave is due, and its window is 30 days to each side.

The PDF has a checklist for each officer, the calendar an all-day event for each
wave that is not complete; both know codes only.
"""

MISSING_HELP = """\b
wamforms missing mystudy
wamforms missing mystudy --json

Hold the print list against the scans: what was printed and is not back, and what
came back and was never printed by this study.

\b
Exit codes: 0 nothing unexpected is in, 7 forms are in that were never printed
here and are no photocopies.
"""

day = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Day such as 2027-03-01; today."
)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(help=DUE_HELP)
@study_folder
@click.option("--officer", help="Only this officer's dyads.")
@day
@click.option("--pdf", type=_FILE, help="Write a checklist for each officer.")
@click.option("--ics", type=_FILE, help="Write a calendar file.")
@as_json
def due(
    study: Path,
    officer: str | None,
    on: datetime | None,
    pdf: Path | None,
    ics: Path | None,
    as_json: bool,
) -> int:
    """Show who is due."""
    with open_study(study) as opened:
        opened.plain_files((pdf, ics), "with --pdf or --ics")
        found = due_list(opened, on.date() if on else date.today(), officer)
    if officer is not None and not found.lines:
        raise UsageError(
            f"no dyad of this study has the officer {officer!r}",
            advice="Without --officer all of them are listed.",
        )
    if pdf is not None:
        _write(pdf, due_pdf(found))
    if ics is not None:
        _write(ics, due_calendar(found))
    if as_json:
        give_json({"study": found.study, "on": found.on, "counts": found.counts,
                   "lines": found.lines})  # fmt: skip
    shown = [one for one in found.lines if one.state in SHOWN]
    if shown:
        table([("officer", "dyad", "wave", "state", "missing", "in by"), *map(_row, shown)])
    counts = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
    say(f"{found.study}, {found.on}: {counts or 'nobody is enrolled'}")
    for label in dict.fromkeys(o.label for o in found.lines if o.state is State.UNDATED):
        say(f"  wave {label!r} has no day; write one under [wave_days] in study.toml")
    for path in filter(None, (pdf, ics)):
        say(f"  written: {path}")
    next_step(f"wamforms missing {typed(study)}")
    return ExitCode.OK


def _row(one: DueLine) -> tuple[str, ...]:
    closes = (one.closes or "no day set") + (
        " late" if one.is_late and one.state is State.HALF else ""
    )
    who = " and ".join(one.missing)
    return (one.officer or "—", one.dyad, one.label, one.state, who, closes)


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another name."
        ) from error


@click.command(help=MISSING_HELP)
@study_folder
@day
@as_json
def missing(study: Path, on: datetime | None, as_json: bool) -> int:
    """Hold the print list against the scans."""
    with open_study(study) as opened:
        found = prints_against_scans(opened, on.date() if on else date.today())
    if as_json:
        give_json(found)
    _tell(found)
    if found.missing:
        next_step(f"wamforms due {typed(study)} --pdf checklist.pdf")
    strange = any(not one.is_photocopy for one in found.never_printed)
    return ExitCode.CHECKS_FAILED if strange else ExitCode.OK


def _tell(found: PrintsAgainstScans) -> None:
    if found.missing:
        head = ("officer", "dyad", "role", "wave", "printed", "days ago", "pages in")
        rows = [
            (
                one.officer or "—",
                one.dyad,
                one.role,
                one.label,
                one.printed,
                str(one.days),
                f"{one.pages_in} of {one.pages}",
            )
            for one in found.missing
        ]
        table([head, *rows])
    say(f"{found.printed} forms printed, {len(found.missing)} of them not back")
    for one in found.never_printed:
        why = "a photocopy" if one.is_photocopy else "NEVER PRINTED BY THIS STUDY"
        say(f"  in without a print: {one.dyad} {one.role} wave {one.wave}, {why}")
