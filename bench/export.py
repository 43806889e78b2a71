"""Measure exports: `python -m bench.export --answers 1000000`. Linux only, for the memory.

Makes a study of that many answers, exports it in a fresh process, and holds the time
against what pandas alone takes to write the same rows as CSV. Both figures are in the
table: the export reads every stored reading, settles and scores it first; pandas has the
rows in memory already.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from bench.memory import peak_mb
from layouts.alphabet import to_text
from layouts.dyadcode import check_character
from layouts.geometry import A4
from layouts.model import CONSENT, CONSENT_VALUES, DyadCode, Fingerprint, ItemId, Role
from layouts.sheetcode import SheetCode
from records.connections import connect
from records.settings import Settings
from records.study import create_study, open_study
from records.study_folder import STORE_FILE
from scan.results import BubbleReading, Doubt, Fit, ItemReading, Mark, PageRead, Status
from wamforms.compose import compose
from wamforms.definition_files import load_instrument
from wamforms.instrument import Instrument
from wamforms.tasks.exporting import TABLES_ONLY, ExportOrder, export_study

DOMAIN, LANGUAGE = "probation", "nl"
WAVES = ("start", "+6 months", "+9 months")

OFFICERS = 500

PATTERNS = 997
"""Different sheets of answers; a prime, so that no dyad and no wave gets the same ones."""

BLANKS = 0.02
"""Share of items that were left out."""

CHUNK = 200_000
"""Rows that pandas holds while it writes; more would be its memory and not ours."""

_PLACE = "@@@@"
"""Stands in the text of a reading where the code of its page belongs."""


def make_study(folder: Path, answers: int, doubts: float = 0.0) -> int:
    """Fill a study with readings, past the log: an export looks at no entry of it.

    Parameters
    ----------
    doubts : float
        Share of rows that wait for a person.

    Returns
    -------
    int
        How many answers are in it: whole dyads of three waves.
    """
    instrument = load_instrument(DOMAIN)
    dyads = max(1, answers // (len(instrument.items) * len(Role) * len(WAVES)))
    with create_study(folder, Settings("Export bench", LANGUAGE, "a4", (DOMAIN,), WAVES)) as study:
        forms = {
            role: study.store.add_form(compose(instrument, role, LANGUAGE, A4).layout)
            for role in Role
        }
    db = connect(folder / STORE_FILE)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    db.execute("INSERT INTO files VALUES (?, 'stack.pdf', '2027-01-01')", ("f" * 64,))
    texts = {
        role: [_reading_text(instrument, role, seed, doubts) for seed in range(PATTERNS)]
        for role in Role
    }
    serial = 0
    for number in range(dyads):
        code = _code(number)
        db.execute("INSERT INTO dyads VALUES (?, ?, '2027-01-01')", (code, DOMAIN))
        db.execute(
            "INSERT INTO caseload VALUES (?, ?, ?, ?, '', '2027-01-01')",
            (number + 1, code, LANGUAGE, f"P{number % OFFICERS:03d}"),
        )
        for wave in range(1, len(WAVES) + 1):
            for role in Role:
                serial += 1
                _add(
                    db, SheetCode(forms[role], code, role, wave, 1, serial), number + 1, texts[role]
                )
    db.execute("COMMIT")
    db.close()
    return serial * len(instrument.items)


def _code(number: int) -> DyadCode:
    body = to_text(number + 1, 7)
    return DyadCode(body + check_character(body))


def _reading_text(instrument: Instrument, role: Role, seed: int, doubts: float) -> str:
    """Write the stored form of a page with made-up answers and a place for its code."""
    rng = np.random.default_rng((seed, role is Role.CLIENT))
    values = instrument.scale.values
    items = [
        _item(item.id, values, None if rng.random() < BLANKS else int(rng.choice(values)), rng)
        for item in instrument.items
    ]
    if doubts:
        items = [_in_doubt(one) if rng.random() < doubts else one for one in items]
    asked = _item(CONSENT, tuple(CONSENT_VALUES), int(rng.integers(1, 4)), rng)
    fit = Fit((7.87, 0.01, 3.2, -0.01, 7.87, 2.1, 0.0, 0.0, 1.0), 200.0, 0.998, -0.25, 0.0612)
    code = SheetCode(Fingerprint("0" * 8), _code(0), Role.CLIENT, 1, 1, 1)
    consent = asked if role is Role.CLIENT else None
    page = PageRead("stack.pdf#1", code, fit, (), tuple(items), consent=consent)
    text = TypeAdapter(PageRead).dump_json(page).decode()
    return text.replace(_code_text(code), _PLACE)


def _item(
    name: ItemId, values: tuple[int, ...], value: int | None, rng: np.random.Generator
) -> ItemReading:
    bubbles = tuple(
        BubbleReading(
            value=one,
            fill=round(float(rng.random()) / 10 + (one == value) / 2, 6),
            peak=0.4123,
            solid=0.0312,
            around=0.0041,
            outline=0.9312,
            mark=Mark.MARKED if one == value else Mark.EMPTY,
        )
        for one in values
    )
    status = Status.BLANK if value is None else Status.READ
    return ItemReading(name, status, value, (), bubbles, 0.99987)


def _in_doubt(row: ItemReading) -> ItemReading:
    return replace(row, status=Status.DOUBT, value=None, doubts=(Doubt.SEVERAL,), suggestion=1)


_codes: TypeAdapter[SheetCode] = TypeAdapter(SheetCode)


def _code_text(code: SheetCode) -> str:
    return _codes.dump_json(code).decode()


def _add(db: sqlite3.Connection, code: SheetCode, caseload: int, texts: list[str]) -> None:
    db.execute(
        "INSERT INTO prints VALUES (?, ?, ?, ?, ?, ?, 'run', '2027-01-01')",
        (code.serial, code.dyad, code.role, code.wave, code.fingerprint, caseload),
    )
    text = texts[code.serial % PATTERNS].replace(_PLACE, _code_text(code))
    db.execute(
        "INSERT INTO pages (id, file, number, outcome, serial, dyad, role, wave, page, standing,"
        " reading, program, at) VALUES (?, ?, ?, 'read', ?, ?, ?, ?, 1, 'first', ?, '0.1.0', ?)",
        (
            *(code.serial, "f" * 64, code.serial, code.serial, code.dyad, code.role, code.wave),
            *(text, "2027-01-02T10:00:00+00:00"),
        ),
    )


def measured_export(study: Path, place: Path, part: str) -> dict[str, float]:
    """Export in this process; seconds, processor seconds and the peak of memory."""
    order = TABLES_ONLY if part == "plain" else ExportOrder()
    with open_study(study) as opened:
        start, busy = perf_counter(), process_time()
        done = export_study(opened, place, replace(order, language=LANGUAGE))
        spent, busy = perf_counter() - start, process_time() - busy
    size_mb = sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) / 1e6
    return {
        **{"answers": done.answers, "s": spent, "processor_s": busy},
        **{"mb": peak_mb(), "size_mb": size_mb},
    }


def measured_pandas(place: Path, out: Path) -> dict[str, float]:
    """Write the rows of an export's CSV files again with nothing but pandas."""
    start_s = busy_s = 0.0
    for path in sorted(place.glob("*.csv")):
        for number, rows in enumerate(pd.read_csv(path, chunksize=CHUNK, low_memory=False)):
            start, busy = perf_counter(), process_time()
            rows.to_csv(out / path.name, mode="a", index=False, header=number == 0)
            start_s += perf_counter() - start
            busy_s += process_time() - busy
    return {"s": start_s, "processor_s": busy_s, "mb": peak_mb()}


