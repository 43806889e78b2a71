"""Everything that happens to a study stands in its log, and the log cannot be bent."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.errors import UsageError
from layouts.model import ItemId, Role
from records.database import transaction
from records.entries import NewDyad, NewPage, NewPrint
from records.log import ENTRIES, Action, Entry, Head, key_columns, logged_tables, row_digest
from records.log_check import OTHER_KEY, head_faults, log_faults
from records.removal import receipt, receipted, remove_rows
from records.schema import TABLES
from records.settings import Settings
from records.store import Store
from records.study import create_study
from records.study_folder import STORE_FILE
from scan.adjudicate import Meaning
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read

SETTINGS = Settings("Alliance", "nl", "a4", ("probation",), ("intake",))
FILE = "a" * 64

Attack = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a study with two read pages and four decisions."""
    folder = tmp_path_factory.mktemp("once") / "study"
    with create_study(folder, SETTINGS) as study:
        store = study.store
        form = store.add_form(layout_of(invented(2)))
        store.enrol([NewDyad(dyad(one), "invented", "en") for one in (1, 2)])
        store.add_prints([NewPrint(dyad(one), Role.CLIENT, 1, form) for one in (1, 2)], run="first")
        store.begin_file(FILE, "stack.pdf")
        store.add_pages(
            [
                NewPage(FILE, one, f"{one}" * 64, ".jpg", read(filled, {"q01": 3, "q02": None}))
                for one in (1, 2)
                for filled in [code(one, whose=dyad(one), form=form)]
            ]
        )
        for value in (1, 2, 3, 4):
            store.add_verdict(1, ItemId("q02"), Meaning.VALUE, value, by="AB")
    return folder


@pytest.fixture
def path(once: Path, tmp_path: Path) -> Path:
    shutil.copytree(once, tmp_path / "study")
    return tmp_path / "study" / STORE_FILE


@pytest.fixture
def key(path: Path) -> bytes:
    return bytes.fromhex((path.parent / "study.key").read_text())


@pytest.fixture
def store(path: Path, key: bytes) -> Iterator[Store]:
    with Store(path, key) as opened:
        yield opened


def faults(path: Path, key: bytes) -> tuple[str, ...]:
    with Store(path, key) as opened:
        return log_faults(opened._db)


def entries(store: Store, table: str) -> list[Entry]:
    found = store._db.execute(f"{ENTRIES} WHERE object = ? ORDER BY seq", (table,))
    return [Entry(*row) for row in found]


# What is written.


