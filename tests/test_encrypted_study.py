"""Every verb works on an encrypted study, and no file of it says anything."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

import pytest

from layouts.dyadcode import parse_dyad_code
from layouts.errors import ExitCode
from records import ciphers
from records.images import SEALED
from records.plain_view import plain_view
from records.study import open_study
from records.study_folder import SETTINGS_FILE, STORE_FILE
from tests.desk import ALL, Answers, Desk, filled_in, scanned
from wamforms.cli import unlocking
from wamforms.cli.unlocking import PASSPHRASE
from wamforms.practice.stack import write_pdf
from wamforms.tasks.leftovers import leftovers

SECRET = "correct horse battery"
LIST = (
    "dyad,domain,language,officer,notes\n"
    ",probation,nl,OFFICER-JANSEN,NOTE-LEFT-HANDED\n,probation,en,OFFICER-DEVRIES,\n"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How a scanned page begins. All words are of five bytes and more: shorter ones come by chance."""

DOUBTFUL: Answers = {**ALL, "q03": [1, 4]}


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, SECRET)
    monkeypatch.setattr(ciphers, "COST", 4)


def made(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Make an encrypted study, print it, scan it in two processes, settle and export it."""
    desk = Desk(home, capsys)
    study = home / "study"
    assert desk("init", study, "--encrypt", "--domain", "probation", "--quiet").code == 0
    caseload = desk.write("list.csv", LIST)
    run = desk(
        *("print", study, "--wave", "start", "--caseload", caseload),
        *("--out", home / "forms.pdf", "--json"),
    ).json
    (home / "run.json").write_text(json.dumps(run))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.desk.open_study", lambda at: open_study(at, passphrase=SECRET))
        stack = scanned(study, run, DOUBTFUL, home / "stack.pdf")
    assert desk("scan", study, stack, "--workers", "2").code == ExitCode.DOUBTS_WAIT
    codes = sorted({page["dyad"] for page in run["pages"] if page["kind"] == "form"})
    answers = [
        one
        for code in codes
        for role in ("client", "professional")
        for one in ("--decide", f"{code}/{role}/1/q03=4")
    ]
    assert desk("settle", study, "--by", "AB", *answers).code == 0
    assert desk("export", study, home / "tables").code == 0
    return home


_MADE: list[Path] = []


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """Give a fresh copy of the encrypted study, which is made once."""
    if not _MADE:
        _MADE.append(made(Path(mkdtemp(prefix="wamforms-sealed-")), capsys))
    copytree(_MADE[0], tmp_path / "office")
    yield Desk(tmp_path / "office", capsys)


def codes_of(desk: Desk) -> list[str]:
    run = json.loads((desk.folder / "run.json").read_text())
    return sorted({page["dyad"] for page in run["pages"] if page["kind"] == "form"})


def test_no_file_of_the_study_holds_a_code_an_answer_an_officer_or_a_picture(desk: Desk) -> None:
    words = [b"OFFICER-", b"NOTE-LEFT", b"SQLite format", JPEG, b'"q03"', b'"value"', b"stack.pdf"]
    for code in codes_of(desk):
        words += [code.encode(), code.replace("-", "").encode()]
    files = [path for path in (desk.folder / "study").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".toml", ".key", ".sqlite", SEALED}
    assert sum(path.suffix == SEALED for path in files) >= 4
    for path in files:
        data = path.read_bytes()
        assert not data.startswith(b"\xff\xd8\xff"), path
        if path.name != SETTINGS_FILE:
            assert [word for word in words if word in data] == [], path


def test_the_same_words_are_there_once_the_files_are_decrypted(desk: Desk) -> None:
    with open_study(desk.folder / "study", passphrase=SECRET) as study:
        files = [path for path in study.folder.rglob("*") if path.is_file()]
        text = b""
        for path in files:
            view = plain_view(study, path)
            assert view is not None, path
            with view:
                text += view.read()
    for word in (b"OFFICER-JANSEN", b"NOTE-LEFT", JPEG, b'"q03"', b"stack.pdf"):
        assert word in text
    assert codes_of(desk)[0].replace("-", "").encode() in text


def test_tables_are_those_of_a_study_that_anybody_can_read(desk: Desk) -> None:
    answers = (desk.folder / "tables" / "answers_long.csv").read_text()
    assert answers.count("settled") == 4
    assert answers.count(",doubt,") == 1, "the name of a column"


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("status", 0),
        ("due", 0),
        ("missing", 0),
        ("reconcile", 0),
        ("check", 0),
        ("doctor", 0),
        ("export", 0),
    ],
)
def test_verbs_that_report_work_and_need_the_passphrase(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, verb: str, code: int
) -> None:
    study = desk.folder / "study"
    rest = [desk.folder / "more"] if verb == "export" else []
    assert desk(verb, study, *rest).code == code
    monkeypatch.setenv(PASSPHRASE, "something else")
    refused = desk(verb, study, *rest)
    assert refused.code == ExitCode.LOCKED
    assert "does not open: the passphrase is another one" in refused.sentence
    monkeypatch.delenv(PASSPHRASE)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    unasked = desk(verb, study, *rest)
    assert unasked.code == ExitCode.LOCKED
    assert f"Set the variable {PASSPHRASE}" in unasked.sentence


def test_status_and_doctor_say_that_it_is_encrypted(desk: Desk) -> None:
    study = desk.folder / "study"
    assert desk("status", study, "--json").json["is_encrypted"] is True
    assert "the study is encrypted" in desk("status", study).sentence
    assert "open with a passphrase only" in desk("doctor", study).err


def test_nothing_plain_is_written_into_the_study(desk: Desk) -> None:
    study = desk.folder / "study"
    for arguments in (
        ("print", study, "--wave", "start"),
        ("print", study, "--master"),
        ("export", study, study / "tables"),
        ("due", study, "--pdf", study / "due.pdf"),
        ("reconcile", study, "--pdf", study / "batch.pdf"),
    ):
        said = desk(*arguments)
        assert said.code == ExitCode.USAGE, arguments
        assert "is encrypted, and" in said.sentence
        assert "would not be" in said.sentence
    assert {path.name for path in study.iterdir()} == {
        "study.toml", "study.key", "study.sqlite", "images"
    }  # fmt: skip


def test_the_same_stack_again_counts_once(desk: Desk) -> None:
    said = desk("scan", desk.folder / "study", desk.folder / "stack.pdf", "--json")
    assert said.json["known_files"] == ["stack.pdf"]


def test_a_watched_folder_is_scanned_into_it(desk: Desk) -> None:
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    run = json.loads((desk.folder / "run.json").read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.desk.open_study", lambda at: open_study(at, passphrase=SECRET))
        page = filled_in(desk.folder / "study", run, ALL)[0]
    write_pdf([page], inbox / "late.pdf", 200)
    said = desk("watch", desk.folder / "study", inbox, "--once", "--steady", "0.1")
    assert said.code in (ExitCode.OK, ExitCode.DOUBTS_WAIT), said.err
    assert [one.name for one in (inbox / "done").rglob("*.pdf")] == ["late.pdf"]


def test_a_withdrawal_proves_itself_on_the_decrypted_files(desk: Desk) -> None:
    gone = codes_of(desk)[0]
    code = parse_dyad_code(gone)
    with open_study(desk.folder / "study", passphrase=SECRET) as study:
        digests = {digest for digest, _ in study.store.trace_of(code).pictures}
        sheets = [study.images.path(*one) for one in study.store.trace_of(code).pictures]
        kept = sheets[0].read_bytes()
        before = leftovers(study, code, digests)
    names = {one.file for one in before}
    assert STORE_FILE in names
    assert {path.relative_to(desk.folder / "study").as_posix() for path in sheets} <= names
    said = desk("forget", desk.folder / "study", gone, "--yes", "--json")
    assert (said.code, said.json["left"]) == (0, [])
    assert not any(path.exists() for path in sheets)
    sheets[0].write_bytes(kept)
    (desk.folder / "study" / "images" / "foreign.sealed").write_bytes(os.urandom(5000))
    with open_study(desk.folder / "study", passphrase=SECRET) as study:
        found = {one.what for one in leftovers(study, code, digests)}
    assert found == {
        "is a picture of a sheet",
        "is encrypted with another key, so nobody can tell what is in it",
    }


def test_a_backup_says_nothing_and_is_restored_at_another_place(desk: Desk) -> None:
    study, target = desk.folder / "study", desk.folder / "safe.zip"
    assert desk("backup", study, target, "--with-key").code == 0
    with zipfile.ZipFile(target) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, data in members.items():
        for code in codes_of(desk):
            assert code.encode() not in data, name
            assert code.replace("-", "").encode() not in data, name
    assert desk("restore", target, desk.folder / "elsewhere").code == 0
    assert desk("check", desk.folder / "elsewhere", "--head", target).code == 0


def test_the_passphrase_verb_changes_it_and_says_what_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAMFORMS_NEW_PASSPHRASE", "another long one")
    changed = desk("passphrase", desk.folder / "study", "--json")
    assert "backups made before keep the old one" in changed.err
    assert changed.json["is_changed"] is True
    assert desk("status", desk.folder / "study").code == ExitCode.LOCKED
    monkeypatch.setenv(PASSPHRASE, "another long one")
    assert desk("check", desk.folder / "study").code == 0


def test_no_verb_opens_a_study_without_asking_for_its_passphrase() -> None:
    folder = Path(unlocking.__file__).parent
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in folder.glob("*.py")
        if path.name != "unlocking.py"
    }
    careless = [
        name
        for name, text in texts.items()
        if "open_study(" in text and "from wamforms.cli.unlocking import" not in text
    ]
    assert careless == []
    assert sum("open_study(" in text for text in texts.values()) > 10


def test_a_sheet_that_cannot_be_written_makes_no_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, capsys)
    taken = desk.write("taken.pdf", "a letter")
    for sheet in (taken, tmp_path / "new" / "sheet.pdf"):
        said = desk("init", tmp_path / "new", "--encrypt", "--sheet", sheet)
        assert said.code == ExitCode.USAGE
    assert desk("init", tmp_path / "new", "--sheet", tmp_path / "s.pdf").code == ExitCode.USAGE
    assert not (tmp_path / "new").exists()
    assert taken.read_text() == "a letter"
    made = desk("init", tmp_path / "new", "--encrypt", "--sheet", tmp_path / "s.pdf")
    assert (made.code, (tmp_path / "s.pdf").is_file()) == (0, True)
    assert "--out FORMS.pdf" in made.err
