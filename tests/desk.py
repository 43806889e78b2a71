"""An office at work: the command line in this process, and forms filled in with a plain pen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layouts.model import ItemId
from records.study import open_study
from wamforms.cli.start import run
from wamforms.practice.ink import Gray
from wamforms.practice.marks import MarkKind
from wamforms.practice.pens import BALLPOINT_BLACK, Hand
from wamforms.practice.people import PLAIN, Respondent, answer_page
from wamforms.practice.render import render
from wamforms.practice.stack import write_pdf

DPI = 200.0
PLAIN_PEN = Respondent(MarkKind.CROSS, Hand(BALLPOINT_BLACK), PLAIN)

CASELOAD = "dyad,domain,language,officer,notes\n,probation,nl,B,\n,probation,en,A,left handed\n"
"""Two new dyads of two officers."""

Answers = Mapping[str, int | Sequence[int]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON has no narrower type
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The last thing said, on one line, as long as nothing of Python's shows through."""
        assert "Traceback" not in self.err
        return " ".join(self.err.split())


@dataclass(frozen=True, slots=True)
class Desk:
    """A person in a folder who types commands."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Said:
        self.capsys.readouterr()
        code = run([str(one) for one in arguments])
        out, err = self.capsys.readouterr()
        return Said(code, out, err)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path


def filled_in(study: Path, run_: Mapping[str, Any], answers: Answers) -> list[Gray]:
    """Fill in every form of a print run the same way; several values are several crosses."""
    with open_study(study) as opened:
        layouts = opened.store.layouts()
    pictures = []
    for printed, sheet in zip(run_["pages"], render(Path(run_["pdf"]), DPI), strict=True):
        if printed["kind"] == "separator":
            continue
        page = layouts[printed["fingerprint"]].pages[printed["form_page"] - 1]
        rng = np.random.default_rng(printed["serial"])
        for turn in range(2):
            wanted = {
                ItemId(item): value if isinstance(value, int) else value[turn]
                for item, value in answers.items()
                if turn == 0 or not isinstance(value, int)
            }
            filled = answer_page(page, wanted, PLAIN_PEN, rng)
            sheet = filled.on(sheet, DPI / 25.4)
        pictures.append(sheet)
    return pictures


def scanned(study: Path, run_: Mapping[str, Any], answers: Answers, path: Path) -> Path:
    """Fill in a print run and write it as a scanner would."""
    write_pdf(filled_in(study, run_, answers), path, DPI)
    return path


ALL = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}
"""A value for every item of the shipped form."""
