"""What only the research key opens: content of a sealed study's client sheets.

A study that is sealed knows public keys. Whoever scans can close an envelope; nobody in the
office can open one, not even who closed it. An envelope is signed with a key made from the
study's, so that `check` and `backup` can tell without the research key that it is whole.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from layouts.errors import LockedError
from records import age_files
from records.keys import envelope_key

_TAG_BYTES = 32
_LENGTH_BYTES = 8

PICTURE_BYTES = 1 << 18
"""Pictures are rounded up to this. Two scans of one sheet differ by some hundred bytes, a sheet
full of ink and an empty one by a few thousand: most lie on the same side of a step."""

READING_BYTES = 1 << 15
"""Readings are rounded up to this; those of a page with 20 items take 15,000 bytes, whatever
the answers are."""

VERDICT_BYTES = 256
"""More than any decision takes: all are of the same length."""

KEY_OPTION = "--research-key FILE"


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a sealed study closes what clients answered, and opens it for who has the key.

    Attributes
    ----------
    recipients
        Public keys; each of the secret keys that belong to them opens it.
    secrets
        Secret keys; empty in the office.
    """

    recipients: tuple[str, ...]
    tag_key: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(
        cls, recipients: Sequence[str], key: bytes, secrets: Sequence[str] = ()
    ) -> "Envelope | None":
        """Make that of a study; None if it is not sealed.

        Raises
        ------
        LockedError
            If the secret keys belong to none of the public ones.
        """
        if not recipients:
            return None
        fitting = tuple(one for one in secrets if age_files.public_of(one) in recipients)
        if secrets and not fitting:
            raise LockedError(
                "this is not the research key that the study is sealed to",
                advice=f"Take the secret key that belongs to {', '.join(recipients)}.",
            )
        return cls(tuple(recipients), envelope_key(key), fitting)

    @property
    def opens(self) -> bool:
        """Whether somebody gave the research key."""
        return bool(self.secrets)

    def close(self, plain: bytes, what: bytes, rounded_bytes: int) -> bytes:
        """Seal bytes; their length is rounded up, for it may say something, too.

        Parameters
        ----------
        what : bytes
            Signed with them, such as the name of a file: envelopes cannot be swapped.
        """
        text = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain
        sealed = age_files.encrypt_bytes(text + bytes(-len(text) % rounded_bytes), self.recipients)
        return self._tag(sealed, what) + sealed

    def is_whole(self, closed: bytes, what: bytes) -> bool:
        """Tell, without the research key, whether an envelope is as it was closed."""
        return hmac.compare_digest(closed[:_TAG_BYTES], self._tag(closed[_TAG_BYTES:], what))

    def open(self, closed: bytes, what: bytes) -> bytes | None:
        """Open an envelope; None if it was changed or is for another key.

        Raises
        ------
        LockedError
            If nobody gave the research key.
        """
        if not self.opens:
            raise sealed_error("this")
        if not self.is_whole(closed, what):
            return None
        text = age_files.decrypt_bytes(closed[_TAG_BYTES:], self.secrets)
        if text is None:
            return None
        length = int.from_bytes(text[:_LENGTH_BYTES], "big")
        return text[_LENGTH_BYTES : _LENGTH_BYTES + length]

    def _tag(self, sealed: bytes, what: bytes) -> bytes:
        return hmac.digest(self.tag_key, what + b"\0" + sealed, hashlib.sha256)


def sealed_error(what: str) -> LockedError:
    """Say that something may be seen with the research key only."""
    return LockedError(
        f"{what} is sealed: only the research key opens it",
        advice=f"Whoever has the key gives the command with {KEY_OPTION}.",
    )
