"""Campaigns resume, grow, add up, and never mix what does not belong together."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Self

import numpy as np
import pytest

from bench.accuracy import main
from bench.campaign import CHUNK, Campaign, Counted, conditions_of, run
from bench.conditions import IN_SPEC, SETS
from bench.journal import NAME, READER_SOURCES, Done, Journal, Task, sources_digest, usual_marks
from bench.pages import make_page
from bench.tally import Row, Tally
from layouts.errors import ExitCode, FaultyFileError, UsageError

MARKS = {"reader": "one", "pages": "one"}
CONDITION = "print, 150 dpi"
LONGEST_S = 600.0
"""For what ends in seconds on a free computer; who is still there then will stay."""


def task(first: int = 0, pages: int = 2, condition: str = CONDITION) -> Task:
    return Task("in-spec", condition, 1, first, pages)


def tally(pages: int = 2) -> Tally:
    miss = Row(
        CONDITION, 1, 0, 3, "q04", "answered", {"style": "tick"}, 4, None, "blank for answer"
    )
    return Tally(
        pages=pages,
        untouched=1,
        positions=95,
        fields=19,
        readable=18,
        asked=2,
        asked_readable=1,
        wrong=Counter({"blank for answer": 1}),
        refused=Counter({"streaks across the page": 1}),
        facets=Counter({"style|tick|wrong": 1}),
        asked_for=Counter({"answered: faint mark": 2}),
        misses=(miss,),
        seconds=0.25,
    )


def journal_of(path: Path, *done: Done) -> Journal:
    journal = Journal(path, MARKS)
    for one in done:
        journal.add(one)
    return journal


def counted(journal: Journal) -> list[tuple[str, Tally]]:
    return list(journal.tallies("in-spec", 1))


class HerePool:
    """Does at once and in this process what is handed to it."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, do: Callable[..., Done], *about: object) -> "Future[Done]":
        future: Future[Done] = Future()
        future.set_result(do(*about))
        return future


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.campaign.ProcessPoolExecutor", HerePool)


def campaign(size: int, by: Counted = Counted.PAGES) -> Campaign:
    return Campaign("in-spec", (CONDITION, "print, 200 dpi"), 1, size, by)


def worked(size: int, journal: Journal, by: Counted = Counted.PAGES) -> dict[str, Tally]:
    ordered = campaign(size, by)
    assert run(ordered, journal, 1, lambda _total, _planned: None)
    return ordered.totals(journal)


def timeless(totals: dict[str, Tally]) -> list[dict[str, object]]:
    return [{**one.plain(), "seconds": 0} for one in totals.values()]


def test_a_journal_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "folder" / NAME
    journal_of(path, Done(task(), tally()), Done(task(2), tally()))
    again = Journal(path, MARKS)
    assert counted(again) == [(CONDITION, tally()), (CONDITION, tally())]
    assert again.is_done("in-spec", CONDITION, 1, 3)
    assert not again.is_done("in-spec", CONDITION, 1, 4)
    assert not again.is_done("in-spec", CONDITION, 2, 3)


@pytest.mark.parametrize("torn", [1, 40, 10_000])
def test_a_torn_last_line_is_done_again(tmp_path: Path, torn: int) -> None:
    path = tmp_path / NAME
    journal_of(path, Done(task(), tally()), Done(task(2), tally()))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    path.write_bytes(whole[: min(first + torn, len(whole) - 1)])
    again = Journal(path, MARKS)
    assert not again.is_done("in-spec", CONDITION, 1, 2)
    again.add(Done(task(2), tally()))
    assert path.read_bytes() == whole
    assert len(counted(Journal(path, MARKS))) == 2


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / NAME
    journal_of(path, Done(task(), tally()), Done(task(2), tally()))
    path.write_bytes(path.read_bytes()[5:])
    with pytest.raises(FaultyFileError, match="line 1 is damaged"):
        Journal(path, MARKS)


@pytest.mark.parametrize(
    ("changed", "said"), [("reader", "another reader"), ("pages", "other pages")]
)
def test_results_of_a_changed_reader_or_simulator_do_not_mix(
    tmp_path: Path, changed: str, said: str
) -> None:
    path = tmp_path / NAME
    journal_of(path, Done(task(), tally()))
    with pytest.raises(UsageError, match=said) as caught:
        Journal(path, {**MARKS, changed: "two"})
    assert "--restart" in caught.value.advice


def test_a_restart_keeps_the_old_results_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / NAME
    for number in (1, 2):
        journal_of(path, Done(task(), tally()))
        assert counted(Journal.afresh(path, {**MARKS, "reader": "two"})) == []
        assert (tmp_path / f"tasks.old-{number}.jsonl").exists()


