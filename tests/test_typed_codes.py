"""A page whose code nobody could read, from the scan to the tables: a person types the code."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode, UsageError
from layouts.model import DyadCode
from layouts.sheetcode import SheetCode
from records.study import open_study
from scan.adjudicate import Standing
from scan.results import CodeRoute, PageRead, PageRefused
from tests.desk import ALL, CASELOAD, DPI, Answers, Desk, filled_in
from wamforms.practice.ink import Gray
from wamforms.practice.stack import write_pdf
from wamforms.tasks.codes import code_picture, code_questions, typed_code
from wamforms.tasks.paper import known_forms

PER_MM = DPI / 25.4
STUDY = Path("study")


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A printed study whose scanner has no OCR engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scan.identify.line_reader", lambda: None)
    made = Desk(tmp_path, capsys)
    made.write("list.csv", CASELOAD)
    made("init", STUDY, "--domain", "probation")
    run = made("print", STUDY, "--wave", "start", "--caseload", "list.csv", "--json")
    made.write("print.json", run.out)
    return made


def printed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("print.json").read_text())
    return found


def codes() -> list[SheetCode]:
    with open_study(STUDY) as study:
        return list(known_forms(study).prints)


def covered(sheet: Gray, code: SheetCode) -> Gray:
    """Put stickers over both symbols."""
    done = sheet.copy()
    with open_study(STUDY) as study:
        page = study.store.layouts()[code.fingerprint].pages[code.page - 1]
    for box in page.codes:
        rows = slice(round(box.top_mm * PER_MM), round(box.bottom_mm * PER_MM))
        done[rows, round(box.left_mm * PER_MM) : round(box.right_mm * PER_MM)] = 250
    return done


def stack(name: str, which: int, answers: Answers = ALL) -> SheetCode:
    """Scan one form of the run with both of its symbols covered."""
    code = sorted(codes(), key=lambda one: one.serial)[which]
    serials = [one["serial"] for one in printed()["pages"] if one["kind"] != "separator"]
    sheet = filled_in(STUDY, printed(), answers)[serials.index(code.serial)]
    write_pdf([covered(sheet, code)], Path(name), DPI)
    return code


def test_a_page_without_a_code_is_refused_and_then_asked_about(desk: Desk) -> None:
    stack("lost.pdf", 0)
    said = desk("scan", STUDY, "lost.pdf", "--workers", "0")
    assert said.code == ExitCode.PAGES_REFUSED
    assert "pip install 'wamforms[ocr]'" in said.sentence
    assert "wamforms settle" in said.sentence
    (waiting,) = desk("settle", STUDY, "--list", "--json").json
    assert (waiting["kind"], waiting["page"], waiting["source"]) == ("code", 1, "lost.pdf#1")
    status = desk("status", STUDY, "--json").json
    assert (status["refused"], status["codes"], status["doubts"]) == (1, 1, 0)


def test_a_typed_code_brings_the_page_in_and_is_remembered(desk: Desk) -> None:
    code = stack("lost.pdf", 0)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    typed = code.for_people().lower().replace("·", "")
    said = desk("settle", STUDY, "--by", "AB", "--decide", f"page/1={typed}", "--json")
    assert (said.code, said.json) == (ExitCode.OK, [])
    with open_study(STUDY) as study:
        refused, read = study.store.snapshot().pages
        (remembered,) = study.store.snapshot().typed_codes
    assert isinstance(refused.outcome, PageRefused)
    assert isinstance(read.outcome, PageRead)
    assert (read.image, read.outcome.code) == (refused.image, code)
    assert (remembered.code, remembered.by) == (code.for_people(), "AB")
    desk("export", STUDY, "tables")
    with Path("tables/forms.csv").open(newline="", encoding="utf-8-sig") as file:
        (form,) = csv.DictReader(file)
    assert (form["dyad"], form["code_route"]) == (shown(code.dyad), CodeRoute.TYPED)
    status = desk("status", STUDY, "--json").json
    assert (status["refused"], status["codes"]) == (0, 0)


def test_a_mistyped_code_is_refused_with_a_sentence_and_nothing_is_stored(desk: Desk) -> None:
    code = stack("lost.pdf", 0)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    good = code.for_people()
    # The first two that differ, on either side of the hyphen: two that are alike swap unnoticed.
    at = next(at for at in (0, 1, 2, 5, 6, 7) if good[at] != good[at + 1])
    swapped = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    unprinted = good[:-1] + ("0" if good[-1] != "0" else "1")
    for typed, what in (
        (swapped, "check character"),
        ("K7Q4-2M9Y", "not the whole code"),
        ("K7Q4-2M9Y · C1 · p1 · 0001", "no form for this dyad"),
        (unprinted, "no such form of this dyad"),
    ):
        said = desk("settle", STUDY, "--by", "AB", "--decide", f"page/1={typed}")
        assert said.code == ExitCode.USAGE
        assert what in said.sentence
    with open_study(STUDY) as study:
        assert study.store.snapshot().typed_codes == ()
        assert len(code_questions(study.store.snapshot())) == 1


def test_a_form_that_is_in_already_becomes_a_conflict_as_usual(desk: Desk) -> None:
    code = stack("first.pdf", 0)
    stack("second.pdf", 0, {**ALL, "q07": ALL["q07"] % 5 + 1})
    desk("scan", STUDY, "first.pdf", "second.pdf", "--workers", "0")
    typed = [part for page in (1, 2) for part in ("--decide", f"page/{page}={code.for_people()}")]
    said = desk("settle", STUDY, "--by", "AB", *typed, "--json")
    assert [one["kind"] for one in said.json] == ["scans"]
    with open_study(STUDY) as study:
        standings = [page.standing for page in study.store.snapshot().pages[2:]]
    assert standings == [Standing.FIRST, Standing.CONFLICT]


def test_a_page_that_nobody_can_tell_asks_no_more(desk: Desk) -> None:
    stack("lost.pdf", 1)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    said = desk("settle", STUDY, "--by", "AB", "--decide", "page/1=unreadable", "--json")
    assert (said.code, said.json) == (ExitCode.OK, [])
    status = desk("status", STUDY, "--json").json
    assert (status["refused"], status["codes"]) == (1, 0)
    again = desk("settle", STUDY, "--by", "AB", "--decide", "page/1=unreadable")
    assert "does not wait for its code" in again.sentence


def test_one_wrong_decision_leaves_the_others_undone(desk: Desk) -> None:
    code = stack("lost.pdf", 0)
    stack("more.pdf", 1)
    desk("scan", STUDY, "lost.pdf", "more.pdf", "--workers", "0")
    good = ("--decide", f"page/1={code.for_people()}")
    for bad in ("page/2=nonsense", "page/99=unreadable", f"page/1={code.for_people()}"):
        assert desk("settle", STUDY, "--by", "AB", *good, "--decide", bad).code == ExitCode.USAGE
    with open_study(STUDY) as study:
        assert study.store.snapshot().typed_codes == ()


def test_the_dialogue_asks_again_until_the_code_is_right(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = stack("lost.pdf", 0)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    answers = iter(["K7Q4", code.for_people()])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    said = desk("settle", STUDY, "--by", "AB")
    assert said.code == ExitCode.OK
    assert "not the whole code" in said.sentence
    assert "picture:" in said.sentence
    assert "read; as a scan of its place it is: first" in said.sentence


@pytest.mark.parametrize("key", ["s", "q", "b"])
def test_a_code_may_be_left_for_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    stack("lost.pdf", 0)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    answers = iter([key, "q"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    assert desk("settle", STUDY, "--by", "AB").code == ExitCode.DOUBTS_WAIT


def test_the_picture_shows_both_places_of_the_code_upright(desk: Desk) -> None:
    stack("lost.pdf", 0)
    desk("scan", STUDY, "lost.pdf", "--workers", "0")
    with open_study(STUDY) as study:
        (question,) = code_questions(study.store.snapshot())
        data = code_picture(study, question)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    rows, columns = picture.shape
    assert columns > rows > 300
    assert picture.min() < 60  # the text is there


def test_a_picture_that_is_scanned_twice_asks_once(desk: Desk) -> None:
    stack("lost.pdf", 0)
    Path("twice.pdf").write_bytes(Path("lost.pdf").read_bytes() + b"\n% another copy\n")
    desk("scan", STUDY, "lost.pdf", "twice.pdf", "--workers", "0")
    assert len(desk("settle", STUDY, "--list", "--json").json) == 1


@pytest.mark.usefixtures("desk")
def test_what_is_typed_may_be_written_in_many_ways() -> None:
    code = codes()[0]
    with open_study(STUDY) as study:
        forms = known_forms(study)
    plain = code.for_people()
    for typed in (plain, plain.lower(), plain.replace(" · ", "/"), plain.replace("0", "O")):
        assert typed_code(typed, forms) == code


@pytest.mark.usefixtures("desk")
def test_a_dyad_of_another_study_is_not_on_the_list() -> None:
    with open_study(STUDY) as study:
        forms = known_forms(study)
    stranger: DyadCode = parse_dyad_code("K7Q4-2M9Y")
    with pytest.raises(UsageError, match="no form for this dyad"):
        typed_code(f"{stranger} C1 p1 0001", forms)
