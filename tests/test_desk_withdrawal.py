"""Withdrawal at the desk: the code typed twice, what goes, what is to be recalled."""

from pathlib import Path

import pytest

from layouts.dyadcode import parse_dyad_code
from records.study import open_study
from tests.desk_pages import at_the_desk
from tests.small_study import Office, office
from wamforms.desk.scan_page import stacks_of
from wamforms.tasks.exporting import TABLES_ONLY, export_study


@pytest.fixture
def made(tmp_path: Path) -> Office:
    study = office(tmp_path)
    study.scan(study.pdf("both.pdf", study.page(0), study.page(2)))
    with study.open() as opened:
        export_study(opened, tmp_path / "for Utrecht", TABLES_ONLY)
    return study


def codes(made: Office) -> list[str]:
    return sorted({str(page.dyad) for page in made.runs[0].pages if page.dyad})


def test_everything_of_a_dyad_goes_after_its_code_was_typed_again(made: Office) -> None:
    code, other = codes(made)
    with at_the_desk(made.folder) as visitor:
        visitor.text("/results")  # other threads have the study open, too
        page = visitor.text(f"/study/withdrawal?code={code.lower()}")
        assert "for Utrecht" in page
        assert "cannot be undone" in page
        done = visitor.post("/study/withdrawal", {"code": code, "again": code.lower()})
        assert done.status_code == 200
        assert "nothing of it is there" in done.text
        assert "for Utrecht" in done.text
        assert visitor.get(f"/results/{code}").status_code == 409
        assert visitor.get(f"/results/{other}").status_code == 200
    with open_study(made.folder) as study:
        assert study.store.trace_of(parse_dyad_code(code)).is_empty
        assert study.store.check() == ()


@pytest.mark.parametrize("again", ["", "other", "K7Q4-2M9Z", "<b>"])
def test_nothing_goes_as_long_as_the_code_is_not_the_same(made: Office, again: str) -> None:
    code, other = codes(made)
    typed = other if again == "other" else again
    with at_the_desk(made.folder) as visitor:
        answer = visitor.post("/study/withdrawal", {"code": code, "again": typed})
        assert answer.status_code == 409
        assert visitor.get(f"/study/withdrawal?code={code}").status_code == 200
    with open_study(made.folder) as study:
        assert not study.store.trace_of(parse_dyad_code(code)).is_empty


def test_nobody_is_withdrawn_while_a_stack_is_read(
    made: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wamforms.desk.stacks.PATIENCE_S", 0.01)
    code = codes(made)[0]
    with at_the_desk(made.folder) as visitor, stacks_of(visitor.desk).alone():
        answer = visitor.post("/study/withdrawal", {"code": code, "again": code})
        assert answer.status_code == 409
        assert "being read" in answer.text


def test_what_pages_can_hear_again_forgets_the_dyad_too(made: Office) -> None:
    code = codes(made)[0]
    with at_the_desk(made.folder) as visitor:
        stacks = stacks_of(visitor.desk)
        stacks.events.append({"kind": "page", "dyad": code, "role": "client", "wave": 1})
        visitor.post("/study/withdrawal", {"code": code, "again": code})
        assert code not in str(stacks.events)
