#!/usr/bin/env python3
"""Make `docs/statistics-tables.md` and its pictures from a simulated study.

    python docs/make_statistics.py

Draws a study of 276 dyads in two domains and three waves, analyses it as `wamforms
analyse` does, and takes a picture of each table with the Chromium that is installed. What
stands under a table here comes from the table itself, so that page and report cannot say
different things. Look at the pictures before committing them.
"""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from PIL import Image, ImageChops

from bench.simulated_study import Plan, own_columns, simulate, write_columns, write_export
from output.statistics.analysis import Analysis, Wanted, analyse
from output.statistics.characteristics import read_characteristics
from output.statistics.data import StudyData
from output.statistics.figures import Figure, figures_of
from output.statistics.report import as_html
from output.statistics.source import read_export
from output.statistics.stat_table import StatTable
from wamforms.definition_files import load_instruments
from wamforms.practice.render import render

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures" / "statistics"
PAGE = DOCS / "statistics-tables.md"

DYADS = {"debt-counselling": 110, "probation": 166}
WAVES = ("start", "+6 months", "+9 months")
ROWS = 6
"""Rows of a table in its picture: enough to see what they are."""

LEVELS = {"trust": 0.35, "bond": 0.5, "goals": 0.7, "reactance": -0.5}
"""How far people's answers to a factor lie above the middle, so that pictures are not all alike."""

READ: Mapping[str, str] = tomllib.loads((DOCS / "statistics-readings.toml").read_text("utf-8"))
"""What a first row says, by table."""

DPI = 110.0
GREYS = 24

_STYLE = """
@page { size: 1560px 1900px; margin: 8px; }
section { break-after: page; }
body { max-width: none; margin: 0; }
h2, .note { display: none; }
table { font-size: 11px; }
th, td { padding: 3px 5px; max-width: 16rem; }
.wide { overflow: visible; }
figure img { max-width: 900px; }
"""


