"""Retention at the desk: which paper may go, and why the rest may not."""

from pathlib import Path

from tests.desk_pages import at_the_desk
from tests.small_study import office
from wamforms.desk.retention_page import REASONS
from wamforms.tasks.retaining import Kept


def test_paper_without_a_date_is_kept_and_the_page_says_why(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0)))
    with at_the_desk(study.folder) as visitor:
        page = visitor.text("/study/retention")
        assert "No paper may be destroyed now" in page
        assert "no date is set for paper" in page
        assert "one.pdf" in page
        listed = visitor.get("/study/shredding")
    assert listed.content.startswith(b"%PDF")
    assert listed.headers["cache-control"] == "no-store"


def test_every_reason_to_keep_a_sheet_has_its_words() -> None:
    assert set(REASONS) == {one.value for one in Kept}
