"""Study at the desk: who is due, what is not back, who takes part."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from layouts.dyadcode import shown
from records.settings import Settings
from records.study import create_study, open_study
from tests.desk_pages import Visitor, at_the_desk
from tests.small_study import office
from wamforms.tasks.enrol_lists import LIST_BYTES

SETTINGS = Settings("Due study", "nl", "a4", ("probation",), ("start", "+6 months"))
LIST = "dyad,domain,language,officer,notes\n,probation,nl,B,\n,probation,en,A,left handed\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    create_study(tmp_path / "study", SETTINGS).close()
    return tmp_path / "study"


def dyads(study: Path) -> list[str]:
    with open_study(study) as opened:
        return [shown(one.code) for one in opened.store.dyads()]


def test_a_study_without_dyads_asks_to_enrol_them(study: Path) -> None:
    with at_the_desk(study) as visitor:
        assert "Nobody is enrolled yet" in visitor.text("/study")
        assert "No form has been printed yet" in visitor.text("/study/missing")


def test_one_dyad_is_enrolled_and_its_code_told(study: Path) -> None:
    with at_the_desk(study) as visitor:
        fields = {"edition": "probation/en", "officer": " B12 ", "notes": "<left>"}
        answer = visitor.post("/study/enrol", fields)
        (code,) = dyads(study)
        assert answer.headers["location"] == f"/study/enrol?told=new&code={code}"
        assert code in visitor.text(answer.headers["location"])
        assert "B12" in visitor.text("/study")
    with open_study(study) as opened:
        (one,) = opened.store.dyads()
    assert (one.language, one.officer, one.notes) == ("en", "B12", "<left>")


def test_what_is_said_of_a_dyad_changes_and_the_rest_stays(study: Path) -> None:
    with at_the_desk(study) as visitor:
        visitor.post("/study/enrol", {"edition": "probation/en", "officer": "B12", "notes": "n"})
        (code,) = dyads(study)
        answer = visitor.post("/study/change", {"code": code.lower(), "officer": "C"})
        assert "told=changed" in answer.headers["location"]
        again = visitor.post("/study/change", {"code": code, "officer": "C"})
        assert "told=same" in again.headers["location"]
    with open_study(study) as opened:
        (one,) = opened.store.dyads()
    assert (one.language, one.officer, one.notes) == ("en", "C", "n")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/study/enrol", {"edition": "nowhere/nl"}),
        ("/study/enrol", {"edition": "probation/xx"}),
        ("/study/enrol", {}),
        ("/study/change", {"code": "XXXX-XXXX"}),
        ("/study/change", {"code": ""}),
    ],
)
def test_what_cannot_be_enrolled_is_said_and_nobody_is(
    study: Path, path: str, fields: dict[str, str]
) -> None:
    with at_the_desk(study) as visitor:
        answer = visitor.post(path, fields)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert not dyads(study)


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in LIST.splitlines():
        sheet.append(line.split(","))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "data"), [("a b.csv", LIST.encode()), ("x.XLSX", workbook())])
def test_a_dropped_list_is_enrolled_and_comes_back_with_codes(
    study: Path, name: str, data: bytes
) -> None:
    with at_the_desk(study) as visitor:
        answer = visitor.send(f"/study/list?name={name}", data)
        assert answer.json() == {"go": "/study/enrol"}
        page = visitor.text("/study/enrol")
        assert "2 new dyads" in page
        codes = dyads(study)
        assert all(code in page for code in codes)
        back = visitor.get("/study/list")
        assert back.headers["content-disposition"].startswith("attachment;")
        assert back.headers["cache-control"] == "no-store"
        assert all(code in back.text for code in codes)
        visitor.send(f"/study/list?name={name}", data)
        assert "2 enrolled before" in visitor.text("/study/enrol")
    assert len(dyads(study)) == 2


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("list.pdf", b"%PDF", "no list"),
        ("", b"", "no list"),
        ("../../x", b"", "no list"),
        ("list.csv", b"dyad,domain\n,nowhere\n", "1 fault"),
        ("list.xlsx", b"no workbook", "list.xlsx"),
    ],
)
def test_a_list_with_faults_enrols_nobody_and_names_them(
    study: Path, name: str, data: bytes, said: str
) -> None:
    with at_the_desk(study) as visitor:
        answer = visitor.send(f"/study/list?name={name}", data)
    assert answer.status_code == 409
    assert said in answer.json()["error"]
    assert not dyads(study)


def test_a_list_larger_than_any_office_has_is_refused_unread(study: Path) -> None:
    with at_the_desk(study) as visitor:
        assert visitor.send("/study/list?name=a.csv", b"x" * (LIST_BYTES + 1)).status_code == 413


def test_the_list_of_one_session_is_not_that_of_another(study: Path) -> None:
    with at_the_desk(study) as visitor:
        visitor.send("/study/list?name=a.csv", LIST.encode())
        visitor.client.cookies.clear()
        visitor.client.get(f"/open?token={visitor.desk.sessions.invite()}")
        other = Visitor(visitor.client, visitor.desk)
        assert "new dyads" not in other.text("/study/enrol")
        assert other.get("/study/list").status_code == 303


def test_a_checklist_and_a_calendar_are_given_for_one_officer(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0)))
    with at_the_desk(study.folder) as visitor:
        page = visitor.text("/study")
        assert "Of one dyad a form is still missing" in page
        pdf = visitor.get("/study/checklist?officer=A").content
        calendar = visitor.get("/study/calendar?officer=A")
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "Officer A" in text
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.text.count("BEGIN:VEVENT") == 2


def test_what_was_printed_and_is_not_back_is_listed(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0)))
    with at_the_desk(study.folder) as visitor:
        assert "7 of 8 printed forms are not back" in visitor.text("/study/missing")
