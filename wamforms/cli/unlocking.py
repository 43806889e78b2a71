"""Passphrases of encrypted studies: asked for on the terminal, or taken from the environment.

Never an option: what stands on a command line, every user of the computer can read.
"""

import os
import sys
from pathlib import Path

import click

from layouts.errors import LockedError
from records import study as studies
from records.study import Study

PASSPHRASE = "WAMFORMS_PASSPHRASE"
"""Variable for scripts; people are asked."""


def open_study(folder: Path) -> Study:
    """Open a study, and ask for its passphrase if it takes one."""
    return studies.open_study(folder, passphrase=passphrase_of(folder))


def passphrase_of(folder: Path) -> str | None:
    """Get the passphrase of a study; None if it takes none."""
    return asked(f"Passphrase of {folder}") if studies.needs_passphrase(folder) else None


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
