"""What is past its date, and which paper may be destroyed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from layouts.model import CONSENT
from records.backups import make_backup
from records.settings import Retention, read_settings
from records.settings_text import write_settings
from records.study_folder import SETTINGS_FILE
from tests.desk import ALL, Desk
from tests.small_study import Office, letter, office
from wamforms.tasks.retaining import Kept, Retained, retained
from wamforms.tasks.shredding_page import piles_of, shredding_pdf

LATER = datetime.now(UTC).date() + timedelta(days=200)


def decided(mine: Office, **rule: int | bool) -> None:
    path = mine.folder / SETTINGS_FILE
    settings = read_settings(path)
    write_settings(path, replace(settings, retention=Retention(**rule)))  # type: ignore[arg-type]


def look(mine: Office, on: date = LATER) -> Retained:
    with mine.open() as study:
        return retained(study, on)


def scanned_on(mine: Office) -> date:
    """Tell the day of the scan, which need not be today any more."""
    with mine.open() as study:
        return datetime.fromisoformat(study.store.snapshot().pages[0].at).date()


def backed_up(mine: Office, name: str) -> None:
    with mine.open() as study:
        make_backup(study, mine.folder.parent / name, with_key=False)


@pytest.fixture
def mine(tmp_path: Path) -> Office:
    """Two clear sheets, one with a row of two marks, and a letter."""
    made = office(tmp_path)
    doubtful = made.page(2)
    rows = made.page(2, {**ALL, "q07": 5}, seed=1)
    doubtful[rows < doubtful] = rows[rows < doubtful]
    made.scan(made.pdf("stack.pdf", made.page(0), made.page(1), doubtful, letter()))
    decided(made, paper_days=183)
    return made


def kept(found: Retained) -> list[tuple[Kept, ...]]:
    return [one.kept for one in found.paper]


def test_what_is_decided_about_retention_is_read_back_as_written(mine: Office) -> None:
    decided(mine, paper_days=10, data_days=0, audit=True)
    rule = read_settings(mine.folder / SETTINGS_FILE).retention
    assert rule == Retention(10, 0, audit=True)


def test_paper_may_go_once_it_is_read_settled_backed_up_and_past_its_date(mine: Office) -> None:
    assert kept(look(mine)) == [
        (Kept.NO_COPY,),
        (Kept.NO_COPY,),
        (Kept.WAITS, Kept.NO_COPY),
        (Kept.UNREAD,),
    ]
    backed_up(mine, "first.zip")
    found = look(mine)
    assert kept(found) == [(), (), (Kept.WAITS,), (Kept.UNREAD,)]
    assert (found.may_go, [one.advice for one in piles_of(found)]) == (2, ["take out sheet 3, 4"])


def test_paper_is_kept_to_its_date_and_without_a_date_for_ever(mine: Office) -> None:
    backed_up(mine, "first.zip")
    last_day = scanned_on(mine) + timedelta(days=183)
    assert kept(look(mine, last_day))[0] == (Kept.EARLY,)
    assert kept(look(mine, last_day + timedelta(days=1)))[0] == ()
    decided(mine)
    assert kept(look(mine))[0] == (Kept.UNDECIDED,)


def test_a_decision_after_the_backup_keeps_the_paper_until_the_next_one(
    mine: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(mine, "first.zip")
    monkeypatch.setattr("records.verdicts.now", lambda: "2099-01-01T00:00:00+00:00")
    desk = Desk(mine.folder.parent, capsys)
    monkeypatch.chdir(desk.folder)
    waiting = desk("settle", "study", "--list", "--json").json
    names = ["{dyad}/{role}/1/{item}".format(**one) for one in waiting if one["kind"] == "item"]
    decisions = [word for name in names for word in ("--decide", f"{name}=several")]
    left = desk("settle", "study", "--by", "AB", *decisions, "--json").json
    assert left == []
    assert kept(look(mine)) == [(), (), (Kept.NO_COPY,), (Kept.UNREAD,)]


def test_an_audit_that_is_asked_for_keeps_all_paper_until_it_is_finished(mine: Office) -> None:
    backed_up(mine, "first.zip")
    decided(mine, paper_days=1, audit=True)
    assert kept(look(mine))[0] == (Kept.NO_AUDIT,)


def test_data_past_their_date_are_named_and_the_command_says_so(
    mine: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(mine, paper_days=1, data_days=30)
    monkeypatch.chdir(mine.folder.parent)
    desk = Desk(mine.folder.parent, capsys)
    early, late = (scanned_on(mine) + timedelta(days=days) for days in (30, 31))
    assert desk("retention", "study", "--on", early.isoformat()).code == 0
    told = desk("retention", "study", "--on", late.isoformat(), "--json")
    assert told.code == 7
    assert {(one["role"], one["wave"]) for one in told.json["data"]} == {
        ("client", 1),
        ("professional", 1),
    }
    assert len(told.json["data"]) == 3
    assert told.json["piles"] == [{"file": "stack.pdf", "go": 0, "stay": [1, 2, 3, 4]}]


def test_the_shredding_list_is_one_page_to_sign_whatever_the_number_of_piles(mine: Office) -> None:
    backed_up(mine, "first.zip")
    found = look(mine)
    many = [
        replace(one, source=f"stack-{pile:03d}.pdf#{number}")
        for pile in range(90)
        for number, one in enumerate(found.paper, 1)
    ]
    for paper in (found.paper, tuple(many)):
        pdf = PdfDocument(shredding_pdf(replace(found, paper=paper)))
        assert len(pdf) == 1
        text = pdf[0].get_textpage().get_text_range()
        assert "Destroyed by" in text
        assert "take out sheet 3, 4" in text
        assert "Seen by" in text


def test_a_consent_that_waits_keeps_the_paper(tmp_path: Path) -> None:
    made = office(tmp_path)
    sheet, other = (made.page(0, {**ALL, CONSENT: value}, seed=value) for value in (1, 3))
    sheet[other < sheet] = other[other < sheet]
    made.scan(made.pdf("stack.pdf", sheet))
    decided(made, paper_days=1)
    assert Kept.WAITS in kept(look(made))[0]
