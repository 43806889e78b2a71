"""Back a study up, and make a study from a backup."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from records.backups import Ask, make_backup, restore_backup, unasked
from records.key_file import write_key
from records.manifest import Manifest
from records.recovery import key_of
from records.study import open_study
from records.study_folder import KEY_FILE


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What is in a backup, or was made from one.

    Attributes
    ----------
    with_key
        Whether the backup holds the key.
    head
        Newest entry of the log in it.
    faults
        What was wrong with the study when it was backed up.
    """

    place: Path
    title: str
    made_at: str
    with_key: bool
    files: int
    bytes: int
    head: str
    faults: tuple[str, ...]


def back_up(
    folder: Path, target: Path, *, with_key: bool, passphrase: str | None = None
) -> BackedUp:
    """Back a study up into a new folder or zip file, and verify it.

    Raises
    ------
    UsageError
        If the target exists or lies in the study.
    WamError
        If the study cannot be opened, or the backup does not read back.
    """
    with open_study(folder, passphrase=passphrase) as study:
        return _told(target, make_backup(study, target, with_key=with_key))


def restore(source: Path, folder: Path, *, key_file: Path | None, ask: Ask = unasked) -> BackedUp:
    """Make a study in a new folder from a backup; `ask` gives the passphrase of an encrypted one.

    Raises
    ------
    UsageError
        If the folder is not empty, or the key is in neither place.
    WamError
        If the backup is damaged.
    """
    return _told(folder, restore_backup(source, folder, key_file=key_file, ask=ask))


def restore_with_code(source: Path, folder: Path, code: str, new: str) -> BackedUp:
    """Make an encrypted study in a new folder from a backup, with the code of its recovery sheet.

    Raises
    ------
    UsageError
        If the code is mistyped, the passphrase too short, or the folder not empty.
    WamError
        If the backup is damaged, or the code is of another study.
    """
    with TemporaryDirectory(prefix="wamforms-recover-") as place:
        key_file = Path(place) / KEY_FILE
        write_key(key_file, key_of(code), new)  # sealed, so nothing plain lies there
        return restore(source, folder, key_file=key_file, ask=lambda: new)


def _told(place: Path, manifest: Manifest) -> BackedUp:
    return BackedUp(
        place=place,
        title=manifest.title,
        made_at=manifest.made_at,
        with_key=manifest.with_key,
        files=len(manifest.files),
        bytes=sum(one.bytes for one in manifest.files),
        head=manifest.head,
        faults=manifest.faults,
    )
