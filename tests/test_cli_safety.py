"""An administrator checks a study, puts it away and gets it back, on the command line."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from layouts.errors import ExitCode
from records.log import Action, Head
from records.study import open_study
from tests.desk import ALL, CASELOAD, Desk, scanned


@pytest.fixture
def office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Print and scan four forms; one row of each has two crosses."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, capsys)
    desk("init", "study", "--domain", "probation", "--quiet")
    desk.write("list.csv", CASELOAD)
    run = desk("print", "study", "--wave", "1", "--caseload", "list.csv", "--json", "--quiet").json
    scanned(tmp_path / "study", run, ALL | {"q03": (1, 4)}, tmp_path / "stack.pdf")
    assert desk("scan", "study", "stack.pdf", "--workers", "0").code == ExitCode.DOUBTS_WAIT
    yield desk


def tampered(office: Desk, *statements: str) -> None:
    path = office.folder / "study" / "study.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def test_a_study_is_checked_backed_up_lost_and_restored(office: Desk) -> None:
    assert office("check", "study").code == ExitCode.OK
    assert office("backup", "study", "safe.zip").code == ExitCode.OK
    key = office.write("kept.key", (office.folder / "study/study.key").read_text())
    (office.folder / "study").rename(office.folder / "lost")
    said = office("restore", "safe.zip", "study")
    assert said.code == ExitCode.USAGE
    assert "--key FILE" in said.sentence
    assert office("restore", "safe.zip", "study", "--key", key).code == ExitCode.OK
    said = office("check", "study", "--head", "safe.zip")
    assert said.code == ExitCode.OK
    assert "log head" in said.err
    assert office("status", "study", "--json").json["doubts"] == 4


def test_a_tampered_answer_is_named_and_a_backup_says_so(office: Desk) -> None:
    tampered(
        office,
        "DROP TRIGGER pages_never_updated",
        "UPDATE pages SET reading = replace(reading, '\"value\":2', '\"value\":3') WHERE id = 2",
    )
    found = office("check", "study", "--json")
    assert found.code == ExitCode.CHECKS_FAILED
    trigger, row = (one["detail"] for one in found.json["findings"] if not one["is_ok"])
    assert trigger == "the trigger pages_never_updated is missing"
    assert re.fullmatch(r"row 2 of pages was changed \(entry \d+ of the log\)", row)
    assert "row 2 of pages was changed" in office("check", "study").err
    said = office("backup", "study", "safe.zip", "--quiet")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "row 2 of pages was changed" in said.err


def test_a_log_that_lost_its_end_is_noticed_by_an_export(office: Desk) -> None:
    assert office("export", "study", "tables").code == ExitCode.OK
    tampered(
        office,
        *(f"DROP TRIGGER {table}_never_deleted" for table in ("log", "log_rows")),
        "DELETE FROM log WHERE action = 'exported'",
        "CREATE TRIGGER log_never_deleted BEFORE DELETE ON log "
        "BEGIN SELECT RAISE(ABORT, 'log: rows are only added'); END",
        "CREATE TRIGGER log_rows_never_deleted BEFORE DELETE ON log_rows "
        "BEGIN SELECT RAISE(ABORT, 'log_rows: rows are only added'); END",
    )
    assert office("check", "study").code == ExitCode.OK, "nothing inside can tell"
    said = office("check", "study", "--head", "tables")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "of the log is another one than it was" in said.err


def test_an_export_and_the_status_give_the_head_of_the_log(office: Desk) -> None:
    office("export", "study", "tables")
    text = (office.folder / "tables/PROVENANCE.json").read_text()
    assert Head.find(text).text == office("status", "study", "--json").json["log_head"]
    assert office("check", "study", "--head", Head.find(text).short).code == ExitCode.OK


def test_whoever_sees_a_picture_in_settle_stands_in_the_log(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: "q")
    office("settle", "study", "--by", "AB")
    with open_study(office.folder / "study") as study:
        (seen,) = study.store.log.events(Action.VIEWED)
    assert seen.actor == "AB"
    assert re.fullmatch(r"page [1-4]", seen.object)


@pytest.mark.parametrize("words", [("nowhere",), ("study", "--head", "12")])
def test_a_check_of_nothing_says_what_to_name(office: Desk, words: tuple[str, ...]) -> None:
    said = office("check", *words)
    assert said.code == ExitCode.USAGE
    assert said.err.startswith("Error: ")


def test_many_faults_are_counted_and_all_of_them_are_in_the_json(office: Desk) -> None:
    tampered(office, "DROP TRIGGER log_rows_never_deleted", "DELETE FROM log_rows")
    said = office("check", "study")
    assert "more; --json lists them all" in said.err
    assert said.err.count("FAULT") == 20
    faults = [
        one for one in office("check", "study", "--json").json["findings"] if not one["is_ok"]
    ]
    assert len(faults) > 20
