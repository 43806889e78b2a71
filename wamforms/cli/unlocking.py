"""Passphrases of encrypted studies: asked for on the terminal, or taken from the environment.

Never an option: what stands on a command line, every user of the computer can read.
"""

import os
import sys
from pathlib import Path

import click

from layouts.errors import LockedError
from records import study as studies
from records.age_files import is_age_file, read_secrets
from records.study import Study
from records.study_folder import needs_passphrase

PASSPHRASE = "WAMFORMS_PASSPHRASE"
"""Variable for scripts; people are asked."""


KEY_PASSPHRASE = "WAMFORMS_RESEARCHER_PASSPHRASE"
"""Variable for scripts; people are asked."""

research_key = click.option(
    "--research-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Secret key of a sealed study: opens what clients answered.",
)
"""The option of every verb that may open a client's sheet of a sealed study."""


def open_study(folder: Path, research_key: Path | None = None) -> Study:
    """Open a study, and ask for its passphrase if it takes one.

    Parameters
    ----------
    folder : Path
        Where it is.
    research_key : Path, optional
        File with the secret key that opens client sheets of a sealed study.
    """
    secrets = () if research_key is None else secrets_of(research_key)
    return studies.open_study(folder, passphrase=passphrase_of(folder), research_key=secrets)


def secrets_of(file: Path) -> tuple[str, ...]:
    """Read a researcher's secret keys, and ask for their passphrase if they take one."""
    locked = is_age_file(file)
    passphrase = asked(f"Passphrase of {file}", variable=KEY_PASSPHRASE) if locked else None
    return read_secrets(file, passphrase)


def passphrase_of(folder: Path) -> str | None:
    """Get the passphrase of a study; None if it takes none."""
    return asked(f"Passphrase of {folder}") if needs_passphrase(folder) else None


def asked(what: str, *, variable: str = PASSPHRASE, is_new: bool = False) -> str:
    """Get a passphrase; a new one is typed twice.

    Raises
    ------
    LockedError
        If there is nobody to ask.
    """
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise LockedError(
            f"{what} is needed, and there is no terminal to ask on",
            advice=f"Set the variable {variable}.",
        )
    return str(click.prompt(what, hide_input=True, confirmation_prompt=is_new, err=True))
