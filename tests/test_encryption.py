"""An encrypted study opens with its passphrase only, and nothing of it lies open."""

import json
import os
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layouts.alphabet import ALPHABET
from layouts.errors import LockedError, UsageError, WamError
from records import ciphers
from records.backups import make_backup, restore_backup
from records.connections import connect
from records.database import transaction
from records.entries import NewDyad
from records.images import ImageVault
from records.key_file import read_key
from records.keys import database_seal
from records.log import Action
from records.manifest import MANIFEST_FILE
from records.recovery import key_of, recovery_rows
from records.settings import Settings
from records.study import Study, create_study, open_study
from records.study_folder import KEY_FILE, STORE_FILE, needs_passphrase
from tests.instruments import invented
from tests.readings import dyad, layout_of
from wamforms.tasks.backing_up import restore_with_code
from wamforms.tasks.passphrases import change_passphrase, recover, write_sheet
from wamforms.tasks.verifying import check_study

SECRET = "correct horse battery"
SETTINGS = Settings("Sealed study", "nl", "a4", ("probation",), ("start",))
JPEG = b"\xff\xd8\xff\xe0 a page that somebody filled in"


@pytest.fixture(autouse=True)
def _cheap_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch passphrases quickly: a file says itself how long it takes."""
    monkeypatch.setattr(ciphers, "COST", 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_study(tmp_path / "study", SETTINGS, passphrase=SECRET).close()
    return tmp_path / "study"


def opened(folder: Path) -> Study:
    return open_study(folder, passphrase=SECRET)


# Opening.


def test_a_study_says_before_it_is_opened_whether_it_takes_a_passphrase(
    folder: Path, tmp_path: Path
) -> None:
    create_study(tmp_path / "plain", SETTINGS).close()
    assert needs_passphrase(folder)
    assert not needs_passphrase(tmp_path / "plain")
    assert not needs_passphrase(tmp_path / "nowhere")
    with opened(folder) as study, open_study(tmp_path / "plain", passphrase="not looked at") as p:
        assert study.is_encrypted
        assert not p.is_encrypted


@pytest.mark.parametrize("typed", [None, "", "correct horse batterie", SECRET + " "])
def test_without_the_passphrase_nothing_opens_and_nothing_changes(
    folder: Path, typed: str | None
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(LockedError) as error:
        open_study(folder, passphrase=typed)
    assert int(error.value.exit_code) == 8
    assert "\n" not in str(error.value)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_accents_may_be_typed_either_way(tmp_path: Path) -> None:
    create_study(tmp_path / "s", SETTINGS, passphrase="één twee drie vier").close()
    typed = "e\u0301e\u0301n twee drie vier"
    open_study(tmp_path / "s", passphrase=typed).close()


def test_a_short_passphrase_makes_no_study(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 12 characters"):
        create_study(tmp_path / "s", SETTINGS, passphrase="too short")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("library", ["cryptography", "sqlcipher3"])
def test_a_missing_library_gives_one_line_and_makes_no_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(WamError, match=f"need the library {library}") as error:
        create_study(tmp_path / "s", SETTINGS, passphrase=SECRET)
    assert error.value.advice == "Install it with: pip install 'wamforms[encryption]'"
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("sealed", "ab" * 60), ("n", 1 << 40), ("kdf", "argon2"), ("salt", "zz"), ("kind", "other")],
)
def test_a_damaged_key_file_is_named_and_takes_no_memory(
    folder: Path, name: str, value: object
) -> None:
    path = folder / KEY_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(WamError, match=r"study\.key (does not open|is not a study key)"):
        opened(folder)


# The database.


def test_the_database_works_as_a_plain_one_does(folder: Path) -> None:
    with opened(folder) as study:
        study.store.add_form(layout_of(invented(2)))
        study.store.enrol([NewDyad(dyad(), "invented", "en", "Jansen")])
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            study.store._db.execute("DELETE FROM dyads")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            study.store._db.executemany("INSERT INTO nowhere VALUES (?)", [(1,)])
        assert study.store.check() == ()
        assert study.store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with opened(folder) as study:
        assert [one.officer for one in study.store.dyads()] == ["Jansen"]


def test_a_second_program_is_named_as_with_a_plain_study(folder: Path) -> None:
    seal = database_seal(read_key(folder / KEY_FILE, SECRET))
    other = connect(folder / STORE_FILE, seal=seal)
    with opened(folder) as study:
        other.execute("BEGIN IMMEDIATE")
        study.store._db.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(WamError, match="busy in another window"), transaction(study.store._db):
            pass
    other.close()


def test_a_database_of_another_key_is_damaged_and_says_so(folder: Path, tmp_path: Path) -> None:
    create_study(tmp_path / "other", SETTINGS, passphrase=SECRET).close()
    (folder / STORE_FILE).write_bytes((tmp_path / "other" / STORE_FILE).read_bytes())
    with pytest.raises(WamError, match="damaged"):
        opened(folder)


# Pictures.


def test_a_sealed_picture_comes_back_and_its_file_says_nothing(tmp_path: Path) -> None:
    vault = ImageVault(tmp_path, b"k" * 32)
    digest = vault.keep(JPEG, ".jpg")
    (path,) = (one for one in tmp_path.rglob("*") if one.is_file())
    assert vault.open(digest, ".jpg") == JPEG
    assert path == vault.path(digest, ".jpg")
    assert digest not in str(path)
    assert JPEG[:10] not in path.read_bytes()
    assert repr(vault).count("k" * 8) == 0


def test_pictures_of_nearly_the_same_length_have_files_of_the_same_length(tmp_path: Path) -> None:
    vault = ImageVault(tmp_path, b"k" * 32)
    for length in (1, 100, 4000, 5000):
        vault.keep(b"x" * length, ".jpg")
    sizes = sorted(one.stat().st_size for one in tmp_path.rglob("*") if one.is_file())
    assert len(set(sizes[:3])) == 1 < len(set(sizes))


def test_pictures_of_another_study_have_other_names(tmp_path: Path) -> None:
    one, other = ImageVault(tmp_path, b"k" * 32), ImageVault(tmp_path, b"l" * 32)
    assert one.path("a" * 64, ".jpg") != other.path("a" * 64, ".jpg")


def test_a_sealed_picture_that_changed_or_was_swapped_is_refused(tmp_path: Path) -> None:
    vault = ImageVault(tmp_path, b"k" * 32)
    first, second = vault.keep(JPEG, ".jpg"), vault.keep(JPEG + b"!", ".jpg")
    vault.path(first, ".jpg").write_bytes(vault.path(second, ".jpg").read_bytes())
    with pytest.raises(WamError, match="has changed"):
        vault.open(first, ".jpg")
    assert vault.keep(JPEG, ".jpg") == first, "the good one replaces it"
    assert vault.open(first, ".jpg") == JPEG


# Backups.


def test_a_backup_of_an_encrypted_study_is_encrypted_and_comes_back(
    folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "safe.zip"
    with opened(folder) as study:
        digest = study.images.keep(JPEG, ".jpg")
        make_backup(study, target, with_key=True)
    with pytest.raises(LockedError, match="takes its passphrase"):
        restore_backup(target, tmp_path / "again")
    with pytest.raises(LockedError, match="another one"):
        restore_backup(target, tmp_path / "again", ask=lambda: "something else")
    assert not (tmp_path / "again").exists()
    restore_backup(target, tmp_path / "again", ask=lambda: SECRET)
    with opened(tmp_path / "again") as study:
        assert [one.action for one in study.store.log.events(Action.RESTORED)] == ["restored"]
        assert digest not in str(study.images.path(digest, ".jpg"))


def test_a_backup_without_the_key_takes_the_sealed_key_file(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as study:
        make_backup(study, tmp_path / "safe", with_key=False)
    kept = tmp_path / "kept.key"
    kept.write_bytes((folder / KEY_FILE).read_bytes())
    restore_backup(tmp_path / "safe", tmp_path / "again", key_file=kept, ask=lambda: SECRET)
    opened(tmp_path / "again").close()
    assert (tmp_path / "again" / KEY_FILE).read_bytes() == kept.read_bytes()


def test_what_a_manifest_says_of_rows_is_sealed_with_the_study(
    folder: Path, tmp_path: Path
) -> None:
    with opened(folder) as study:
        study.store.add_form(layout_of(invented(2)))
        study.store.enrol([NewDyad(dyad(), "invented", "en", "Jansen")])
        study.store._db.execute("DROP TRIGGER dyads_never_updated")
        study.store._db.execute("UPDATE dyads SET domain = 'other'")
        manifest = make_backup(study, tmp_path / "safe", with_key=True)
    assert any(dyad() in fault for fault in manifest.faults)
    written = (tmp_path / "safe" / MANIFEST_FILE).read_text()
    assert dyad() not in written
    again = restore_backup(tmp_path / "safe", tmp_path / "again", ask=lambda: SECRET)
    assert again.faults == manifest.faults


# Another passphrase, and the recovery sheet.


def test_another_passphrase_opens_and_the_old_one_does_not(folder: Path) -> None:
    database = (folder / STORE_FILE).read_bytes()
    change_passphrase(folder, SECRET, "another long one")
    with pytest.raises(LockedError):
        opened(folder)
    with open_study(folder, passphrase="another long one") as study:
        assert [one.detail for one in study.store.log.events(Action.REKEYED)] == [""]
        assert study.store.check() == ()
    assert len((folder / STORE_FILE).read_bytes()) == len(database), "nothing was rewritten"


@pytest.mark.parametrize("new", ["short", ""])
def test_a_short_new_passphrase_changes_nothing(folder: Path, new: str) -> None:
    with pytest.raises(UsageError, match="at least"):
        change_passphrase(folder, SECRET, new)
    opened(folder).close()


@pytest.mark.parametrize("is_key_lost", [False, True])
def test_the_recovery_code_opens_a_study_whose_passphrase_or_key_is_lost(
    folder: Path, is_key_lost: bool
) -> None:
    with opened(folder) as study:
        rows = recovery_rows(study.key)
    if is_key_lost:
        (folder / KEY_FILE).unlink()
    recover(folder, " ".join(rows).lower(), "another long one")
    with open_study(folder, passphrase="another long one") as study:
        assert study.store.check() == ()
        assert study.is_encrypted


def test_the_code_of_another_study_opens_nothing_and_changes_nothing(
    folder: Path, tmp_path: Path
) -> None:
    with create_study(tmp_path / "other", SETTINGS, passphrase=SECRET) as other:
        rows = recovery_rows(other.key)
    with pytest.raises(LockedError, match="of another study"):
        recover(folder, "".join(rows), "another long one")
    opened(folder).close()


def test_a_plain_study_has_no_passphrase_to_change(tmp_path: Path) -> None:
    create_study(tmp_path / "plain", SETTINGS).close()
    for change in (change_passphrase, recover):
        with pytest.raises(UsageError, match="not encrypted"):
            change(tmp_path / "plain", SECRET, "another long one")


@given(st.binary(min_size=32, max_size=32))
def test_a_recovery_code_is_read_back_as_it_was_written(key: bytes) -> None:
    assert key_of(" ".join(recovery_rows(key))) == key


@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_recovery_code_names_its_row(
    key: bytes, place: int, wrong: str
) -> None:
    text = "".join(recovery_rows(key)).replace(" ", "")
    assume(text[place] != wrong)
    with pytest.raises(UsageError, match=f"row {place // 14 + 1} of the recovery code"):
        key_of(text[:place] + wrong + text[place + 1 :])


def test_rows_in_another_order_are_noticed() -> None:
    first, second, *rest = recovery_rows(bytes(range(32)))
    with pytest.raises(UsageError, match="row 1, 2"):
        key_of("".join([second, first, *rest]))


def test_the_recovery_sheet_is_one_page_with_the_code_and_is_never_written_over(
    folder: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.pdf"
    with opened(folder) as study:
        write_sheet(study, sheet)
        with pytest.raises(UsageError, match="exists already"):
            write_sheet(study, sheet)
        with pytest.raises(UsageError, match="would not be"):
            write_sheet(study, folder / "sheet.pdf")
        rows = recovery_rows(study.key)
    with closing(pypdfium2.PdfDocument(sheet)) as pdf:
        (page,) = pdf
        text = page.get_textpage().get_text_bounded()
    assert all(row in text for row in rows)
    assert "Sealed study" in text
    if os.name == "posix":
        assert stat.S_IMODE(sheet.stat().st_mode) == 0o600


def test_on_a_network_drive_an_encrypted_study_keeps_no_write_ahead_log_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("records.connections._MOUNTS", mounts)
    with create_study(tmp_path / "study", SETTINGS, passphrase=SECRET) as study:
        study.store.add_form(layout_of(invented(2)))
        study.store.enrol([NewDyad(dyad(), "invented", "en", "Jansen")])
        assert study.store._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert study.store.check() == ()
    assert not list((tmp_path / "study").glob("*-wal"))


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_damaged_database_is_a_finding_and_no_traceback(tmp_path: Path, encrypted: bool) -> None:
    folder, secret = tmp_path / "study", SECRET if encrypted else None
    create_study(folder, SETTINGS, passphrase=secret).close()
    path = folder / STORE_FILE
    data = bytearray(path.read_bytes())
    for number in range(2, len(data) // 4096):
        data[number * 4096 : number * 4096 + 100] = os.urandom(100)
    path.write_bytes(bytes(data))
    done = check_study(folder, passphrase=secret)
    assert any(one.what == "database" for one in done.faults)


def test_a_backup_whose_key_is_lost_is_restored_with_the_recovery_code(
    folder: Path, tmp_path: Path
) -> None:
    with opened(folder) as study:
        rows = recovery_rows(study.key)
        make_backup(study, tmp_path / "safe", with_key=False)
    restore_with_code(tmp_path / "safe", tmp_path / "again", " ".join(rows), "another long one")
    with open_study(tmp_path / "again", passphrase="another long one") as study:
        assert study.store.check() == ()


@pytest.mark.parametrize("with_key", [False, True])
def test_the_sealed_key_of_another_study_restores_nothing(
    folder: Path, tmp_path: Path, with_key: bool
) -> None:
    with opened(folder) as study:
        make_backup(study, tmp_path / "safe", with_key=with_key)
    create_study(tmp_path / "other", SETTINGS, passphrase=SECRET).close()
    key = tmp_path / "other" / KEY_FILE
    with pytest.raises(WamError, match="the key of another study"):
        restore_backup(tmp_path / "safe", tmp_path / "again", key_file=key, ask=lambda: SECRET)
    assert not (tmp_path / "again").exists()
