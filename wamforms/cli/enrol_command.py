"""`enrol`: who takes part, and who looks after whom from now on."""

from pathlib import Path

import click

from layouts.dyadcode import parse_dyad_code
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import (
    as_json,
    counted,
    give_json,
    next_step,
    quiet,
    say,
    study_folder,
    typed,
)
from wamforms.tasks.enrolling import Enrolment, OneDyad, enrol_caseload, enrol_one

ENROL_HELP = """\b
wamforms enrol mystudy caseload.xlsx
wamforms enrol mystudy --officer B12 --domain probation --language nl
wamforms enrol mystudy --dyad K7Q4-2M9Y --officer C07

Enrol a list (CSV or Excel, columns dyad, domain, language, officer, notes), or one
dyad, whose new code is made and printed. A line with a known code says what
holds from now on, such as another officer; what was before stays on record.

The list is written once more with every code; go on with that one. The same
list again enrols nobody twice. Names do not belong here: wamforms keylist.
"""


@click.command(help=ENROL_HELP)
@study_folder
@click.argument(
    "caseload", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dyad", help="A known code, to change officer, language or notes.")
@click.option("--officer", help="Code of the professional.")
@click.option("--domain", help="Domain of the dyad; not needed if the study has one.")
@click.option("--language", help="Language of the forms; the study's if not given.")
@click.option("--notes", help="Free text for the print list; no names.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="List with codes to write."
)
@as_json
@quiet
def enrol(
    study: Path,
    caseload: Path | None,
    dyad: str | None,
    officer: str | None,
    domain: str | None,
    language: str | None,
    notes: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Enrol a list or one dyad."""
    said = (dyad, officer, domain, language, notes)
    if caseload is not None and any(one is not None for one in said):
        raise click.UsageError("a list says itself who is whose; leave the other options out")
    if caseload is None and (out is not None or all(one is None for one in said)):
        raise click.UsageError("name a list, or enrol one dyad with --officer and --domain")
    with open_study(study) as opened:
        if caseload is not None:
            found = enrol_caseload(opened, caseload, out)
        else:
            code = None if dyad is None else parse_dyad_code(dyad)
            found = enrol_one(opened, OneDyad(code, domain, language, officer, notes))
    if as_json:
        give_json(found)
    if not quiet:
        tell(found, study)


def tell(found: Enrolment, study: Path) -> None:
    """Say who is new, and whose line has changed."""
    for one in found.dyads:
        if one.is_changed:
            was, now = one.was_officer or "nobody", one.officer or "nobody"
            who = f"officer {was}, now {now}" if was != now else "other language or notes"
            say(f"  {one.dyad}: {who}")
        elif one.is_new and found.caseload is None:
            say(f"  {one.dyad}: new, {one.domain}, {one.language}, officer {one.officer or '—'}")
    say(
        f"{counted(found.new, 'new dyad')}, {found.changed} changed,"
        f" {found.unchanged} enrolled before"
    )
    if not found.new and not found.changed:
        say("  Nothing was added: all of this is in the study already.")
    if found.caseload is not None:
        say(f"  list with every code, to go on with: {found.caseload}")
    next_step(f"wamforms due {typed(study)}")
