"""Which functions may a cell call? The basics of FEEL, each as a function from values to a value.

Called by `compile`, which knows the rest of the names. Arguments of a wrong kind give null.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from arrears.decisions.tables import columns, feel, operators, temporal
from arrears.decisions.tables.columns import Shape, Value
from arrears.decisions.tables.feel import Kind

Function = Callable[..., Value]

NUMBER, STRING, BOOLEAN = Shape(Kind.NUMBER), Shape(Kind.STRING), Shape(Kind.BOOLEAN)
ZERO = columns.constant(Decimal(0))


def over(kinds: Sequence[Kind], shape: Shape, work: Callable[..., pl.Expr]) -> Function:
    """A function of arguments of exactly these kinds; null for any other."""

    def call(*values: Value) -> Value:
        if tuple(value.kind for value in values) != tuple(kinds):
            return columns.nothing(shape.kind)
        return Value(shape, work(*(value.expr for value in values)))

    parameters = [inspect.Parameter(f"argument_{n}", inspect.Parameter.POSITIONAL_ONLY) for n in range(len(kinds))]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call


def spelled(kind: Kind, read: Callable[[str], Any]) -> Function:
    """A constructor from text: `date("2026-11-23")` is a constant, `date(column)` reads each row's text."""

    def call(value: Value) -> Value:
        if isinstance(value.constant, str):
            made = read(value.constant)
            return columns.constant(made) if made is not None else columns.nothing(kind)
        if value.kind is Kind.STRING:
            return Value(Shape(kind), columns.from_text(value.expr, kind))
        if value.kind is Kind.DATE_TIME and kind in (Kind.DATE, Kind.TIME):
            return Value(Shape(kind), value.expr.dt.date() if kind is Kind.DATE else value.expr.dt.time())
        if value.kind is Kind.DATE and kind is Kind.DATE_TIME:
            return Value(Shape(kind), value.expr.cast(pl.Datetime("us")))
        return value if value.kind is kind else columns.nothing(kind)

    return call


def date_of(*values: Value) -> Value:
    """date(text), date(date and time), date(year, month, day)."""
    if len(values) == 3 and all(value.kind is Kind.NUMBER for value in values):
        text = pl.format("{}-{}-{}", *(_digits(v.expr, n) for v, n in zip(values, (4, 2, 2), strict=True)))
        return Value(Shape(Kind.DATE), columns.from_text(text, Kind.DATE))
    return _from_text_date(*values)


_from_text_date = spelled(Kind.DATE, temporal.read_date)


def _digits(expr: pl.Expr, count: int) -> pl.Expr:
    return expr.cast(pl.Int64).cast(pl.String).str.zfill(count)


def number(value: Value, *_: Value) -> Value:
    """number(text)."""
    if value.kind is Kind.NUMBER:
        return value
    return Value(NUMBER, columns.scalar(value.expr, columns.dtype_of(value.shape), Kind.NUMBER))


def string(value: Value) -> Value:
    """string(value): whole numbers without a point."""
    if value.kind is Kind.NUMBER:
        whole = value.expr.cast(pl.Float64)
        is_whole = (whole == whole.round()) & (whole.abs() < 2**53)
        digits = whole.cast(pl.Int64, strict=False).cast(pl.String)
        return Value(STRING, pl.when(is_whole).then(digits).otherwise(value.expr.cast(pl.String)))
    if value.kind is Kind.BOOLEAN:
        return Value(STRING, pl.when(value.expr).then(pl.lit("true")).when(~value.expr).then(pl.lit("false")))
    return Value(STRING, value.expr.cast(pl.String)) if value.kind in columns.DTYPES else columns.NULL