def test_every_row_has_one_entry_with_who_and_which_program(store: Store) -> None:
    assert log_faults(store._db) == ()
    db = store._db
    for table in TABLES:
        (rows,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert len(entries(store, table)) == rows
    decisions = entries(store, "verdicts")
    assert [one.actor for one in decisions] == ["AB"] * 4
    assert {one.action for one in decisions} == {"added"}
    assert decisions[0].program
    assert store.log.head().seq == db.execute("SELECT count(*) FROM log").fetchone()[0]


def test_the_log_of_rows_says_nothing_of_what_they_hold(store: Store) -> None:
    text = str(store._db.execute("SELECT * FROM log WHERE digest IS NOT NULL").fetchall())
    assert dyad(1) not in text
    assert "q02" not in text
    assert FILE not in text


def test_a_table_is_covered_without_being_named_anywhere(store: Store, key: bytes) -> None:
    db = store._db
    db.execute("CREATE TABLE later (number INTEGER PRIMARY KEY, picture BLOB, share REAL) STRICT")
    path = db.execute("PRAGMA database_list").fetchone()[2]
    with Store(Path(path), key) as again:
        with transaction(again._db):
            again._db.execute("INSERT INTO later VALUES (1, x'00ff', 0.5)")
        assert len(entries(again, "later")) == 1
        assert log_faults(again._db) == ()
        again._db.execute("UPDATE later SET picture = x'00fe'")
        assert any("row 1 of later was changed" in one for one in log_faults(again._db))


def test_every_table_has_a_primary_key_to_be_found_by(store: Store) -> None:
    assert set(TABLES) <= set(logged_tables(store._db))
    assert all(key_columns(store._db, table) for table in logged_tables(store._db))


def test_a_step_that_is_undone_leaves_no_entry(store: Store) -> None:
    before = store.log.head()
    with pytest.raises(RuntimeError), store.step():
        store.enrol([NewDyad(dyad(3), "invented", "en")])
        raise RuntimeError
    store.enrol([NewDyad(dyad(4), "invented", "en")])
    assert store.log.head().seq == before.seq + 2, "a dyad and its caseload line"
    assert log_faults(store._db) == ()


def test_a_column_that_comes_later_leaves_digests_as_they_are() -> None:
    salt = b"salt" * 4
    assert row_digest({"a": 1, "later": None}, salt) == row_digest({"a": 1}, salt)
    assert row_digest({"a": 1, "later": 0}, salt) != row_digest({"a": 1}, salt)


def test_an_event_without_a_row_is_noted(store: Store) -> None:
    made = store.log.note(Action.VIEWED, "page 1", by="AB")
    assert store.log.head() == made
    (event,) = store.log.events(Action.VIEWED)
    assert (event.object, event.actor, event.digest) == ("page 1", "AB", None)
    assert log_faults(store._db) == ()
    with pytest.raises(ValueError, match="row logs itself"):
        store.log.note(Action.ADDED, "pages")


def test_only_a_change_of_state_is_noted(store: Store) -> None:
    for state in ("one", "one", "two", "one"):
        store.log.note_change(Action.SETTINGS, "study.toml", state)
    states = [one.detail for one in store.log.events(Action.SETTINGS)]
    assert states[-3:] == ["one", "two", "one"]


def test_the_log_of_two_writers_stays_one_chain(path: Path, key: bytes) -> None:
    with Store(path, key) as one, Store(path, key) as other:
        one.enrol([NewDyad(dyad(3), "invented", "en")])
        other.enrol([NewDyad(dyad(4), "invented", "en")])
        one.log.note(Action.CHECKED, "study")
        assert log_faults(other._db) == ()


# What an attacker with the file, but without the key, may try.


def without_triggers(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")


def attacked(path: Path, attack: Attack) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        without_triggers(db)
        attack(db)


def replace_verdict(db: sqlite3.Connection) -> None:
    row = list(db.execute("SELECT * FROM verdicts WHERE number = 2").fetchone())
    row[4] = 5
    db.execute(f"INSERT OR REPLACE INTO verdicts VALUES ({', '.join('?' * len(row))})", row)


def swap_rows(db: sqlite3.Connection) -> None:
    for old, new in ((1, 99), (2, 1), (99, 2)):
        db.execute("UPDATE verdicts SET number = ? WHERE number = ?", (new, old))


def swap_entries(db: sqlite3.Connection) -> None:
    last = db.execute("SELECT max(seq) FROM log").fetchone()[0]
    for table in ("log", "log_rows"):
        for old, new in ((last, 0), (last - 1, last), (0, last - 1)):
            db.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (new, old))


def forge_entry(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO verdicts SELECT 9, page, item, meaning, 5, by, at, 1, NULL"
        " FROM verdicts LIMIT 1"
    )
    db.execute(
        "INSERT INTO log SELECT max(seq) + 1, at, action, object, detail, actor, program,"
        " digest, hash FROM log"
    )
    db.execute("INSERT INTO log_rows SELECT max(log.seq), '[9]', x'00' FROM log")


def cut_middle(db: sqlite3.Connection) -> None:
    (seq,) = db.execute("SELECT min(seq) FROM log WHERE object = 'verdicts'").fetchone()
    db.execute("DELETE FROM verdicts WHERE number = 1")
    for table in ("log_rows", "log"):
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))


