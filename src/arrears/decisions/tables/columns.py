"""What is a FEEL value when there is one for every row? A Polars expression with a kind that is known beforehand.

Called by `operators`, `functions`, `compile`. A value of the wrong kind is null, never an error: this is where columns
of a frame, whatever their dtype, become values of the declared kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import polars as pl
from polars.datatypes import DataTypeClass

from arrears.decisions.tables import feel
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type


@dataclass(frozen=True)
class Shape:
    """The kind of a value, with the shapes of its components or of its items."""

    kind: Kind
    components: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None


class _Varies:
    """The mark of a value that is not the same in every row."""


VARIES = _Varies()


@dataclass(frozen=True)
class Value:
    """One value a row.

    expr       : a Polars expression of one column, whose dtype fits `shape`
    constant   : the value itself, where every row has the same one written in the table
    components : of a structure, the values it is made of
    items      : of a list written in a cell, its items
    """

    shape: Shape
    expr: pl.Expr
    constant: feel.Scalar | _Varies = VARIES
    components: Mapping[str, Value] = field(default_factory=dict)
    items: tuple[Value, ...] | None = None

    @property
    def kind(self) -> Kind:
        return self.shape.kind

    @property
    def is_constant(self) -> bool:
        return self.constant is not VARIES


DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.NUMBER: pl.Float64(),
    Kind.STRING: pl.String(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.TIME: pl.Time(),
    Kind.DATE_TIME: pl.Datetime("us"),
    Kind.DAYS_DURATION: pl.Duration("us"),
    Kind.MONTHS_DURATION: pl.Int64(),
    Kind.NULL: pl.Boolean(),
    Kind.ANY: pl.Boolean(),
}


def dtype_of(shape: Shape) -> pl.DataType:
    """The dtype that every value of a shape can be cast to."""
    if shape.kind is Kind.CONTEXT:
        return pl.Struct({name: dtype_of(part) for name, part in shape.components.items()})
    if shape.kind is Kind.LIST:
        return pl.List(dtype_of(shape.item or Shape(Kind.NULL)))
    return DTYPES[shape.kind]


def plain(constant: feel.Scalar) -> object:
    """What a constant is to Polars: whole numbers as int, months as a count, instants without their offset."""
    match constant:
        case Decimal():
            return int(constant) if constant == constant.to_integral_value() else float(constant)
        case feel.Months(count):
            return count
        case datetime() if constant.tzinfo is not None:
            return (constant - (constant.utcoffset() or constant - constant)).replace(tzinfo=None)
    return constant


def kind_of(constant: feel.Scalar) -> Kind:
    """The kind of a written value."""
    return feel.KIND_OF[type(constant)]


def constant(written: feel.Scalar) -> Value:
    """The value that is the same in every row."""
    kind = kind_of(written)
    if written is None:
        return Value(Shape(kind), pl.lit(None, pl.Boolean), None)
    return Value(Shape(kind), pl.lit(plain(written)), written)


NULL = constant(None)


def nothing(kind: Kind) -> Value:
    """Null in every row, of a kind."""
    return Value(Shape(kind), pl.lit(None, DTYPES[kind]), None) if kind in DTYPES else NULL


def structure(components: Mapping[str, Value]) -> Value:
    """The structure made of values."""
    shape = Shape(Kind.CONTEXT, {name: part.shape for name, part in components.items()})
    expr = pl.struct([part.expr.alias(name) for name, part in components.items()]) if components else NULL.expr
    return Value(shape, expr, components=dict(components))


def shaped(shape: Shape, expr: pl.Expr) -> Value:
    """The value of a shape that an expression yields."""
    fields = {name: shaped(part, expr.struct.field(name)) for name, part in shape.components.items()}
    return Value(shape, expr, components=fields)


def shape_of_dtype(dtype: pl.DataType) -> Shape:
    """The shape that a column has by itself, when the file declares no type for it."""
    if isinstance(dtype, pl.Struct):
        return Shape(Kind.CONTEXT, {f.name: shape_of_dtype(made(f.dtype)) for f in dtype.fields})
    if isinstance(dtype, pl.List | pl.Array):
        return Shape(Kind.LIST, item=shape_of_dtype(made(dtype.inner)))
    if dtype.is_numeric() or isinstance(dtype, pl.Decimal):
        return Shape(Kind.NUMBER)
    for kind in (Kind.BOOLEAN, Kind.DATE, Kind.TIME):
        if dtype == DTYPES[kind]:
            return Shape(kind)
    if isinstance(dtype, pl.Datetime | pl.Duration):
        return Shape(Kind.DATE_TIME if isinstance(dtype, pl.Datetime) else Kind.DAYS_DURATION)
    return Shape(Kind.STRING if isinstance(dtype, pl.String | pl.Categorical | pl.Enum) else Kind.NULL)


def made(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else dtype()


def declared(name: str, dtype: pl.DataType, type_: Type) -> Value:
    """A column of a frame as a value of its declared type: whatever does not conform is null."""
    return _conform(pl.col(name), dtype, type_)


def _conform(expr: pl.Expr, dtype: pl.DataType, type_: Type) -> Value:
    if type_.is_list:
        inner = made(dtype.inner) if isinstance(dtype, pl.List | pl.Array) else dtype
        item = _conform(pl.element(), inner, Type(type_.kind, type_.components))
        # A single value stands for the list of that one value.
        whole = expr if isinstance(dtype, pl.List | pl.Array) else pl.concat_list(expr)
        return Value(Shape(Kind.LIST, item=item.shape), whole.list.eval(item.expr))
    if type_.components:
        fields = {f.name: made(f.dtype) for f in dtype.fields} if isinstance(dtype, pl.Struct) else {}
        parts = {
            name: _conform(expr.struct.field(name), fields[name], part) if name in fields else _missing(part)
            for name, part in type_.components.items()
        }
        return structure(parts)
    if type_.kind in (Kind.ANY, Kind.CONTEXT, Kind.LIST):
        return shaped(shape_of_dtype(dtype), _widened(expr, dtype))
    return Value(Shape(type_.kind), scalar(expr, dtype, type_.kind))


def _missing(type_: Type) -> Value:
    if type_.components:
        return structure({name: _missing(part) for name, part in type_.components.items()})
    return nothing(type_.kind)


def _widened(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column as it is, in the dtype that its kind has elsewhere."""
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return expr.cast(pl.String)
    if isinstance(dtype, pl.Datetime | pl.Duration):
        return scalar(expr, dtype, shape_of_dtype(dtype).kind)
    return expr.cast(pl.Float64) if isinstance(dtype, pl.Decimal) else expr


