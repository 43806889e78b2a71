import os
import pickle
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.digest import fingerprint
from layouts.errors import FaultyFileError, MismatchError, UsageError, WamError
from layouts.geometry import PAPERS
from layouts.model import Fingerprint, ItemId, Role
from records.audit_entries import NewAudit, NewField, Reading, Rule, Stratum, StratumPlan, Turn
from records.batch_entries import BatchFile, FileCame
from records.card_entries import CardMark
from records.entries import NewCrop, NewDyad, NewPage, NewPrint
from records.images import ImageVault
from records.places import places_of
from records.schema import TABLES, VERSION
from records.second_readings import NewSecondCard
from records.settings import Settings, read_settings
from records.settings_text import write_settings
from records.store import Store
from records.study import Study, create_study, open_study
from records.study_folder import KEY_FILE, SETTINGS_FILE, STORE_FILE
from records.taken_back import Decided
from records.wholefiles import TEMPORARY, sweep, write_whole
from scan.adjudicate import Meaning, Place, Standing
from scan.date_reading import DateDoubt, DateReading
from scan.results import (
    Doubt,
    Fault,
    PageBlank,
    PageOutcome,
    PageRefused,
    Status,
    WrittenReading,
)
from tests.instruments import invented
from tests.readings import DOUBTFUL, FIT, code, dyad, layout_of, read

SETTINGS = Settings("Alliance", "nl", "a4", ("probation", "social-care"), ("intake", "exit"))
FILE = "a" * 64
ANSWERS = {"q01": 3, "q02": None, "q03": DOUBTFUL}


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with create_study(tmp_path / "study", SETTINGS) as made:
        yield made


def stored(store: Store, *outcomes: PageOutcome, file: str = FILE) -> list[Standing]:
    store.begin_file(file, "stack.pdf")
    start = len(store.numbers_read(file)) + 1
    new = [
        NewPage(file, number, f"{len(file) * number:064x}", ".jpg", outcome)
        for number, outcome in enumerate(outcomes, start)
    ]
    return [page.standing for page in store.add_pages(new)]


# Settings.

line = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
).filter(str.strip)


@settings(max_examples=50)
@given(
    st.builds(
        Settings,
        title=line,
        language=st.sampled_from(["nl", "en", "nl-easy"]),
        paper=st.sampled_from(sorted(PAPERS)),
        domains=st.just(("probation",)),
        waves=st.lists(line, min_size=1, max_size=16, unique=True).map(tuple),
        definitions=st.sampled_from([None, Path("own forms")]),
        thresholds=st.dictionaries(line, st.floats(0, 1), max_size=3),
    )
)
def test_settings_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, s: Settings
) -> None:
    path = tmp_path_factory.mktemp("settings") / SETTINGS_FILE
    write_settings(path, s)
    assert read_settings(path) == s


def test_all_faults_of_the_settings_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(
        'title = " "\npaper = "a5"\ndomains = ["Probation", "b", "b"]\nwaves = []\n'
        'colour = "red"\ndefinitions = "two\\nlines"\n[thresholds]\nmarked = "much"\nsolid = nan\n'
    )
    with pytest.raises(FaultyFileError) as caught:
        read_settings(path)
    message = str(caught.value)
    for start in (
        "title: ",
        "language: is missing",
        "paper: ",
        "domains.1: ",
        "waves: ",
        "colour: ",
    ):
        assert f"- {start}" in message
    assert "thresholds.marked: " in message
    assert "thresholds.solid: " in message
    assert len(caught.value.faults) == 9


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"title = ", "not valid TOML"), (b'title = "\xff"', "not UTF-8")],
)
def test_settings_that_are_no_toml_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_bytes(content)
    with pytest.raises(FaultyFileError, match=said):
        read_settings(path)


def test_a_language_that_is_no_tag_is_named(tmp_path: Path) -> None:
    write_settings(tmp_path / SETTINGS_FILE, replace(SETTINGS, language="Dutch, please"))
    with pytest.raises(FaultyFileError, match="language: is not a language tag"):
        read_settings(tmp_path / SETTINGS_FILE)


