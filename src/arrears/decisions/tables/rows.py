"""How do flat columns become structures, and results in columns plain values again?

Called by the command line.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from arrears.decisions.tables import columns
from arrears.decisions.tables.columns import Shape
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type


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