def scalar(expr: pl.Expr, dtype: pl.DataType, kind: Kind) -> pl.Expr:
    """A column of any dtype as a value of one kind; text is read as that kind is written, the rest is null."""
    own = shape_of_dtype(dtype).kind
    text = expr.cast(pl.String) if own is Kind.STRING else None
    if kind is Kind.STRING:
        return text if text is not None else pl.lit(None, pl.String)
    if text is not None:
        return from_text(text, kind)
    if own is not kind:
        return expr.dt.date() if (own, kind) == (Kind.DATE_TIME, Kind.DATE) else pl.lit(None, DTYPES[kind])
    if isinstance(dtype, pl.Datetime):
        local = expr.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else expr
        return local.cast(DTYPES[kind])
    if isinstance(dtype, pl.Decimal | pl.Duration):
        return expr.cast(DTYPES[kind])
    return expr.fill_nan(None) if dtype.is_float() else expr


_SIGNED_DAYS = r"^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
_SIGNED_MONTHS = r"^(-)?P(?:(\d+)Y)?(?:(\d+)M)?$"


def from_text(text: pl.Expr, kind: Kind) -> pl.Expr:
    """The value that each text spells, null where it spells none."""
    match kind:
        case Kind.NUMBER:
            return text.str.strip_chars().cast(pl.Float64, strict=False).fill_nan(None)
        case Kind.BOOLEAN:
            return pl.when(text == "true").then(True).when(text == "false").then(False)
        case Kind.DATE:
            return text.str.to_date("%Y-%m-%d", strict=False)
        case Kind.TIME:
            return text.str.strip_suffix("Z").str.to_time("%H:%M:%S%.f", strict=False)
        case Kind.DATE_TIME:
            offset = text.str.contains(r"(Z|[+-]\d\d:\d\d)$")
            plain_text = pl.when(offset).then(text.str.replace(r"Z$", "+00:00")).otherwise(text + "+00:00")
            read = plain_text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC")
            return read.dt.replace_time_zone(None)
        case Kind.DAYS_DURATION:
            return _days(text)
        case Kind.MONTHS_DURATION:
            found = [text.str.extract(_SIGNED_MONTHS, n) for n in (1, 2, 3)]
            years, months = (part.cast(pl.Int64).fill_null(0) for part in found[1:])
            count = (years * 12 + months) * pl.when(found[0].is_null()).then(1).otherwise(-1)
            return pl.when(text.str.contains(_SIGNED_MONTHS) & (text != "P")).then(count)
    return pl.lit(None, DTYPES.get(kind, pl.Boolean()))


def _days(text: pl.Expr) -> pl.Expr:
    sign, *parts = (text.str.extract(_SIGNED_DAYS, n) for n in range(1, 6))
    days, hours, minutes, seconds = (part.cast(pl.Float64).fill_null(0) for part in parts)
    micros = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e6
    signed = micros * pl.when(sign.is_null()).then(1).otherwise(-1)
    return pl.when(text.str.contains(_SIGNED_DAYS) & ~text.str.contains("[PT]$")).then(
        signed.round().cast(pl.Int64).cast(pl.Duration("us"))
    )
