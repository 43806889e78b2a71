"""The `wamforms` command: its list of verbs, and how it ends."""

import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from layouts.errors import ExitCode, WamError
from wamforms.cli.demo_command import demo
from wamforms.cli.form_commands import layout, print_
from wamforms.cli.scan_commands import scan, settle
from wamforms.cli.study_commands import doctor, export, init, status
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


@click.group(help=STORY, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("wamforms"), prog_name="wamforms")
def verbs() -> None:
    """Hold the verbs; the help text is `STORY`."""


for verb in (init, print_, scan, status, settle, export, layout, demo, doctor):
    verbs.add_command(verb)


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
    return int(result) if isinstance(result, int) else ExitCode.OK


def main() -> None:
    """Start the program."""
    sys.exit(run())
