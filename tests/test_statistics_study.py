"""A simulated study of 276 dyads comes back, and what users see of it is honest."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from bench.simulated_study import (
    DYADS,
    Plan,
    Truth,
    dyad_codes,
    own_columns,
    simulate,
    write_columns,
    write_export,
)
from layouts.errors import ExitCode, FaultyFileError, MismatchError, UsageError
from output.statistics import libraries
from output.statistics.agreement import icc_agreement
from output.statistics.analysis import OBSERVED, Analysis, Wanted, analyse
from output.statistics.association import correlate
from output.statistics.characteristics import Kind, read_characteristics
from output.statistics.data import Matrix, Scheme, StudyData
from output.statistics.imputation import _chain, impute
from output.statistics.published import FOUND, TABLES
from output.statistics.reliability import alpha, feldt_interval
from output.statistics.report import as_html, as_markdown
from output.statistics.source import read_export
from output.statistics.stat_table import SMALL, WITHHELD, estimate, tabled
from output.statistics.waves import wave_tables
from wamforms.cli.start import run, verbs
from wamforms.definition_files import load_instrument, load_instruments

PLAN = Plan()
SEED = 1
PROBATION = load_instrument("probation")
TRUTH = Truth(PROBATION, PLAN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("export")
    drawn = simulate(PROBATION, PLAN, DYADS, SEED)
    write_export(home, PROBATION, drawn)
    write_columns(home / "clients.csv", own_columns(drawn, SEED), DYADS)
    return home


@pytest.fixture(scope="module")
def found(folder: Path) -> Analysis:
    columns = read_characteristics(folder / "clients.csv", {"risk": "low<medium<high"})
    return analyse(read_export(folder, load_instruments()), Wanted(columns))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Forty dyads with gaps, quick to analyse."""
    drawn = simulate(PROBATION, replace(PLAN, missing=0.03), 40, 2)
    write_export(tmp_path, PROBATION, drawn, officers=8)
    write_columns(tmp_path / "clients.csv", own_columns(drawn, 2), 40)
    return tmp_path


def table(found: Analysis, name: str) -> pd.DataFrame:
    (one,) = (one for one in found.tables if one.name == name)
    return one.frame


def inside(frame: pd.DataFrame, truth: float) -> list[bool]:
    return [low <= truth <= high for low, high in zip(frame["low"], frame["high"], strict=True)]


# The truth comes back.


def test_the_truth_of_cut_answers_is_that_of_a_study_of_many_dyads() -> None:
    plan = replace(PLAN, waves=1)
    answers = simulate(PROBATION, plan, 40_000, 1).answers[:, 0, 0]
    reverse = [item.key < 0 for item in PROBATION.items]
    answers[:, reverse] = 6 - answers[:, reverse]
    correlations = np.atleast_2d(np.corrcoef(answers, rowvar=False))
    factor = np.array([item.factor for item in PROBATION.items])
    same = (factor[:, None] == factor) & ~np.eye(len(factor), dtype=bool)
    assert correlations[same].mean() == pytest.approx(TRUTH.within, abs=0.006)
    across = correlations[factor[:, None] != factor].mean()
    assert across == pytest.approx(TRUTH.within * TRUTH.factor_correlation, abs=0.006)


def test_loadings_lie_within_their_intervals_of_the_truth(found: Analysis) -> None:
    frame = table(found, "structure_loadings")
    assert len(frame) == 4 * len(PROBATION.items)
    assert np.mean(inside(frame, TRUTH.loading)) >= 0.9
    assert frame["loading"].astype(float).mean() == pytest.approx(TRUTH.loading, abs=0.02)


def test_correlations_between_factors_come_back(found: Analysis) -> None:
    frame = table(found, "structure_factors")
    assert len(frame) == 4 * 6
    assert np.mean(inside(frame, TRUTH.factor_correlation)) >= 0.85


