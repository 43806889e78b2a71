import io
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from layouts.dyadcode import check_character
from layouts.geometry import A4, LETTER, PAPERS, BoxMm, Paper, PointMm
from layouts.markers import CELLS, black_cells
from layouts.model import DyadCode, ExampleKind, PageLayout, Role, Shape
from layouts.sheetcode import SheetCode, read_sheet_code
from tests.instruments import invented
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instrument
from wamforms.draw import FormsPdf, PrintedSheet, Separator
from wamforms.practice.render import render
from wamforms.typeset import MM_PER_PT

KEY = bytes(range(32))
DPI = 200.0
PX = DPI / 25.4
NEAR_MM = 0.15
WAVE = "+6 months"

Gray = NDArray[np.uint8]


def dyad(body: str) -> DyadCode:
    return DyadCode(body + check_character(body))


def sheet(form: Form, body: str = "K7Q42M9", serial: int = 167) -> PrintedSheet:
    codes = tuple(
        SheetCode(form.fingerprint, dyad(body), form.layout.role, 2, page.number, serial)
        for page in form.layout.pages
    )
    return PrintedSheet(form, codes, WAVE)


def drawn(path: Path, sheets: list[PrintedSheet], title: str = "Alliance · start") -> bytes:
    paper = sheets[0].form.layout.paper
    pdf = FormsPdf(path, paper, title, "nl", KEY)
    pdf.add_separator(Separator("officer A", "start · 2 dyads", ("K7Q4-2M9D   probation   nl",)))
    for one in sheets:
        pdf.add_sheet(one)
    pdf.save()
    assert pdf.pages == 1 + sum(len(one.codes) for one in sheets)
    return path.read_bytes()


@cache
def form(kind: str, paper: Paper) -> Form:
    match kind:
        case "shipped":
            return compose(load_instrument("probation"), Role.CLIENT, "nl", paper)
        case "square":
            return compose(invented(9, 7, shape=Shape.SQUARE), Role.CLIENT, "en", paper)
        case _:
            return compose(invented(30, 4, right_to_left=True), Role.PROFESSIONAL, "en", paper)


KINDS = ("shipped", "square", "right to left")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("draw") / "forms.pdf"
    return drawn(path, [sheet(form("shipped", A4)), sheet(form("right to left", A4))])


def pictures(tmp_path: Path, kind: str, paper: Paper) -> Iterator[tuple[PageLayout, Gray]]:
    one = sheet(form(kind, paper))
    path = tmp_path / "one.pdf"
    drawn(path, [one])
    pages = list(render(path, DPI))[1:]
    yield from zip(one.form.layout.pages, pages, strict=True)


# The file.


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, pdf: bytes) -> None:
    again = drawn(tmp_path / "again.pdf", [sheet(form("shipped", A4)), sheet(form("rtl", A4))])
    assert again == pdf


def test_another_serial_gives_another_file(tmp_path: Path) -> None:
    first = drawn(tmp_path / "1.pdf", [sheet(form("shipped", A4))])
    assert drawn(tmp_path / "2.pdf", [sheet(form("shipped", A4), serial=168)]) != first


