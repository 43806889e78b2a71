"""The one door to `cryptography`: passphrases to keys, and bytes that are sealed with a key."""

import secrets
import unicodedata
from typing import TYPE_CHECKING

from layouts.errors import UsageError, WamError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

COST = 17
"""128 MiB and about 0.3 s for each guess (RFC 7914; OWASP asks for at least this)."""

MOST_COST = 20
"""A file that asks for more than 1 GiB is not one of ours."""

SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32

LEAST_CHARACTERS = 12
"""A shorter passphrase is guessed in spite of scrypt, once the file is in wrong hands."""


class BrokenSealError(ValueError):
    """What was sealed was changed, or sealed with another key, or as something else."""


def insist_on_length(passphrase: str) -> str:
    """Return a new passphrase as it is, if it is long enough.

    Raises
    ------
    UsageError
        If it is too short.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise UsageError(
            f"a passphrase has at least {LEAST_CHARACTERS} characters",
            advice="Take four or five words that do not belong together.",
        )
    return passphrase


def stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    """Make a key from a passphrase, slowly: scrypt with N = 2^cost, r = 8, p = 1."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    typed = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=KEY_BYTES, n=1 << cost, r=8, p=1).derive(typed)


def aes(key: bytes) -> "AESGCM":
    """Give AES-256-GCM with a key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def seal(key: bytes, plain: bytes, what: bytes) -> bytes:
    """Encrypt bytes; they open only as what they were sealed as.

    Parameters
    ----------
    key : bytes
        32 bytes.
    plain : bytes
        Anything.
    what : bytes
        Authenticated with them, such as the file's name: sealed files cannot be swapped.

    Returns
    -------
    bytes
        A fresh random nonce, then the ciphertext and its tag.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + aes(key).encrypt(nonce, plain, what)


def unseal(key: bytes, sealed: bytes, what: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises
    ------
    BrokenSealError
        If any bit, the key or `what` is another one.
    """
    from cryptography.exceptions import InvalidTag

    try:
        return aes(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], what)
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError from error


def decrypted_blocks(key: bytes, start: bytes, sealed: bytes) -> bytes:
    """Decrypt whole blocks of AES-256-CBC, as SQLCipher writes its pages."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    opening = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return opening.update(sealed) + opening.finalize()


def insist_on_library(needed_by: str, extra: str) -> None:
    """Make sure that the library is there.

    Raises
    ------
    WamError
        In one line, with the command that installs it.
    """
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise WamError(
            f"{needed_by} need the library cryptography, which is not installed",
            advice=f"Install it with: pip install 'wamforms[{extra}]'",
        ) from error
