"""Studies of earlier versions open, with every row, and a copy of them is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layouts.errors import UsageError
from layouts.model import ItemId, Role
from records.card_entries import CardMark
from records.entries import Crop, NewCrop, NewDyad, NewPage, NewPrint
from records.log import Action
from records.schema import EXTRAS, LOG_TABLES, TABLES, VERSION, table_sql
from records.settings import Settings
from records.store import Store
from records.study import Study, create_study, open_study
from records.study_folder import STORE_FILE
from records.taken_back import Decided
from scan.adjudicate import Meaning, Place, Standing
from scan.results import Fault, PageRead, PageRefused
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read

SETTINGS = Settings("Alliance", "nl", "a4", ("probation",), ("intake",))
FILE = "a" * 64
ANSWERS = {"q01": 3, "q02": None}
NEW_COLUMN = "typed INTEGER UNIQUE REFERENCES typed_codes (number)"
TOOK_MS = "    took_ms INTEGER CHECK (took_ms >= 0),\n"
IN_FORMAT_4 = {name for name in TABLES if name.startswith(("card_", "second_"))}
IN_FORMAT_3 = {
    *("crops", *IN_FORMAT_4),
    *(name for name in TABLES if name.startswith(("batch", "audit", "date"))),
}
IN_FORMAT_5 = {"taken_back", "research_keys"}
NEW_TABLES = {
    1: {"typed_codes", *IN_FORMAT_3, *IN_FORMAT_5},
    2: IN_FORMAT_3 | IN_FORMAT_5,
    3: IN_FORMAT_4 | IN_FORMAT_5,
    4: IN_FORMAT_5,
}
NEW_WORDS = {
    1: ("typed", "taken", "research", "crops", "batch", "audit", "date", "card_", "second_"),
    2: (
        "typed_codes_of",
        "taken",
        "research",
        "crops",
        "batch",
        "audit",
        "date",
        "card_",
        "second_",
    ),
    3: ("typed_codes_of", "taken", "research", "card_", "second_"),
    4: ("typed_codes_of", "taken", "research"),
}
ONE_CODE = "page INTEGER NOT NULL UNIQUE REFERENCES pages (id),\n    code"
"""Before format 5 a page was typed once for all."""

Rows = dict[str, list[tuple[object, ...]]]


def filled(folder: Path) -> Path:
    """Make a study with a read page, a page without a code, and a decision."""
    with create_study(folder, SETTINGS) as study:
        store = study.store
        form = store.add_form(layout_of(invented(2)))
        store.enrol([NewDyad(dyad(), "invented", "en")])
        store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="first")
        store.begin_file(FILE, "stack.pdf")
        store.add_pages(
            [
                NewPage(FILE, 1, "1" * 64, ".jpg", read(code(form=form), ANSWERS)),
                NewPage(FILE, 2, "2" * 64, ".jpg", PageRefused("stack.pdf#2", Fault.NO_CODE)),
            ]
        )
        store.end_file(FILE, 2)
        store.add_verdict(1, ItemId("q02"), Meaning.VALUE, 4, by="AB")
    return folder / STORE_FILE


def made_old(path: Path, version: int = 1) -> Rows:
    """Take a database back to an earlier format, and return its rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        rows = {}
        for table in TABLES:
            lines = table_sql(table).splitlines()
            old = "\n".join(line for line in lines if "sealed" not in line)
            old = old if version == 4 else old.replace(TOOK_MS, "")
            old = old.replace(ONE_CODE.replace("UNIQUE ", ""), ONE_CODE)
            if version == 1:
                old = old.replace(NEW_COLUMN, "UNIQUE (file, number)")
            kept = db.execute(f"SELECT * FROM {table}").fetchall()
            db.execute(f"DROP TABLE {table}")
            if table in NEW_TABLES[version]:
                continue
            db.execute(old)
            width = len(db.execute(f"PRAGMA table_info({table})").fetchall())
            rows[table] = [row[:width] for row in kept]
            slots = ", ".join("?" * width)
            db.executemany(f"INSERT INTO {table} VALUES ({slots})", rows[table])
        for statement in EXTRAS:
            if not any(word in statement for word in NEW_WORDS[version]):
                db.execute(statement)
        for table in reversed(LOG_TABLES):
            db.execute(f"DROP TABLE {table}")
        db.execute(f"PRAGMA user_version = {version}")
    return rows


@pytest.fixture
def old_study(tmp_path: Path) -> tuple[Path, Rows]:
    path = filled(tmp_path / "study")
    return path, made_old(path)


