import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import wamforms.cli.start
import wamforms.tasks.demo
from layouts.errors import ExitCode
from records.schema import VERSION
from tests.desk import ALL, CASELOAD, Desk, Said, scanned
from wamforms.practice.grading import Grade

BROKEN = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n"


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    yield Desk(tmp_path, capsys)


@pytest.fixture
def made(desk: Desk) -> Desk:
    assert desk("init", "study", "--domain", "probation", "--quiet").code == ExitCode.OK
    desk.write("list.csv", CASELOAD)
    return desk


@pytest.fixture
def printed(made: Desk) -> Desk:
    said = made("print", "study", "--wave", "1", "--caseload", "list.csv", "--json", "--quiet")
    assert said.code == ExitCode.OK
    scanned(made.folder / "study", said.json, ALL, made.folder / "good.pdf")
    return made


def is_one_sentence(said: Said) -> bool:
    """A line that begins with `Error:`, perhaps a line of advice, and nothing of Python's."""
    assert said.out == ""
    assert not re.search(r"Traceback|File \"|\.py\b|<class|errno", said.err)
    lines = [line for line in said.err.splitlines() if line]
    errors = [line for line in lines if line.startswith("Error: ")]
    return len(errors) == 1 and len(lines) <= 6


# 2: what was asked does not exist or does not go together.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("prnt study", "No such command 'prnt'"),
        ("print study", "Missing option '--wave'"),
        ("print study --wave 9 --caseload list.csv", "no wave '9'"),
        ("print study --wave 1 --caseload none.csv", "'none.csv' does not exist"),
        ("print study --wave 1 --caseload list.csv --dyad K7Q4", "do not go together"),
        ("print study --wave 1 --dyad K7Q4", "has 4 characters, not 8"),
        ("print study --wave 1 --dyad K7Q4-2M9D", "its check character does not fit"),
        ("print study --wave 1", "nobody is enrolled"),
        ("print study --wave 1 --caseload list.csv --out no/x.pdf", "no is not a folder"),
        ("print study --wave 1 --caseload list.csv --out list.csv", "list.csv exists already"),
        ("print study --wave 1 --caseload list.csv --role judge", "'judge' is not one of"),
        ("layout prison", "there is no domain 'prison'"),
        ("layout probaton", "did you mean 'probation'?"),
        ("layout probation --language fr", "no client form in language 'fr'"),
        ("layout probation --paper a5", "'a5' is not one of"),
        ("layout probation --definitions none", "'none' does not exist"),
        ("scan study good.pdf", "has not printed any forms yet"),
        ("scan study", "Missing argument 'PATHS...'"),
        ("scan study good.pdf --workers many", "'many' is not a valid integer"),
        ("export study tables", "no form has been read yet"),
        ("status list.csv", "'list.csv' is a file"),
        ("status nowhere", "nowhere is not a study: it has no study.toml"),
        ("settle nowhere", "nowhere is not a study"),
        ("export nowhere tables", "nowhere is not a study"),
        ("scan nowhere good.pdf", "nowhere is not a study"),
        ("print nowhere --wave 1", "nowhere is not a study"),
        ("init study", "study is not empty"),
        ("init list.csv", "'list.csv' is a file"),
        ("init list.csv/study", "cannot become a study"),
        ("init new --domain prison --domain jail", "prison, jail: choose from debt-counselling"),
        ("init new --language fr", "'fr' is none of en, nl"),
        ("init new --paper a5", "'a5' is not one of"),
        ("demo study", "study is not empty"),
        ("demo new --dyads 0", "0 is not in the range"),
        ("settle study --by AB --decide nonsense", "is not CODE/ROLE/WAVE/ITEM=ANSWER"),
        ("settle study --by AB --decide K7Q4-2M9D/client/1/q07=3", "check character"),
    ],
)
def test_a_mistyped_command_says_what_to_do_instead(made: Desk, words: str, said: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.folder.rglob("*.toml")}
    found = made(*words.split(" "))
    assert found.code == ExitCode.USAGE
    assert said in found.sentence
    assert is_one_sentence(found)
    assert before == {path: path.stat().st_mtime_ns for path in made.folder.rglob("*.toml")}


def test_no_command_at_all_shows_the_verbs(desk: Desk) -> None:
    said = desk()
    assert said.code == ExitCode.USAGE
    assert "wamforms demo" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "words", ["--language N-L --own-wording", "--wave a --wave a", "--title ''"]
)
def test_settings_that_could_not_be_read_back_make_no_study(desk: Desk, words: str) -> None:
    said = desk("init", "new", *(word.strip("'") for word in words.split(" ")))
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert is_one_sentence(said)
    assert "the settings of new: 1 fault" in said.sentence
    assert not (desk.folder / "new").exists()


# 3: input that cannot be read.


def test_a_missing_scan_is_named(printed: Desk) -> None:
    said = printed("scan", "study", "none.pdf", "--workers", "0")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert "none.pdf: There is no such file or folder; check the name." in said.err
    assert "Traceback" not in said.err
    assert "wamforms export" not in said.err


