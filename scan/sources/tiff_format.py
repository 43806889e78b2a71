"""The TIFF container: find frames, copy one into a file of its own, untouched."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from scan.sources.limits import MAX_PAGES
from scan.sources.model import PageUnreadable

DAMAGED = "The TIFF picture is damaged or incomplete; copy the file or scan the page again."

MAX_ENTRIES = 1_000
"""Scanners write about 20 tags a frame."""


class Tag(IntEnum):
    """The tags that decide what a page looks like (TIFF 6.0 and its supplements)."""

    SUBFILE = 254
    WIDTH = 256
    LENGTH = 257
    BITS = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIP_OFFSETS = 273
    SAMPLES = 277
    ROWS_PER_STRIP = 278
    STRIP_BYTES = 279
    X_RESOLUTION = 282
    Y_RESOLUTION = 283
    PLANES = 284
    T4_OPTIONS = 292
    T6_OPTIONS = 293
    RESOLUTION_UNIT = 296
    PREDICTOR = 317
    PALETTE = 320
    TILE_WIDTH = 322
    TILE_LENGTH = 323
    TILE_OFFSETS = 324
    TILE_BYTES = 325
    EXTRA_SAMPLES = 338
    SAMPLE_FORMAT = 339
    JPEG_TABLES = 347
    YCBCR_SUBSAMPLING = 530
    YCBCR_POSITIONING = 531
    REFERENCE_BLACK_WHITE = 532


_LOCATION = frozenset({Tag.STRIP_OFFSETS, Tag.STRIP_BYTES, Tag.TILE_OFFSETS, Tag.TILE_BYTES})

_KEPT = frozenset(Tag) - _LOCATION - {Tag.SUBFILE}
"""Copied to the page's own file. The orientation tag is left out on purpose: markers decide."""

_BYTES_OF = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8}
"""Length of one value of each field type; 16 is BigTIFF's."""

_UNSIGNED = {1: "B", 3: "H", 4: "I", 16: "Q"}
"""Field types that hold whole numbers, as struct letters."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tag's value: its TIFF field type, how many values, their bytes."""

    kind: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a TIFF file; `order` is the byte order as struct writes it."""

    order: str
    fields: Mapping[int, Field]

    def numbers(self, tag: Tag, default: Sequence[int] = ()) -> tuple[int, ...]:
        """Return a tag's whole numbers; `default` if it is absent or of another type."""
        field = self.fields.get(tag)
        if field is None or field.kind not in _UNSIGNED or not field.count:
            return tuple(default)
        return struct.unpack(f"{self.order}{field.count}{_UNSIGNED[field.kind]}", field.data)

    def number(self, tag: Tag, default: int) -> int:
        """Return a tag's first number."""
        return self.numbers(tag, (default,))[0]

    def ratio(self, tag: Tag) -> float:
        """Return a tag's fraction; 0 if it is absent."""
        field = self.fields.get(tag)
        if field is None or field.kind != 5 or field.count < 1:
            return 0.0
        above, below = struct.unpack_from(f"{self.order}II", field.data)
        return above / below if below else 0.0

    @property
    def is_tiled(self) -> bool:
        """Whether the picture is stored in tiles instead of strips."""
        return Tag.TILE_OFFSETS in self.fields


@dataclass(frozen=True, slots=True)
class _Layout:
    """How classic TIFF and BigTIFF differ."""

    order: str
    count: str
    offset: str

    @property
    def inline_bytes(self) -> int:
        """Values up to this length stand in the entry itself."""
        return struct.calcsize(self.order + self.offset)


def frame_offsets(stream: BinaryIO) -> list[int]:
    """Find the frames of a file, without the small preview pictures.

    Raises
    ------
    PageUnreadable
        If the chain of frames is broken: pages after the break would be lost in silence.
    """
    layout, at = _layout(stream)
    offsets: list[int] = []
    seen: set[int] = set()
    while at:
        if at in seen:
            raise PageUnreadable("The TIFF file's list of pages runs in a circle; scan again.")
        seen.add(at)
        frame, following = _read_frame(stream, layout, at)
        if not frame.number(Tag.SUBFILE, 0) & 1:
            offsets.append(at)
        if len(seen) > 2 * MAX_PAGES:
            break  # the caller refuses by the count
        at = following
    return offsets


def read_frame(stream: BinaryIO, at: int) -> Frame:
    """Read the tags of the frame at a byte offset."""
    layout, _ = _layout(stream)
    return _read_frame(stream, layout, at)[0]


def _layout(stream: BinaryIO) -> tuple[_Layout, int]:
    stream.seek(0)
    head = stream.read(16)
    order = "<" if head[:2] == b"II" else ">"
    try:
        if struct.unpack_from(f"{order}H", head, 2)[0] == 43:
            return _Layout(order, "Q", "Q"), struct.unpack_from(f"{order}Q", head, 8)[0]
        return _Layout(order, "H", "I"), struct.unpack_from(f"{order}I", head, 4)[0]
    except struct.error as error:
        raise PageUnreadable(DAMAGED) from error