def rows_of(path: Path, table: str, width: int) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return [row[:width] for row in db.execute(f"SELECT * FROM {table}")]


def test_a_study_of_the_first_format_opens_with_every_row(
    old_study: tuple[Path, Rows],
) -> None:
    path, before = old_study
    with open_study(path.parent) as study:
        assert study.store.check() == ()
        assert study.store._db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert study.store._db.execute("PRAGMA foreign_keys").fetchone() == (1,)
        snapshot = study.store.snapshot()
    assert [page.typed for page in snapshot.pages] == [None, None]
    for table, rows in before.items():
        width = len(rows[0]) if rows else 0
        assert rows_of(path, table, width) == [row[:width] for row in rows]


def test_a_study_of_the_second_format_opens_with_its_typed_codes_and_no_crops(
    tmp_path: Path,
) -> None:
    path = filled(tmp_path / "study")
    with open_study(path.parent) as study:
        study.store.add_typed_code(2, code(), again(study.store), by="AB")
        before = study.store.snapshot()
    made_old(path, 2)
    with open_study(path.parent) as study:
        after = study.store.snapshot()
        assert study.store.check() == ()
    assert after == before
    assert after.crops == ()
    assert path.with_name("study.sqlite.format-2").exists()


def test_a_study_of_the_fourth_format_opens_and_is_not_sealed(tmp_path: Path) -> None:
    path = filled(tmp_path / "study")
    with open_study(path.parent) as study:
        before = study.store.snapshot()
    made_old(path, 4)
    with open_study(path.parent) as study:
        assert study.store.snapshot() == before
        assert study.store.check() == ()
        assert study.store.research_keys() == frozenset()
        study.store.add_verdict(1, ItemId("q01"), Meaning.VALUE, 2, by="AB")
    assert path.with_name("study.sqlite.format-4").exists()


def test_a_study_of_the_third_format_opens_with_its_decisions(tmp_path: Path) -> None:
    path = filled(tmp_path / "study")
    with open_study(path.parent) as study:
        before = study.store.snapshot()
    made_old(path, 3)
    with open_study(path.parent) as study:
        assert study.store.snapshot() == before
        assert study.store.check() == ()
        study.store.add_verdict(1, ItemId("q02"), Meaning.VALUE, 5, by="AB", took_ms=900)
        assert study.store.seconds_spent() == {"AB": (1, 0.9)}
        study.store.add_mark(1, ItemId("q02"), CardMark.PARKED, by="AB")
        assert study.store.check() == ()


def test_a_study_of_the_fourth_format_lets_a_typed_code_be_taken_back(tmp_path: Path) -> None:
    path = filled(tmp_path / "study")
    with open_study(path.parent) as study:
        study.store.add_typed_code(2, code(), again(study.store), by="AB")
        before = study.store.snapshot()
    made_old(path, 4)
    with open_study(path.parent) as study:
        assert study.store.snapshot() == before
        for number in (1, 2):
            study.store.take_back(Decided.CODE, number, by="AB")
            study.store.add_typed_code(2, code(), again(study.store), by="AB")
        assert study.store.check() == ()


def test_rows_from_before_the_log_are_adopted_and_marked_so(
    old_study: tuple[Path, Rows],
) -> None:
    path, before = old_study
    with open_study(path.parent) as study:
        (upgraded,) = study.store.log.events(Action.UPGRADED)
        adopted = study.store._db.execute(
            "SELECT object, count(*) FROM log WHERE action = 'adopted' GROUP BY object"
        )
        assert dict(adopted) == {table: len(rows) for table, rows in before.items() if rows}
        assert upgraded.detail == f"format 1 to {VERSION}"
        study.store.add_verdict(1, ItemId("q02"), Meaning.VALUE, 5, by="AB")
        assert study.store.check() == ()


def test_a_format_that_somebody_turned_back_adopts_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path / "study")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TRIGGER verdicts_never_updated")
        db.execute("UPDATE verdicts SET value = 5")
        db.execute("PRAGMA user_version = 2")
    with open_study(path.parent) as study:
        (said,) = study.store.check()
    assert "row 1 of verdicts was changed" in said


def test_a_copy_of_the_old_study_stays_beside_it(
    old_study: tuple[Path, Rows],
) -> None:
    path, before = old_study
    open_study(path.parent).close()
    copy = path.with_name("study.sqlite.format-1")
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT * FROM pages").fetchall() == before["pages"]


