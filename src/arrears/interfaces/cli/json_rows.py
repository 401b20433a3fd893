"""How are rows read from JSONL, and results told in it? In one sweep when every line keeps to one type a column.

Called by `decide`. What the sweep cannot read for certain is left to the careful road: line by line, numbers as
decimals of all their digits, and a refusal that names the line.
"""

from __future__ import annotations

import io
import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.json

from arrears.decisions.tables import decimals, plain
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type
from arrears.kernel import json_lines
from arrears.kernel.errors import InvalidInput

#: How a file of lines is named.
LINES = (".jsonl", ".ndjson")
#: A line that does not begin as an object does; Arrow must not see it.
_NO_OBJECT = re.compile(rb"(?m)^[ \t\r]*[^{ \t\r\n]")
#: A line that opens more lists and objects than this is read with care.
NESTED = 200
#: No number has more digits before its point: what others read as infinity is none.
LARGEST = 308
_LONG = re.compile(plain.LONG.encode())
_BOM = b"\xef\xbb\xbf"
_UNTYPED = (Kind.NUMBER, Kind.BOOLEAN)


def swept(text: bytes, wanted: Mapping[str, Type]) -> tuple[pl.DataFrame, bool] | None:
    """All rows at once, and whether a number among them may have had more digits than fit.

    returns : None when a column is not plainly of its declared type in every row
    """
    text = text.removeprefix(_BOM)
    if not wanted or not _is_utf8(text) or _NO_OBJECT.search(text) or _is_deep(text):
        return None
    schema = pa.schema([pa.field(n, pa.string()) for n, type_ in wanted.items() if type_.kind not in _UNTYPED])
    options = pyarrow.json.ParseOptions(explicit_schema=schema)
    try:
        table = pyarrow.json.read_json(io.BytesIO(text), parse_options=options)
    except pa.ArrowInvalid:
        return None
    present = [name for name in wanted if name in table.column_names]
    if not all(_fits(table.schema.field(name).type, wanted[name].kind) for name in present):
        return None
    if not present or table.num_rows != sum(1 for line in text.split(b"\n") if line and not line.isspace()):
        return None
    frame = pl.DataFrame(pl.from_arrow(table.select(present)))
    if any(frame[name].is_infinite().any() for name in frame.columns if frame[name].dtype.is_float()):
        return None
    reals = any(dtype.is_float() for dtype in frame.dtypes)
    return frame, reals and _LONG.search(text) is not None


def _is_utf8(text: bytes) -> bool:
    """Arrow takes any bytes for characters: the careful road tells which line holds what is none."""
    whole = [None, pa.py_buffer(array("q", [0, len(text)])), pa.py_buffer(text)]
    try:
        pa.Array.from_buffers(pa.large_utf8(), 1, whole).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_deep(text: bytes) -> bool:
    """May a line nest deeper than Arrow's stack bears? Rows without lists and objects inside are told at once."""
    if text.count(b"{") + text.count(b"[") <= text.count(b"\n"):
        return False
    return any(line.count(b"{") + line.count(b"[") > NESTED for line in text.split(b"\n"))


def _fits(found: pa.DataType, kind: Kind) -> bool:
    if kind is Kind.NUMBER:
        return bool(pa.types.is_int64(found) or pa.types.is_float64(found))
    return bool(pa.types.is_boolean(found) if kind is Kind.BOOLEAN else pa.types.is_string(found))


def line_by_line(lines: Iterable[bytes], name: str) -> Iterator[dict[str, object]]:
    """The objects of a file, one a line; blank lines are passed over, any other is refused with its number."""
    for number, line in enumerate(lines, 1):
        line = line.removeprefix(_BOM) if number == 1 else line
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"), parse_float=_number, parse_int=_number, **json_lines.STRICT)
        except json.JSONDecodeError as wrong:
            raise InvalidInput(f"{name}: line {number} is not JSON: {wrong.msg} at column {wrong.colno}") from None
        except UnicodeDecodeError as wrong:
            raise InvalidInput(f"{name}: line {number} is not UTF-8, at byte {wrong.start + 1}") from None
        except (ValueError, RecursionError) as wrong:
            why = "it nests too deep" if isinstance(wrong, RecursionError) else wrong
            raise InvalidInput(f"{name}: line {number} is not JSON: {why}") from None
        if not isinstance(row, dict):
            raise InvalidInput(f"{name}: line {number} is not an object")
        yield row


def _number(text: str) -> Decimal | None:
    found = decimals.number(text)
    if found is None or found.adjusted() > LARGEST:
        raise ValueError(f"{text[:40]} is too large for a number")
    return found


def written(value: object) -> str:
    """A result as JSON, numbers with all their digits.

    value : None, bool, str, int, Decimal, list, tuple or dict of these
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < plain.WHOLE:
            return str(int(value))
        case Decimal():
            return decimals.written(value)
        case list() | tuple():
            return "[" + ",".join(map(written, value)) + "]"
        case dict():
            return "{" + ",".join(f"{written(str(name))}:{written(one)}" for name, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
