"""Drawing PDF pages: limits, traps, cut pictures and the second engine."""

import shutil
import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from scan.sources import PageRef, PageUnreadable, close_sources, decode, pages_of, rendering, take
from tests.pages import (
    PdfImage,
    PdfSheet,
    g4_image,
    image_keys,
    jpeg_image,
    raw_image,
    sheet_of,
    write_pdf,
)
from tests.test_sources_pdf import CRISP, DPI, FILLED, PAGE, SIZE, is_like, taken


def test_a_page_the_size_of_a_house_is_refused(tmp_path: Path) -> None:
    sheet = PdfSheet((), (14_400, 14_400), b"0 0 m 9 9 l S")
    with pytest.raises(PageUnreadable, match="larger than a sheet") as caught:
        taken(tmp_path, sheet)
    assert caught.value.too_large


def test_a_large_page_is_drawn_coarser(tmp_path: Path) -> None:
    page = taken(tmp_path, PdfSheet((), (4_000, 3_000), b"0 0 m 9 9 l S"))
    assert decode(page).gray.size <= 40_100_000


def test_streams_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    bomb = zlib.compress(zlib.compress(b" " * 50_000_000))
    file = write_pdf(tmp_path / "a.pdf", [sheet_of(jpeg_image(PAGE), DPI)])
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        contents = pdf.make_stream(bomb)
        contents["/Filter"] = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        pdf.pages[0].obj["/Contents"] = contents
        pdf.save(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    (ref,) = pages_of([file])
    assert isinstance(ref, PageRef)
    with pytest.raises(PageUnreadable, match="safely"):
        take(ref)
    close_sources()


def test_forms_that_draw_each_other_many_times_are_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        form = pdf.make_stream(b"0 0 m 9 9 l S")
        form["/Subtype"] = pikepdf.Name.Form
        for _ in range(4):
            outer = pdf.make_stream(b"/F Do " * 50)
            outer["/Subtype"] = pikepdf.Name.Form
            outer["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
            form = outer
        page = pdf.add_blank_page(page_size=SIZE)
        page.obj["/Contents"] = pdf.make_stream(b"/F Do")
        page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
        pdf.save(tmp_path / "a.pdf")
    (ref,) = pages_of([tmp_path / "a.pdf"])
    assert isinstance(ref, PageRef)
    with pytest.raises(PageUnreadable, match="safely"):
        take(ref)
    close_sources()


def test_a_form_that_draws_itself_is_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        form = pdf.make_stream(b"/F Do")
        form["/Subtype"] = pikepdf.Name.Form
        form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
        page = pdf.add_blank_page(page_size=SIZE)
        page.obj["/Contents"] = pdf.make_stream(b"/F Do")
        page.obj["/Resources"] = form.Resources
        pdf.save(tmp_path / "a.pdf")
    (ref,) = pages_of([tmp_path / "a.pdf"])
    assert isinstance(ref, PageRef)
    with pytest.raises(PageUnreadable, match="safely"):
        take(ref)
    close_sources()


@pytest.mark.parametrize("kind", ["jpeg", "flate", "g4"])
def test_a_cut_picture_on_a_drawn_page_is_noticed(kind: str, tmp_path: Path) -> None:
    flate = PdfImage(zlib.compress(PAGE.tobytes()), image_keys(PAGE.shape, "/FlateDecode"))
    image = {"jpeg": jpeg_image(PAGE), "flate": flate, "g4": g4_image(CRISP)}[kind]
    strokes = FILLED + b" 0 0 m 200 200 l S"
    assert taken(tmp_path, sheet_of(image, DPI, content=strokes)).rendered
    half = PdfImage(image.data[: len(image.data) // 2], image.keys)
    with pytest.raises(PageUnreadable, match="damaged"):
        taken(tmp_path, sheet_of(half, DPI, content=strokes))


class RefusingEngine:
    """PDFium on a bad day."""

    def get(self, _file: Path) -> object:
        raise pypdfium2.PdfiumError("refused")

    def close(self) -> None:
        """Hold nothing."""


def test_poppler_draws_what_pdfium_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler is not installed")
    monkeypatch.setattr(rendering, "_document", RefusingEngine())
    page = taken(tmp_path, sheet_of(raw_image(PAGE), DPI))
    assert (page.rendered, page.dpi) == (True, 200.0)
    assert is_like(decode(page).gray, PAGE)


def test_without_poppler_a_refused_page_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "_document", RefusingEngine())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PageUnreadable, match="cannot be drawn"):
        taken(tmp_path, sheet_of(raw_image(PAGE), DPI))
