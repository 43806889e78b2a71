"""All tables of an export in all formats, written side by side and some rows at a time."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from output.dialects import Dialect
from output.parquet import ParquetStream
from output.psychds import DATA_FILE, DATA_FOLDER
from output.redcap import FOLDER, RedcapStream
from output.spss import SavStream
from output.variables import Variable
from output.writers import CsvStream, TableStream
from wamforms.instrument import Instrument

FOR_SPSS = ("dyads_wide", "dyads_pairwise", "panel_wide")
"""Tables that are worth an SPSS file: those that its procedures take as they are."""


OF_DYADS = "dyads_wide"
"""The table that Psych-DS and REDCap get: one row per dyad and wave."""


class Format(StrEnum):
    """Formats of tables."""

    CSV = "csv"
    SAV = "sav"
    PARQUET = "parquet"
    PSYCH_DS = "psych-ds"
    REDCAP = "redcap"


class Streams:
    """The open files of an export; use it in a `with` statement.

    Parameters
    ----------
    folder : Path
        Where the files go.
    formats : sequence of Format
        In which formats.
    dialect : Dialect
        Of the CSV files.
    instruments : mapping of str to Instrument
        By domain; each has a REDCap project of its own.
    """

    def __init__(
        self,
        folder: Path,
        formats: Sequence[Format],
        dialect: Dialect,
        instruments: Mapping[str, Instrument],
    ) -> None:
        self._folder, self._formats, self._dialect = folder, formats, dialect
        self._instruments = instruments
        self._streams: dict[str, list[TableStream]] = {}
        self._open = ExitStack()
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def open(
        self, table: str, variables: Sequence[Variable], title: str, widths: Mapping[str, int]
    ) -> None:
        """Begin a table.

        Parameters
        ----------
        table : str
            Its name, without an ending.
        variables : sequence of Variable
            Its columns.
        title : str
            What the table is, for formats that have room for it.
        widths : mapping of str to int
            Bytes of the longest text of each text column, for SPSS.
        """
        for kind in self._formats:
            stream = self._stream(kind, table, variables, title, widths)
            if stream is not None:
                self._streams.setdefault(table, []).append(
                    self._open.enter_context(closing(stream))
                )
        self.rows[table] = 0

    def _stream(
        self,
        kind: Format,
        table: str,
        variables: Sequence[Variable],
        title: str,
        widths: Mapping[str, int],
    ) -> TableStream | None:
        path = self._folder / f"{table}.{kind.value}"
        names = [one.name for one in variables]
        match kind:
            case Format.CSV:
                return CsvStream(path, names, self._dialect)
            case Format.PARQUET:
                return ParquetStream(path, variables)
            case Format.SAV if table in FOR_SPSS:
                return SavStream(path, variables, title, widths)
            case Format.PSYCH_DS if table == OF_DYADS:
                (self._folder / DATA_FOLDER).mkdir()
                return CsvStream(self._folder / DATA_FILE, names)
            case Format.REDCAP if table == OF_DYADS:
                return RedcapStream(self._folder / FOLDER, self._instruments)
            case _:
                return None

    def add(self, table: str, rows: pd.DataFrame) -> None:
        """Write more rows of a table."""
        self.rows[table] += len(rows)
        for stream in self._streams.get(table, ()):
            stream.add(rows)
