"""`analyse`: the statistics of a study or of an export."""

from pathlib import Path

import click

from wamforms.cli.unlocking import passphrase_of, research_key, secrets_of
from wamforms.cli.voice import PageBar, as_json, give_json, next_step, quiet, say, typed
from wamforms.tasks.analysing import AnalysisOrder, analyse_study

USUAL_FOLDER = "statistics"
"""Where the tables go if nobody says: in the folder that is analysed."""

ANALYSE_HELP = """\b
wamforms analyse mystudy
wamforms analyse tables --with clients.csv --out results
wamforms analyse mystudy --with clients.csv --type risk='low<medium<high' --impute 5
wamforms analyse mystudy --published --with clients.csv
wamforms analyse mystudy --research-key my.key --out results

Compute quality, reliability, factor structure, agreement of the two sides, change
over the waves, and with --with the relations to your own columns: one CSV file a
table and one report (report.html, report.md). SOURCE is a study or an exported
folder. Your file has a column 'dyad' and one row per dyad. Nothing is imputed
unless you ask for it. In a sealed study clients' forms count only with the research
key. Needs the extra: pip install 'wamforms[analyse]'.
"""


@click.command(help=ANALYSE_HELP)
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--with",
    "own_columns",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV file of your own columns, one row per dyad.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="COLUMN=TYPE",
    help="What a column is: continuous, ordinal, binary, nominal, or its labels in order"
    " (low<medium<high). Detected if not given; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for tables and report; SOURCE/statistics if not given.",
)
@click.option(
    "--definitions",
    type=click.Path(path_type=Path, file_okay=False),
    help="Questionnaires that an export was made with; the built-in ones if not given.",
)
@click.option(
    "--impute",
    "imputations",
    type=click.IntRange(min=0, max=100),
    default=0,
    show_default=True,
    help="Number of imputed data sets for the relations to your columns, 5 as published;"
    " 0 for none.",
)
@click.option("--seed", default=1, show_default=True, help="Of the imputation.")
@click.option(
    "--published",
    is_flag=True,
    help="Only the tables that studies of the WAM published, in their order, each with what is"
    " publicly known of their result. Needs --with.",
)
@research_key
@as_json
@quiet
def analyse(
    source: Path,
    own_columns: Path | None,
    types: tuple[str, ...],
    out: Path | None,
    definitions: Path | None,
    imputations: int,
    seed: int,
    published: bool,
    research_key: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute the statistics."""
    if imputations == 1:
        raise click.BadParameter("1 imputed data set hides how unsure it is: use 2 or more, or 0")
    order = AnalysisOrder(
        source=source,
        out=source / USUAL_FOLDER if out is None else out,
        own_columns=own_columns,
        types=dict(_type(text) for text in types),
        definitions=definitions,
        imputations=imputations,
        seed=seed,
        published=published,
        passphrase=passphrase_of(source),
        research_key=() if research_key is None else secrets_of(research_key),
    )
    with PageBar(None, shown=not quiet) as bar:
        done = analyse_study(order, bar.step)
    if as_json:
        give_json(done)
    if quiet:
        return
    say(f"{done.forms} forms of {done.dyads} dyads; {len(done.files)} tables in {done.folder}")
    for remark in done.remarks:
        say(f"  {remark}")
    next_step(f"open {typed(done.report)} in a browser")


def _type(text: str) -> tuple[str, str]:
    name, equals, kind = text.partition("=")
    if not equals or not name.strip() or not kind.strip():
        raise click.BadParameter(f"{text!r}: write COLUMN=TYPE, such as risk=ordinal")
    return name.strip(), kind.strip()
