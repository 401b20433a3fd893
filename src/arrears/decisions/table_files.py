"""Write a table piece by piece into one CSV, Parquet or JSONL file, by extension.

Called by commands whose result may be larger than memory. The file appears under its name only when it is whole.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.decisions import csv_cells
from arrears.kernel.errors import InvalidInput

FORMATS = (".csv", ".parquet", ".jsonl", ".ndjson")


class UnknownFormat(InvalidInput):
    code = "unknown_format"
    message = "{name}: a result is one of {formats}, by extension."


def check(path: Path) -> None:
    """Can a table be written here? raises : UnknownFormat, or InvalidInput when the folder does not exist"""
    if path.suffix not in FORMATS:
        raise UnknownFormat(name=path.name, formats=", ".join(FORMATS))
    if not path.parent.is_dir():
        raise InvalidInput(f"{path.parent}: there is no such folder")


class Writer(AbstractContextManager["Writer"]):
    """Open as a context; `write` frames of one schema in order; an exception leaves no file behind."""

    def __init__(self, path: Path, schema: dict[str, type[pl.DataType]]) -> None:
        check(path)
        self.path, self.schema = path, schema
        self.beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        self.rows = 0
        self.headed = False

    def __enter__(self) -> Writer:
        self.file: BinaryIO = self.beside.open("wb")
        self.parquet: pq.ParquetWriter | None = None
        if self.path.suffix == ".parquet":
            empty = pl.DataFrame(schema=self.schema).to_arrow(compat_level=pl.CompatLevel.oldest())
            self.parquet = pq.ParquetWriter(self.file, empty.schema, compression="lz4", use_dictionary=True)
        return self

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows."""
        assert dict(frame.schema) == self.schema, "every piece has the columns that were promised"
        if self.parquet is not None:
            self.parquet.write_table(pa.table(frame.to_arrow(compat_level=pl.CompatLevel.oldest())))
        elif self.path.suffix == ".csv":
            csv_cells.guarded(frame).write_csv(self.file, include_header=not self.headed)
            self.headed = True
        else:
            frame.write_ndjson(self.file)
        self.rows += frame.height

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self.headed and self.path.suffix == ".csv":
                pl.DataFrame(schema=self.schema).write_csv(self.file)
            if self.parquet is not None:
                self.parquet.close()
        finally:
            self.file.close()
            if kind is None:
                self.beside.replace(self.path)
            else:
                self.beside.unlink(missing_ok=True)
