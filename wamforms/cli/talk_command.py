"""`talk`: one page a dyad that client and professional can talk over."""

from pathlib import Path

import click

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode
from output.talk_words import WORDS
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, study_folder, typed
from wamforms.tasks.talking import Held, Talked, TalkOrder, make_talk_sheets

TALK_HELP = """\b
wamforms talk mystudy K7Q4-2M9Y
wamforms talk mystudy --officer B12 --wave '+6 months' --pdf b12.pdf

Make talk sheets, one page for client and professional: two profiles, where the
two are closest, where furthest apart, what moved since the earlier wave and how
sure that is, three open questions, and room for what they agree to do. There are
no numbers and no verdict on it.

Of a client who does not let the professional see scores, the sheet shows the
professional's side alone. Without a code every dyad gets one, officer by officer;
without a wave each dyad's last one with both forms. A sheet is made only when
both forms are in and settled.

\b
Exit codes: 0 sheets were made, 7 some or all cannot be made yet.
"""


@click.command(help=TALK_HELP)
@study_folder
@click.argument("code", metavar="[CODE]", required=False)
@click.option("--officer", help="Only this officer's dyads.")
@click.option("--wave", metavar="NAME", help="Name of the wave, as in study.toml.")
@click.option(
    "--language",
    type=click.Choice(sorted(WORDS)),
    help="Language of the sheets; if not given, that of the client's form.",
)
@click.option(
    "--pdf",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Name of the file; talk-CODE.pdf or talk.pdf here if not given.",
)
@as_json
def talk(
    study: Path,
    code: str | None,
    officer: str | None,
    wave: str | None,
    language: str | None,
    pdf: Path | None,
    as_json: bool,
) -> int:
    """Make talk sheets."""
    dyad = None if code is None else parse_dyad_code(code)
    usual = Path("talk.pdf" if dyad is None else f"talk-{shown(dyad)}.pdf")
    order = TalkOrder(pdf or usual, dyad, officer, wave, language)
    with open_study(study) as opened:
        done = make_talk_sheets(opened, order)
    if as_json:
        give_json(done)
    _tell(done, study)
    return ExitCode.CHECKS_FAILED if done.held else ExitCode.OK


def _tell(done: Talked, study: Path) -> None:
    for one in done.held:
        say(f"  no sheet: {one.dyad}, {one.wave}: {one.why}")
    if done.pdf is not None:
        say(f"{counted(len(done.sheets), 'talk sheet')} in {done.pdf}")
    if any(one.why is Held.WAITS for one in done.held):
        next_step(f"wamforms settle {typed(study)}")
    elif done.pdf is not None:
        next_step("print it at 100 %, and give it to nobody but the two people it is about")