@pytest.mark.parametrize(
    ("name", "content"),
    [("broken.pdf", BROKEN), ("notes.txt", b"hello"), ("empty.pdf", b""), ("cut.jpg", b"\xff\xd8")],
)
def test_a_file_that_is_no_scan_is_named(printed: Desk, name: str, content: bytes) -> None:
    printed.write(name, content)
    said = printed("scan", "study", name, "--workers", "0", "--json")
    assert said.code in (ExitCode.INPUT_UNREADABLE, ExitCode.PAGES_REFUSED)
    report = said.json
    assert report["answers"] == 0
    assert report["unreadable"] or report["pages"][0]["reason"]
    assert name in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("prison", ("line 2: domain 'prison'", "line 3: probation has no language 'fr'")),
        ("\xe9", ("is not UTF-8 text",)),
    ],
)
def test_a_faulty_caseload_lists_all_its_faults(
    made: Desk, content: str, faults: tuple[str, ...]
) -> None:
    text = f"domain,language\n{content},\nprobation,fr\n"
    made.write("bad.csv", text.encode("latin-1"))
    said = made("print", "study", "--wave", "1", "--caseload", "bad.csv")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert is_one_sentence(said)
    for fault in faults:
        assert f"  - {fault}" in said.err
    assert "bad.csv" in said.err
    assert "nothing was changed" in said.err


def test_a_faulty_study_file_lists_all_its_faults(made: Desk) -> None:
    made.write("study/study.toml", 'title = ""\npaper = "a5"\ndomains = []\ncolour = "red"\n')
    for verb in ("status", "settle", "export"):
        said = made(verb, "study", *(["tables"] if verb == "export" else []))
        assert said.code == ExitCode.INPUT_UNREADABLE
        for key in ("title", "paper", "domains", "waves", "language", "colour"):
            assert re.search(rf"^  - {key}: .+; .+$", said.err, re.MULTILINE), key
        assert "study.toml: 6 faults" in said.sentence
        assert not re.search(r"Traceback|pydantic", said.err)


def test_an_unknown_threshold_names_the_known_ones(printed: Desk) -> None:
    settings = printed.folder / "study/study.toml"
    settings.write_text(settings.read_text() + "darkness = 0.3\nlightness = 0.1\n")
    said = printed("scan", "study", "good.pdf", "--workers", "0")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert is_one_sentence(said)
    assert "study.toml: 2 faults" in said.sentence
    assert "thresholds.darkness: no such limit; use one of: " in said.err
    assert "thresholds.lightness" in said.err


@pytest.mark.parametrize("name", ["study.key", "study.sqlite", "study.toml"])
def test_a_lost_part_of_the_study_is_named(made: Desk, name: str) -> None:
    (made.folder / "study" / name).unlink()
    said = made("status", "study")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert is_one_sentence(said)
    assert f"study/{name} is missing" in said.sentence


@pytest.mark.parametrize("name", ["study.key", "study.sqlite"])
def test_a_damaged_part_of_the_study_is_named(made: Desk, name: str) -> None:
    made.write(f"study/{name}", b"not what it was" * 400)
    said = made("status", "study")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert is_one_sentence(said)
    assert name in said.sentence
    assert "Put the file back" in said.sentence


def test_faulty_questionnaires_list_all_their_faults(desk: Desk) -> None:
    desk("init", "study", "--own-wording", "-q")
    shared = desk.folder / "study/definitions/wam.toml"
    text = shared.read_text(encoding="utf-8")
    text = text.replace('shape = "round"', 'shape = "oval"').replace("key = -1", "key = 7")
    shared.write_text(text, encoding="utf-8")
    said = desk("layout", "probation", "--definitions", "study/definitions")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert "3 faults" in said.sentence
    assert said.err.count("wam.toml: ") == 3
    assert "Traceback" not in said.err


# 4: doubts wait. 5: pages were refused.


def test_a_broken_file_does_not_keep_the_good_one_out(printed: Desk) -> None:
    printed.write("broken.pdf", BROKEN)
    said = printed(
        "scan", "study", "broken.pdf", "good.pdf", "none.pdf", "--workers", "0", "--json"
    )
    assert said.code == ExitCode.PAGES_REFUSED
    report = said.json
    assert {name for name, _ in report["unreadable"]} == {"broken.pdf", "none.pdf"}
    assert report["counts"]["read"] == 4
    status = printed("status", "study", "--json")
    assert sum(one["received"] for one in status.json["waves"]) == 4


def test_pages_of_another_study_are_refused_by_name(printed: Desk) -> None:
    printed("init", "other", "--domain", "probation", "-q")
    printed("print", "other", "--wave", "1", "--caseload", "list.csv", "-q")
    said = printed("scan", "other", "good.pdf", "--workers", "0")
    assert said.code == ExitCode.PAGES_REFUSED
    assert "4 pages = 4 refused" in said.err
    assert "good.pdf#1: refused, code of another study or forged" in said.err


