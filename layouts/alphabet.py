"""The 32 characters that people and machines exchange: no I, L, O or U."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals without the letters that are misread as digits, and without U."""

_TYPED_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "·": None})


def tidied(typed: str) -> str:
    """Fold what people type or read aloud to the alphabet: `k7q4 2m9d` to `K7Q42M9D`."""
    return typed.upper().translate(_TYPED_AS)


def to_text(number: int, length: int) -> str:
    """Write `number` in base 32 with exactly `length` characters.

    Raises
    ------
    ValueError
        If the number is negative or too large.
    """
    if not 0 <= number < 32**length:
        raise ValueError(f"{number} does not fit {length} characters")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def to_number(text: str) -> int:
    """Read base 32 text back.

    Raises
    ------
    ValueError
        If a character is not of the alphabet.
    """
    number = 0
    for character in text:
        number = number * 32 + ALPHABET.index(character)
    return number
