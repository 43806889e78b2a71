"""`export`: everything that a researcher, a team or an officer receives."""

from collections.abc import Sequence
from pathlib import Path

import click

from layouts.errors import ExitCode
from output.consent import Audience
from output.dialects import DIALECTS, STANDARD
from output.package import ENDING
from records.age_files import read_recipients
from wamforms.cli.unlocking import open_study, research_key
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
from wamforms.tasks.exporting import USUAL_LANGUAGE, Exported, ExportOrder, export_study
from wamforms.tasks.sealing import export_sealed, sealed_name

PROFILES = (Audience.RESEARCH, Audience.TEAM, Audience.OFFICER)
"""Who may receive an export; an administrator has the study itself."""

EXPORT_HELP = """\b
wamforms export mystudy tables
wamforms export mystudy for-utrecht --recipient Utrecht --zip
wamforms export mystudy tables --dialect excel-nl --language nl
wamforms export mystudy team --profile team
wamforms export mystudy for-ab --profile officer --officer AB
wamforms export mystudy for-utrecht --to researcher.key.pub
wamforms export mystudy tables --research-key my.key

Write an export: one folder, or one zip file, whole or not at all. An earlier export
of the same name is replaced; a folder with anything else in it is not touched.
Answers that wait for a person have no value and say so.

The profile says who receives it. research: every table as CSV, SPSS and parquet
file, codebook, readers for R, SPSS and Python that compute all scores again, and
where it all comes from. team: group figures only, none of fewer than five dyads.
officer: one caseload, and of each client's form what its consent row allows.

With --recipient, dyads and officers get pseudonyms that are this recipient's
alone, and columns that would link two exports are empty. Answers stay as they
are: who has two exports with all answers can still compare those. To trace a
pseudonym back: wamforms whose.

With --to, the export is one encrypted file that only the holder of the secret
key opens, not even who made it: wamforms researcher-key, wamforms unseal. Needs
the extra: pip install 'wamforms[encryption]'.

In a sealed study clients' forms are in the tables only with --research-key, and
in those for research only; else the export says how many it leaves out.

remarks.csv says where there is handwriting; pictures of it leave the study
only with --remarks, because a handwriting can identify its writer.
"""


@click.command(help=EXPORT_HELP)
@study_folder
@click.argument("place", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    type=click.Choice([one.value for one in PROFILES]),
    default=Audience.RESEARCH.value,
    show_default=True,
    help="Who receives it.",
)
@click.option("--officer", default="", help="Whose caseload, as the caseload file names it.")
@click.option("--recipient", default="", help="Whom it is for; each gets other pseudonyms.")
@click.option(
    "--to",
    "key_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the public key of who may open it; may be repeated.",
)
@click.option("--zip", "zipped", is_flag=True, help="Write one file instead of a folder.")
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    default=STANDARD.name,
    show_default=True,
    help="How CSV files are written; excel-nl: semicolons and decimal commas.",
)
@click.option("--language", default=USUAL_LANGUAGE, show_default=True, help="Of the codebook.")
@click.option(
    "--remarks",
    is_flag=True,
    help="Also show all handwritten remarks in remarks.html; handwriting can identify its writer.",
)
@research_key
@as_json
@quiet
def export(
    study: Path,
    place: Path,
    profile: str,
    officer: str,
    recipient: str,
    key_files: tuple[Path, ...],
    zipped: bool,
    dialect: str,
    language: str,
    remarks: bool,
    research_key: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write an export."""
    order = ExportOrder(
        profile=Audience(profile),
        officer=officer,
        recipient=recipient,
        language=language,
        dialect=DIALECTS[dialect],
        pictures=remarks,
        zipped=zipped,
    )
    keys = [key for file in key_files for key in read_recipients(file)]
    if keys:
        place = sealed_name(place)
    elif zipped and place.suffix.lower() != ENDING:
        place = place.with_name(place.name + ENDING)
    with open_study(study, research_key) as opened:
        done = (
            export_sealed(opened, place, order, keys)
            if keys
            else export_study(opened, place, order)
        )
    if as_json:
        give_json(done)
    if not quiet:
        _tell(study, done, keys)
    return ExitCode.OK


def _tell(study: Path, done: Exported, keys: Sequence[str]) -> None:
    what = f"{counted(done.forms, 'form')} of {counted(done.dyads, 'dyad')}"
    say(f"{what}, {counted(done.answers, 'answer')}, in {done.place}:")
    for file in done.files:
        say(f"  {file}")
    for domain, remark in done.remarks:
        say(f"  {domain}: {remark}" if domain else f"  {remark}")
    for line in done.left_out:
        say(f"  {line}")
    if done.withheld:
        say(f"{counted(done.withheld, 'answer')} withheld, as their clients wish.")
    if done.waiting:
        say(f"{counted(done.waiting, 'answer')} without a value yet: a person has to look.")
        next_step(f"wamforms settle {typed(study)}")
    elif keys:
        say(f"It opens with the secret key of {', '.join(keys)} only; you cannot read it back.")
        next_step(f"send it; who receives it gives: wamforms unseal {done.place.name} --key KEY")
    else:
        next_step(f"read {done.place / 'README.txt'} first; it says what is in each file")
