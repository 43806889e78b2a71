"""What the printed page code says, and the proof that it is genuine.

35 characters of the 32-letter alphabet: payload version (1), layout
fingerprint (8), dyad without its check character (7), role and wave (1),
page (1), print serial (4) and a truncated MAC (13). 35 alphanumeric characters
are exactly what a version 3 QR symbol of level H holds.

A photocopy master says only which form it is: version 2 of the payload has
zeros where a print has dyad, role, wave and serial. Those are filled in by hand.
"""

import hashlib
import hmac
from dataclasses import dataclass

from layouts.alphabet import ALPHABET, to_number, to_text
from layouts.dyadcode import check_character, is_dyad_code, shown
from layouts.model import DyadCode, Fingerprint, Role

PAYLOAD_VERSION = "1"
"""First character of a print's page code; another layout of the payload gets another one."""

MASTER_VERSION = "2"
"""First character of a master's page code. A program that does not know masters takes it
for a foreign code and never for somebody's form."""

LENGTH = 35
"""Characters of a page code."""

SEPARATOR_TEXT = "WAMFORMS SEPARATOR"
"""What the symbol on a separator sheet says, so that one left in the stack is known."""

MAX_WAVES = 16
MAX_PAGES = 32
MAX_SERIAL = 32**4 - 1
"""About a million prints per study: four characters."""

COPY_SERIAL = 0
"""Stands for the serial of a photocopied form; prints are counted from 1."""

_MAC_LENGTH = 13
_MAC_BITS = 64
"""One in 10,000 forged pages is accepted with probability 5e-16."""

_ROLES = (Role.CLIENT, Role.PROFESSIONAL)
_PURPOSE = b"wamforms page code v1\0"
"""Keeps this MAC apart from any other use of the study's key."""


@dataclass(frozen=True, slots=True)
class SheetCode:
    """One printed page: which form, whose, when, and which print of it.

    Attributes
    ----------
    wave
        Position of the wave in the study's list, from 1.
    page
        Page of the form, from 1.
    serial
        Number of this print; all pages of one printed form share it.
    """

    fingerprint: Fingerprint
    dyad: DyadCode
    role: Role
    wave: int
    page: int
    serial: int

    def __post_init__(self) -> None:
        """Refuse what cannot be printed; these are bugs, not user errors."""
        if not (1 <= self.wave <= MAX_WAVES and 1 <= self.page <= MAX_PAGES):
            raise ValueError(f"wave {self.wave} or page {self.page} cannot be printed")
        if not 0 <= self.serial <= MAX_SERIAL:
            raise ValueError(f"serial {self.serial} cannot be printed")
        if not is_dyad_code(self.dyad):
            raise ValueError(f"{self.dyad!r} is not a dyad code")

    def to_text(self, key: bytes) -> str:
        """Write the 35 characters that are printed, signed with the study's key."""
        body = self._body()
        return body + _mac(body, key)

    def _body(self) -> str:
        role_and_wave = _ROLES.index(self.role) * MAX_WAVES + self.wave - 1
        return (
            PAYLOAD_VERSION
            + self.fingerprint
            + self.dyad[:-1]
            + to_text(role_and_wave, 1)
            + to_text(self.page - 1, 1)
            + to_text(self.serial, 4)
        )

    def for_people(self) -> str:
        """Write what stands beside the symbol, such as `K7Q4-2M9Y · C1 · p1 · 00A7`."""
        letter = "C" if self.role is Role.CLIENT else "P"
        serial = to_text(self.serial, 4)
        return f"{shown(self.dyad)} · {letter}{self.wave} · p{self.page} · {serial}"


@dataclass(frozen=True, slots=True, order=True)
class MasterCode:
    """One page of a photocopy master: which form it is, and nothing about anybody."""

    fingerprint: Fingerprint
    page: int

    def to_text(self, key: bytes) -> str:
        """Write the 35 characters that are printed, signed with the study's key."""
        page = to_text(self.page - 1, 1)
        body = f"{MASTER_VERSION}{self.fingerprint}{'0' * 8}{page}{'0' * 4}"
        return body + _mac(body, key)

    def for_people(self) -> str:
        """Write what stands beside the symbol, such as `COPY · p1 · 8X2K9Q4T`."""
        return f"COPY · p{self.page} · {self.fingerprint}"


PageCode = SheetCode | MasterCode


def is_page_code(text: str) -> bool:
    """Tell whether `text` has the form of a page code, whoever signed it."""
    return (
        len(text) == LENGTH
        and text[0] in {PAYLOAD_VERSION, MASTER_VERSION}
        and all(character in ALPHABET for character in text)
    )


def read_page_code(text: str, key: bytes) -> PageCode | None:
    """Read a page code; None if it is no page code or not signed with this key.

    Nothing is parsed before the MAC has been found correct.
    """
    if not is_page_code(text):
        return None
    body, mac = text[:-_MAC_LENGTH], text[-_MAC_LENGTH:]
    if not hmac.compare_digest(mac, _mac(body, key)):
        return None
    fingerprint, page = Fingerprint(body[1:9]), to_number(body[17]) + 1
    if body[0] == MASTER_VERSION:
        return MasterCode(fingerprint, page)
    dyad = body[9:16]
    role, wave = divmod(to_number(body[16]), MAX_WAVES)
    return SheetCode(
        fingerprint=fingerprint,
        dyad=DyadCode(dyad + check_character(dyad)),
        role=_ROLES[role],
        wave=wave + 1,
        page=page,
        serial=to_number(body[18:22]),
    )


def read_sheet_code(text: str, key: bytes) -> SheetCode | None:
    """Read the code of somebody's form; None for a master's, too."""
    code = read_page_code(text, key)
    return code if isinstance(code, SheetCode) else None


def _mac(body: str, key: bytes) -> str:
    full = hmac.digest(key, _PURPOSE + body.encode("ascii"), hashlib.sha256)
    return to_text(int.from_bytes(full[: _MAC_BITS // 8], "big"), _MAC_LENGTH)
