"""The one door to `pyrage`: files in the age format (age-encryption.org/v1).

A file is encrypted to public keys, and only who has a secret key opens it, not even who made
it. The format is public and has tools of its own, so nobody needs wamforms to open one.
"""

import importlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from layouts.errors import FaultyFileError, LockedError, UsageError, WamError
from records.wholefiles import temporary_name, write_private

MAGIC = b"age-encryption.org/v1"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"

ENDING = ".age"

_SECRET = "AGE-SECRET-KEY-"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new pair of keys, both one line of text."""

    public: str
    secret: str = field(repr=False)


def _library(needed_by: str = "files for a researcher's key") -> Any:  # noqa: ANN401 - no types
    try:
        return importlib.import_module("pyrage")
    except ImportError as error:
        raise WamError(
            f"{needed_by} need the library pyrage, which is not installed",
            advice="Install it with: pip install 'wamforms[encryption]'",
        ) from error


def new_pair() -> KeyPair:
    """Make a pair of X25519 keys."""
    identity = _library().x25519.Identity.generate()
    return KeyPair(str(identity.to_public()), str(identity))


def read_recipients(path: Path) -> tuple[str, ...]:
    """Read public keys from a file: one a line, beginning with ``age1`` or ``ssh-``.

    Raises
    ------
    FaultyFileError
        With every line that is none.
    UsageError
        If there is no key in it, or a secret one.
    """
    lines = _lines(path)
    if any(line.startswith(_SECRET) for _, line in lines):
        raise UsageError(
            f"{path} holds a secret key, and a file is encrypted to a public one",
            advice="Name the file with the public key, and keep the other one to its owner.",
        )
    faults = [
        f"line {number}: no public key; one begins with age1 or ssh-ed25519"
        for number, line in lines
        if _recipient(line) is None
    ]
    if faults:
        raise FaultyFileError(str(path), faults)
    if not lines:
        raise UsageError(f"{path} holds no key", advice="Name the file with the public key.")
    return tuple(line for _, line in lines)


def is_age_file(path: Path) -> bool:
    """Tell whether a file is encrypted in this format."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_ARMOR))
    except OSError:
        return False
    return head.startswith((MAGIC, _ARMOR))


def encrypt(source: Path, target: Path, recipients: Iterable[str]) -> None:
    """Encrypt a file to public keys, whole or absent; it is streamed, whatever its size."""
    keys = [_recipient(one) for one in recipients]
    with source.open("rb") as plain:
        _whole(target, lambda file: _library().encrypt_io(plain, file, keys))


def encrypt_bytes(plain: bytes, recipients: Iterable[str]) -> bytes:
    """Encrypt bytes to public keys, in memory."""
    return bytes(_library().encrypt(plain, [_recipient(one) for one in recipients]))


def decrypt_bytes(sealed: bytes, secrets: Iterable[str]) -> bytes | None:
    """Decrypt bytes with secret keys, in memory; None if none of them opens it."""
    library = _library()
    try:
        return bytes(library.decrypt(sealed, [_identity(one) for one in secrets]))
    except library.DecryptError:
        return None


def public_of(secret: str) -> str:
    """Give the public key that belongs to a secret one."""
    return str(_identity(secret).to_public())


def insist_on_age(needed_by: str) -> None:
    """Make sure that the library is there.

    Raises
    ------
    WamError
        In one line, with the command that installs it.
    """
    _library(needed_by=needed_by)


def is_public_key(text: str) -> bool:
    """Tell whether a line is a public key of the age format, whole and without a slip."""
    return text.startswith("age1") and _recipient(text) is not None


def decrypt(source: Path, target: Path, secrets: Sequence[str]) -> None:
    """Decrypt a file with secret keys, whole or absent.

    Raises
    ------
    LockedError
        If none of the keys opens it, or it was changed.
    """
    library = _library()
    identities = [_identity(one) for one in secrets]
    try:
        with source.open("rb") as sealed:
            _whole(target, lambda file: library.decrypt_io(sealed, file, identities))
    except (library.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk; a changed block is one without a number
        raise LockedError(
            f"{source} does not open: it is for another key, or was changed",
            advice="Take the secret key that belongs to the public key it was made for.",
        ) from error


def lock_secret(text: str, passphrase: str) -> bytes:
    """Encrypt the text of a secret key with a passphrase, as `age` does."""
    return bytes(_library().passphrase.encrypt(text.encode(), passphrase))


def read_secrets(path: Path, passphrase: str | None) -> tuple[str, ...]:
    """Read secret keys from a file; one that is locked takes its passphrase.

    Raises
    ------
    LockedError
        If the passphrase is missing or another one.
    UsageError
        If the file holds no secret key.
    """
    text = None
    if is_age_file(path):
        if passphrase is None:
            raise LockedError(f"{path} takes a passphrase", advice="Type it when asked.")
        library = _library()
        try:
            text = bytes(library.passphrase.decrypt(path.read_bytes(), passphrase)).decode()
        except library.DecryptError as error:
            raise LockedError(
                f"{path} does not open: the passphrase is another one",
                advice="Type the passphrase again.",
            ) from error
    found = tuple(line for _, line in _lines(path, text) if line.startswith(_SECRET))
    if not found:
        raise UsageError(
            f"{path} holds no secret key",
            advice="Name the file that wamforms researcher-key or age-keygen made.",
        )
    return found


@cache
def _identity(secret: str) -> Any:  # noqa: ANN401 - pyrage has no types
    return _library().x25519.Identity.from_str(secret)


@cache
def _recipient(text: str) -> object | None:
    library = _library()
    kind = library.ssh if text.startswith("ssh-") else library.x25519
    try:
        found: object = kind.Recipient.from_str(text)
    except library.RecipientError:
        return None
    return found


def _lines(path: Path, text: str | None = None) -> list[tuple[int, str]]:
    """List the lines of a file of keys with their numbers, without blanks and remarks."""
    try:
        said = path.read_text(encoding="utf-8-sig") if text is None else text
    except OSError as error:
        raise WamError(
            f"{path} cannot be opened ({error.strerror})", advice="Check the file's name."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} holds no key", advice="Name a file with keys.") from error
    numbered = ((number, line.strip()) for number, line in enumerate(said.splitlines(), 1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _whole(target: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = target.with_name(temporary_name())
    try:
        write_private(part, b"")
        with part.open("r+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
