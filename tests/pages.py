"""Builders of scans for tests: grey arrays in, files as scanners write them out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pikepdf
import simplejpeg
from PIL import Image

Gray = npt.NDArray[np.uint8]
"""Grey levels of shape (rows, columns); 0 is black."""

POINTS_PER_INCH = 72.0


def sample_page(dpi: int = 60, *, seed: int = 0, noise: float = 3.0) -> Gray:
    """Make an A4 page with bars and dots that differ in every direction and per seed."""
    rng = np.random.default_rng(seed)
    rows, columns = round(11.69 * dpi), round(8.27 * dpi)
    page = np.full((rows, columns), 240.0)
    page[rows // 20 : rows // 12, columns // 10 : columns // 2] = 20
    page[rows // 2 : -rows // 20, columns // 12 : columns // 9] = 20
    for _ in range(40):
        row, column = rng.integers(rows // 8, rows - 20), rng.integers(columns // 6, columns - 20)
        page[row : row + 5, column : column + 9] = 30
    page += rng.normal(0, noise, page.shape)
    return np.array(np.clip(page, 0, 255), np.uint8)


def black_and_white(gray: Gray) -> Gray:
    """Return the page in 0 and 255 only."""
    return np.array(np.where(gray > 128, 255, 0), np.uint8)


def jpeg_of(gray: Gray, *, quality: int = 75) -> bytes:
    """Encode as a plain grey JPEG."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(gray)[:, :, None], quality, "GRAY")
    return data


def encoded(image: Image.Image, format_name: str, **options: object) -> bytes:
    """Encode a Pillow image in memory."""
    stream = BytesIO()
    image.save(stream, format_name, **cast(dict[str, Any], options))
    return stream.getvalue()


@dataclass(frozen=True)
class PdfImage:
    """An encoded picture with the keys that a PDF needs to know about it."""

    data: bytes
    keys: Mapping[str, Any]


@dataclass(frozen=True)
class PdfSheet:
    """A PDF page: pictures named /Im0, /Im1 ..., drawing instructions, other keys.

    Without instructions the first picture fills the page.
    """

    images: tuple[PdfImage, ...]
    size_pt: tuple[float, float]
    content: bytes | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, Any] = field(default_factory=dict)


def jpeg_image(gray: Gray, *, quality: int = 75) -> PdfImage:
    """Make a grey JPEG picture."""
    return PdfImage(jpeg_of(gray, quality=quality), image_keys(gray.shape, "/DCTDecode"))


def image_keys(
    shape: tuple[int, ...], filter_name: str | None, *, space: str = "/DeviceGray", bits: int = 8
) -> dict[str, Any]:
    """Return the keys every picture has."""
    keys: dict[str, Any] = {
        "/Width": shape[1],
        "/Height": shape[0],
        "/ColorSpace": pikepdf.Name(space),
        "/BitsPerComponent": bits,
    }
    return keys | ({"/Filter": pikepdf.Name(filter_name)} if filter_name else {})


def g4_image(gray: Gray, *, black_is_1: bool = False) -> PdfImage:
    """Make a G4 picture; the code is the same, only what black means is turned round."""
    frame = Image.fromarray(gray if not black_is_1 else 255 - gray).convert("1")
    tiff = encoded(frame, "TIFF", compression="group4", tiffinfo={262: 0, 278: gray.shape[0]})
    tags = Image.open(BytesIO(tiff)).tag_v2  # type: ignore[attr-defined] # a TIFF image has tags
    start, length = tags[273][0], tags[279][0]
    keys = image_keys(gray.shape, "/CCITTFaxDecode", bits=1)
    keys["/DecodeParms"] = pikepdf.Dictionary(
        K=-1, Columns=gray.shape[1], Rows=gray.shape[0], BlackIs1=black_is_1
    )
    return PdfImage(tiff[start : start + length], keys)


def raw_image(gray: Gray) -> PdfImage:
    """Make a picture without JPEG or fax code, as office programs embed it."""
    return PdfImage(gray.tobytes(), image_keys(gray.shape, None))


def size_pt(gray: Gray, dpi: float) -> tuple[float, float]:
    """Width and height of the paper that a picture fills."""
    return gray.shape[1] / dpi * POINTS_PER_INCH, gray.shape[0] / dpi * POINTS_PER_INCH


def sheet_of(image: PdfImage, dpi: float, **rest: object) -> PdfSheet:
    """Let one picture fill a page."""
    columns, rows = image.keys["/Width"], image.keys["/Height"]
    return PdfSheet((image,), (columns / dpi * 72, rows / dpi * 72), **cast(dict[str, Any], rest))


def write_pdf(path: Path, sheets: Iterable[PdfSheet], **save: object) -> Path:
    """Write pages one after the other, pictures as they are encoded."""
    with pikepdf.new() as pdf:
        for sheet in sheets:
            page = pdf.add_blank_page(page_size=sheet.size_pt)
            width, height = sheet.size_pt
            filled = b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (width, height)
            page.obj["/Contents"] = pdf.make_stream(
                filled if sheet.content is None else sheet.content
            )
            objects = pikepdf.Dictionary()
            for number, image in enumerate(sheet.images):
                stream = pdf.make_stream(image.data, {"/Type": pikepdf.Name.XObject})
                stream["/Subtype"] = pikepdf.Name.Image
                for key, value in image.keys.items():
                    stream[key] = value
                objects[f"/Im{number}"] = stream
            page.obj["/Resources"] = pikepdf.Dictionary(
                XObject=objects, ExtGState=pikepdf.Dictionary(dict(sheet.states))
            )
            for key, value in sheet.keys.items():
                page.obj[key] = value
        # Streams stay as they are, so that a picture has just the filter a test gave it.
        options: dict[str, Any] = {"compress_streams": False, "static_id": True} | save
        pdf.save(path, **options)
    return path


def pdf_of(pages: Iterable[Gray], path: Path, dpi: float, quality: int = 75) -> Path:
    """Write a PDF as a scanner does, one grey JPEG a page."""
    return write_pdf(path, (sheet_of(jpeg_image(page, quality=quality), dpi) for page in pages))


def g4_pdf_of(pages: Iterable[Gray], path: Path, dpi: float) -> Path:
    """Write a PDF of black-and-white pages in G4."""
    return write_pdf(path, (sheet_of(g4_image(black_and_white(page)), dpi) for page in pages))


def tiff_of(
    images: Iterable[Image.Image], path: Path, compression: str | None, **options: object
) -> Path:
    """Write Pillow images as the frames of one TIFF."""
    first, *rest = images
    first.save(
        path,
        "TIFF",
        compression=compression,
        save_all=True,
        append_images=rest,
        **cast(dict[str, Any], options),
    )
    return path


def g4_tiff_of(pages: Iterable[Gray], path: Path, dpi: float) -> Path:
    """Write black-and-white pages as a G4 TIFF of several frames."""
    frames = (Image.fromarray(black_and_white(page)).convert("1") for page in pages)
    return tiff_of(frames, path, "group4", dpi=(dpi, dpi))


def png_of(page: Gray, path: Path, dpi: float | None = None) -> Path:
    """Write a PNG, with its resolution if one is given."""
    Image.fromarray(page).save(path, "PNG", **({"dpi": (dpi, dpi)} if dpi else {}))
    return path
