"""Damaged, cut and hostile pictures: refused, and never another exception."""

import struct
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scan.sources import (
    PageRef,
    PageUnreadable,
    TakenPage,
    UnreadableFile,
    close_sources,
    decode,
    pages_of,
    take,
)
from scan.sources.model import Suffix
from scan.sources.tiff_format import (
    frame_offsets,
    one_page_tiff,
    read_frame,
    read_segments,
)
from tests.pages import (
    PdfImage,
    black_and_white,
    encoded,
    g4_image,
    g4_tiff_of,
    image_keys,
    jpeg_of,
    pdf_of,
    png_of,
    sample_page,
    sheet_of,
    write_pdf,
)

DPI = 30
PAGE = sample_page(DPI)
CRISP = black_and_white(PAGE)
CUTS = [0.5, 0.9, 0.99, -10, -3, -2, -1]
"""A share that is kept, or the number of bytes that are lost at the end."""


def cut(data: bytes, at: float) -> bytes:
    return data[: int(len(data) * at)] if at > 0 else data[: int(at)]


def taken_as(data: bytes, suffix: Suffix) -> TakenPage:
    return TakenPage("a", data, suffix, None, rendered=False)


@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize("kind", ["grey", "colour", "progressive", "cmyk"])
def test_a_truncated_jpeg_is_an_unreadable_page(at: float, kind: str) -> None:
    image = Image.fromarray(PAGE)
    data = {
        "grey": jpeg_of(PAGE),
        "colour": encoded(image.convert("RGB"), "JPEG"),
        "progressive": encoded(image, "JPEG", progressive=True),
        "cmyk": encoded(image.convert("CMYK"), "JPEG"),
    }[kind]
    decode(taken_as(data, "jpg"))
    with pytest.raises(PageUnreadable, match=r"damaged|header"):
        decode(taken_as(cut(data, at), "jpg"))


@pytest.mark.parametrize("at", CUTS[:-1])
def test_a_jpeg_that_ends_early_with_an_end_marker_is_unreadable(at: float) -> None:
    with pytest.raises(PageUnreadable, match="damaged"):
        decode(taken_as(cut(jpeg_of(PAGE)[:-2], at) + b"\xff\xd9", "jpg"))


@pytest.mark.parametrize("at", CUTS)
def test_a_truncated_jpeg_inside_a_sound_pdf_is_unreadable(at: float, tmp_path: Path) -> None:
    data = cut(jpeg_of(PAGE), at)
    image = PdfImage(data, image_keys(PAGE.shape, "/DCTDecode"))
    (ref,) = pages_of([write_pdf(tmp_path / "a.pdf", [sheet_of(image, DPI)])])
    assert isinstance(ref, PageRef)
    page = take(ref)
    close_sources()
    with pytest.raises(PageUnreadable, match="damaged"):
        decode(page)


@pytest.mark.parametrize("at", CUTS)
def test_a_truncated_png_is_unreadable(at: float, tmp_path: Path) -> None:
    data = cut(png_of(PAGE, tmp_path / "a.png").read_bytes(), at)
    with pytest.raises(PageUnreadable, match="damaged"):
        decode(taken_as(data, "png"))


def test_no_flipped_bit_of_a_png_goes_unnoticed(tmp_path: Path) -> None:
    data = png_of(PAGE, tmp_path / "a.png").read_bytes()
    for place in np.random.default_rng(1).integers(0, len(data), 200):
        flipped = bytearray(data)
        flipped[place] ^= 16
        with pytest.raises(PageUnreadable):
            decode(taken_as(bytes(flipped), "png"))


@cache
def tiff_bytes(compression: str | None) -> bytes:
    image = Image.fromarray(PAGE)
    if compression in ("group4", "group3", "tiff_ccitt"):
        image = Image.fromarray(CRISP).convert("1")
    return encoded(image, "TIFF", compression=compression)


KINDS = ["group4", "group3", "tiff_ccitt", "tiff_lzw", "tiff_deflate", "packbits", "jpeg", None]


