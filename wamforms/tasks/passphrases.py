"""The passphrase of an encrypted study: changed, recovered, and put on paper."""

from collections.abc import Iterator
from pathlib import Path

from layouts.errors import FaultyFileError, LockedError, UsageError, WamError
from records.key_file import read_key, replace_key
from records.keys import database_seal
from records.log import Action
from records.recovery import key_of, recovery_rows
from records.stamps import now, program
from records.store import Store
from records.study import Study, open_study
from records.study_folder import (
    KEY_FILE,
    STORE_FILE,
    insist_on_encryption,
    insist_on_study,
    is_encrypted,
)
from records.wholefiles import write_private
from wamforms.record_page import Part, banner, heading, line, moment, one_page, signatures, title


def change_passphrase(folder: Path, old: str, new: str) -> None:
    """Seal the key of a study with another passphrase; nothing else is rewritten.

    Whoever kept a copy of the old `study.key` and knows the old passphrase still has the key.

    Raises
    ------
    UsageError
        If the study is not encrypted, or the new passphrase is too short.
    LockedError
        If the old passphrase is another one.
    """
    insist_on_encrypted(folder)
    with open_study(folder, passphrase=old) as study:
        replace_key(folder / KEY_FILE, study.key, new)
        study.store.log.note(Action.REKEYED, "study")


def recover(folder: Path, code: str, new: str) -> None:
    """Give a study a new passphrase with the code of its recovery sheet, `study.key` or none.

    Raises
    ------
    UsageError
        If the code is mistyped, or the study is not encrypted.
    LockedError
        If the code is of another study.
    """
    insist_on_encrypted(folder)
    insist_on_encryption()
    key = key_of(code)
    try:
        store = Store(folder / STORE_FILE, key, database_seal(key))
    except FaultyFileError:
        raise
    except WamError as error:
        raise LockedError(
            f"the recovery code does not open {folder}: it is of another study, or the"
            " database is damaged",
            advice="Compare the title on the recovery sheet with the study.",
        ) from error
    with store:
        replace_key(folder / KEY_FILE, key, new)
        store.log.note(Action.REKEYED, "study", "with the recovery sheet")


def check_sheet(folder: Path, path: Path) -> None:
    """Make sure, before a study is made, that its recovery sheet can go there.

    Raises
    ------
    UsageError
        If the file is there, or would lie in the study.
    """
    if path.exists():
        raise UsageError(f"{path} exists already", advice="Choose another name.")
    if path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"the recovery sheet may not lie in {folder}: it opens the study",
            advice="Name a place outside of it.",
        )


def write_sheet(study: Study, path: Path) -> None:
    """Write the recovery sheet as a PDF that only its owner can read; never over a file.

    Raises
    ------
    UsageError
        If the study is not encrypted, or the file is there or lies in the study.
    """
    if not study.is_encrypted:
        raise _not_encrypted(study.folder)
    study.plain_file(path, "with --sheet FILE.pdf")
    pdf = one_page("Recovery sheet", _parts(study), f"wamforms {program()}")
    try:
        write_private(path, pdf)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already", advice="Choose another name.") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another name."
        ) from error


def insist_on_encrypted(folder: Path) -> None:
    """Make sure that a study is encrypted, even if its key file is lost.

    Raises
    ------
    UsageError
        If it is not, or no study.
    """
    insist_on_study(folder)
    if not is_encrypted(folder):
        raise _not_encrypted(folder)


def is_right(folder: Path, passphrase: str) -> bool:
    """Tell whether a passphrase opens the key of a study."""
    try:
        read_key(folder / KEY_FILE, passphrase)
    except LockedError:
        return False
    return True


def _not_encrypted(folder: Path) -> UsageError:
    return UsageError(
        f"{folder} is not encrypted, so it has no passphrase",
        advice="A study is encrypted when it is made: wamforms init FOLDER --encrypt",
    )


def _parts(study: Study) -> Iterator[Part]:
    yield from title("Recovery sheet", f"{study.settings.title} · written {moment(now())}")
    yield from banner(
        "Whoever holds this sheet and a copy of the study can read everything in it.", is_alarm=True
    )
    yield line(
        "It opens the study if its passphrase is forgotten, or if the file study.key is lost."
        " Without passphrase and sheet nobody can open the study any more."
    )
    yield heading("Recovery code")
    for number, row in enumerate(recovery_rows(study.key), 1):
        yield from banner(f"Row {number}:  {row}", is_alarm=False)
    yield line(
        "Digits and capitals without I, L, O and U, so 0 is a zero and 1 a one. The last"
        " character of a row checks the row. A new passphrase does not change this code."
    )
    yield heading("To use it")
    yield line("wamforms passphrase STUDY --recover", is_bold=True)
    yield line("It asks for the four rows one after the other, and for a new passphrase.")
    yield heading("To keep it")
    yield line(
        "Print it, delete the file, and put the paper into a closed envelope in a safe: not beside"
        " the study, and not beside its backups."
    )
    yield from signatures("put away by", "seen by")
