"""Tables to files that are whole or absent and safe to open in a spreadsheet."""

import csv
import io
import math
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pandas as pd

from layouts.errors import UsageError
from output.dialects import STANDARD, Dialect
from records.wholefiles import sweep, temporary_name, write_whole

FORMULA_STARTS = "=+-@"
"""A text cell that begins with one of these is run as a formula by spreadsheets (OWASP)."""

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control and direction characters: they break rows or show another text than is there."""

_KNOWN_TEXTS = 1 << 16
"""Most cells hold one of few words; looking at each of them once saves half of the time."""


class TableStream(Protocol):
    """A table that is written some rows at a time."""

    def add(self, rows: pd.DataFrame) -> None:
        """Write more rows; every call has the same columns."""

    def close(self) -> None:
        """Write what belongs at the end and let go of the file."""


class CsvStream:
    """A CSV file that is written some rows at a time."""

    def __init__(self, path: Path, columns: Iterable[str], dialect: Dialect = STANDARD) -> None:
        self._dialect = dialect
        self._file = path.open("x", encoding=dialect.encoding, newline="")
        self._writer = csv.writer(self._file, delimiter=dialect.separator, lineterminator="\n")
        self._writer.writerow([_safe(name) for name in columns])

    def add(self, rows: pd.DataFrame) -> None:
        """Write more rows."""
        self._writer.writerows(_rows(rows, self._dialect))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def csv_bytes(frame: pd.DataFrame, dialect: Dialect = STANDARD) -> bytes:
    r"""Lay a table out as UTF-8 with RFC 4180 quoting and `\n` at line ends.

    The same table gives the same bytes on every machine. Whole numbers are
    written without a point, others as short as they can be read back exactly,
    and a missing cell is empty. In text cells control characters become blanks,
    and a leading `'` disarms what a spreadsheet would run.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.separator, lineterminator="\n")
    writer.writerow([_safe(str(name)) for name in frame.columns])
    writer.writerows(_rows(frame, dialect))
    return text.getvalue().encode(dialect.encoding)


def _rows(frame: pd.DataFrame, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    columns = [_texts(frame[name].tolist(), dialect.decimal) for name in frame.columns]
    return zip(*columns, strict=True)


def _texts(cells: list[object], decimal: str) -> list[str]:
    """Write a column; ten million answers go through here, so the usual types come first."""
    return [
        _safe(cell)
        if cell.__class__ is str
        else str(cell)
        if cell.__class__ is int
        else _cell(cell, decimal)
        for cell in cells
    ]


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


def _cell(value: object, decimal: str = ".") -> str:
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value).replace(".", decimal)
    return _safe(value) if isinstance(value, str) else str(value)


@lru_cache(_KNOWN_TEXTS)
def _safe(text: str) -> str:
    tame = "".join(
        " " if unicodedata.category(character) in _UNPRINTABLE else character for character in text
    )
    return "'" + tame if tame.lstrip().startswith(tuple(FORMULA_STARTS)) else tame
