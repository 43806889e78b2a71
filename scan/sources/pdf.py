"""Pages of PDF files: the picture a page consists of, or else the page drawn."""

import re
from functools import partial
from pathlib import Path

import pikepdf

from scan.sources import rendering
from scan.sources.model import PageRef, PageUnreadable, TakenPage
from scan.sources.pdf_image import original_picture
from scan.sources.slot import Slot

END_WITHIN = 2048
"""A complete PDF says %%EOF in its last 1,024 bytes; some devices pad it."""

_MENDED = re.compile(
    "file is damaged$|xref not found$|can't find startxref$|reconstruct cross-reference table$"
)
"""Warnings after which only the table of places was wrong; any other one is distrusted."""

_NOTHING = re.compile("(?!)")
"""Matches no warning at all."""

_BROKEN = "The PDF is damaged or incomplete; copy it again from the scanner or scan again."


def count_pages(file: Path) -> int:
    """Count the pages of a PDF, opening it for just that long.

    Raises
    ------
    PageUnreadable
        If the file is encrypted, cut off or damaged beyond certain repair.
    """
    with _opened(file) as document:
        return _count(document)


def _count(document: pikepdf.Pdf) -> int:
    try:
        return len(document.pages)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise PageUnreadable(_BROKEN) from error


def _opened(file: Path) -> pikepdf.Pdf:
    """Open a PDF, repaired only if nothing can be missing from it.

    Repair collects whatever objects it finds: of a file cut off at half, it would
    silently make a PDF of half the pages.
    """
    opener = partial(pikepdf.open, file, suppress_warnings=True)
    try:
        try:
            return _trusted(opener(attempt_recovery=False), _NOTHING)
        except pikepdf.PasswordError:
            raise
        except (pikepdf.PdfError, RuntimeError, ValueError):
            if not _has_end(file):
                raise
        return _trusted(opener(attempt_recovery=True), _MENDED)
    except pikepdf.PasswordError as error:
        raise PageUnreadable(
            "The PDF is protected by a password; save it without one and try again."
        ) from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise PageUnreadable(_BROKEN) from error


def _has_end(file: Path) -> bool:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - END_WITHIN))
        return b"%%EOF" in stream.read()


def _trusted(document: pikepdf.Pdf, harmless: re.Pattern[str]) -> pikepdf.Pdf:
    """Keep a document only if opening it gave no other warnings than harmless ones.

    qpdf leaves damaged pages out with a warning and lowers the stated number of
    pages to match, so the warning is the only trace of them.
    """
    if all(harmless.search(warning) for warning in document.get_warnings()):
        return document
    document.close()
    raise ValueError("pages may be missing")


_document: Slot[pikepdf.Pdf] = Slot(_opened)
"""The PDF that this process takes pages from."""


def close_document() -> None:
    """Close the PDF that is kept open."""
    _document.close()


def take_page(ref: PageRef) -> TakenPage:
    """Take the picture that makes up a page untouched, or draw the page.

    Raises
    ------
    PageUnreadable
        If the page is damaged, too large or cannot be drawn.
    """
    document = _document.get(ref.file)
    if not 0 <= ref.index < _count(document):
        raise PageUnreadable("The file has fewer pages than before; copy it again.")
    try:
        page = document.pages[ref.index]
        picture = original_picture(page)
    except PageUnreadable:
        raise
    except Exception as error:
        # A hostile object tree can hold any type in any place.
        raise PageUnreadable(_BROKEN) from error
    if picture is None:
        png, dpi = rendering.render(ref.file, ref.index, page)
        return TakenPage(ref.source, png, "png", dpi, rendered=True)
    return TakenPage(ref.source, picture.data, picture.suffix, picture.dpi, rendered=False)
