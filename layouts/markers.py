"""The four corner markers: which pattern stands in which corner.

Four patterns of the ArUco 4 x 4 family, so that OpenCV can look for them; only
these four are ever looked for, which leaves more distance between them than
the whole family of 50 has. `scan` builds its detector from this table.
"""

CELLS = 4
"""Cells of the pattern along a side, without the black border of one cell."""

PATTERNS = (
    (0b1011, 0b0101, 0b0011, 0b0010),
    (0b0000, 0b1111, 0b1001, 0b1010),
    (0b0011, 0b0011, 0b0010, 0b1101),
    (0b1001, 0b1001, 0b0100, 0b0110),
)
"""Rows of each pattern from the top, 1 is white: ArUco DICT_4X4_50 numbers 0 to 3."""

TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT = range(4)
"""The corner each pattern is printed in."""


def black_cells(marker: int) -> tuple[tuple[int, int], ...]:
    """List the black cells of a marker as (row, column) of its 6 x 6 grid."""
    size = CELLS + 2

    def is_white(row: int, column: int) -> bool:
        inside = 0 < row < size - 1 and 0 < column < size - 1
        return inside and bool(PATTERNS[marker][row - 1] >> (CELLS - column) & 1)

    return tuple(
        (row, column) for row in range(size) for column in range(size) if not is_white(row, column)
    )