def test_the_model_that_made_the_answers_fits_and_items_explore_to_their_own_factor(
    found: Analysis,
) -> None:
    fit = table(found, "structure_fit")
    assert (fit["rmsea"] < 0.04).all()
    assert (fit["cfi"] > 0.97).all()
    explored = table(found, "structure_exploratory")
    names = [f"on_{factor}" for factor in PROBATION.factors]
    largest = explored[names].astype(float).abs().idxmax(axis=1)
    assert (largest == "on_" + explored["factor"].astype(str)).all()


def test_alpha_and_omega_come_back_for_every_role_wave_and_factor(found: Analysis) -> None:
    frame = table(found, "reliability")
    assert len(frame) == 2 * 2 * 4
    for items, part in frame.groupby("items"):
        truth = TRUTH.alpha(int(str(items)))
        assert np.mean(inside(part, truth)) >= 0.75
        assert part["omega_total"].astype(float).mean() == pytest.approx(truth, abs=0.015)


def test_agreement_and_stability_come_back(found: Analysis) -> None:
    dyads, change = table(found, "dyad_factors"), table(found, "change")
    for frame, truth in ((dyads, TRUTH.agreement), (change, TRUTH.stability)):
        hits = [
            low <= truth(TRUTH.sizes[factor]) <= high
            for factor, low, high in zip(
                frame["factor"], frame["r_low"], frame["r_high"], strict=True
            )
        ]
        assert np.mean(hits) >= 0.85


def test_known_correlations_with_an_own_column_come_back(found: Analysis) -> None:
    frame = table(found, "correlations")
    first = (frame["role"] == "client") & (frame["wave"] == "wave 1")
    outcome = frame[first & (frame["column"] == "outcome")]
    assert outcome["method"].unique().tolist() == ["Pearson"]
    hits = [
        row["low"] <= TRUTH.outcome(TRUTH.sizes[row["factor"]]) <= row["high"]
        for row in outcome.to_dict("records")
    ]
    # Four intervals of one sample: the next test shows that they hold as often as they promise.
    assert sum(hits) >= 3
    assert (outcome["p_holm"] < 0.05).all()
    nothing = frame[frame["column"].isin(["age", "risk"])]
    assert (nothing["p_holm"] > 0.05).all()
    assert set(nothing["method"]) == {"Pearson", "Spearman"}
    assert set(frame[frame["column"] == "dropout"]["method"]) == {"point-biserial"}


def test_the_wave_that_is_nearer_to_the_outcome_is_found(found: Analysis) -> None:
    frame = table(found, "wave_outcomes")
    mine = frame[(frame["role"] == "client") & (frame["column"] == "outcome")]
    assert mine["from"].unique().tolist() == ["wave 1"]
    hits = []
    for row in mine.to_dict("records"):
        early = TRUTH.outcome(TRUTH.sizes[row["factor"]])
        hits.append(row["low"] <= early * (PLAN.stability - 1) <= row["high"])
        assert row["r_from"] > row["r_to"]
        assert row["stronger"] in ("wave 1", "not told apart")
    assert sum(hits) >= 3
    nothing = frame[frame["column"].isin(["age", "risk"])]
    assert (nothing["p_holm"] > 0.05).all()


def test_the_overview_holds_the_correlations_of_the_long_table(found: Analysis) -> None:
    matrix, long = table(found, "correlations_matrix"), table(found, "correlations")
    assert len(matrix) * 4 == len(long)
    for row in long.to_dict("records"):
        same = [matrix[name] == row[name] for name in ("role", "wave", "column")]
        (cell,) = matrix[same[0] & same[1] & same[2]][row["factor"]]
        assert cell.startswith(f"{row['r']:.2f}")
        assert ("*" in cell) == (row["p_holm"] < 0.05)


def test_scores_say_how_many_are_prorated(small: Path) -> None:
    data = read_export(small, load_instruments())
    frame = table(analyse(data, Wanted()), "scores")
    forms = data.schemes[0].forms
    open_items = np.isnan(forms.items).any(axis=1)
    assert (frame["prorated_n"] > 0).any()
    assert (frame["prorated_n"] <= frame["n"]).all()
    assert frame["prorated_n"].sum() <= open_items.sum() * 4


