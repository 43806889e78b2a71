"""Take a PDF page's picture without drawing the page."""

import zlib
from dataclasses import dataclass

import pikepdf

from scan.sources.jpeg import check_coding, decode_jpeg, read_jpeg_header
from scan.sources.limits import MIN_SIDE_PX, check_bytes, check_size, plausible_dpi
from scan.sources.model import PageUnreadable, Suffix
from scan.sources.pdf_content import Drawn, only_picture
from scan.sources.pdf_streams import filters_of
from scan.sources.tiff import decode_tiff
from scan.sources.tiff_format import Field, Frame, Tag, long, one_page_tiff, short

POINTS_PER_INCH = 72.0
"""Of a PDF without /UserUnit (ISO 32000-1, 8.3.2.3)."""

MAX_GAP = 0.03
"""Share of the page by which its picture's edges may miss the page's edges."""

MAX_SLANT = 0.001
"""Share of the page by which a picture may be slanted: below one pixel in a thousand."""

PIECE_BYTES = 1024**2
"""Unfolded at a time, so that a picture's pixels never fill the memory."""

_CUT = "A picture on the PDF page is damaged or incomplete; scan the page again."

_COMPONENTS = {
    "/DeviceGray": 1,
    "/G": 1,
    "/CalGray": 1,
    "/DeviceRGB": 3,
    "/RGB": 3,
    "/CalRGB": 3,
}
"""Plain colour spaces; an indexed or printing one needs drawing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page's picture as the scanner encoded it."""

    data: bytes
    suffix: Suffix
    dpi: float | None


def original_picture(page: pikepdf.Page) -> Picture | None:
    """Take the picture a page consists of; None if the page must be drawn.

    A /Rotate of the page is ignored: the markers tell which way up it is.

    Raises
    ------
    PageUnreadable
        If the picture is too large.
    """
    drawn = only_picture(page)
    if drawn is None or not _fills_page(page, drawn):
        return None
    image = page.resources.XObject[drawn.name]
    if image.get("/Subtype") != pikepdf.Name.Image or not _is_plain(image):
        return None
    check_size(int(image.Width), int(image.Height))
    match filters_of(image):
        case ["/DCTDecode"]:
            return _jpeg(page, drawn, image)
        case ["/CCITTFaxDecode"]:
            return _g4(page, drawn, image)
        case _:
            return None


def _fills_page(page: pikepdf.Page, drawn: Drawn) -> bool:
    left, bottom, right, top = _box(page)
    a, b, c, d, e, f = drawn.matrix
    width, height = right - left, top - bottom
    if a <= 0 or d <= 0 or max(abs(b), abs(c)) > MAX_SLANT * min(width, height):
        return False
    gaps_across = (abs(e - left), abs(e + a - right))
    gaps_down = (abs(f - bottom), abs(f + d - top))
    return max(gaps_across) <= MAX_GAP * width and max(gaps_down) <= MAX_GAP * height


def _box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    x, y, other_x, other_y = (float(edge) for edge in page.cropbox)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _is_plain(image: pikepdf.Object) -> bool:
    hiding = ("/SMask", "/Mask", "/OC", "/SMaskInData")
    return not any(key in image for key in hiding) and not bool(image.get("/ImageMask", False))


def _components(image: pikepdf.Object) -> int:
    """Count the colour components; 0 for anything that needs drawing."""
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Name):
        return _COMPONENTS.get(str(space), 0)
    if not isinstance(space, pikepdf.Array) or not len(space):
        return 0
    name = str(space[0])
    if name == "/ICCBased":
        count = int(space[1].get("/N", 0))
        return count if count in (1, 3) else 0
    return _COMPONENTS.get(name, 0)


def _dpi(page: pikepdf.Page, drawn: Drawn, columns: int, rows: int) -> float | None:
    inch = POINTS_PER_INCH / float(page.obj.get("/UserUnit", 1))
    across, down = columns * inch / drawn.matrix[0], rows * inch / drawn.matrix[3]
    return plausible_dpi(across, down, columns, rows)


