"""What becomes of a remark: kept as a picture, told about, listed, and shown when asked for."""

import csv
import json
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from layouts.geometry import BoxMm
from layouts.model import Role
from output.remarks import NO_PICTURE, Where, remarks_of, remarks_page
from records.entries import NewCrop, NewDyad, NewPage, NewPrint, Snapshot
from records.rows import _readings
from records.settings import Settings
from records.study import create_study, open_study
from scan.results import PageRead, Remark
from tests.desk import ALL, CASELOAD, DPI, Desk, Said, filled_in
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read
from wamforms.practice.ink import lay
from wamforms.practice.pens import BALLPOINT_BLUE, Hand
from wamforms.practice.scribbles import scribble
from wamforms.practice.stack import write_pdf
from wamforms.tasks.paper import known_forms

PNG = b"\x89PNG\r\n\x1a\n"
MARGIN = BoxMm(6.0, 120.0, 9.0, 5.0)


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def scanned_with_remarks(desk: Desk, *, covered: bool = False) -> Said:
    """Scan four forms; on the first is a remark in the box and one in the margin.

    Its symbols may be covered by stickers.
    """
    study = desk.folder / "study"
    desk("init", study, "--domain", "probation")
    desk.write("caseload.csv", CASELOAD)
    run = desk("print", study, "--wave", "start", "--caseload", "caseload.csv", "--json").json
    pages = filled_in(study, run, ALL)
    with open_study(study) as opened:
        page = next(iter(opened.store.layouts().values())).pages[0]
    rng = np.random.default_rng(1)
    per_mm = DPI / 25.4
    for box in (page.regions[0].box.grown(-1.5), MARGIN):
        lay(scribble(box, Hand(BALLPOINT_BLUE), rng), pages[0], per_mm)
    for box in page.codes if covered else ():
        rows = slice(round(box.top_mm * per_mm), round(box.bottom_mm * per_mm))
        pages[0][rows, round(box.left_mm * per_mm) : round(box.right_mm * per_mm)] = 250
    write_pdf(pages, desk.folder / "stack.pdf", DPI)
    return desk("scan", study, "stack.pdf", "--workers", "0")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Page(HTMLParser):
    """What a page loads, and its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]


def test_remarks_are_kept_listed_and_shown_only_when_asked_for(desk: Desk) -> None:
    said = scanned_with_remarks(desk)
    assert "note on 1 page: remark in its box" in said.sentence
    assert "note on 1 page: remark outside the fields" in said.sentence
    status = desk("status", "study")
    assert "1 page with a remark in its box, 1 page with ink outside the fields" in status.sentence
    found = desk("status", "study", "--json").json
    assert (found["remarks"], found["outside"]) == (1, 1)

    done = desk("export", "study", "tables")
    assert not (desk.folder / "tables" / "remarks.html").exists()
    assert "remarks.csv" in done.sentence
    in_box, outside = rows_of(desk.folder / "tables" / "remarks.csv")
    assert (in_box["where"], outside["where"]) == ("in its box", "outside the fields")
    assert (in_box["remark"], outside["remark"], in_box["page"]) == ("1", "2", "1")
    assert abs(float(outside["top_mm"]) - MARGIN.top_mm) < 3
    for row in (in_box, outside):
        assert (desk.folder / "study" / row["picture"]).read_bytes().startswith(PNG)

    desk("export", "study", "tables", "--remarks")
    shown = (desk.folder / "tables" / "remarks.html").read_text(encoding="utf-8")
    page = Page(shown)
    assert page.tags.count("img") == 2
    assert "script" not in page.tags
    assert "link" not in page.tags
    for source, row in zip(page.sources, (in_box, outside), strict=True):
        kept = (desk.folder / "study" / row["picture"]).read_bytes()
        assert b64decode(source.removeprefix("data:image/png;base64,")) == kept
    digests = json.loads((desk.folder / "tables" / "PROVENANCE.json").read_text())["sha256"]
    assert "remarks.html" in digests
    assert desk("check", "study").code == 0


def test_a_page_read_with_a_typed_code_keeps_its_remarks_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scan.identify.line_reader", lambda: None)
    scanned_with_remarks(desk, covered=True)
    with open_study(desk.folder / "study") as opened:
        snapshot = opened.store.snapshot()
        seen = {page.outcome.code for page in snapshot.pages if isinstance(page.outcome, PageRead)}
        (lost,) = (one for one in known_forms(opened).prints if one not in seen)
    assert snapshot.crops == ()
    typed = desk("settle", "study", "--by", "AB", "--decide", f"page/1={lost.for_people()}")
    assert typed.code == 0, typed.err
    with open_study(desk.folder / "study") as opened:
        after = opened.store.snapshot()
        again = after.pages[-1]
        assert again.typed == 1
        assert [(crop.page, crop.region) for crop in after.crops] == [
            (again.id, "remarks"),
            (again.id, ""),
        ]
        for crop in after.crops:
            assert opened.images.open(crop.image, crop.suffix).startswith(PNG)


def memory(folder: Path, *remarks: Remark, crops: tuple[NewCrop, ...] = ()) -> Snapshot:
    """Make the memory of one page with given remarks."""
    with create_study(folder, Settings("T", "en", "a4", ("invented",), ("start",))) as study:
        form = study.store.add_form(layout_of(invented(2)))
        study.store.enrol([NewDyad(dyad(), "invented", "en")])
        study.store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="first")
        study.store.begin_file("a" * 64, "<b>.pdf")
        page = replace(read(code(form=form), {"q01": 1, "q02": 2}), remarks=remarks)
        study.store.add_pages([NewPage("a" * 64, 1, "b" * 64, ".jpg", page, crops)])
        return study.store.snapshot()


def test_a_remark_without_a_picture_is_named_and_nothing_breaks(tmp_path: Path) -> None:
    (found,) = remarks_of(memory(tmp_path / "study", Remark("", MARGIN)))
    assert (found.where, found.picture) == (Where.OUTSIDE, None)
    text = "".join(remarks_page([found], "<Study>", lambda *_: b""))
    assert NO_PICTURE in text
    assert "&lt;Study&gt;: 1 remark" in text
    assert "&lt;b&gt;.pdf#1" in text
    assert "<b>" not in text


def test_each_remark_has_the_picture_of_its_number(tmp_path: Path) -> None:
    crops = (NewCrop("remarks", "c" * 64, ".png"), NewCrop("", "d" * 64, ".png"))
    snapshot = memory(
        tmp_path / "study", Remark("remarks", MARGIN), Remark("", MARGIN), crops=crops
    )
    assert [(one.number, one.where, one.picture) for one in remarks_of(snapshot)] == [
        (1, Where.BOX, f"images/cc/{'c' * 64}.png"),
        (2, Where.OUTSIDE, f"images/dd/{'d' * 64}.png"),
    ]


def test_readings_of_versions_without_remarks_are_read_as_pages_without_any(
    tmp_path: Path,
) -> None:
    page = memory(tmp_path / "study").pages[0].outcome
    text = json.loads(_readings().dump_json(page))
    assert text.pop("remarks") == []
    assert _readings().validate_python(text) == page
