"""Pictures of the tables: the tables' own numbers, the same bytes, readable without colour."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.simulated_study import Plan, own_columns, simulate, write_columns, write_export
from output.statistics import figures
from output.statistics.analysis import Analysis
from output.statistics.characteristics import read_characteristics
from output.statistics.course_plot import courses
from output.statistics.data import StudyData
from output.statistics.dyads import dyad_tables
from output.statistics.figures import figures_of
from output.statistics.groups import group_tables
from output.statistics.outcomes import outcome_tables
from output.statistics.plotting import Axis, Drawn, Panel, Point, intervals, profiles
from output.statistics.quality import quality_tables
from output.statistics.reliability import reliability_tables
from output.statistics.report import as_html, as_markdown
from output.statistics.source import days_of, read_export
from wamforms.definition_files import load_instrument, load_instruments
from wamforms.tasks.analysing import AnalysisOrder, analyse_study

PROBATION = load_instrument("probation")
AXIS = Axis("mean", 1.0, 5.0, 3.0)
ROWS = ("trust", "bond")
POINTS = tuple(
    Point(row, side, 2.5 + at, 2.0 + at, 3.0 + at)
    for at, row in enumerate(ROWS)
    for side in ("client", "professional")
)
PANEL = Panel("wave 1", ROWS, POINTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("export")
    drawn = simulate(PROBATION, replace(Plan(), missing=0.02), 32, 2)
    write_export(home, PROBATION, drawn, officers=8)
    write_columns(home / "clients.csv", own_columns(drawn, 2), 32)
    return home


@pytest.fixture(scope="module")
def data(folder: Path) -> StudyData:
    return read_export(folder, load_instruments())


@pytest.fixture(scope="module")
def found(folder: Path, data: StudyData) -> Analysis:
    columns = read_characteristics(folder / "clients.csv")
    # The parts without pictures take longest and are left out.
    parts = (quality_tables(data), reliability_tables(data), dyad_tables(data))
    own = (outcome_tables((data,), columns), group_tables(data, columns))
    return Analysis(tuple(one for part in (*parts, *own) for one in part), ())


@pytest.mark.parametrize(
    "draw",
    [
        lambda: intervals([PANEL, PANEL], AXIS, across=1, joined=True),
        lambda: profiles([PANEL], AXIS),
        lambda: courses([PANEL, Panel("empty", ROWS, ())], [0.0, 6.0], AXIS),
    ],
    ids=["intervals", "profiles", "courses"],
)
def test_a_picture_has_the_same_bytes_each_time_and_no_colour(draw: Callable[[], Drawn]) -> None:
    one, two = draw(), draw()
    assert one == two
    assert one.pdf.startswith(b"%PDF")
    assert b"CreationDate" not in one.pdf
    colours = set(re.findall(rb"#[0-9a-f]{6}", one.svg))
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)


def test_pictures_show_the_numbers_of_their_tables(
    found: Analysis, data: StudyData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, list[Panel]] = {}

    def kept(panels: list[Panel], axis: Axis, **_: object) -> Drawn:
        seen.setdefault(axis.label, []).extend(panels)
        return Drawn(b"", b"")

    monkeypatch.setattr(figures, "intervals", kept)
    monkeypatch.setattr(figures, "profiles", kept)
    monkeypatch.setattr(figures, "courses", lambda panels, _, axis: kept(panels, axis))
    figures_of(found.tables, data)
    tables = {one.name: one.frame for one in found.tables}
    shown = {
        (p.title, one.row, one.side): one.value for p in seen["correlation"] for one in p.points
    }
    last = tables["correlations"][tables["correlations"]["wave"] == "wave 2"]
    for row in last.to_dict("records"):
        assert shown[row["column"], row["factor"], row["role"]] == row["r"]
    alphas = {
        (p.title, o.row, o.side): (o.value, o.low, o.high)
        for p in seen["Cronbach's alpha"]
        for o in p.points
    }
    for row in tables["reliability"].to_dict("records"):
        where = row["wave"], row["factor"], row["role"]
        assert alphas[where] == (row["alpha"], row["low"], row["high"])


def test_every_picture_stands_under_its_table_with_words_for_those_who_cannot_see(
    found: Analysis, data: StudyData, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("intervals", "profiles", "courses"):
        monkeypatch.setattr(figures, name, lambda *_, **__: Drawn(b"<svg/>", b"%PDF"))
    made = figures_of(found.tables, data)
    assert {one.table for one in made} == {
        *("quality_items", "scores", "reliability", "dyad_factors", "correlations_matrix"),
        "groups_means",
    }
    assert len({one.name for one in made}) == len(made)
    page, text = as_html(found, "T", made), as_markdown(found, "T", made)
    for one in made:
        assert f'id="{one.table}"' in page
        assert f"figures/{one.name}.svg" in text
        assert one.caption.split("'")[0] in page
    assert page.count("<img ") == len(made)
    assert "two different constructs" in next(o.caption for o in made if o.table == "dyad_factors")


def test_nothing_is_drawn_of_what_is_withheld(tmp_path: Path) -> None:
    write_export(tmp_path, PROBATION, simulate(PROBATION, Plan(), 6, 1))
    few = read_export(tmp_path, load_instruments())
    tables = (*quality_tables(few), *reliability_tables(few), *dyad_tables(few))
    assert figures_of(tables, few) == ()


def test_waves_stand_as_far_apart_as_in_time_if_that_is_known() -> None:
    names = {1: "start", 2: "+6 months", 3: "+9 months"}
    assert days_of(names, {}) == {1: 0, 2: 183, 3: 274}
    assert days_of(names, {"+9 months": 300})[3] == 300
    assert days_of({1: "wave 1"}, {}) == {}


def test_pictures_of_an_earlier_analysis_go(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "figures").mkdir(parents=True)
    (out / "figures" / "old.svg").write_text("<svg/>")
    (out / "figures" / "mine.txt").write_text("kept")
    analyse_study(AnalysisOrder(folder, out))
    names = {path.name for path in (out / "figures").iterdir()}
    assert "old.svg" not in names
    assert {"mine.txt", "reliability.svg", "reliability.pdf", "quality_items.svg"} <= names
