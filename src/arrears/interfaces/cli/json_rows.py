"""How are rows read from JSONL? In one sweep when every line keeps to one type a column, otherwise line by line.

Called by `decide`. Both roads give the same columns; the slow one also knows what to do with values of mixed types, and
says which line is wrong.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.json

from arrears.decisions.tables import rows
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type
from arrears.kernel.errors import InvalidInput


def read(path: Path, wanted: Mapping[str, Type]) -> pl.DataFrame:
    """The wanted columns of the objects in a file, one a line; blank lines are passed over."""
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    swept = _swept(text, wanted)
    return rows.frame_of(_line_by_line(text, path.name), wanted) if swept is None else swept


def _swept(text: str, wanted: Mapping[str, Type]) -> pl.DataFrame | None:
    """All rows at once, or None when a column is not plainly of its declared type in every row."""
    if any(type_.is_list or type_.kind not in _NATURAL for type_ in wanted.values()):
        return None
    texts = [pa.field(name, pa.string()) for name, type_ in wanted.items() if type_.kind not in _UNTYPED]
    options = pyarrow.json.ParseOptions(explicit_schema=pa.schema(texts))
    try:
        table = pyarrow.json.read_json(io.BytesIO(text.encode()), parse_options=options)
    except pa.ArrowInvalid:
        return None
    present = [name for name in wanted if name in table.column_names]
    found = pa.types
    fits = {
        Kind.NUMBER: lambda dtype: found.is_int64(dtype) or found.is_float64(dtype),
        Kind.BOOLEAN: found.is_boolean,
    }
    for name in present:
        if not fits.get(wanted[name].kind, found.is_string)(table.schema.field(name).type):
            return None
    if not present or table.num_rows != sum(1 for line in text.split("\n") if line and not line.isspace()):
        return None
    frame = pl.DataFrame(pl.from_arrow(table.select(present)))
    if any(column.null_count() == len(column) for column in frame):
        # Arrow does not tell a column of nulls from one that no row has, and the latter must be refused.
        return None
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


_UNTYPED = (Kind.NUMBER, Kind.BOOLEAN)
_NATURAL = (*_UNTYPED, Kind.STRING, Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.DAYS_DURATION, Kind.MONTHS_DURATION)


def _line_by_line(text: str, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        try:
            row = json.loads(line)
        except ValueError as wrong:
            raise InvalidInput(f"{name}: line {number} is not JSON: {wrong}") from None
        if not isinstance(row, dict):
            raise InvalidInput(f"{name}: line {number} is not an object")
        found.append(row)
    return found
