"""A master is printed, photocopied, filled in by hand, copied again, scanned and read."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import DyadCode, ItemId, PageLayout, Role
from layouts.sheetcode import COPY_SERIAL, MasterCode, SheetCode
from records.study import Study, open_study
from scan.known import KnownForms, Owner
from scan.read import read_page
from scan.results import CodeRoute, Fault, PageOutcome, PageRead, PageRefused, Status
from scan.thresholds import Thresholds
from scan.written import Copy, named
from tests.copies import DPI, Hand, Number, filled, masters, numbers
from tests.desk import PLAIN_PEN, Desk
from wamforms.cli.start import run
from wamforms.practice.damage import photocopy
from wamforms.practice.effects import OFFICE
from wamforms.practice.ink import Gray
from wamforms.practice.scanner import scan
from wamforms.practice.stack import write_pdf
from wamforms.tasks.copies import typed_copy
from wamforms.tasks.masters import MasterOrder, MasterRun, print_masters
from wamforms.tasks.paper import known_forms

PER_MM = DPI / 25.4
CASELOAD = "dyad,domain,language,officer,notes\n,probation,en,B,\n,probation,en,A,\n"
ANSWERS = {ItemId(f"q{number:02d}"): number % 5 + 1 for number in range(1, 20)}
TODAY = "120324"


class Office:
    """A study whose masters have been photocopied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "study"
        arguments = ["--domain", "probation", "--wave", "start", "--wave", "end", "--wave", "later"]
        desk_run("init", self.folder, "-q", *arguments)
        caseload = folder / "caseload.csv"
        caseload.write_text(CASELOAD)
        with open_study(self.folder) as study:
            self.run: MasterRun = print_masters(study, MasterOrder(caseload))
            self.forms: KnownForms = known_forms(study)
            self.masters = masters(study, self.run)
        self.numbers = numbers(self.run)

    def number(self, role: Role = Role.CLIENT, wave: int = 2) -> Number:
        return next(one for one in self.numbers if (one.role, one.wave) == (role, wave))

    def page(self, role: Role = Role.CLIENT) -> PageLayout:
        return self.masters["probation", role][0]

    def copied(self, number: Number, hand: Hand) -> Gray:
        """Photocopy the master of a role, and fill in the copy."""
        page, master = self.masters["probation", number.role]
        sheet = master.copy()
        photocopy(sheet, PER_MM, 0.5, np.random.default_rng(1))
        return filled(page, sheet, number, ANSWERS, hand)

    def read(self, picture: Gray) -> PageOutcome:
        return read_page("copy", picture, DPI, self.forms, Thresholds())

    def refusal(self, hand: Hand) -> str:
        outcome = self.read(self.copied(self.number(), hand))
        assert isinstance(outcome, PageRefused)
        assert outcome.fault is Fault.HAND_CODE
        assert outcome.master is not None
        assert outcome.code is None
        return outcome.detail


def desk_run(*arguments: str | Path) -> None:
    assert run([str(one) for one in arguments]) == 0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield Office(tmp_path_factory.mktemp("office"))


def of(number: Number) -> tuple[str, Role, int]:
    return (number.dyad, number.role, number.wave)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("copies", [0, 2])
def test_a_copy_comes_back_with_its_owner_and_its_answers(
    office: Office, role: Role, copies: int
) -> None:
    number = office.number(role, 3)
    sheet = office.copied(number, Hand(PLAIN_PEN, TODAY))
    effects = replace(OFFICE, copies=copies)
    outcome = office.read(scan(sheet, PER_MM, effects, np.random.default_rng(2)))
    assert isinstance(outcome, PageRead)
    assert (outcome.code.dyad, outcome.code.role, outcome.code.wave) == of(number)
    assert outcome.code.serial == COPY_SERIAL
    assert outcome.route is CodeRoute.HAND
    assert {one.item: one.value for one in outcome.items} == ANSWERS


