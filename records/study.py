"""An open study: a folder with its settings, its key, its memory and its pictures."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from typing import Self

from layouts.errors import UsageError
from records.age_files import insist_on_age
from records.ciphers import insist_on_length
from records.database import create
from records.envelopes import Envelope
from records.handover import finish
from records.images import ImageVault
from records.key_file import KEY_BYTES, read_key, write_key
from records.keys import database_seal, picture_seal
from records.log import Action
from records.settings import Settings, read_settings
from records.settings_text import check_settings, write_settings
from records.store import Store
from records.study_folder import (
    IMAGE_FOLDER,
    KEY_FILE,
    SETTINGS_FILE,
    STORE_FILE,
    claim,
    insist_on_encryption,
    insist_on_study,
    needs_passphrase,
)
from records.wholefiles import sweep


@dataclass(frozen=True, slots=True)
class Study:
    """An open study; close it, or use it in a `with` statement.

    Attributes
    ----------
    key
        Signs the page codes; it is never shown.
    is_encrypted
        Whether database and pictures are; then nothing plain belongs into the folder.
    """

    folder: Path
    settings: Settings
    key: bytes = field(repr=False)
    store: Store = field(repr=False)
    images: ImageVault = field(repr=False)
    is_encrypted: bool = False

    @property
    def is_sealed(self) -> bool:
        """Whether what clients answer is readable only with the research key."""
        return bool(self.settings.sealed_to)

    @property
    def hides_clients(self) -> bool:
        """Whether it is sealed and nobody gave the research key."""
        return self.images.envelope is not None and not self.images.envelope.opens

    @property
    def research_key(self) -> tuple[str, ...]:
        """The secret keys that open what clients answered, as somebody gave them."""
        return self.images.envelope.secrets if self.images.envelope is not None else ()

    @property
    def definitions(self) -> Path | None:
        """The folder of the study's own questionnaires; None for the built-in ones."""
        chosen = self.settings.definitions
        return None if chosen is None else self.folder / chosen

    def plain_file(self, path: Path, named_with: str) -> Path:
        """Return where a file that people open is to be written, if it may be there.

        Parameters
        ----------
        path : Path
            A file or folder.
        named_with : str
            How another place is named, such as ``with --out FILE.pdf``.

        Raises
        ------
        UsageError
            If it lies in the folder of an encrypted study, or of a sealed one that was
            opened with the research key: there nothing lies open.
        """
        how = "encrypted" if self.is_encrypted else "sealed" if self.research_key else ""
        if how and path.resolve().is_relative_to(self.folder.resolve()):
            raise UsageError(
                f"{self.folder} is {how}, and {path.name} in it would not be",
                advice=f"Name a place outside of it ({named_with}), and delete what is there"
                " once it is used.",
            )
        return path

    def plain_files(self, paths: Iterable[Path | None], named_with: str) -> None:
        """Insist on the same for files that may be wanted."""
        for path in paths:
            if path is not None:
                self.plain_file(path, named_with)

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


def create_study(folder: Path, settings: Settings, *, passphrase: str | None = None) -> Study:
    """Make a new study in a new or empty folder, and open it.

    `study.toml` is written last: a folder with it is a whole study. With a passphrase
    everything but the settings and the study's own questionnaires is encrypted, for good.

    Raises
    ------
    UsageError
        If the folder holds anything, or cannot be made, or the passphrase is too short.
    WamError
        If encryption is asked for and not installed.
    FaultyFileError
        If the settings could not be read back; nothing is made then.
    """
    check_settings(settings, f"the settings of {folder}")
    if settings.sealed_to:
        insist_on_age("sealed studies")
    if passphrase is not None:
        insist_on_encryption()
        insist_on_length(passphrase)
    claim(folder)
    key = token_bytes(KEY_BYTES)
    write_key(folder / KEY_FILE, key, passphrase)
    create(folder / STORE_FILE, key, database_key(key, encrypted=passphrase is not None))
    (folder / IMAGE_FOLDER).mkdir()
    with Store(
        folder / STORE_FILE, key, database_key(key, encrypted=passphrase is not None)
    ) as new:
        new.seal_to(settings.sealed_to)
    write_settings(folder / SETTINGS_FILE, settings)
    return open_study(folder, passphrase=passphrase)


def open_study(
    folder: Path, *, passphrase: str | None = None, research_key: Sequence[str] = ()
) -> Study:
    """Open a study, and sweep away what a killed program left unfinished.

    Parameters
    ----------
    folder : Path
        Where it is.
    passphrase : str, optional
        For a study that `needs_passphrase`; others do not look at it.
    research_key : sequence of str, optional
        Secret keys, as `records.age_files.read_secrets` gives them: they open what
        clients answered in a study that is sealed.

    Raises
    ------
    LockedError
        If the passphrase or the key is missing or another one; nothing was touched then.
    UsageError
        If the folder is no study, or `study.toml` seals it to other keys than it was made for.
    FaultyFileError
        If `study.toml` has faults.
    WamError
        If a part of the study is missing or damaged.
    MismatchError
        If a newer version of the program made it.
    """
    insist_on_study(folder)
    settings = read_settings(folder / SETTINGS_FILE)
    key = read_key(folder / KEY_FILE, passphrase)
    study = study_with(folder, settings, key, research_key, encrypted=needs_passphrase(folder))
    store = study.store
    try:
        with suppress(OSError):  # a stick that is away: the next print says so
            finish(folder, store.log)
        sweep(folder)
        for name, state in study.states().items():
            store.log.note_change(Action.SETTINGS, name, state)
    except BaseException:
        store.close()
        raise
    return study


def study_with(
    folder: Path,
    settings: Settings,
    key: bytes,
    research_key: Sequence[str] = (),
    *,
    encrypted: bool,
) -> Study:
    """Open the parts of a study with a key that was read before; nothing is swept or logged."""
    envelope = Envelope.of(settings.sealed_to, key, research_key)
    store = Store(folder / STORE_FILE, key, database_key(key, encrypted=encrypted), envelope)
    try:
        insist_on_seal(folder, settings, store)
    except BaseException:
        store.close()
        raise
    pictures = picture_seal(key) if encrypted else None
    images = ImageVault(folder / IMAGE_FOLDER, pictures, envelope)
    return Study(folder, settings, key, store, images, encrypted)


def insist_on_seal(folder: Path, settings: Settings, store: Store) -> None:
    """Make sure that nobody took the seal off, or put another one on, in `study.toml`.

    Raises
    ------
    UsageError
        If the study was made for other research keys than the settings name.
    """
    made_for = store.research_keys()
    if made_for == set(settings.sealed_to):
        return
    raise UsageError(
        f"{folder / SETTINGS_FILE} seals the study to other research keys than it was made for",
        advice=f"Put the line back: sealed_to = {json.dumps(sorted(made_for))}"
        if made_for
        else "Take the line sealed_to out: a study is sealed when it is made, or never.",
    )


def database_key(key: bytes, *, encrypted: bool) -> bytes | None:
    """Make the key that a study's database is opened with; None for a plain one.

    Raises
    ------
    WamError
        If it is encrypted and the library is not installed.
    """
    if not encrypted:
        return None
    insist_on_encryption()
    return database_seal(key)


def _digest(files: Iterable[Path], folder: Path) -> str:
    """Digest names and contents of files."""
    digest = hashlib.sha256()
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\n{content}\n".encode())
    return digest.hexdigest()
