"""The `wamforms` command: its list of verbs, and how it ends."""

import errno
import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from layouts.errors import ExitCode, WamError
from wamforms.cli.analyse_command import analyse
from wamforms.cli.audit_command import audit
from wamforms.cli.demo_command import demo
from wamforms.cli.desk_command import desk
from wamforms.cli.due_command import due, missing
from wamforms.cli.enrol_command import enrol
from wamforms.cli.export_command import export
from wamforms.cli.forget_command import forget_
from wamforms.cli.form_commands import layout, print_
from wamforms.cli.keylist_command import keylist
from wamforms.cli.passphrase_command import passphrase
from wamforms.cli.reconcile_command import reconcile_
from wamforms.cli.retention_command import retention
from wamforms.cli.safety_commands import backup, check, restore
from wamforms.cli.scan_command import scan
from wamforms.cli.sealing_commands import researcher_key, unseal_
from wamforms.cli.settle_command import settle
from wamforms.cli.study_commands import doctor, init, status
from wamforms.cli.talk_command import talk
from wamforms.cli.voice import say
from wamforms.cli.watch_command import watch
from wamforms.cli.whose_command import whose_

STORY = """\b
Paper questionnaires for the working alliance, from print to scores.

\b
  wamforms init mystudy                                   make a study
  wamforms print mystudy --wave start --caseload list.csv print the forms
  wamforms scan mystudy stack.pdf                         read what came back
  wamforms settle mystudy                                 answer the doubts
  wamforms export mystudy tables                          write the tables

\b
New here? This prints, fills, scans and scores an invented study:
  wamforms demo
"""


@click.group(help=STORY, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("wamforms"), prog_name="wamforms")
def verbs() -> None:
    """Hold the verbs; the help text is `STORY`."""


for verb in (
    init,
    enrol,
    keylist,
    print_,
    scan,
    watch,
    reconcile_,
    due,
    missing,
    status,
    settle,
    desk,
    export,
    researcher_key,
    unseal_,
    audit,
    analyse,
    talk,
    layout,
    demo,
    doctor,
    check,
    backup,
    restore,
    passphrase,
    retention,
    forget_,
    whose_,
):
    verbs.add_command(verb)


_ROOM = "Make room and run the same command again; what was stored is safe."
_RIGHTS = "Choose a folder on a disk that you may write to, or ask for the right."
_OUTSIDE = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.EIO: "Check the disk or the network drive and run the same command again.",
}
"""Troubles of a disk that may come anywhere and are no bug of ours, with what to do."""


def _trouble(error: OSError) -> str:
    return f"{error.filename or 'the disk'} cannot be read or written ({error.strerror})"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; only `main` ends the program."""
    try:
        result = verbs.main(arguments, prog_name="wamforms", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("\nStopped; nothing that was stored is lost. Run the same command to go on.")
        return ExitCode.INTERRUPTED
    except WamError as error:
        say(click.style("Error: ", fg="red", bold=True) + str(error))
        if error.advice:
            say(error.advice)
        return error.exit_code
    except OSError as error:
        if error.errno not in _OUTSIDE:
            raise
        say(click.style("Error: ", fg="red", bold=True) + _trouble(error))
        say(_OUTSIDE[error.errno])
        return ExitCode.INPUT_UNREADABLE
    return int(result) if isinstance(result, int) else ExitCode.OK


def main() -> None:
    """Start the program."""
    sys.exit(run())
