"""Whether every program opens an export right: `python -m bench.readers`.

Exports an invented study and lets R (haven), SPSS's free twin PSPP, the Frictionless
library, LibreOffice and the readers inside the export have it. A program that is not
here is named and left out: apt-get install r-base-core r-cran-haven pspp libreoffice-calc.
Exit code 1 if one of them finds something else than was written.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from frictionless import validate

from bench.export import DOMAIN, WAVES, make_study
from output.dialects import EXCEL_NL
from output.pairs import Measure, measures, pairwise_measures, panel_measures
from records.study import open_study
from wamforms.definition_files import load_instrument
from wamforms.tasks.exporting import ExportOrder, export_study

ANSWERS = 5_700
"""50 dyads at three waves."""

_HAVEN = """
library(haven)
names <- c("dyads_wide", "dyads_pairwise", "panel_wide")
for (name in names) {
  x <- read_sav(paste0(name, ".sav"), user_na = TRUE)
  if (name == "dyads_wide") stopifnot(inherits(x$c_q01, "haven_labelled_spss"))
  plain <- lapply(x, function(v) if (is.numeric(v)) as.numeric(unclass(v)) else as.character(v))
  write.csv(as.data.frame(plain), paste0("haven_", name, ".csv"), row.names = FALSE, na = "")
}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a program said; `is_right` is None where it is not installed."""

    program: str
    is_right: bool | None
    said: str


def checks(home: Path) -> Iterator[Found]:
    """Let every program have the export."""
    folder, dutch = home / "tables", home / "tabellen"
    make_study(home / "study", ANSWERS)
    with open_study(home / "study") as study:
        export_study(study, folder)
        export_study(study, dutch, ExportOrder(dialect=EXCEL_NL, language="nl"))
    yield _frictionless(folder, dutch)
    yield from (_readers(one) for one in (folder, dutch))
    yield _needs("R: read_wam.R", "Rscript", lambda: _r_reader(folder, dutch))
    yield _needs("R: haven", "Rscript", lambda: _haven(folder))
    yield _needs("PSPP: read_wam.sps", "pspp", lambda: _pspp(folder))
    yield _needs("LibreOffice", "soffice", lambda: _libreoffice(home, folder, dutch))


def _needs(program: str, command: str, check: Callable[[], tuple[bool, str]]) -> Found:
    if shutil.which(command) is None:
        return Found(program, None, f"{command} is not installed here")
    return Found(program, *check())


def _ran(*command: object, where: Path) -> tuple[bool, str]:
    done = subprocess.run(
        list(map(str, command)), cwd=where, capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else ""


def _frictionless(*folders: Path) -> Found:
    reports = [validate(folder / "datapackage.json") for folder in folders]
    errors = [error for report in reports for error in report.flatten(["title", "message"])]
    tables = sum(len(report.tasks) for report in reports)
    is_right = all(report.valid for report in reports)
    return Found("frictionless", is_right, f"{tables} tables, {len(errors)} errors")


def _readers(folder: Path) -> Found:
    return Found(f"Python: read_wam.py, {folder.name}", *_ran(sys.executable, "read_wam.py",
                                                              where=folder))  # fmt: skip


def _r_reader(*folders: Path) -> tuple[bool, str]:
    found = [_ran("Rscript", "read_wam.R", where=folder) for folder in folders]
    return all(one for one, _ in found), found[-1][1]


def _haven(folder: Path) -> tuple[bool, str]:
    """Hold what R finds in the SPSS files against the CSV files, cell by cell."""
    installed, _ = _ran("Rscript", "-e", "library(haven)", where=folder)
    if not installed:
        return True, "haven is not installed here: apt-get install r-cran-haven"
    (folder / "haven.R").write_text(_HAVEN)
    done, said = _ran("Rscript", "haven.R", where=folder)
    if not done:
        return False, said
    cells = 0
    for name, columns in _columns().items():
        ours, theirs = (pd.read_csv(folder / f"{file}.csv") for file in (name, f"haven_{name}"))
        for one in columns:
            if one.name not in theirs:
                continue  # only says why another one is empty
            wanted = ours[one.name]
            wanted = wanted if one.code is None else wanted.fillna(ours[one.code.name])
            if not np.allclose(wanted, theirs[one.name], atol=1e-9, equal_nan=True):
                return False, f"{name}, {one.name} differs"
            cells += len(wanted)
    return True, f"{cells:,} numbers, codes included, are those of the CSV files"


def _columns() -> Mapping[str, Sequence[Measure]]:
    used = {DOMAIN: load_instrument(DOMAIN)}
    return {
        "dyads_wide": measures(used),
        "dyads_pairwise": pairwise_measures(used),
        "panel_wide": panel_measures(used, range(1, len(WAVES) + 1)),
    }


def _pspp(folder: Path) -> tuple[bool, str]:
    return _ran("pspp", "read_wam.sps", where=folder)


def _libreoffice(home: Path, *folders: Path) -> tuple[bool, str]:
    copies = [
        Path(shutil.copyfile(path, home / f"{folder.name}-{path.parent.name}-{path.name}"))
        for folder in folders
        for path in sorted(folder.rglob("*.csv"))
    ]
    profile = f"-env:UserInstallation=file://{home}/office"
    out = home / "opened"
    _ran("soffice", profile, "--headless", "--convert-to", "ods", "--outdir", out, *copies,
         where=home)  # fmt: skip
    formulas = 0
    opened = sorted(out.glob("*.ods"))
    for sheet in opened:
        with zipfile.ZipFile(sheet) as archive:
            formulas += archive.read("content.xml").count(b"table:formula")
    is_right = formulas == 0 and len(opened) == len(copies)
    return is_right, f"{len(opened)} of {len(copies)} files opened, {formulas} formulas"


_WORDS = {True: "right", False: "WRONG", None: "left out"}


def main() -> int:
    """Print what every program said."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="wamforms-readers-") as home:
        for one in checks(Path(home)):
            print(f"{one.program:34}{_WORDS[one.is_right]:10}{one.said}", flush=True)
            wrong += one.is_right is False
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
