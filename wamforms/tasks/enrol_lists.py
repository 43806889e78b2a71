"""Enrol a list that was dropped somewhere, and what there is to choose from when enrolling."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.dyadcode import parse_dyad_code
from layouts.errors import UsageError
from records.study import Study
from wamforms.tasks.enrolling import (
    EnrolledDyad,
    Enrolment,
    OneDyad,
    defaults_of,
    enrol_caseload,
    enrol_one,
)

KINDS = (".csv", ".txt", ".xlsx")
"""Lists that can be read; anything else is said to be none before it is looked at."""

LIST_BYTES = 5_000_000
"""Some 50,000 lines: more than any office has, and little enough to hold."""


@dataclass(frozen=True, slots=True)
class EnrolledList:
    """What became of a list, and the list with every code as a CSV file to go on with."""

    name: str
    enrolment: Enrolment
    with_codes: bytes


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be said of a new dyad.

    Attributes
    ----------
    editions
        Domain and language.
    usual
        The edition that is offered first: in the study's own language, if there is one.
    officers
        Everybody named so far.
    """

    editions: tuple[tuple[str, str], ...]
    usual: tuple[str, str]
    officers: tuple[str, ...]
    dyads: int


def enrol_list(study: Study, name: str, data: bytes) -> EnrolledList:
    """Enrol a list; nothing of it stays on the disk outside the study.

    Parameters
    ----------
    name : str
        What the file was called; its ending says what it is.

    Raises
    ------
    WamError
        If it is no list or has faults; nobody is enrolled then.
    """
    own = Path(name.replace("\\", "/")).name
    suffix = Path(own).suffix.lower()
    if suffix not in KINDS:
        raise UsageError(
            f"{own or 'this file'} is no list",
            advice="Save it as CSV or as an Excel workbook (.xlsx).",
        )
    with TemporaryDirectory(prefix="wamforms-list-") as folder:
        path = Path(folder) / own
        path.write_bytes(data)
        done = enrol_caseload(study, path)
        with_codes = b"" if done.caseload is None else done.caseload.read_bytes()
    return EnrolledList(f"{Path(own).stem}.codes.csv", done, with_codes)


def enrol_new(study: Study, edition: str, officer: str, notes: str) -> EnrolledDyad:
    """Enrol somebody new.

    Parameters
    ----------
    edition : str
        Domain and language, as `probation/nl`.

    Raises
    ------
    UsageError
        If domain or language are not of this study.
    """
    domain, _, language = edition.rpartition("/")
    (one,) = enrol_one(study, OneDyad(None, domain, language, officer, notes)).dyads
    return one


def change_dyad(study: Study, code: str, language: str, officer: str, notes: str) -> EnrolledDyad:
    """Say what is new about a known dyad; what is empty stays as it is.

    Raises
    ------
    UsageError
        If nobody has the code, or the domain has no such language.
    """
    known = parse_dyad_code(code)
    said = OneDyad(known, None, language or None, officer or None, notes or None)
    (one,) = enrol_one(study, said).dyads
    return one


def choices_of(study: Study) -> Choices:
    """List what may be said of a new dyad."""
    defaults = defaults_of(study)
    dyads = study.store.dyads()
    editions = tuple(
        (domain, language)
        for domain, one in defaults.instruments.items()
        for language in one.languages
    )
    return Choices(
        editions=editions,
        usual=next((one for one in editions if one[1] == defaults.language), editions[0]),
        officers=tuple(sorted({one.officer for one in dyads if one.officer}, key=str.casefold)),
        dyads=len(dyads),
    )
