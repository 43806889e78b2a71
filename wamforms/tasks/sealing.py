"""Exports that only their recipient can open, and the keys for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.errors import UsageError
from output.package import ENDING as ZIP
from records import age_files
from records.log import Action
from records.study import Study
from records.wholefiles import TEMPORARY, sweep, write_private
from wamforms.tasks.digests import digest_of
from wamforms.tasks.exporting import Exported, ExportOrder, export_study


@dataclass(frozen=True, slots=True)
class ResearcherKey:
    """A new pair of key files.

    Attributes
    ----------
    secret
        The file that opens exports; it stays with the researcher.
    public
        The file to give to the office.
    key
        What stands in it.
    """

    secret: Path
    public: Path
    key: str


def make_key(path: Path, passphrase: str | None) -> ResearcherKey:
    """Write a secret key, which only its owner may read, and the public one beside it.

    Raises
    ------
    UsageError
        If one of the files exists or cannot be written.
    """
    public = path.with_name(path.name + ".pub")
    pair = age_files.new_pair()
    text = f"# public key: {pair.public}\n{pair.secret}\n"
    data = text.encode() if passphrase is None else age_files.lock_secret(text, passphrase)
    for one in (path, public):
        if one.exists():
            raise UsageError(f"{one} exists already", advice="Choose another name.")
    try:
        write_private(path, data)
        public.write_text(pair.public + "\n", encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another place."
        ) from error
    return ResearcherKey(path, public, pair.public)


def export_sealed(
    study: Study, place: Path, order: ExportOrder, recipients: Sequence[str]
) -> Exported:
    """Write an export as one file that opens with the recipients' secret keys only.

    Until it is encrypted the export lies in a folder beside it that only its owner may read.

    Parameters
    ----------
    study : Study
        Open.
    place : Path
        The file to be; an earlier one of this kind is replaced.
    order : ExportOrder
        As for any export.
    recipients : sequence of str
        Public keys, as `records.age_files.read_recipients` gives them.

    Raises
    ------
    UsageError
        As for any export, or if something else has the name.
    """
    study.plain_file(place, "such as TABLES")
    if place.exists() and not age_files.is_age_file(place):
        raise UsageError(
            f"{place} is there already and is no encrypted export",
            advice="Choose another name; nothing was changed.",
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        sweep(place.parent, below=False)
        with TemporaryDirectory(prefix=TEMPORARY, dir=place.parent) as folder:
            plain = Path(folder) / place.name.removesuffix(age_files.ENDING)
            done = export_study(study, plain, replace(order, zipped=True))
            age_files.encrypt(plain, place, recipients)
    except OSError as error:
        raise UsageError(
            f"cannot write the export to {place}: {error.strerror}",
            advice="Choose another place.",
        ) from error
    said = {"file": place.name, "sha256": digest_of(place), "to": list(recipients)}
    study.store.log.note(Action.SEALED, "export", json.dumps(said, sort_keys=True))
    return replace(done, place=place)


def sealed_name(place: Path) -> Path:
    """Give the file of an encrypted export its endings."""
    name = place.name.removesuffix(age_files.ENDING).removesuffix(ZIP)
    return place.with_name(name + ZIP + age_files.ENDING)


def unseal(source: Path, secrets: Sequence[str], out: Path | None) -> Path:
    """Decrypt an export beside itself, or where it is said; never over a file.

    Raises
    ------
    UsageError
        If it is no such file, or the place is taken.
    LockedError
        If none of the keys opens it.
    """
    if not source.exists():
        raise UsageError(f"{source} does not exist", advice="Check the file's name.")
    if not age_files.is_age_file(source):
        raise UsageError(
            f"{source} is no file that was encrypted for a key",
            advice="Name the file that came from wamforms export --to.",
        )
    usual = source.with_name(source.name.removesuffix(age_files.ENDING))
    target = out or (usual if usual != source else source.with_name(source.name + ZIP))
    if target.exists():
        raise UsageError(f"{target} exists already", advice="Choose another name with --out.")
    try:
        age_files.decrypt(source, target, secrets)
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written ({error.strerror})", advice="Choose another place."
        ) from error
    return target