# The published tables.


def test_the_published_tables_come_in_their_order_with_what_was_found(small: Path) -> None:
    columns = read_characteristics(small / "clients.csv")
    found = analyse(read_export(small, load_instruments()), Wanted(columns, published=True))
    names = [one.name for one in found.tables]
    assert names == [name for name in TABLES if not name.startswith("domains")]
    assert not any(one.is_personal for one in found.tables)
    said = {one.name for one in found.tables if any("Published: " in n for n in one.notes)}
    assert said == set(FOUND)
    assert set(FOUND) <= set(TABLES)


def test_the_published_tables_need_a_file_of_characteristics(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyse", str(small), "--published"]) == ExitCode.USAGE
    assert "--with FILE.csv" in capsys.readouterr().err


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    plan, studies = replace(PLAN, waves=1), 60
    keys = np.array([item.key for item in PROBATION.items])
    mine = np.array([item.factor == "trust" for item in PROBATION.items])
    held = np.zeros(4)
    for seed in range(studies):
        drawn = simulate(PROBATION, plan, DYADS, seed)
        sides = np.where(keys > 0, drawn.answers[:, 0], 6 - drawn.answers[:, 0])[..., mine]
        client, professional = sides[:, 0].mean(axis=1), sides[:, 1].mean(axis=1)
        outside = correlate(client, drawn.outcome, Kind.CONTINUOUS)
        between = correlate(client, professional, Kind.CONTINUOUS)
        icc = icc_agreement(client, professional)
        for at, (low, high, truth) in enumerate(
            (
                (*feldt_interval(alpha(sides[:, 0]), DYADS, 5), TRUTH.alpha(5)),
                (outside.low, outside.high, TRUTH.outcome(5)),
                (between.low, between.high, TRUTH.agreement(5)),
                (icc.low, icc.high, TRUTH.agreement(5)),
            )
        ):
            held[at] += low <= truth <= high
    # Of 60 intervals of 95 % fewer than 51 hold the truth once in 2,000 such runs.
    assert (held >= 51).all(), held


def test_officers_without_influence_get_none(found: Analysis) -> None:
    frame = table(found, "multilevel_variance")
    assert (frame["icc"].astype(float) < 0.15).all()
    assert not any("converge" in str(note) for note in frame["note"])


# What is said about it.


def test_every_table_says_what_it_shows_what_it_does_not_and_how_many_it_counts(
    found: Analysis,
) -> None:
    for one in found.tables:
        for sentence in (one.shows, one.shows_not):
            assert sentence.endswith("."), one.name
            assert ". " not in sentence, one.name
        assert one.is_personal or "n" in one.frame.columns, one.name


def test_the_page_of_tables_says_what_the_report_says(found: Analysis) -> None:
    page = (Path(__file__).parents[1] / "docs" / "statistics-tables.md").read_text(encoding="utf-8")
    for one in found.tables:
        for sentence in (one.title, one.shows, one.shows_not, *one.notes):
            assert sentence in page, "run: python docs/make_statistics.py"


def test_the_fourth_factors_difference_is_called_one_of_two_constructs(found: Analysis) -> None:
    for name in ("dyad_factors", "difference_outcomes", "response_surface"):
        frame = table(found, name)
        two = frame["compares"].astype(str).str.startswith("two different constructs")
        assert set(frame[two]["factor"]) == {"reactance"}, name
        assert (frame["factor"] == "reactance").sum() == two.sum(), name


def test_no_dyad_code_is_in_the_report(found: Analysis) -> None:
    page, text = as_html(found, "T"), as_markdown(found, "T")
    codes = set(dyad_codes(DYADS))
    assert not any(code in page or code in text for code in codes)
    lists = [one for one in found.tables if one.is_personal]
    assert {one.name for one in lists} >= {"pairwise_list", "centred_list", "change_list"}
    assert codes >= set(table(found, "change_list")["dyad"])


def test_the_pairwise_file_has_each_person_once_as_actor(found: Analysis) -> None:
    frame = table(found, "pairwise_list")
    assert len(frame) == 2 * DYADS * PLAN.waves
    one = frame[(frame["dyad"] == dyad_codes(1)[0]) & (frame["wave"] == 1)]
    client, other = one.to_dict("records")
    assert client["actor_trust"] == other["partner_trust"]
    assert client["partner_bond"] == other["actor_bond"]


def test_scores_are_centred_on_the_person_and_on_the_caseload(found: Analysis) -> None:
    frame = table(found, "centred_list")
    mine = frame[(frame["dyad"] == dyad_codes(1)[0]) & (frame["factor"] == "trust")]
    client = mine[mine["role"] == "client"]
    assert client["within_person"].astype(float).sum() == pytest.approx(0, abs=1e-8)
    assert client["person_mean"].iloc[0] == pytest.approx(client["score"].astype(float).mean())
    caseload = frame[(frame["officer"] == "P001") & (frame["factor"] == "trust")]
    sums = caseload.groupby("role")["within_officer"].apply(lambda part: part.astype(float).sum())
    assert sums.tolist() == pytest.approx([0, 0], abs=1e-7)


def test_under_ten_people_only_n_is_given_and_under_thirty_it_is_said(tmp_path: Path) -> None:
    for dyads, word in ((6, WITHHELD), (20, SMALL)):
        home = tmp_path / str(dyads)
        write_export(home, PROBATION, simulate(PROBATION, PLAN, dyads, 1))
        few = analyse(read_export(home, load_instruments()), Wanted())
        scores = table(few, "scores")
        assert all(word in note for note in scores["note"])
        assert scores["mean"].isna().all() == (dyads < 10)
        assert table(few, "structure_fit")["note"].tolist() == ["n under 100: not given"] * 4


def test_what_a_library_warns_of_is_said_in_the_row() -> None:
    def warned() -> dict[str, str | int | float | None]:
        np.log(np.array([0.0]))
        return {"x": 1.0}

    assert "divide by zero" in str(estimate(40, warned)["note"])


def test_no_cell_is_lost_on_the_way_into_a_table() -> None:
    with pytest.raises(ValueError, match="forgotten"):
        tabled([{"n": 1, "forgotten": 2}], ["n"])


# Domains.


def test_domains_are_compared_and_pooled_only_where_answers_mean_the_same(
    tmp_path: Path,
) -> None:
    parts = []
    for seed, domain in enumerate(("debt-counselling", "probation"), 1):
        home, instrument = tmp_path / domain, load_instrument("probation")
        named = replace(instrument, domain=domain)
        write_export(home, named, simulate(named, PLAN, 40, seed))
        parts.append(home)
    whole = tmp_path / "whole"
    whole.mkdir()
    for name in ("answers_long.csv", "factor_scores.csv", "forms.csv"):
        frames = [pd.read_csv(home / name, dtype=str, keep_default_na=False) for home in parts]
        frames[1]["dyad"] = [f"Z{code[1:]}" for code in frames[1]["dyad"]]
        pd.concat(frames).to_csv(whole / name, index=False)
    alike = {name: replace(PROBATION, domain=name) for name in ("debt-counselling", "probation")}
    data = read_export(whole, alike)
    assert [one.domains for one in data.schemes] == [("all", "debt-counselling", "probation")]
    found = analyse(data, Wanted())
    assert table(found, "domains_compared")["groups"].unique().tolist() == [2]
    other = replace(alike["probation"], minimum_share=0.5)
    assert len(read_export(whole, alike | {"probation": other}).schemes) == 2


# Imputation.


def first_items(data: StudyData) -> Matrix:
    return data.schemes[0].forms.items


def test_imputed_answers_are_ones_that_somebody_gave_and_the_same_for_a_seed(small: Path) -> None:
    data = read_export(small, load_instruments())
    items = first_items(data)
    empty = next(iter(data.schemes[0].forms.who.index[:1]))
    items[empty] = np.nan
    one, again, other = (impute(data, 2, seed) for seed in (1, 1, 2))
    seen = np.isfinite(items)
    for filled in map(first_items, one.sets):
        assert np.array_equal(filled[seen], items[seen])
        assert set(filled[np.isfinite(filled)].tolist()) <= {1, 2, 3, 4, 5}
        assert np.isnan(filled[empty]).all()
        assert np.isfinite(np.delete(filled, empty, axis=0)).all()
    firsts = [first_items(made.sets[0]) for made in (one, again, other)]
    assert np.array_equal(firsts[0], firsts[1], equal_nan=True)
    assert not np.array_equal(firsts[0], firsts[2], equal_nan=True)
    assert not np.array_equal(firsts[0], first_items(one.sets[1]), equal_nan=True)


def test_the_quick_chain_draws_the_very_answers_of_statsmodels_own(small: Path) -> None:
    items = first_items(read_export(small, load_instruments()))[::4, :6]
    frame = pd.DataFrame(items, columns=[f"x{at}" for at in range(6)])
    quick = _chain(frame.copy(), 3)
    own = libraries.library("statsmodels.imputation.mice").MICEData(frame.copy(), k_pmm=5, rng=3)
    quick.update_all(2)
    own.update_all(2)
    assert np.isnan(items).any()
    assert np.array_equal(quick.data.to_numpy(), own.data[frame.columns].to_numpy())


def test_every_table_says_whether_it_used_imputed_answers(small: Path) -> None:
    columns = read_characteristics(small / "clients.csv")
    found = analyse(read_export(small, load_instruments()), Wanted(columns, imputations=2))
    assert any("were imputed, 2 times" in remark for remark in found.remarks)
    pooled_tables = {one.name for one in found.tables if OBSERVED not in one.notes}
    assert pooled_tables == {"correlations_matrix", "correlations", "difference_outcomes"}
    for one in found.tables:
        if one.name in pooled_tables:
            assert any("Rubin" in note for note in one.notes)


# Reading the export.


def edited(home: Path, name: str, old: str, new: str) -> Path:
    copy = home / "copy"
    copy.mkdir()
    for file in home.glob("*.csv"):
        shutil.copy(file, copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def test_a_score_that_is_not_what_the_answers_give_stops_everything(small: Path) -> None:
    line = (small / "factor_scores.csv").read_text(encoding="utf-8").splitlines()[1]
    cells = line.split(",")
    cells[5] = "4.999000"
    copy = edited(small, "factor_scores.csv", line, ",".join(cells))
    with pytest.raises(MismatchError, match=r"trust of .* is not what"):
        read_export(copy, load_instruments())


def test_an_answer_or_item_that_the_questionnaire_lacks_stops_everything(small: Path) -> None:
    row = (small / "answers_long.csv").read_text(encoding="utf-8").splitlines()[5]
    other = ",".join([*row.split(",")[:5], "9", "read"])
    with pytest.raises(MismatchError, match=r"answers \[9\]"):
        read_export(edited(small, "answers_long.csv", row, other), load_instruments())
    shutil.rmtree(small / "copy")
    with pytest.raises(MismatchError, match="q99"):
        read_export(edited(small, "answers_long.csv", ",q01,", ",q99,"), load_instruments())


def test_a_table_without_a_column_and_a_domain_without_a_questionnaire_are_named(
    small: Path,
) -> None:
    with pytest.raises(UsageError, match="no column officer"):
        read_export(edited(small, "forms.csv", "officer", "boss"), load_instruments())
    with pytest.raises(UsageError, match="probation, but there is no such"):
        read_export(small, {})


def test_tables_from_a_dutch_spreadsheet_give_the_same_study(small: Path) -> None:
    dutch = small / "dutch"
    dutch.mkdir()
    for name in ("answers_long.csv", "factor_scores.csv", "forms.csv"):
        text = (small / name).read_text(encoding="utf-8").replace(",", ";").replace(".", ",")
        (dutch / name).write_text(text, encoding="utf-8-sig")
    one, two = (read_export(home, load_instruments()).schemes[0] for home in (small, dutch))
    assert np.array_equal(one.forms.scores, two.forms.scores, equal_nan=True)
    assert isinstance(one, Scheme)


# The user's own columns.


def test_types_are_detected_and_a_declared_one_wins(small: Path) -> None:
    detected = {one.name: one.kind for one in read_characteristics(small / "clients.csv")}
    assert detected == {
        "outcome": Kind.CONTINUOUS,
        "dropout": Kind.BINARY,
        "age": Kind.CONTINUOUS,
        "risk": Kind.NOMINAL,
        "living": Kind.NOMINAL,
    }
    said = {"risk": "low < medium < high", "age": "ordinal"}
    declared = {one.name: one for one in read_characteristics(small / "clients.csv", said)}
    assert declared["age"].kind is Kind.ORDINAL
    assert declared["risk"].codes == {"low": 1, "medium": 2, "high": 3}
    assert declared["dropout"].coding == "no=0; yes=1"


def test_all_faults_of_an_own_file_are_listed_at_once(small: Path) -> None:
    one, two = dyad_codes(2)
    path = small / "own.csv"
    rows = ("dyad,risk,age", f"{one},odd,x", f"{two},low,3", "NOPE,low,4", f"{two},high,5")
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(FaultyFileError) as raised:
        read_characteristics(path, {"risk": "low<high", "age": "continuous"})
    for part in ("is there twice", "line 4", "'odd' is not one of", "'x' is not a number"):
        assert part in str(raised.value)


def test_a_type_of_a_column_that_is_not_there_is_refused(small: Path) -> None:
    with pytest.raises(UsageError, match="no column rsk"):
        read_characteristics(small / "clients.csv", {"rsk": "ordinal"})


# The command.


@pytest.fixture
def runner() -> Iterator[CliRunner]:
    yield CliRunner()


def test_the_command_writes_every_table_and_both_reports(small: Path, runner: CliRunner) -> None:
    out = small / "results"
    words = ["analyse", str(small), "--with", str(small / "clients.csv"), "--out", str(out)]
    done = runner.invoke(verbs, [*words, "--type", "risk=low<medium<high", "--json", "--quiet"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["dyads"], said["forms"]) == (40, 160)
    names = {Path(file).name for file in said["files"]}
    assert {"reliability.csv", "correlations.csv", "pairwise_list.csv"} <= names
    assert {path.name for path in out.iterdir()} == names | {"report.html", "report.md", "figures"}
    assert "PLACEHOLDER" in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--impute", "1"], "hides how unsure"),
        (["--type", "risk"], "COLUMN=TYPE"),
        (["--type", "risk=ordinal"], "needs a file"),
    ],
)
def test_words_that_do_not_go_together_are_refused(
    small: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(["analyse", str(small), *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_folder_that_is_neither_study_nor_export_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyse", str(tmp_path)]) == ExitCode.USAGE
    assert "neither a study nor" in capsys.readouterr().err


def test_without_the_libraries_one_sentence_says_what_to_install(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(libraries, "import_module", absent)
    assert run(["analyse", str(small)]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "need the package scipy, which is not installed" in said
    assert "pip install 'wamforms[analyse]'" in said


def test_growth_is_per_month_where_the_waves_have_days(small: Path) -> None:
    data = read_export(small, load_instruments())
    plain = wave_tables(data)[1].frame
    assert set(plain["per"]) == {"wave"}
    months = wave_tables(replace(data, days={1: 0, 2: 183}))[1].frame
    assert set(months["per"]) == {"month"}
    per_month = plain["slope"].astype(float) / (183 / (365.25 / 12))
    assert months["slope"].astype(float).tolist() == pytest.approx(per_month.tolist(), rel=1e-4)
    assert months["p"].astype(float).tolist() == pytest.approx(plain["p"].tolist(), rel=1e-3)