def test_every_font_is_embedded_and_none_is_helvetica(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [
            one
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == pikepdf.Name.Font
        ]
        assert fonts
        for font in fonts:
            assert "Atkinson" in str(font.BaseFont)
            assert "+" in str(font.BaseFont), "a subset has a tag before its name"
            assert "/FontFile2" in font.FontDescriptor
    assert b"Helvetica" not in pdf


def test_the_file_asks_for_full_size_and_says_what_it_is(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.ViewerPreferences.PrintScaling == pikepdf.Name("/None")
        assert str(opened.Root.ViewerPreferences.DisplayDocTitle) in ("/true", "True", "true")
        assert str(opened.Root.Lang) == "nl"
        assert str(opened.docinfo.Title) == "Alliance · start"
        assert str(opened.docinfo.Creator) == "wamforms"
        assert "/OpenAction" not in opened.Root
        assert "/JavaScript" not in opened.Root.get("/Names", {})


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_every_page_has_the_size_of_the_paper(tmp_path: Path, paper: Paper) -> None:
    drawn(tmp_path / "one.pdf", [sheet(form("shipped", paper))])
    with pikepdf.open(tmp_path / "one.pdf") as opened:
        for page in opened.pages:
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            assert (left, bottom) == (0, 0)
            assert right * MM_PER_PT == pytest.approx(paper.width_mm, abs=0.01)
            assert top * MM_PER_PT == pytest.approx(paper.height_mm, abs=0.01)


def test_what_sheets_share_is_stored_once(tmp_path: Path) -> None:
    bodies = [f"K7Q42{a}{b}" for a in "ABCDE" for b in "FGHJKM"]
    few = drawn(tmp_path / "few.pdf", [sheet(form("shipped", A4), body) for body in bodies[:2]])
    many = drawn(tmp_path / "many.pdf", [sheet(form("shipped", A4), body) for body in bodies])
    each = (len(many) - len(few)) / (len(bodies) - 2)
    assert each < 6_000, f"{each:.0f} bytes for each further sheet"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_five_hundred_forms_stay_under_three_hundred_megabytes(tmp_path: Path) -> None:
    # VmHWM and not ru_maxrss: that one starts at what the parent of the process had.
    program = f"""
from pathlib import Path
from tests.test_draw import A4, KEY, FormsPdf, form, sheet
def show_peak():
    status = Path("/proc/self/status").read_text().splitlines()
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
pdf = FormsPdf(Path({str(tmp_path / "many.pdf")!r}), A4, "many", "nl", KEY)
one = form("shipped", A4)
for number in range(120):
    if number == 20:
        show_peak()
    pdf.add_sheet(sheet(one, serial=number))
pdf.save()
show_peak()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    early, late = (int(line) / 1024 for line in done.stdout.split())
    assert late + (late - early) / 100 * 380 < 300, f"{early:.0f} MB, then {late:.0f} MB"


# The paper.


def patch(page: Gray, box: BoxMm) -> tuple[NDArray[np.float64], float, float]:
    """Ink (0 white, 1 black) of a box, and the place of its first pixel's edge in mm."""
    top, left = int(box.top_mm * PX), int(box.left_mm * PX)
    bottom, right = int(np.ceil(box.bottom_mm * PX)), int(np.ceil(box.right_mm * PX))
    ink = 1.0 - page[top:bottom, left:right].astype(np.float64) / 255
    return np.where(ink > 0.1, ink, 0.0), left / PX, top / PX


def middle(page: Gray, box: BoxMm) -> PointMm:
    ink, left, top = patch(page, box)
    rows, columns = np.indices(ink.shape)
    return PointMm(
        left + float((ink * (columns + 0.5)).sum() / ink.sum()) / PX,
        top + float((ink * (rows + 0.5)).sum() / ink.sum()) / PX,
    )


def near(one: PointMm, other: PointMm) -> bool:
    return abs(one.x_mm - other.x_mm) <= NEAR_MM and abs(one.y_mm - other.y_mm) <= NEAR_MM


@pytest.mark.parametrize("paper", [A4, LETTER], ids=lambda paper: paper.name)
@pytest.mark.parametrize("kind", KINDS)
def test_bubbles_ticks_and_examples_are_where_the_layout_says(
    tmp_path: Path, kind: str, paper: Paper
) -> None:
    for layout, page in pictures(tmp_path, kind, paper):
        bubbles = [bubble for group in layout.groups for bubble in group.bubbles]
        rings = [(one.centre, one.radius_mm) for one in bubbles]
        rings += [(one.centre, one.radius_mm) for one in layout.examples]
        for centre, radius_mm in rings:
            around = BoxMm.around(centre, 2 * radius_mm + 0.6, 2 * radius_mm + 0.6)
            assert near(middle(page, around), centre), centre
        for tick in layout.ticks:
            around = BoxMm.around(tick.centre, tick.width_mm + 1.6, tick.height_mm + 1.6)
            assert near(middle(page, around), tick.centre), tick
            ink, _, _ = patch(page, around)
            area_mm2 = float(ink.sum()) / PX**2
            assert area_mm2 == pytest.approx(tick.width_mm * tick.height_mm, rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_answer_bubbles_are_empty_outlines_of_the_right_size(tmp_path: Path, kind: str) -> None:
    outline = form(kind, A4).layout.outline_mm
    shape = form(kind, A4).layout.shape
    for layout, page in pictures(tmp_path, kind, A4):
        for bubble in (bubble for group in layout.groups for bubble in group.bubbles):
            radius = bubble.radius_mm
            inner = (radius - outline) * (1.0 if shape is Shape.SQUARE else 0.7)
            inside, _, _ = patch(page, BoxMm.around(bubble.centre, 2 * inner, 2 * inner))
            assert inside[1:-1, 1:-1].max() < 0.2, "nothing is printed inside"
            ink, _, _ = patch(page, BoxMm.around(bubble.centre, 2 * radius + 1, 2 * radius + 1))
            rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.5) for axis in (1, 0))
            for long_px in (np.ptp(rows) + 1, np.ptp(columns) + 1):
                assert long_px / PX == pytest.approx(2 * radius + outline, abs=2 * NEAR_MM)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_show_a_cross_a_filled_and_an_empty_bubble(tmp_path: Path, kind: str) -> None:
    for layout, page in pictures(tmp_path, kind, A4):
        fills = {}
        for one in layout.examples:
            side = one.radius_mm * 1.2
            fills[one.kind] = patch(page, BoxMm.around(one.centre, side, side))[0].mean()
        assert fills[ExampleKind.FILLED] > 0.98
        assert 0.25 < fills[ExampleKind.CROSSED] < 0.75
        assert fills[ExampleKind.EMPTY] < 0.01


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_every_cell_of_every_marker_is_where_the_layout_says(tmp_path: Path, paper: Paper) -> None:
    for layout, page in pictures(tmp_path, "shipped", paper):
        for fiducial in layout.fiducials:
            cell = fiducial.size_mm / (CELLS + 2)
            left = fiducial.centre.x_mm - fiducial.size_mm / 2
            top = fiducial.centre.y_mm - fiducial.size_mm / 2
            black = set(black_cells(fiducial.marker))
            for row in range(CELLS + 2):
                for column in range(CELLS + 2):
                    box = BoxMm(left + column * cell, top + row * cell, cell, cell)
                    ink, _, _ = patch(page, box.grown(-NEAR_MM))
                    level = ink[1:-1, 1:-1].mean()
                    assert level > 0.99 if (row, column) in black else level < 0.01
            around = BoxMm.around(fiducial.centre, fiducial.size_mm + 2, fiducial.size_mm + 2)
            ink, x_mm, y_mm = patch(page, around)
            rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.5) for axis in (1, 0))
            assert x_mm + columns[0] / PX == pytest.approx(left, abs=NEAR_MM)
            assert y_mm + rows[0] / PX == pytest.approx(top, abs=NEAR_MM)
            assert np.ptp(rows) / PX == pytest.approx(fiducial.size_mm, abs=NEAR_MM)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("kind", KINDS)
