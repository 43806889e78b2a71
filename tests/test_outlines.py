"""An outline of the memory: as quick as it may be, and nothing that is asked is left out of it."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from layouts.errors import UsageError
from layouts.model import ItemId
from records.store import Store
from records.study import Study
from scan.adjudicate import Meaning
from scan.results import PageRead, Status
from tests.desk import ALL
from tests.desk_pages import at_the_desk
from tests.doubts import doubtful_office
from tests.sealed_office import Twins, twins
from tests.small_study import Office
from wamforms.tasks.deck import deck_of
from wamforms.tasks.due import due_list, prints_against_scans
from wamforms.tasks.overview import overview
from wamforms.tasks.retaining import retained
from wamforms.tasks.settling import ItemQuestion, open_questions

DAY = date(2027, 6, 1)

OPENINGS: dict[str, Callable[[Twins], Study]] = {
    "an open study": lambda both: both.open.open(),
    "a sealed one without its key": lambda both: both.sealed.open(),
    "a sealed one with its key": Twins.with_key,
}


def told(study: Study) -> tuple[object, ...]:
    """Ask everything that is told from less than the whole memory."""
    return (
        *(deck_of(study), overview(study), due_list(study, DAY)),
        *(prints_against_scans(study, DAY), retained(study, DAY)),
    )


def decide_here_and_there(study: Study) -> None:
    """Decide on a row that waits, and on one that was read for certain."""
    waiting = next(one for one in open_questions(study) if isinstance(one, ItemQuestion))
    plain = next(
        (page.id, row.item)
        for page in study.store.snapshot().pages
        if isinstance(page.outcome, PageRead) and not page.is_closed
        for row in page.outcome.items
        if row.status is Status.READ
    )
    for page, item in ((waiting.page.id, waiting.item), plain):
        study.store.add_verdict(page, item, Meaning.VALUE, 2, by="AB")


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=list(OPENINGS))
def test_what_is_told_from_an_outline_is_what_the_whole_memory_tells(
    tmp_path: Path, opening: Callable[[Twins], Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opening(twins(tmp_path)) as study:
        decide_here_and_there(study)
        quick = told(study)
        monkeypatch.setattr(Store, "outline", Store.snapshot)
        monkeypatch.setattr(Store, "arrivals", Store.snapshot)
        whole = told(study)
    for one, other in zip(quick, whole, strict=True):
        assert one == other


@pytest.fixture
def doubts(tmp_path: Path) -> Office:
    return doubtful_office(tmp_path, forms=2, rows=3)


def items(pages: tuple[object, ...]) -> list[int]:
    """Count the items of each reading."""
    return [len(outcome.items) for page in pages if (outcome := getattr(page, "outcome", None))]


def test_rows_that_nobody_asks_about_are_left_out(doubts: Office) -> None:
    with doubts.open() as study:
        plain = ItemId(list(ALL)[-1])
        assert items(study.store.snapshot().pages) == [19, 19]
        assert items(study.store.outline().pages) == [3, 3]
        assert items(study.store.arrivals().pages) == [0, 0]
        study.store.add_verdict(2, plain, Meaning.BLANK, None, by="AB")
        assert items(study.store.outline().pages) == [3, 4]


def test_of_a_page_that_was_scanned_again_every_row_is_there(doubts: Office) -> None:
    doubts.scan(doubts.pdf("again.pdf", doubts.page(0)))
    with doubts.open() as study:
        assert items(study.store.outline().pages) == [19, 3, 19]


def test_what_was_undone_is_in_no_later_outline(doubts: Office) -> None:
    with doubts.open() as study:
        before = study.store.outline()
        assert study.store.outline() is before
        with pytest.raises(UsageError), study.store.step():
            study.store.add_verdict(1, ItemId("q01"), Meaning.VALUE, 2, by="AB")
            assert len(study.store.outline().verdicts) == 1
            raise UsageError("no", advice="")
        assert study.store.outline().verdicts == ()
        study.store.add_verdict(1, ItemId("q01"), Meaning.VALUE, 2, by="AB")
        assert len(study.store.outline().verdicts) == 1


def test_an_outline_is_read_anew_when_another_program_changes_anything(doubts: Office) -> None:
    add = (
        "import sys; from pathlib import Path; from records.study import open_study;"
        " from scan.adjudicate import Meaning\n"
        "with open_study(Path(sys.argv[1])) as study:"
        " study.store.add_verdict(1, 'q01', Meaning.VALUE, 2, by='CD')"
    )
    with doubts.open() as study:
        assert study.store.outline().verdicts == study.store.arrivals().verdicts == ()
        subprocess.run([sys.executable, "-c", add, str(doubts.folder)], check=True)
        assert [one.by for one in study.store.outline().verdicts] == ["CD"]
        assert [one.by for one in study.store.arrivals().verdicts] == ["CD"]


def test_home_shows_at_once_what_another_program_stored(doubts: Office) -> None:
    with at_the_desk(doubts.folder) as visitor:
        assert "6 questions" in visitor.text("/")
        with doubts.open() as study:
            study.store.add_verdict(1, ItemId("q01"), Meaning.VALUE, 2, by="CD")
        assert "5 questions" in visitor.text("/")
        assert len(visitor.get("/settle/deck").json()["waiting"]) == 5
