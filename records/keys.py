"""Keys for each purpose, made from the one key of a study."""

import hashlib
import hmac


def derived_key(key: bytes, purpose: str) -> bytes:
    """Make the key for one purpose; keys of different purposes tell nothing of each other.

    This is the first block of HKDF-Expand with SHA-256 (RFC 5869, 2.3). The study's
    key is 32 random bytes, so that its Extract step may be left out (3.3). Page codes
    are signed with the study's key itself, over texts that begin otherwise.

    Parameters
    ----------
    key : bytes
        The study's key.
    purpose : str
        Such as ``wamforms log 1``.

    Returns
    -------
    bytes
        32 bytes.
    """
    return hmac.digest(key, purpose.encode() + b"\x01", hashlib.sha256)


def database_seal(key: bytes) -> bytes:
    """Make the key of an encrypted database."""
    return derived_key(key, "wamforms database 1")


def manifest_seal(key: bytes) -> bytes:
    """Make the key of what the manifest of an encrypted study's backup says about rows."""
    return derived_key(key, "wamforms manifest 1")


def picture_seal(key: bytes) -> bytes:
    """Make the key of encrypted page pictures."""
    return derived_key(key, "wamforms pictures 1")


def envelope_key(key: bytes) -> bytes:
    """Make the key that signs what is sealed to the research key."""
    return derived_key(key, "wamforms envelopes 1")
