"""Undo without limit: typed codes, choices between scans and dates are taken back, too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from layouts.errors import ExitCode, UsageError
from layouts.model import DyadCode, ItemId, Role
from records.entries import NewDyad, NewPage, NewPrint
from records.settings import Settings
from records.study import Study, create_study
from records.taken_back import Decided
from scan.adjudicate import Meaning, Place, Standing
from scan.date_reading import DateDoubt, DateReading
from scan.results import (
    Fault,
    PageRead,
    PageRefused,
    WrittenReading,
)
from tests.desk import ALL, Desk
from tests.desk_pages import at_the_desk
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read
from tests.small_study import office
from wamforms.tasks.codes import code_questions
from wamforms.tasks.dates import date_questions
from wamforms.tasks.deciding import choose_scan, decide_date, decide_row, take_back
from wamforms.tasks.deck import deck_of
from wamforms.tasks.outcomes import OPEN
from wamforms.tasks.overview import overview
from wamforms.tasks.settling import open_questions

SETTINGS = Settings("Alliance", "nl", "a4", ("invented",), ("intake",))
FILE = "a" * 64
ANSWERS = {"q01": 3, "q02": None}
LOST, READ_AGAIN = 1, 3


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """Two dyads, and a stack of a page without a code and a page with a date to read."""
    with create_study(tmp_path / "study", SETTINGS) as made:
        store = made.store
        form = store.add_form(layout_of(invented(2)))
        store.enrol([NewDyad(dyad(), "invented", "en"), NewDyad(dyad(2), "invented", "en")])
        forms = [NewPrint(whose, Role.CLIENT, 1, form) for whose in (dyad(), dyad(2))]
        store.add_prints(forms, run="first")
        store.begin_file(FILE, "stack.pdf")
        dated = replace(
            read(code(form=form), ANSWERS),
            written=WrittenReading((), DateReading((1,) * 6, (0.5,) * 6, None, DateDoubt.DIGIT)),
        )
        lost = PageRefused("stack.pdf#1", Fault.NO_CODE)
        store.add_pages(
            [NewPage(FILE, 1, "1" * 64, ".jpg", lost), NewPage(FILE, 2, "2" * 64, ".jpg", dated)]
        )
        store.end_file(FILE, 2)
        yield made


def typed(study: Study, whose: DyadCode) -> int:
    """Type a dyad's code for the page that has none, and return the number of the typed code."""
    form = next(iter(study.store.layouts()))
    serial = next(one.serial for one in study.store.prints() if one.dyad == whose)
    page = replace(read(code(serial, whose=whose, form=form), ANSWERS), source="stack.pdf#1")
    assert isinstance(page, PageRead)
    study.store.add_typed_code(LOST, page.code, page, by="AB")
    found = study.store.typed_code_of(LOST)
    assert found is not None
    return found.number


def test_a_typed_code_that_is_taken_back_is_as_if_it_never_was(study: Study) -> None:
    before = study.store.snapshot()
    number = typed(study, dyad(2))
    assert len(study.store.snapshot().pages) == 3
    outcome = take_back(study, Decided.CODE, LOST, after=number, by="AB")
    assert (outcome.is_stored, outcome.after, outcome.answer) == (True, 0, OPEN)
    assert study.store.snapshot() == before
    assert [one.page.id for one in code_questions(before)] == [LOST]
    assert overview(study).waiting.codes == 1
    with study.store.view() as view:
        assert view.dyads_read() == (dyad(),)
    assert study.store.check() == (), "every row is still there, and in the log"


def test_the_right_code_after_a_wrong_one_is_no_second_scan(study: Study) -> None:
    take_back(study, Decided.CODE, LOST, after=typed(study, dyad(2)), by="AB")
    typed(study, dyad(2))
    (page,) = [one for one in study.store.snapshot().pages if one.typed is not None]
    assert page.standing is Standing.FIRST
    take_back(study, Decided.CODE, LOST, after=2, by="AB")
    assert study.store.check() == ()


def test_a_code_stays_while_decisions_about_its_page_stand(study: Study) -> None:
    number = typed(study, dyad(2))
    decided = decide_row(study, (READ_AGAIN, ItemId("q02")), "2", after=0, by="AB")
    with pytest.raises(UsageError, match="decided about since"):
        take_back(study, Decided.CODE, LOST, after=number, by="AB")
    decide_row(study, (READ_AGAIN, ItemId("q02")), OPEN, after=decided.after, by="AB")
    assert take_back(study, Decided.CODE, LOST, after=number, by="AB").is_stored
    assert study.store.snapshot().verdicts == ()
    with pytest.raises(UsageError):
        decide_row(study, (READ_AGAIN, ItemId("q02")), "2", after=0, by="AB")


def test_a_date_is_taken_back_to_the_one_before_and_then_to_none(study: Study) -> None:
    first = decide_date(study, 2, "23-11-25", after=0, by="AB")
    second = decide_date(study, 2, "24-11-25", after=first.after, by="CD")
    back = take_back(study, Decided.DATE, 2, after=second.after, by="CD")
    assert (back.is_stored, back.after, back.answer) == (True, first.after, "2025-11-23")
    assert date_questions(study.store.snapshot()) == ()
    assert take_back(study, Decided.DATE, 2, after=first.after, by="AB").answer == OPEN
    assert [one.page.id for one in date_questions(study.store.snapshot())] == [2]
    assert study.store.check() == ()


