"""Backups that prove themselves: a folder or a zip file with a manifest of all that is in it.

A backup holds settings, questionnaires, database and pictures, and the key if
asked. Nothing else of the study's folder goes in, such as a list of names.
"""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from layouts.errors import LockedError, UsageError, WamError
from records.key_file import copy_key, is_sealed, read_key
from records.keys import manifest_seal
from records.log import Action
from records.manifest import MANIFEST_FILE, BackupFile, Manifest, copied, opened_backup
from records.safekeeping import LoneCopy
from records.stamps import now, program
from records.study import Study, database_key, open_study
from records.study_folder import IMAGE_FOLDER, KEY_FILE, SETTINGS_FILE, STORE_FILE
from records.wholefiles import sweep, temporary_name

ZIP_ENDING = ".zip"


def make_backup(study: Study, target: Path, *, with_key: bool) -> Manifest:
    """Back a study up while it may be in use, and verify what was written.

    What is wrong with the study itself is in the manifest and stops nothing.

    Parameters
    ----------
    study : Study
        Open.
    target : Path
        A new or empty folder, or a new zip file; it appears whole or not at all.
    with_key : bool
        Whether the key goes in. Whoever has it can make page codes and log entries
        that pass for real ones; without it the backup alone restores nothing.

    Raises
    ------
    UsageError
        If the target exists or cannot be written to.
    WamError
        If what was written does not read back as it was.
    """
    _insist_on_free(target)
    with _staged(target) as stage:
        manifest = _fill(study, stage, with_key=with_key)
        if target.suffix.lower() == ZIP_ENDING:
            _pack(stage, target, manifest)
        else:
            with opened_backup(stage) as written:
                written.verify()
            _move(stage, target)
    study.store.log.note(Action.BACKED_UP, "study", manifest.head)
    return manifest


Ask = Callable[[], str]
"""Gives the passphrase of an encrypted study, and is called only if it takes one."""


def unasked() -> str:
    """Give no passphrase: nobody is there to be asked."""
    raise LockedError(
        "this backup is of an encrypted study and takes its passphrase",
        advice="Type it when asked, or set WAMFORMS_PASSPHRASE for scripts.",
    )


def restore_backup(
    source: Path, target: Path, *, key_file: Path | None = None, ask: Ask = unasked
) -> Manifest:
    """Make a study from a backup, after verifying every file of it.

    Parameters
    ----------
    source : Path
        What `make_backup` made.
    target : Path
        A new or empty folder.
    key_file : Path, optional
        The study's key, if the backup holds none.
    ask : callable
        Gives the passphrase, if the key is sealed.

    Raises
    ------
    LockedError
        If it is the wrong passphrase.
    UsageError
        If the target exists, or there is no key.
    WamError
        If anything of the backup is missing, changed or too much, or the key is another one.
    """
    _insist_on_free(target)
    with opened_backup(source) as backup, _staged(target) as stage:
        manifest = backup.manifest
        if not manifest.with_key and key_file is None:
            raise UsageError(
                f"{source} holds no key, so it takes the key to restore it",
                advice="Name your copy of study.key with --key FILE.",
            )
        backup.extract(stage)
        place = stage / KEY_FILE if key_file is None else key_file
        passphrase = ask() if is_sealed(place) else None
        key = read_key(place, passphrase, called=key_file or source / KEY_FILE)
        if key_file is not None:
            (stage / KEY_FILE).unlink(missing_ok=True)
            copy_key(key_file, stage / KEY_FILE)
        encrypted = passphrase is not None
        manifest = manifest.opened(manifest_seal(key) if encrypted else None)
        database = database_key(key, encrypted=encrypted)
        try:
            with LoneCopy(stage / STORE_FILE, key, database) as memory:
                _insist_on_same_memory(memory, source, manifest)
        except sqlite3.DatabaseError as error:
            raise WamError(
                f"{source} does not open with this key: it is the key of another study",
                advice="Take the key that belongs to this backup.",
            ) from error
        (stage / IMAGE_FOLDER).mkdir(exist_ok=True)
        _move(stage, target)
    with open_study(target, passphrase=passphrase) as study:
        study.store.log.note(Action.RESTORED, "study", manifest.head)
    return manifest


def _insist_on_free(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()) and target.suffix.lower() != ZIP_ENDING:
        return
    if target.exists():
        raise UsageError(
            f"{target} exists already and is not overwritten",
            advice="Choose a new name, such as one with today's date.",
        )


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """Give a folder beside the target to fill; it is gone afterwards, unless it was moved."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent, below=False)
        stage = target.parent / temporary_name()
        stage.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(
            f"cannot write to {target.parent}: {error.strerror}",
            advice="Choose a folder on a disk that you may write to.",
        ) from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _fill(study: Study, stage: Path, *, with_key: bool) -> Manifest:
    study.store.copy_to(stage / STORE_FILE)
    files = [BackupFile.of(stage / STORE_FILE, STORE_FILE)]
    database = database_key(study.key, encrypted=study.is_encrypted)
    with LoneCopy(stage / STORE_FILE, study.key, database) as memory:
        faults = list(memory.check())
        head = memory.log.head().text
        pictures = sorted(memory.pictures())
    for one in pictures:
        try:
            study.images.check(*one)
        except WamError as error:
            faults.append(str(error))
    folder = study.folder.resolve()
    wanted = [study.images.path(*one).resolve() for one in pictures]
    wanted += [folder / SETTINGS_FILE, *([folder / KEY_FILE] if with_key else [])]
    if study.definitions is not None:
        own = study.definitions.resolve()
        wanted += sorted(own.rglob("*.toml")) if own.is_relative_to(folder) else []
        if not own.is_relative_to(folder):
            faults.append(f"the questionnaires in {own} lie outside the study: copy them, too")
    for path in filter(Path.is_file, wanted):
        name = path.relative_to(folder).as_posix()
        files.append(copied(path, stage / name, name))
    manifest = Manifest(
        study.settings.title, now(), program(), head, with_key, tuple(faults), tuple(files)
    )
    manifest.sealed(manifest_seal(study.key) if study.is_encrypted else None).write(
        stage / MANIFEST_FILE
    )
    return manifest


def _pack(stage: Path, target: Path, manifest: Manifest) -> None:
    part = target.parent / temporary_name()
    try:
        with part.open("xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name in (MANIFEST_FILE, *(one.path for one in manifest.files)):
                    # Pictures are packed already; of a database half is air.
                    packed = zipfile.ZIP_DEFLATED if name == STORE_FILE else zipfile.ZIP_STORED
                    archive.write(stage / name, name, packed)
            file.flush()
            os.fsync(file.fileno())
        with opened_backup(part) as written:
            written.verify()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _move(stage: Path, target: Path) -> None:
    """Put a filled folder in its place in one step."""
    if target.is_dir():
        target.rmdir()  # Windows does not replace a folder, not even an empty one
    stage.replace(target)


def _insist_on_same_memory(memory: LoneCopy, source: Path, manifest: Manifest) -> None:
    """Make sure that key, database and manifest belong together."""
    faults = [fault for fault in memory.check() if fault not in manifest.faults]
    head = memory.log.head().text
    if head != manifest.head:
        faults.append(f"the log ends at {head}, not at {manifest.head} as the manifest says")
    if faults:
        raise WamError(
            f"{source} cannot be restored: {'; '.join(faults)}",
            advice="Take another backup, or the key that belongs to this one.",
        )
