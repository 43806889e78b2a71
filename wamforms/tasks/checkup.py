"""Check the computer and a study: what `wamforms doctor` reports."""

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cv2

from layouts.errors import WamError
from layouts.geometry import A4
from layouts.model import Role
from records.study import Study, open_study
from wamforms.artwork import Face
from wamforms.compose import compose
from wamforms.definition_files import load_instruments
from wamforms.typeset import font_name

LEAST_FREE_MB = 500
"""A stack of 500 grey pages takes 300 MB."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    what: str
    is_ok: bool
    detail: str


def checkup(folder: Path | None) -> tuple[Finding, ...]:
    """Check this computer, and the study in `folder` if one is given."""
    findings = [*_computer(), *_questionnaires()]
    if folder is not None:
        try:
            with open_study(folder) as study:
                findings += _study(study)
        except WamError as error:
            findings.append(Finding("study", False, f"{error} {error.advice}"))
    return tuple(findings)


def _computer() -> Iterator[Finding]:
    yield Finding("wamforms", True, version("wamforms"))
    yield Finding("Python", True, f"{platform.python_version()} on {platform.system()}")
    yield Finding("OpenCV", True, cv2.__version__)
    yield Finding("SQLite", True, sqlite3.sqlite_version)
    yield Finding("typeface", True, ", ".join(font_name(face) for face in Face))
    poppler = "found" if shutil.which("pdftoppm") else "not found (only a second PDF engine)"
    yield Finding("poppler", True, poppler)


def _questionnaires() -> Iterator[Finding]:
    """Lay out every form that comes with the program."""
    for domain, instrument in load_instruments().items():
        languages = instrument.languages
        for role in Role:
            for language in languages:
                compose(instrument, role, language, A4)
        wording = "placeholder wording" if instrument.placeholder else "licensed wording"
        yield Finding(domain, True, f"{', '.join(languages)}; {wording}")


def _study(study: Study) -> Iterator[Finding]:
    found = study.store.check()
    yield Finding("database", not found, "; ".join(found) or "sound")
    free_mb = shutil.disk_usage(study.folder).free // 2**20
    yield Finding("disk", free_mb >= LEAST_FREE_MB, f"{free_mb} MB free")
    mode = (study.folder / "study.key").stat().st_mode & 0o077
    private = platform.system() == "Windows" or not mode
    yield Finding("key", private, "private" if private else "others can read study.key: chmod 600")
    checked, bad = 0, []
    for page in study.store.snapshot().pages:
        if page.image is None or page.suffix is None:
            continue
        try:
            study.images.open(page.image, page.suffix)
        except WamError as error:
            bad.append(str(error))
        checked += 1
    yield Finding("page pictures", not bad, "; ".join(bad[:3]) or f"{checked} unchanged")
