"""Verify a study: what `wamforms check` reports, and `wamforms doctor` about a study."""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from layouts.errors import FaultyFileError, LockedError, UsageError, WamError
from output.package import PROVENANCE_FILE
from records.envelopes import Envelope
from records.images import ImageVault, is_name
from records.key_file import read_key
from records.keys import picture_seal
from records.log import Action, Head
from records.manifest import MANIFEST_FILE
from records.settings import Settings, read_settings
from records.store import Store
from records.study import Study, database_key, insist_on_seal
from records.study_folder import (
    IMAGE_FOLDER,
    KEY_FILE,
    SETTINGS_FILE,
    STORE_FILE,
    insist_on_study,
    is_encrypted,
    needs_passphrase,
)
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.scanning import thresholds_of

LEAST_FREE_MB = 500
"""A stack of 500 grey pages takes 300 MB."""

MOST_HEAD_BYTES = 10_000_000
"""Files that hold a head have a few kB, a codebook some hundred."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    what: str
    is_ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class StudyCheck:
    """What was found in a study.

    Attributes
    ----------
    head
        Newest entry of the log, to be kept elsewhere; empty if it cannot be read.
    """

    head: str
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong, one sentence each."""
        return tuple(one for one in self.findings if not one.is_ok)


def check_study(
    folder: Path, kept: Sequence[Head] = (), *, passphrase: str | None = None
) -> StudyCheck:
    """Verify settings, key, database, log and pictures; a sound study logs that.

    Parameters
    ----------
    folder : Path
        The study.
    kept : sequence of Head
        What was the newest entry of the log once.
    passphrase : str, optional
        Of an encrypted study.

    Raises
    ------
    LockedError
        If the passphrase is missing or another one.
    UsageError
        If the folder is no study.
    """
    insist_on_study(folder)
    settings, wrong_settings = _tried(lambda: read_settings(folder / SETTINGS_FILE))
    key, wrong_key = _tried(lambda: read_key(folder / KEY_FILE, passphrase))
    encrypted = needs_passphrase(folder)
    store, wrong_store = (None, ()) if key is None else _opened(folder, key, encrypted=encrypted)
    found = [*_named("settings", wrong_settings), *_named("key", wrong_key)]
    found += [*_named("database", wrong_store), *_computer(folder), _encryption(folder)]
    if store is None:
        return StudyCheck("", tuple(found))
    seal = picture_seal(key) if encrypted and key is not None else None
    with store:
        try:
            envelope = Envelope.of(sorted(store.research_keys()), key or b"")
            images = ImageVault(folder / IMAGE_FOLDER, seal, envelope)
            found.extend(_memory(store, kept))
            found += _pictures(store, images)
            if settings is not None and key is not None:
                found += _seal(folder, settings, store)
                found += _settings(Study(folder, settings, key, store, images, encrypted))
            if all(one.is_ok for one in found):
                store.log.note(Action.CHECKED, "study")
            return StudyCheck(store.log.head().text, tuple(found))
        except sqlite3.DatabaseError as error:
            said = f"it is damaged, and the rest cannot be checked: {error}"
            return StudyCheck("", (*found, Finding("database", False, said)))


def head_from(text: str) -> Head:
    """Read a head as somebody typed it, or out of an export or a backup.

    Parameters
    ----------
    text : str
        ``SEQ:HASH``, or the path of a file or folder that holds one.

    Raises
    ------
    UsageError
        If none is found.
    """
    path = Path(text)
    try:
        if path.is_dir():
            path = next(
                (
                    path / name
                    for name in (PROVENANCE_FILE, MANIFEST_FILE)
                    if (path / name).exists()
                ),
                path,
            )
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return Head.find(archive.read(_holder(archive))[:MOST_HEAD_BYTES].decode())
        if path.is_file():
            with path.open("rb") as file:
                return Head.find(file.read(MOST_HEAD_BYTES).decode(errors="replace"))
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(
            f"no head of a log can be read from {path}",
            advice="Name an export, a backup, or the head itself.",
        ) from error
    return Head.find(text)


