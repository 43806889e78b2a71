"""Home: the study at a glance, and what to do next."""

from pathlib import Path

import pytest

from records.settings import Settings
from records.study import create_study
from tests.desk import ALL
from tests.desk_pages import at_the_desk
from tests.small_study import office
from wamforms.tasks.overview import NextStep, overview

SETTINGS = Settings("Empty <study>", "nl", "a4", ("probation",), ("start",))


def test_a_study_without_prints_asks_for_prints(tmp_path: Path) -> None:
    create_study(tmp_path / "study", SETTINGS).close()
    with at_the_desk(tmp_path / "study") as visitor:
        page = visitor.text("/")
    assert "No form has been printed yet" in page
    assert "Empty &lt;study&gt;" in page
    assert "Empty <study>" not in page


def test_what_comes_next_follows_from_what_is_in(tmp_path: Path) -> None:
    study = office(tmp_path)
    pages = [study.page(number) for number in range(8)]
    doubtful = study.page(0, {**ALL, "q02": 4}, seed=1)

    def step() -> NextStep:
        with study.open() as opened:
            return overview(opened).step

    assert step() is NextStep.SCAN
    study.scan(study.pdf("one.pdf", *pages[:7]))
    assert step() is NextStep.COLLECT
    study.scan(study.pdf("two.pdf", doubtful))
    assert step() is NextStep.SETTLE
    with study.open() as opened:
        study.scan(study.pdf("three.pdf", pages[7]))
        assert overview(opened).missing == 0


def test_waves_stand_by_domain_with_what_is_in_of_what_is_expected(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0), study.page(1), study.page(2)))
    with study.open() as opened:
        first, second = overview(opened).waves
    assert (first.label, first.domain, first.dyads) == ("start", "probation", 2)
    assert (first.expected, first.received, first.missing) == (4, 3, 1)
    assert (second.expected, second.received, second.share) == (4, 0, 0.0)
    with at_the_desk(study.folder) as visitor:
        page = visitor.text("/")
    assert "3 / 4" in page
    assert "0 / 4" in page


def test_a_scan_that_was_stopped_is_gone_on_with_first(tmp_path: Path) -> None:
    study = office(tmp_path)
    with study.open() as opened:
        opened.store.begin_batch()
        assert overview(opened).step is NextStep.SCAN_ON


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "Wat nu te doen"), ("en", "What to do next")]
)
def test_the_desk_speaks_the_language_of_the_person(
    tmp_path: Path, language: str, said: str
) -> None:
    with at_the_desk(office(tmp_path).folder) as visitor:
        visitor.post("/language", {"language": language, "next": "/"})
        page = visitor.text("/")
    assert said in page
    assert f'<html lang="{language}" dir="ltr">' in page


def test_somebody_who_has_no_initials_yet_is_asked_and_comes_back(tmp_path: Path) -> None:
    with at_the_desk(office(tmp_path).folder, by="") as visitor:
        answer = visitor.post("/who", {"by": " CD ", "next": "/"})
        assert answer.headers["location"] == "/"
        assert visitor.session.by == "CD"
        assert "CD" in visitor.text("/")