def in_a_fresh_process(*arguments: object) -> dict[str, float]:
    """Run one measurement of this module by itself and return its figures."""
    command = [sys.executable, "-m", "bench.export", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(plain: dict[str, float], whole: dict[str, float], bare: dict[str, float]) -> str:
    """Lay the figures out as Markdown."""
    lines = [
        f"{plain['answers']:,.0f} answers",
        "",
        "| what | time | processor | times pandas | most memory | size |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in (("CSV tables and codebook", plain), ("whole research export", whole)):
        if one:
            lines.append(
                f"| {name} | {one['s']:.0f} s | {one['processor_s']:.0f} s"
                f" | {one['processor_s'] / bare['processor_s']:.1f} | {one['mb']:.0f} MB"
                f" | {one['size_mb']:.0f} MB |"
            )
    lines.append(
        f"| pandas writes the same CSV rows | {bare['s']:.0f} s | {bare['processor_s']:.0f} s"
        f" | 1.0 | {bare['mb']:.0f} MB | |"
    )
    return "\n".join(lines)


def main() -> None:
    """Make the study, measure, print the table."""
    parser = argparse.ArgumentParser(description="Measure exports.")
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work; it needs 1 GB a million")
    parser.add_argument("--part", choices=("plain", "whole", "pandas"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.part == "pandas":
        print(json.dumps(measured_pandas(chosen.folder / "plain", chosen.folder / "again")))
    elif chosen.part:
        place = chosen.folder / chosen.part
        print(json.dumps(measured_export(chosen.folder / "study", place, chosen.part)))
    else:
        with tempfile.TemporaryDirectory(prefix="wamforms-export-", dir=chosen.folder) as home:
            make_study(Path(home) / "study", chosen.answers)
            (Path(home) / "again").mkdir()
            parts = ("plain", "pandas", "whole")
            found = {part: in_a_fresh_process("--part", part, "--folder", home) for part in parts}
        print(table(found["plain"], found["whole"], found["pandas"]))


if __name__ == "__main__":
    main()
