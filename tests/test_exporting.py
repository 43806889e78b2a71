"""What leaves the study: whole or absent, safe to open, and no more than its reader may see."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pyreadstat
import pytest
from frictionless import validate

from layouts.dyadcode import shown
from layouts.errors import UsageError
from output import package
from output.consent import Audience
from output.dialects import EXCEL_NL
from output.readers.read_wam import read_all
from output.redcap import DICTIONARY
from output.sheets import Missing
from output.team import LEAST_DYADS
from output.terms import TABLES
from records.study import Study
from records.wholefiles import TEMPORARY
from tests.export_study import DYADS, PROBATION, made_study
from tests.readings import dyad
from wamforms.tasks.exporting import TABLES_ONLY, ExportOrder, export_study

OFFICER = ExportOrder(profile=Audience.OFFICER, officer="=AB")
TEAM = ExportOrder(profile=Audience.TEAM)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    with made_study(tmp_path_factory.mktemp("exports") / "study") as made:
        yield made


@pytest.fixture(scope="module")
def research(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("research") / "tables"
    export_study(study, place)
    return place


@pytest.fixture(scope="module")
def dutch(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dutch") / "tabellen"
    export_study(study, place, ExportOrder(dialect=EXCEL_NL, language="nl", recipient="Gent"))
    return place


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])


def row(frame: pd.DataFrame, **where: object) -> dict[str, Any]:
    """Return the one row that fits."""
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    (found,) = [one for one in rows if all(one[name] == wanted for name, wanted in where.items())]
    return found


# Whole or absent.


def test_the_same_study_gives_the_same_bytes_but_for_where_it_comes_from(
    study: Study, research: Path, tmp_path: Path
) -> None:
    export_study(study, tmp_path / "again")
    for path in (path for path in research.rglob("*") if path.is_file()):
        same = path.read_bytes() == (tmp_path / "again" / path.relative_to(research)).read_bytes()
        assert same is (path.name != package.PROVENANCE_FILE), path.name


def test_a_zip_holds_what_the_folder_holds_and_is_the_same_each_time(
    study: Study, tmp_path: Path
) -> None:
    export_study(study, tmp_path / "folder" / "t", TEAM)
    export_study(study, tmp_path / "wam.zip", replace(TEAM, zipped=True))
    with zipfile.ZipFile(tmp_path / "wam.zip") as archive:
        names = {Path(name).relative_to("wam").as_posix() for name in archive.namelist()}
        assert names == {path.name for path in (tmp_path / "folder" / "t").iterdir()}
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        packed = archive.read("wam/team_factors.csv")
    assert packed == (tmp_path / "folder" / "t" / "team_factors.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "wam.zip"]


@pytest.mark.parametrize("zipped", [False, True])
def test_an_export_that_fails_leaves_what_was_there(
    study: Study, tmp_path: Path, zipped: bool
) -> None:
    place = tmp_path / ("t.zip" if zipped else "t")
    order = ExportOrder(zipped=zipped, plain=True)
    export_study(study, place, order)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    failing = patch("wamforms.tasks.exporting.provenance_text", side_effect=OSError(28, "full"))
    with failing, pytest.raises(UsageError, match="full"):
        export_study(study, place, order)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_an_earlier_export_is_replaced_as_a_whole(study: Study, tmp_path: Path) -> None:
    export_study(study, tmp_path / "t", TABLES_ONLY)
    export_study(study, tmp_path / "t", TEAM)
    assert not (tmp_path / "t" / "dyads_wide.csv").exists()
    assert (tmp_path / "t" / "team_factors.csv").exists()
    assert not list(tmp_path.glob(TEMPORARY + "*"))


def test_a_folder_with_anything_else_in_it_is_not_touched(study: Study, tmp_path: Path) -> None:
    export_study(study, tmp_path / "t", TABLES_ONLY)
    (tmp_path / "t" / "my analysis.sps").write_text("x")
    with pytest.raises(UsageError, match="my analysis"):
        export_study(study, tmp_path / "t")
    assert (tmp_path / "t" / "my analysis.sps").read_text() == "x"
    (tmp_path / "letter").write_text("y")
    for zipped in (False, True):
        with pytest.raises(UsageError, match="letter is"):
            export_study(study, tmp_path / "letter", ExportOrder(zipped=zipped))


# Missing codes, points, tables.


def test_every_reason_for_a_missing_answer_stands_beside_an_empty_cell(research: Path) -> None:
    wide = table(research, "dyads_wide")
    second = row(wide, dyad=shown(dyad(2)), wave=1)
    assert [second[f"{name}_missing"] for name in ("c_q02", "c_q03", "p_q03")] == [
        Missing.NOT_ANSWERED,
        Missing.SEVERAL,
        Missing.IN_DOUBT,
    ]
    absent = row(wide, dyad=shown(dyad(1)), wave=2)
    assert {absent["p_q01_missing"], absent["p_trust_missing"]} == {Missing.ABSENT}
    for name in wide.columns:
        if f"{name}_missing" in wide.columns:
            is_empty, has_reason = wide[name].isna(), wide[f"{name}_missing"].notna()
            assert (is_empty == has_reason).all(), name


def test_an_spss_file_has_the_reasons_in_the_cells_and_labels_for_all(research: Path) -> None:
    wide = table(research, "dyads_wide")
    coded: Any
    plain: Any
    coded, about = pyreadstat.read_sav(research / "dyads_wide.sav", user_missing=True)
    plain, _ = pyreadstat.read_sav(research / "dyads_wide.sav")
    assert coded["c_q02"].tolist() == wide["c_q02"].fillna(wide["c_q02_missing"]).tolist()
    assert plain["c_trust"].fillna(-1).tolist() == wide["c_trust"].fillna(-1).tolist()
    assert plain["officer"].tolist() == [text.removeprefix("'") for text in wide["officer"]]
    labels = about.variable_value_labels["c_q02"]
    assert (labels[-7], labels[1]) == ("still in doubt", "strongly disagree")
    assert about.missing_ranges["c_q02"] == [{"lo": -8, "hi": -1}]
    assert (about.variable_measure["c_q02"], about.variable_measure["c_trust"]) == (
        "ordinal",
        "scale",
    )
    assert "d_trust" not in about.missing_ranges, "a difference may be -1"
    assert about.variable_value_labels["wave"] == {1: "start", 2: "later", 3: "end"}


def test_parquet_files_hold_the_same_as_csv_files(research: Path) -> None:
    for name in TABLES[Audience.RESEARCH]:
        stored = pd.read_parquet(research / f"{name}.parquet")
        read = table(research, name)
        assert list(stored.columns) == list(read.columns)
        assert stored.isna().to_numpy().tolist() == read.isna().to_numpy().tolist(), name
        for column in stored.select_dtypes("number"):
            assert stored[column].fillna(-99).tolist() == read[column].fillna(-99).tolist()


def test_the_pairwise_table_has_everybody_once_as_actor_and_once_as_partner(
    research: Path,
) -> None:
    pairs, wide = table(research, "dyads_pairwise"), table(research, "dyads_wide")
    assert len(pairs) == 2 * len(wide)
    for prefix, role in (("c_", "client"), ("p_", "professional")):
        mine = pairs[pairs["role"] == role].reset_index(drop=True)
        other = "p_" if prefix == "c_" else "c_"
        assert mine["actor_trust"].equals(wide[prefix + "trust"])
        assert mine["partner_bond_100"].equals(wide[other + "bond_100"])
    assert set(pairs["role_code"]) == {-1, 1}


def test_the_panel_has_one_row_per_dyad_and_says_which_wave_never_came(research: Path) -> None:
    panel, wide = table(research, "panel_wide"), table(research, "dyads_wide")
    assert len(panel) == DYADS
    second = wide[wide["wave"] == 2].reset_index(drop=True)
    assert panel["c_q01_w2"].equals(second["c_q01"])
    assert set(panel["c_q01_missing_w3"]) == {Missing.ABSENT}


def test_scores_of_any_number_of_points_can_be_compared_from_0_to_100(research: Path) -> None:
    scores = table(research, "factor_scores")
    assert set(scores["points"]) == {5}
    again = (scores["score"] - 1) / 4 * 100
    assert ((again - scores["score_100"]).dropna().abs() < 1e-5).all()


def test_the_codebook_counts_every_option_and_names_every_sentence(research: Path) -> None:
    entry = row(table(research, "codebook"), file="dyads_wide.csv", column="c_q02")
    counts = table(research, "dyads_wide")["c_q02"].value_counts()
    assert entry["n"] == counts.sum()
    assert f"3: {counts.get(3, 0)} (" in entry["counts"]
    assert "not answered: 2" in entry["counts"]
    assert entry["wording_id"].startswith("wam/")
    assert "/probation/client/en/q02#" in entry["wording_id"]
    for page in ("codebook.html", "README.txt"):
        assert "still in doubt" in (research / page).read_text(encoding="utf-8")
    assert (research / "codebook.pdf").read_bytes().startswith(b"%PDF-")


# Other programs.


def test_the_data_package_is_valid_in_every_dialect(research: Path, dutch: Path) -> None:
    for folder in (research, dutch):
        report = validate(folder / "datapackage.json")
        assert report.valid, report.flatten(["title", "message"])
        assert len(report.tasks) == len(TABLES[Audience.RESEARCH])


def test_the_data_package_notices_what_does_not_belong(research: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(research, tmp_path / "copy")
    text = (copy / "dyads_wide.csv").read_text().splitlines()
    cells = text[1].split(",")
    cells[5] = "9"
    (copy / "dyads_wide.csv").write_text("\n".join([text[0], ",".join(cells), *text[2:]]) + "\n")
    assert not validate(copy / "datapackage.json").valid


def test_psych_ds_finds_every_column_described(research: Path) -> None:
    about = json.loads((research / "dataset_description.json").read_text(encoding="utf-8"))
    described = [one["name"] for one in about["variableMeasured"]]
    assert list(pd.read_csv(research / "data/description-dyads_data.csv")) == described
    assert {"name", "description", "@context", "@type"} <= set(about)


def test_redcap_gets_a_dictionary_that_its_data_fit(research: Path) -> None:
    book = pd.read_csv(research / "redcap/probation_dictionary.csv", dtype=str)
    data = pd.read_csv(research / "redcap/probation_data.csv", dtype=str)
    assert tuple(book.columns) == DICTIONARY
    fields = set(book["Variable / Field Name"])
    assert {name for name in data if not str(name).endswith("_complete")} == fields
    assert data["record_id"].is_unique
    listed = row(book, **{"Variable / Field Name": "c_q01"})[DICTIONARY[5]]
    assert set(data["c_q01"].dropna()) <= {one.split(",")[0] for one in listed.split(" | ")}
    absent = row(data, record_id=f"{shown(dyad(1))}-w2")
    assert absent["wam_professional_complete"] == "0"
    assert set(data["wam_client_complete"]) == {"1", "2"}


def tampered(folder: Path, target: Path) -> Path:
    """Change one answer that counts."""
    copy = shutil.copytree(folder, target)
    text = (copy / "answers_long.csv").read_text().splitlines()
    at = next(n for n, line in enumerate(text) if ",q01,5,read," in line)
    text[at] = text[at].replace(",q01,5,read,", ",q01,4,read,")
    (copy / "answers_long.csv").write_text("\n".join(text) + "\n")
    return copy


def ran(*command: object, where: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=where, capture_output=True, text=True, check=False
    )


def test_the_reader_for_python_computes_all_scores_again_and_stops_at_a_difference(
    research: Path, dutch: Path, tmp_path: Path
) -> None:
    count = len(table(research, "factor_scores"))
    done = ran(sys.executable, "read_wam.py", where=research)
    assert done.stdout == f"{count} scores are those of the answers\n", done.stderr
    assert len(read_all(dutch)["factor_scores"]) == count
    with pytest.raises(SystemExit, match="1 scores differ"):
        read_all(tampered(research, tmp_path / "wrong"))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed here")
def test_the_reader_for_r_computes_all_scores_again_and_stops_at_a_difference(
    research: Path, dutch: Path, tmp_path: Path
) -> None:
    for folder in (research, dutch):
        done = ran("Rscript", "read_wam.R", where=folder)
        assert "scores are those of the answers" in done.stdout, done.stderr
    done = ran("Rscript", "read_wam.R", where=tampered(research, tmp_path / "wrong"))
    assert "scores differ" in done.stderr
    assert done.returncode != 0


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed here")
def test_the_reader_for_spss_computes_all_scores_again_and_stops_at_a_difference(
    research: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(research, tmp_path / "copy")
    assert "All scores are those of the answers" in ran("pspp", "read_wam.sps", where=copy).stdout
    syntax = (copy / "read_wam.sps").read_text()
    changed = syntax.replace("GET FILE='dyads_wide.sav'.", "GET FILE='dyads_wide.sav'.\n"
                             "IF (c_q01 = 5) c_q01 = 4.")  # fmt: skip
    (copy / "read_wam.sps").write_text(changed)
    done = ran("pspp", "read_wam.sps", where=copy)
    assert "STOPPED: scores differ" in done.stdout
    assert done.returncode != 0


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_a_spreadsheet_opens_every_csv_file_with_no_formula(
    research: Path, dutch: Path, tmp_path: Path
) -> None:
    assert "'=AB" in (research / "forms.csv").read_text(), "something that a spreadsheet would run"
    files = {
        f"{folder.name}-{path.parent.name}-{path.name}": path
        for folder in (research, dutch)
        for path in folder.rglob("*.csv")
    }
    copies = [Path(shutil.copyfile(path, tmp_path / name)) for name, path in files.items()]
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    where = ("--headless", "--convert-to", "ods", "--outdir", tmp_path / "opened")
    ran("soffice", home, *where, *copies, where=tmp_path)
    opened = sorted((tmp_path / "opened").iterdir())
    assert len(opened) == len(files)
    for sheet in opened:
        with zipfile.ZipFile(sheet) as archive:
            assert b"table:formula" not in archive.read("content.xml"), sheet.name


# Who may see what.


def test_an_officer_gets_the_own_caseload_and_what_each_client_allowed(
    study: Study, tmp_path: Path
) -> None:
    done = export_study(study, tmp_path / "ab", OFFICER)
    assert set(table(tmp_path / "ab", "forms")["officer"]) == {"'=AB"}
    wide = table(tmp_path / "ab", "dyads_wide")
    seen = {
        number: (one["c_q01"] > 0, one["c_trust"] > 0, abs(one["d_trust"]) >= 0)
        for number in (1, 3, 5, 7)
        for one in [row(wide, dyad=shown(dyad(number)), wave=1)]
    }
    assert seen == {
        1: (True, True, True),
        3: (False, False, False),
        5: (False, False, False),
        7: (False, True, True),
    }, "all answers, nothing, a doubt, factor scores"
    assert wide["p_q01"].notna().sum() == len(wide) - 1, "the own answers are the officer's"
    long = table(tmp_path / "ab", "answers_long")
    hidden = long[long["missing"] == Missing.WITHHELD]
    assert done.withheld == len(hidden) == 3 * 2 * len(PROBATION.items)
    assert hidden[["value", "doubt", "fill", "probability", "source"]].isna().all(axis=None)
    assert set(hidden["status"]) == {"withheld"}
    forms = table(tmp_path / "ab", "forms")
    unseen = forms[(forms["role"] == "client") & (forms["consent"] != "all answers")]
    assert unseen[["read", "blank", "doubt", "notes"]].isna().all(axis=None)
    assert not (tmp_path / "ab" / "quality.csv").exists()


def test_a_team_gets_no_answers_no_codes_no_officers_and_no_small_groups(
    study: Study, tmp_path: Path
) -> None:
    export_study(study, tmp_path / "team", TEAM)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "team").iterdir())
    assert b"stack.pdf" not in everything
    for number in range(1, DYADS + 1):
        assert shown(dyad(number)).encode() not in everything
    assert b"CD" not in (tmp_path / "team" / "team_factors.csv").read_bytes()
    factors = table(tmp_path / "team", "team_factors")
    is_shown = factors["suppressed"].isna()
    assert (factors[is_shown]["n"] >= LEAST_DYADS).all()
    assert factors[~is_shown][["n", "mean", "sd", "mean_100"]].isna().all(axis=None)
    of_clients = factors[factors["role"] == "client"]
    assert of_clients["suppressed"].notna().all(), "only four of seven allow their scores"
    professionals = factors[(factors["role"] == "professional") & (factors["wave"] == 1)]
    assert set(professionals["n"].dropna()) <= {6, 7}
    assert len(professionals[professionals["suppressed"].isna()]) == len(PROBATION.factors)


def test_the_figures_of_a_team_are_those_of_its_scores(
    study: Study, research: Path, tmp_path: Path
) -> None:
    export_study(study, tmp_path / "team", TEAM)
    scores = table(research, "factor_scores")
    scores = scores[(scores["role"] == "professional") & (scores["wave"] == 1)]
    team = table(tmp_path / "team", "team_factors")
    for factor in PROBATION.factors:
        mine = scores[scores["factor"] == factor]["score"]
        figure = row(team, role="professional", wave=1, factor=factor)
        assert figure["n"] == mine.count() >= LEAST_DYADS
        assert figure["mean"] == pytest.approx(mine.mean(), abs=1e-6)
        assert figure["sd"] == pytest.approx(mine.std(), abs=1e-6)
        assert figure["mean_100"] == pytest.approx((mine.mean() - 1) * 25, abs=1e-5)


def test_the_caseload_of_nobody_is_no_export(study: Study, tmp_path: Path) -> None:
    for order, words in (
        (replace(OFFICER, officer="ZZ"), "no dyad of this study has the officer 'ZZ'"),
        (replace(OFFICER, officer=""), "whose caseload"),
        (replace(TEAM, officer="CD"), "about all officers"),
        (replace(TEAM, pictures=True), "pictures of handwriting"),
    ):
        with pytest.raises(UsageError, match=words):
            export_study(study, tmp_path / "t", order)
        assert not list(tmp_path.iterdir())


def test_where_an_export_comes_from_is_told_without_linking_recipients(
    research: Path, dutch: Path
) -> None:
    mine = json.loads((research / package.PROVENANCE_FILE).read_text())
    theirs = json.loads((dutch / package.PROVENANCE_FILE).read_text())
    assert mine["pages_in"]["scanned"] == {"read": 4 * DYADS - 1}
    assert mine["out"]["forms"] == 4 * DYADS - 1
    assert mine["out"]["rows"]["dyads_pairwise"] == 4 * DYADS
    assert mine["review"]["decisions_about_answers"] == {"several": 1}
    assert mine["files_in"][0]["name"] == "=stack.pdf"
    assert theirs["files_in"] == {"count": 1}
    assert {one["fingerprint"] for one in mine["layouts"]} == set(
        table(research, "forms")["fingerprint"]
    )
    assert set(mine["sha256"]) >= {"dyads_wide.sav", "README.txt", "redcap/probation_data.csv"}


def test_a_large_study_is_written_in_portions_with_the_same_bytes(
    study: Study, research: Path, tmp_path: Path
) -> None:
    with patch("records.views.View.portions.__defaults__", (2,)):
        export_study(study, tmp_path / "small")
    for name in ("answers_long.csv", "dyads_wide.sav", "panel_wide.csv", "codebook.csv"):
        assert (tmp_path / "small" / name).read_bytes() == (research / name).read_bytes()
