"""Names and codes, in a file that the study never sees."""

import re
import sys
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wamforms
from layouts.dyadcode import new_dyad_code, shown
from layouts.errors import ExitCode, UsageError, WamError
from records.settings import Settings
from records.study import create_study, open_study
from tests.desk import Desk
from wamforms.tasks.keylist import Entry, find, read_keylist, write_keylist

SECRET = "correct horse battery"
PEOPLE = "name,domain,officer\nAnn de Vries,probation,B\nZoë Jansen,social-care,A\n"
SETTINGS = Settings("Keys", "nl", "a4", ("probation", "social-care"), ("start",))
HOME = Path(wamforms.__file__).resolve().parent.parent
"""Where the program under test lies: the source, or site-packages when its wheel is tested."""


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wamforms.tasks.keylist.COST", 4)
    monkeypatch.setenv("WAMFORMS_KEYLIST_PASSPHRASE", SECRET)


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    create_study(tmp_path / "study", SETTINGS).close()
    return Desk(tmp_path, capsys)


def enrolled(desk: Desk, text: str = PEOPLE) -> list[str]:
    desk.write("people.csv", text)
    said = desk("keylist", "k.keys", "--study", "study", "--people", "people.csv", "--json")
    assert said.code == ExitCode.OK, said.err
    return [one["dyad"] for one in said.json["dyads"]]


entries = st.builds(Entry, st.builds(new_dyad_code), st.text(min_size=1, max_size=20), st.text())


@settings(max_examples=30)
@given(st.lists(entries, max_size=5))
def test_a_key_list_comes_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, many: list[Entry]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.keys"
    write_keylist(path, many, SECRET)
    assert read_keylist(path, SECRET) == tuple(many)
    assert SECRET.encode() not in path.read_bytes()


def test_any_changed_byte_and_any_other_passphrase_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "k.keys"
    write_keylist(path, [Entry(new_dyad_code(), "Ann", "B")], SECRET)
    with pytest.raises(WamError, match="passphrase is another one"):
        read_keylist(path, SECRET + "!")
    whole = path.read_bytes()
    for place in (0, 9, 20, 30, 40, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(WamError):
            read_keylist(path, SECRET)
    path.write_bytes(whole[:20])
    with pytest.raises(WamError, match="is not a key list"):
        read_keylist(path, SECRET)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 12 characters"):
        write_keylist(tmp_path / "k.keys", [], "short")


def test_the_study_gets_codes_and_never_a_name(desk: Desk) -> None:
    codes = enrolled(desk)
    with open_study(desk.folder / "study") as study:
        assert {shown(one.code) for one in study.store.dyads()} == set(codes)
    for path in (desk.folder / "study").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(name.encode() in content for name in ("Ann", "Vries", "Zoë", "Jansen"))


def test_the_same_people_again_keep_their_codes_and_new_ones_get_theirs(desk: Desk) -> None:
    first = enrolled(desk)
    later = enrolled(desk, PEOPLE.replace("Ann de", "ANN  De") + "Bo Smit,probation,A\n")
    assert later[:2] == first
    assert len(set(later)) == 3


def test_a_code_is_found_by_name_and_a_name_by_code(desk: Desk) -> None:
    codes = enrolled(desk)
    assert desk("keylist", "k.keys", "--find", "zoe").out.split()[0] == codes[1]
    found = desk("keylist", "k.keys", "--find", codes[0].lower(), "--json").json
    assert found == [{"dyad": codes[0], "name": "Ann de Vries", "officer": "B"}]
    assert desk("keylist", "k.keys", "--find", "nobody").code == ExitCode.USAGE


def test_a_name_that_looks_like_a_code_is_found_all_the_same() -> None:
    code = new_dyad_code()
    people = [Entry(code, "Ann", ""), Entry(new_dyad_code(), shown(code), "")]
    assert find(people, shown(code)) == tuple(people)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,domain\nAnn,probation\n ann ,probation\n", "line 3: this name is on line 2"),
        ("name,domain\n,probation\n", "line 2: the name is missing"),
        ("name,domain\nAnn,\n", "line 2: there is a name and nothing else"),
        ("name,domain\nAnn,prison\n", "line 2: domain 'prison'"),
        ("who,domain\nAnn,probation\n", "one column must be 'name'"),
    ],
)
def test_a_faulty_list_of_names_changes_nothing(desk: Desk, text: str, sentence: str) -> None:
    desk.write("people.csv", text)
    said = desk("keylist", "k.keys", "--study", "study", "--people", "people.csv")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert sentence in said.sentence
    assert not (desk.folder / "k.keys").exists()
    with open_study(desk.folder / "study") as study:
        assert study.store.dyads() == ()


def test_a_code_cannot_be_given_to_another_name(desk: Desk) -> None:
    codes = enrolled(desk)
    desk.write("people.csv", f"name,dyad,domain\nBo Smit,{codes[0]},probation\n")
    said = desk("keylist", "k.keys", "--study", "study", "--people", "people.csv")
    assert f"{codes[0]} has another name" in said.sentence


@pytest.mark.parametrize(
    "arguments",
    [
        ("study/k.keys", "--find", "x"),
        ("study/images/k.keys", "--find", "x"),
        ("k.keys", "--slips", "study/slips.pdf"),
        ("k.keys", "--study", "study", "--people", "study/people.csv"),
    ],
)
def test_nothing_with_names_may_lie_in_a_study(desk: Desk, arguments: tuple[str, ...]) -> None:
    enrolled(desk)
    desk.write("study/people.csv", PEOPLE)
    said = desk("keylist", *arguments)
    assert said.code == ExitCode.USAGE
    assert "may not lie in the study" in said.sentence


def test_slips_bear_name_code_and_the_officer_of_today(desk: Desk) -> None:
    codes = enrolled(desk)
    desk("enrol", "study", "--dyad", codes[0], "--officer", "Q9")
    desk("keylist", "k.keys", "--study", "study", "--slips", "slips.pdf", "--envelope", "start")
    document = pypdfium2.PdfDocument(desk.folder / "slips.pdf")
    text = document[0].get_textpage().get_text_range()
    title = document.get_metadata_dict()["Title"]
    document.close()
    assert title == "Cover slips"
    assert all(word in text for word in ("Ann de Vries", "Zoë Jansen", *codes, "Q9", "start"))


def test_without_its_library_the_verb_says_what_to_install(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(desk)
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    said = desk("keylist", "k.keys", "--find", "zoe")
    assert said.code == ExitCode.INPUT_UNREADABLE
    assert "pip install 'wamforms[keylist]'" in said.sentence


def test_no_module_that_reads_keeps_or_scores_answers_knows_the_key_list() -> None:
    knows = {
        path.relative_to(HOME).as_posix()
        for folder in ("layouts", "scan", "records", "output", "wamforms")
        for path in (HOME / folder).rglob("*.py")
        if re.search(r"tasks(\.| import .*)(keylist|named_enrolling)", path.read_text("utf-8"))
    }
    assert knows == {"wamforms/cli/keylist_command.py", "wamforms/tasks/named_enrolling.py"}
