"""The code of a dyad: seven random characters and one check character.

The check is a Damm code over GF(32) (field polynomial x^5 + x^2 + 1): the
running value is multiplied by the field's generator and the next character is
added. It catches every single wrong character and every swap of neighbours
(Damm 2004; facts in `docs/codes.md`), and its check character stays inside the
same alphabet.
"""

import secrets

from layouts.alphabet import ALPHABET, tidied, to_text
from layouts.errors import UsageError
from layouts.model import DyadCode

LENGTH = 8
"""Characters of a dyad code, the check character included."""

_POLYNOMIAL = 0b100101


def _doubled(value: int) -> int:
    """Multiply by the generator x in GF(32)."""
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value


def check_character(body: str) -> str:
    """Compute the character that makes `body` a valid code."""
    running = 0
    for character in body:
        running = _doubled(running ^ ALPHABET.index(character))
    return ALPHABET[running]


def new_dyad_code() -> DyadCode:
    """Draw a code from the system's random source; it says nothing about anybody."""
    body = to_text(secrets.randbits(5 * (LENGTH - 1)), LENGTH - 1)
    return DyadCode(body + check_character(body))


def is_dyad_code(text: str) -> bool:
    """Tell whether `text` is a code as stored: eight characters, check correct."""
    return (
        len(text) == LENGTH
        and all(character in ALPHABET for character in text)
        and check_character(text[:-1]) == text[-1]
    )


def parse_dyad_code(typed: str) -> DyadCode:
    """Read a code as a person types it.

    Raises
    ------
    UsageError
        If it has the wrong length, a foreign character, or a wrong check.
    """
    code = tidied(typed.strip())
    if len(code) != LENGTH:
        raise UsageError(
            f"code {typed!r} has {len(code)} characters, not {LENGTH}",
            advice="Type it as printed on the form, such as K7Q4-2M9Y.",
        )
    if not is_dyad_code(code):
        raise UsageError(
            f"code {typed!r} is mistyped: its check character does not fit",
            advice="Compare it with the form character by character.",
        )
    return DyadCode(code)


def shown(code: DyadCode) -> str:
    """Write a code for people: `K7Q4-2M9Y`."""
    return f"{code[:4]}-{code[4:]}"