def cut_tail(db: sqlite3.Connection) -> None:
    (seq,) = db.execute("SELECT max(seq) FROM log WHERE object = 'pages'").fetchone()
    db.execute("DELETE FROM verdicts")
    for table in ("log_rows", "log"):
        db.execute(f"DELETE FROM {table} WHERE seq > ?", (seq,))


def forge_receipt(db: sqlite3.Connection) -> None:
    (seq,) = db.execute("SELECT min(seq) FROM log WHERE object = 'verdicts'").fetchone()
    db.execute("DELETE FROM verdicts WHERE number = 1")
    db.execute("DELETE FROM log_rows WHERE seq = ?", (seq,))
    db.execute(
        "INSERT INTO log SELECT max(seq) + 1, at, 'removed', 'withdrawal', ?, '', program,"
        " NULL, hash FROM log",
        (str(seq),),
    )


MATRIX: dict[str, tuple[Attack, str]] = {
    "edit": (lambda db: db.execute("UPDATE verdicts SET value = 5 WHERE number = 2"), "row 2 of v"),
    "edit to nothing": (lambda db: db.execute("UPDATE pages SET detail = ''"), "pages was changed"),
    "edit to no text": (
        lambda db: db.execute("UPDATE caseload SET notes = CAST(x'ff' AS TEXT)"),
        "caseload was changed",
    ),
    "delete": (lambda db: db.execute("DELETE FROM verdicts WHERE number = 2"), "row 2 of verd"),
    "delete with salt": (
        lambda db: (
            db.execute("DELETE FROM verdicts WHERE number = 4"),
            db.execute("DELETE FROM log_rows WHERE seq = (SELECT max(seq) FROM log)"),
        ),
        "gone without a receipt",
    ),
    "insert": (
        lambda db: db.execute(
            "INSERT INTO verdicts SELECT 9, page, item, meaning, 5, by, at, 1, NULL"
            " FROM verdicts LIMIT 1"
        ),
        "row 9 of verdicts is not in the log",
    ),
    "insert with an entry": (forge_entry, "is not as it was signed"),
    "replace": (replace_verdict, "row 2 of verdicts was changed"),
    "reorder rows": (swap_rows, "row 1 of verdicts was changed"),
    "reorder entries": (swap_entries, "is not as it was signed"),
    "edit an entry": (
        lambda db: db.execute("UPDATE log SET actor = 'CD' WHERE actor = 'AB'"),
        "is not as it was signed",
    ),
    "backdate an entry": (
        lambda db: db.execute("UPDATE log SET at = '2020' WHERE seq = 5"),
        "entry 5 of the log is not as it was signed",
    ),
    "cut the middle": (cut_middle, "missing in the log"),
    "cut the head": (lambda db: db.execute("DELETE FROM log WHERE seq = 1"), "entry 1 is missing"),
    "empty the log": (
        lambda db: (db.execute("DELETE FROM log_rows"), db.execute("DELETE FROM log")),
        "the log is empty",
    ),
    "forge a receipt": (forge_receipt, "gone without a receipt"),
    "drop a table": (lambda db: db.execute("DROP TABLE verdicts"), "table verdicts is gone"),
}


@pytest.mark.parametrize("name", MATRIX)
def test_every_tampering_is_named(name: str, path: Path, key: bytes) -> None:
    attack, said = MATRIX[name]
    assert faults(path, key) == ()
    attacked(path, attack)
    assert any(said in one for one in faults(path, key)), faults(path, key)


@pytest.mark.parametrize("name", ["edit", "delete", "insert", "replace"])
def test_tampering_is_not_washed_clean_by_working_on(name: str, path: Path, key: bytes) -> None:
    attacked(path, MATRIX[name][0])
    before = faults(path, key)
    with Store(path, key) as store:
        store.enrol([NewDyad(dyad(7), "invented", "en")])
    assert faults(path, key) == before != ()


