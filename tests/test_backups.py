"""Backups prove themselves, and `wamforms check` says exactly what is wrong with a study."""

import json
import os
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from layouts.errors import ExitCode, UsageError, WamError
from layouts.model import ItemId, Role
from records.backups import make_backup, restore_backup
from records.connections import file_system
from records.entries import NewDyad, NewPage, NewPrint
from records.log import Action
from records.manifest import MANIFEST_FILE, opened_backup
from records.settings import Settings
from records.study import Study, create_study, open_study
from records.study_folder import KEY_FILE, SETTINGS_FILE, STORE_FILE
from records.wholefiles import STALE_S, TEMPORARY
from scan.adjudicate import Meaning
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read
from wamforms.tasks.verifying import StudyCheck, check_study, head_from

SETTINGS = Settings("Alliance", "nl", "a4", ("probation",), ("intake",))
FILE = "a" * 64

Damage = Callable[[Path], object]


def made(folder: Path, settings: Settings = SETTINGS) -> Study:
    """Make a study with two read pages, their pictures, and a decision."""
    study = create_study(folder, settings)
    store = study.store
    form = store.add_form(layout_of(invented(2)))
    store.enrol([NewDyad(dyad(one), "invented", "en") for one in (1, 2)])
    store.add_prints([NewPrint(dyad(one), Role.CLIENT, 1, form) for one in (1, 2)], run="first")
    store.begin_file(FILE, "stack.pdf")
    pictures = [study.images.keep(b"picture %d" % one * 1000, ".jpg") for one in (1, 2)]
    readings = [read(code(n, whose=dyad(n), form=form), {"q01": 3, "q02": None}) for n in (1, 2)]
    pages = enumerate(zip(pictures, readings, strict=True), 1)
    store.add_pages([NewPage(FILE, number, image, ".jpg", one) for number, (image, one) in pages])
    store.end_file(FILE, 2)
    store.add_verdict(1, ItemId("q02"), Meaning.VALUE, 4, by="AB")
    return study


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "study"
    made(folder).close()
    return folder


@pytest.fixture
def study(once: Path, tmp_path: Path) -> Study:
    """Return a study that is not open."""
    shutil.copytree(once, tmp_path / "study")
    with open_study(tmp_path / "study") as opened:
        return opened


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def backed_up(study: Study, target: Path, *, with_key: bool = True) -> Path:
    with open_study(study.folder) as opened:
        make_backup(opened, target, with_key=with_key)
    return target


# A backup and its way back.


@pytest.mark.parametrize("name", ["safe", "safe.zip"])
def test_a_restored_study_is_the_one_that_was_backed_up(
    study: Study, tmp_path: Path, name: str
) -> None:
    target = backed_up(study, tmp_path / name)
    restore_backup(target, tmp_path / "again")
    with open_study(study.folder) as old, open_study(tmp_path / "again") as new:
        assert new.store.snapshot() == old.store.snapshot()
        assert (new.settings, new.key) == (old.settings, old.key)
        assert new.store.check() == ()
        for picture in old.store.pictures():
            assert new.images.open(*picture) == old.images.open(*picture)
        (entry,) = new.store.log.events(Action.RESTORED)
        assert entry.detail == head_from(str(target)).text
    assert not list(tmp_path.glob(TEMPORARY + "*"))


def test_nothing_of_the_folder_goes_in_but_the_study(study: Study, tmp_path: Path) -> None:
    (study.folder / "names.age").write_text("K7Q4-2M9Y is Jan Jansen")
    (study.folder / "prints").mkdir()
    (study.folder / "prints" / "caseload.csv").write_text("Jan Jansen")
    target = backed_up(study, tmp_path / "safe", with_key=False)
    names = set(contents(target))
    pictures = {name for name in names if name.startswith("images/")}
    assert names - pictures == {SETTINGS_FILE, STORE_FILE, MANIFEST_FILE}
    assert len(pictures) == 2
    assert not any(b"Jan" in data for data in contents(target).values())
    assert study.key.hex().encode() not in b"".join(contents(target).values())