def shortened(data: bytes, at: float) -> bytes:
    """Cut the last strip's data while everything around it stays sound."""
    stream = BytesIO(data)
    frame = read_frame(stream, frame_offsets(stream)[0])
    *before, last = read_segments(stream, frame)
    return one_page_tiff(frame, [*before, cut(last, at)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [0.2, 0.5, 0.9, 0.97])
def test_a_tiff_strip_that_ends_early_is_unreadable(kind: str | None, at: float) -> None:
    decode(taken_as(shortened(tiff_bytes(kind), 1.0), "tif"))
    with pytest.raises(PageUnreadable, match="damaged"):
        decode(taken_as(shortened(tiff_bytes(kind), at), "tif"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", CUTS)
def test_a_truncated_tiff_file_is_unreadable(kind: str | None, at: float, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(cut(tiff_bytes(kind), at))
    (outcome,) = pages_of([tmp_path / "a.tif"])
    if isinstance(outcome, PageRef):
        with pytest.raises(PageUnreadable, match="damaged"):
            decode(take(outcome))


def png_claiming(columns: int, rows: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n\0\0\0\x0d"
        + head
        + struct.pack(">I", zlib.crc32(head))
        + b"\0\0\0\0IEND\xaeB`\x82"
    )


def tiff_claiming(columns: int, rows: int) -> bytes:
    entries = [(256, columns), (257, rows), (259, 1), (273, 8), (279, 9)]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(9)


def jpeg_claiming(columns: int, rows: int) -> bytes:
    return (
        b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 11, 8, rows, columns, 1) + b"\1\x11\0\xff\xd9"
    )


@pytest.mark.parametrize("size", [(13_000, 13_000), (60_000, 2_000), (65_500, 65_500)])
@pytest.mark.parametrize("build", [png_claiming, tiff_claiming, jpeg_claiming])
def test_a_picture_that_claims_to_be_huge_is_refused_unseen(
    build: type, size: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(build(*size))
    (ref,) = pages_of([tmp_path / "a"])
    assert isinstance(ref, PageRef)
    with pytest.raises(PageUnreadable, match="too large") as caught:
        take(ref)
    assert caught.value.too_large


def test_a_jpeg_with_thousands_of_passes_is_refused() -> None:
    data = encoded(Image.fromarray(PAGE), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    with pytest.raises(PageUnreadable, match="passes"):
        decode(taken_as(data[:at] + data[at:-2] * 500 + data[-2:], "jpg"))


def test_a_tiff_whose_pages_run_in_a_circle_is_refused(tmp_path: Path) -> None:
    data = bytearray(tiff_claiming(100, 100))
    # behind 8 bytes of header, 2 of count and five entries of 12
    data[70:74] = struct.pack("<I", 8)
    (tmp_path / "a.tif").write_bytes(bytes(data))
    (outcome,) = pages_of([tmp_path / "a.tif"])
    assert isinstance(outcome, UnreadableFile)
    assert "circle" in outcome.reason


@cache
def sound_files() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        files = {
            "pdf": pdf_of([PAGE, PAGE], path, DPI).read_bytes(),
            "g4 pdf": write_pdf(path, [sheet_of(g4_image(CRISP), DPI)]).read_bytes(),
            "g4 tiff": g4_tiff_of([CRISP, CRISP], path, DPI).read_bytes(),
            "png": png_of(PAGE, path).read_bytes(),
            "jpeg": jpeg_of(PAGE),
        }
    return files | {f"tiff {kind}": tiff_bytes(kind) for kind in KINDS}


def read_whatever(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(data)
        for outcome in pages_of([path]):
            if isinstance(outcome, UnreadableFile):
                assert outcome.reason.endswith(".")
                continue
            try:
                image = decode(take(outcome))
            except PageUnreadable as fault:
                assert fault.reason.endswith(".")
            else:
                assert image.gray.ndim == 2
                assert image.gray.flags.c_contiguous
        close_sources()


# A trap takes for ever; a busy computer takes seconds for what takes milliseconds.
quick = settings(max_examples=150, deadline=60_000)


@quick
@given(st.sampled_from(sorted(sound_files())), st.data())
def test_damage_anywhere_gives_a_page_or_a_reason(name: str, data: st.DataObject) -> None:
    whole = bytearray(sound_files()[name])
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=8)
    ):
        whole[place] = byte
    end = data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))
    read_whatever(bytes(whole[:end]))


@quick
@given(st.sampled_from(sorted(sound_files())), st.integers(4, 600), st.data())
def test_damage_to_the_header_gives_a_page_or_a_reason(
    name: str, within: int, data: st.DataObject
) -> None:
    whole = bytearray(sound_files()[name])
    from_end = data.draw(st.booleans())
    place = data.draw(st.integers(0, min(within, len(whole) - 1)))
    whole[-1 - place if from_end else place] = data.draw(st.integers(0, 255))
    read_whatever(bytes(whole))


@quick
@given(
    st.sampled_from(
        [b"", b"%PDF-1.7\n", b"II*\0", b"MM\0*", b"II+\0", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]
    ),
    st.binary(max_size=400),
)
def test_random_bytes_give_a_reason(start: bytes, rest: bytes) -> None:
    read_whatever(start + rest)
