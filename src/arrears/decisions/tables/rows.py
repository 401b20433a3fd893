"""How do rows of plain values become columns, and results plain values again?

Called by the command line. A value that does not fit its declared type becomes null: rows never stop an evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import polars as pl

from arrears.decisions.tables import columns
from arrears.decisions.tables.columns import Shape
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type

WHOLE = range(-(2**63), 2**63)
_TEXTUAL = (Kind.STRING, Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.DAYS_DURATION, Kind.MONTHS_DURATION)


def frame_of(rows: Sequence[Mapping[str, object]], wanted: Mapping[str, Type]) -> pl.DataFrame:
    """The wanted columns of rows that were read from JSON.

    rows    : one mapping a row; names that nobody wants are left aside
    wanted  : name → declared type, from graph.needs
    returns : a frame of len(rows) rows; a column that no row has is absent from it, so that it can be refused
    example : [{"Age": 18}, {"Age": "17"}, {}] with Age a number -> int64 18, 17, null
    """
    present = {name for row in rows for name in row} if rows else set(wanted)
    made = [
        column([row.get(name) for row in rows], type_).alias(name) for name, type_ in wanted.items() if name in present
    ]
    number = pl.int_range(len(rows), dtype=pl.UInt32, eager=True).alias("§read")
    return pl.DataFrame([number, *made]).drop("§read") if made else number.to_frame()


def column(values: Sequence[object], type_: Type) -> pl.Series:
    """One column of values of a declared type; whatever does not conform is null."""
    if type_.is_list:
        one = Type(type_.kind, type_.components)
        lists = [v if isinstance(v, list) else None if v is None else [v] for v in values]
        flat = column([item for items in lists if items for item in items], one)
        taken = iter(flat.to_list())
        return pl.Series([None if v is None else [next(taken) for _ in v] for v in lists], dtype=pl.List(flat.dtype))
    if type_.components:
        rows = [v if isinstance(v, dict) else {} for v in values]
        parts = [column([row.get(n) for row in rows], t).alias(n) for n, t in type_.components.items()]
        return pl.DataFrame(parts).to_struct()
    return _scalars(values, type_.kind)


def _scalars(values: Sequence[object], kind: Kind) -> pl.Series:
    if kind is Kind.NUMBER:
        return _numbers(values)
    if kind is Kind.BOOLEAN:
        spelled = {"true": True, "false": False}
        found = [v if isinstance(v, bool) else spelled.get(v) if isinstance(v, str) else None for v in values]
        return pl.Series(found, dtype=pl.Boolean)
    if kind in _TEXTUAL:
        return pl.Series([v if isinstance(v, str) else None for v in values], dtype=pl.String)
    return _undeclared(values)


def _numbers(values: Sequence[object]) -> pl.Series:
    if {type(value) for value in values} <= {int, type(None)} and all(v is None or v in WHOLE for v in values):
        return pl.Series(values, dtype=pl.Int64)
    numbers = [_number(value) for value in values]
    if all(n is None or (n == n.to_integral_value() and int(n) in WHOLE) for n in numbers):
        return pl.Series([None if n is None else int(n) for n in numbers], dtype=pl.Int64)
    return pl.Series([None if n is None else float(n) for n in numbers], dtype=pl.Float64)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(value.strip() if isinstance(value, str) else repr(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _undeclared(values: Sequence[object]) -> pl.Series:
    """A column without declared type: the kind of its first value is the kind of all."""
    first = next((value for value in values if value is not None), None)
    match first:
        case bool():
            return _scalars(values, Kind.BOOLEAN)
        case int() | float():
            return _numbers([value if not isinstance(value, str) else None for value in values])
        case str():
            return _scalars(values, Kind.STRING)
        case dict():
            names = {name: None for value in values if isinstance(value, dict) for name in value}
            return column(values, Type(Kind.CONTEXT, {name: Type() for name in names}))
        case list():
            return column(values, Type(is_list=True))
    return pl.Series([None] * len(values), dtype=pl.Boolean)


def unflatten(frame: pl.DataFrame, wanted: Mapping[str, Type]) -> pl.DataFrame:
    """Structures of a flat file: `Applicant.Age` and `Applicant.Income` become `Applicant`."""
    made = []
    for name, type_ in wanted.items():
        parts = [part for part in frame.columns if part.startswith(f"{name}.")]
        if name not in frame.columns and parts and type_.kind in (Kind.CONTEXT, Kind.ANY):
            made.append(pl.struct(pl.col(part).alias(part[len(name) + 1 :]) for part in parts).alias(name))
    return frame.with_columns(made)


def printable(result: pl.Series, shape: Shape) -> pl.Series:
    """Results as JSON can say them: dates and durations as ISO text, whole numbers without a point."""
    if shape.kind is Kind.NUMBER and result.dtype.is_float():
        whole = ((result == result.round()) & (result.abs() < 2**53)).fill_null(True)
        return result.cast(pl.Int64) if whole.all() else result
    return result.to_frame("result").select(_printed(pl.col("result"), shape, result.dtype).alias("result")).to_series()


def _printed(expr: pl.Expr, shape: Shape, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Struct) and shape.kind is Kind.CONTEXT:
        inner = {f.name: columns.made(f.dtype) for f in dtype.fields}
        parts = [_printed(expr.struct.field(n), s, inner[n]).alias(n) for n, s in shape.components.items()]
        return pl.when(expr.is_not_null()).then(pl.struct(parts))
    if isinstance(dtype, pl.List) and shape.item is not None:
        return expr.list.eval(_printed(pl.element(), shape.item, columns.made(dtype.inner)))
    match shape.kind:
        case Kind.DATE:
            return expr.dt.to_string("%Y-%m-%d")
        case Kind.TIME:
            return expr.dt.to_string("%H:%M:%S%.f")
        case Kind.DATE_TIME:
            return expr.dt.to_string("%Y-%m-%dT%H:%M:%S%.f")
        case Kind.DAYS_DURATION:
            return expr.dt.to_string("iso")
        case Kind.MONTHS_DURATION:
            return _months(expr)
    return expr


def _months(expr: pl.Expr) -> pl.Expr:
    size = expr.abs()
    return pl.format("{}P{}Y{}M", pl.when(expr < 0).then(pl.lit("-")).otherwise(pl.lit("")), size // 12, size % 12)
