"""Forms at the desk: as they are printed, how many, and what was printed before."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from layouts.errors import UsageError
from records.study import open_study
from scan.results import PageRefused
from tests.desk_pages import Visitor, at_the_desk
from tests.small_study import Office, office
from wamforms.practice.stack import write_pdf
from wamforms.tasks.print_plans import SPECIMEN, Wish, plan_of, preview, print_planned
from wamforms.tasks.scanning import scan_stack

CLIENT_NL = ("probation", "client", "nl")


@pytest.fixture
def study(tmp_path: Path) -> Office:
    return office(tmp_path)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with at_the_desk(office(tmp_path_factory.mktemp("forms")).folder) as found:
        yield found


def codes(study: Office) -> list[str]:
    return [str(page.dyad) for page in study.runs[0].pages if page.role == "client"]


def test_a_plan_counts_what_a_run_then_prints(study: Office) -> None:
    with study.open() as opened:
        wish = Wish("1", only_new=False)
        plan = plan_of(opened, wish)
        assert (plan.forms, plan.printed_before, plan.officers) == (4, 4, 2)
        run = print_planned(opened, wish)
        pages = len(pypdfium2.PdfDocument(run.pdf))
    assert plan.forms == run.forms
    assert plan.sheets == pages == len(run.pages)


@pytest.mark.parametrize(
    ("wish", "forms"),
    [
        (Wish("1"), 0),
        (Wish("start", only_new=False, officer="A"), 2),
        (Wish("start", only_new=False, language="nl"), 2),
        (Wish("start", only_new=False, role="client"), 2),
        (Wish("start", only_new=False, domain="nowhere"), 0),
    ],
)
def test_a_wish_chooses_dyads_and_roles(study: Office, wish: Wish, forms: int) -> None:
    with study.open() as opened:
        plan = plan_of(opened, wish)
        assert plan.forms == forms
        if not forms:
            with pytest.raises(UsageError, match="nobody to print for"):
                print_planned(opened, wish)


def test_single_codes_are_chosen_as_people_type_them(study: Office) -> None:
    first, second = codes(study)
    with study.open() as opened:
        assert plan_of(opened, Wish("1", codes=first.lower(), only_new=False)).forms == 2
        both = Wish("1", codes=f"{first}, {second}", only_new=False)
        assert plan_of(opened, both).forms == 4
        with pytest.raises(UsageError, match="not enrolled"):
            plan_of(opened, Wish("1", codes=SPECIMEN))


def test_a_preview_is_the_page_the_printer_gets(study: Office) -> None:
    with study.open() as opened:
        drawn = preview(opened, CLIENT_NL, "start", 1)
    forms = [page for page in study.runs[0].pages if page.kind == "form"]
    seen = small(Image.open(io.BytesIO(drawn)))
    alike = {
        (str(page.role), page.language): np.corrcoef(seen, small(Image.fromarray(sheet)))[0, 1]
        for page, sheet in zip(forms, study.sheets[: len(forms)], strict=True)
    }
    assert alike.pop(("client", "nl")) > 0.8, "they are drawn at another fineness"
    assert max(alike.values()) < 0.6


def small(page: Image.Image) -> NDArray[np.float64]:
    """Take the middle of a page so coarsely that the fineness of the drawing does not count."""
    part = page.convert("L").resize((413, 584), Image.Resampling.BOX).crop((40, 100, 375, 480))
    return np.asarray(part, np.float64).ravel()


def test_pages_asked_for_at_once_are_drawn_one_after_the_other(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDFium ends the whole desk if two threads are in it."""
    inside: list[int] = []
    most: list[int] = []
    draw = pypdfium2.PdfPage.render

    def drawn(page: pypdfium2.PdfPage, **how: Any) -> pypdfium2.PdfBitmap:  # noqa: ANN401
        inside.append(1)
        sleep(0.05)
        most.append(len(inside))
        try:
            return draw(page, **how)
        finally:
            inside.pop()

    monkeypatch.setattr(pypdfium2.PdfPage, "render", drawn)
    with ThreadPoolExecutor(3) as threads:
        given = list(threads.map(visitor.get, ["/forms/picture/probation/client/nl/1"] * 3))
    assert most == [1, 1, 1]
    assert len({one.content for one in given}) == 1


def test_a_printed_preview_is_of_no_study(study: Office) -> None:
    with study.open() as opened:
        drawn = preview(opened, CLIENT_NL, "start", 1)
        gray = np.asarray(Image.open(io.BytesIO(drawn)).resize((1654, 2339)))
        path = study.folder.parent / "preview.pdf"
        write_pdf([gray], path, 200.0)
        scan_stack(opened, [path], workers=0)
        (page,) = opened.store.snapshot().pages
    assert isinstance(page.outcome, PageRefused)


@pytest.mark.parametrize(
    "path",
    [
        "/forms?wave=9",
        "/forms?codes=nonsense",
        "/forms/show/probation/client/nl/7",
        "/forms/picture/probation/client/nl/0",
        "/forms/picture/nowhere/client/nl/1",
        "/forms/picture/probation/nobody/nl/1",
        "/forms/picture/probation/client/xx/1",
        "/forms/picture/probation/client/nl/1?wave=x",
        "/forms/file/study.key",
        "/forms/file/..%2Fstudy.key",
    ],
)
def test_what_is_not_there_is_said_and_nothing_else_is_given(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code in {404, 409}
    assert not answer.headers["content-type"].startswith("image")


def test_looking_prints_nothing(visitor: Visitor) -> None:
    def prints() -> int:
        with open_study(visitor.desk.door.folder) as opened:
            return len(opened.store.prints())

    before = prints()
    page = visitor.text("/forms?wave=1")
    for picture in re.findall(r'src="(/forms/picture/[^"]+)"', page):
        answer = visitor.get(picture)
        assert answer.content.startswith(b"\x89PNG")
        assert answer.headers["cache-control"] == "no-store"
    assert "4 of these forms were printed before" in page
    assert "6 sheets of paper, 2 of them separators" in " ".join(page.split())
    assert prints() == before


def test_a_run_is_printed_once_asked_for_and_its_files_are_given(study: Office) -> None:
    with at_the_desk(study.folder) as visitor:
        answer = visitor.post("/forms/print", {"wave": "1", "officer": "A"})
        assert answer.headers["location"] == "/forms?done=run-003-wave-1"
        page = visitor.text(answer.headers["location"])
        assert "2 forms are ready to print" in page
        pdf = visitor.get("/forms/file/run-003-wave-1.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["cache-control"] == "no-store"
        assert len(pypdfium2.PdfDocument(pdf.content)) == 3
        listed = visitor.get("/forms/file/run-003-wave-1.print-list.csv").text
    assert listed.count("\n") == 3


def test_who_has_everything_is_not_printed_for_again_unasked(study: Office) -> None:
    with at_the_desk(study.folder) as visitor:
        assert "Everybody has these forms already" in visitor.text("/forms")
        answer = visitor.post("/forms/print", {"wave": "1", "only_new": "1"})
    assert answer.status_code == 409


def test_masters_are_made_for_the_photocopier(study: Office) -> None:
    with at_the_desk(study.folder) as visitor:
        answer = visitor.post("/forms/masters")
        page = visitor.text(answer.headers["location"])
        assert "masters-001.paper-numbers.csv" in page
        assert visitor.get("/forms/file/masters-001.pdf").content.startswith(b"%PDF")