def _read_frame(stream: BinaryIO, layout: _Layout, at: int) -> tuple[Frame, int]:
    head = struct.Struct(layout.order + layout.count)
    (entries,) = head.unpack(_read_at(stream, at, head.size))
    if not 0 < entries <= MAX_ENTRIES:
        raise PageUnreadable(DAMAGED)
    entry = struct.Struct(f"{layout.order}HH{layout.offset}{layout.inline_bytes}s")
    following = struct.Struct(layout.order + layout.offset)
    table = _read_at(stream, at + head.size, entries * entry.size + following.size)
    fields = {
        tag: _field(stream, layout, kind, (count, value))
        for tag, kind, count, value in entry.iter_unpack(table[: entries * entry.size])
        if tag in frozenset(Tag) and kind in _BYTES_OF
    }
    return Frame(layout.order, fields), following.unpack(table[entries * entry.size :])[0]


def _field(stream: BinaryIO, layout: _Layout, kind: int, value: tuple[int, bytes]) -> Field:
    count, inline = value
    size = count * _BYTES_OF[kind]
    if size <= layout.inline_bytes:
        return Field(kind, count, inline[:size])
    (offset,) = struct.unpack(layout.order + layout.offset, inline)
    return Field(kind, count, _read_at(stream, offset, size))


def _read_at(stream: BinaryIO, at: int, size: int) -> bytes:
    # The size is checked first: a lying count must not reserve memory.
    if at + size > stream.seek(0, 2):
        raise PageUnreadable(DAMAGED)
    stream.seek(at)
    return stream.read(size)


def segments_of(frame: Frame) -> Iterator[tuple[int, int]]:
    """List offset and length of a frame's strips or tiles.

    Raises
    ------
    PageUnreadable
        If the file does not say where its picture data is.
    """
    tags = (Tag.STRIP_OFFSETS, Tag.STRIP_BYTES)
    if frame.is_tiled:
        tags = (Tag.TILE_OFFSETS, Tag.TILE_BYTES)
    offsets, lengths = map(frame.numbers, tags)
    if not offsets or len(offsets) != len(lengths):
        raise PageUnreadable(DAMAGED)
    return zip(offsets, lengths, strict=True)


def read_segments(stream: BinaryIO, frame: Frame) -> list[bytes]:
    """Read a frame's strips or tiles, refusing any that reaches past the end of the file."""
    return [_read_at(stream, offset, length) for offset, length in segments_of(frame)]


def short(order: str, *values: int) -> Field:
    """Make a field of 16 bit numbers."""
    return Field(3, len(values), struct.pack(f"{order}{len(values)}H", *values))


def long(order: str, *values: int) -> Field:
    """Make a field of 32 bit numbers."""
    return Field(4, len(values), struct.pack(f"{order}{len(values)}I", *values))


def one_page_tiff(frame: Frame, segments: Sequence[bytes]) -> bytes:
    """Put a frame's encoded strips or tiles into a TIFF file of their own.

    Parameters
    ----------
    frame
        The tags; where its data used to be is not looked at.
    segments
        Strips or tiles, still encoded.
    """
    order = frame.order
    places, lengths = (
        (Tag.TILE_OFFSETS, Tag.TILE_BYTES)
        if frame.is_tiled
        else (Tag.STRIP_OFFSETS, Tag.STRIP_BYTES)
    )
    starts = [8]  # the data follows the file header
    for segment in segments:
        starts.append(starts[-1] + len(segment))
    fields = {tag: field for tag, field in frame.fields.items() if tag in _KEPT and field.kind < 16}
    fields[places] = long(order, *starts[:-1])
    fields[lengths] = long(order, *map(len, segments))
    padding = b"\0" * (starts[-1] % 2)  # tables begin at even offsets
    table_at = starts[-1] + len(padding)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", table_at)
    return b"".join((head, *segments, padding, _table(order, fields, table_at)))


def _table(order: str, fields: Mapping[int, Field], at: int) -> bytes:
    beyond = at + 2 + 12 * len(fields) + 4
    entries = [struct.pack(f"{order}H", len(fields))]
    values: list[bytes] = []
    for tag, field in sorted(fields.items()):
        inline = field.data
        if len(field.data) > 4:
            inline = struct.pack(f"{order}I", beyond)
            values.append(field.data + b"\0" * (len(field.data) % 2))
            beyond += len(values[-1])
        entries.append(struct.pack(f"{order}HHI4s", tag, field.kind, field.count, inline))
    return b"".join((*entries, b"\0\0\0\0", *values))
