"""PNG: header, resolution and checksums, read without decoding."""

import struct
import zlib
from collections.abc import Iterator

from scan.sources.filetypes import PNG_SIGNATURE
from scan.sources.limits import MM_PER_INCH, check_size, plausible_dpi
from scan.sources.model import PageUnreadable

_HEAD = struct.Struct(">I4s")
_DAMAGED = "The PNG picture is damaged or incomplete; copy the file or scan the page again."


def check_png(data: bytes) -> float | None:
    """Verify the checksum of every chunk and the size; return the resolution in dpi.

    Pillow skips the checksums of picture data, so they are verified here: a
    flipped bit or a cut file is then certain to be noticed.

    Raises
    ------
    PageUnreadable
        If any byte changed, the end is missing, or the picture is too large.
    """
    size: tuple[int, int] | None = None
    density = (0, 0, 0)
    name = b""
    for name, body in _chunks(data):
        if size is None:
            if name != b"IHDR" or len(body) != 13:
                raise PageUnreadable(_DAMAGED)
            size = struct.unpack_from(">II", body)
            check_size(*size)
        if name == b"pHYs" and len(body) == 9:
            density = struct.unpack(">IIB", body)
    if name != b"IEND" or size is None:
        raise PageUnreadable(_DAMAGED)
    per_metre = density[:2] if density[2] == 1 else (0, 0)
    across, down = (count * MM_PER_INCH / 1000 for count in per_metre)
    return plausible_dpi(across, down, *size)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(data)
    at = len(PNG_SIGNATURE)
    name = b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise PageUnreadable(_DAMAGED)
        length, name = _HEAD.unpack_from(data, at)
        end = at + 8 + length
        checksum = data[end : end + 4]
        if zlib.crc32(view[at + 4 : end]).to_bytes(4, "big") != checksum:
            raise PageUnreadable(_DAMAGED)
        yield name, view[at + 8 : end]
        at = end + 4