def test_settings_saved_by_a_windows_editor_are_read(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    write_settings(path, SETTINGS)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_settings(path) == SETTINGS


def test_more_waves_than_a_code_can_hold_are_refused(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    waves = tuple(f"wave {number}" for number in range(17))
    write_settings(path, Settings("T", "nl", "a4", ("probation",), waves))
    with pytest.raises(FaultyFileError, match=r"waves: .*1 to 16"):
        read_settings(path)


# The folder.


def test_a_study_opens_as_it_was_made(study: Study) -> None:
    with open_study(study.folder) as again:
        assert again.settings == SETTINGS
        assert again.key == study.key
        assert len(again.key) == 32
        assert again.definitions is None


def test_the_key_is_for_the_owner_only_and_never_shown(study: Study) -> None:
    assert stat.S_IMODE((study.folder / KEY_FILE).stat().st_mode) == 0o600
    assert study.key.hex() not in repr(study)
    assert repr(study.key) not in repr(study)


def test_a_folder_that_holds_anything_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(UsageError, match="not empty"):
        create_study(tmp_path, SETTINGS)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_file_cannot_become_a_study(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot become"):
        create_study(tmp_path / "file", SETTINGS)


def test_a_folder_that_is_no_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a study"):
        open_study(tmp_path)


@pytest.mark.parametrize("name", [SETTINGS_FILE, KEY_FILE, STORE_FILE])
def test_a_missing_part_of_a_study_is_named(study: Study, name: str) -> None:
    study.close()
    (study.folder / name).unlink()
    with pytest.raises(WamError, match=f"{name} is missing"):
        open_study(study.folder)


@pytest.mark.parametrize("content", ["", "abcd\n", "not hexadecimal"])
def test_a_damaged_key_is_named_but_not_shown(study: Study, content: str) -> None:
    (study.folder / KEY_FILE).write_text(content)
    with pytest.raises(WamError, match="is not a study key"):
        open_study(study.folder)


def test_a_newer_study_is_refused(study: Study) -> None:
    study.close()
    with Store(study.folder / STORE_FILE, study.key) as sound:
        assert sound.check() == ()
    with closing(sqlite3.connect(study.folder / STORE_FILE)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(MismatchError, match="newer wamforms"):
        open_study(study.folder)


def test_a_foreign_or_damaged_database_is_named(study: Study) -> None:
    study.close()
    path = study.folder / STORE_FILE
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (a)")
    with pytest.raises(WamError, match="not a database of wamforms"):
        open_study(study.folder)
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(WamError, match="is damaged"):
        open_study(study.folder)


def test_a_second_program_is_told_that_the_study_is_busy(study: Study) -> None:
    with closing(sqlite3.connect(study.folder / STORE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        study.store._db.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(WamError, match="busy in another window"):
            study.store.begin_file(FILE, "stack.pdf")


# Rows are only added.


@pytest.fixture
def filled(study: Study) -> Study:
    """At least one row in every table."""
    store = study.store
    form = store.add_form(layout_of(invented(3)))
    store.enrol([NewDyad(dyad(), "invented", "en", "O1", "sees us on Monday")])
    store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="first")
    stored(store, read(code(form=form), ANSWERS))
    store.end_file(FILE, 1)
    store.add_verdict(1, ItemId("q03"), Meaning.VALUE, 4, by="AB")
    store.add_sheet_verdict(Place.of(code()), 1, seen=1, by="AB")
    lost = [NewPage("c" * 64, 1, "d" * 64, ".jpg", PageRefused("x", Fault.NO_CODE))]
    store.begin_file("c" * 64, "lost.pdf")
    store.set_aside(store.add_pages(lost)[0].id, by="AB")
    more = replace(read(code(form=form), ANSWERS), source="x#2")
    asked = DateReading((1,) * 6, (0.5,) * 6, None, DateDoubt.DIGIT)
    more = replace(more, written=WrittenReading((), asked))
    crops = (NewCrop("remarks", "f" * 64, ".png"),)
    store.add_pages([NewPage("c" * 64, 2, "e" * 64, ".jpg", more, crops)])
    store.add_date_verdict(3, "2026-11-23", by="AB")
    batch = store.begin_batch()
    store.add_batch_file(batch, BatchFile("lost.pdf", "c" * 64, FileCame.SCANNED, 2))
    store.add_batch_pages(batch, [2, 3])
    store.end_batch(batch)
    strata = (StratumPlan(Stratum.MARKED, 0.01, 0, 2, 2),)
    plan = NewAudit("1234567890", "dice", Rule.FIXED, 1, "0.1.0", 1, "a" * 64, strata)
    answer = Reading(Meaning.VALUE, 3)
    store.add_audit(plan, [NewField(Stratum.MARKED, 1, ItemId("q01"), answer)], by="AB")
    store.add_audit_key(1, Turn.FIRST, answer, by="AB")
    put_aside_and_read_again(store)
    store.seal_to(["age1" + "q" * 58])
    withdrawn(store, form)
    return study


def put_aside_and_read_again(store: Store) -> None:
    store.add_mark(1, ItemId("q01"), CardMark.NOTE, "a smudge", by="AB")
    again = NewSecondCard(1, ItemId("q01"), None, Meaning.VALUE, 3)
    store.begin_round(1.0, "seed", [again], by="CD")
    store.add_second_answer(1, Meaning.BLANK, None, by="CD", took_ms=800)
    store.take_back(Decided.DATE, 1, by="AB")


def withdrawn(store: Store, form: Fingerprint) -> None:
    """Withdraw a dyad whose page came in a file with those of others."""
    store.enrol([NewDyad(dyad(2), "invented", "en", "O1", "")])
    gone = replace(read(code(2, whose=dyad(2), form=form), ANSWERS), source="x#3")
    store.add_pages([NewPage("c" * 64, 3, "9" * 64, ".jpg", gone)])
    store.withdraw(dyad(2), by="AB")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_ever_changed_removed_or_replaced(filled: Study, table: str) -> None:
    db = filled.store._db
    before = db.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    slots = ", ".join("?" for _ in before[0])
    for statement, values in (
        (f"UPDATE {table} SET rowid = rowid", ()),
        (f"DELETE FROM {table}", ()),
        (f"INSERT OR REPLACE INTO {table} VALUES ({slots})", before[0]),
        (f"REPLACE INTO {table} VALUES ({slots})", before[0]),
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            db.execute(statement, values)
    assert db.execute(f"SELECT * FROM {table}").fetchall() == before


def test_every_safety_of_the_connection_is_on(study: Study) -> None:
    db = study.store._db
    expected = {
        **{"foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0},
        **{"cell_size_check": 1, "secure_delete": 1, "synchronous": 2, "journal_mode": "wal"},
    }
    assert {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in expected} == expected
    assert study.store.check() == ()


# Forms, dyads, prints.


def test_forms_come_back_and_are_kept_once(study: Study) -> None:
    layout = layout_of(invented(3))
    assert study.store.add_form(layout) == study.store.add_form(layout) == fingerprint(layout)
    assert study.store.layouts() == {fingerprint(layout): layout}


def test_a_print_remembers_the_officer_of_its_day(study: Study) -> None:
    store = study.store
    form = store.add_form(layout_of(invented(3)))
    store.enrol([NewDyad(dyad(), "invented", "en", "O1")])
    store.enrol([NewDyad(dyad(), "invented", "en", "O1")])
    (first,) = store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="w1")
    store.enrol([NewDyad(dyad(), "invented", "nl", "O2")])
    second, third = store.add_prints([NewPrint(dyad(), role, 2, form) for role in Role], run="w2")
    assert [one.serial for one in (first, second, third)] == [1, 2, 3]
    assert [(one.officer, one.language) for one in store.prints()] == [
        *(("O1", "en"), ("O2", "nl"), ("O2", "nl"))
    ]
    assert [(one.officer, one.language) for one in store.dyads()] == [("O2", "nl")]


def test_a_dyad_never_changes_its_domain_and_the_whole_caseload_waits(study: Study) -> None:
    study.store.enrol([NewDyad(dyad(1), "probation", "nl")])
    with pytest.raises(UsageError, match="enrolled in probation"):
        study.store.enrol([NewDyad(dyad(2), "probation", "nl"), NewDyad(dyad(1), "debts", "nl")])
    assert [one.code for one in study.store.dyads()] == [dyad(1)]


def test_nothing_is_printed_for_an_unknown_dyad(study: Study) -> None:
    form = study.store.add_form(layout_of(invented(3)))
    with pytest.raises(sqlite3.IntegrityError):
        study.store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="w1")
    assert study.store.prints() == ()


def test_a_study_never_prints_more_forms_than_a_code_can_count(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.store.MAX_SERIAL", 1)
    form = study.store.add_form(layout_of(invented(3)))
    study.store.enrol([NewDyad(dyad(), "invented", "en")])
    with pytest.raises(UsageError, match="counts to 1"):
        study.store.add_prints([NewPrint(dyad(), role, 1, form) for role in Role], run="w1")
    assert study.store.prints() == ()


# Pages.


def test_every_kind_of_outcome_comes_back_as_it_was(study: Study) -> None:
    outcomes = (
        read(code(), ANSWERS),
        PageRefused("stack#2", Fault.WRONG_SCALE, "0.71 of the printed size", code(2)),
        PageRefused("stack#3", Fault.UNREADABLE),
        PageBlank("stack#4"),
    )
    stored(study.store, *outcomes)
    pages = study.store.snapshot().pages
    assert tuple(page.outcome for page in pages) == outcomes
    assert [page.place for page in pages] == [Place.of(code()), Place.of(code(2)), None, None]


def test_a_reading_that_would_not_come_back_is_not_stored(study: Study) -> None:
    bad = replace(read(code(), ANSWERS), fit=replace(FIT, residual_mm=nan))
    with pytest.raises(ValueError, match="residual_mm"):
        stored(study.store, PageBlank("stack#1"), bad)
    assert study.store.numbers_read(FILE) == frozenset(), "a batch is stored whole or not at all"


def test_a_reading_of_an_unknown_version_is_named(study: Study) -> None:
    study.store.begin_file(FILE, "stack.pdf")
    study.store._db.execute(
        "INSERT INTO pages (file, number, outcome, standing, reading, program, at)"
        " VALUES (?, 1, 'blank', 'first', '{\"kind\": \"folded\"}', '9.0', 'later')",
        (FILE,),
    )
    with pytest.raises(MismatchError, match=r"read by wamforms 9\.0"):
        study.store.snapshot()


def test_pages_sent_twice_are_stored_once(study: Study) -> None:
    study.store.begin_file(FILE, "stack.pdf")
    new = [NewPage(FILE, 1, "b" * 64, ".jpg", read(code(), ANSWERS))]
    assert study.store.add_pages(new) == study.store.add_pages(new)
    assert len(study.store.snapshot().pages) == 1


def test_a_file_is_complete_only_when_all_its_pages_are_there(study: Study) -> None:
    stored(study.store, PageBlank("stack#1"))
    with pytest.raises(ValueError, match="1 of 2 pages"):
        study.store.end_file(FILE, 2)
    assert not study.store.begin_file(FILE, "stack.pdf").is_complete
    study.store.end_file(FILE, 1)
    again = study.store.begin_file(FILE, "renamed.pdf")
    assert (again.is_complete, again.pages, again.name) == (True, 1, "stack.pdf")


@pytest.mark.parametrize("name", ["/home/me/scan.pdf", "C:\\scans\\scan.pdf", "scan.pdf"])
def test_only_the_name_of_a_file_is_kept_and_never_its_path(study: Study, name: str) -> None:
    assert study.store.begin_file(FILE, name).name == "scan.pdf"


def test_the_standing_of_every_page_is_named_at_its_arrival(study: Study) -> None:
    store = study.store
    changed = ANSWERS | {"q01": 4}
    assert stored(
        store,
        read(code(), ANSWERS),
        read(code(), ANSWERS | {"q03": 5}),
        read(code(), changed),
        read(code(serial=2), ANSWERS),
        read(code(serial=3, role=Role.PROFESSIONAL), changed),
        PageRefused("stack#6", Fault.NO_MARKERS, code=code()),
        PageBlank("stack#7"),
    ) == [
        *(Standing.FIRST, Standing.AGAIN, Standing.CONFLICT, Standing.CONFLICT),
        *(Standing.FIRST, Standing.FIRST, Standing.FIRST),
    ]


def test_the_same_picture_in_another_file_is_a_duplicate(study: Study) -> None:
    refused = PageRefused("x", Fault.NO_CODE)
    found = []
    for file in ("a" * 64, "b" * 64):
        study.store.begin_file(file, "stack.pdf")
        outcomes: tuple[PageOutcome, ...] = (read(code(), ANSWERS), refused, PageBlank("x"))
        new = [
            NewPage(file, number, f"{number:064x}", ".png", outcome)
            for number, outcome in enumerate(outcomes, 1)
        ]
        found.append([page.standing for page in study.store.add_pages(new)])
    first, duplicate = Standing.FIRST, Standing.DUPLICATE
    assert found == [[first] * 3, [duplicate, duplicate, first]]


# Verdicts.


def test_verdicts_and_the_choice_between_sheets_make_the_answers(study: Study) -> None:
    store = study.store
    stored(store, read(code(), ANSWERS))
    store.add_verdict(1, ItemId("q03"), Meaning.VALUE, 4, by=" AB ")
    (place,) = places_of(store.snapshot())
    assert place.waiting == ()
    assert [one.status for one in place.answers][2] is Status.SETTLED
    assert place.answers[2].by == "AB"

    stored(store, read(code(serial=2), ANSWERS | {"q01": 1}))
    (place,) = places_of(store.snapshot())
    assert place.is_open
    assert {one.doubts for one in place.waiting} == {(Doubt.SCANS_DIFFER,)}
    assert len(place.waiting) == 3

    store.add_sheet_verdict(place.place, 2, seen=2, by="AB")
    (place,) = places_of(store.snapshot())
    assert (place.is_open, place.counted.id, place.answers[0].value) == (False, 2, 1)
    assert place.answers[2].status is Status.DOUBT, "the verdict was about the other print"


@pytest.mark.parametrize(
    ("page", "item", "value", "said"),
    [(9, "q01", 3, "has no item"), (1, "q99", 3, "has no item"), (1, "q01", 9, "no answer 9")],
)
def test_a_verdict_on_what_is_not_there_is_refused(
    study: Study, page: int, item: str, value: int, said: str
) -> None:
    stored(study.store, read(code(), ANSWERS))
    with pytest.raises(UsageError, match=said):
        study.store.add_verdict(page, ItemId(item), Meaning.VALUE, value, by="AB")


def test_a_decision_needs_a_name(study: Study) -> None:
    stored(study.store, read(code(), ANSWERS))
    with pytest.raises(UsageError, match="who decided"):
        study.store.add_verdict(1, ItemId("q01"), Meaning.BLANK, None, by="  ")


def test_only_scans_of_the_place_can_be_chosen(study: Study) -> None:
    stored(study.store, read(code(), ANSWERS), read(code(2, wave=2), ANSWERS))
    with pytest.raises(UsageError, match="is not a scan of"):
        study.store.add_sheet_verdict(Place.of(code()), 2, seen=2, by="AB")


# Pictures.


def test_a_picture_is_kept_once_and_comes_back(study: Study) -> None:
    digest = study.images.keep(b"picture", ".jpg")
    before = [path.stat().st_mtime_ns for path in study.images.root.rglob("*.jpg")]
    assert pickle.loads(pickle.dumps(study.images)).keep(b"picture", ".jpg") == digest
    assert [path.stat().st_mtime_ns for path in study.images.root.rglob("*.jpg")] == before
    assert study.images.open(digest, ".jpg") == b"picture"


def test_a_changed_or_missing_picture_is_noticed_and_mended_by_a_new_scan(study: Study) -> None:
    digest = study.images.keep(b"picture", ".jpg")
    (path,) = study.images.root.rglob("*.jpg")
    path.write_bytes(b"pictvre")
    with pytest.raises(WamError, match="has changed"):
        study.images.open(digest, ".jpg")
    study.images.keep(b"picture", ".jpg")
    assert study.images.open(digest, ".jpg") == b"picture"
    path.unlink()
    with pytest.raises(WamError, match="is missing"):
        study.images.open(digest, ".jpg")


@pytest.mark.parametrize(("digest", "suffix"), [("../../key", ".jpg"), ("a" * 64, "/../x")])
def test_a_picture_is_never_sought_outside_the_vault(
    tmp_path: Path, digest: str, suffix: str
) -> None:
    with pytest.raises(WamError, match="cannot name a picture"):
        ImageVault(tmp_path).open(digest, suffix)


def test_leftovers_are_swept_when_they_are_old_and_only_then(study: Study) -> None:
    young, old = (study.images.root / f"{TEMPORARY}{name}" for name in ("young", "old"))
    for path in (young, old):
        path.write_bytes(b"half a picture")
    os.utime(old, (time.time() - 3600, time.time() - 3600))
    open_study(study.folder).close()
    assert [path.exists() for path in (young, old)] == [True, False]
    assert sweep(study.folder / "nowhere") == 0


def test_a_write_that_fails_leaves_the_old_file_and_no_leftover(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    (target / "inside").mkdir(parents=True)
    with pytest.raises(OSError):
        write_whole(target, b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


# Killed in the middle.

PAGES, BATCH, KILLS = 600, 8, 10

CHILD = """
import signal
import sys
from pathlib import Path
from records.entries import NewPage
from records.study import open_study
from tests.readings import code, dyad, read

PAGES, BATCH = int(sys.argv[2]), int(sys.argv[3])
FILE = "a" * 64
with open_study(Path(sys.argv[1])) as study:
    if len(sys.argv) > 4:
        # Without a handler the system ends it at once, in the middle of whatever it does.
        signal.setitimer(signal.ITIMER_REAL, float(sys.argv[4]))
    if not study.store.begin_file(FILE, "stack.pdf").is_complete:
        done = study.store.numbers_read(FILE)
        todo = [number for number in range(1, PAGES + 1) if number not in done]
        for start in range(0, len(todo), BATCH):
            batch = []
            for number in todo[start : start + BATCH]:
                image = study.images.keep(b"picture %d" % number * 500, ".jpg")
                page = read(code(number, whose=dyad(number)), {"q01": 1, "q02": 2})
                batch.append(NewPage(FILE, number, image, ".jpg", page))
            for page in study.store.add_pages(batch):
                print(page.id, page.index, flush=True)
        study.store.end_file(FILE, PAGES)
    print("end", flush=True)
"""


def scan_and_die(folder: Path, after_s: float | None) -> list[str]:
    """Run a scan in another process, which dies a while after it opened the study."""
    arguments = [sys.executable, "-c", CHILD, str(folder), str(PAGES), str(BATCH)]
    # It keeps the time itself: on a busy computer it would be at its end before we are back.
    arguments += [] if after_s is None else [str(after_s)]
    root = Path(__file__).parent.parent
    done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, cwd=root, check=False)
    assert done.returncode in (0, -signal.SIGALRM)
    *whole, _torn = done.stdout.split("\n")
    return whole


@pytest.mark.skipif(sys.platform == "win32", reason="SIGALRM")
def test_killed_ten_times_a_scan_loses_nothing_and_doubles_nothing(study: Study) -> None:
    study.close()
    chance = random.Random(7)
    told: list[str] = []
    kills = 0
    for _ in range(KILLS):
        said = scan_and_die(study.folder, chance.uniform(0.0001, 0.03))
        kills += "end" not in said
        told += [line for line in said if line != "end"]
    assert scan_and_die(study.folder, None)[-1] == "end"
    assert kills >= KILLS // 2, "too few kills hit the scan in the middle"
    with open_study(study.folder) as again:
        pages = again.store.snapshot().pages
        assert again.store.check() == ()
        assert sorted(page.index for page in pages) == list(range(1, PAGES + 1))
        assert set(told) <= {f"{page.id} {page.index}" for page in pages}
        assert {page.standing for page in pages} == {Standing.FIRST}
        for page in pages:
            assert page.image is not None
            again.images.open(page.image, ".jpg")
        assert again.store.begin_file(FILE, "stack.pdf").pages == PAGES