def test_nothing_is_taken_back_unknowingly_or_twice(study: Study) -> None:
    first = decide_date(study, 2, "23-11-25", after=0, by="AB")
    second = decide_date(study, 2, "24-11-25", after=first.after, by="CD")
    late = take_back(study, Decided.DATE, 2, after=first.after, by="AB")
    assert (late.is_stored, late.after, late.by) == (False, second.after, "CD")
    for _ in range(2):  # sent again because the answer got lost
        assert take_back(study, Decided.DATE, 2, after=second.after, by="CD").is_stored
    assert not take_back(study, Decided.DATE, 2, after=second.after, by="AB").is_stored
    with pytest.raises(UsageError, match="does not hold"):
        study.store.take_back(Decided.DATE, second.after, by="AB")


def test_a_dyad_whose_code_was_typed_by_mistake_leaves_without_the_page(study: Study) -> None:
    take_back(study, Decided.CODE, LOST, after=typed(study, dyad(2)), by="AB")
    trace = study.store.trace_of(dyad(2))
    assert trace.rows["pages"] == (READ_AGAIN,)
    assert len(trace.rows["taken_back"]) == 1
    assert trace.pictures == frozenset(), "the picture is somebody else's"
    study.store.withdraw(dyad(2), by="AB")
    assert [one.page.id for one in code_questions(study.store.snapshot())] == [LOST]
    assert study.store.trace_of(dyad(2)).is_empty
    assert study.store.check() == ()


def test_the_desk_and_the_command_line_take_a_choice_between_scans_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = office(tmp_path)
    made.scan(made.pdf("one.pdf", made.page(0)))
    made.scan(made.pdf("two.pdf", made.page(0, {**ALL, "q02": ALL["q02"] % 5 + 1})))
    with made.open() as study:
        number = choose_scan(study, [1, 2], 2, after=0, by="AB").after
        (card,) = deck_of(study).settled
        assert (card.kind, card.answer, card.after, card.by) == ("scans", "2", number, "AB")
    sent = {"kind": "scans", "page": 2, "answer": "open", "after": number, "shown": [1, 2]}
    with at_the_desk(made.folder) as visitor:
        assert visitor.ask("/settle/decide", sent).json()["answer"] == OPEN
        (waiting,) = visitor.get("/settle/deck").json()["waiting"]
        assert (waiting["kind"], waiting["after"]) == ("scans", 0)
    with made.open() as study:
        choose_scan(study, [1, 2], 1, after=0, by="AB")
    desk = Desk(tmp_path, capsys)
    said = desk("settle", made.folder, "--by", "AB", "--undo", "scans/1")
    assert said.code == ExitCode.DOUBTS_WAIT
    assert "it waits again" in said.err
    assert desk("settle", made.folder, "--by", "AB", "--undo", "scans/1").code == ExitCode.USAGE
    with made.open() as study:
        assert len(open_questions(study)) == 1
        assert study.store.check() == ()


def test_the_command_line_takes_rows_codes_and_dates_back(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(study, dyad(2))
    decide_date(study, 2, "23-11-25", after=0, by="AB")
    decide_row(study, (2, ItemId("q02")), "2", after=0, by="AB")
    waits = len(open_questions(study))
    desk = Desk(study.folder.parent, capsys)
    whose = f"{dyad()[:4]}-{dyad()[4:]}/client/1/q02"
    named = [part for name in ("page/1", "date/2", whose) for part in ("--undo", name)]
    desk("settle", study.folder, "--by", "AB", *named)
    assert len(open_questions(study)) > waits
    last = study.store.last_verdict(2, ItemId("q02"))
    assert last is not None
    assert last.meaning is Meaning.WITHDRAWN
    assert study.store.typed_code_of(LOST) is None
    assert study.store.last_date_verdict(2) is None


@pytest.mark.parametrize("name", ["page/x", "page/1", "date/2", "scans/2", "K7Q4/client/1/q01"])
def test_what_nobody_decided_is_not_taken_back(
    study: Study, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    desk = Desk(study.folder.parent, capsys)
    said = desk("settle", study.folder, "--by", "AB", "--undo", name)
    assert said.code == ExitCode.USAGE
    assert said.sentence


def test_a_choice_that_was_taken_back_leaves_the_one_before(study: Study) -> None:
    form = next(iter(study.store.layouts()))
    place = Place.of(code(form=form))
    other = read(code(form=form), {"q01": 5, "q02": None})
    study.store.begin_file("b" * 64, "again.pdf")
    study.store.add_pages([NewPage("b" * 64, 1, "3" * 64, ".jpg", other)])
    first = study.store.add_sheet_verdict(place, 2, seen=3, by="AB")
    second = study.store.add_sheet_verdict(place, 3, seen=3, by="AB")
    take_back(study, Decided.CHOICE, 3, after=second.number, by="AB")
    assert study.store.decided_at(place) == first
