"""An open study: a folder with its settings, its key, its memory and its pictures."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from typing import Self

from layouts.errors import UsageError, WamError
from records.database import create
from records.images import ImageVault
from records.log import Action
from records.settings import Settings, check_settings, read_settings, write_settings
from records.store import Store
from records.wholefiles import sweep

SETTINGS_FILE = "study.toml"
KEY_FILE = "study.key"
STORE_FILE = "study.sqlite"
IMAGE_FOLDER = "images"

KEY_BYTES = 32
"""As long as the digest of the MAC it signs page codes with (RFC 2104)."""

STUDY_FILES = frozenset({SETTINGS_FILE, KEY_FILE, STORE_FILE})
"""What makes a folder a study."""


@dataclass(frozen=True, slots=True)
class Study:
    """An open study; close it, or use it in a `with` statement.

    Attributes
    ----------
    key
        Signs the page codes; it is never shown.
    """

    folder: Path
    settings: Settings
    key: bytes = field(repr=False)
    store: Store = field(repr=False)
    images: ImageVault = field(repr=False)

    @property
    def definitions(self) -> Path | None:
        """The folder of the study's own questionnaires; None for the built-in ones."""
        chosen = self.settings.definitions
        return None if chosen is None else self.folder / chosen

    def states(self) -> dict[str, str]:
        """Digest the files of the study that people edit, by their names in the log."""
        found = {SETTINGS_FILE: _digest([self.folder / SETTINGS_FILE], self.folder)}
        if (folder := self.definitions) is not None:
            found["definitions"] = _digest(sorted(folder.rglob("*.toml")), folder)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def create_study(folder: Path, settings: Settings) -> Study:
    """Make a new study in a new or empty folder, and open it.

    `study.toml` is written last: a folder with it is a whole study.

    Raises
    ------
    UsageError
        If the folder holds anything, or cannot be made.
    FaultyFileError
        If the settings could not be read back; nothing is made then.
    """
    check_settings(settings, f"the settings of {folder}")
    _claim(folder)
    key = token_bytes(KEY_BYTES)
    write_key(folder / KEY_FILE, key)
    create(folder / STORE_FILE, key)
    (folder / IMAGE_FOLDER).mkdir()
    write_settings(folder / SETTINGS_FILE, settings)
    return open_study(folder)


def open_study(folder: Path) -> Study:
    """Open a study, and sweep away what a killed program left unfinished.

    Raises
    ------
    UsageError
        If the folder is no study.
    FaultyFileError
        If `study.toml` has faults.
    WamError
        If a part of the study is missing or damaged.
    MismatchError
        If a newer version of the program made it.
    """
    insist_on_study(folder)
    settings = read_settings(folder / SETTINGS_FILE)
    key = read_key(folder / KEY_FILE)
    store = Store(folder / STORE_FILE, key)
    images = ImageVault(folder / IMAGE_FOLDER)
    study = Study(folder, settings, key, store, images)
    try:
        sweep(folder)
        for name, state in study.states().items():
            store.log.note_change(Action.SETTINGS, name, state)
    except BaseException:
        store.close()
        raise
    return study


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


def _digest(files: Iterable[Path], folder: Path) -> str:
    """Digest names and contents of files."""
    digest = hashlib.sha256()
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\n{content}\n".encode())
    return digest.hexdigest()


def _claim(folder: Path) -> None:
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


def write_key(path: Path, key: bytes) -> None:
    """Write a key that only the owner may read; never over another one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read a study's key.

    Raises
    ------
    WamError
        If it is missing or no key.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as error:
        raise WamError(
            f"{path} is missing or cannot be opened; without it no printed form can be read",
            advice="Put the file back from the place where you keep the key.",
        ) from error
    except ValueError as error:
        raise _bad_key(path) from error
    if len(key) != KEY_BYTES:
        raise _bad_key(path)
    return key


def _bad_key(path: Path) -> WamError:
    return WamError(
        f"{path} is not a study key",
        advice="Put the file back from the place where you keep the key.",
    )
