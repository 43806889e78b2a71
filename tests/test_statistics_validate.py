"""The comparison with R compares everything it names, and the manual names every table."""

import json
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench import validate
from bench.simulated_study import Plan, own_columns, simulate, write_columns, write_export
from output.statistics.libraries import one_thread
from records.settings import Settings
from records.study import Study, create_study
from records.wholefiles import TEMPORARY
from wamforms.definition_files import load_instrument
from wamforms.tasks import analysing
from wamforms.tasks.analysing import Analysed, AnalysisOrder, analyse_study
from wamforms.tasks.exporting import ExportOrder

ROOT = Path(__file__).resolve().parent.parent
PROBATION = load_instrument("probation")


def exported(folder: Path) -> None:
    write_export(folder, PROBATION, simulate(PROBATION, Plan(), 24, 3))


def test_both_programs_compute_the_same_list() -> None:
    script = Path(validate.__file__).with_suffix(".R").read_text(encoding="utf-8")
    with one_thread():
        mine = validate.ours(validate.made_case())
    assert set(mine) == set(re.findall(r'put\("([^"]+)",', script))
    assert all(np.isfinite(values).all() for values in mine.values())


def test_a_computer_without_r_is_told_so_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert validate.main() == validate.MISSING
    assert "R is not installed here, so nothing was compared" in capsys.readouterr().out


def test_a_difference_beyond_the_allowed_is_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate._compared("alpha", [0.8], [0.8 + 1e-7])
    assert not validate._compared("alpha", [0.8], [0.8 + 1e-5])
    assert "DIFFERS" in capsys.readouterr().out


def test_the_manual_names_every_table(tmp_path: Path) -> None:
    exported(tmp_path)
    drawn = simulate(PROBATION, Plan(), 24, 3)
    write_columns(tmp_path / "own.csv", own_columns(drawn, 3), 24)
    done = analyse_study(AnalysisOrder(tmp_path, tmp_path / "out", tmp_path / "own.csv"))
    manual = (ROOT / "docs" / "analyse.md").read_text(encoding="utf-8")
    assert len(done.files) > 25
    tables = (ROOT / "docs" / "statistics-tables.md").read_text(encoding="utf-8")
    for file in done.files:
        assert f"`{file.stem}`" in manual
        assert f"`{file.name}`" in tables
        assert (ROOT / "docs" / "pictures" / "statistics" / f"{file.stem}.png").is_file()


def test_a_study_is_analysed_as_its_export_and_leaves_no_copy_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings("T", "en", "a4", ("probation",), ("start",))
    create_study(tmp_path / "study", settings).close()
    seen: list[Path] = []

    def export_study(study: Study, folder: Path, order: ExportOrder) -> SimpleNamespace:
        assert order.plain
        assert study.settings.domains == ("probation",)
        seen.append(folder)
        exported(folder)
        return SimpleNamespace(sealed=0)

    monkeypatch.setattr(analysing, "export_study", export_study)
    exported(tmp_path / "tables")
    one = analyse_study(AnalysisOrder(tmp_path / "study", tmp_path / "one"))
    two = analyse_study(AnalysisOrder(tmp_path / "tables", tmp_path / "two"))
    assert [file.read_bytes() for file in one.files] == [file.read_bytes() for file in two.files]
    assert seen[0].name.startswith(TEMPORARY)
    assert not seen[0].exists()


def test_the_json_of_analyse_is_as_documented() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    _, _, section = text.partition("\n### analyse\n")
    found = re.search(r"```json\n(.+?)```", section, re.S)
    assert found
    assert set(json.loads(found.group(1))) == {field.name for field in fields(Analysed)}
