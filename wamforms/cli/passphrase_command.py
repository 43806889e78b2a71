"""`passphrase`: another passphrase for an encrypted study, or its recovery sheet."""

from pathlib import Path

import click

from layouts.errors import LockedError
from wamforms.cli.unlocking import asked, open_study, passphrase_of
from wamforms.cli.voice import as_json, give_json, next_step, quiet, say, study_folder, typed
from wamforms.tasks.passphrases import (
    change_passphrase,
    insist_on_encrypted,
    is_right,
    recover,
    write_sheet,
)

NEW_PASSPHRASE = "WAMFORMS_NEW_PASSPHRASE"
RECOVERY_CODE = "WAMFORMS_RECOVERY_CODE"
"""Variables for scripts; people are asked."""

PASSPHRASE_HELP = """\b
wamforms passphrase mystudy
wamforms passphrase mystudy --sheet recovery-sheet.pdf
wamforms passphrase mystudy --recover --json

Give an encrypted study another passphrase. Only study.key is written anew, so it
takes a second, and backups keep the passphrase they were made with.

With --sheet the passphrase stays, and the recovery sheet is written: one page
with a code that opens the study when the passphrase is forgotten or study.key
is lost. With --recover that code is asked for instead of the old passphrase.

\b
Scripts set WAMFORMS_PASSPHRASE and WAMFORMS_NEW_PASSPHRASE, or
WAMFORMS_RECOVERY_CODE. Exit code 8 if passphrase or code do not open the study.
"""


@click.command(help=PASSPHRASE_HELP)
@study_folder
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False), help="PDF to write.")
@click.option("--recover", "by_code", is_flag=True, help="Open it with the recovery sheet.")
@as_json
@quiet
def passphrase(study: Path, sheet: Path | None, by_code: bool, as_json: bool, quiet: bool) -> None:
    """Change a passphrase, or write the recovery sheet."""
    if sheet is not None and by_code:
        raise click.UsageError("--sheet and --recover do not go together; give one after the other")
    insist_on_encrypted(study)
    if sheet is not None:
        with open_study(study) as opened:
            write_sheet(opened, sheet)
        if not quiet:
            tell_sheet(sheet)
    else:
        _change(study, by_code=by_code)
        if not quiet:
            say(f"{study} opens with the new passphrase; backups made before keep the old one")
            next_step(f"wamforms check {typed(study)}")
    if as_json:
        give_json({"study": study, "sheet": sheet, "is_changed": sheet is None})


def _change(study: Path, *, by_code: bool) -> None:
    """Ask for what opens the study now, and for the new passphrase."""
    new = f"New passphrase of {study}"
    if by_code:
        code = asked("Recovery code", variable=RECOVERY_CODE)
        recover(study, code, asked(new, variable=NEW_PASSPHRASE, is_new=True))
    else:
        old = passphrase_of(study) or ""
        if not is_right(study, old):
            raise LockedError(
                f"{study} does not open: the passphrase is another one",
                advice="Type it again; if it is lost: wamforms passphrase STUDY --recover",
            )
        change_passphrase(study, old, asked(new, variable=NEW_PASSPHRASE, is_new=True))


def tell_sheet(sheet: Path) -> None:
    """Say what to do with a recovery sheet."""
    say(f"Recovery sheet: {sheet}")
    say("  Print it, delete the file, and lock the paper away: it opens the study.")
