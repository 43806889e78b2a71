"""An export for a researcher's key: one file that opens with the secret key only."""

import io
import json
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from layouts.errors import ExitCode, FaultyFileError, LockedError, UsageError, WamError
from records import age_files
from records.log import Action
from records.wholefiles import TEMPORARY
from tests.desk import Desk
from tests.small_study import Office, office
from wamforms.tasks.exporting import TABLES_ONLY
from wamforms.tasks.sealing import ResearcherKey, export_sealed, make_key, sealed_name, unseal


@pytest.fixture
def pair(tmp_path: Path) -> ResearcherKey:
    return make_key(tmp_path / "my.key", None)


@pytest.fixture
def read(tmp_path: Path) -> Office:
    made = office(tmp_path)
    made.scan(made.pdf("stack.pdf", made.page(0), made.page(1)))
    return made


def sealed(read: Office, pair: ResearcherKey, name: str = "tables.zip.age") -> Path:
    place = read.folder.parent / name
    with read.open() as study:
        export_sealed(study, place, TABLES_ONLY, age_files.read_recipients(pair.public))
    return place


def test_the_export_opens_with_the_secret_key_and_is_whole(
    read: Office, pair: ResearcherKey
) -> None:
    place = sealed(read, pair)
    opened = unseal(place, age_files.read_secrets(pair.secret, None), None)
    assert opened == place.with_name("tables.zip")
    with zipfile.ZipFile(opened) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix("tables/") for name in archive.namelist()}
        assert {"answers_long.csv", "codebook.csv", "PROVENANCE.json"} <= names
    if os.name == "posix":
        assert stat.S_IMODE(opened.stat().st_mode) == 0o600


def test_the_file_says_nothing_and_nothing_plain_is_left_beside_it(
    read: Office, pair: ResearcherKey
) -> None:
    place = sealed(read, pair)
    data = place.read_bytes()
    assert data.startswith(age_files.MAGIC)
    assert b"answers_long" not in data
    assert b"PK\x03\x04" not in data[:4]
    assert not [*place.parent.rglob(TEMPORARY + "*")]
    assert {path.name for path in place.parent.glob("tables*")} == {place.name}


def test_another_key_does_not_open_it_and_leaves_nothing(
    read: Office, pair: ResearcherKey, tmp_path: Path
) -> None:
    place = sealed(read, pair)
    other = make_key(tmp_path / "other.key", None)
    with pytest.raises(LockedError, match="for another key"):
        unseal(place, age_files.read_secrets(other.secret, None), None)
    assert not place.with_name("tables.zip").exists()


def test_a_changed_file_does_not_open_and_leaves_nothing(read: Office, pair: ResearcherKey) -> None:
    place = sealed(read, pair)
    data = bytearray(place.read_bytes())
    data[-40] ^= 1
    place.write_bytes(bytes(data))
    with pytest.raises(LockedError, match="was changed"):
        unseal(place, age_files.read_secrets(pair.secret, None), None)
    assert not place.with_name("tables.zip").exists()
    assert not [*place.parent.rglob(TEMPORARY + "*")]


def test_two_researchers_open_the_same_file(read: Office, tmp_path: Path) -> None:
    pairs = [make_key(tmp_path / name, None) for name in ("one.key", "two.key")]
    keys = [key for one in pairs for key in age_files.read_recipients(one.public)]
    place = tmp_path / "tables.zip.age"
    with read.open() as study:
        export_sealed(study, place, TABLES_ONLY, keys)
    for number, one in enumerate(pairs):
        secrets = age_files.read_secrets(one.secret, None)
        assert unseal(place, secrets, tmp_path / f"{number}.zip").stat().st_size > 1000


def test_the_log_says_to_which_keys_it_went(read: Office, pair: ResearcherKey) -> None:
    place = sealed(read, pair)
    with read.open() as study:
        (entry,) = study.store.log.events(Action.SEALED)
        assert len([*study.store.log.events(Action.EXPORTED)]) == 1
    said = json.loads(entry.detail)
    assert (said["file"], said["to"]) == (place.name, [pair.key])


def test_an_earlier_one_is_replaced_and_anything_else_is_not(
    read: Office, pair: ResearcherKey
) -> None:
    first = sealed(read, pair).read_bytes()
    assert sealed(read, pair).read_bytes() != first, "every file has keys of its own"
    (read.folder.parent / "letter.zip.age").write_text("Dear Sir")
    with pytest.raises(UsageError, match="no encrypted export"):
        sealed(read, pair, "letter.zip.age")


@pytest.mark.parametrize("name", ["tables", "tables.zip", "tables.zip.age", "tables.age"])
def test_the_file_gets_its_endings_once(name: str) -> None:
    assert sealed_name(Path("a") / name) == Path("a/tables.zip.age")


# Keys.


def test_the_secret_key_is_private_and_neither_file_is_written_over(
    pair: ResearcherKey, tmp_path: Path
) -> None:
    if os.name == "posix":
        assert stat.S_IMODE(pair.secret.stat().st_mode) == 0o600
    assert pair.key not in ("", pair.secret.read_text())
    with pytest.raises(UsageError, match="exists already"):
        make_key(tmp_path / "my.key", None)


def test_a_locked_key_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    made = make_key(tmp_path / "locked.key", "four words or five")
    assert b"AGE-SECRET-KEY" not in made.secret.read_bytes()
    assert len(age_files.read_secrets(made.secret, "four words or five")) == 1
    for wrong in (None, "four words or six"):
        with pytest.raises(LockedError):
            age_files.read_secrets(made.secret, wrong)


def test_faulty_lines_of_a_key_file_are_all_named(pair: ResearcherKey, tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f"# our researchers\n{pair.key}\n\nage1notakey\nhello\n")
    with pytest.raises(FaultyFileError) as error:
        age_files.read_recipients(path)
    assert [fault.split(":")[0] for fault in error.value.faults] == ["line 4", "line 5"]


@pytest.mark.parametrize(("text", "said"), [("", "holds no key"), ("# only a remark", "no key")])
def test_a_file_without_a_key_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "empty.txt").write_text(text)
    with pytest.raises(UsageError, match=said):
        age_files.read_recipients(tmp_path / "empty.txt")
    with pytest.raises(UsageError, match="no secret key"):
        age_files.read_secrets(tmp_path / "empty.txt", None)


def test_a_secret_key_in_place_of_the_public_one_is_noticed(pair: ResearcherKey) -> None:
    with pytest.raises(UsageError, match="holds a secret key"):
        age_files.read_recipients(pair.secret)


def test_without_the_library_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(WamError, match="need the library pyrage") as error:
        make_key(tmp_path / "my.key", None)
    assert error.value.advice == "Install it with: pip install 'wamforms[encryption]'"
    assert [*tmp_path.iterdir()] == []


def test_the_way_from_key_to_tables_on_the_command_line(
    read: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, capsys)
    made = desk("researcher-key", tmp_path / "r.key", "--json").json
    export = desk("export", read.folder, tmp_path / "t", "--to", made["public"])
    assert (export.code, "you cannot read it back" in export.err) == (0, True)
    said = desk("unseal", tmp_path / "t.zip.age", "--key", made["secret"], "--json")
    assert (said.code, said.json["file"]) == (0, str(tmp_path / "t.zip"))
    again = desk("unseal", tmp_path / "t.zip.age", "--key", made["secret"])
    assert (again.code, "exists already" in again.sentence) == (ExitCode.USAGE, True)
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "t.zip").read_bytes()))
