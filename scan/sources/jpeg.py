"""JPEG: what the header says, and strict decoding to grey."""

import struct
from dataclasses import dataclass

import simplejpeg

from scan.sources.limits import check_size, plausible_dpi
from scan.sources.model import Gray, PageUnreadable

MAX_SCANS = 100
"""Progressive pictures need about ten passes; thousands keep a decoder busy for minutes."""

CM_PER_INCH = 2.54
"""By definition."""

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that begin a frame header (ITU-T T.81, table B.1)."""

_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers that stand alone."""

_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})

_JFIF_DENSITY = struct.Struct(">BHH")


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a JPEG says before its picture data.

    Attributes
    ----------
    components
        1 grey, 3 colour, 4 CMYK.
    bits
        Bits of one sample.
    dpi
        From the JFIF header, across and down; (0, 0) if not stated. The value in
        a camera's Exif block says nothing about paper and is not looked at.
    """

    columns: int
    rows: int
    components: int
    bits: int
    progressive: bool
    dpi: tuple[float, float]

    @property
    def plausible_dpi(self) -> float | None:
        """The stated resolution if paper of that size exists."""
        return plausible_dpi(*self.dpi, self.columns, self.rows)


def read_jpeg_header(data: bytes) -> JpegHeader:
    """Read size, components and resolution without decoding.

    Raises
    ------
    PageUnreadable
        If no frame header is found.
    """
    dpi = (0.0, 0.0)
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        body = data[at + 4 : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")]
        if marker in _FRAMES and len(body) >= 6:
            bits, rows, columns, components = struct.unpack_from(">BHHB", body)
            return JpegHeader(columns, rows, components, bits, marker in _PROGRESSIVE, dpi)
        if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            dpi = _jfif_dpi(body)
        at += 4 + len(body)
    raise PageUnreadable("The JPEG has no readable header; scan the page again.")


def _jfif_dpi(body: bytes) -> tuple[float, float]:
    unit, across, down = _JFIF_DENSITY.unpack_from(body, 7)
    factor = {1: 1.0, 2: CM_PER_INCH}.get(unit, 0.0)
    return across * factor, down * factor


def check_jpeg(data: bytes) -> JpegHeader:
    """Read the header and refuse what would be unsafe or impossible to decode.

    Raises
    ------
    PageUnreadable
        If the picture is too large, has too many passes or is not 8 bit deep.
    """
    header = read_jpeg_header(data)
    check_size(header.columns, header.rows)
    check_coding(header, data)
    return header


def check_coding(header: JpegHeader, data: bytes) -> None:
    """Refuse a way of coding that would be unsafe or impossible to decode.

    Raises
    ------
    PageUnreadable
        If the JPEG has too many passes or is not 8 bit deep.
    """
    if header.bits != 8:
        raise PageUnreadable(
            f"The JPEG has {header.bits} bits a sample; scan the page again in 8 bit grey."
        )
    if header.progressive and data.count(b"\xff\xda") > MAX_SCANS:
        raise PageUnreadable(
            "The JPEG has too many passes to decode; scan the page again.", too_large=True
        )


def decode_jpeg(data: bytes) -> Gray:
    """Decode a grey or colour JPEG to grey, refusing any damage the decoder notices.

    Strict mode turns libjpeg's warnings into errors: without it a picture cut in
    half comes back at full size with an invented lower half.

    Raises
    ------
    PageUnreadable
        If the data ends early or holds an impossible code.
    """
    try:
        gray: Gray = simplejpeg.decode_jpeg(
            data, "GRAY", fastdct=True, fastupsample=True, strict=True
        )
    except (ValueError, RuntimeError, MemoryError) as error:
        raise PageUnreadable(
            "The JPEG picture is damaged or incomplete; copy the file or scan the page again."
        ) from error
    return gray.reshape(gray.shape[:2])
