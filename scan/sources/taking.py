"""Fetch one page's picture from its file, still encoded."""

from scan.sources import pdf, rendering, tiff
from scan.sources.filetypes import Kind, kind_of
from scan.sources.jpeg import check_jpeg
from scan.sources.limits import check_bytes
from scan.sources.model import PageRef, PageUnreadable, TakenPage
from scan.sources.png import check_png


def take(ref: PageRef) -> TakenPage:
    """Fetch a page as the scanner wrote it, or draw it if it is no single picture.

    Raises
    ------
    PageUnreadable
        If the file changed, is damaged at this page or the page is too large.
    """
    try:
        match kind_of(ref.file):
            case Kind.PDF:
                return pdf.take_page(ref)
            case Kind.TIFF:
                return tiff.take_page(ref)
            case Kind.PNG:
                data = _whole(ref)
                return TakenPage(ref.source, data, "png", check_png(data), rendered=False)
            case Kind.JPEG:
                data = _whole(ref)
                dpi = check_jpeg(data).plausible_dpi
                return TakenPage(ref.source, data, "jpg", dpi, rendered=False)
            case None:
                raise PageUnreadable("The file is no scan any more; copy it again.")
    except OSError as error:
        raise PageUnreadable(
            "The file can no longer be read; check that it is still there and copy it again."
        ) from error


def _whole(ref: PageRef) -> bytes:
    check_bytes(ref.file.stat().st_size)
    return ref.file.read_bytes()


def close_sources() -> None:
    """Close the documents this process keeps open, so that they can be moved or deleted."""
    pdf.close_document()
    tiff.forget_index()
    rendering.close_document()
