"""The one door to SPSS files: labels, levels and missing codes, written some rows at a time.

pyreadstat writes the dictionary of a file, everything before the data. Rows are added behind
it as the format has them: 8 bytes for a number, and text in pieces of 8. So a file of
any length takes no more memory than the rows at hand, and the same study gives the same
bytes: the date in the header is a fixed one.
"""

import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd
import pyreadstat
from pyreadstat.pyclasses import MissingRange

from output.sheets import Missing
from output.tables import REAL, TEXT
from output.variables import REASONS, Variable, without_codes

_CASES_AT = 80
"""Where the header says how many rows follow, as 4 bytes."""

_DATE_AT, _DATE = 92, b"01 Jan 8000:00:00"
"""Where the header holds day and time, and what stands there in every file of ours."""

_SYSTEM_MISSING = -sys.float_info.max
"""What SPSS takes for no number at all."""

_PIECE = 8
"""Bytes of a number, and of a piece of text."""

LONGEST_TEXT = 248
"""Texts of more bytes would be cut by the format into several variables."""

_LONGEST_LABEL = 250
"""Bytes that SPSS shows of a variable's label; 6 less than the format has room for."""

_RANGE: Final = MissingRange(lo=min(Missing).value, hi=max(Missing).value)
"""All missing codes as the one range that SPSS knows beside single values."""


class SavStream:
    """An SPSS file that is written some rows at a time.

    Parameters
    ----------
    path : Path
        A new file.
    variables : sequence of Variable
        All columns of the table; those that only hold missing codes are put into the
        columns they are about.
    title : str
        Label of the file.
    widths : mapping of str to int
        Bytes of the longest text of each text column.
    """

    def __init__(
        self,
        path: Path,
        variables: Sequence[Variable],
        title: str,
        widths: Mapping[str, int],
    ) -> None:
        self._columns = tuple(without_codes(variables))
        self._widths = {
            one.name: -(-min(max(widths[one.name], 1), LONGEST_TEXT) // _PIECE) * _PIECE
            for one in self._columns
            if one.kind is TEXT
        }
        self._row = np.dtype(
            [
                (one.name, f"S{self._widths[one.name]}" if one.kind is TEXT else "<f8")
                for one in self._columns
            ]
        )
        self._cases = 0
        self._file = path.open("x+b")
        self._file.write(self._dictionary(title))

    def _dictionary(self, title: str) -> bytes:
        """Let pyreadstat write one row, and cut it off again."""
        # The library has a type of its own for the frames of pandas.
        row: Any = pd.DataFrame(
            {
                one.name: ["x" * self._widths[one.name] if one.kind is TEXT else 0.0]
                for one in self._columns
            }
        )
        coded = [one.name for one in self._columns if one.code is not None]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "one.sav"
            pyreadstat.write_sav(
                row,
                path,
                file_label=_cut(title, 64),
                column_labels={one.name: _cut(one.label, _LONGEST_LABEL) for one in self._columns},
                variable_value_labels={
                    one.name: labels for one in self._columns if (labels := _labels(one))
                },
                missing_ranges={name: [_RANGE] for name in coded},
                variable_measure={one.name: one.level.value for one in self._columns},
                variable_format={
                    one.name: "F8.4" if one.kind is REAL else "F8.0"
                    for one in self._columns
                    if one.kind is not TEXT
                },
            )
            data = bytearray(path.read_bytes())
        data[_DATE_AT : _DATE_AT + len(_DATE)] = _DATE
        return bytes(data[: -self._row.itemsize])

    def add(self, rows: pd.DataFrame) -> None:
        """Write more rows."""
        cells = np.empty(len(rows), dtype=self._row)
        for one in self._columns:
            if one.kind is TEXT:
                cells[one.name] = _padded(rows[one.name], self._widths[one.name])
            else:
                cells[one.name] = _numbers(rows, one.name)
                if one.code is not None:
                    codes = _numbers(rows, one.code)
                    cells[one.name] = np.where(
                        cells[one.name] == _SYSTEM_MISSING, codes, cells[one.name]
                    )
        self._file.write(cells.tobytes())
        self._cases += len(rows)

    def close(self) -> None:
        """Say in the header how many rows there are, and let go of the file."""
        self._file.seek(_CASES_AT)
        self._file.write(struct.pack("<i", self._cases))
        self._file.close()


def _labels(one: Variable) -> dict[int | float, str]:
    """Label the numbers of a variable, missing codes included."""
    reasons = REASONS if one.code is not None else {}
    return {float(value): _cut(label, 120) for value, label in {**one.values, **reasons}.items()}


def _numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    return rows[name].to_numpy(dtype=np.float64, na_value=_SYSTEM_MISSING)


def _padded(texts: pd.Series, width: int) -> np.ndarray:
    return np.array(
        [text.encode()[:width].ljust(width) for text in texts.fillna("").tolist()],
        dtype=f"S{width}",
    )


def _cut(text: str, most: int) -> str:
    """Shorten a text to so many bytes, never in the middle of a letter."""
    return text.encode()[:most].decode(errors="ignore")
