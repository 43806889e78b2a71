"""A client withdraws: everything of the dyad leaves the study, and nothing of anybody else."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pypdfium2
import pytest

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode, UsageError
from layouts.model import DyadCode, ItemId
from records.study import open_study
from records.study_folder import STORE_FILE
from records.withdrawals import WHY
from scan.adjudicate import Meaning
from scan.results import Fault, PageRefused
from tests.desk import ALL, Desk
from tests.small_study import Office, blank_side, letter, office
from wamforms.tasks import forgetting
from wamforms.tasks import leftovers as leftovers_of
from wamforms.tasks.exporting import export_study
from wamforms.tasks.forgetting import forget, held_of
from wamforms.tasks.leftovers import leftovers
from wamforms.tasks.page_lines import Became
from wamforms.tasks.reconciling import reconcile


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """Scan a stack of both dyads with a blank back, and one file of the first dyad alone."""
    made = office(tmp_path)
    made.scan(made.pdf("both.pdf", made.page(0), blank_side(), made.page(2), letter()))
    made.scan(made.pdf("alone.pdf", made.page(1)))
    with made.open() as study:
        study.store.add_verdict(1, ItemId("q01"), Meaning.BLANK, None, by="AB")
    yield made


def dyad_of(made: Office, number: int) -> DyadCode:
    pages = [page for run in made.runs for page in run.pages if page.kind == "form"]
    return parse_dyad_code(pages[number].dyad or "")


def text_of(pdf: Path) -> list[str]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_nothing_of_a_withdrawn_dyad_is_left_in_any_file(desk: Office) -> None:
    gone = dyad_of(desk, 0)
    with desk.open() as study:
        trace = study.store.trace_of(gone)
        digests = {digest for digest, _ in trace.pictures}
        before = leftovers(study, gone, digests)
        done = forget(study, gone)
        assert (done.prints, done.pages, done.decisions, done.pictures) == (4, 3, 1, 3)
        assert done.left == ()
        assert study.store.check() == ()
        assert study.store.pictures_to_delete() == frozenset()
        assert leftovers(study, gone, digests) == ()
    assert {one.file for one in before} >= {
        STORE_FILE, "prints/run-001-wave-1.pdf", "prints/run-001-wave-1.print-list.csv"
    }  # fmt: skip


def test_the_other_dyad_keeps_all_it_had(desk: Office) -> None:
    stays = dyad_of(desk, 2)
    with desk.open() as study:
        before = study.store.trace_of(stays)
        prints = [one for one in study.store.prints() if one.dyad == stays]
        forget(study, dyad_of(desk, 0))
        after = study.store.trace_of(stays)
        assert (after.prints, after.pages, after.decisions) == (before.prints, before.pages, 0)
        assert after.pictures == before.pictures
        assert [one for one in study.store.prints()] == prints
        for digest, suffix in study.store.pictures():
            study.images.open(digest, suffix)


def test_print_runs_keep_the_pages_of_others_where_the_list_says(desk: Office) -> None:
    run = desk.runs[0]
    gone, stays = shown(dyad_of(desk, 0)), shown(dyad_of(desk, 2))
    pdf = desk.folder / "prints" / run.pdf.name
    before = text_of(pdf)
    with desk.open() as study:
        forget(study, dyad_of(desk, 0))
    after = text_of(pdf)
    assert len(after) == len(before)
    for page in run.pages:
        if page.dyad == stays:
            assert after[page.page - 1] == before[page.page - 1]
    assert sum(gone in text for text in before) >= 3, "its forms and its separator"
    assert not any(gone in text for text in after)


def test_batches_still_add_up(desk: Office) -> None:
    with desk.open() as study:
        forget(study, dyad_of(desk, 0))
        mixed, alone = reconcile(study, 1), reconcile(study, 2)
    assert mixed.adds_up
    assert (mixed.pages, mixed.piles["of withdrawn dyads"]) == (4, 2)
    assert alone.adds_up
    assert (alone.pages, alone.piles["of withdrawn dyads"]) == (1, 1)
    assert alone.files[0].name == ""


def test_its_paper_is_refused_when_it_comes_later_and_nothing_of_it_is_kept(desk: Office) -> None:
    gone = dyad_of(desk, 0)
    with desk.open() as study:
        forget(study, gone)
        kept = study.store.pictures()
    report = desk.scan(desk.pdf("late.pdf", desk.page(4), desk.page(6)))
    assert [page.became for page in report.pages] == [Became.REFUSED, Became.READ]
    assert report.pages[0].reason == Fault.WITHDRAWN
    with desk.open() as study:
        page = study.store.snapshot().pages[-2]
        assert page.outcome == PageRefused("late.pdf#1", Fault.WITHDRAWN)
        assert len(study.store.pictures() - kept) == 1
        assert {path for path in study.images.root.rglob("*.*")} == {
            study.images.path(*one) for one in study.store.pictures()
        }
        assert study.store.check() == ()
        assert reconcile(study).adds_up
    with desk.open() as study:
        assert leftovers(study, gone, []) == ()


def test_a_withdrawn_dyad_cannot_be_enrolled_again(desk: Office) -> None:
    with desk.open() as study:
        (gone,) = (one for one in study.store.dyads() if one.code == dyad_of(desk, 0))
        forget(study, gone.code)
        with pytest.raises(UsageError, match="was withdrawn from this study"):
            study.store.enrol([gone])
        assert len(study.store.dyads()) == 1


def test_numbers_of_prints_and_pages_are_not_given_twice(desk: Office) -> None:
    with desk.open() as study:
        last = max(one.serial for one in study.store.prints())
        pages = max(page.id for page in study.store.snapshot().pages)
        for number in (0, 2):
            forget(study, dyad_of(desk, number))
        assert study.store.prints() == ()
        trace = study.store.trace_of(dyad_of(desk, 0))
    assert (trace.last_print, trace.last_page) == (last, pages)


def test_only_exports_and_backups_that_hold_the_dyad_are_named(tmp_path: Path) -> None:
    made = office(tmp_path)
    first, second = dyad_of(made, 0), dyad_of(made, 2)
    made.scan(made.pdf("one.pdf", made.page(2)))
    with made.open() as study:
        export_study(study, tmp_path / "before")
    made.scan(made.pdf("two.pdf", made.page(0)))
    with made.open() as study:
        export_study(study, tmp_path / "after")
        assert [one.place for one in forget(study, first).recall] == ["after"]
        done = forget(study, second)
    assert [one.place for one in done.recall] == ["before", "after"]
    assert done.backups == ()


class Killed(Exception):
    """Stands for the end of the program."""


@pytest.mark.parametrize("step", ["finish_pictures", "clean_prints", "clean_copies"])
def test_an_interrupted_withdrawal_is_completed_by_the_same_command(
    desk: Office, step: str
) -> None:
    gone = dyad_of(desk, 0)
    with (
        desk.open() as study,
        patch.object(forgetting, step, side_effect=Killed),
        pytest.raises(Killed),
    ):
        forget(study, gone)
    with desk.open() as study:
        assert held_of(study, gone).is_withdrawn
        done = forget(study, gone)
        assert (done.pages, done.left) == (3, ())
        assert len(study.store.withdrawals()) == 1
        assert study.store.check() == ()
        known = {study.images.path(*one) for one in study.store.pictures()}
        assert {path for path in study.images.root.rglob("*.*")} == known


def test_the_log_says_that_rows_went_and_not_whose(desk: Office) -> None:
    gone = dyad_of(desk, 0)
    with desk.open() as study:
        forget(study, gone, by="AB")
    with closing(sqlite3.connect(desk.folder / STORE_FILE)) as db:
        entries = db.execute("SELECT * FROM log WHERE object = ?", (WHY,)).fetchall()
        assert [entry[5] for entry in entries] == ["AB", ""]
        everything = "\n".join(db.iterdump())
    assert gone not in everything
    assert shown(gone) not in everything


def test_a_file_named_after_the_dyad_is_pointed_out(desk: Office) -> None:
    gone = dyad_of(desk, 0)
    (desk.folder / f"letter to {shown(gone).lower()}.txt").write_text("nothing")
    with desk.open() as study:
        (left,) = forget(study, gone).left
    assert left.what == "its name holds the code"


def test_the_command_asks_first_and_gives_the_receipt_as_json(
    desk: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Desk(desk.folder.parent, capsys)
    code = shown(dyad_of(desk, 0))
    monkeypatch.setattr("click.confirm", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        command("forget", desk.folder, code)
    assert f"{code}: 4 printed forms, 3 scanned pages" in capsys.readouterr().err
    with desk.open() as study:
        assert len(study.store.dyads()) == 2
    done = command("forget", desk.folder, code, "--yes", "--json")
    assert (done.code, done.json["pages"], done.json["left"]) == (ExitCode.OK, 3, [])
    assert command("check", desk.folder).code == ExitCode.OK
    again = command("forget", desk.folder, code, "--yes")
    assert again.code == ExitCode.OK
    assert "was withdrawn before" in again.err
    assert command("forget", desk.folder, "K7Q4-2M9Y", "--yes").code == ExitCode.USAGE


def test_answers_for_everybody_else_are_exported_as_before(desk: Office, tmp_path: Path) -> None:
    with desk.open() as study:
        forget(study, dyad_of(desk, 0))
        done = export_study(study, tmp_path / "tables")
    assert (done.dyads, done.answers) == (1, len(ALL))


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        (b"dyad 00000012 of", True),
        (b'["00000012"]', True),
        (b"00000012", True),
        (b"0000-0012", True),
        (b"\x1d00000012client", True),
        (b"0000000120 00000 n", False),
        (b'"fill":0.00000012,', False),
        (b"1700000012", False),
        (b"10000-0012", False),
        (b"00000024", False),
    ],
)
def test_a_code_of_digits_is_no_part_of_a_longer_number(text: bytes, is_there: bool) -> None:
    words = [b"00000012", b"0000-0012"]
    for cut in range(1, len(text) + 1):  # wherever one block ends and the next begins
        with patch.object(leftovers_of, "_BLOCK", cut):
            assert leftovers_of._mentions(io.BytesIO(text), words) is is_there, cut


def test_a_dyad_whose_code_looks_like_a_number_is_forgotten_and_only_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Desk(tmp_path, capsys)
    lines = "".join(f"{code},probation,nl,A,\n" for code in ("0000-0012", "0000-0024", "00000120"))
    command.write("list.csv", f"dyad,domain,language,officer,notes\n{lines}")
    command("init", tmp_path / "s", "--domain", "probation")
    command("print", tmp_path / "s", "--wave", "start", "--caseload", tmp_path / "list.csv")
    (tmp_path / "s" / "notes.txt").write_bytes(b"xref\n0000000120 00000 n\n0.00000012\n")
    done = command("forget", tmp_path / "s", "0000-0012", "--yes", "--json")
    assert done.code == ExitCode.OK, done.err
    assert done.json["left"] == []
    with open_study(tmp_path / "s") as study:
        assert [shown(one.code) for one in study.store.dyads()] == ["0000-0024", "0000-0120"]
        assert len(study.store.prints()) == 4
    listed = (tmp_path / "s" / "prints" / "run-001-wave-1.print-list.csv").read_text()
    assert "0000-0012" not in listed
    assert listed.count("0000-0120") >= 2