def test_a_backup_without_the_key_takes_the_key_to_restore(study: Study, tmp_path: Path) -> None:
    target = backed_up(study, tmp_path / "safe.zip", with_key=False)
    with pytest.raises(UsageError, match="holds no key"):
        restore_backup(target, tmp_path / "again")
    wrong = tmp_path / "wrong.key"
    wrong.write_text("ab" * 32)
    with pytest.raises(WamError, match="the key is not the one"):
        restore_backup(target, tmp_path / "again", key_file=wrong)
    assert not (tmp_path / "again").exists()
    restore_backup(target, tmp_path / "again", key_file=study.folder / KEY_FILE)
    assert check_study(tmp_path / "again").faults == ()


def test_own_questionnaires_go_with_the_study(tmp_path: Path) -> None:
    settings = Settings(
        "Own", "nl", "a4", ("probation",), ("intake",), definitions=Path("own forms")
    )
    with made(tmp_path / "study", settings) as study:
        own = study.folder / "own forms" / "wam" / "probation.toml"
        own.parent.mkdir(parents=True)
        own.write_text("title = 'ours'")
        target = tmp_path / "safe"
        assert make_backup(study, target, with_key=True).faults == ()
    restore_backup(target, tmp_path / "again")
    assert (tmp_path / "again/own forms/wam/probation.toml").read_text() == "title = 'ours'"


