"""Practice scans as the files a scanner writes; never more than one page in memory."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import simplejpeg
from PIL import Image, TiffImagePlugin

from wamforms.practice.ink import Gray

POINTS_PER_INCH = 72.0

_WHITE_FROM = 128
"""Grey level from which a pixel of a black-and-white file is white."""


def write_pdf(pages: Iterable[Gray], path: Path, dpi: float, quality: int = 75) -> int:
    """Write a PDF of one JPEG per page and return the number of pages.

    The file is written object by object, because pikepdf and reportlab both
    keep all images of a document until it is saved.
    """
    with path.open("wb") as file:
        pdf = _PdfStream(file)
        for page in pages:
            data = simplejpeg.encode_jpeg(page[:, :, None], quality=quality, colorspace="GRAY")
            pdf.add_page(page.shape, dpi, b"/BitsPerComponent 8 /Filter /DCTDecode", data)
        return pdf.close()


def write_pdf_g4(pages: Iterable[Gray], path: Path, dpi: float) -> int:
    """Write a PDF of one black-and-white fax-coded (G4) image per page."""
    with path.open("wb") as file:
        pdf = _PdfStream(file)
        for page in pages:
            rows, columns = page.shape
            about = (
                b"/BitsPerComponent 1 /Filter /CCITTFaxDecode "
                b"/DecodeParms << /K -1 /BlackIs1 false /Columns %d /Rows %d >>" % (columns, rows)
            )
            pdf.add_page(page.shape, dpi, about, _g4(page))
        return pdf.close()


def write_tiff_g4(pages: Iterable[Gray], path: Path, dpi: float) -> int:
    """Write a black-and-white TIFF of many frames and return their number."""
    count = 0
    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as file:
        for page in pages:
            Image.fromarray(page >= _WHITE_FROM).save(
                file, "TIFF", compression="group4", dpi=(dpi, dpi)
            )
            file.newFrame()
            count += 1
    return count


def write_pngs(pages: Iterable[Gray], folder: Path, dpi: float) -> int:
    """Write one PNG per page, `page-001.png` and so on, and return their number."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, page in enumerate(pages, 1):
        name = folder / f"page-{count:03d}.png"
        Image.fromarray(page).save(name, dpi=(dpi, dpi), compress_level=1)
    return count


def _g4(page: Gray) -> bytes:
    """Code a page in one strip and take the strip out of its TIFF.

    Pillow codes 0 as a white run, so the page goes in inverted.
    """
    buffer = BytesIO()
    one_strip = {TiffImagePlugin.ROWSPERSTRIP: page.shape[0]}
    negative = Image.fromarray(page < _WHITE_FROM)
    negative.save(buffer, "TIFF", compression="group4", tiffinfo=one_strip)
    buffer.seek(0)
    with Image.open(buffer) as image:
        tags = image.getexif()
        (start,) = _numbers(tags[TiffImagePlugin.STRIPOFFSETS])
        (length,) = _numbers(tags[TiffImagePlugin.STRIPBYTECOUNTS])
    return buffer.getvalue()[start : start + length]


def _numbers(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


class _PdfStream:
    """A PDF that grows page by page; only the places of its objects are remembered."""

    _CATALOG, _PAGES = 1, 2

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places = {self._CATALOG: 0, self._PAGES: 0}
        self._kids: list[int] = []
        file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def add_page(self, shape: tuple[int, ...], dpi: float, about: bytes, data: bytes) -> None:
        """Add a page that is one grey image edge to edge; `about` says how it is coded."""
        rows, columns = shape
        width, height = (length * POINTS_PER_INCH / dpi for length in (columns, rows))
        image = self._add(
            b"<< /Type /XObject /Subtype /Image /ColorSpace /DeviceGray /Width %d /Height %d "
            % (columns, rows)
            + about
            + b" /Length %d >>\nstream\n" % len(data),
            data,
            b"\nendstream",
        )
        drawing = b"q %.4f 0 0 %.4f 0 0 cm /Scan Do Q" % (width, height)
        content = self._add(b"<< /Length %d >>\nstream\n" % len(drawing), drawing, b"\nendstream")
        page = self._add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f] /Contents %d 0 R "
            % (self._PAGES, width, height, content),
            b"/Resources << /XObject << /Scan %d 0 R >> >> >>" % image,
        )
        self._kids.append(page)

    def close(self) -> int:
        """Write what must come last and return the number of pages."""
        kids = b" ".join(b"%d 0 R" % kid for kid in self._kids)
        pages = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(self._kids), kids)
        self._add(pages, number=self._PAGES)
        self._add(b"<< /Type /Catalog /Pages %d 0 R >>" % self._PAGES, number=self._CATALOG)
        start = self._file.tell()
        size = len(self._places) + 1
        self._file.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for number in range(1, size):
            self._file.write(b"%010d 00000 n \n" % self._places[number])
        self._file.write(
            b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (size, self._CATALOG, start)
        )
        return len(self._kids)

    def _add(self, *parts: bytes, number: int = 0) -> int:
        number = number or len(self._places) + 1
        self._places[number] = self._file.tell()
        self._file.write(b"%d 0 obj\n" % number)
        for part in parts:
            self._file.write(part)
        self._file.write(b"\nendobj\n")
        return number
