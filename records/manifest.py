"""What a backup holds, file by file, and how it is read back."""

import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Literal, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from layouts.errors import WamError
from records.ciphers import seal, unseal
from records.study_folder import IMAGE_FOLDER, STUDY_FILES
from records.wholefiles import write_whole

MANIFEST_FILE = "MANIFEST.json"

MOST_NAMED = 5
"""A torn zip file has hundreds of faults; the first ones tell what happened."""

_BINARY: int = getattr(os, "O_BINARY", 0)
"""Without it Windows would change line ends."""

_BLOCK = 1 << 20
_PLAIN_PART = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]+")
_HEX = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup; `path` is as seen from the study's folder, with slashes."""

    path: str
    sha256: Annotated[str, Field(pattern=_HEX)]
    bytes: Annotated[int, Field(ge=0)]

    @classmethod
    def of(cls, file: Path, name: str) -> "BackupFile":
        """Describe a file."""
        with file.open("rb") as stream:
            digest, size = _poured(stream, None)
        return cls(name, digest, size)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of, and everything in it.

    Attributes
    ----------
    head
        Newest entry of the log that the backup holds.
    faults
        What was wrong with the study when it was backed up. A fault may name a row, and a row
        a dyad: of an encrypted study they are sealed in the file, as hexadecimal after ``sealed:``.
    """

    title: str
    made_at: str
    program: str
    head: str
    with_key: bool
    faults: tuple[str, ...]
    files: tuple[BackupFile, ...]
    kind: Literal["wamforms backup 1"] = "wamforms backup 1"

    def write(self, path: Path) -> None:
        """Write it for people and programs."""
        write_whole(path, _MANIFESTS.dump_json(self, indent=2) + b"\n")

    def sealed(self, key: bytes | None) -> "Manifest":
        """Return it as it is written for an encrypted study; without a key as it is."""
        if key is None:
            return self
        faults = (_SEALED + seal(key, one.encode(), _WHAT).hex() for one in self.faults)
        return replace(self, faults=tuple(faults))

    def opened(self, key: bytes | None) -> "Manifest":
        """Return what `sealed` made as it was.

        Raises
        ------
        WamError
            If a fault does not open with the key.
        """
        if key is None:
            return self
        try:
            faults = (unseal(key, _hex(one), _WHAT).decode() for one in self.faults)
            return replace(self, faults=tuple(faults))
        except ValueError as error:
            raise WamError(
                "the faults in the manifest of the backup do not open",
                advice="Take another backup, or the key that belongs to this one.",
            ) from error


_MANIFESTS = TypeAdapter(Manifest)
_SEALED = "sealed:"
_WHAT = b"a fault in a manifest"


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix(_SEALED))


class Source(Protocol):
    """Where the files of a backup are: a folder or a zip file."""

    def names(self) -> set[str]:
        """List every file, with slashes."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Open a file to read it."""
        ...


@dataclass(frozen=True, slots=True)
class Backup:
    """An opened backup whose manifest could be read."""

    place: Path
    source: Source
    manifest: Manifest

    def verify(self) -> None:
        """Read every file back.

        Raises
        ------
        WamError
            If one is missing, changed or too much.
        """
        self._read(None)

    def extract(self, folder: Path) -> None:
        """Write every file into a folder, verified on the way.

        Raises
        ------
        WamError
            As for `verify`; what was written then is worth nothing.
        """
        self._read(folder)

    def _read(self, folder: Path | None) -> None:
        listed = {one.path for one in self.manifest.files}
        there = self.source.names() - {MANIFEST_FILE}
        faults = [f"{name} is not in the manifest" for name in sorted(there - listed)]
        for one in self.manifest.files:
            faults += self._file_faults(one, folder)
        if faults:
            raise _damaged(self.place, faults)

    def _file_faults(self, one: BackupFile, folder: Path | None) -> Iterator[str]:
        if not _belongs(one.path):
            yield f"{one.path} is no part of a study"
            return
        try:
            with self.source.open(one.path) as stream:
                target = None if folder is None else folder / one.path
                digest, _ = _copied(stream, target)
        except (OSError, KeyError, zipfile.BadZipFile, EOFError, ValueError):
            yield f"{one.path} is missing or cannot be read"
            return
        if digest != one.sha256:
            yield f"{one.path} has changed"


@contextmanager
def opened_backup(place: Path) -> Iterator[Backup]:
    """Open a backup and read its manifest.

    Raises
    ------
    WamError
        If it is no backup, or its manifest cannot be read.
    """
    try:
        if place.is_dir():
            folder = _Folder(place)
            yield Backup(place, folder, _manifest(place, folder))
            return
        with zipfile.ZipFile(place) as archive:
            zipped = _Zip(archive)
            yield Backup(place, zipped, _manifest(place, zipped))
    except zipfile.BadZipFile as error:
        raise _damaged(place, [str(error)]) from error
    except FileNotFoundError as error:
        if error.filename != str(place):
            raise
        raise WamError(
            f"{place} does not exist", advice="Name a backup's folder or zip file."
        ) from error


def copied(file: Path, target: Path, name: str) -> BackupFile:
    """Copy a file into a backup and say what was copied."""
    with file.open("rb") as stream:
        digest, size = _copied(stream, target)
    return BackupFile(name, digest, size)


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path

    def names(self) -> set[str]:
        files = (path for path in self.root.rglob("*") if not path.is_dir())
        return {path.relative_to(self.root).as_posix() for path in files}

    def open(self, name: str) -> IO[bytes]:
        return (self.root / name).open("rb")


@dataclass(frozen=True, slots=True)
class _Zip:
    archive: zipfile.ZipFile

    def names(self) -> set[str]:
        return {one.filename for one in self.archive.infolist() if not one.is_dir()}

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(name)


def _manifest(place: Path, source: Source) -> Manifest:
    try:
        with source.open(MANIFEST_FILE) as stream:
            return _MANIFESTS.validate_json(stream.read())
    except (OSError, KeyError) as error:
        raise WamError(
            f"{place} is no backup: it has no {MANIFEST_FILE}",
            advice="Name the folder or zip file that wamforms backup made.",
        ) from error
    except (ValidationError, zipfile.BadZipFile, EOFError) as error:
        raise _damaged(place, [f"{MANIFEST_FILE} cannot be read"]) from error


def _belongs(name: str) -> bool:
    """Tell whether a file may be part of a study, and stays inside its folder."""
    parts = PurePosixPath(name).parts
    plain = all(_PLAIN_PART.fullmatch(part) and part != ".." for part in parts)
    known = name in STUDY_FILES or parts[:1] == (IMAGE_FOLDER,) or name.endswith(".toml")
    return plain and known and name == "/".join(parts)


def _copied(stream: IO[bytes], target: Path | None) -> tuple[str, int]:
    """Digest a stream, and write it to a new file if one is named, private as the study is."""
    if target is None:
        return _poured(stream, None)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(handle, "wb") as file:
        found = _poured(stream, file)
        file.flush()
        os.fsync(file.fileno())
    return found


def _poured(stream: IO[bytes], file: IO[bytes] | None) -> tuple[str, int]:
    """Read a stream to its end; return the digest and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if file is not None:
            file.write(block)
    return digest.hexdigest(), size


def _damaged(place: Path, faults: list[str]) -> WamError:
    shown = "; ".join(faults[:MOST_NAMED])
    more = f"; and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else ""
    return WamError(
        f"the backup {place} is damaged: {shown}{more}",
        advice="Take another backup; nothing was restored from this one.",
    )
