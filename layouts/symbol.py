"""The QR symbol of a page code, for the printer that draws it and the scanner that knows it."""

from collections.abc import Sequence

import segno

QR_VERSION, QR_LEVEL = 3, "h"
"""29 modules that hold 35 characters and survive a loss of 30 %."""


def symbol_of(text: str, mask: int | None = None) -> Sequence[Sequence[int]]:
    """Make the symbol of a text, row by row, 1 is dark.

    Parameters
    ----------
    text
        35 characters that QR calls alphanumeric.
    mask
        Which of the eight mask patterns of QR; None takes the one that the
        standard's rules choose, as printed.
    """
    symbol = segno.make_qr(
        text, version=QR_VERSION, error=QR_LEVEL, mode="alphanumeric", mask=mask, boost_error=False
    )
    return tuple(symbol.matrix)