def test_the_date_is_read_or_left_to_a_person_but_not_misread(office: Office) -> None:
    for day in ("120324", "050619", "281120"):
        outcome = office.read(office.copied(office.number(), Hand(PLAIN_PEN, day)))
        assert isinstance(outcome, PageRead)
        assert outcome.written is not None
        assert outcome.written.date is not None
        assert outcome.written.date.value in {None, f"20{day[4:]}-{day[2:4]}-{day[:2]}"}


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ({"number 3": []}, "number 3"),
        ({"number 8": []}, "number 8"),
        ({"role": []}, "role"),
        ({"wave": []}, "wave"),
        ({"wave": [1, 2]}, "wave"),
        ({"role": [1, 2]}, "role"),
        ({"number 5": [1, 2, 3]}, "number 5"),
    ],
)
def test_what_is_missing_or_marked_twice_goes_to_a_person(
    office: Office, marks: dict[str, list[int]], said: str
) -> None:
    detail = office.refusal(Hand(PLAIN_PEN, marks=marks))
    assert detail == f"not surely filled in: {said}"


def test_another_wave_or_role_than_the_number_is_for_goes_to_a_person(office: Office) -> None:
    for marks in ({"wave": [1]}, {"wave": [3]}, {"role": [2]}):
        assert "does not fit" in office.refusal(Hand(PLAIN_PEN, marks=marks))


def test_a_wrong_digit_goes_to_a_person(office: Office) -> None:
    digits = office.number().digits
    for place in (0, 7):
        wrong = (int(digits[place]) + 1) % 10
        marks = {f"number {place + 1}": [wrong]}
        assert "does not fit" in office.refusal(Hand(PLAIN_PEN, marks=marks))


def test_the_professionals_number_on_the_clients_form_goes_to_a_person(office: Office) -> None:
    theirs = office.number(Role.PROFESSIONAL)
    page, master = office.masters["probation", Role.CLIENT]
    outcome = office.read(filled(page, master.copy(), theirs, ANSWERS, Hand(PLAIN_PEN)))
    assert isinstance(outcome, PageRefused)
    assert "but the form is of probation, client" in outcome.detail


def test_a_number_of_nobody_goes_to_a_person(office: Office) -> None:
    sheet = office.copied(office.number(), Hand(PLAIN_PEN))
    empty = replace(office.forms, owners={})
    outcome = read_page("copy", sheet, DPI, empty, Thresholds())
    assert isinstance(outcome, PageRefused)
    assert "nobody's in this study" in outcome.detail


@given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from(Role), st.integers(1, 3))
def test_only_a_number_of_the_list_ever_names_anybody(
    office: Office, digits: str, role: Role, wave: int
) -> None:
    found = named(digits, role, wave, _copy(office, role))
    listed = {one.digits: one for one in office.numbers}
    if found.code is None:
        assert digits not in listed or of(listed[digits])[1:] != (role, wave)
    else:
        assert of(listed[digits]) == (found.code.dyad, role, wave)


def test_every_number_of_the_list_names_its_owner(office: Office) -> None:
    for number in office.numbers:
        found = named(number.digits, number.role, number.wave, _copy(office, number.role))
        assert found.code is not None
        assert found.code.dyad == number.dyad


def _copy(office: Office, role: Role) -> Copy:
    known = next(
        known
        for known, layout in office.forms.layouts.items()
        if layout.role is role and layout.pages[0].written
    )
    return Copy(MasterCode(known, 1), office.forms.layouts[known], office.forms.owners)


def test_a_person_may_type_the_number_or_the_dyad(office: Office) -> None:
    number = office.number()
    master = _copy(office, Role.CLIENT).master
    for typed in (f"{number.digits[:4]} {number.digits[4:]} C2", f"{shown(_dyad(number))} c2"):
        code = typed_copy(typed, master, office.forms)
        expected = SheetCode(master.fingerprint, _dyad(number), Role.CLIENT, 2, 1, COPY_SERIAL)
        assert code == expected


def _dyad(number: Number) -> DyadCode:
    return DyadCode(number.dyad)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{digits} C1", "check digits"),
        ("{digits}", "does not say whose"),
        ("{digits} P2", "check digits"),
        ("{dyad} P2", "but the form is of"),
        ("{dyad} C9", "no wave 9"),
        ("K7Q4-2M9Z C2", "check character"),
        ("00000000 C2", "nobody has this number"),
    ],
)
def test_what_a_person_types_is_checked_too(office: Office, typed: str, said: str) -> None:
    number = office.number()
    text = typed.format(digits=number.digits, dyad=shown(_dyad(number)))
    with pytest.raises(UsageError, match=said):
        typed_copy(text, _copy(office, Role.CLIENT).master, office.forms)


