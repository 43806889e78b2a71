"""Which PDF pages are taken untouched, which are drawn, which are refused."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scan.sources import (
    PageRef,
    TakenPage,
    UnreadableFile,
    close_sources,
    decode,
    pages_of,
    take,
)
from tests.pages import (
    Gray,
    PdfImage,
    PdfSheet,
    black_and_white,
    encoded,
    g4_image,
    image_keys,
    jpeg_image,
    pdf_of,
    raw_image,
    sample_page,
    sheet_of,
    size_pt,
    write_pdf,
)

DPI = 60
PAGE = sample_page(DPI)
CRISP = black_and_white(PAGE)
SIZE = size_pt(PAGE, DPI)
FILLED = b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % SIZE


def taken(tmp_path: Path, sheet: PdfSheet, **save: object) -> TakenPage:
    file = write_pdf(tmp_path / "a.pdf", [sheet], **save)
    (ref,) = pages_of([file])
    assert isinstance(ref, PageRef), ref
    try:
        return take(ref)
    finally:
        close_sources()


def is_like(gray: Gray, expected: Gray) -> bool:
    """Compare two pictures of the same paper at any two resolutions."""
    small = [np.asarray(Image.fromarray(one).resize((40, 56))) for one in (gray, expected)]
    return bool(np.abs(small[0].astype(int) - small[1]).mean() < 6)


UNTOUCHED = {
    "bare": FILLED,
    "no save": b"%f 0 0 %f 0 0 cm /Im0 Do" % SIZE,
    "two steps": b"q 2 0 0 2 0 0 cm %f 0 0 %f 0 0 cm /Im0 Do Q" % (SIZE[0] / 2, SIZE[1] / 2),
    "marked": b"/Artifact BMC /P <</MCID 0>> BDC " + FILLED + b" EMC EMC",
    "state": b"/plain gs " + FILLED,
    "searchable": FILLED + b" BT 3 Tr /F1 9 Tf 30 40 Td (word) Tj [(a) 3 (b)] TJ ET",
    "small gap": b"q %f 0 0 %f 5 5 cm /Im0 Do Q" % (SIZE[0] - 10, SIZE[1] - 10),
}

DRAWN = {
    "flipped": b"q %f 0 0 %f 0 %f cm /Im0 Do Q" % (SIZE[0], -SIZE[1], SIZE[1]),
    "half the page": b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (SIZE[0] / 2, SIZE[1] / 2),
    "larger than the page": b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (SIZE[0] * 2, SIZE[1]),
    "twice": FILLED + FILLED,
    "ink on top": FILLED + b" 0 0 m 200 200 l S",
    "clipped": b"0 0 100 100 re W n " + FILLED,
    "visible text": FILLED + b" BT /F1 9 Tf 30 40 Td (word) Tj ET",
    "optional": b"/OC /layer BDC " + FILLED + b" EMC",
    "see-through": b"/faint gs " + FILLED,
    "nothing": b"",
}

STATES = {
    "/plain": pikepdf.Dictionary(SA=True, ca=1),
    "/faint": pikepdf.Dictionary(ca=0.5),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_a_page_that_is_one_picture_is_taken_untouched(name: str, tmp_path: Path) -> None:
    image = jpeg_image(PAGE)
    page = taken(tmp_path, sheet_of(image, DPI, content=UNTOUCHED[name], states=STATES))
    assert (page.data, page.suffix, page.rendered) == (image.data, "jpg", False)


@pytest.mark.parametrize("name", DRAWN)
def test_any_other_page_is_drawn(name: str, tmp_path: Path) -> None:
    page = taken(tmp_path, sheet_of(jpeg_image(PAGE), DPI, content=DRAWN[name], states=STATES))
    assert (page.suffix, page.rendered) == ("png", True)
    assert page.dpi is not None
    assert 150 <= page.dpi <= 300
    assert decode(page).gray.shape[0] == pytest.approx(SIZE[1] * page.dpi / 72, abs=2)


@pytest.mark.parametrize(
    "keys",
    [
        {"/Decode": pikepdf.Array([1, 0])},
        {"/Mask": pikepdf.Array([0, 5])},
        {"/ColorSpace": pikepdf.Name.DeviceRGB},
        {"/Width": PAGE.shape[1] - 1},
        {"/DecodeParms": pikepdf.Dictionary(ColorTransform=0)},
    ],
)
def test_a_picture_with_special_keys_is_drawn(keys: dict[str, Any], tmp_path: Path) -> None:
    image = jpeg_image(PAGE)
    page = taken(tmp_path, sheet_of(PdfImage(image.data, {**image.keys, **keys}), DPI))
    assert page.rendered


def test_notes_on_a_page_are_not_lost(tmp_path: Path) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Ink)
    keys = {"/Annots": pikepdf.Array([note])}
    assert taken(tmp_path, sheet_of(jpeg_image(PAGE), DPI, keys=keys)).rendered


@pytest.mark.parametrize("black_is_1", [False, True])
@pytest.mark.parametrize("decoded", [None, [0, 1], [1, 0]])
def test_g4_keeps_black_black(black_is_1: bool, decoded: list[int] | None, tmp_path: Path) -> None:
    image = g4_image(CRISP, black_is_1=black_is_1)
    extra = {"/Decode": pikepdf.Array(decoded)} if decoded else {}
    sheet = sheet_of(PdfImage(image.data, {**image.keys, **extra}), DPI)
    page = taken(tmp_path, sheet)
    expected = 255 - CRISP if decoded == [1, 0] else CRISP
    assert (page.suffix, page.rendered) == ("tif", False)
    assert np.array_equal(decode(page).gray, expected)
    # The renderer is the judge of what the file means.
    drawn = taken(tmp_path, sheet_of(sheet.images[0], DPI, content=FILLED + b" 0 0 m 0 0 l S"))
    assert drawn.rendered
    assert is_like(decode(drawn).gray, expected)


def test_unusual_pictures_are_drawn_alike(tmp_path: Path) -> None:
    flate = taken(tmp_path, sheet_of(raw_image(PAGE), DPI), compress_streams=True)
    assert flate.rendered
    assert is_like(decode(flate).gray, PAGE)
    cmyk = encoded(Image.fromarray(PAGE).convert("CMYK"), "JPEG")
    keys = image_keys(PAGE.shape, "/DCTDecode", space="/DeviceCMYK")
    assert taken(tmp_path, sheet_of(PdfImage(cmyk, keys), DPI)).rendered


def test_a_page_in_strips_is_drawn_whole(tmp_path: Path) -> None:
    half = PAGE.shape[0] // 2
    top, bottom = PAGE[:half], PAGE[half:]
    lower_pt = bottom.shape[0] / DPI * 72
    content = b"q %f 0 0 %f 0 %f cm /Im0 Do Q q %f 0 0 %f 0 0 cm /Im1 Do Q" % (
        *(SIZE[0], SIZE[1] - lower_pt, lower_pt),
        *(SIZE[0], lower_pt),
    )
    sheet = PdfSheet((jpeg_image(top), jpeg_image(bottom)), SIZE, content)
    page = taken(tmp_path, sheet)
    assert page.rendered
    assert is_like(decode(page).gray, PAGE)


@pytest.mark.parametrize("turn", [90, 180])
def test_a_turned_page_is_taken_as_it_is_stored(turn: int, tmp_path: Path) -> None:
    image = jpeg_image(PAGE)
    page = taken(tmp_path, sheet_of(image, DPI, keys={"/Rotate": turn}))
    assert page.data == image.data


def test_a_pdf_behind_an_empty_password_is_read(tmp_path: Path) -> None:
    locks = pikepdf.Encryption(owner="owner", user="")
    image = jpeg_image(PAGE)
    assert taken(tmp_path, sheet_of(image, DPI), encryption=locks).data == image.data


def reason_of(file: Path) -> str:
    (outcome,) = pages_of([file])
    assert isinstance(outcome, UnreadableFile), outcome
    return outcome.reason


def test_a_locked_empty_or_broken_pdf_is_an_unreadable_file(tmp_path: Path) -> None:
    locks = pikepdf.Encryption(owner="owner", user="secret")
    locked = write_pdf(tmp_path / "a.pdf", [sheet_of(jpeg_image(PAGE), DPI)], encryption=locks)
    assert "password" in reason_of(locked)
    assert "no pages" in reason_of(write_pdf(tmp_path / "b.pdf", []))
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    assert "damaged" in reason_of(tmp_path / "c.pdf")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_pdf_never_loses_pages_in_silence(share: float, tmp_path: Path) -> None:
    data = pdf_of([PAGE] * 4, tmp_path / "a.pdf", DPI).read_bytes()
    (tmp_path / "a.pdf").write_bytes(data[: int(len(data) * share)])
    assert "incomplete" in reason_of(tmp_path / "a.pdf")


def test_a_pdf_with_a_wrong_table_is_repaired(tmp_path: Path) -> None:
    file = pdf_of([PAGE] * 4, tmp_path / "a.pdf", DPI)
    file.write_bytes(file.read_bytes().replace(b"%PDF-", b"\n\n\n%PDF-", 1))
    file.write_bytes(file.read_bytes().replace(b"startxref\n", b"startxref\n9", 1))
    assert len(list(pages_of([file]))) == 4


def test_a_page_that_is_missing_from_the_tree_is_noticed(tmp_path: Path) -> None:
    file = pdf_of([PAGE] * 3, tmp_path / "a.pdf", DPI)
    before, after = file.read_bytes().split(b"/Kids [ ", 1)
    file.write_bytes(before + b"/Kids [ " + after.replace(b"0 R", b"/No", 1))
    assert "incomplete" in reason_of(file)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_closing_lets_go_of_the_file(tmp_path: Path) -> None:
    file = pdf_of([PAGE], tmp_path / "a.pdf", DPI)
    (ref,) = pages_of([file])
    assert isinstance(ref, PageRef)
    take(ref)
    close_sources()
    held = [entry.resolve() for entry in Path("/proc/self/fd").iterdir()]
    assert file.resolve() not in held
