"""The one door to parquet files, which come with the extra `parquet`."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from output.tables import REAL, TEXT, WHOLE
from output.variables import Variable

HOW_TO_GET = "pip install 'wamforms[parquet]'"
"""pyarrow is larger than everything else together, so it is not installed unasked."""


def is_installed() -> bool:
    """Tell whether parquet files can be written here."""
    try:
        import_module("pyarrow")
    except ModuleNotFoundError:
        return False
    return True


class ParquetStream:
    """A parquet file that is written some rows at a time; each batch is a row group."""

    def __init__(self, path: Path, variables: Iterable[Variable]) -> None:
        self._arrow: Any = import_module("pyarrow")
        writer: Any = import_module("pyarrow.parquet").ParquetWriter
        kinds = {
            TEXT: self._arrow.string(),
            WHOLE: self._arrow.int32(),
            REAL: self._arrow.float64(),
        }
        self._schema = self._arrow.schema(
            [
                self._arrow.field(one.name, kinds[one.kind], metadata={"label": one.label})
                for one in variables
            ]
        )
        self._writer = writer(path, self._schema, compression="zstd")

    def add(self, rows: pd.DataFrame) -> None:
        """Write more rows."""
        table = self._arrow.Table.from_pandas(rows, schema=self._schema, preserve_index=False)
        self._writer.write_table(table.replace_schema_metadata(None))

    def close(self) -> None:
        """Write the end of the file and let go of it."""
        self._writer.close()
