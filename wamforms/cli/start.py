"""The `wamforms` command: its list of verbs, and how it ends."""

import errno
import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from layouts.errors import ExitCode, WamError
from wamforms.cli.verbs import VERBS, Verbs
from wamforms.cli.voice import say

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


@click.group(
    cls=Verbs,
    commands=dict(VERBS),
    help=STORY,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(version("wamforms"), prog_name="wamforms")
def verbs() -> None:
    """Hold the verbs; the help text is `STORY`."""


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
