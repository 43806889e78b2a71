"""The recovery code: the key of an encrypted study, written for people.

Four rows of 14 characters of the alphabet of page codes: 13 that hold 65 bits, and a check
character over them and the number of the row, so that a slip of the pen is named by its row.
"""

from layouts.alphabet import ALPHABET, tidied, to_number, to_text
from layouts.dyadcode import check_character
from layouts.errors import UsageError
from records.key_file import KEY_BYTES

ROWS, HELD = 4, 13
"""4 x 13 x 5 = 260 bits, four more than the key has."""

_LENGTH = ROWS * (HELD + 1)


def recovery_rows(key: bytes) -> tuple[str, ...]:
    """Write a key as four rows, in groups of four characters."""
    text = to_text(int.from_bytes(key, "big"), ROWS * HELD)
    return tuple(_grouped(_row(number, text)) for number in range(ROWS))


def key_of(typed: str) -> bytes:
    """Read the key from a recovery code as people type it: blanks and capitals do not matter.

    Raises
    ------
    UsageError
        If it is not whole, or a row does not fit its check character.
    """
    text = "".join(tidied(typed).split())
    if len(text) != _LENGTH:
        raise UsageError(
            f"a recovery code has {_LENGTH} characters, and these are {len(text)}",
            advice="Type all four rows of the recovery sheet, one after the other.",
        )
    rows = [text[start : start + HELD + 1] for start in range(0, _LENGTH, HELD + 1)]
    wrong = [number for number, row in enumerate(rows, 1) if not _fits(number - 1, row)]
    held = "".join(row[:HELD] for row in rows)
    if wrong or to_number(held) >= 1 << (8 * KEY_BYTES):
        named = ", ".join(map(str, wrong)) or "1"
        raise UsageError(
            f"row {named} of the recovery code is mistyped: its check character does not fit",
            advice="Compare it with the recovery sheet character by character.",
        )
    return to_number(held).to_bytes(KEY_BYTES, "big")


def _row(number: int, text: str) -> str:
    held = text[number * HELD : (number + 1) * HELD]
    return held + check_character(ALPHABET[number] + held)


def _fits(number: int, row: str) -> bool:
    if not set(row) <= set(ALPHABET):
        return False
    return check_character(ALPHABET[number] + row[:HELD]) == row[HELD]


def _grouped(row: str) -> str:
    return " ".join(row[start : start + 4] for start in range(0, len(row), 4))
