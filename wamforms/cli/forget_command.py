"""`forget`: a client withdraws, and everything of the dyad leaves the study."""

from collections.abc import Sequence
from pathlib import Path

import click

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, study_folder, typed
from wamforms.tasks.forgetting import Copy, Forgotten, Held, forget, held_of

FORGET_HELP = """\b
wamforms forget mystudy K7Q4-2M9Y
wamforms forget mystudy K7Q4-2M9Y --yes --json

Remove everything of a dyad from a study: pictures, answers, what people decided
about them, prints and caseload lines, also from the print runs in the study's
folder. It cannot be undone. What stays is a receipt that names nobody; with it
paper of this dyad is refused if it is scanned later. Then every file of the
folder is looked through for the code and the pictures.

Nothing can be removed from what has left the study: the exports to recall and
the backups made while the dyad was in it are named. If the command is
interrupted, give it again. Exit code 7 if something was found afterwards.
"""


@click.command("forget", help=FORGET_HELP)
@study_folder
@click.argument("code", metavar="CODE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--by", help="Initials of who does it, for the log.")
@as_json
def forget_(study: Path, code: str, yes: bool, by: str | None, as_json: bool) -> int:
    """Withdraw a dyad."""
    dyad = parse_dyad_code(code)
    with open_study(study) as opened:
        _tell_held(shown(dyad), held_of(opened, dyad))
        if not yes:
            click.confirm("Remove all of it? This cannot be undone", abort=True, err=True)
        done = forget(opened, dyad, by=by or "")
    if as_json:
        give_json(done)
    _tell(done)
    if done.left:
        next_step("delete or move what is named above, and run the same command again")
        return ExitCode.CHECKS_FAILED
    next_step(f"wamforms check {typed(study)}")
    return ExitCode.OK


def _tell_held(code: str, held: Held) -> None:
    if held.is_withdrawn and not held.pages:
        say(f"{code} was withdrawn before; looking for what may be left of it.")
        return
    say(
        f"{code}: {counted(held.prints, 'printed form')}, {counted(held.pages, 'scanned page')}"
        f" with {counted(held.pictures, 'picture')}, {counted(held.decisions, 'decision')}"
        f" of people; in {counted(held.exports, 'export')} and {counted(held.backups, 'backup')}"
    )


def _tell(done: Forgotten) -> None:
    say(
        f"Removed: {counted(done.prints, 'printed form')}, {counted(done.pages, 'scanned page')},"
        f" {counted(done.decisions, 'decision')}, {counted(done.pictures, 'picture')}"
        f" (receipt {done.receipt})"
    )
    for name in done.cleaned:
        say(f"  taken out of {name}")
    _tell_copies("Exports to recall", done.recall)
    _tell_copies("Backups that still hold it, to be deleted when newer ones are made", done.backups)
    say("To be done by hand: the key list, print runs, scans and copies outside this folder.")
    if done.unowned:
        say(
            f"{counted(done.unowned, 'refused page')} whose owner nobody knows:"
            " look at them in settle; one may be of this dyad"
        )
    if done.left:
        say(click.style("STILL THERE", fg="red", bold=True))
    for one in done.left:
        say(f"  {one.file}: {one.what}")
    if not done.left:
        say("Every file of the study was looked through: nothing of it is there.")


def _tell_copies(name: str, copies: Sequence[Copy]) -> None:
    if copies:
        say(f"{name}:")
    for one in copies:
        about = ", ".join(filter(None, (one.place, one.recipient and f"for {one.recipient}")))
        say(f"  {one.at}, log {one.head}" + (f": {about}" if about else ""))
