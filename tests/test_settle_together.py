"""`settle` at the command line while somebody else decides: nothing is overwritten unknowingly."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from layouts.errors import UsageError
from records.study import Study
from tests.doubts import doubtful_office
from wamforms.cli.row_questions import ask_row, row_verdicts
from wamforms.tasks.deciding import decide_row
from wamforms.tasks.outcomes import insist
from wamforms.tasks.settling import ItemQuestion, open_questions

STEPS = {"s": 1, "q": 0}


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with doubtful_office(tmp_path, forms=2, rows=10).open() as opened:
        yield opened


def first_row(study: Study) -> ItemQuestion:
    return next(one for one in open_questions(study) if isinstance(one, ItemQuestion))


def test_a_row_that_somebody_decides_before_the_key_is_told_and_asked_again(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = first_row(study)
    where = (question.page.id, question.item)
    asked: list[str] = []

    def prompt(*_: object, **__: object) -> str:
        asked.append("row")
        if len(asked) == 1:  # while AB looks, CD decides
            insist(decide_row(study, where, "2", after=0, by="CD"), "the row")
            return "4"
        last = study.store.last_verdict(*where)
        assert last is not None
        assert (last.by, last.value) == ("CD", 2), "AB's answer to the old state is not stored"
        return "5"

    monkeypatch.setattr(click, "prompt", prompt)
    assert ask_row(study, question, "AB", STEPS) == 1
    assert "CD has decided this meanwhile: 2" in "".join(capsys.readouterr())
    last = study.store.last_verdict(*where)
    assert last is not None
    assert (last.by, last.value) == ("AB", 5), "answered again, knowing what CD said"


def test_a_row_shows_what_holds_when_one_goes_back_to_it(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = first_row(study)
    decide_row(study, (question.page.id, question.item), "2", after=0, by="CD")
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "s")
    ask_row(study, question, "AB", STEPS)
    assert "so far: 2, by CD" in "".join(capsys.readouterr())


def test_a_named_decision_is_held_against_what_held_when_it_was_checked(study: Study) -> None:
    question = first_row(study)
    place = question.place
    name = f"{place.dyad}/{place.role}/{place.wave}/{question.item}"
    (row,) = row_verdicts(study, [f"{name}=4"]).values()
    decide_row(study, row.where, "2", after=row.after, by="CD")
    outcome = decide_row(study, row.where, row.answer, after=row.after, by="AB")
    with pytest.raises(UsageError, match=r"CD has decided .* meanwhile: 2"):
        insist(outcome, name)
