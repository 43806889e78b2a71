"""Fax-coded pictures (ITU-T T.4 and T.6): make sure that no row is missing.

Neither code has a checksum or a row count, and libtiff fills missing rows in
silence, so a stream cut in half looks like a page with an empty lower half.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO

import numpy as np

from scan.sources import pillow
from scan.sources.model import Gray, PageUnreadable
from scan.sources.tiff_format import (
    Field,
    Frame,
    Tag,
    frame_offsets,
    long,
    one_page_tiff,
    read_frame,
    read_segments,
    short,
)

DAMAGED = "The fax-coded picture is damaged or has rows missing; scan the page again."

END_OF_BLOCK = 0x001001
"""Last 24 bits of a complete G4 stream (T.6, 2.4.1.1)."""

TAIL_BYTES = 16
"""Room in which the end code is looked for; some writers pad or add a line feed."""

MAX_TRAILING_ZEROS = 4
"""No T.4 run code ends in more zero bits, so a stream without end code ends this soon."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Turns the bits of a byte round, for fill order 2."""


def decode_g4(frame: Frame, segments: Sequence[bytes]) -> Gray:
    """Decode G4 strips to grey, with a check row behind each strip.

    The code of a known row is put where the end code was, and one more row is
    asked for. If any row is missing or too many, the known row comes out in
    another place, because every row's code depends on the place of the last bit.

    Raises
    ------
    PageUnreadable
        If a strip does not hold exactly its rows.
    """
    heights = _heights(frame, len(segments))
    if frame.is_tiled or frame.number(Tag.FILL_ORDER, 1) not in (1, 2) or not heights:
        raise PageUnreadable(DAMAGED)
    if frame.number(Tag.FILL_ORDER, 1) == 2:
        segments = [segment.translate(_REVERSED) for segment in segments]
    width = frame.number(Tag.WIDTH, 0)
    for spare in range(MAX_TRAILING_ZEROS + 1):
        checked = [
            _with_check_row(segment, width, strip % 2, spare)
            for strip, segment in enumerate(segments)
        ]
        gray = _decoded(frame, checked, heights)
        if gray is not None:
            return gray
        if all(_end_of_block(segment) is not None for segment in segments):
            break  # where the rows end was certain
    raise PageUnreadable(DAMAGED)


