"""`desk`: the study in the browser."""

import json
import sys
from pathlib import Path

import click

from layouts.errors import ExitCode
from wamforms.cli.unlocking import open_study, research_key
from wamforms.cli.voice import as_json, say, study_folder

DESK_HELP = """\b
wamforms desk mystudy
wamforms desk mystudy --no-browser --port 8765
wamforms desk mystudy --research-key my.key

Open the study in the browser: the state of each wave, scanning by drag and drop,
and every doubt as one card that one key settles. The page is served to this
computer only, and nothing leaves it. The address works once; press Enter for
another one, such as for a second window or after the desk has locked itself.
Ctrl-C ends it. In a sealed study clients' sheets are shown and settled only with
the research key.

\b
With --json the address is one line of JSON on stdout, as soon as it is served.
"""


@click.command(help=DESK_HELP)
@study_folder
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@research_key
@as_json
def desk(study: Path, port: int, no_browser: bool, research_key: Path | None, as_json: bool) -> int:
    """Serve the desk."""
    from wamforms.desk.serving import open_browser, serve  # a server is slow to load

    def ready(link: str) -> None:
        if as_json:
            click.echo(json.dumps({"address": link}))
        say(f"The desk is open. If no page comes up, open this address, which works once:\n{link}")
        if sys.stdin.isatty():
            say("Enter opens another page; Ctrl-C ends the desk.")
        if not no_browser:
            open_browser(link)

    again = _enter if sys.stdin.isatty() else None
    try:
        with open_study(study, research_key) as opened:
            serve(opened, port=port, ready=ready, again=again)
    except KeyboardInterrupt:
        pass  # the usual way to end it
    say("The desk is closed.")
    return ExitCode.OK


def _enter() -> None:
    """Wait for somebody to press Enter."""
    if not sys.stdin.readline():
        raise EOFError
