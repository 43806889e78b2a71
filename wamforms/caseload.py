"""The caseload: a CSV or Excel file in which an office lists whom to print forms for."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import FaultyFileError, UsageError, WamError
from layouts.model import DyadCode
from wamforms.instrument import Instrument
from wamforms.spreadsheet import WORKBOOKS, rows_of_workbook

COLUMNS = ("dyad", "domain", "language", "officer", "notes")
"""Columns of a caseload; all but `domain` may be left out or left empty."""

NAME = "name"
"""Column of a person's name, which a caseload never has: it goes into the key list only."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Excel's "Unicode Text" begins with one of these."""


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """One dyad as an office lists it; `code` is None for one that is new."""

    code: DyadCode | None
    domain: str
    language: str
    officer: str
    notes: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an empty cell means in one study, and what a full one may say.

    Attributes
    ----------
    enrolled
        Domain of every dyad that the study knows already.
    """

    instruments: Mapping[str, Instrument]
    language: str
    enrolled: Mapping[DyadCode, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The study's only domain; empty if it has several."""
        return next(iter(self.instruments)) if len(self.instruments) == 1 else ""


def read_caseload(path: Path, defaults: Defaults) -> tuple[CaseloadLine, ...]:
    """Read a caseload: CSV with comma, semicolon or tab, or the sheet of an Excel workbook.

    Capitals do not matter in domains and languages: spreadsheets make them unasked.

    Raises
    ------
    WamError
        If the file cannot be opened.
    FaultyFileError
        With every fault: line, column, what is wrong, what to do.
    """
    return checked_lines(path.name, *rows_of(path), defaults)


def checked_lines(
    file: str, names: Sequence[str], rows: Sequence[tuple[int, list[str]]], defaults: Defaults
) -> tuple[CaseloadLine, ...]:
    """Check the rows of a caseload that was read with `rows_of`.

    Raises
    ------
    FaultyFileError
        As `read_caseload` does.
    """
    faults = list(_header_faults(names, defaults))
    if faults and "domain" not in names:
        raise FaultyFileError(file, faults)
    lines = []
    seen: dict[DyadCode, int] = {}
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = _cells(names, row)
        found = [*_too_many(names, row), *_faults(cells, defaults, seen, number)]
        faults += [f"line {number}: {fault}" for fault in found]
        if not found:
            lines.append(_line(cells, defaults))
    if not faults and not lines:
        faults.append("lists nobody; add a line for each dyad")
    if faults:
        raise FaultyFileError(file, faults)
    return tuple(lines)


def write_caseload(lines: Sequence[CaseloadLine]) -> str:
    """Write a caseload whose every line has its code, as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        code = "" if line.code is None else shown(line.code)
        writer.writerow([code, line.domain, line.language, line.officer, line.notes])
    return text.getvalue()


def rows_of(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of the columns, and every other row with the line it ends on.

    Raises
    ------
    WamError
        If the file cannot be opened.
    FaultyFileError
        If it is no table, or its first line names no column that is known.
    """
    is_workbook = path.suffix.lower() in WORKBOOKS
    rows = rows_of_workbook(path) if is_workbook else _csv_rows(path)
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    if not set(names) & {*COLUMNS, NAME}:
        raise FaultyFileError(
            path.name, [f"the first line must name the columns: {', '.join(COLUMNS)}"]
        )
    return names, rows[1:]


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    text = _text(path)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise FaultyFileError(
            path.name, [f"line {reader.line_num}: {error}; save it again as 'CSV UTF-8'"]
        ) from error


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except OSError as error:
        raise WamError(
            f"{path.name}: cannot be opened ({error.strerror})", advice="Check the file's name."
        ) from error
    except UnicodeDecodeError as error:
        raise FaultyFileError(
            path.name, ["is not UTF-8 text; in Excel, save it as 'CSV UTF-8'"]
        ) from error
    if "\0" in text:
        raise FaultyFileError(
            path.name, ["is not UTF-8 text but holds zero bytes; save it as 'CSV UTF-8'"]
        )
    return text


def _cells(names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
    return {
        name: cell.lower() if name in ("domain", "language") else cell
        for name, cell in cells.items()
    }


def _header_faults(names: Sequence[str], defaults: Defaults) -> Iterator[str]:
    if "domain" not in names and not defaults.domain:
        choices = ", ".join(defaults.instruments)
        yield f"column 'domain' is missing; this study has several: {choices}"
    for name in sorted(set(names) - {""}):
        if name == NAME:
            yield "column 'name': names never enter a study; enrol this list with wamforms keylist"
        elif name not in COLUMNS:
            yield f"column {name!r} is unknown; use {', '.join(COLUMNS)}"
        elif names.count(name) > 1:
            yield f"column {name!r} is there twice; remove one"


def _too_many(names: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """Refuse what would be cut off in silence, such as a note with a bare comma."""
    if any(cell.strip() for cell in row[len(names) :]):
        yield (
            f"has {len(row)} cells for {len(names)} columns;"
            " put quotation marks around a cell that holds the separator"
        )


def _faults(
    cells: Mapping[str, str], defaults: Defaults, seen: dict[DyadCode, int], number: int
) -> Iterator[str]:
    domain = cells.get("domain") or defaults.domain
    instrument = defaults.instruments.get(domain)
    if instrument is None:
        choices = ", ".join(defaults.instruments)
        yield f"domain {domain!r} is not in this study; use one of: {choices}"
    elif (language := cells.get("language") or defaults.language) not in instrument.languages:
        choices = ", ".join(instrument.languages)
        yield f"{domain} has no language {language!r}; use one of: {choices}"
    if typed := cells.get("dyad"):
        try:
            code = parse_dyad_code(typed)
        except UsageError as error:
            yield f"{error}; {error.advice}"
            return
        if code in seen:
            yield f"dyad {shown(code)} is on line {seen[code]} already; remove one"
        seen[code] = number
        if instrument is not None and defaults.enrolled.get(code, domain) != domain:
            yield (
                f"dyad {shown(code)} is enrolled in {defaults.enrolled[code]}, not in {domain};"
                " correct the domain, or empty the code to get a new one"
            )


def _line(cells: Mapping[str, str], defaults: Defaults) -> CaseloadLine:
    typed = cells.get("dyad")
    return CaseloadLine(
        code=parse_dyad_code(typed) if typed else None,
        domain=cells.get("domain") or defaults.domain,
        language=cells.get("language") or defaults.language,
        officer=cells.get("officer", ""),
        notes=cells.get("notes", ""),
    )