def _heights(frame: Frame, strips: int) -> list[int]:
    """Rows of each strip; empty if the strips do not make up the picture."""
    rows = frame.number(Tag.LENGTH, 0)
    each = min(frame.number(Tag.ROWS_PER_STRIP, rows), rows)
    if each < 1 or -(-rows // each) != strips:
        return []
    return [min(each, rows - start) for start in range(0, rows, each)]


def _decoded(frame: Frame, checked: Sequence[bytes], heights: Sequence[int]) -> Gray | None:
    order = frame.order
    width = frame.number(Tag.WIDTH, 0)
    fields: dict[int, Field] = {
        Tag.WIDTH: long(order, width),
        Tag.LENGTH: long(order, sum(heights) + len(heights)),
        Tag.BITS: short(order, 1),
        Tag.COMPRESSION: short(order, 4),
        Tag.PHOTOMETRIC: short(order, frame.number(Tag.PHOTOMETRIC, 0) & 1),
        Tag.ROWS_PER_STRIP: long(order, heights[0] + 1),
    }
    gray = pillow.decode_gray(one_page_tiff(Frame(order, fields), checked), "TIFF", DAMAGED)
    black = 255 if frame.number(Tag.PHOTOMETRIC, 0) & 1 else 0
    strips = list(_strips(gray, heights))
    for number, strip in enumerate(strips):
        white = _white_columns(width, number % 2)
        check_row = strip[-1]
        if (check_row[:white] == black).any() or (check_row[white:] != black).any():
            return None
    kept = [strip[:-1] for strip in strips]
    return kept[0] if len(kept) == 1 else np.concatenate(kept)


def _strips(gray: Gray, heights: Sequence[int]) -> Iterator[Gray]:
    top = 0
    for height in heights:
        yield gray[top : top + height + 1]
        top += height + 1


def _white_columns(width: int, parity: int) -> int:
    # Two kinds of check row, because libtiff's buffer still holds the strip before.
    return parity * (width // 2)


@lru_cache(maxsize=16)
def _check_row_bits(width: int, parity: int) -> tuple[int, int]:
    """Code of a check row with the end code behind it: its bits as a number, how many.

    Written on its own, such a row is coded as two run lengths, which mean the
    same behind any other row.
    """
    from PIL import Image  # late, as in pillow.py

    row = np.full((1, width), 255, np.uint8)
    row[:, _white_columns(width, parity) :] = 0
    stream = BytesIO()
    Image.fromarray(row).convert("1").save(
        stream, "TIFF", compression="group4", tiffinfo={int(Tag.PHOTOMETRIC): 0}
    )
    frame = read_frame(stream, frame_offsets(stream)[0])
    (code,) = read_segments(stream, frame)
    end = _end_of_block(code)
    if end is None:
        raise AssertionError("libtiff writes the end code behind every G4 strip")
    bits = end + 24
    return int.from_bytes(code, "big") >> (8 * len(code) - bits), bits


def _end_of_block(code: bytes) -> int | None:
    """Count the bits before the end code; None if there is no end code."""
    stripped = code.rstrip(b"\0")
    tail = int.from_bytes(stripped[-TAIL_BYTES:], "big")
    # From the front: padding behind the end code can look like one more half of it.
    for spare in reversed(range(8 * min(TAIL_BYTES, len(stripped)) - 23)):
        if tail >> spare & 0xFFFFFF == END_OF_BLOCK:
            return 8 * len(stripped) - spare - 24
    return None


def _with_check_row(code: bytes, width: int, parity: int, spare: int) -> bytes:
    """Put the check row behind the last row.

    Parameters
    ----------
    spare
        Zero bits taken as part of the last row if there is no end code.
    """
    end = _end_of_block(code)
    if end is None:
        stripped = code.rstrip(b"\0")
        last = stripped[-1] if stripped else 1
        end = 8 * len(stripped) - ((last & -last).bit_length() - 1) + spare
        code = stripped + b"\0"
    whole, rest = divmod(end, 8)
    kept = code[whole] >> (8 - rest) if rest else 0
    bits, count = _check_row_bits(width, parity)
    padding = -(rest + count) % 8
    tail = ((kept << count | bits) << padding).to_bytes((rest + count + padding) // 8, "big")
    return code[:whole] + tail


def check_g3(frame: Frame, segments: Sequence[bytes]) -> None:
    """Count the end-of-line codes of G3 strips.

    Raises
    ------
    PageUnreadable
        If a strip has fewer lines than rows; one is allowed for, because some
        writers leave out the code before the first line.
    """
    heights = _heights(frame, len(segments))
    if frame.is_tiled or not heights:
        raise PageUnreadable(DAMAGED)
    if frame.number(Tag.FILL_ORDER, 1) == 2:
        segments = [segment.translate(_REVERSED) for segment in segments]
    for height, segment in zip(heights, segments, strict=True):
        if _lines(segment, two_dimensional=bool(frame.number(Tag.T4_OPTIONS, 0) & 1)) < height - 1:
            raise PageUnreadable(DAMAGED)


def _lines(code: bytes, *, two_dimensional: bool) -> int:
    """Count end-of-line codes (eleven zeros and a one) that have a line behind them."""
    ones = np.flatnonzero(np.unpackbits(np.frombuffer(code, np.uint8)))
    gaps = np.diff(ones, prepend=-1)
    is_end = gaps >= 12
    is_last = np.zeros_like(is_end)  # nothing but the next end code behind it
    if two_dimensional:  # each end code has a tag bit behind it, 1 in the closing sequence
        is_last[:-2] = is_end[:-2] & (gaps[1:-1] == 1) & is_end[2:]
    else:
        is_last[:-1] = is_end[:-1] & is_end[1:]
    return int(np.count_nonzero(is_end & ~is_last))