def _holder(archive: zipfile.ZipFile) -> str:
    """Name the file in a zipped backup or export that holds the head; KeyError if none does."""
    found = (name for name in archive.namelist() if Path(name).name == PROVENANCE_FILE)
    return next(found, MANIFEST_FILE)


def _tried(read: Callable[[], _T]) -> tuple[_T | None, tuple[str, ...]]:
    """Do something; return what came of it, or why nothing did."""
    try:
        return read(), ()
    except LockedError:
        raise
    except FaultyFileError as error:
        return None, tuple(f"{Path(error.file).name}: {fault}" for fault in error.faults)
    except WamError as error:
        return None, (f"{error}; {error.advice}",)


def _opened(folder: Path, key: bytes, *, encrypted: bool) -> tuple[Store | None, tuple[str, ...]]:
    return _tried(lambda: Store(folder / STORE_FILE, key, database_key(key, encrypted=encrypted)))


def _named(what: str, faults: Iterable[str], sound: str = "") -> Iterator[Finding]:
    """Make a finding of each fault; of none, one that says what is sound, if that is known."""
    named = [Finding(what, False, fault) for fault in faults]
    yield from named
    if sound and not named:
        yield Finding(what, True, sound)


def _computer(folder: Path) -> Iterator[Finding]:
    free_mb = shutil.disk_usage(folder).free // 2**20
    yield Finding("disk", free_mb >= LEAST_FREE_MB, f"{free_mb} MB free")
    key = folder / KEY_FILE
    if key.is_file():
        private = os.name == "nt" or not key.stat().st_mode & 0o077
        yield Finding(
            "key", private, "private" if private else "others can read study.key: chmod 600"
        )


def _encryption(folder: Path) -> Finding:
    """Say whether the study is encrypted; either is sound."""
    if is_encrypted(folder):
        return Finding("encryption", True, "database, key and pictures open with a passphrase only")
    return Finding("encryption", True, "none: keep it on a disk that your organisation encrypts")


def _seal(folder: Path, settings: Settings, store: Store) -> Iterator[Finding]:
    """Say to whom a sealed study is sealed, and that nobody took the seal off."""
    _, faults = _tried(lambda: insist_on_seal(folder, settings, store))
    public = ", ".join(settings.sealed_to)
    sound = f"what clients answered opens with the research key of {public} only" if public else ""
    yield from _named("seal", faults, sound)


def _memory(store: Store, kept: Sequence[Head]) -> Iterator[Finding]:
    yield from _named("database", store.check_database(), "sound")
    head = store.log.head()
    yield from _named("log", store.check_log(), f"{head.seq} entries, every row as logged")
    if store.pictures_to_delete():
        yield Finding(
            "withdrawal",
            False,
            "one was interrupted, and pictures of it may be left; give the same command again",
        )
    for one in kept:
        yield from _named("log head", store.check_head(one), f"entry {one.seq} is where it was")


def _pictures(store: Store, images: ImageVault) -> Iterator[Finding]:
    known = store.pictures()
    faults = [fault for one in sorted(known) for fault in _tried(partial(images.check, *one))[1]]
    yield from _named("page pictures", faults, f"{len(known)} unchanged")
    for stranger in images.strangers(one for one in known if is_name(*one)):
        yield Finding(
            "page pictures",
            False,
            f"{stranger} belongs to no page; scan its file again if a scan was interrupted, or"
            " delete it",
        )


def _settings(study: Study) -> Iterator[Finding]:
    _, limits = _tried(lambda: thresholds_of(study))
    _, questionnaires = _tried(lambda: instruments_of(study))
    edited = [
        name
        for name, state in study.states().items()
        if study.store.log.last_state(Action.SETTINGS, name) != state
    ]
    sound = f"{' and '.join(edited)} edited since the last use" if edited else "as last used"
    yield from _named("settings", limits, sound)
    domains = ", ".join(study.settings.domains)
    yield from _named("questionnaires", questionnaires, domains)