def _raw(image: pikepdf.Object) -> bytes:
    data = image.read_raw_bytes()
    check_bytes(len(data))
    return data


def _jpeg(page: pikepdf.Page, drawn: Drawn, image: pikepdf.Object) -> Picture | None:
    if "/Decode" in image or "/DecodeParms" in image:
        return None
    data = _raw(image)
    try:
        header = read_jpeg_header(data)
    except PageUnreadable:
        return None  # the renderer may know it, and its refusal is final
    stated = (int(image.Width), int(image.Height), _components(image), 8)
    if stated != (header.columns, header.rows, header.components, header.bits):
        return None
    return Picture(data, "jpg", _dpi(page, drawn, header.columns, header.rows))


def _g4(page: pikepdf.Page, drawn: Drawn, image: pikepdf.Object) -> Picture | None:
    parameters = _parameters(image)
    columns, rows = int(image.Width), int(image.Height)
    if parameters is None or _components(image) != 1:
        return None
    inverted = bool(parameters.get("/BlackIs1", False))
    if "/Decode" in image:
        inverted ^= [float(one) for one in image.Decode] == [1.0, 0.0]
    data = _g4_tiff(image, inverted=inverted)
    return Picture(data, "tif", _dpi(page, drawn, columns, rows))


def _parameters(image: pikepdf.Object) -> pikepdf.Object | None:
    """Return a fax picture's parameters if it is G4 without anything unusual."""
    parameters = image.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array) and len(parameters) == 1:
        parameters = parameters[0]
    if not isinstance(parameters, pikepdf.Dictionary):
        return None
    plain = (
        int(parameters.get("/K", 0)) < 0
        and int(parameters.get("/Columns", 1728)) == int(image.Width)
        and not bool(parameters.get("/EncodedByteAlign", False))
    )
    return parameters if plain else None


def _g4_tiff(image: pikepdf.Object, *, inverted: bool) -> bytes:
    # In G4 a black run is bit 0 of a PDF sample, black, unless it is inverted.
    rows = int(image.Height)
    fields: dict[int, Field] = {
        Tag.WIDTH: long("<", int(image.Width)),
        Tag.LENGTH: long("<", rows),
        Tag.BITS: short("<", 1),
        Tag.COMPRESSION: short("<", 4),
        Tag.PHOTOMETRIC: short("<", int(inverted)),
        Tag.ROWS_PER_STRIP: long("<", rows),
    }
    return one_page_tiff(Frame("<", fields), [_raw(image)])


def check_complete(image: pikepdf.Object) -> None:
    """Decode a picture once before a page that shows it is drawn.

    Fax pictures too narrow for the check row, and JPEG 2000 and JBIG2, which no
    library here decodes strictly, are left to the renderer.

    Raises
    ------
    PageUnreadable
        If the picture's data ends early or is damaged.
    """
    match filters_of(image):
        case ["/DCTDecode"]:
            data = _raw(image)
            check_coding(read_jpeg_header(data), data)
            decode_jpeg(data)
        case ["/FlateDecode"]:
            _check_flate(_raw(image))
        case ["/CCITTFaxDecode"]:
            if _parameters(image) is not None and min(image.Width, image.Height) >= MIN_SIDE_PX:
                decode_tiff(_g4_tiff(image, inverted=False))
        case _:
            pass


def _check_flate(data: bytes) -> None:
    """Unfold piece by piece up to the checksum at the end."""
    unfolder = zlib.decompressobj()
    left, unfolded = data, 0
    try:
        while left and not unfolder.eof:
            unfolded += len(unfolder.decompress(left, PIECE_BYTES))
            left = unfolder.unconsumed_tail
            check_bytes(unfolded)
    except zlib.error as error:
        raise PageUnreadable(_CUT) from error
    if not unfolder.eof:
        raise PageUnreadable(_CUT)