def test_rows_of_an_upgraded_study_cannot_be_changed_either(
    old_study: tuple[Path, Rows],
) -> None:
    path, _ = old_study
    with (
        open_study(path.parent) as study,
        pytest.raises(sqlite3.IntegrityError, match="only added"),
    ):
        study.store._db.execute("DELETE FROM pages")


def test_an_upgrade_that_fails_changes_nothing(
    old_study: tuple[Path, Rows],
) -> None:
    path, before = old_study
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(
            "INSERT INTO verdicts (page, item, meaning, value, by, at)"
            " VALUES (99, 'q01', 'blank', NULL, 'AB', 'now')"
        )
        db.commit()
    with pytest.raises(Exception, match="point nowhere"):
        open_study(path.parent)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT * FROM pages").fetchall() == before["pages"]


# Codes that people typed.


@pytest.fixture
def study(tmp_path: Path) -> Study:
    filled(tmp_path / "study")
    return open_study(tmp_path / "study")


def again(store: Store, **values: int | None) -> PageRead:
    (form,) = store.layouts()
    return read(code(form=form), values or ANSWERS, "stack.pdf#2")


def test_a_page_read_with_a_typed_code_is_one_more_row_of_the_same_picture(study: Study) -> None:
    with study:
        new = study.store.add_typed_code(2, code(), again(study.store), by="AB")
        pages = study.store.snapshot().pages
        assert [page.id for page in pages] == [1, 2, 3]
        assert isinstance(pages[1].outcome, PageRefused)
        assert (new.image, new.index, new.file, new.typed) == ("2" * 64, 2, FILE, 1)
        (typed,) = study.store.snapshot().typed_codes
        assert (typed.page, typed.code, typed.by) == (2, code().for_people(), "AB")
        assert study.store.numbers_read(FILE) == {1, 2}
        assert study.store.end_file(FILE, 2).is_complete


def test_a_typed_code_of_a_page_that_is_in_already_agrees_or_conflicts(study: Study) -> None:
    with study:
        same = study.store.add_typed_code(2, code(), again(study.store), by="AB")
        assert same.standing is Standing.AGAIN
        store = study.store
        store.begin_file("b" * 64, "more.pdf")
        lost = NewPage("b" * 64, 1, "3" * 64, ".jpg", PageRefused("more.pdf#1", Fault.NO_CODE))
        (page,) = store.add_pages([lost])
        other = store.add_typed_code(page.id, code(), again(store, q01=5, q02=None), by="AB")
        assert other.standing is Standing.CONFLICT
        assert Place.of(code()) == other.place


@pytest.mark.parametrize("page", [1, 99])
def test_only_a_page_without_a_code_waits_for_one(study: Study, page: int) -> None:
    with study, pytest.raises(UsageError, match="does not wait for its code"):
        study.store.add_typed_code(page, code(), again(study.store), by="AB")


def test_a_code_is_typed_once(study: Study) -> None:
    with study:
        study.store.set_aside(2, by="AB")
        assert study.store.snapshot().typed_codes[0].code is None
        with pytest.raises(UsageError, match="does not wait for its code"):
            study.store.add_typed_code(2, code(), again(study.store), by="AB")


def test_a_typed_code_needs_a_name(study: Study) -> None:
    with study, pytest.raises(UsageError, match="who decided"):
        study.store.set_aside(2, by=" ")


# Cuttings of handwriting.


def test_crops_are_remembered_with_the_reading_they_come_from(study: Study) -> None:
    box, margin = NewCrop("remarks", "c" * 64, ".png"), NewCrop("", "d" * 64, ".png")
    with study:
        new = study.store.add_typed_code(
            2, code(), again(study.store), by="AB", crops=(box, margin)
        )
        found = study.store.snapshot().crops
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            study.store._db.execute("DELETE FROM crops")
    assert found == (
        Crop("remarks", "c" * 64, ".png", new.id, 1),
        Crop("", "d" * 64, ".png", new.id, 2),
    )


def test_a_page_that_is_stored_again_brings_no_crops_twice(study: Study) -> None:
    crop = NewCrop("remarks", "c" * 64, ".png")
    with study:
        study.store.begin_file("b" * 64, "more.pdf")
        page = NewPage("b" * 64, 1, "3" * 64, ".jpg", again(study.store), (crop,))
        study.store.add_pages([page])
        study.store.add_pages([page])
        assert len(study.store.snapshot().crops) == 1