def test_a_cut_tail_is_noticed_by_whoever_kept_the_head(path: Path, key: bytes) -> None:
    with Store(path, key) as store:
        kept = store.log.head()
        assert head_faults(store._db, kept) == ()
        assert head_faults(store._db, Head.find(f"batch 3 {kept.short} of today")) == ()
    attacked(path, cut_tail)
    with Store(path, key) as store:
        assert log_faults(store._db) == (), "a chain alone cannot tell that it was longer"
        (said,) = head_faults(store._db, kept)
        assert f"once reached entry {kept.seq}" in said
        for _ in range(9):
            store.log.note(Action.CHECKED, "study")
        (said,) = head_faults(store._db, kept)
        assert "another one than it was" in said


def test_the_wrong_key_is_named_as_such(path: Path) -> None:
    assert faults(path, b"k" * 32) == (OTHER_KEY,)


@pytest.mark.parametrize("text", ["", "12", "12:abc", "12:" + "g" * 64])
def test_a_text_without_a_head_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no head"):
        Head.find(text)


# Rows that leave with a receipt.


def test_rows_removed_with_a_receipt_leave_the_chain_whole(store: Store) -> None:
    before = store.log.head()
    made = remove_rows(
        store._db, {"verdicts": [1, 2, 3, 4], "pages": [1]}, why="withdrawal", by="AB"
    )
    assert made.seq == before.seq + 1
    assert log_faults(store._db) == ()
    assert head_faults(store._db, before) == ()
    (event,) = store.log.events(Action.REMOVED)
    assert (event.object, event.actor, len(list(receipted(event.detail)))) == (
        "withdrawal",
        "AB",
        5,
    )
    assert store.check() == ()
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        store._db.execute("DELETE FROM pages")
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        store._db.execute("DELETE FROM log_rows")


def test_a_receipt_covers_its_rows_and_no_others(path: Path, key: bytes, store: Store) -> None:
    remove_rows(store._db, {"verdicts": [1, 2]}, why="withdrawal")
    attacked(path, MATRIX["delete with salt"][0])
    attacked(path, lambda db: db.execute("DELETE FROM verdicts WHERE number = 3"))
    said = faults(path, key)
    assert any("row 3 of verdicts is gone" in one for one in said)


def test_a_removed_row_that_is_put_back_is_named(path: Path, key: bytes, store: Store) -> None:
    def put_back(db: sqlite3.Connection) -> None:
        row = rows[0]
        db.execute(f"INSERT INTO verdicts VALUES ({', '.join('?' * len(row))})", row)

    rows = store._db.execute("SELECT * FROM verdicts WHERE number = 1").fetchall()
    remove_rows(store._db, {"verdicts": [1]}, why="withdrawal")
    attacked(path, put_back)
    assert any("row 1 of verdicts is not in the log" in one for one in faults(path, key))


def test_a_row_that_others_point_to_stays(store: Store) -> None:
    before = store._db.execute("SELECT count(*) FROM pages").fetchone()
    with pytest.raises(sqlite3.IntegrityError):
        remove_rows(store._db, {"pages": [1]}, why="withdrawal")
    assert store._db.execute("SELECT count(*) FROM pages").fetchone() == before
    assert log_faults(store._db) == ()


def test_rows_that_are_not_there_are_no_withdrawal(store: Store) -> None:
    with pytest.raises(ValueError, match="not in the log"):
        remove_rows(store._db, {"verdicts": [99]}, why="withdrawal")
    assert log_faults(store._db) == ()


def test_a_number_that_is_used_again_after_a_removal_is_another_row(store: Store) -> None:
    remove_rows(store._db, {"verdicts": [4]}, why="withdrawal")
    store.add_verdict(1, ItemId("q02"), Meaning.BLANK, None, by="AB")
    assert log_faults(store._db) == ()


@given(st.sets(st.integers(1, 300)))
def test_receipts_come_back_as_written(numbers: set[int]) -> None:
    assert set(receipted(receipt(numbers))) == numbers
