"""`check`, `backup` and `restore`: the study as something to be kept."""

from collections.abc import Sequence
from pathlib import Path

import click

from layouts.errors import ExitCode
from wamforms.cli.passphrase_command import NEW_PASSPHRASE, RECOVERY_CODE
from wamforms.cli.unlocking import asked, passphrase_of
from wamforms.cli.voice import (
    as_json,
    counted,
    give_json,
    next_step,
    quiet,
    say,
    study_folder,
    table,
    typed,
)
from wamforms.tasks.backing_up import back_up, restore_with_code
from wamforms.tasks.backing_up import restore as restore_study
from wamforms.tasks.verifying import StudyCheck, check_study, head_from

MOST_SHOWN = 20
"""Faults beyond these are counted; --json has them all."""

CHECK_HELP = """\b
wamforms check mystudy
wamforms check mystudy --head tables --head 418:9f6c03b1d2e85a77
wamforms check mystudy --json

Verify that a study is what was put into it: settings, key, database, every row
against the signed log, every page picture, and say exactly what is wrong. A log
that lost its end looks whole; name the head of the log as it stands in an
earlier export, backup or report to notice that, too. Exit code 7 if something
is wrong.
"""


@click.command(help=CHECK_HELP)
@study_folder
@click.option(
    "--head",
    "heads",
    multiple=True,
    help="SEQ:HASH, or an export or backup that holds it; may be repeated.",
)
@as_json
def check(study: Path, heads: tuple[str, ...], as_json: bool) -> int:
    """Verify a study."""
    kept = [head_from(one) for one in heads]
    done = check_study(study, kept, passphrase=passphrase_of(study))
    if as_json:
        give_json(done)
    else:
        _show(done)
    if done.faults:
        say(f"{counted(len(done.faults), 'fault')} in {study}")
        next_step("keep this folder for whoever looks into it; go on with: wamforms restore BACKUP")
        return ExitCode.CHECKS_FAILED
    if not as_json:
        say(f"Keep this elsewhere, to check against later: --head {done.head}")
        next_step(f"wamforms backup {typed(study)} {typed(Path(f'{study.name}-backup.zip'))}")
    return ExitCode.OK


def _show(done: StudyCheck) -> None:
    shown = [one for one in done.findings if one.is_ok]
    table(("ok", one.what, one.detail) for one in shown)
    for one in done.faults[:MOST_SHOWN]:
        say(f"  {click.style('FAULT', fg='red', bold=True)}  {one.what}: {one.detail}")
    if len(done.faults) > MOST_SHOWN:
        say(f"  and {len(done.faults) - MOST_SHOWN} more; --json lists them all")


BACKUP_HELP = """\b
wamforms backup mystudy mystudy-2027-03-01.zip
wamforms backup mystudy /media/stick/mystudy-2027-03-01 --with-key

Copy a study, even one that is in use, into a new folder or zip file, and read
all of it back to verify it. In it are the settings, the questionnaires, the
database and the page pictures; nothing else of the folder, such as a list of
names. The key goes in only with --with-key: it signs the page codes and the
log, so keep it in another place, or keep the backup as safe as the key. A backup
of an encrypted study is encrypted, and so is the key in it.
Exit code 7 if the study has faults; they are in the backup then, too.
"""


@click.command(help=BACKUP_HELP)
@study_folder
@click.argument("target", metavar="FOLDER_OR_ZIP", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="Put study.key into the backup.")
@as_json
@quiet
def backup(study: Path, target: Path, with_key: bool, as_json: bool, quiet: bool) -> int:
    """Back a study up."""
    done = back_up(study, target, with_key=with_key, passphrase=passphrase_of(study))
    if as_json:
        give_json(done)
    if not quiet:
        say(f"{target}: {counted(done.files, 'file')}, {_size(done.bytes)}, written and verified")
        if not with_key:
            say(f"The key is not in it: keep a copy of {study / 'study.key'} elsewhere.")
        say(f"Head of the log in it: {done.head}")
    _warn(done.faults)
    if not quiet:
        option = "" if with_key else " --key STUDY.KEY"
        next_step(f"to get it back: wamforms restore {typed(target)} NEWSTUDY{option}")
    return ExitCode.CHECKS_FAILED if done.faults else ExitCode.OK


RESTORE_HELP = """\b
wamforms restore mystudy-2027-03-01.zip mystudy-again --key study.key
wamforms restore /media/stick/mystudy-2027-03-01 mystudy-again
wamforms restore mystudy-2027-03-01.zip mystudy-again --recover

Make a study in a new folder from a backup, after verifying every file of it. A
damaged backup is refused, and nothing that exists is overwritten. One of an
encrypted study takes the passphrase that its key had then, or with --recover the
code of the recovery sheet and a new passphrase, whatever became of the key. Do not work on
with both studies: each would give the same numbers to other forms.
"""


@click.command(help=RESTORE_HELP)
@click.argument("backup", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("folder", metavar="NEWSTUDY", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The study's key, if the backup holds none.",
)
@click.option("--recover", "by_code", is_flag=True, help="Open it with the recovery sheet.")
@as_json
@quiet
def restore(
    backup: Path, folder: Path, key_file: Path | None, by_code: bool, as_json: bool, quiet: bool
) -> int:
    """Restore a study."""
    if by_code and key_file is not None:
        raise click.UsageError("--recover takes no --key: the recovery sheet holds it")
    if by_code:
        code = asked("Recovery code", variable=RECOVERY_CODE)
        new = asked(f"New passphrase of {folder}", variable=NEW_PASSPHRASE, is_new=True)
        done = restore_with_code(backup, folder, code, new)
    else:
        done = restore_study(
            backup, folder, key_file=key_file, ask=lambda: asked("Passphrase of the study")
        )
    if as_json:
        give_json(done)
    if not quiet:
        say(f"{done.title}, as it was at {done.made_at}, is in {folder}")
    _warn(done.faults)
    if not quiet:
        next_step(f"wamforms check {typed(folder)} --head {typed(backup)}")
    return ExitCode.CHECKS_FAILED if done.faults else ExitCode.OK


def _warn(faults: Sequence[str]) -> None:
    if faults:
        say(f"The study had {counted(len(faults), 'fault')} when it was backed up:")
    for fault in faults[:MOST_SHOWN]:
        say(f"  {fault}")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
