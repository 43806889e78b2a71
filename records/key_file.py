"""`study.key`: as it is, or sealed with a passphrase.

A plain one is 64 hexadecimal characters. A sealed one is JSON that names its standards:
scrypt makes a key from the passphrase, and AES-256-GCM encrypts the study's key with it.
Another passphrase seals the same key anew, so that nothing else of a study is rewritten.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from layouts.errors import LockedError, WamError
from records import ciphers
from records.wholefiles import temporary_name, write_private

KEY_BYTES = 32
"""As long as the digest of the MAC it signs page codes with (RFC 2104)."""

MOST_BYTES = 10_000
"""A key file has some hundred."""

KIND: Literal["wamforms sealed key 1"] = "wamforms sealed key 1"
_Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$")]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A sealed key; `sealed` is the nonce, the ciphertext of the key, and its tag."""

    kind: Literal["wamforms sealed key 1"]
    kdf: Literal["scrypt"]
    n: Annotated[int, Field(ge=2, le=1 << ciphers.MOST_COST)]
    r: Literal[8]
    p: Literal[1]
    salt: _Hex
    cipher: Literal["AES-256-GCM"]
    sealed: _Hex


_SEALED = TypeAdapter(_Sealed)


def is_sealed(path: Path) -> bool:
    """Tell whether a key file takes a passphrase; False if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).lstrip().startswith(b"{")
    except OSError:
        return False


def write_key(path: Path, key: bytes, passphrase: str | None = None) -> None:
    """Write a key that only the owner may read; never over another one.

    With a passphrase it is sealed.
    """
    write_private(path, key_text(key, passphrase).encode())


def replace_key(path: Path, key: bytes, passphrase: str) -> None:
    """Seal a key with another passphrase, in one step."""
    part = path.with_name(temporary_name())
    try:
        write_private(part, key_text(key, passphrase).encode())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def key_text(key: bytes, passphrase: str | None) -> str:
    """Lay a key file out.

    Raises
    ------
    UsageError
        If the passphrase is too short.
    WamError
        If it takes a library that is not installed.
    """
    if passphrase is None:
        return key.hex() + "\n"
    ciphers.insist_on_library("encrypted studies", "encryption")
    salt = secrets.token_bytes(ciphers.SALT_BYTES)
    cost = ciphers.COST
    wrapping = ciphers.stretched(ciphers.insist_on_length(passphrase), salt, cost)
    sealed = ciphers.seal(wrapping, key, KIND.encode()).hex()
    found = _Sealed(KIND, "scrypt", 1 << cost, 8, 1, salt.hex(), "AES-256-GCM", sealed)
    return json.dumps(asdict(found), indent=2) + "\n"


def copy_key(source: Path, target: Path) -> None:
    """Copy a key file as it is, sealed or not; never over another one."""
    write_private(target, source.read_bytes())


def read_key(path: Path, passphrase: str | None = None, *, called: Path | None = None) -> bytes:
    """Read a study's key.

    Parameters
    ----------
    path : Path
        The file.
    passphrase : str, optional
        Of a sealed key; a plain one does not look at it.
    called : Path, optional
        What messages call the file, if it lies somewhere for a moment only.

    Raises
    ------
    LockedError
        If it is sealed, and the passphrase is missing or another one.
    WamError
        If it is missing or no key.
    """
    name = called or path
    try:
        text = path.read_text(encoding="ascii")
        key = _unsealed(name, text, passphrase) if is_sealed(path) else bytes.fromhex(text)
    except OSError as error:
        raise WamError(
            f"{name} is missing or cannot be opened; without it no printed form can be read",
            advice="Put the file back from the place where you keep the key.",
        ) from error
    except ValueError as error:
        raise _bad_key(name) from error
    if len(key) != KEY_BYTES:
        raise _bad_key(name)
    return key


def _unsealed(path: Path, text: str, passphrase: str | None) -> bytes:
    try:
        found = _SEALED.validate_json(text)
    except ValidationError as error:
        raise _bad_key(path) from error
    if passphrase is None:
        raise LockedError(
            f"{path.parent} is encrypted and takes a passphrase",
            advice="Type it when asked, or set WAMFORMS_PASSPHRASE for scripts.",
        )
    ciphers.insist_on_library("encrypted studies", "encryption")
    cost = found.n.bit_length() - 1
    wrapping = ciphers.stretched(passphrase, bytes.fromhex(found.salt), cost)
    try:
        return ciphers.unseal(wrapping, bytes.fromhex(found.sealed), KIND.encode())
    except ciphers.BrokenSealError as error:
        raise LockedError(
            f"{path} does not open: the passphrase is another one, or the file is damaged",
            advice="Type the passphrase again; nothing was changed. If it is lost: wamforms"
            " passphrase STUDY --recover, with the recovery sheet.",
        ) from error


def _bad_key(path: Path) -> WamError:
    return WamError(
        f"{path} is not a study key",
        advice="Put the file back from the place where you keep the key.",
    )
