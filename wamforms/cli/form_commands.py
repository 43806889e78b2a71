"""`layout` and `print`: forms before anybody has written on them."""

from dataclasses import asdict
from pathlib import Path

import click

from layouts.dyadcode import parse_dyad_code
from layouts.geometry import PAPERS
from layouts.model import Group, Layout, PageLayout, Role
from wamforms.cli.unlocking import open_study
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
from wamforms.compose import compose
from wamforms.definition_files import load_instrument
from wamforms.tasks.masters import MasterOrder, print_masters
from wamforms.tasks.printing import PrintOrder, PrintRun, print_wave

ROLES = {"client": (Role.CLIENT,), "professional": (Role.PROFESSIONAL,), "both": tuple(Role)}

LAYOUT_HELP = """\b
wamforms layout probation --role client --language nl --json
wamforms layout youth-services --role professional --language en --paper letter

Show where everything stands on the form of DOMAIN, in millimetres from the
top left corner of the paper, y downwards; every place is a centre. A bubble's
value is what a mark in it means.
"""


@click.command(help=LAYOUT_HELP)
@click.argument("domain")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="client")
@click.option("--language", default="nl", show_default=True)
@click.option("--paper", type=click.Choice(sorted(PAPERS)), default="a4", show_default=True)
@click.option(
    "--definitions",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with questionnaires of your own.",
)
@as_json
def layout(
    domain: str, role: str, language: str, paper: str, definitions: Path | None, as_json: bool
) -> None:
    """Show a form's geometry."""
    instrument = load_instrument(domain, definitions)
    form = compose(instrument, Role(role), language, PAPERS[paper])
    if as_json:
        give_json({"fingerprint": form.fingerprint, **described(form.layout)})
        return
    say(f"{domain}, {role}, {language}: form {form.fingerprint}, {len(form.layout.pages)} page(s)")
    table(
        (
            group.item,
            " ".join(f"{b.value}@{b.centre.x_mm:g},{b.centre.y_mm:g}" for b in group.bubbles),
        )
        for page in form.layout.pages
        for group in page.rows
    )


def described(layout: Layout) -> dict[str, object]:
    """Describe a layout for programs that know nothing of ours."""
    return {
        "domain": layout.domain,
        "role": layout.role,
        "language": layout.language,
        "points": layout.points,
        "shape": layout.shape,
        "outline_mm": layout.outline_mm,
        "paper": {
            "name": layout.paper.name,
            "width_mm": layout.paper.width_mm,
            "height_mm": layout.paper.height_mm,
            "folds_mm": layout.paper.folds_mm,
        },
        "pages": [_page(page) for page in layout.pages],
    }


def _bubbles(group: Group) -> list[dict[str, object]]:
    return [
        {
            "item": group.item,
            "value": bubble.value,
            "x_mm": bubble.centre.x_mm,
            "y_mm": bubble.centre.y_mm,
            "radius_mm": bubble.radius_mm,
        }
        for bubble in group.bubbles
    ]


def _page(page: PageLayout) -> dict[str, object]:
    return {
        "number": page.number,
        "bubbles": [one for group in page.groups for one in _bubbles(group)],
        "consent": [] if page.consent is None else _bubbles(page.consent),
        "fiducials": [
            {"marker": one.marker, **asdict(one.centre), "size_mm": one.size_mm}
            for one in page.fiducials
        ],
        "ticks": [
            {**asdict(one.centre), "width_mm": one.width_mm, "height_mm": one.height_mm}
            for one in page.ticks
        ],
        "codes": [{**asdict(box.centre), "size_mm": box.width_mm} for box in page.codes],
        "code_texts": [
            [
                {**asdict(line.centre), "width_mm": line.width_mm, "height_mm": line.height_mm}
                for line in copy
            ]
            for copy in page.code_texts
        ],
        "examples": [
            {"kind": one.kind, **asdict(one.centre), "radius_mm": one.radius_mm}
            for one in page.examples
        ],
    }


