"""Formats and listing: every kind of page comes back, in order."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scan.sources import (
    PageImage,
    PageRef,
    PageUnreadable,
    TakenPage,
    UnreadableFile,
    close_sources,
    decode,
    pages_of,
    take,
)
from tests.pages import (
    Gray,
    black_and_white,
    encoded,
    g4_pdf_of,
    g4_tiff_of,
    jpeg_of,
    pdf_of,
    png_of,
    sample_page,
    tiff_of,
)

DPI = 60
PAGES = [sample_page(DPI, seed=seed) for seed in range(3)]
CRISP = [black_and_white(page) for page in PAGES]


def read_all(*paths: Path) -> list[PageImage]:
    refs = list(pages_of(paths))
    assert all(isinstance(ref, PageRef) for ref in refs), refs
    images = [decode(take(ref)) for ref in refs if isinstance(ref, PageRef)]
    close_sources()
    return images


def one_page(path: Path) -> TakenPage:
    (ref,) = pages_of([path])
    assert isinstance(ref, PageRef), ref
    page = take(ref)
    close_sources()
    return page


def assert_same(images: list[PageImage], pages: list[Gray], *, tolerance: int = 0) -> None:
    assert len(images) == len(pages)
    for image, page in zip(images, pages, strict=True):
        assert image.gray.dtype == np.uint8
        assert image.gray.flags.c_contiguous
        assert image.gray.shape == page.shape
        assert int(np.abs(image.gray.astype(int) - page).max()) <= tolerance


def test_jpeg_pages_of_a_pdf_come_out_untouched(tmp_path: Path) -> None:
    file = pdf_of(PAGES, tmp_path / "wave2.pdf", DPI)
    taken = [take(ref) for ref in pages_of([file]) if isinstance(ref, PageRef)]
    close_sources()
    assert [page.data for page in taken] == [jpeg_of(page) for page in PAGES]
    assert [page.source for page in taken] == ["wave2.pdf#1", "wave2.pdf#2", "wave2.pdf#3"]
    assert {(page.suffix, page.rendered) for page in taken} == {("jpg", False)}
    assert [page.dpi for page in taken] == pytest.approx([DPI] * 3)
    assert_same([decode(page) for page in taken], PAGES, tolerance=60)


@pytest.mark.parametrize("build", [g4_pdf_of, g4_tiff_of])
def test_g4_pages_come_back_exactly(
    build: Callable[[list[Gray], Path, float], Path], tmp_path: Path
) -> None:
    images = read_all(build(PAGES, tmp_path / "scan", DPI))
    assert_same(images, CRISP)
    assert [image.dpi for image in images] == pytest.approx([DPI] * 3)


@pytest.mark.parametrize(
    "compression", ["group4", "group3", "tiff_ccitt", "tiff_lzw", "tiff_deflate", "packbits", None]
)
@pytest.mark.parametrize("white_is", [0, 1])
@pytest.mark.parametrize("rows_per_strip", [100, 10_000])
def test_black_and_white_tiff_frames_come_back(
    compression: str | None, white_is: int, rows_per_strip: int, tmp_path: Path
) -> None:
    # Pillow keeps MINISWHITE for fax codes only; elsewhere it writes MINISBLACK.
    info = {278: rows_per_strip}
    if compression in ("group4", "group3", "tiff_ccitt"):
        info[262] = white_is
    frames = [Image.fromarray(page).convert("1") for page in CRISP]
    file = tiff_of(frames, tmp_path / "a.tif", compression, tiffinfo=info, dpi=(DPI, DPI))
    assert_same(read_all(file), CRISP)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits", "jpeg", None])
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_grey_colour_and_palette_tiff_frames_come_back(
    compression: str | None, mode: str, tmp_path: Path
) -> None:
    if (compression, mode) == ("jpeg", "P"):
        pytest.skip("no JPEG has a palette")
    frames = [Image.fromarray(page).convert(mode) for page in PAGES]
    file = tiff_of(frames, tmp_path / "a.tif", compression, dpi=(DPI, DPI))
    assert_same(read_all(file), PAGES, tolerance=60 if compression == "jpeg" else 0)


def test_g3_with_two_dimensional_lines_comes_back(tmp_path: Path) -> None:
    frames = [Image.fromarray(page).convert("1") for page in CRISP]
    file = tiff_of(frames, tmp_path / "a.tif", "group3", tiffinfo={292: 1})
    assert_same(read_all(file), CRISP)


def test_a_big_endian_tiff_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    deep = Image.fromarray((PAGES[0].astype(np.uint16) << 8).astype(">u2"))
    file.write_bytes(encoded(deep, "TIFF", dpi=(DPI, DPI), big_endian=True))
    assert_same(read_all(file), PAGES[:1])


@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_upper_8_bits(
    format_name: str, white_is_zero: bool, tmp_path: Path
) -> None:
    deep = (PAGES[0].astype(np.uint16) << 8) + 77
    options: dict[str, object] = {}
    if format_name == "TIFF" and white_is_zero:
        deep = 0xFFFF - deep
        options["tiffinfo"] = {262: 0}
    file = tmp_path / "a"
    file.write_bytes(encoded(Image.fromarray(deep), format_name, **options))
    if format_name == "TIFF" and white_is_zero:
        with Image.open(file) as image:
            assert image.tag_v2[262] == 0  # type: ignore[attr-defined] # a TIFF has tags
    assert_same(read_all(file), PAGES[:1])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_png_kinds_come_back(mode: str, tmp_path: Path) -> None:
    page = CRISP[0] if mode == "1" else PAGES[0]
    Image.fromarray(page).convert(mode).save(tmp_path / "a.png", dpi=(DPI, DPI))
    (image,) = read_all(tmp_path / "a.png")
    assert_same([image], [page])
    assert image.source == "a.png"
    assert image.dpi == pytest.approx(DPI, abs=0.1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white_paper(mode: str, tmp_path: Path) -> None:
    page = Image.fromarray(PAGES[0])
    if mode == "P":
        dark = int(np.argmin(PAGES[0]))
        colour = int(PAGES[0].flat[dark])
        page.convert("P").save(tmp_path / "a.png", transparency=colour)
        expected = np.where(PAGES[0] == colour, 255, PAGES[0]).astype(np.uint8)
    else:
        clear = page.convert(mode)
        clear.putalpha(0)
        clear.save(tmp_path / "a.png")
        expected = np.full_like(PAGES[0], 255)
    assert_same(read_all(tmp_path / "a.png"), [expected])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_kinds_come_back(mode: str, progressive: bool, tmp_path: Path) -> None:
    data = encoded(
        Image.fromarray(PAGES[0]).convert(mode), "JPEG", progressive=progressive, dpi=(DPI, DPI)
    )
    (tmp_path / "a.jpg").write_bytes(data)
    page = one_page(tmp_path / "a.jpg")
    assert page.data == data
    assert page.dpi == DPI
    assert_same([decode(page)], PAGES[:1], tolerance=60)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["JPEG", "TIFF", "PNG"])
def test_the_picture_is_read_as_stored_whatever_the_orientation_tag(
    orientation: int, format_name: str, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    (tmp_path / "a").write_bytes(encoded(Image.fromarray(PAGES[0]), format_name, exif=exif))
    assert_same(read_all(tmp_path / "a"), PAGES[:1], tolerance=60 if format_name == "JPEG" else 0)


@pytest.mark.parametrize(
    ("dpi", "expected"), [(DPI, DPI), (1, None), (30, None), (3000, None), (15, None)]
)
def test_a_resolution_that_no_paper_fits_is_not_believed(
    dpi: int, expected: float | None, tmp_path: Path
) -> None:
    for format_name in ("TIFF", "PNG", "JPEG"):
        file = tmp_path / "a"
        file.write_bytes(encoded(Image.fromarray(PAGES[0]), format_name, dpi=(dpi, dpi)))
        assert one_page(file).dpi == pytest.approx(expected, abs=0.1)


def test_a_page_wrapped_in_a_tiff_opens_in_any_viewer(tmp_path: Path) -> None:
    file = g4_tiff_of(PAGES, tmp_path / "a.tif", DPI)
    refs = [ref for ref in pages_of([file]) if isinstance(ref, PageRef)]
    (tmp_path / "one.tif").write_bytes(take(refs[2]).data)
    with Image.open(tmp_path / "one.tif") as image:
        assert np.array_equal(np.asarray(image.convert("L")), CRISP[2])


def test_previews_inside_a_tiff_are_no_pages(tmp_path: Path) -> None:
    preview = Image.fromarray(PAGES[1])
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    file = tiff_of([Image.fromarray(PAGES[0]), preview], tmp_path / "a.tif", None)
    assert_same(read_all(file), PAGES[:1])


def test_a_folder_is_walked_in_natural_order_without_hidden_and_other_files(
    tmp_path: Path,
) -> None:
    for name in ("scan10.png", "scan2.png", "Scan1.png", "b/scan3.png", ".hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        png_of(PAGES[0], tmp_path / name)
    (tmp_path / "notes.txt").write_text("no scan")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    sources = [ref.source for ref in pages_of([tmp_path]) if isinstance(ref, PageRef)]
    assert sources == ["scan3.png", "Scan1.png", "scan2.png", "scan10.png"]


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    png_of(PAGES[0], tmp_path / "a.pdf")
    assert_same(read_all(tmp_path / "a.pdf"), PAGES[:1])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_gives_no_pages_is_answered_for(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "text.jpg").write_text("no scan at all")
    (tmp_path / "notes.txt").write_text("no scan at all")
    os.mkfifo(tmp_path / "pipe.pdf")
    named = [tmp_path / "notes.txt", tmp_path / "gone.pdf", Path("zero\0byte.pdf")]
    outcomes = list(pages_of([tmp_path, *named]))
    assert all(isinstance(outcome, UnreadableFile) for outcome in outcomes)
    assert [outcome.file.name for outcome in outcomes] == [
        "empty.pdf",
        "pipe.pdf",
        "text.jpg",
        "notes.txt",
        "gone.pdf",
        "zero\0byte.pdf",
    ]
    for outcome in outcomes:
        assert isinstance(outcome, UnreadableFile)
        assert outcome.reason.endswith(".")


def test_a_name_cannot_mislead_the_reader(tmp_path: Path) -> None:
    file = png_of(PAGES[0], tmp_path / "a\u202egnp\x1b[31m\n.png")
    (ref,) = pages_of([file])
    assert isinstance(ref, PageRef)
    assert ref.source == "a\\u202egnp\\u001b[31m\\u000a.png"


def test_references_and_faults_survive_the_way_to_a_worker(tmp_path: Path) -> None:
    (ref,) = pages_of([png_of(PAGES[0], tmp_path / "a.png")])
    assert pickle.loads(pickle.dumps(ref)) == ref
    fault = pickle.loads(pickle.dumps(PageUnreadable("Too large; split it.", too_large=True)))
    assert (fault.reason, fault.too_large) == ("Too large; split it.", True)


def test_a_file_that_is_replaced_between_pages_is_opened_again(tmp_path: Path) -> None:
    file = pdf_of(PAGES[:2], tmp_path / "a.pdf", DPI)
    refs = [ref for ref in pages_of([file]) if isinstance(ref, PageRef)]
    take(refs[0])
    pdf_of(PAGES[:1], file, DPI)
    with pytest.raises(PageUnreadable, match="fewer pages"):
        take(refs[1])
    file.unlink()
    with pytest.raises(PageUnreadable, match="no longer"):
        take(refs[0])
    close_sources()
