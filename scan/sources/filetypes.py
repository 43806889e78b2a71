"""Kinds of files, told by their first bytes and never by their name."""

import unicodedata
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """A kind of file that can hold pages."""

    PDF = "PDF"
    TIFF = "TIFF"
    PNG = "PNG"
    JPEG = "JPEG"


SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".jfif"})
"""In a folder, a file with such a name is reported if it is not what its name says."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""First bytes of every PNG file (PNG specification, 5.2)."""

PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF header after this many bytes of a mail gateway's or printer's."""

_STARTS = (
    (PNG_SIGNATURE, Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),  # BigTIFF
    (b"MM\0+", Kind.TIFF),
)

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that can hide or turn round the rest of a line."""


def kind_of(file: Path) -> Kind | None:
    """Tell a file's kind from its first bytes; None if it cannot hold pages.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with file.open("rb") as stream:
        head = stream.read(PDF_HEADER_WITHIN)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    return Kind.PDF if b"%PDF-" in head else None


def shown_name(file: Path) -> str:
    """Write a file's name, without its folder, so that it cannot mislead a reader."""
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _UNSAFE else letter
        for letter in file.name
    )
