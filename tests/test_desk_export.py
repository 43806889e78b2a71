"""Tables and talk sheets handed out at the desk: to each reader what that reader may have."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from records.log import Action
from records.study import open_study
from tests.desk_pages import Visitor, at_the_desk
from tests.small_study import Office, office


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Office:
    study = office(tmp_path_factory.mktemp("export"))
    study.scan(study.pdf("one.pdf", study.page(0), study.page(1), study.page(2)))
    return study


@pytest.fixture(scope="module")
def visitor(filled: Office) -> Iterator[Visitor]:
    with at_the_desk(filled.folder) as found:
        yield found


def exported(visitor: Visitor, **fields: str) -> zipfile.ZipFile:
    answer = visitor.post("/export", fields)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def rows(found: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    (path,) = [one for one in found.namelist() if one.endswith(name)]
    return list(csv.DictReader(io.StringIO(found.read(path).decode())))


def test_research_gets_every_answer(visitor: Visitor) -> None:
    answers = rows(exported(visitor, profile="research"), "answers_long.csv")
    assert len(answers) == 3 * 19


def test_a_professional_gets_nothing_of_a_client_who_said_nothing(visitor: Visitor) -> None:
    found = exported(visitor, profile="officer", officer="A")
    scores = rows(found, "factor_scores.csv")
    of_client = [one for one in scores if one["role"] == "client"]
    assert len(of_client) == 4
    assert not any(one["score"] for one in of_client)
    assert any(one["score"] for one in scores if one["role"] == "professional")
    answers = [one for one in rows(found, "answers_long.csv") if one["role"] == "client"]
    assert {one["status"] for one in answers} == {"withheld"}


def test_a_named_recipient_gets_other_codes(visitor: Visitor, filled: Office) -> None:
    code = str(filled.runs[0].pages[1].dyad)
    found = exported(visitor, profile="research", recipient="University")
    assert not any(code.encode() in found.read(name) for name in found.namelist())


@pytest.mark.parametrize(
    "fields", [{}, {"profile": "administrator"}, {"profile": "officer"}, {"profile": "<b>"}]
)
def test_tables_for_nobody_are_not_made(visitor: Visitor, fields: dict[str, str]) -> None:
    assert visitor.post("/export", fields).status_code == 409


def test_an_export_is_logged_and_leaves_no_file(visitor: Visitor, filled: Office) -> None:
    def state() -> tuple[int, set[Path]]:
        with open_study(filled.folder) as study:
            events = len(list(study.store.log.events(Action.EXPORTED)))
        return events, {one for one in filled.folder.rglob("*") if "-" not in one.suffix}

    before = state()
    exported(visitor, profile="team")
    after = state()
    assert after[0] == before[0] + 1
    assert after[1] == before[1]


def test_a_talk_sheet_is_made_when_both_forms_are_in_and_settled(
    visitor: Visitor, filled: Office
) -> None:
    whole, half = (str(page.dyad) for page in filled.runs[0].pages if page.role == "client")
    answer = visitor.post(f"/talk/{whole}")
    assert answer.headers["content-disposition"] == f'attachment; filename="talk-{whole}.pdf"'
    assert len(pypdfium2.PdfDocument(answer.content)) == 1
    refused = visitor.post(f"/talk/{half}")
    assert refused.status_code == 409
    assert "not in" in refused.text
    assert visitor.post("/talk/XXXX").status_code == 409
