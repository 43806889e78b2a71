"""A print run that was stopped in the middle is there whole, once, or not at all."""

from pathlib import Path

import pytest

from records import handover
from records.handover import NOTE_FILE
from records.log import Action
from records.settings import Settings
from records.study import create_study, open_study
from records.wholefiles import TEMPORARY
from wamforms.draw import FormsPdf
from wamforms.tasks.masters import MasterOrder, print_masters
from wamforms.tasks.printing import PrintOrder, PrintRun, print_wave

SETTINGS = Settings("Stopped study", "nl", "a4", ("probation",), ("start",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_study(tmp_path / "study", SETTINGS).close()
    (tmp_path / "list.csv").write_text("dyad,domain,officer\n,probation,A\n,probation,B\n")
    return tmp_path / "study"


def order(folder: Path, out: str | None = None) -> PrintOrder:
    place = None if out is None else folder.parent / out
    return PrintOrder("start", folder.parent / "list.csv", out=place)


def printed(folder: Path, wanted: PrintOrder) -> PrintRun:
    with open_study(folder) as study:
        return print_wave(study, wanted)


def stop_after_storing(folder: Path, wanted: PrintOrder | MasterOrder) -> None:
    """Stop as a kill does once the step is stored and no file has been moved."""
    with (
        pytest.MonkeyPatch.context() as patch,
        open_study(folder) as study,
        pytest.raises(SystemExit),
    ):
        patch.setattr(handover, "finish", lambda *_: _stop())
        patch.setattr(handover, "_discard", lambda *_: None)
        if isinstance(wanted, PrintOrder):
            print_wave(study, wanted)
        else:
            print_masters(study, wanted)


def _stop() -> None:
    raise SystemExit


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("out", [None, "forms.pdf"])
def test_the_same_command_finds_the_run_and_prints_nothing_twice(
    folder: Path, out: str | None
) -> None:
    stop_after_storing(folder, order(folder, out))
    again = printed(folder, order(folder, out))
    assert again.was_interrupted
    assert again.pdf.is_file() and again.print_list.is_file() and again.caseload.is_file()
    assert (again.run, again.forms, again.new_dyads) == ("run-001-wave-1", 4, 2)
    with open_study(folder) as study:
        assert len(study.store.prints()) == 4
        assert len(study.store.dyads()) == 2
        assert study.store.check() == ()
    assert not [*folder.parent.rglob(TEMPORARY + "*")]
    assert not (folder / NOTE_FILE).exists()


def test_what_is_told_of_a_found_run_is_what_an_undisturbed_one_tells(folder: Path) -> None:
    stop_after_storing(folder, order(folder))
    found = printed(folder, order(folder)).pages
    with open_study(folder) as study:
        codes = {one.dyad for one in study.store.prints()}
    again = printed(folder, PrintOrder("start", dyads=tuple(sorted(codes)))).pages
    fixed = [(one.page, one.kind, one.officer, one.dyad, one.role, one.form_page) for one in found]
    assert fixed == [
        (one.page, one.kind, one.officer, one.dyad, one.role, one.form_page) for one in again
    ]


def test_opening_the_study_is_enough_to_have_the_files(folder: Path) -> None:
    stop_after_storing(folder, order(folder))
    open_study(folder).close()
    assert "run-001-wave-1.pdf" in names(folder / "prints")


def test_a_second_command_after_it_prints_once_more(folder: Path) -> None:
    stop_after_storing(folder, order(folder))
    printed(folder, order(folder))
    assert not printed(folder, order(folder)).was_interrupted


def test_another_command_does_not_take_the_run_for_its_own(folder: Path) -> None:
    stop_after_storing(folder, order(folder))
    other = printed(folder, order(folder, "other.pdf"))
    assert not other.was_interrupted
    assert "run-001-wave-1.pdf" in names(folder / "prints")
    with open_study(folder) as study:
        assert len([*study.store.log.events(Action.PRINTED)]) == 2


def test_a_run_that_was_not_stored_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FormsPdf, "save", lambda _: _stop())
    with open_study(folder) as study, pytest.raises(SystemExit):
        print_wave(study, order(folder))
    assert names(folder) == {"study.toml", "study.key", "study.sqlite"}
    assert not [*folder.rglob(TEMPORARY + "*")]
    with open_study(folder) as study:
        assert (study.store.prints(), study.store.dyads()) == ((), ())


def test_masters_enrol_nobody_twice_either(folder: Path) -> None:
    wanted = MasterOrder(folder.parent / "list.csv")
    stop_after_storing(folder, wanted)
    with open_study(folder) as study:
        again = print_masters(study, wanted)
        assert (again.was_interrupted, again.dyads, again.new_dyads) == (True, 2, 2)
        assert again.pdf.is_file() and again.numbers.is_file()
        assert len(study.store.dyads()) == 2