def test_a_master_whose_symbols_are_covered_is_known_by_the_rest(office: Office) -> None:
    sheet = office.copied(office.number(), Hand(PLAIN_PEN))
    for box in office.page().codes:
        middle = box.centre
        rows = slice(round(box.top_mm * PER_MM), round(middle.y_mm * PER_MM))
        columns = slice(round(box.left_mm * PER_MM), round(box.right_mm * PER_MM))
        sheet[rows, columns] = 255
    outcome = office.read(sheet)
    assert isinstance(outcome, PageRead), outcome
    assert of(office.number()) == (outcome.code.dyad, outcome.code.role, outcome.code.wave)


def test_a_copy_of_another_study_or_of_an_unknown_form_is_refused(office: Office) -> None:
    sheet = office.copied(office.number(), Hand(PLAIN_PEN))
    other = replace(office.forms, key=bytes(32))
    outcome = read_page("copy", sheet, DPI, other, Thresholds())
    assert isinstance(outcome, PageRefused)
    assert outcome.fault is Fault.FOREIGN_STUDY
    unknown = replace(office.forms, layouts=_printed_only(office))
    outcome = read_page("copy", sheet, DPI, unknown, Thresholds())
    assert isinstance(outcome, PageRefused)
    assert outcome.fault is Fault.UNKNOWN_FORM


def _printed_only(office: Office) -> dict[Any, Any]:
    return {
        known: replace(layout, pages=tuple(replace(page, written=None) for page in layout.pages))
        for known, layout in office.forms.layouts.items()
    }


def test_the_desk_settles_copies_and_dates_and_exports_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path)
    desk = Desk(tmp_path, capsys)
    first, second = office.number(), office.number(Role.PROFESSIONAL)
    sheets = [
        office.copied(first, Hand(PLAIN_PEN, "3112  ")),
        office.copied(second, Hand(PLAIN_PEN, marks={"wave": []})),
        office.copied(first, Hand(PLAIN_PEN, "3112  ")),
    ]
    write_pdf(sheets, tmp_path / "stack.pdf", DPI)
    desk("scan", office.folder, tmp_path / "stack.pdf", "--workers", "0")
    waiting = desk("settle", office.folder, "--list", "--json").json
    assert [one["kind"] for one in waiting] == ["code", "date"]
    assert waiting[1]["doubt"] == "partly blank"
    code, day = waiting[0]["page"], waiting[1]["page"]
    typed = f"page/{code}={second.digits} P2"
    refused = desk("settle", office.folder, "--by", "AB", "--decide", f"date/{day}=31-04-24")
    assert "is no day" in refused.sentence
    done = desk(
        *("settle", office.folder, "--by", "AB", "--decide", typed),
        *("--decide", f"date/{day}=31-12-24"),
    )
    assert done.code == 0
    desk("export", office.folder, tmp_path / "tables")
    with (tmp_path / "tables" / "forms.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {line["role"]: line for line in csv.DictReader(stream)}
    assert rows["client"]["filled_on"] == "2024-12-31"
    assert rows["client"]["filled_on_status"] == Status.SETTLED
    assert rows["client"]["filled_on_doubt"] == "partly blank"
    assert rows["client"]["code_route"] == CodeRoute.HAND
    assert rows["client"]["standing"] == "again"
    assert rows["client"]["read"] == "19"
    assert rows["professional"]["code_route"] == CodeRoute.TYPED
    assert rows["professional"]["filled_on"] == ""
    assert rows["professional"]["filled_on_status"] == Status.BLANK


def test_numbers_stay_when_more_people_enrol(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path)
    more = Desk(tmp_path, capsys).write("more.csv", CASELOAD)
    with open_study(office.folder) as study:
        again = numbers(print_masters(study, MasterOrder()))
        assert again == office.numbers
        assert print_masters(study, MasterOrder(more)).new_dyads == 2
        known = _owners(study)
    assert {one.digits[:6] for one in office.numbers} < set(known)


def _owners(study: Study) -> dict[str, Owner]:
    return dict(known_forms(study).owners)
