"""Every page of a batch is in exactly one pile, or the batch says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from layouts.errors import ExitCode, UsageError
from records.batch_entries import BatchFile, FileCame
from records.study import create_study
from scan.batch import StackReader
from tests.desk import ALL, CASELOAD, Desk
from tests.small_study import SETTINGS, Office, blank_side, letter, office
from wamforms.record_page import one_page, printable, table
from wamforms.tasks.printing import PrintOrder, print_wave
from wamforms.tasks.reconciliation import Pile, Reconciliation
from wamforms.tasks.reconciliation_page import equation, write_reconciliation
from wamforms.tasks.reconciling import reconcile
from wamforms.tasks.scanning import scan_stack


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


@pytest.fixture
def small(tmp_path: Path) -> Office:
    return office(tmp_path)


def sums(small: Office, number: int | None = None) -> Reconciliation:
    with small.open() as study:
        return reconcile(study, number)


def piles(found: Reconciliation) -> dict[str, int]:
    return {pile: count for pile, count in found.piles.items() if count}


def test_a_mixed_stack_adds_up_pile_by_pile(small: Office) -> None:
    first = small.pdf("first.pdf", small.page(0), small.page(1))
    small.scan(first)
    other = small.page(1, {**ALL, "q03": 5}, seed=1)
    mixed = small.pdf(
        "mixed.pdf", small.page(2), blank_side(), letter(), other, small.page(0, seed=2)
    )
    small.scan(mixed, first)
    found = sums(small)
    assert found.adds_up
    assert found.pages == 7
    assert piles(found) == {
        Pile.READ: 1,
        Pile.CONFLICT: 1,
        Pile.DUPLICATE: 3,
        Pile.BLANK: 1,
        Pile.REFUSED: 1,
    }
    assert [file.name for file in found.files] == ["mixed.pdf", "first.pdf"]
    assert [line.source for line in found.rescan] == ["mixed.pdf#3"]
    assert found.answers == 19


def test_a_page_of_another_study_is_to_be_taken_out_and_not_scanned_again(
    small: Office, tmp_path: Path
) -> None:
    stack = small.pdf("stack.pdf", small.page(0))
    (tmp_path / "list.csv").write_text(CASELOAD)
    with create_study(tmp_path / "other", SETTINGS) as study:
        print_wave(study, PrintOrder("start", tmp_path / "list.csv"))
        scan_stack(study, [stack], workers=0)
        found = reconcile(study)
    assert piles(found) == {Pile.FOREIGN: 1}
    assert found.rescan == ()
    assert [line.source for line in found.foreign] == ["stack.pdf#1"]


def test_what_is_expected_is_held_against_what_came_now_and_before(small: Office) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    small.scan(small.pdf("two.pdf", small.page(1), small.page(2)))
    found = sums(small)
    counts = sorted((one.expected, one.before, one.came) for one in found.waves)
    assert counts == [(2, 0, 1), (2, 1, 1)]
    assert {one.wave for one in found.waves} == {1}
    assert sum(len(one.missing) for one in found.waves) == 1


def test_an_earlier_batch_is_told_as_it_was_when_it_ended(small: Office) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    before = sums(small)
    small.scan(small.pdf("two.pdf", small.page(1)))
    after = sums(small, 1)
    assert replace(after, log_head="") == replace(before, log_head="")


def test_a_page_that_came_again_is_no_longer_to_be_scanned(small: Office) -> None:
    torn = small.page(0).copy()
    torn[:, ::7] = np.minimum(torn[:, ::7], 30)  # streaks all over, the code still readable
    small.scan(small.pdf("torn.pdf", torn))
    found = sums(small)
    assert found.rescan[0].form
    assert found.open_rescans == found.rescan
    small.scan(small.pdf("again.pdf", small.page(0)))
    assert sums(small, 1).open_rescans == ()
    assert len(sums(small, 1).rescan) == 1


def test_a_scan_that_is_stopped_says_so_and_goes_on_in_the_next_batch(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = small.pdf("stack.pdf", small.page(0), small.page(1), small.page(2))
    read = StackReader.read

    def pulled(self: StackReader, refs: object) -> object:
        for number, page in enumerate(read(self, refs)):  # type: ignore[arg-type]
            if number == 1:
                raise KeyboardInterrupt
            yield page

    monkeypatch.setattr("wamforms.tasks.scanning.TOGETHER", 1)
    monkeypatch.setattr(StackReader, "read", pulled)
    with pytest.raises(KeyboardInterrupt):
        small.scan(stack)
    stopped = sums(small)
    assert not stopped.adds_up
    assert stopped.ended is None
    assert stopped.files[0].missing == 2
    assert any("stopped before its end" in fault for fault in stopped.faults)
    monkeypatch.setattr(StackReader, "read", read)
    small.scan(stack)
    found = sums(small)
    assert found.adds_up
    assert piles(found) == {Pile.READ: 2, Pile.OTHER_RUN: 1}


def test_a_page_that_vanishes_between_listing_and_storing_is_missed_loudly(
    small: Office, desk: Desk
) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    with small.open() as study:
        batch = study.store.begin_batch()
        digest = study.store.snapshot().files[0].sha256
        study.store.add_batch_file(batch, BatchFile("one.pdf", digest, FileCame.SCANNED, 3))
        study.store.end_batch(batch)
    said = desk("reconcile", "study", "--json")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "THIS BATCH DOES NOT ADD UP" in said.err
    assert "one.pdf: 2 of 3 pages are in no pile" in said.err
    assert said.json["adds_up"] is False


def test_a_file_that_cannot_be_read_is_to_be_scanned_again(small: Office, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n")
    small.scan(broken)
    found = sums(small)
    assert found.adds_up
    assert found.pages == 0
    assert [line.source for line in found.rescan] == ["broken.pdf"]
    assert found.files[0].sha256 is not None


def test_the_screen_the_json_and_the_page_say_the_same(small: Office, desk: Desk) -> None:
    small.pdf("stack.pdf", small.page(0), blank_side())
    scanned = desk("scan", "study", "stack.pdf", "--workers", "0", "--json")
    assert scanned.code == ExitCode.OK
    assert "2 pages in = 1 read + 1 blank backs" in scanned.err
    assert "every page is accounted for" in scanned.err
    told = desk("reconcile", "study", "--pdf", "batch.pdf", "--json")
    assert told.code == ExitCode.OK
    assert {**told.json, "log_head": ""} == {**scanned.json["reconciliation"], "log_head": ""}
    assert told.json["batch"] == scanned.json["batch"] == 1
    with pikepdf.open("batch.pdf") as pdf:
        assert len(pdf.pages) == 1


def test_batches_are_listed_and_an_unknown_one_is_named(small: Office, desk: Desk) -> None:
    assert "nothing to reconcile" in desk("reconcile", "study").err
    small.scan(small.pdf("one.pdf", small.page(0)))
    small.scan(small.pdf("two.pdf", small.page(1)))
    assert [one["batch"] for one in desk("reconcile", "study", "--list", "--json").json] == [1, 2]
    said = desk("reconcile", "study", "--batch", "9")
    assert said.code == ExitCode.USAGE
    assert "no batch 9" in said.err


def test_the_page_holds_however_much_there_is(small: Office, tmp_path: Path) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    found = sums(small)
    long = replace(
        found,
        faults=tuple(f"fault {number}" for number in range(30)),
        files=found.files * 40,
        foreign=tuple(found.rescan) * 50,
    )
    write_reconciliation(long, tmp_path / "long.pdf")
    with pikepdf.open(tmp_path / "long.pdf") as pdf:
        assert len(pdf.pages) == 1
    with pytest.raises(UsageError, match="cannot be written"):
        write_reconciliation(long, tmp_path / "nowhere" / "long.pdf")


def test_the_equation_names_only_piles_that_hold_something(small: Office) -> None:
    small.scan(small.pdf("one.pdf", small.page(0)))
    assert equation(sums(small)) == "1 page in = 1 read"


def test_a_record_is_the_same_every_time_and_shows_what_the_typeface_lacks() -> None:
    parts = [("a", "b"), ("<b>&", "3")]
    assert one_page("x", table(parts, (0.5, 0.5)), "f") == one_page(
        "x", table(parts, (0.5, 0.5)), "f"
    )
    assert printable("scan 漢.pdf") == "scan ?.pdf"