def test_pages_that_two_programs_counted_are_counted_once(tmp_path: Path) -> None:
    path = tmp_path / NAME
    two = Journal(path, MARKS)
    journal_of(path, Done(task(), tally()))
    two.add(Done(task(1, 3), tally()))
    assert len(counted(Journal(path, MARKS))) == 1


def test_the_fingerprint_sees_words_and_not_line_ends(tmp_path: Path) -> None:
    prints = []
    for number, text in enumerate(("a = 1\n", "a = 1\r\n", "a = 2\n")):
        root = tmp_path / str(number)
        (root / "scan" / "deep").mkdir(parents=True)
        (root / "scan" / "deep" / "one.py").write_bytes(text.encode())
        prints.append(sources_digest(READER_SOURCES, root))
    assert prints[0] == prints[1] != prints[2]


def test_the_fingerprint_covers_the_reader_and_the_simulator() -> None:
    assert usual_marks() == usual_marks()
    assert usual_marks("ink of somebody")["pages"] != usual_marks()["pages"]
    assert usual_marks()["reader"].split(",")[0] != usual_marks()["pages"]


def test_a_page_depends_on_its_number_and_not_on_pages_made_before() -> None:
    condition = IN_SPEC[CONDITION]
    third = make_page(CONDITION, condition, 1, 2)
    make_page(CONDITION, condition, 1, 7)
    again = make_page(CONDITION, condition, 1, 2)
    assert np.array_equal(third.picture, again.picture)
    assert third.made == again.made
    other = make_page(CONDITION, condition, 1, 3)
    assert other.picture.shape != again.picture.shape or (other.picture != again.picture).any()


@pytest.mark.usefixtures("here")
def test_a_campaign_grows_to_the_same_as_one_of_full_size(tmp_path: Path) -> None:
    path = tmp_path / NAME
    worked(6, Journal(path, MARKS))
    before = path.read_bytes()
    grown = worked(14, Journal(path, MARKS))
    assert path.read_bytes().startswith(before)
    assert [one.pages for one in grown.values()] == [7, 7]
    assert timeless(grown) == timeless(worked(14, Journal(None, MARKS)))


@pytest.mark.usefixtures("here")
def test_a_size_in_positions_is_reached() -> None:
    totals = worked(500, Journal(None, MARKS), Counted.POSITIONS)
    assert sum(one.positions for one in totals.values()) >= 500
    assert sum(one.pages for one in totals.values()) <= 8


def arguments(out: Path, pages: int) -> list[str]:
    return [
        *(sys.executable, "-m", "bench.accuracy", "--only", CONDITION, "--out", str(out)),
        *("--pages", str(pages), "--workers", "1"),
    ]


@contextmanager
def started(out: Path, pages: int) -> Iterator["subprocess.Popen[str]"]:
    """Start a campaign and come back when its first task is done."""
    # In the background of a script Ctrl-C is ignored, and whoever is started inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(arguments(out, pages), stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    journal = out / "in-spec" / NAME
    with process:
        try:
            while not journal.exists() or not journal.read_bytes():
                assert process.poll() is None
                sleep(0.02)
            yield process
        finally:
            process.kill()


def test_a_killed_campaign_goes_on_and_counts_every_page_once(tmp_path: Path) -> None:
    with started(tmp_path, 4000) as process:
        process.kill()
        process.communicate(timeout=LONGEST_S)  # ends only if the workers, who hold it, end too
    path = tmp_path / "in-spec" / NAME
    before = path.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    done = CHUNK * whole.count(b"\n")
    assert 0 < done < 4000
    subprocess.run(arguments(tmp_path, done + CHUNK), check=True, capture_output=True)
    assert path.read_bytes().startswith(whole)
    report = json.loads((tmp_path / "in-spec" / "accuracy.json").read_text())
    assert report["all"]["pages"] == done + CHUNK
    table = (tmp_path / "in-spec" / "accuracy.md").read_text()
    assert f"| print, 150 dpi | {done + CHUNK} |" in table


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_with_a_report_and_says_how_to_go_on(tmp_path: Path) -> None:
    with started(tmp_path, 4000) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LONGEST_S)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "the same command goes on from here" in said
    assert json.loads((tmp_path / "in-spec" / "accuracy.json").read_text())["all"]["pages"] < 4000


def test_every_condition_has_a_name_of_its_own() -> None:
    names = [name for set_name in SETS for name in conditions_of(set_name)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--ink", "nowhere.npz"], ExitCode.INPUT_UNREADABLE, "nowhere.npz is not there"),
        (["--only", "no such"], ExitCode.USAGE, "No set has the conditions no such"),
        (["--set", "phone", "--only", CONDITION], ExitCode.USAGE, "phone has no condition"),
        (["--pages", "0"], 2, "at least 1"),
    ],
)
def test_what_cannot_be_measured_is_said(
    words: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["accuracy", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == code
    assert said in capsys.readouterr().err
