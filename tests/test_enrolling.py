"""Enrolment before printing, who is due, and what is not back."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from icalendar import Calendar

from layouts.errors import ExitCode, FaultyFileError
from layouts.model import Role
from output.quality import TOLERANCE_DAYS
from records.settings import Settings
from records.study import create_study, open_study
from tests.desk import Desk
from tests.small_study import Office, office
from wamforms.tasks.due import Clock, DueList, State, due_list, prints_against_scans
from wamforms.tasks.due_files import due_calendar, due_pdf
from wamforms.tasks.enrolling import enrol_caseload

LIST = "domain;officer;notes\nprobation;B;\nprobation;B;\nprobation;A;left handed\n"
SETTINGS = Settings("Dyads", "nl", "a4", ("probation",), ("start", "+6 months", "follow-up"))


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    create_study(tmp_path / "study", SETTINGS).close()
    return Desk(tmp_path, capsys)


@pytest.fixture
def small(tmp_path: Path) -> Office:
    return office(tmp_path)


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    return found


def days_on(small: Office, days: int) -> DueList:
    with small.open() as study:
        enrolled = min(one.enrolled_at for one in study.store.dyads())
        return due_list(study, datetime.fromisoformat(enrolled).date() + timedelta(days=days))


def states(found: DueList, dyad: str) -> list[State]:
    lines = sorted((one for one in found.lines if one.dyad == dyad), key=lambda one: one.wave)
    return [one.state for one in lines]


def test_the_same_list_again_enrols_nobody_twice(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    first = desk("enrol", "study", "list.csv", "--json").json
    again = desk("enrol", "study", "list.csv", "--json")
    assert (first["new"], again.json["new"], again.json["unchanged"]) == (3, 0, 3)
    assert [one["dyad"] for one in first["dyads"]] == [one["dyad"] for one in again.json["dyads"]]
    assert len({one["dyad"] for one in first["dyads"]}) == 3
    assert "Nothing was added" in again.err
    codes = desk("enrol", "study", "list.codes.csv", "--out", "more.csv", "--json").json
    assert codes["unchanged"] == 3


def test_codes_of_one_study_say_nothing_about_those_of_another(desk: Desk) -> None:
    path = desk.write("list.csv", LIST)
    create_study(desk.folder / "other", SETTINGS).close()
    found = []
    for name in ("study", "other"):
        with open_study(desk.folder / name) as study:
            done = enrol_caseload(study, path, desk.folder / f"{name}.csv")
            found.append({one.dyad for one in done.dyads})
    assert not found[0] & found[1]


def test_a_list_with_a_fault_enrols_nobody_and_leaves_no_file(desk: Desk) -> None:
    path = desk.write("list.csv", LIST + "prison;C;\n")
    with open_study(desk.folder / "study") as study:
        with pytest.raises(FaultyFileError, match="line 5"):
            enrol_caseload(study, path)
        assert study.store.dyads() == ()
    assert not (desk.folder / "list.codes.csv").exists()


def test_another_list_with_codes_is_never_overwritten(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    desk.write("list.codes.csv", "mine")
    said = desk("enrol", "study", "list.csv")
    assert (said.code, "exists already" in said.sentence) == (ExitCode.USAGE, True)
    assert (desk.folder / "list.codes.csv").read_text() == "mine"
    with open_study(desk.folder / "study") as study:
        assert study.store.dyads() == ()


def test_one_dyad_gets_a_new_code_each_time(desk: Desk) -> None:
    made = [desk("enrol", "study", "--officer", "B", "--json").json for _ in range(2)]
    codes = {one["dyads"][0]["dyad"] for one in made}
    assert len(codes) == 2
    assert made[0]["dyads"][0]["domain"] == "probation"


def test_an_officer_may_change_and_the_line_of_the_client_goes_on(desk: Desk) -> None:
    (one,) = desk("enrol", "study", "--officer", "B", "--notes", "deaf", "--json").json["dyads"]
    desk("print", "study", "--wave", "start", "--quiet")
    said = desk("enrol", "study", "--dyad", one["dyad"].lower(), "--officer", "C")
    assert f"{one['dyad']}: officer B, now C" in said.err
    with open_study(desk.folder / "study") as study:
        (dyad,) = study.store.dyads()
        assert (dyad.officer, dyad.notes, dyad.language) == ("C", "deaf", "nl")
        assert {printed.officer for printed in study.store.prints()} == {"B"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--officer", "B", "--domain", "prison"), "domain 'prison' is not in this study"),
        (("--officer", "B", "--language", "fr"), "probation has no language 'fr'"),
        (("--dyad", "K7Q4-2M9"), "has 7 characters"),
        ((), "name a list, or enrol one dyad"),
        (("list.csv", "--officer", "B"), "leave the other options out"),
    ],
)
def test_what_cannot_be_enrolled_is_refused_in_a_sentence(
    desk: Desk, arguments: tuple[str, ...], sentence: str
) -> None:
    desk.write("list.csv", LIST)
    said = desk("enrol", "study", *arguments)
    assert said.code == ExitCode.USAGE
    assert sentence in said.sentence


def test_a_wave_is_later_then_due_then_overdue(small: Office) -> None:
    dyad = days_on(small, 0).lines[0].dyad
    assert states(days_on(small, 0), dyad) == [State.DUE, State.LATER]
    assert states(days_on(small, TOLERANCE_DAYS), dyad) == [State.DUE, State.LATER]
    assert states(days_on(small, TOLERANCE_DAYS + 1), dyad) == [State.OVERDUE, State.LATER]
    assert states(days_on(small, 183 - TOLERANCE_DAYS), dyad)[1] is State.DUE
    assert states(days_on(small, 184 + TOLERANCE_DAYS), dyad)[1] is State.OVERDUE


def test_one_form_makes_a_wave_half_in_and_two_make_it_complete(small: Office) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    (half,) = [one for one in days_on(small, 0).lines if one.state is State.HALF]
    assert (half.missing, half.clock, half.is_late) == ((Role.PROFESSIONAL,), Clock.SCAN, False)
    (late,) = [one for one in days_on(small, 40).lines if one.state is State.HALF]
    assert late.is_late
    small.scan(small.pdf("two.pdf", small.page(1)))
    assert states(days_on(small, 40), half.dyad)[0] is State.COMPLETE


def test_a_wave_without_a_day_is_named_and_never_dropped(desk: Desk) -> None:
    desk("enrol", "study", "--officer", "B", "--quiet")
    said = desk("due", "study", "--json")
    assert said.json["counts"]["no day set"] == 1
    assert "wave 'follow-up' has no day" in said.err
    with (desk.folder / "study" / "study.toml").open("r+") as file:
        text = file.read().replace("[wave_days]\n", '[wave_days]\n"follow-up" = 400\n')
        file.seek(0)
        file.write(text)
    assert desk("due", "study", "--json").json["counts"]["no day set"] == 0


def test_the_list_of_one_officer_has_only_their_dyads(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    desk("enrol", "study", "list.csv", "--quiet")
    lines = desk("due", "study", "--officer", "b", "--json").json["lines"]
    assert {one["officer"] for one in lines} == {"B"}
    assert len(lines) == 6
    said = desk("due", "study", "--officer", "Z")
    assert (said.code, "no dyad" in said.sentence) == (ExitCode.USAGE, True)


def test_each_officer_has_a_page_with_codes_and_no_notes(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    desk("enrol", "study", "list.csv", "--quiet")
    desk("due", "study", "--pdf", "due.pdf")
    pages = texts((desk.folder / "due.pdf").read_bytes())
    assert len(pages) == 2
    assert all(f"Officer {one}" in page for one, page in zip("AB", pages, strict=True))
    assert not any("left handed" in page for page in pages)
    with open_study(desk.folder / "study") as study:
        assert due_pdf(due_list(study, date(2027, 1, 1))) == due_pdf(
            due_list(study, date(2027, 1, 1))
        )


def test_a_list_longer_than_a_page_goes_on_and_loses_nobody(desk: Desk) -> None:
    desk.write("list.csv", "domain,officer\n" + "probation,B\n" * 60)
    codes = [one["dyad"] for one in desk("enrol", "study", "list.csv", "--json").json["dyads"]]
    desk("due", "study", "--pdf", "due.pdf")
    pages = texts((desk.folder / "due.pdf").read_bytes())
    assert len(pages) > 1
    assert all(code in "".join(pages) for code in codes)


def test_the_calendar_has_whole_days_and_codes_only(small: Office) -> None:
    small.scan(small.pdf("pair.pdf", small.page(0), small.page(1)))
    found = days_on(small, 100)
    events = Calendar.from_ical(due_calendar(found)).walk("VEVENT")
    assert len(events) == 3  # of four waves one is complete
    known = {f"{one.dyad} · {one.label}" for one in found.lines}
    event: Any
    for event in events:
        assert set(event) <= {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "TRANSP"}
        assert str(event["SUMMARY"]) in known
        start: Any = event["DTSTART"].dt
        end: Any = event["DTEND"].dt
        assert type(start) is date
        assert end - start == timedelta(days=1)
        assert start >= date.fromisoformat(found.on)


def test_what_was_printed_and_is_not_back_is_listed(small: Office) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    with small.open() as study:
        found = prints_against_scans(study, date.today() + timedelta(days=3))
    assert (found.printed, len(found.missing), found.never_printed) == (8, 7, ())
    assert {one.pages_in for one in found.missing} == {0}
    assert {one.days for one in found.missing} <= {2, 3, 4}


def test_what_is_back_and_was_never_printed_ends_with_its_own_exit_code(
    small: Office, desk_of_small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    assert desk_of_small("missing", "study").code == ExitCode.OK
    # As after a restored backup that is older than the print run.
    monkeypatch.setattr("records.rows.PRINTS", "SELECT * FROM prints WHERE 0")
    said = desk_of_small("missing", "study", "--json")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "NEVER PRINTED BY THIS STUDY" in said.err
    assert said.json["never_printed"][0]["is_photocopy"] is False


@pytest.fixture
def desk_of_small(
    small: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(small.folder.parent)
    return Desk(small.folder.parent, capsys)
