"""Pages of TIFF files, and the strict decoding of one of them."""

from enum import IntEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np

from scan.sources import fax, pillow
from scan.sources.jpeg import check_coding, decode_jpeg, read_jpeg_header
from scan.sources.limits import check_bytes, check_size, plausible_dpi
from scan.sources.model import Gray, PageRef, PageUnreadable, TakenPage
from scan.sources.slot import Version, version_of
from scan.sources.tiff_format import (
    DAMAGED,
    Frame,
    Tag,
    frame_offsets,
    one_page_tiff,
    read_frame,
    read_segments,
    segments_of,
)


class Compression(IntEnum):
    """The ways of coding that are read (TIFF 6.0, its technical note 2, and Adobe's deflate)."""

    RAW = 1
    G3_ROWS = 2
    G3 = 3
    G4 = 4
    LZW = 5
    JPEG = 7
    DEFLATE = 8
    OLD_DEFLATE = 32946
    PACKBITS = 32773


MAX_BLOCK_PX = 32
"""Largest coding unit of a JPEG: 8 pixels, sampled down at most four times."""

_DPI_FACTOR = {2: 1.0, 3: 2.54}
"""Resolution unit: inch or centimetre; 1 means a ratio only."""


def count_pages(file: Path) -> int:
    """Count the pages of a TIFF file.

    Raises
    ------
    PageUnreadable
        If the file is cut off or its list of pages is broken.
    """
    return len(_index(version_of(file)))


@lru_cache(maxsize=2)
def _index(version: Version) -> tuple[int, ...]:
    with version.file.open("rb") as stream:
        return tuple(frame_offsets(stream))


def forget_index() -> None:
    """Drop what is remembered of files; none of them is held open."""
    _index.cache_clear()


def take_page(ref: PageRef) -> TakenPage:
    """Copy one frame, still encoded, into a one-page TIFF.

    Raises
    ------
    PageUnreadable
        If the frame is damaged, too large or of a kind we do not read.
    """
    offsets = _index(version_of(ref.file))
    if not 0 <= ref.index < len(offsets):
        raise PageUnreadable("The file has fewer pages than before; copy it again.")
    with ref.file.open("rb") as stream:
        frame = read_frame(stream, offsets[ref.index])
        dpi = _check(frame)
        check_bytes(sum(length for _, length in segments_of(frame)))
        segments = read_segments(stream, frame)
    return TakenPage(ref.source, one_page_tiff(frame, segments), "tif", dpi, rendered=False)


def _check(frame: Frame) -> float | None:
    """Refuse what we do not read; return the plausible resolution."""
    columns, rows = frame.number(Tag.WIDTH, 0), frame.number(Tag.LENGTH, 0)
    check_size(columns, rows)
    known = (
        frame.number(Tag.COMPRESSION, Compression.RAW) in frozenset(Compression)
        and set(frame.numbers(Tag.BITS, (1,))) <= {1, 2, 4, 8, 16}
        and set(frame.numbers(Tag.SAMPLE_FORMAT, (1,))) == {1}
        and 1 <= frame.number(Tag.SAMPLES, 1) <= 5
    )
    if not known:
        raise PageUnreadable(
            "This kind of TIFF is not read; save it as PDF, PNG or TIFF with G4 or LZW."
        )
    factor = _DPI_FACTOR.get(frame.number(Tag.RESOLUTION_UNIT, 2), 0.0)
    across, down = (frame.ratio(tag) * factor for tag in (Tag.X_RESOLUTION, Tag.Y_RESOLUTION))
    return plausible_dpi(across, down, columns, rows)


def decode_tiff(data: bytes) -> Gray:
    """Decode a one-page TIFF to grey, refusing data that ends early.

    libtiff fills missing fax rows and missing JPEG rows in silence, so each of
    these compressions has its own check.

    Raises
    ------
    PageUnreadable
        If the picture is damaged or incomplete.
    """
    stream = BytesIO(data)
    offsets = frame_offsets(stream)
    if not offsets:
        raise PageUnreadable(DAMAGED)
    frame = read_frame(stream, offsets[0])
    _check(frame)
    segments = read_segments(stream, frame)
    match frame.number(Tag.COMPRESSION, Compression.RAW):
        case Compression.G4:
            return fax.decode_g4(frame, segments)
        case Compression.G3:
            fax.check_g3(frame, segments)
        case Compression.JPEG:
            _check_jpeg(frame, segments)
        case Compression.RAW:
            _check_raw(frame, segments)
        case _:
            pass  # the others carry their own end or checksum, which libtiff demands
    return _gray(frame, data)


def _gray(frame: Frame, data: bytes) -> Gray:
    deep = 16 in frame.numbers(Tag.BITS, (1,))
    gray = pillow.decode_gray(data, "TIFF", DAMAGED)
    if deep and frame.number(Tag.PHOTOMETRIC, 1) == 0:
        # Pillow turns white-is-zero round for 8 bit pictures, not for 16 bit ones.
        return np.subtract(255, gray, dtype=np.uint8)
    return gray


def _check_raw(frame: Frame, segments: list[bytes]) -> None:
    bits = frame.numbers(Tag.BITS, (1,))
    samples = frame.number(Tag.SAMPLES, 1)
    width, length = frame.number(Tag.WIDTH, 0), frame.number(Tag.LENGTH, 0)
    planes = samples if frame.number(Tag.PLANES, 1) == 2 else 1
    row_bytes = -(-width * bits[0] * (samples // planes) // 8)
    # Tiles are padded to full size, so the picture's own size is the least for them too.
    if sum(map(len, segments)) < row_bytes * length * planes:
        raise PageUnreadable(DAMAGED)


def _check_jpeg(frame: Frame, segments: list[bytes]) -> None:
    """Decode every strip strictly once; libtiff would only warn of a missing part."""
    tables = frame.fields.get(Tag.JPEG_TABLES)
    shared = tables.data[2:-2] if tables else b""  # without start and end markers
    # Coding blocks may reach beyond the picture, tiles as well.
    widest = max(frame.number(Tag.WIDTH, 0), frame.number(Tag.TILE_WIDTH, 0)) + MAX_BLOCK_PX
    longest = max(frame.number(Tag.LENGTH, 0), frame.number(Tag.TILE_LENGTH, 0)) + MAX_BLOCK_PX
    for segment in segments:
        whole = segment[:2] + shared + segment[2:]
        header = read_jpeg_header(whole)
        if header.columns > widest or header.rows > longest:
            raise PageUnreadable(DAMAGED)
        check_coding(header, whole)
        decode_jpeg(whole)
