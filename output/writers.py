"""Tables to files that are whole or absent and safe to open in a spreadsheet."""

import csv
import io
import math
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from layouts.errors import UsageError
from records.wholefiles import sweep, temporary_name, write_whole

FORMULA_STARTS = "=+-@"
"""A text cell that begins with one of these is run as a formula by spreadsheets (OWASP)."""

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control and direction characters: they break rows or show another text than is there."""


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Lay a table out as UTF-8 with RFC 4180 quoting and `\n` at line ends.

    The same table gives the same bytes on every machine. Whole numbers are
    written without a point, others as short as they can be read back exactly,
    and a missing cell is empty. In text cells control characters become blanks,
    and a leading `'` disarms what a spreadsheet would run.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(str(name)) for name in frame.columns])
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def save_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table; readers find the old file or the whole new one, never a part."""
    write_whole(path, csv_bytes(frame))


def save_all(tables: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    """Write tables into a folder; none appears before all have been written.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By file name.
    folder : Path
        Made if it does not exist; files of these names in it are replaced.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        return _save_all(tables, folder)
    except OSError as error:
        raise UsageError(
            f"cannot write the tables to {folder}: {error.strerror}",
            advice="Close programs that have one of the tables open, or choose another folder.",
        ) from error


def _save_all(tables: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    part = folder / temporary_name()
    part.mkdir()
    try:
        for name, frame in tables.items():
            save_csv(frame, part / name)
        return tuple((part / name).replace(folder / name) for name in tables)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _cell(value: object) -> str:
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return _safe(value) if isinstance(value, str) else str(value)


def _safe(text: str) -> str:
    tame = "".join(
        " " if unicodedata.category(character) in _UNPRINTABLE else character for character in text
    )
    return "'" + tame if tame.lstrip().startswith(tuple(FORMULA_STARTS)) else tame
