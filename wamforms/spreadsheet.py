"""Excel workbooks as rows of text; the only door to openpyxl."""

import warnings
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from layouts.errors import FaultyFileError, WamError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})
"""Endings of workbooks; the oldest kind is named only to be refused in words."""

_BROKEN = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError, EOFError)
"""What openpyxl raises for torn archives and torn XML, which are never its caller's bugs."""

Rows = list[tuple[int, list[str]]]


def rows_of_workbook(path: Path) -> Rows:
    """Read the only filled sheet of a workbook, empty rows left out.

    Returns
    -------
    list of tuple
        Number of the row as Excel shows it, and its cells as text.

    Raises
    ------
    WamError
        If the file cannot be opened.
    FaultyFileError
        If it is no workbook, has several filled sheets, or holds a formula, of which
        only Excel knows what it says.
    """
    # openpyxl takes 100 ms to load; most caseloads are CSV.
    from openpyxl.reader.excel import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            # It warns about colours and drop-down lists that it does not keep.
            warnings.simplefilter("ignore")
            book = load_workbook(file)
            sheets = [rows for sheet in book.worksheets if (rows := _rows(sheet))]
    except OSError as error:
        raise WamError(
            f"{path.name}: cannot be opened ({error.strerror})", advice="Check the file's name."
        ) from error
    except (InvalidFileException, *_BROKEN) as error:
        raise FaultyFileError(
            path.name, ["is no workbook that can be read; save it as .xlsx or 'CSV UTF-8'"]
        ) from error
    if len(sheets) > 1:
        raise FaultyFileError(
            path.name, [f"{len(sheets)} sheets have rows; leave only the caseload in the workbook"]
        )
    rows = sheets[0] if sheets else []
    formulas = [cell.coordinate for _, cells in rows for cell in cells if cell.data_type == "f"]
    if formulas:
        raise FaultyFileError(
            path.name, [f"{one} holds a formula; paste its value instead" for one in formulas]
        )
    return [(number, [_text(cell.value) for cell in cells]) for number, cells in rows]


def _rows(sheet: Any) -> list[tuple[int, Any]]:  # noqa: ANN401 - a worksheet or a chart
    return [
        (number, cells)
        for number, cells in enumerate(sheet.iter_rows(), 1)
        if any(cell.value is not None for cell in cells)
    ]


def _text(value: object) -> str:
    """Write a cell as a person would type it: Excel keeps whole numbers as 12.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
