"""The folder of a study: what lies in it, and what must hold before it is opened."""

from importlib.util import find_spec
from pathlib import Path

from layouts.errors import UsageError, WamError
from records.ciphers import insist_on_library
from records.key_file import is_sealed

SETTINGS_FILE = "study.toml"
KEY_FILE = "study.key"
STORE_FILE = "study.sqlite"
IMAGE_FOLDER = "images"

_PLAIN_HEADER = b"SQLite format 3\0"

STUDY_FILES = frozenset({SETTINGS_FILE, KEY_FILE, STORE_FILE})
"""What makes a folder a study."""


def claim(folder: Path) -> None:
    """Make a new folder for a study, or take an empty one.

    Raises
    ------
    UsageError
        If it holds anything or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise UsageError(
            f"{folder} cannot become a study: {error.strerror}",
            advice="Choose a new folder on a disk that you may write to.",
        ) from error
    if not is_empty:
        raise UsageError(
            f"{folder} is not empty",
            advice="Choose a new folder; nothing was changed.",
        )


def needs_passphrase(folder: Path) -> bool:
    """Tell whether a study takes a passphrase to open; False if the folder is no study."""
    return is_sealed(folder / KEY_FILE)


def is_encrypted(folder: Path) -> bool:
    """Tell whether a study is encrypted, even if its key file is lost."""
    if (folder / KEY_FILE).exists():
        return needs_passphrase(folder)
    try:
        with (folder / STORE_FILE).open("rb") as file:
            return file.read(len(_PLAIN_HEADER)) != _PLAIN_HEADER
    except OSError:
        return False


def insist_on_study(folder: Path) -> None:
    """Make sure that a folder is a study.

    Raises
    ------
    UsageError
        If it is none.
    WamError
        If its settings are gone.
    """
    if not any((folder / name).exists() for name in STUDY_FILES):
        raise UsageError(
            f"{folder} is not a study: it has no {SETTINGS_FILE}",
            advice="Go to the folder of the study, or make one with: wamforms init FOLDER",
        )
    if not (folder / SETTINGS_FILE).is_file():
        raise WamError(
            f"{folder / SETTINGS_FILE} is missing",
            advice="Put the file back, or start anew if making the study was interrupted.",
        )


def insist_on_encryption() -> None:
    """Make sure that the libraries of encrypted studies are there.

    Raises
    ------
    WamError
        In one line, with the command that installs them.
    """
    insist_on_library("encrypted studies", "encryption")
    if find_spec("sqlcipher3") is None:
        raise WamError(
            "encrypted studies need the library sqlcipher3, which is not installed",
            advice="Install it with: pip install 'wamforms[encryption]'",
        )
