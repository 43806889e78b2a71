"""Check the computer and a study: what `wamforms doctor` reports."""

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import cv2

from layouts.errors import LockedError, WamError
from layouts.geometry import A4
from layouts.model import Role
from records.study_folder import insist_on_encryption
from wamforms.artwork import Face
from wamforms.compose import compose
from wamforms.definition_files import load_instruments
from wamforms.tasks.verifying import Finding, check_study
from wamforms.typeset import font_name


def checkup(folder: Path | None, *, passphrase: str | None = None) -> tuple[Finding, ...]:
    """Check this computer, and the study in `folder` if one is given.

    Raises LockedError if that one is encrypted, and the passphrase is missing or another one.
    """
    findings = [*_computer(), *_questionnaires()]
    if folder is not None:
        try:
            findings += check_study(folder, passphrase=passphrase).findings
        except LockedError:
            raise
        except WamError as error:
            findings.append(Finding("study", False, f"{error} {error.advice}"))
    return tuple(findings)


def _computer() -> Iterator[Finding]:
    yield Finding("wamforms", True, version("wamforms"))
    yield Finding("Python", True, f"{platform.python_version()} on {platform.system()}")
    yield Finding("OpenCV", True, cv2.__version__)
    yield Finding("SQLite", True, sqlite3.sqlite_version)
    yield Finding("encryption", True, _encryption())
    yield Finding("typeface", True, ", ".join(font_name(face) for face in Face))
    poppler = "found" if shutil.which("pdftoppm") else "not found (only a second PDF engine)"
    yield Finding("poppler", True, poppler)


def _encryption() -> str:
    """Say with what studies can be encrypted."""
    try:
        insist_on_encryption()
    except WamError as error:
        return f"not available; {error.advice[:1].lower()}{error.advice[1:]}"
    from records.sealed_sqlite import version as sqlcipher_version

    return f"available: SQLCipher {sqlcipher_version()}"


def _questionnaires() -> Iterator[Finding]:
    """Lay out every form that comes with the program."""
    for domain, instrument in load_instruments().items():
        languages = instrument.languages
        for role in Role:
            for language in languages:
                compose(instrument, role, language, A4)
        wording = "placeholder wording" if instrument.placeholder else "licensed wording"
        yield Finding(domain, True, f"{', '.join(languages)}; {wording}")