def _items(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The arguments of a function, or those of the one list that is written in their place."""
    return values[0].items if len(values) == 1 and values[0].items is not None else values


def spread(work: Callable[[list[pl.Expr]], pl.Expr], in_list: Callable[[pl.Expr], pl.Expr], ordered: bool) -> Function:
    """min, max, sum, mean: of the arguments, or of one list; null if any of them is null or of another kind."""

    def call(*values: Value) -> Value:
        items = _items(values)
        if len(values) == 1 and values[0].kind is Kind.LIST and values[0].items is None:
            shape = values[0].shape.item or Shape(Kind.NULL)
            return Value(shape, in_list(values[0].expr))
        kinds = {value.kind for value in items}
        if len(kinds) != 1 or not kinds <= (feel.ORDERED if ordered else {Kind.NUMBER}):
            return columns.NULL
        any_null = reduce(lambda a, b: a | b, (value.expr.is_null() for value in items))
        return Value(items[0].shape, pl.when(~any_null).then(work([value.expr for value in items])))

    return call


def count(value: Value, *more: Value) -> Value:
    """count(list)."""
    if value.items is not None or more:
        return columns.NULL if more else Value(NUMBER, pl.lit(len(value.items or ())))
    return Value(NUMBER, value.expr.list.len().cast(pl.Int64)) if value.kind is Kind.LIST else columns.NULL


def contains(value: Value, wanted: Value) -> Value:
    """list contains(list, element)."""
    if value.items is not None:
        return operators.some(operators.equal(item, wanted) for item in value.items)
    if value.kind is not Kind.LIST or value.shape.item is None or value.shape.item.kind is not wanted.kind:
        return operators.NO_ANSWER
    return operators.truth(value.expr.list.contains(wanted.expr))


def all_of(*values: Value) -> Value:
    """all(a, b, …)."""
    return operators.every(_items(values))


def any_of(*values: Value) -> Value:
    """any(a, b, …)."""
    return operators.some(_items(values))


def rounded(mode: str) -> Function:
    """floor, ceiling and the roundings: of a number, at an optional scale."""

    def call(value: Value, scale: Value = ZERO) -> Value:
        if value.kind is not Kind.NUMBER or scale.kind is not Kind.NUMBER:
            return columns.nothing(Kind.NUMBER)
        factor = pl.lit(10.0).pow(scale.expr.cast(pl.Float64))
        # A product such as 234.50000000000003 is the 234.5 that was meant.
        scaled = (value.expr.cast(pl.Float64) * factor).round(8)
        away = scaled.abs()
        work = {
            "floor": scaled.floor(),
            "ceiling": scaled.ceil(),
            "half even": scaled.round(mode="half_to_even"),
            "half up": (away + 0.5).floor() * scaled.sign(),
            "half down": (away - 0.5).ceil() * scaled.sign(),
            "up": away.ceil() * scaled.sign(),
            "down": away.floor() * scaled.sign(),
        }
        return Value(NUMBER, work[mode] / factor)

    return call


def absolute(value: Value) -> Value:
    """abs(number or duration)."""
    fits = value.kind in (Kind.NUMBER, Kind.DAYS_DURATION, Kind.MONTHS_DURATION)
    return Value(value.shape, value.expr.abs()) if fits else columns.NULL


def modulo(value: pl.Expr, by: pl.Expr) -> pl.Expr:
    """FEEL's modulo has the sign of the divisor, and none for zero."""
    left, right = value.cast(pl.Float64), by.cast(pl.Float64)
    return pl.when(right != 0).then(left - right * (left / right).floor())


def substring(text: Value, start: Value, length: Value | None = None) -> Value:
    """substring(text, from, length): from counts at 1, or backwards when negative."""
    if text.kind is not Kind.STRING or start.kind is not Kind.NUMBER:
        return columns.nothing(Kind.STRING)
    begin = start.expr.cast(pl.Int64)
    offset = pl.when(begin > 0).then(begin - 1).when(begin < 0).then(begin)
    size = None if length is None else length.expr.cast(pl.Int64)
    return Value(STRING, pl.when(offset.is_not_null()).then(text.expr.str.slice(offset.fill_null(0), size)))


def months_between(start: Value, end: Value) -> Value:
    """years and months duration(from, to): whole months."""
    if start.kind not in (Kind.DATE, Kind.DATE_TIME) or end.kind not in (Kind.DATE, Kind.DATE_TIME):
        return columns.NULL
    a, b = start.expr.dt, end.expr.dt
    months = (b.year() - a.year()) * 12 + b.month().cast(pl.Int32) - a.month().cast(pl.Int32)
    early, late = (months > 0) & (b.day() < a.day()), (months < 0) & (b.day() > a.day())
    return Value(Shape(Kind.MONTHS_DURATION), (months - early.cast(pl.Int32) + late.cast(pl.Int32)).cast(pl.Int64))


TEXTS = (Kind.STRING, Kind.STRING)

FUNCTIONS: Mapping[str, Function] = {
    "not": operators.negate,
    "date": date_of,
    "time": spelled(Kind.TIME, temporal.read_time),
    "date and time": spelled(Kind.DATE_TIME, temporal.read_date_time),
    "duration": lambda value: (
        columns.constant(temporal.read_duration(value.constant)) if isinstance(value.constant, str) else columns.NULL
    ),
    "years and months duration": months_between,
    "number": number,
    "string": string,
    "min": spread(pl.min_horizontal, lambda e: e.list.min(), ordered=True),
    "max": spread(pl.max_horizontal, lambda e: e.list.max(), ordered=True),
    "sum": spread(pl.sum_horizontal, lambda e: e.list.sum(), ordered=False),
    "mean": spread(pl.mean_horizontal, lambda e: e.list.mean(), ordered=False),
    "count": count,
    "list contains": contains,
    "all": all_of,
    "any": any_of,
    "floor": rounded("floor"),
    "ceiling": rounded("ceiling"),
    "decimal": rounded("half even"),
    "round half up": rounded("half up"),
    "round half down": rounded("half down"),
    "round up": rounded("up"),
    "round down": rounded("down"),
    "abs": absolute,
    "modulo": over((Kind.NUMBER, Kind.NUMBER), NUMBER, modulo),
    "sqrt": over((Kind.NUMBER,), NUMBER, lambda e: pl.when(e >= 0).then(e.cast(pl.Float64).sqrt())),
    "odd": over((Kind.NUMBER,), BOOLEAN, lambda e: e.cast(pl.Float64).abs() % 2 == 1),
    "even": over((Kind.NUMBER,), BOOLEAN, lambda e: e.cast(pl.Float64).abs() % 2 == 0),
    "substring": substring,
    "string length": over((Kind.STRING,), NUMBER, lambda e: e.str.len_chars().cast(pl.Int64)),
    "upper case": over((Kind.STRING,), STRING, lambda e: e.str.to_uppercase()),
    "lower case": over((Kind.STRING,), STRING, lambda e: e.str.to_lowercase()),
    "contains": over(TEXTS, BOOLEAN, lambda e, part: e.str.contains(part, literal=True)),
    "starts with": over(TEXTS, BOOLEAN, lambda e, part: e.str.starts_with(part)),
    "ends with": over(TEXTS, BOOLEAN, lambda e, part: e.str.ends_with(part)),
}


def property_of(value: Value, name: str) -> Value | None:
    """date.year and its kin, or None when there is no such property."""
    wanted: dict[str, Callable[[pl.Expr], pl.Expr]]
    match value.kind:
        case Kind.DATE | Kind.DATE_TIME | Kind.TIME:
            wanted = {
                "year": lambda e: e.dt.year(),
                "month": lambda e: e.dt.month(),
                "day": lambda e: e.dt.day(),
                "weekday": lambda e: e.dt.weekday(),
                "hour": lambda e: e.dt.hour(),
                "minute": lambda e: e.dt.minute(),
                "second": lambda e: e.dt.second(),
            }
        case Kind.DAYS_DURATION:
            wanted = {
                "days": lambda e: e.dt.total_days(),
                "hours": lambda e: e.dt.total_hours() % 24,
                "minutes": lambda e: e.dt.total_minutes() % 60,
                "seconds": lambda e: e.dt.total_seconds() % 60,
            }
        case Kind.MONTHS_DURATION:
            wanted = {"years": lambda e: e // 12, "months": lambda e: e % 12}
        case _:
            return None
    return Value(NUMBER, wanted[name](value.expr).cast(pl.Int64)) if name in wanted else None
