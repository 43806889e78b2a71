"""An export on the disk: one folder or one zip file, whole or absent."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layouts.errors import UsageError
from records.wholefiles import sweep, temporary_name

PROVENANCE_FILE = "PROVENANCE.json"
"""Lists the files of an export; a folder in which every file is listed may be replaced."""

ENDING = ".zip"

_THEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same study gives the same bytes."""

_BLOCK = 1 << 20


@contextmanager
def whole_export(target: Path, *, zipped: bool) -> Iterator[Path]:
    """Lend a folder to write into; what is in it at the end becomes `target` in one step.

    Whatever goes wrong before leaves what was there. An earlier export of that name is
    replaced; a folder that holds anything else is not touched.

    Parameters
    ----------
    target : Path
        The folder or file to be.
    zipped : bool
        Whether it is to be one file.

    Raises
    ------
    UsageError
        If it cannot be written there, or something else has the name.
    """
    check_target(target, zipped=zipped)
    part = target.parent / temporary_name()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent, below=False)
        part.mkdir(mode=0o700)
        yield part
        for path in part.rglob("*"):
            if path.is_file():
                _to_disk(path)
        if zipped:
            _publish_zip(part, target)
        else:
            _publish_folder(part, target)
    except OSError as error:
        raise UsageError(
            f"cannot write the export to {target}: {error.strerror}",
            advice="Close programs that have one of its files open, or choose another place.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def still_written(part: Path) -> None:
    """Say that an unfinished export has an owner, so that nobody sweeps it away."""
    os.utime(part)


def check_target(target: Path, *, zipped: bool) -> None:
    """Make sure that a place is free, or taken by an earlier export.

    Raises
    ------
    UsageError
        If something else is there.
    """
    if zipped:
        if target.exists() and not zipfile.is_zipfile(target):
            raise UsageError(
                f"{target} is there already and is no zip file",
                advice="Choose another name; nothing was changed.",
            )
        return
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(
            f"{target} is a file, and an export is a folder",
            advice=f"Choose another name, or give it the ending {ENDING} with --zip.",
        )
    foreign = _foreign(target)
    if foreign:
        raise UsageError(
            f"{target} holds {foreign[0]}, which no export wrote there",
            advice="Choose a new folder; nothing was changed.",
        )


def _foreign(folder: Path) -> list[str]:
    """List what is in a folder and not in its list of exported files."""
    try:
        listed = json.loads((folder / PROVENANCE_FILE).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        listed = {}
    known = {PROVENANCE_FILE, *listed}
    found = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    names = [path.relative_to(folder).as_posix() for path in found]
    return [name for name in names if name not in known]


def _publish_folder(part: Path, target: Path) -> None:
    if not target.exists():
        part.replace(target)
        return
    old = target.parent / temporary_name()
    target.replace(old)
    try:
        part.replace(target)
    except BaseException:
        old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _publish_zip(part: Path, target: Path) -> None:
    packed = target.parent / temporary_name()
    try:
        with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(part.rglob("*")):
                if path.is_file():
                    _pack(archive, path, f"{target.stem}/{path.relative_to(part).as_posix()}")
        _to_disk(packed)
        packed.replace(target)
    except BaseException:
        packed.unlink(missing_ok=True)
        raise


def _pack(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.file_size = path.stat().st_size  # tells zipfile whether it needs 64 bits
    with path.open("rb") as source, archive.open(entry, "w") as packed:
        shutil.copyfileobj(source, packed, _BLOCK)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
