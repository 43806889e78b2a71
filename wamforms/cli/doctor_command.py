"""`doctor`: whether this computer, or a study, is in order."""

from pathlib import Path

import click

from layouts.errors import ExitCode
from wamforms.cli.unlocking import passphrase_of
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, table, typed
from wamforms.tasks.checkup import checkup

DOCTOR_HELP = """\b
wamforms doctor
wamforms doctor mystudy --json

Check this computer, and a study if one is named: versions, fonts, folder
rights, database and page pictures. Exit code 7 if something is wrong.
"""


@click.command(help=DOCTOR_HELP)
@click.argument(
    "study", metavar="[STUDY]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@as_json
def doctor(study: Path | None, as_json: bool) -> int:
    """Check computer and study."""
    passphrase = None if study is None else passphrase_of(study)
    findings = checkup(study, passphrase=passphrase)
    if as_json:
        give_json(findings)
    else:
        table((("ok" if one.is_ok else "FAULT"), one.what, one.detail) for one in findings)
    faults = sum(not one.is_ok for one in findings)
    if faults:
        say(f"{counted(faults, 'fault')} to put right")
        return ExitCode.CHECKS_FAILED
    next_step("wamforms demo" if study is None else f"wamforms status {typed(study)}")
    return ExitCode.OK