def test_both_printed_codes_say_which_sheet_this_is(
    tmp_path: Path, kind: str, paper: Paper
) -> None:
    one = sheet(form(kind, paper))
    for (layout, page), code in zip(pictures(tmp_path, kind, paper), one.codes, strict=True):
        found = zxingcpp.read_barcodes(
            page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        assert [symbol.text for symbol in found] == [code.to_text(KEY)] * 2
        assert read_sheet_code(found[0].text, KEY) == code
        centres = sorted((box.centre for box in layout.codes), key=lambda at: at.y_mm)
        for symbol, centre in zip(
            sorted(found, key=lambda one: one.position.top_left.y), centres, strict=True
        ):
            at = symbol.position
            corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
            assert sum(c.x for c in corners) / 4 / PX == pytest.approx(centre.x_mm, abs=0.4)
            assert sum(c.y for c in corners) / 4 / PX == pytest.approx(centre.y_mm, abs=0.4)


def test_the_code_s_quiet_zone_is_white(tmp_path: Path) -> None:
    for layout, page in pictures(tmp_path, "shipped", A4):
        for code in layout.codes:
            module = code.width_mm / 29
            ink, left, top = patch(page, code.grown(3.9 * module))
            inside = code.grown(0.1)
            y0, x0 = round((inside.top_mm - top) * PX), round((inside.left_mm - left) * PX)
            y1, x1 = round((inside.bottom_mm - top) * PX), round((inside.right_mm - left) * PX)
            ink[y0:y1, x0:x1] = 0
            assert ink.max() < 0.2


def test_people_can_read_the_code_the_wave_and_the_form(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[1].get_textpage().get_text_range()
    finally:
        document.close()
    code = sheet(form("shipped", A4)).codes[0]
    for shown in (code.for_people(), WAVE, form("shipped", A4).fingerprint, "K7Q4-2M9"):
        assert shown in text


# Separators.


def separator_text(tmp_path: Path, separator: Separator) -> str:
    path = tmp_path / "separator.pdf"
    pdf = FormsPdf(path, A4, "title", "nl", KEY)
    pdf.add_separator(separator)
    pdf.save()
    (page,) = render(path, 50)
    assert (page[:, -10:] == 255).all(), "nothing runs off the page"
    assert (page[-10:] == 255).all()
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def test_a_separator_names_officer_and_dyads(tmp_path: Path) -> None:
    text = separator_text(tmp_path, Separator("de Vries", "start · 1 dyads", ("K7Q4-2M9D   nl",)))
    for shown in ("de Vries", "start · 1 dyads", "K7Q4-2M9D"):
        assert shown in text


def test_a_long_separator_counts_what_it_does_not_list(tmp_path: Path) -> None:
    lines = tuple(f"DYAD-{number:04d}" for number in range(300))
    text = separator_text(tmp_path, Separator("A", "start", lines))
    shown = sum(line in text for line in lines)
    assert 40 <= shown < 300
    assert f"+ {300 - shown}" in text


def test_a_very_long_officer_is_shrunk_and_then_cut(tmp_path: Path) -> None:
    text = separator_text(tmp_path, Separator("Team Noord " * 12, "start " * 60, ("x" * 200,)))
    assert "Team Noord" in text
    assert "…" in text