def test_questionnaires_outside_the_study_are_named_as_not_backed_up(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    settings = Settings(
        "Own", "nl", "a4", ("probation",), ("intake",), definitions=tmp_path / "shared"
    )
    with made(tmp_path / "study", settings) as study:
        (said,) = make_backup(study, tmp_path / "safe", with_key=True).faults
    assert "outside the study" in said


def test_a_study_in_use_is_backed_up_as_of_one_moment(study: Study, tmp_path: Path) -> None:
    with open_study(study.folder) as writer, open_study(study.folder) as other:
        with writer.store.step():
            writer.store.enrol([NewDyad(dyad(9), "invented", "en")])
            other.store.copy_to(tmp_path / "copy.sqlite")
        with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as db:
            assert db.execute("SELECT count(*) FROM dyads").fetchone() == (2,)
        assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite"]


def test_a_study_with_a_fault_is_backed_up_with_its_fault_named(
    study: Study, tmp_path: Path
) -> None:
    picture = next(study.images.root.rglob("*.jpg"))
    picture.write_bytes(b"changed")
    with open_study(study.folder) as opened:
        (said,) = make_backup(opened, tmp_path / "safe.zip", with_key=True).faults
    assert "has changed since it was scanned" in said
    assert restore_backup(tmp_path / "safe.zip", tmp_path / "again").faults == (said,)


@pytest.mark.parametrize("name", ["safe", "safe.zip"])
def test_nothing_that_exists_is_overwritten(study: Study, tmp_path: Path, name: str) -> None:
    target = backed_up(study, tmp_path / name)
    before = contents(tmp_path)
    with pytest.raises(UsageError, match="not overwritten"):
        backed_up(study, target)
    with pytest.raises(UsageError, match="not overwritten"):
        restore_backup(target, study.folder)
    assert contents(tmp_path) == before


def test_an_empty_folder_may_be_filled(study: Study, tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    (tmp_path / "again").mkdir()
    restore_backup(backed_up(study, tmp_path / "safe"), tmp_path / "again")
    assert check_study(tmp_path / "again").faults == ()


def test_a_place_that_cannot_be_written_to_is_named(study: Study, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write to"):
        backed_up(study, tmp_path / "file" / "safe")


def test_a_backup_that_fails_leaves_nothing(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space"):
        backed_up(study, tmp_path / "safe.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study"]


# Damaged backups.


def first_picture(folder: Path) -> Path:
    return next((folder / "images").rglob("*.jpg"))


def put_in(name: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("extra")

    return damage


def relisted(**changes: object) -> Damage:
    def damage(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        manifest["files"][0] |= changes
        (folder / MANIFEST_FILE).write_text(json.dumps(manifest))

    return damage


def older_head(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    manifest["head"] = "3:" + "0" * 64
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest))


DAMAGES: dict[str, tuple[Damage, str]] = {
    "changed picture": (lambda f: first_picture(f).write_bytes(b"x"), "jpg has changed"),
    "lost picture": (lambda f: first_picture(f).unlink(), "jpg is missing"),
    "cut database": (lambda f: os.truncate(f / STORE_FILE, 5000), "study.sqlite has changed"),
    "other settings": (lambda f: (f / SETTINGS_FILE).write_text(""), "study.toml has changed"),
    "extra file": (put_in("images/virus.exe"), "images/virus.exe is not in the manifest"),
    "no manifest": (lambda f: (f / MANIFEST_FILE).unlink(), "is no backup"),
    "torn manifest": (lambda f: os.truncate(f / MANIFEST_FILE, 50), "MANIFEST.json cannot be read"),
    "a way out": (relisted(path="images/../../outside.toml"), "no part of a study"),
    "an absolute way out": (relisted(path="/etc/outside.toml"), "no part of a study"),
    "a strange file": (relisted(path="start.bat"), "start.bat is no part of a study"),
    "older head": (older_head, "as the manifest says"),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_backup_is_refused(
    study: Study, tmp_path: Path, name: str, *, zipped: bool
) -> None:
    damage, said = DAMAGES[name]
    target = backed_up(study, tmp_path / "safe")
    damage(target)
    if zipped:
        target = Path(shutil.make_archive(str(tmp_path / "safe"), "zip", target))
    with pytest.raises(WamError, match=said):
        restore_backup(target, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(TEMPORARY + "*"))


def test_every_flipped_byte_of_a_zip_is_noticed(study: Study, tmp_path: Path) -> None:
    target = backed_up(study, tmp_path / "safe.zip")
    data = target.read_bytes()
    with zipfile.ZipFile(target) as archive:
        start = archive.start_dir
        held = [
            (one.header_offset + 30 + len(one.filename), one.file_size)
            for one in archive.infolist()
            if one.filename != MANIFEST_FILE
        ]
    places = [offset + size // 2 for offset, size in held if offset + size // 2 < start]
    for place in places:
        torn = tmp_path / "torn.zip"
        torn.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(WamError), opened_backup(torn) as backup:
            backup.verify()


@pytest.mark.parametrize("name", ["nowhere", "study", "notes.zip"])
@pytest.mark.usefixtures("study")
def test_what_is_no_backup_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.zip").write_text("dear diary")
    with pytest.raises(WamError, match=r"does not exist|is no backup|is damaged"):
        restore_backup(tmp_path / name, tmp_path / "again")


# The check.


def said_of(done: StudyCheck) -> str:
    return "\n".join(f"{one.what}: {one.detail}" for one in done.faults)


def test_a_sound_study_is_said_to_be_sound_and_logs_it(study: Study) -> None:
    done = check_study(study.folder)
    assert done.faults == ()
    assert {one.what for one in done.findings} == {
        *("settings", "key", "database", "disk", "encryption", "log"),
        *("page pictures", "questionnaires"),
    }
    with open_study(study.folder) as opened:
        assert len(list(opened.store.log.events(Action.CHECKED))) == 1
        assert opened.store.log.head().text == done.head


def in_database(*statements: str) -> Damage:
    def damage(folder: Path) -> None:
        with closing(sqlite3.connect(folder / STORE_FILE, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return damage


def stranger(folder: Path) -> None:
    path = folder / "images" / "ab" / ("ab" * 32 + ".jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    long_ago = time.time() - 2 * STALE_S
    os.utime(path, (long_ago, long_ago))


def torn(folder: Path) -> None:
    path = folder / STORE_FILE
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 4] = os.urandom(4096)
    path.write_bytes(bytes(data))


FAULTS: dict[str, tuple[Damage, str]] = {
    "settings": (lambda f: (f / SETTINGS_FILE).write_text("x ="), "settings: study.toml: not"),
    "limit": (
        lambda f: (f / SETTINGS_FILE).write_text(
            (f / SETTINGS_FILE).read_text() + "nonsense = 0.5\n"
        ),
        "settings: study.toml: thresholds.nonsense",
    ),
    "domain": (
        lambda f: (f / SETTINGS_FILE).write_text(
            (f / SETTINGS_FILE).read_text().replace('"probation"', '"carpentry"')
        ),
        "questionnaires: the study names carpentry",
    ),
    "no key": (lambda f: (f / KEY_FILE).unlink(), "key: "),
    "open key": (lambda f: (f / KEY_FILE).chmod(0o644), "key: others can read study.key"),
    "other key": (lambda f: (f / KEY_FILE).write_text("cd" * 32), "log: the key is not the one"),
    "no database": (lambda f: (f / STORE_FILE).unlink(), "study.sqlite is missing"),
    "torn database": (torn, "database: "),
    "edited row": (
        in_database("DROP TRIGGER verdicts_never_updated", "UPDATE verdicts SET value = 5"),
        "log: row 1 of verdicts was changed",
    ),
    "dropped trigger": (
        in_database("DROP TRIGGER verdicts_never_updated"),
        "database: the trigger verdicts_never_updated is missing",
    ),
    "tamed trigger": (
        in_database(
            "DROP TRIGGER verdicts_never_updated",
            "CREATE TRIGGER verdicts_never_updated BEFORE UPDATE ON verdicts BEGIN SELECT 1; END",
        ),
        "database: the trigger verdicts_never_updated is not as it was made",
    ),
    "planted trigger": (
        in_database("CREATE TRIGGER spy AFTER INSERT ON pages BEGIN SELECT 1; END"),
        "database: the trigger spy is no part of a study",
    ),
    "nowhere": (
        in_database("INSERT INTO file_ends VALUES ('f', 1, 'now')"),
        "database: row 2 of file_ends points nowhere",
    ),
    "changed picture": (lambda f: first_picture(f).write_bytes(b"x"), "page pictures: page pic"),
    "lost picture": (lambda f: first_picture(f).unlink(), "is missing or cannot be opened"),
    "stranger": (stranger, "belongs to no page"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_check_names_each_fault(study: Study, name: str) -> None:
    damage, said = FAULTS[name]
    damage(study.folder)
    done = check_study(study.folder)
    assert said in said_of(done)
    if name not in ("torn database", "nowhere", "edited row"):
        assert len(done.faults) == 1, said_of(done)


def test_a_fresh_picture_of_a_running_scan_is_no_fault(study: Study) -> None:
    study.images.keep(b"just scanned", ".jpg")
    assert check_study(study.folder).faults == ()


def test_a_head_is_read_from_a_backup_an_export_and_what_was_typed(
    study: Study, tmp_path: Path
) -> None:
    zipped, folder = tmp_path / "safe.zip", tmp_path / "safe"
    for target in (zipped, folder):
        backed_up(study, target)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/PROVENANCE.json").write_text('{"log_head": "7:0123456789abcdef"}')
    heads = [head_from(str(one)) for one in (zipped, folder, folder / MANIFEST_FILE)]
    heads.append(head_from(heads[0].short))
    assert check_study(study.folder, heads).faults == ()
    assert head_from(str(tmp_path / "tables")).text == "7:0123456789abcdef"
    done = check_study(study.folder, [head_from(str(tmp_path / "tables"))])
    assert said_of(done) == "log head: entry 7 of the log is another one than it was"
    for nothing in ("nowhere", str(tmp_path), str(study.folder / STORE_FILE)):
        with pytest.raises(UsageError, match="no head"):
            head_from(nothing)


def test_edited_settings_are_logged_once_they_are_used(study: Study) -> None:
    path = study.folder / SETTINGS_FILE
    path.write_text(path.read_text().replace("Alliance", "Alliance 2"))
    (found,) = (one for one in check_study(study.folder).findings if one.what == "settings")
    assert found.detail == "study.toml edited since the last use"
    for _ in range(2):
        open_study(study.folder).close()
    with open_study(study.folder) as opened:
        assert len(list(opened.store.log.events(Action.SETTINGS))) == 2


def test_an_empty_folder_is_no_study_to_check(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a study") as caught:
        check_study(tmp_path)
    assert caught.value.exit_code == ExitCode.USAGE


# Network drives.

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//server/share /mnt/our\\040share cifs rw 0 0
/dev/sdb1 /home/local xfs rw 0 0
tmpfs /home/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/study", "ext4"),
        ("/home/me/study", "nfs4"),
        ("/homework/study", "ext4"),
        ("/mnt/our share/study", "cifs"),
        ("/home/local/study", "tmpfs"),
    ],
)
def test_the_file_system_of_a_path_is_the_last_one_mounted_there(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_a_study_on_a_network_mount_keeps_no_write_ahead_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("records.connections._MOUNTS", mounts)
    with made(tmp_path / "study") as study:
        assert study.store._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert not list(study.folder.glob("*-wal"))