def main() -> None:
    """Make the page and its pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not installed here: apt-get install chromium")
    with TemporaryDirectory() as name:
        data, columns = _study(Path(name))
        found = analyse(data, Wanted(read_characteristics(columns, {"risk": "low<medium<high"})))
        figures = figures_of(found.tables, data)
        _pictures(chromium, found, figures, Path(name))
    PAGE.write_text("\n".join(_page(found)), encoding="utf-8")


def _study(folder: Path) -> tuple[StudyData, Path]:
    """Write a study of two domains as an export, and read it."""
    instruments = load_instruments()
    plan = Plan(waves=len(WAVES), missing=0.01)
    drawn = simulate(instruments["probation"], plan, sum(DYADS.values()), 1)
    _lift(drawn.answers, [(item.factor, item.key) for item in instruments["probation"].items])
    for at, domain in enumerate(DYADS):
        write_export(folder / domain, replace(instruments[domain], domain=domain), drawn)
        _keep(folder / domain, domain, first=at == 0)
    whole = folder / "whole"
    whole.mkdir()
    for file in ("answers_long.csv", "factor_scores.csv", "forms.csv"):
        parts = [
            pd.read_csv(folder / one / file, dtype=str, keep_default_na=False) for one in DYADS
        ]
        pd.concat(parts).to_csv(whole / file, index=False)
    write_columns(whole / "clients.csv", own_columns(drawn, 1), sum(DYADS.values()))
    data = read_export(whole, instruments)
    named = dict(enumerate(WAVES, 1))
    return replace(data, waves=named, days={1: 0, 2: 183, 3: 274}), whole / "clients.csv"


def _lift(answers: np.ndarray, items: list[tuple[str, int]]) -> None:
    """Move answers away from the middle, more for some factors, roles and waves than others."""
    rng = np.random.default_rng(2)
    for at, (factor, key) in enumerate(items):
        for wave in range(answers.shape[1]):
            for role in (0, 1):
                up = LEVELS[factor] - (0.35 * role if factor == "goals" else 0)
                up += 0.15 * wave if factor == "trust" and role == 0 else 0
                step = (rng.random(len(answers)) < abs(up)) * np.sign(up) * key
                answers[:, wave, role, at] = np.clip(answers[:, wave, role, at] + step, 1, 5)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _keep(folder: Path, domain: str, *, first: bool) -> None:
    """Leave only the dyads of a domain in its tables."""
    count = DYADS["debt-counselling"]
    for path in folder.glob("*.csv"):
        frame = _read(path)
        codes = list(dict.fromkeys(frame["dyad"]))
        wanted = set(codes[:count] if first else codes[count:])
        frame[frame["dyad"].isin(wanted)].assign(domain=domain).to_csv(path, index=False)


def _pictures(chromium: str, found: Analysis, figures: tuple[Figure, ...], folder: Path) -> None:
    """Print every table on a page of its own and cut the page to what is on it."""
    shown = tuple(
        replace(one, is_personal=False, frame=one.frame.head(ROWS), notes=())
        for one in found.tables
    )
    first = {one.table: one for one in reversed(figures)}
    page = as_html(Analysis(shown, ()), "T", tuple(first.values()))
    sections = re.findall(r"<section.*?</section>", page, re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0]
    html = folder / "tables.html"
    head = f'<!DOCTYPE html><meta charset="utf-8"><style>{style}{_STYLE}</style>'
    html.write_text(head + "".join(sections), encoding="utf-8")
    pdf = folder / "tables.pdf"
    words = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    asked = [chromium, *words, f"--print-to-pdf={pdf}", html.as_uri()]
    subprocess.run(asked, check=True, capture_output=True, timeout=300)
    PICTURES.mkdir(exist_ok=True)
    for one, picture in zip(found.tables, render(pdf, DPI), strict=True):
        _save(Image.fromarray(picture), PICTURES / f"{one.name}.png")


def _save(page: Image.Image, path: Path) -> None:
    box = ImageChops.invert(page.convert("L")).getbbox()
    if box is None:
        raise ValueError(f"nothing is on the page of {path.name}")
    cut = page.crop((0, 0, min(box[2] + 10, page.width), min(box[3] + 10, page.height)))
    cut.convert("L").quantize(GREYS).save(path, optimize=True)


def _page(found: Analysis) -> Iterator[str]:
    yield "# The tables of `wamforms analyse`\n"
    yield (
        "<!-- written by docs/make_statistics.py -->\n\n"
        "Each table with a picture of its first rows, and what stands under it in the report. All"
        " of it is of a simulated study of 276 dyads in two domains and three waves"
        " (`python docs/make_statistics.py`): no number says anything about people. How to make the"
        " tables is in [analyse.md](analyse.md).\n"
    )
    links = [f"[{one.name}](#{_anchor(one)})" for one in found.tables]
    yield f"**Contents:** {' · '.join(links)}\n"
    for one in found.tables:
        yield from _section(one)


def _anchor(one: StatTable) -> str:
    kept = re.sub(r"[^\w\s-]", "", one.title.lower())
    return kept.replace(" ", "-")


def _section(one: StatTable) -> Iterator[str]:
    yield f"## {one.title}\n"
    kind = "A file of single dyads, never in the report: " if one.is_personal else ""
    yield f"{kind}`{one.name}.csv`\n"
    yield f"![First rows of the table {one.name}](pictures/statistics/{one.name}.png)\n"
    if one.name in READ:
        yield f"**Read it like this:** {_reading(one)}\n"
    yield f"**Shows:** {one.shows}\n"
    yield f"**Does not show:** {one.shows_not}\n"
    if one.notes:
        yield f"**How:** {' '.join(one.notes)}\n"


def _reading(one: StatTable) -> str:
    """Say in words what the first row that has numbers says."""
    rows = one.frame.to_dict("records")
    wanted = next((row for row in rows if _is_full(row)), rows[0])
    cells = {
        str(name): _said(value, is_p=str(name).startswith("p_") or name == "p")
        for name, value in wanted.items()
    }
    return READ[one.name].format_map(cells)


def _said(value: object, *, is_p: bool) -> str:
    if not isinstance(value, float):
        return str(value)
    if is_p:
        return "< 0.001" if value < 0.001 else f"= {value:.3f}"
    return f"{value:.2f}"


def _is_full(row: Mapping[object, object]) -> bool:
    return not str(row.get("note") or "").startswith("n under")


if __name__ == "__main__":
    main()
