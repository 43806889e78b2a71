"""The paper number: what a person copies by hand onto a photocopied form.

Eight digits, six that stand for the dyad and two check digits over dyad, role
and wave (ISO 7064, MOD 97-10). They find every wrong digit, every swap of two
digits, wherever they stand, and every wrong role or wave; of other errors 96
in 97. Ten bubbles a digit fit a page that holds a questionnaire too; the eight
characters of a dyad code would take 32 bubbles each.
"""

import hashlib
import hmac
from collections.abc import Sequence

from layouts.errors import UsageError
from layouts.model import DyadCode, Role
from layouts.sheetcode import MAX_WAVES

DYAD_DIGITS, CHECK_DIGITS = 6, 2
DIGITS = DYAD_DIGITS + CHECK_DIGITS
"""Digits of a paper number."""

MOST_DYADS = 100_000
"""Beyond this more than one number in ten would be somebody's, and what two errors make
would too often be one."""

_FIRST = 10
"""Role and wave are counted on from here, so that they are always two digits."""

_PURPOSE = b"wamforms paper number v1\0"
"""Keeps these numbers apart from any other use of the study's key."""

_ROLES = (Role.CLIENT, Role.PROFESSIONAL)


def dyad_numbers(dyads: Sequence[DyadCode], key: bytes) -> dict[str, DyadCode]:
    """Give every dyad six digits that say nothing about it.

    Parameters
    ----------
    dyads
        All of the study in the order of enrolment. Who comes later never
        changes the number of who came before.
    key
        The study's key: another study gives the same dyad another number.

    Returns
    -------
    dict of str to DyadCode
        The dyads by their digits.

    Raises
    ------
    UsageError
        If the study has more dyads than numbers can be kept apart for.
    """
    if len(dyads) > MOST_DYADS:
        raise UsageError(
            f"this study has {len(dyads)} dyads; paper numbers reach for {MOST_DYADS}",
            advice="Use printed forms, or start a new study for the next dyads.",
        )
    taken: dict[str, DyadCode] = {}
    for dyad in dyads:
        turn = 0
        while (digits := _drawn(dyad, turn, key)) in taken:
            turn += 1
        taken[digits] = dyad
    return taken


def paper_number(dyad_digits: str, role: Role, wave: int) -> str:
    """Add the check digits for a role and a wave to a dyad's six digits."""
    return dyad_digits + _check(dyad_digits, role, wave)


def is_paper_number(digits: str, role: Role, wave: int) -> bool:
    """Tell whether eight digits are right for this role and this wave."""
    return (
        len(digits) == DIGITS
        and digits.isdecimal()
        and digits.isascii()
        and digits == paper_number(digits[:DYAD_DIGITS], role, wave)
    )


def shown_number(number: str) -> str:
    """Write a paper number for people: `4827 1935`."""
    return f"{number[:4]} {number[4:]}"


def _check(dyad_digits: str, role: Role, wave: int) -> str:
    whose = _FIRST + _ROLES.index(role) * MAX_WAVES + wave - 1
    return f"{98 - int(f'{whose}{dyad_digits}') * 100 % 97:02d}"


def _drawn(dyad: DyadCode, turn: int, key: bytes) -> str:
    digest = hmac.digest(key, _PURPOSE + f"{dyad} {turn}".encode("ascii"), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**DYAD_DIGITS:0{DYAD_DIGITS}d}"
