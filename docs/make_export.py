#!/usr/bin/env python3
"""Make the pictures of `docs/export.md`: the first rows of each table, as they are exported.

    python docs/make_export.py [FOLDER]

FOLDER is where an earlier `wamforms demo` left its files; without it one is run. The
figures of the team are of an invented study of 40 dyads. Look at the pictures before
committing them.
"""

import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyreadstat
from PIL import Image
from reportlab.lib import colors
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from bench.export import make_study
from output.consent import Audience
from records.study import open_study
from wamforms.artwork import Face
from wamforms.practice.render import render
from wamforms.tasks.demo import DemoOrder, run_demo
from wamforms.tasks.exporting import ExportOrder, export_study
from wamforms.typeset import font_name

PICTURES = Path(__file__).with_name("pictures") / "export"

ROWS = 6
SIZE_PT, DPI = 8.0, 110.0
GREYS = 16
"""Levels of grey that text needs."""

TEAM_ANSWERS = 4_560
"""40 dyads at three waves, in one domain."""

SHOWN = {
    "answers_long": ("dyad", "role", "wave", "item", "value", "status", "doubt", "probability",
                     "source", "missing", "points"),
    "forms": ("dyad", "role", "wave", "officer", "read", "corrected", "blank", "doubt", "settled",
              "standing", "scale", "consent", "points"),
    "factor_scores": ("dyad", "wave", "role", "factor", "score", "answered", "items", "state",
                      "score_100", "missing", "points"),
    "quality": ("dyad", "role", "wave", "flag", "detail"),
    "scoring": ("domain", "factor", "item", "key", "lowest", "highest", "points", "minimum_share"),
    "dyads_wide": ("dyad", "wave", "points", "c_q01", "c_q02", "p_q01", "c_trust", "p_trust",
                   "d_trust", "c_trust_100", "c_trust_n", "c_q02_missing", "c_trust_missing"),
    "dyads_pairwise": ("dyad", "wave", "role", "role_code", "actor_trust", "partner_trust",
                       "actor_trust_100", "partner_trust_100", "actor_trust_missing"),
    "panel_wide": ("dyad", "points", "c_q01_w1", "c_q01_w2", "c_trust_w1", "c_trust_w2",
                   "d_trust_w1", "d_trust_w2", "c_trust_missing_w1", "c_trust_missing_w2"),
    "codebook": ("column", "domain", "label", "key", "n", "counts"),
}  # fmt: skip
"""Columns in the picture of each table; the tables have more."""

START = {"codebook": "c_q01"}
"""Where a picture begins, by its first cell."""

MOST = 56
"""Characters of a cell in a picture."""


def rows_of(path: Path, columns: Sequence[str], start: str = "") -> list[list[str]]:
    """Read the first rows of a CSV file, and its head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    at = next((n for n, one in enumerate(listed) if one[columns[0]] == start), 0)
    return [
        list(columns),
        *([short(one[name]) for name in columns] for one in listed[at : at + ROWS]),
    ]


def short(text: str) -> str:
    """Cut a long cell."""
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


def draw(rows: Iterable[Sequence[str]], name: str) -> None:
    """Draw a table and save it."""
    listed = [list(row) for row in rows]
    regular, bold = font_name(Face.REGULAR), font_name(Face.BOLD)
    widths = [
        max(
            stringWidth(row[at], bold if n == 0 else regular, SIZE_PT)
            for n, row in enumerate(listed)
        )
        + 12
        for at in range(len(listed[0]))
    ]
    table = Table(listed, colWidths=widths)
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), regular, SIZE_PT),
            ("FONT", (0, 0), (-1, 0), bold, SIZE_PT),
            ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.92, 0.92, 0.92)),
            ("GRID", (0, 0), (-1, -1), 0.4, colors.Color(0.75, 0.75, 0.75)),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    width, height = table.wrap(0, 0)
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=(width + 8, height + 8), invariant=1)
    table.drawOn(canvas, 4, 4)
    canvas.save()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.pdf"
        path.write_bytes(page.getvalue())
        (picture,) = render(path, DPI)
    save(Image.fromarray(picture), name)


def save(picture: Image.Image, name: str) -> None:
    """Save a picture of text, small."""
    picture.convert("L").quantize(GREYS).save(PICTURES / f"{name}.png", optimize=True)


def spss_rows(path: Path) -> list[list[str]]:
    """List variables as SPSS shows them: name, label, values, missing, level."""
    _, about = pyreadstat.read_sav(path, metadataonly=True, user_missing=True)
    rows = [["Name", "Label", "Values", "Missing", "Measure"]]
    for name in ("dyad", "wave", "points", "c_q01", "p_q01", "c_trust", "d_trust"):
        values = about.variable_value_labels.get(name, {})
        listed = ", ".join(f"{value:g} = {label}" for value, label in values.items())
        ranges = about.missing_ranges.get(name, [])
        codes = ", ".join(f"{one['lo']:g} to {one['hi']:g}" for one in ranges)
        label = about.column_names_to_labels[name] or ""
        measure = about.variable_measure[name]
        rows.append([name, short(label), short(listed), codes, measure])
    return rows


def redcap_rows(path: Path) -> list[list[str]]:
    """List fields of a data dictionary."""
    with path.open(encoding="utf-8", newline="") as file:
        listed = list(csv.reader(file))
    return [[short(row[at]) for at in (0, 1, 2, 4, 5, 15)] for row in listed[: ROWS + 3]]


def provenance_rows(path: Path) -> list[list[str]]:
    """List the keys of the provenance and the beginning of what they say."""
    said = json.loads(path.read_text(encoding="utf-8"))
    return [["key", "says"], *([key, short(json.dumps(said[key]))] for key in said)]


def main() -> None:
    """Make all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wamforms-pictures-") as home:
        demo = Path(sys.argv[1]) if sys.argv[1:] else Path(home) / "demo"
        if not sys.argv[1:]:
            run_demo(DemoOrder(demo), step=lambda _: None)
        tables = Path(home) / "tables"
        with open_study(demo / "study") as study:
            export_study(study, tables)
        for name, columns in SHOWN.items():
            draw(rows_of(tables / f"{name}.csv", columns, START.get(name, "")), name)
        draw(spss_rows(tables / "dyads_wide.sav"), "spss")
        draw(redcap_rows(tables / "redcap" / "probation_dictionary.csv"), "redcap")
        draw(provenance_rows(tables / "PROVENANCE.json"), "provenance")
        page = next(iter(render(tables / "codebook.pdf", 60.0)))
        save(Image.fromarray(page), "codebook-page")
        make_study(Path(home) / "study", TEAM_ANSWERS)
        with open_study(Path(home) / "study") as study:
            export_study(study, Path(home) / "team", ExportOrder(profile=Audience.TEAM))
        for name in ("team_factors", "team_differences", "team_returns"):
            with (Path(home) / "team" / f"{name}.csv").open(encoding="utf-8") as file:
                head = next(csv.reader(file))
            draw(rows_of(Path(home) / "team" / f"{name}.csv", head), name)


if __name__ == "__main__":
    main()
