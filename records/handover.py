"""Files that belong to a step of the study, such as a print run: both are there, or neither.

A database and a folder cannot change in one step. So the files are written into a stage beside
their place, a note in the study says where, and an entry of the log that the step adds
says that it happened. The files are moved after it. Whoever opens the study after a kill moves
them if the entry is there; if not, the next such step throws them away.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from records.log import Action
from records.logbook import Logbook
from records.store import Store
from records.wholefiles import temporary_name, write_whole

NOTE_FILE = "print-pending.json"
"""Holds no code and nothing of a form: paths, counts, and a digest of what was asked for."""

TOKEN_BYTES = 8
"""64 random bits: no other entry of the log has them."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Files on their way.

    Attributes
    ----------
    token
        Stands in the log once the step is stored.
    order
        Digest of what was asked for, to recognise the same command.
    stage, target
        The folder they were written to, and the one they belong into.
    files
        Their names in the order in which they are moved; the last one says that all are there.
    said
        What the task told about itself.
    is_done
        Whether they have been moved by somebody else than the task.
    """

    token: str
    order: str
    stage: str
    target: str
    files: tuple[str, ...] = ()
    said: Mapping[str, int | str] = field(default_factory=dict)
    is_done: bool = False


_NOTES = TypeAdapter(Handover)


class Stage:
    """Where the files of a step are written; made by `handing_over`."""

    def __init__(self, study: Path, log: Logbook, note: Handover) -> None:
        self._study, self._log, self._note = study, log, note
        self.folder = Path(note.stage)

    def store(self, files: tuple[Path, ...], said: Mapping[str, int | str]) -> None:
        """Declare the files whole; the last thing that happens in the step."""
        for file in files:
            _flush(self.folder / file.name)
        self._note = replace(self._note, files=tuple(one.name for one in files), said=said)
        _write(self._study, self._note)
        self._log.note(Action.PRINTED, "forms", self._note.token)


@contextmanager
def handing_over(study: Path, store: Store, target: Path, order: str) -> Iterator[Stage]:
    """Make a step with files: what is written into the stage is in `target` once it ends.

    Parameters
    ----------
    study : Path
        Its folder.
    store : Store
        Its memory; everything inside the `with` statement is one step of it.
    target : Path
        A folder that is there; none of the files is in it.
    order : str
        Digest of what was asked for.
    """
    stage = target.resolve() / temporary_name()
    note = Handover(secrets.token_hex(TOKEN_BYTES), order, str(stage), str(stage.parent))
    try:
        with store.step():  # nobody else is in one now, so what lies about is nobody's
            _discard(study, store.log)
            _write(study, note)
            stage.mkdir(mode=0o700)
            yield Stage(study, store.log, note)
    except BaseException:
        if not _is_stored(store.log, note):
            _discard(study, store.log)
        raise
    finish(study, store.log)
    (study / NOTE_FILE).unlink(missing_ok=True)


def finish(study: Path, log: Logbook) -> None:
    """Move the files of a step that was stored, unless that is done.

    Raises
    ------
    OSError
        If their folder cannot be reached now; it can be tried again.
    """
    note = _read(study)
    if note is None or note.is_done or not _is_stored(log, note):
        return
    stage, target = Path(note.stage), Path(note.target)
    for name in note.files:
        with suppress(FileNotFoundError):  # it was moved before
            (stage / name).replace(target / name)
    shutil.rmtree(stage, ignore_errors=True)
    _write(study, replace(note, is_done=True))


def taken(study: Path, order: str) -> Handover | None:
    """Return the step that an earlier, interrupted command of the same order has made.

    It is returned once: the same command after this is a new one.
    """
    note = _read(study)
    if note is None or not note.is_done:
        return None
    (study / NOTE_FILE).unlink(missing_ok=True)
    return note if note.order == order else None


def _discard(study: Path, log: Logbook) -> None:
    """Throw away the files of a step that was not stored; finish those of one that was."""
    finish(study, log)
    note = _read(study)
    if note is not None:
        if not note.is_done:
            shutil.rmtree(note.stage, ignore_errors=True)
        (study / NOTE_FILE).unlink(missing_ok=True)


def _is_stored(log: Logbook, note: Handover) -> bool:
    return any(one.detail == note.token for one in log.events(Action.PRINTED))


def _read(study: Path) -> Handover | None:
    try:
        return _NOTES.validate_json((study / NOTE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _write(study: Path, note: Handover) -> None:
    write_whole(study / NOTE_FILE, _NOTES.dump_json(note, indent=2) + b"\n")


def _flush(path: Path) -> None:
    """Make the disk keep a file before the study says that it is there."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
