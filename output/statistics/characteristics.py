"""The user's own columns: age, living situation, re-arrest and whatever else, one row per dyad."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import FaultyFileError, UsageError, WamError
from output.statistics.data import Matrix

KEY = "dyad"
"""The column that says whom a row is about."""

ORDINAL_UP_TO = 7
"""Whole numbers of at most this many values are taken as steps: no answer scale has more."""

_EMPTY = frozenset({"", "na", "n/a", "nan", "null", "."})
"""Cells that mean nothing is known, in capitals or not."""


class Kind(StrEnum):
    """What the values of a column are."""

    CONTINUOUS = "continuous"
    ORDINAL = "ordinal"
    BINARY = "binary"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A column of the user's file.

    Attributes
    ----------
    is_declared
        True if the user said what it is, False if it was detected.
    labels
        The cell of each dyad that has one, as typed.
    codes
        The number that each label stands for; empty for a nominal column.
    """

    name: str
    kind: Kind
    is_declared: bool
    labels: Mapping[str, str]
    codes: Mapping[str, float]

    def numbers(self, dyads: Sequence[str]) -> Matrix:
        """Give the value of each dyad; not a number where there is none."""
        cells = (self.labels.get(dyad) for dyad in dyads)
        known = (np.nan if cell is None else self.codes.get(cell, np.nan) for cell in cells)
        return np.array(list(known), dtype=float)

    def groups(self, dyads: Sequence[str]) -> list[str | None]:
        """Give the label of each dyad; None where there is none."""
        return [self.labels.get(dyad) for dyad in dyads]

    @property
    def coding(self) -> str:
        """Say which label has which number, where that is not plain."""
        if self.kind is Kind.CONTINUOUS:
            return "as typed"
        if self.kind is Kind.NOMINAL:
            return "; ".join(sorted(set(self.labels.values())))
        return "; ".join(f"{label}={code:g}" for label, code in self.codes.items())


def read_characteristics(
    path: Path, declared: Mapping[str, str] | None = None
) -> tuple[Characteristic, ...]:
    """Read a CSV file with a column `dyad` and any others.

    Parameters
    ----------
    path : Path
        Comma, semicolon or tab between the columns; decimal comma or point.
    declared : mapping of str to str
        What a column is: one of `Kind`, or its labels in order, such as
        `low<medium<high`. Other columns are detected.

    Raises
    ------
    WamError
        If the file cannot be read.
    UsageError
        If a declared column is not there.
    FaultyFileError
        With every fault: no dyad, a wrong or repeated code, a cell that does
        not fit its declared type.
    """
    said = dict(declared or {})
    head, rows = _rows(path)
    unknown = [name for name in said if name not in head or name == KEY]
    if unknown:
        raise UsageError(
            f"{path} has no column {', '.join(unknown)}",
            advice=f"Its columns are: {', '.join(name for name in head if name != KEY)}.",
        )
    faults: list[str] = []
    dyads = _dyads(head, rows, faults)
    columns = []
    for at, name in enumerate(head):
        if name and name != KEY:
            labels = {
                dyad: row[at].strip()
                for dyad, (_, row) in zip(dyads, rows, strict=True)
                if dyad and row[at].strip().lower() not in _EMPTY
            }
            columns.append(_column(name, labels, said.get(name), faults))
    if faults:
        raise FaultyFileError(str(path), faults)
    return tuple(column for column in columns if column is not None)


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WamError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WamError(
            f"{path} is not UTF-8 text", advice="Save it as 'CSV UTF-8' in the spreadsheet."
        ) from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    listed = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not listed:
        raise FaultyFileError(str(path), ["the file is empty"])
    head = [cell.strip() for cell in listed[0][1]]
    faults = [
        f"line {line}: {len(row)} cells, but the first line has {len(head)}"
        for line, row in listed[1:]
        if len(row) != len(head)
    ]
    faults += [f"column {name!r} is there twice" for name in _twice([n for n in head if n])]
    if KEY not in head:
        faults.append(f"there is no column {KEY!r}, which says whom a row is about")
    if faults:
        raise FaultyFileError(str(path), faults)
    return head, listed[1:]


def _dyads(head: list[str], rows: list[tuple[int, list[str]]], faults: list[str]) -> list[str]:
    """Give the dyad of each row as the tables write it; empty text for a faulty one."""
    at, dyads = head.index(KEY), []
    for line, row in rows:
        try:
            dyads.append(shown(parse_dyad_code(row[at])))
        except UsageError as error:
            faults.append(f"line {line}: {error}")
            dyads.append("")
    faults += [f"dyad {dyad} is there twice" for dyad in _twice([one for one in dyads if one])]
    return dyads


def _column(
    name: str, labels: Mapping[str, str], said: str | None, faults: list[str]
) -> Characteristic | None:
    values = set(labels.values())
    if said is not None and "<" in said:
        order = [label.strip() for label in said.split("<")]
        foreign = sorted(values - set(order))
        faults += [f"column {name!r}: {cell!r} is not one of {said}" for cell in foreign]
        steps = {label: float(at) for at, label in enumerate(order, 1)}
        return Characteristic(name, Kind.ORDINAL, True, labels, steps)
    if said is not None and said not in list(Kind):
        faults.append(f"column {name!r} cannot be {said!r}: say {', '.join(Kind)} or a<b<c")
        return None
    kind = _detected(values) if said is None else Kind(said)
    codes = {} if kind is Kind.NOMINAL else _codes(name, kind, values, faults)
    return Characteristic(name, kind, said is not None, labels, codes)


def _detected(values: set[str]) -> Kind:
    numbers = [_number(cell) for cell in values]
    if len(values) == 2:
        return Kind.BINARY
    if any(number is None for number in numbers):
        return Kind.NOMINAL
    whole = all(number is not None and number.is_integer() for number in numbers)
    return Kind.ORDINAL if whole and len(values) <= ORDINAL_UP_TO else Kind.CONTINUOUS


def _codes(name: str, kind: Kind, values: set[str], faults: list[str]) -> dict[str, float]:
    """Give each label its number: a binary column 0 and 1 in their order, others as they say."""
    numbers = {cell: _number(cell) for cell in values}
    if kind is Kind.BINARY:
        if len(values) > 2:
            faults.append(f"column {name!r} is said to be binary, but has {len(values)} values")
        plain = all(number is not None for number in numbers.values())
        order = sorted(values, key=lambda cell: (numbers[cell] or 0.0) if plain else cell)
        return {cell: float(at) for at, cell in enumerate(order)}
    faults += [
        f"column {name!r}: {cell!r} is not a number"
        for cell in sorted(cell for cell, number in numbers.items() if number is None)
    ]
    known = {cell: number for cell, number in numbers.items() if number is not None}
    return dict(sorted(known.items(), key=lambda pair: pair[1]))


def _number(cell: str) -> float | None:
    try:
        number = float(cell.replace(",", "."))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
