"""The story of a whole study, short; `python -m bench.story` tells the long one."""

from pathlib import Path

import pytest

from bench.story import PAGE, page_of
from bench.story_acts import tell
from bench.story_plot import Fate, make_plot
from bench.story_scene import Story
from bench.story_tables import differences
from layouts.model import Role

DYADS = 6


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(tmp_path_factory.mktemp("story"), dyads=DYADS, plain=True)


def test_the_final_tables_equal_the_truth_for_every_form_that_came_in(story: Story) -> None:
    assert differences(story.plot, story.paper, story.folder / "tables") == []


@pytest.mark.parametrize("table", ["answers_long", "forms", "factor_scores", "dyads_wide"])
def test_a_row_that_is_not_in_the_tables_would_be_noticed(
    story: Story, table: str, tmp_path: Path
) -> None:
    for name in ("answers_long", "forms", "factor_scores", "dyads_wide"):
        lines = (story.folder / "tables" / f"{name}.csv").read_text().splitlines(keepends=True)
        kept = lines[:3] + lines[4:] if name == table else lines
        (tmp_path / f"{name}.csv").write_text("".join(kept))
    assert differences(story.plot, story.paper, tmp_path)


def test_the_page_about_the_study_is_what_the_program_said(story: Story) -> None:
    command = "python -m bench.story --dyads 6 --write"
    assert page_of(story) == PAGE.read_text(encoding="utf-8"), f"run: {command}"


def test_everything_that_happens_to_paper_happens_in_the_long_and_in_the_short_story() -> None:
    for dyads in (DYADS, 276):
        plot = make_plot(dyads, 4)
        assert {one.fate for one in plot.forms.values()} == set(Fate), dyads
        assert len({one.domain for one in plot.dyads}) == 5
        assert any(len(set(one.officers)) > 1 for one in plot.dyads)
        assert {key.role for key in plot.forms} == set(Role)
    assert len(plot.forms) > 1640