def test_a_doubt_ends_with_its_own_code(printed: Desk) -> None:
    run = printed("print", "study", "--wave", "2", "--json", "-q").json
    stack = scanned(printed.folder / "study", run, {**ALL, "q03": (1, 5)}, Path("doubt.pdf"))
    assert printed("scan", "study", stack, "--workers", "0").code == ExitCode.DOUBTS_WAIT
    assert printed("status", "study").code == ExitCode.DOUBTS_WAIT
    listed = printed("settle", "study", "--list", "--json")
    assert listed.code == ExitCode.DOUBTS_WAIT
    first, second, *_ = listed.json
    name, other = (
        f"{one['dyad']}/{one['role']}/{one['wave']}/{one['item']}" for one in (first, second)
    )
    for wrong, said in (
        ((f"{name}=9",), "'9' is no answer to"),
        ((f"{name}=q",), "choose one of 1, 2, 3, 4, 5, blank, several, unreadable"),
        ((f"{name}",), "'' is no answer to"),
        ((f"{name}=1", f"{name}=2"), "is decided twice"),
        ((f"{name[:-3]}q04=1",), "does not wait for a decision"),
        ((f"{name}=1", f"{other}=7"), "'7' is no answer to"),
        ((f"{name}=1", "nonsense"), "is not CODE/ROLE/WAVE/ITEM=ANSWER"),
    ):
        words = [word for one in wrong for word in ("--decide", one)]
        found = printed("settle", "study", "--by", "AB", *words)
        assert found.code == ExitCode.USAGE
        assert said in found.sentence
        assert is_one_sentence(found)
    nobody = printed("settle", "study", "--by", " ", "--decide", f"{name}=1")
    assert nobody.code == ExitCode.USAGE
    assert "who decided" in nobody.sentence
    assert printed("settle", "study", "--list", "--json").json == listed.json, "all or none"


# 6: made by a newer version.


def test_a_study_of_a_newer_version_is_left_alone(made: Desk) -> None:
    path = made.folder / "study/study.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    for words in (("status", "study"), ("print", "study", "--wave", "1")):
        said = made(*words)
        assert said.code == ExitCode.FORM_MISMATCH
        assert is_one_sentence(said)
        assert "newer wamforms" in said.sentence
        assert "Install the newer wamforms; nothing was changed." in said.err


# 7: the doctor found something.


def test_the_doctor_names_a_damaged_page_picture(printed: Desk) -> None:
    assert printed("scan", "study", "good.pdf", "--workers", "0").code == ExitCode.OK
    picture = next(path for path in (printed.folder / "study/images").rglob("*.*"))
    picture.chmod(0o600)
    picture.write_bytes(picture.read_bytes()[:-1] + b"x")
    said = printed("doctor", "study")
    assert said.code == ExitCode.CHECKS_FAILED
    assert re.search(rf"FAULT\s+page pictures\s+.*{picture.name} has changed", said.err)
    found = printed("doctor", "study", "--json")
    assert [one["what"] for one in found.json if not one["is_ok"]] == ["page pictures"]


def test_the_doctor_names_a_key_that_others_can_read(made: Desk) -> None:
    (made.folder / "study/study.key").chmod(0o644)
    said = made("doctor", "study")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "chmod 600" in said.err


@pytest.mark.parametrize("folder", ["nowhere", "study"])
def test_the_doctor_says_when_a_study_cannot_be_opened(made: Desk, folder: str) -> None:
    shutil.rmtree(made.folder / "study")
    said = made("doctor", folder)
    assert said.code == ExitCode.CHECKS_FAILED
    assert re.search(r"FAULT\s+study\s+\S+ is not a study", said.err)


def test_a_demo_that_reads_wrong_says_so_with_its_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wamforms.tasks.demo, "grade", lambda *_: Grade.WRONG)
    said = desk("demo", "practice", "--dyads", "1", "--workers", "0")
    assert said.code == ExitCode.CHECKS_FAILED
    assert "0 read right" in said.err
    clients = [
        line.split(",")
        for line in (desk.folder / "practice" / "truth.csv").read_text().splitlines()
        if ",consent," in line
    ]
    assert [line[5] for line in clients] == ["2", "3"], "invented clients mark their row, too"


# The end of the program.


def test_an_interruption_says_that_nothing_is_lost(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wamforms.cli.study_commands.status_of", interrupted)
    said = made("status", "study")
    assert said.code == ExitCode.INTERRUPTED
    assert "nothing that was stored is lost" in said.err


def test_a_bug_is_not_dressed_up_as_a_user_s_mistake(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wamforms.cli.study_commands.status_of", buggy)
    with pytest.raises(ZeroDivisionError):
        made("status", "study")


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["layout", "prison"], 2)])
def test_the_program_ends_with_the_exit_code(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["wamforms", *words])
    with pytest.raises(SystemExit) as ended:
        wamforms.cli.start.main()
    assert ended.value.code == code
