"""What goes wrong in an office on an ordinary day, and how the command line bears it."""

import errno
import io
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

import wamforms.cli.form_commands
from layouts.errors import ExitCode
from records.study import open_study
from tests.desk import ALL, CASELOAD, Answers, Desk, scanned
from wamforms.tasks.status import status_of

FOLDER = "Mijn studie één"
"""A study as people name it: with spaces, and letters beyond ASCII."""

DOUBTS: Answers = {**ALL, "q07": (2, 4), "q11": (1, 5)}


@pytest.fixture
def office(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("office")
    monkeypatch.chdir(folder)
    desk = Desk(folder, capsys)
    desk("init", FOLDER, "--domain", "probation", "--quiet")
    desk.write("list.csv", CASELOAD.splitlines()[0] + "\n,probation,nl,B,\n")
    yield desk


@pytest.fixture
def doubtful(office: Desk) -> Desk:
    said = office("print", FOLDER, "--wave", "1", "--caseload", "list.csv", "--json", "--quiet")
    scanned(office.folder / FOLDER, said.json, DOUBTS, office.folder / "stack.pdf")
    found = office("scan", FOLDER, "stack.pdf", "--workers", "0")
    assert found.code == ExitCode.DOUBTS_WAIT
    return office


def names(desk: Desk) -> list[str]:
    listed = desk("settle", FOLDER, "--list", "--json").json
    return ["/".join(str(one[part]) for part in ("dyad", "role", "wave", "item")) for one in listed]


def values(desk: Desk) -> list[int | None]:
    with open_study(desk.folder / FOLDER) as study:
        return [verdict.value for verdict in study.store.snapshot().verdicts]


def test_the_next_step_can_be_typed_as_it_stands(doubtful: Desk) -> None:
    said = doubtful("status", FOLDER)
    assert f"Next: wamforms settle '{FOLDER}'" in said.err


def test_a_disk_that_fills_up_is_one_sentence(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "forms.pdf")

    with monkeypatch.context() as patch:
        patch.setattr(wamforms.cli.form_commands, "print_wave", full)
        said = office("print", FOLDER, "--wave", "1", "--caseload", "list.csv")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert said.sentence == (
        "Error: forms.pdf cannot be read or written (No space left on device)"
        " Make room and run the same command again; what was stored is safe."
    )


def test_a_mistake_of_the_program_is_not_blamed_on_the_disk(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(wamforms.cli.form_commands, "print_wave", wrong)
    with pytest.raises(OSError, match="Bad file descriptor"):
        office("print", FOLDER, "--wave", "1", "--caseload", "list.csv")


def test_a_folder_without_scans_is_named(doubtful: Desk) -> None:
    (doubtful.folder / "leeg").mkdir()
    said = doubtful("scan", FOLDER, "leeg", "--workers", "0")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert "leeg: The folder holds no PDF, TIFF, PNG or JPEG file; check the name." in said.err


def test_a_codebook_in_an_unknown_language_is_not_silently_another(doubtful: Desk) -> None:
    said = doubtful("export", FOLDER, "tables", "--language", "de")
    assert said.code == ExitCode.USAGE
    assert "has the language 'de' Choose one of: en, nl." in said.sentence
    assert not (doubtful.folder / "tables").exists()


def test_conflicts_are_counted_among_what_waits(doubtful: Desk) -> None:
    with open_study(doubtful.folder / FOLDER) as study:
        dyad = study.store.dyads()[0].code
    run = doubtful("print", FOLDER, "--wave", "1", "--dyad", dyad, "--json", "--quiet").json
    scanned(doubtful.folder / FOLDER, run, ALL, doubtful.folder / "second.pdf")
    said = doubtful("scan", FOLDER, "second.pdf", "--workers", "0")
    assert said.code == ExitCode.PAGES_REFUSED
    assert "0 answers, 0 wait for a person, and 2 conflicts" in said.err


def test_after_a_scan_of_nothing_new_the_old_doubts_still_come_next(doubtful: Desk) -> None:
    said = doubtful("scan", FOLDER, "stack.pdf", "--workers", "0")
    assert said.code == ExitCode.OK
    assert "stack.pdf: scanned before, nothing to do" in said.err
    assert "Next: wamforms settle" in said.err


def test_a_script_that_gives_no_initials_is_told_so(
    doubtful: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    said = doubtful("settle", FOLDER, "--decide", f"{names(doubtful)[0]}=3")
    assert said.code == ExitCode.USAGE
    assert "--by AB" in said.err


def test_a_slip_is_put_right_by_deciding_again(doubtful: Desk) -> None:
    name = names(doubtful)[0]
    for answer in ("2", "4"):
        doubtful("settle", FOLDER, "--by", "AB", "--decide", f"{name}={answer}")
    assert values(doubtful) == [2, 4], "a changed mind is a new row"
    doubtful("export", FOLDER, "tables")
    dyad, role, _, item = name.split("/")
    long = (doubtful.folder / "tables/answers_long.csv").read_text(encoding="utf-8")
    assert f"{dyad},probation,{role},1,{item},4,settled," in long


def test_what_the_machine_read_for_certain_is_not_asked_about(doubtful: Desk) -> None:
    name = names(doubtful)[0].rpartition("/")[0] + "/q01"
    said = doubtful("settle", FOLDER, "--by", "AB", "--decide", f"{name}=3")
    assert said.code == ExitCode.USAGE
    assert f"{name} does not wait for a decision" in said.err


def test_the_key_b_goes_back_to_the_question_before(
    doubtful: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = chain(["AB", "b", "1", "b", "2"], repeat("q"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(keys))
    said = doubtful("settle", FOLDER)
    assert said.err.count("1 of 4") == 3, "before the first there is nothing"
    assert values(doubtful) == [1, 2]
    with open_study(doubtful.folder / FOLDER) as study:
        assert status_of(study).doubts == 3
