"""`whose`: from a recipient's pseudonym back to the code on the forms."""

from pathlib import Path

import click

from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, give_json, say, study_folder
from wamforms.tasks.exporting import whose

WHOSE_HELP = """\b
wamforms whose mystudy D-K7Q42M9YAB --recipient Utrecht
wamforms whose mystudy O-4RT8W2ZNQC --recipient Utrecht --json

Tell whose a pseudonym of `wamforms export --recipient` is. It is computed anew
from the study's key and kept nowhere; that somebody asked stands in the log.
"""


@click.command("whose", help=WHOSE_HELP)
@study_folder
@click.argument("pseudonym")
@click.option("--recipient", required=True, help="As named when the export was made.")
@as_json
def whose_(study: Path, pseudonym: str, recipient: str, as_json: bool) -> None:
    """Trace a pseudonym back."""
    with open_study(study) as opened:
        found = whose(opened, pseudonym, recipient)
    if as_json:
        give_json({"pseudonym": pseudonym, "recipient": recipient, "whose": found})
    say(f"{pseudonym} is {found}")