PRINT_HELP = """\b
wamforms print mystudy --wave start --caseload caseload.csv
wamforms print mystudy --wave "+6 months"
wamforms print mystudy --wave start --dyad K7Q4-2M9Y --role client
wamforms print mystudy --master --caseload caseload.csv

Print a wave: the client's and the professional's form of every dyad in one
PDF, sorted by officer with a separator sheet before each. The caseload is a
CSV file with the columns dyad, domain, language, officer, notes; a line
without a code gets one. Without a caseload everybody who is enrolled is printed.

Beside the PDF stand a print list and the caseload with all codes.

With --master one blank form of each edition is printed, to be photocopied where
there is no printer. Whose a copy is, is filled in by hand: the PDF ends with
the paper numbers of everybody for every wave, which also stand in a CSV file.
"""


@click.command("print", help=PRINT_HELP)
@study_folder
@click.option("--wave", help="Label or number of the wave.")
@click.option("--master", is_flag=True, help="Blank forms to photocopy and fill in by hand.")
@click.option(
    "--caseload",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file of the dyads to print for.",
)
@click.option("--dyad", "dyads", multiple=True, help="Only this code; may be repeated.")
@click.option("--role", type=click.Choice(list(ROLES)), default="both", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="PDF to write.")
@as_json
@quiet
def print_(
    study: Path,
    wave: str | None,
    master: bool,
    caseload: Path | None,
    dyads: tuple[str, ...],
    role: str,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print forms."""
    if caseload and dyads:
        raise click.UsageError("--caseload and --dyad do not go together; the caseload lists them")
    if master and (wave is not None or dyads):
        raise click.UsageError("--master is for every wave and for everybody; leave the others out")
    if master:
        _masters(study, MasterOrder(caseload, ROLES[role], out), as_json=as_json, quiet=quiet)
        return
    if wave is None:
        raise click.UsageError("Missing option '--wave'; or print blank forms with --master.")
    codes = tuple(parse_dyad_code(typed) for typed in dyads)
    with open_study(study) as opened:
        run = print_wave(opened, PrintOrder(wave, caseload, codes, ROLES[role], out))
    if as_json:
        give_json(run)
    if not quiet:
        _tell(run, study)


def _masters(study: Path, order: MasterOrder, *, as_json: bool, quiet: bool) -> None:
    with open_study(study) as opened:
        run = print_masters(opened, order)
    if as_json:
        give_json(run)
    if quiet:
        return
    _tell_interrupted(run.was_interrupted)
    say(f"{counted(run.masters, 'master')} on {counted(run.pages, 'page')}: {run.pdf}")
    say(f"  after them, and in {run.numbers}:")
    say(f"  the paper numbers of {counted(run.dyads, 'dyad')}, to be copied by hand")
    if run.new_dyads:
        say(f"  {counted(run.new_dyads, 'new dyad')} got a code")
    next_step(
        "print it at 100 %, photocopy the masters, send the numbers along;"
        f" when copies come back: wamforms scan {typed(study)} STACK.pdf"
    )


def _tell_interrupted(was_interrupted: bool) -> None:
    if was_interrupted:
        say(
            "This is the run that was interrupted after it was stored; its files are whole now."
            " To print one more, give the command again."
        )


def _tell(run: PrintRun, study: Path) -> None:
    _tell_interrupted(run.was_interrupted)
    say(f"{counted(run.forms, 'form')} on {len(run.pages)} pages: {run.pdf}")
    say(f"  print list: {run.print_list}")
    say(f"  caseload with codes, for the next wave: {run.caseload}")
    if run.new_dyads:
        say(f"  {counted(run.new_dyads, 'new dyad')} got a code")
    if run.printed_before:
        say(
            f"  {counted(run.printed_before, 'form')} of these were printed before;"
            " hand out only one print of each"
        )
    next_step(
        f"print the PDF at 100 %; when forms come back: wamforms scan {typed(study)} STACK.pdf"
    )
