"""What a scanner writes is scanned once and moved once, whatever happens in between."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from layouts.errors import ExitCode, UsageError
from tests.desk import ALL, Desk
from tests.small_study import Office, letter, office
from wamforms.tasks.inbox import DONE, PROBLEM, REASON, Inbox
from wamforms.tasks.scanning import scan_stack
from wamforms.tasks.watching import Fate, Handled, InboxAwayError, watching

STEADY_S = 0.1


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


@pytest.fixture
def small(tmp_path: Path) -> Office:
    (tmp_path / "inbox").mkdir()
    return office(tmp_path)


def inbox(small: Office) -> Path:
    return small.folder.parent / "inbox"


def look(small: Office) -> list[Handled]:
    """Look until files are steady, as `--once` does."""
    with (
        small.open() as study,
        watching(study, inbox(small), steady_s=STEADY_S, workers=0) as watcher,
    ):
        first = list(watcher.look())
        time.sleep(STEADY_S)
        return [*first, *watcher.look()]


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def old(path: Path) -> Path:
    """Make a file look as if it had been lying there for an hour."""
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))
    return path


def answers_of(small: Office) -> int:
    with small.open() as study:
        return len([page for page in study.store.snapshot().pages if page.scan()])


def test_a_complete_stack_is_scanned_and_goes_to_done(small: Office) -> None:
    small.pdf("inbox/stack.pdf", small.page(0), small.page(1))
    before = time.strftime("%Y-%m")
    (handled,) = look(small)
    assert handled.fate is Fate.DONE
    months = {before, time.strftime("%Y-%m")}  # it may be midnight
    assert handled.to in {f"{DONE}/{month}/stack.pdf" for month in months}
    assert handled.counts == {"read": 2}
    assert lying(inbox(small) / DONE) == ["stack.pdf"]
    assert answers_of(small) == 2


def test_the_same_bytes_again_are_a_duplicate_and_count_once(small: Office) -> None:
    first = small.pdf("inbox/stack.pdf", small.page(0))
    copied = first.read_bytes()
    look(small)
    (inbox(small) / "other name.pdf").write_bytes(copied)
    (inbox(small) / "stack.pdf").write_bytes(copied)
    handled = look(small)
    assert [one.fate for one in handled] == [Fate.DUPLICATE, Fate.DUPLICATE]
    assert "stack.pdf, scanned before" in handled[0].reason
    assert lying(inbox(small) / DONE) == ["other name.pdf", "stack-2.pdf", "stack.pdf"]
    assert answers_of(small) == 1


def test_two_files_of_the_same_bytes_at_once_count_once(small: Office) -> None:
    first = small.pdf("inbox/a.pdf", small.page(0))
    (inbox(small) / "b.pdf").write_bytes(first.read_bytes())
    assert [one.fate for one in look(small)] == [Fate.DONE, Fate.DUPLICATE]
    assert answers_of(small) == 1


def test_a_refused_page_sends_the_file_to_problem_with_the_page_named(small: Office) -> None:
    small.pdf("inbox/mixed.pdf", small.page(0), letter())
    (handled,) = look(small)
    assert handled.fate is Fate.PROBLEM
    assert lying(inbox(small) / PROBLEM) == ["mixed.pdf", "mixed.pdf" + REASON]
    (reason,) = (inbox(small) / PROBLEM).rglob("*" + REASON)
    assert "mixed.pdf#2: refused, no corner markers" in reason.read_text()
    assert handled.sha256 in reason.read_text()
    assert answers_of(small) == 1


def test_a_problem_that_is_put_back_is_a_problem_again(small: Office) -> None:
    small.pdf("inbox/mixed.pdf", letter())
    (handled,) = look(small)
    (inbox(small) / handled.to).rename(inbox(small) / "mixed.pdf")
    (again,) = look(small)
    assert again.fate is Fate.PROBLEM
    assert lying(inbox(small) / PROBLEM) == ["mixed.pdf", "mixed.pdf" + REASON]


def test_a_broken_file_waits_a_while_and_then_is_a_problem(small: Office) -> None:
    broken = inbox(small) / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n")
    (handled,) = look(small)
    assert handled.fate is Fate.LATER
    assert "not whole yet" in handled.reason
    assert broken.exists()
    old(broken)
    (handled,) = look(small)
    assert handled.fate is Fate.PROBLEM
    assert lying(inbox(small) / PROBLEM) == ["broken.pdf", "broken.pdf" + REASON]


def test_what_stays_is_told_once(small: Office) -> None:
    (inbox(small) / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    with (
        small.open() as study,
        watching(study, inbox(small), steady_s=STEADY_S, workers=0) as watcher,
    ):
        told = []
        for _ in range(4):
            told += list(watcher.look())
            time.sleep(STEADY_S)
    assert len(told) == 1


def test_a_file_that_grows_is_left_alone(small: Office) -> None:
    path = small.pdf("stack.pdf", small.page(0))
    half = path.read_bytes()
    growing = inbox(small) / "stack.pdf"
    watched = Inbox(inbox(small), STEADY_S)
    for end in (len(half) // 2, len(half) // 2 + 1, len(half)):
        growing.write_bytes(half[:end])
        assert watched.complete() == []
        time.sleep(STEADY_S / 2)
    time.sleep(STEADY_S)
    assert watched.complete() == [growing]


@pytest.mark.parametrize("name", [".hidden.pdf", "~$stack.pdf", "stack.pdf.part", "scan.TMP"])
def test_names_of_unfinished_files_are_left_alone(small: Office, name: str) -> None:
    old(small.pdf(f"inbox/{name}", small.page(0)))
    assert look(small) == []
    assert (inbox(small) / name).exists()


def test_a_file_that_another_program_has_locked_is_left_alone(small: Office) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = small.pdf("inbox/stack.pdf", small.page(0))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert look(small) == []
    assert [one.fate for one in look(small)] == [Fate.DONE]


def test_folders_in_the_inbox_are_not_looked_into(small: Office) -> None:
    (inbox(small) / "sub").mkdir()
    small.pdf("inbox/sub/stack.pdf", small.page(0))
    assert look(small) == []


@pytest.mark.parametrize("moment", ["before a page", "before the move", "after the reason"])
def test_killed_at_any_moment_nothing_is_lost_or_scanned_twice(
    small: Office, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    small.pdf("inbox/mixed.pdf", small.page(0), small.page(1), letter())

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        match moment:
            case "before a page":
                patched.setattr("wamforms.tasks.scanning._Stack._store_pages", stop)
            case "before the move":
                patched.setattr(Inbox, "move", stop)
            case _:
                patched.setattr(Path, "rename", stop)
        with pytest.raises(KeyboardInterrupt):
            look(small)
    assert (inbox(small) / "mixed.pdf").exists()
    (handled,) = look(small)
    assert handled.fate is Fate.PROBLEM
    assert lying(inbox(small) / PROBLEM) == ["mixed.pdf", "mixed.pdf" + REASON]
    assert not (inbox(small) / "mixed.pdf").exists()
    assert answers_of(small) == 2


def test_a_killed_watcher_leaves_no_lock_behind(small: Office) -> None:
    command = [sys.executable, "-m", "wamforms", "watch", str(small.folder), str(inbox(small))]
    running = subprocess.Popen(
        [*command, "--every", "0.1", "--steady", "0.1", "--workers", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    assert "Watching" in running.stderr.readline()
    with small.open() as study:
        second = watching(study, inbox(small), steady_s=1, workers=0)
        with pytest.raises(UsageError, match="watched by another"), second:
            pass
    running.kill()
    running.wait()
    running.stderr.close()
    assert look(small) == []


def test_a_file_that_changes_while_it_is_read_is_looked_at_again(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small.pdf("inbox/stack.pdf", small.page(0))

    def slow(*args: object, **more: object) -> object:
        report = scan_stack(*args, **more)  # type: ignore[arg-type]
        path.write_bytes(path.read_bytes() + b"\n% more\n")
        return report

    with monkeypatch.context() as patched:
        patched.setattr("wamforms.tasks.watching.scan_stack", slow)
        (handled,) = look(small)
    assert handled.fate is Fate.LATER
    assert path.exists()
    assert [one.fate for one in look(small)] == [Fate.DONE]
    assert answers_of(small) == 2  # the same picture twice: the second is a duplicate


def test_an_inbox_that_is_away_is_named(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OSError(112, "Host is down")

    monkeypatch.setattr(Inbox, "complete", away)
    with pytest.raises(InboxAwayError, match="Host is down"):
        look(small)


@pytest.mark.parametrize("where", ["study", "study/images", "."])
def test_study_and_inbox_do_not_lie_in_one_another(small: Office, desk: Desk, where: str) -> None:
    assert small.folder.exists()
    said = desk("watch", "study", where, "--once")
    assert said.code == ExitCode.USAGE
    assert "lie in one another" in said.err


def test_once_gives_a_line_for_each_file_and_an_exit_code(small: Office, desk: Desk) -> None:
    small.pdf("inbox/a.pdf", small.page(0))
    small.pdf("inbox/b.pdf", letter())
    (desk.folder / "inbox" / "notes.docx").write_bytes(b"PK")
    old(desk.folder / "inbox" / "notes.docx")
    said = desk("watch", "study", "inbox", "--once", "--steady", "0.1", "--workers", "0", "--json")
    assert said.code == ExitCode.PAGES_REFUSED
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [(one["name"], one["fate"]) for one in lines] == [
        ("a.pdf", "done"),
        ("b.pdf", "problem"),
        ("notes.docx", "problem"),
    ]
    assert "a.pdf -> done/" in said.err
    assert desk("watch", "study", "inbox", "--once", "--steady", "0.1").code == ExitCode.OK


def test_once_tells_when_a_person_is_waited_for(small: Office, desk: Desk) -> None:
    both = small.page(0).copy()
    both[:] = small.page(0, {**ALL, "q07": 1}) & small.page(0, {**ALL, "q07": 4})
    small.pdf("inbox/a.pdf", both)
    said = desk("watch", "study", "inbox", "--once", "--steady", "0.1", "--workers", "0")
    assert said.code == ExitCode.DOUBTS_WAIT
    assert "wamforms settle study" in said.err
