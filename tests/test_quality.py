"""Flags name sheets that deserve a second look, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.errors import FaultyFileError
from layouts.model import ItemId, Role
from output.quality import Flag, Flagged, _chance, flags_of, wave_days
from records.entries import NewDyad, NewPage, NewPrint
from records.settings import Settings, read_settings
from records.settings_text import write_settings
from records.study import Study, create_study
from scan.adjudicate import Meaning
from tests.instruments import invented
from tests.readings import code, dyad, layout_of, read
from tests.small_study import office

ITEMS = [f"q{number:02d}" for number in range(1, 20)]
UP = {item: number % 5 + 1 for number, item in enumerate(ITEMS)}
DOWN = {item: 5 - number % 5 for number, item in enumerate(ITEMS)}

Answers = dict[str, int]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    settings = Settings("T", "en", "a4", ("invented",), ("start", "+6 months"))
    study = create_study(tmp_path / "s", settings)
    store = study.store
    form = store.add_form(layout_of(invented(19)))
    store.enrol([NewDyad(dyad(), "invented", "en")])
    prints = [NewPrint(dyad(), role, wave, form) for wave in (1, 2) for role in Role]
    store.add_prints(prints, run="first")
    return study


def scan(
    study: Study, answers: dict[str, int | None], role: Role = Role.CLIENT, wave: int = 1
) -> None:
    store = study.store
    (form,) = store.layouts()
    serial = next(p.serial for p in store.prints() if (p.role, p.wave) == (role, wave))
    number = len(store.snapshot().pages) + 1
    digest = f"{number:064x}"
    store.begin_file(digest, f"scan-{number}.pdf")
    page = read(code(form=form, role=role, wave=wave, serial=serial), answers)
    store.add_pages([NewPage(digest, 1, digest, ".jpg", page)])


def flags(study: Study, due: dict[int, int] | None = None) -> tuple[Flagged, ...]:
    return flags_of(study.store.snapshot(), due or {})


def test_an_ordinary_sheet_has_no_flag(study: Study) -> None:
    scan(study, dict(UP))
    assert flags(study) == ()


def test_a_sheet_of_one_answer_is_straight_lined(study: Study) -> None:
    scan(study, dict.fromkeys(ITEMS, 3))
    (flag,) = flags(study)
    assert flag.flag is Flag.STRAIGHT
    assert flag.detail == "all 19 answers are 3"


def test_one_other_answer_is_not_straight_lined(study: Study) -> None:
    scan(study, {**dict.fromkeys(ITEMS, 3), "q19": 4})
    assert flags(study) == ()


@pytest.mark.parametrize(("blanks", "flagged"), [(3, False), (4, True)])
def test_more_than_a_fifth_blank_is_flagged(study: Study, blanks: int, flagged: bool) -> None:
    scan(study, {**UP, **dict.fromkeys(ITEMS[:blanks])})
    assert [one.flag for one in flags(study)] == [Flag.BLANKS] * flagged


def test_rows_that_a_person_called_blank_count_as_blank(study: Study) -> None:
    scan(study, dict(UP))
    for item in ITEMS[:4]:
        study.store.add_verdict(1, ItemId(item), Meaning.BLANK, None, by="AB")
    assert [one.flag for one in flags(study)] == [Flag.BLANKS]


@pytest.mark.parametrize(("due", "flagged"), [(0, False), (30, False), (31, True), (183, True)])
def test_a_sheet_that_comes_too_early_is_flagged(study: Study, due: int, flagged: bool) -> None:
    scan(study, dict(UP), wave=2)
    found = flags(study, {2: due})
    assert [one.flag for one in found] == [Flag.WINDOW] * flagged
    assert all("scanned 0 days after" in one.detail for one in found)


def test_a_wave_without_a_day_is_not_judged(study: Study) -> None:
    scan(study, dict(UP), wave=2)
    assert flags(study, {1: 500}) == ()


def test_swapped_roles_flag_all_four_sheets(study: Study) -> None:
    scan(study, dict(UP), Role.CLIENT, 1)
    scan(study, dict(DOWN), Role.PROFESSIONAL, 1)
    scan(study, dict(DOWN), Role.CLIENT, 2)
    assert flags(study) == ()
    scan(study, dict(UP), Role.PROFESSIONAL, 2)
    found = flags(study)
    assert [(one.role, one.wave) for one in found] == [(r, w) for r in Role for w in (1, 2)]
    assert {one.flag for one in found} == {Flag.SWAPPED}


def test_people_who_answer_as_before_are_not_swapped(study: Study) -> None:
    for wave in (1, 2):
        scan(study, dict(UP), Role.CLIENT, wave)
        scan(study, dict(DOWN), Role.PROFESSIONAL, wave)
    assert flags(study) == ()


def test_people_who_answer_alike_are_not_swapped(study: Study) -> None:
    for wave in (1, 2):
        for role in Role:
            scan(study, dict(UP), role, wave)
    assert flags(study) == ()


def test_one_print_with_two_answers_is_flagged_even_after_a_choice(study: Study) -> None:
    scan(study, dict(UP))
    scan(study, {**UP, "q05": 2})
    (flag,) = flags(study)
    assert flag.flag is Flag.COPIED
    assert "scan-1.pdf#1 and scan-2.pdf#1" in flag.detail


def test_the_same_print_scanned_twice_is_not_flagged(study: Study) -> None:
    scan(study, dict(UP))
    scan(study, dict(UP))
    assert flags(study) == ()


def test_two_prints_of_a_form_are_no_copied_code(study: Study) -> None:
    store = study.store
    scan(study, dict(UP))
    (form,) = store.layouts()
    (again,) = store.add_prints([NewPrint(dyad(), Role.CLIENT, 1, form)], run="second")
    store.begin_file("f" * 64, "x.pdf")
    page = read(code(form=form, serial=again.serial), {**UP, "q05": 2})
    store.add_pages([NewPage("f" * 64, 1, "f" * 64, ".jpg", page)])
    assert flags(study) == ()


def test_usual_names_have_usual_days_and_others_those_of_the_settings() -> None:
    assert wave_days(("start", "+9 months", "exit"), {}) == {1: 0, 2: 274}
    assert wave_days(("start", "exit"), {"exit": 365, "start": 7}) == {1: 7, 2: 365}


def test_the_days_are_read_back_as_written(tmp_path: Path) -> None:
    settings = Settings("T", "nl", "a4", ("probation",), ("in", "uit"), wave_days={"uit": 90})
    write_settings(tmp_path / "study.toml", settings)
    assert read_settings(tmp_path / "study.toml") == settings


def test_days_before_the_start_are_refused(tmp_path: Path) -> None:
    settings = Settings("T", "nl", "a4", ("probation",), ("in",), wave_days={"in": -1})
    write_settings(tmp_path / "study.toml", settings)
    with pytest.raises(FaultyFileError, match="wave_days"):
        read_settings(tmp_path / "study.toml")


@given(st.integers(0, 40))
def test_chances_of_a_fair_coin(trials: int) -> None:
    assert _chance(0, trials) == 1
    assert _chance(trials, trials) == 0.5**trials


def test_flags_stand_in_status_and_in_the_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.desk import Desk

    small = office(tmp_path)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, capsys)
    small.scan(small.pdf("a.pdf", small.page(0, dict.fromkeys(ITEMS, 3)), small.page(4)))
    said = desk("status", "study", "--json")
    assert [one["flag"] for one in said.json["quality"]] == ["straight-lined", "out of window"]
    assert "worth a look: 1 sheet straight-lined" in desk("status", "study").err
    desk("export", "study", "tables")
    rows = (tmp_path / "tables" / "quality.csv").read_text().splitlines()
    assert len(rows) == 3
    assert "straight-lined,all 19 answers are 3" in rows[1]
