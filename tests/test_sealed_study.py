"""A sealed study: what clients answered opens with the research key, and with nothing else."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from layouts.errors import LockedError, UsageError
from layouts.model import CONSENT, ItemId, Role
from records.age_files import new_pair
from records.card_entries import CardMark
from records.entries import StoredPage
from records.rows import _readings
from records.settings import read_settings
from records.settings_text import write_settings
from records.study import Study, open_study
from records.study_folder import SETTINGS_FILE, STORE_FILE
from scan.adjudicate import Meaning, Standing
from scan.results import PageRead, Status
from tests.sealed_office import Twins, twins
from wamforms.tasks.exporting import ExportOrder, export_study
from wamforms.tasks.settling import ItemQuestion, ScansQuestion, open_questions

TABLES = ExportOrder(pictures=True, plain=True)
TIMED = {"PROVENANCE.json"}


@pytest.fixture
def both(tmp_path: Path) -> Twins:
    return twins(tmp_path)


def settle_everything(study: Study) -> None:
    """Decide every row as its place says, and for the later scan where two differ."""
    while rows := [one for one in open_questions(study) if isinstance(one, ScansQuestion)]:
        newest = rows[0].scans[-1].id
        study.store.add_sheet_verdict(rows[0].place, newest, seen=newest, by="AB")
    for one in open_questions(study):
        if isinstance(one, ItemQuestion):
            study.store.add_verdict(
                one.page.id, one.item, Meaning.VALUE, one.suggestion, by="AB", took_ms=700
            )


def is_of_professional(page: StoredPage) -> bool:
    outcome = page.outcome
    return isinstance(outcome, PageRead) and outcome.code.role is Role.PROFESSIONAL


def picture_of(study: Study, page: StoredPage) -> bytes:
    assert page.image is not None
    assert page.suffix is not None
    return study.images.open(page.image, page.suffix)


def secrets_of(study: Study) -> Iterator[bytes]:
    """Yield what must lie nowhere: each row that was read of a client's sheet, and pictures."""
    pages = study.store.snapshot().pages
    shown = [picture_of(study, page) for page in pages if is_of_professional(page)]
    for page in pages:
        if is_of_professional(page):
            continue
        outcome = page.outcome
        if isinstance(outcome, PageRead):
            said = json.loads(_readings().dump_json(outcome))
            for one in said["items"]:
                yield json.dumps(one["bubbles"], separators=(",", ":")).encode()
        data = picture_of(study, page)
        some = data[len(data) // 2 : len(data) // 2 + 48]
        # White paper and an empty row look the same on every sheet, whosever it is.
        if len(set(some)) > 24 and not any(some in other for other in shown):
            yield some
    for crop in study.store.snapshot().crops:
        yield study.images.open(crop.image, crop.suffix)[40:88]


def files_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def found_in(folder: Path, secrets: set[bytes]) -> list[str]:
    return [
        f"{path.name}: {secret[:60]!r}"
        for path, data in files_of(folder)
        for secret in secrets
        if secret in data
    ]


def exported(study: Study, place: Path) -> dict[str, bytes]:
    export_study(study, place, TABLES)
    return {
        path.relative_to(place).as_posix(): data
        for path, data in files_of(place)
        if path.name not in TIMED
    }


# What lies on the disk.


def test_nothing_that_clients_answered_lies_in_any_file_of_the_study(both: Twins) -> None:
    with both.open.open() as study:
        secrets = set(secrets_of(study))
        # Some lie across two pages of the database; one half of each does not.
        halves = {
            half: one for one in secrets for half in (one[: len(one) // 2], one[len(one) // 2 :])
        }
        there = {one for half, one in halves.items() if found_in(both.open.folder, {half})}
        assert len(there) > 0.9 * len(secrets) > 90
        assert not found_in(both.sealed.folder, secrets)
    # While it is open the write-ahead log is there, too, and decisions have been made.
    with both.with_key() as study:
        settle_everything(study)
        assert (both.sealed.folder / f"{STORE_FILE}-wal").stat().st_size > 0
        assert not found_in(both.sealed.folder, secrets)


def test_decisions_about_clients_rows_are_closed_and_all_of_one_length(both: Twins) -> None:
    with both.with_key() as study:
        settle_everything(study)
    with closing(sqlite3.connect(both.sealed.folder / STORE_FILE)) as db:
        found = db.execute(
            "SELECT role, item, meaning, value, took_ms, length(verdicts.sealed) FROM verdicts"
            " JOIN pages ON pages.id = verdicts.page"
        ).fetchall()
    clients = [rest for role, *rest in found if role == "client"]
    assert len(clients) >= 3
    assert all(rest[:4] == [None] * 4 for rest in clients)
    # The age format adds a stanza of random length; only that differs.
    assert max(rest[4] for rest in clients) - min(rest[4] for rest in clients) < 400
    assert all(one[5] is None for one in found if one[0] == "professional")


def test_pictures_of_clients_sheets_are_of_few_lengths(both: Twins) -> None:
    sealed = [data for path, data in files_of(both.sealed.folder / "images") if b"age-enc" in data]
    assert len(sealed) == 7, "clients', a blank back, and a page of which nobody knows whose"
    assert len({len(one) // 4096 for one in sealed}) <= 3


# Who has the key.


def test_with_the_key_every_cell_equals_that_of_an_open_study(both: Twins, tmp_path: Path) -> None:
    with both.with_key() as sealed, both.open.open() as plain:
        before = exported(sealed, tmp_path / "a"), exported(plain, tmp_path / "b")
        assert before[0] == before[1]
        standings = [[p.standing for p in s.store.snapshot().pages] for s in (sealed, plain)]
        assert standings[0] == standings[1]
        assert {Standing.AGAIN, Standing.CONFLICT} <= set(standings[0])
        for study in (sealed, plain):
            settle_everything(study)
        after = exported(sealed, tmp_path / "a"), exported(plain, tmp_path / "b")
    assert after[0] == after[1]
    assert after[0]["answers_long.csv"] != before[0]["answers_long.csv"]
    assert b"data:image/png" in after[0]["remarks.html"], "cut anew from the sealed page"


def test_another_key_opens_nothing(both: Twins) -> None:
    with pytest.raises(LockedError, match="not the research key"):
        open_study(both.sealed.folder, research_key=(new_pair().secret,))


# Who has not.


def test_the_office_knows_that_a_sheet_came_in_and_what_its_client_allows(both: Twins) -> None:
    with both.sealed.open() as study:
        pages = study.store.snapshot().pages
        clients = [page for page in pages if page.is_closed]
        assert len(clients) == 5
        first = clients[0].outcome
        assert isinstance(first, PageRead)
        assert not first.items
        assert not first.remarks
        assert first.consent is not None
        assert (first.consent.status, first.consent.value) == (Status.READ, 2)
        assert all("remark" not in note for note in first.notes)


def test_nothing_of_a_sealed_sheet_is_asked_decided_or_noted_without_the_key(both: Twins) -> None:
    with both.sealed.open() as study:
        asked = open_questions(study)
        assert asked
        assert all(
            isinstance(one, ItemQuestion) and one.place.role is Role.PROFESSIONAL for one in asked
        )
        sealed = pytest.raises(LockedError, match="only the research key opens it")
        for item in ("q01", CONSENT):
            with sealed:
                study.store.add_verdict(1, ItemId(item), Meaning.VALUE, 1, by="AB")
        page = study.store.page(1)
        with sealed:
            study.images.open(str(page.image), str(page.suffix))
        with pytest.raises(UsageError, match="lie open"):
            study.store.add_mark(1, ItemId("q01"), CardMark.PARKED, by="AB")
        study.store.add_mark(1, ItemId(""), CardMark.RESCAN, by="AB")


def test_an_export_without_the_key_says_how_many_forms_are_sealed(
    both: Twins, tmp_path: Path
) -> None:
    with both.sealed.open() as study:
        done = export_study(study, tmp_path / "t")
        tables = {path.name: data for path, data in files_of(tmp_path / "t")}
    assert done.sealed == 3
    assert "3 clients' forms are sealed" in done.remarks[0][1]
    assert b"3 clients' forms are sealed" in tables["README.txt"]
    assert json.loads(tables["PROVENANCE.json"])["out"]["sealed"] == 3
    assert b"client" not in tables["answers_long.csv"].split(b"\n", 1)[1]
    assert b",client," not in tables["forms.csv"]


@pytest.mark.parametrize("swapped", [(), (new_pair().public,)], ids=["none", "another"])
def test_nobody_takes_the_seal_off_in_the_settings(both: Twins, swapped: tuple[str, ...]) -> None:
    path = both.sealed.folder / SETTINGS_FILE
    write_settings(path, replace(read_settings(path), sealed_to=swapped))
    with pytest.raises(UsageError, match="other research keys than it was made for") as caught:
        open_study(both.sealed.folder)
    assert both.pair.public in caught.value.advice
