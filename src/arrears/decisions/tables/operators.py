"""What do the operators answer? Equality, order, logic and arithmetic of FEEL over columns, null as the standard asks.

Called by `compile` and `functions`. Values of two kinds neither equal nor order each other: null. Two constants are
worked out here in decimal, so what a table writes is exact.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException
from functools import reduce

import polars as pl

from arrears.decisions.tables import columns, feel
from arrears.decisions.tables.columns import Shape, Value
from arrears.decisions.tables.decimals import DECIMAL
from arrears.decisions.tables.feel import Kind
from arrears.kernel.errors import InvalidInput

DAY = timedelta(days=1)


class MixedKinds(InvalidInput):
    """A column would hold values of two kinds, which no typed file can."""

    code = "mixed_kinds"


def truth(expr: pl.Expr) -> Value:
    """A boolean value."""
    return Value(Shape(Kind.BOOLEAN), expr)


NO_ANSWER = columns.nothing(Kind.BOOLEAN)


def is_nothing(value: Value) -> bool:
    """Null in every row, known beforehand."""
    return value.constant is None or value.kind is Kind.NULL


def equal(left: Value, right: Value) -> Value:
    """left = right: null equals null only; two kinds give null."""
    if is_nothing(left) and is_nothing(right):
        return columns.constant(True)
    if is_nothing(left) or is_nothing(right):
        return truth((right if is_nothing(left) else left).expr.is_null())
    if left.kind is not right.kind:
        one, other = left.expr.is_null(), right.expr.is_null()
        return truth(pl.when(one & other).then(True).when(one | other).then(False))
    if left.is_constant and right.is_constant:
        return columns.constant(columns.plain(left.constant) == columns.plain(right.constant))  # type: ignore[arg-type]
    if left.kind is Kind.CONTEXT:
        if set(left.components) != set(right.components):
            return columns.constant(False)
        return every(equal(part, right.components[name]) for name, part in left.components.items())
    return truth(left.expr.eq_missing(right.expr))


_ORDERS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def order(sign: str, left: Value, right: Value) -> Value:
    """left < right and its kin: null where either is null, or where the kinds differ or have no order."""
    if left.kind is not right.kind or left.kind not in feel.ORDERED or is_nothing(left) or is_nothing(right):
        return NO_ANSWER
    return truth(_ORDERS[sign](left.expr, right.expr))


def every(values: Iterable[Value]) -> Value:
    """All of them: false if any is false, otherwise null if any is null."""
    return truth(reduce(operator.and_, (_boolean(value) for value in values), pl.lit(True)))


def some(values: Iterable[Value]) -> Value:
    """Any of them: true if any is true, otherwise null if any is null."""
    return truth(reduce(operator.or_, (_boolean(value) for value in values), pl.lit(False)))


def negate(value: Value) -> Value:
    """not(value): null stays null, anything but a boolean is null."""
    return truth(~_boolean(value))


def _boolean(value: Value) -> pl.Expr:
    return value.expr if value.kind is Kind.BOOLEAN else NO_ANSWER.expr


def choose(condition: Value, then: Value, otherwise: Value) -> Value:
    """if … then … else: only true takes `then`."""
    return first_of([(_boolean(condition), then)], otherwise)


def first_of(branches: Sequence[tuple[pl.Expr, Value]], otherwise: Value) -> Value:
    """The value of the first branch whose condition is true, in the one shape that all branches share."""
    shape = common_shape([value for _, value in branches] + [otherwise])
    if shape.kind is Kind.CONTEXT:
        names = list(shape.components)
        return columns.structure(
            {n: first_of([(c, part(v, n)) for c, v in branches], part(otherwise, n)) for n in names}
        )
    dtype = columns.dtype_of(shape)
    expr = typed(otherwise, dtype)
    for condition, value in reversed(branches):
        expr = pl.when(condition).then(typed(value, dtype)).otherwise(expr)
    return Value(shape, expr)


def part(value: Value, name: str) -> Value:
    """A component of a structure; null when there is no such component."""
    return value.components.get(name, columns.NULL)


def typed(value: Value, dtype: pl.DataType) -> pl.Expr:
    """The expression of a value in a wanted dtype; numbers keep their own."""
    if is_nothing(value):
        return pl.lit(None, dtype if dtype != pl.Float64 else None)
    return value.expr


def common_shape(values: Iterable[Value]) -> Shape:
    """The one shape of several values, nulls aside; raises MixedKinds."""
    shapes = [value.shape for value in values if not is_nothing(value)]
    if not shapes:
        return Shape(Kind.NULL)
    if len({shape.kind for shape in shapes}) > 1:
        raise MixedKinds("mixes " + " and ".join(sorted({str(shape.kind) for shape in shapes})))
    if shapes[0].kind is Kind.CONTEXT:
        names = {name: None for shape in shapes for name in shape.components}
        parts = {
            n: common_shape([columns.shaped(s.components[n], pl.lit(None)) for s in shapes if n in s.components])
            for n in names
        }
        return Shape(Kind.CONTEXT, parts)
    return next((shape for shape in shapes if shape.item is None or shape.item.kind is not Kind.NULL), shapes[0])


def arithmetic(sign: str, left: Value, right: Value) -> Value:
    """+ - * / ** on numbers, + on texts, + and - on dates and durations; null for anything else or for null."""
    if is_nothing(left) or is_nothing(right):
        return columns.NULL
    if (
        left.is_constant
        and right.is_constant
        and (folded := _fold(sign, left.constant, right.constant)) is not _UNFOLDED
    ):
        return columns.constant(folded)  # type: ignore[arg-type]
    match sign, left.kind, right.kind:
        case _, Kind.NUMBER, Kind.NUMBER:
            return Value(Shape(Kind.NUMBER), _numbers(sign, left.expr.cast(pl.Float64), right.expr.cast(pl.Float64)))
        case "+", Kind.STRING, Kind.STRING:
            return Value(Shape(Kind.STRING), left.expr + right.expr)
    return _temporal(sign, left, right)


def _numbers(sign: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    # Polars multiplies by the reciprocal of a lone divisor, which is a rounding too many; of a column it divides.
    result = left / pl.when(left.is_not_null()).then(right) if sign == "/" else left.pow(right)
    return pl.when(result.is_finite()).then(result)


def _temporal(sign: str, left: Value, right: Value) -> Value:
    match sign, left.kind, right.kind:
        case "+", Kind.DAYS_DURATION | Kind.MONTHS_DURATION, Kind.DATE | Kind.DATE_TIME:
            return _temporal("+", right, left)
        case "+" | "-", Kind.DATE | Kind.DATE_TIME, Kind.DAYS_DURATION:
            shift = right.expr if sign == "+" else -right.expr
            moved = left.expr.cast(pl.Datetime("us")) + shift
            return Value(left.shape, moved.dt.date() if left.kind is Kind.DATE else moved)
        case "+" | "-", Kind.DATE | Kind.DATE_TIME, Kind.MONTHS_DURATION:
            months = right.expr if sign == "+" else -right.expr
            return Value(left.shape, left.expr.dt.offset_by(pl.format("{}mo", months)))
        case "-", Kind.DATE | Kind.DATE_TIME, Kind.DATE | Kind.DATE_TIME:
            gap = left.expr.cast(pl.Datetime("us")) - right.expr.cast(pl.Datetime("us"))
            return Value(Shape(Kind.DAYS_DURATION), gap)
        case "+" | "-", Kind.DAYS_DURATION | Kind.MONTHS_DURATION, kind if kind is left.kind:
            return Value(left.shape, left.expr + right.expr if sign == "+" else left.expr - right.expr)
    return columns.NULL


_UNFOLDED = object()


def _fold(sign: str, left: object, right: object) -> object:
    """Two constants worked out in decimal; `_UNFOLDED` for kinds that columns handle."""
    match left, right:
        case Decimal(), Decimal():
            return _fold_numbers(sign, left, right)
        case str(), str() if sign == "+":
            return left + right
        case date(), date() if sign == "-" and not isinstance(left, datetime) and not isinstance(right, datetime):
            return left - right
    return _UNFOLDED


def _fold_numbers(sign: str, left: Decimal, right: Decimal) -> Decimal | None:
    work = {"+": DECIMAL.add, "-": DECIMAL.subtract, "*": DECIMAL.multiply, "/": DECIMAL.divide, "**": DECIMAL.power}
    try:
        return work[sign](left, right)
    except DecimalException:
        return None


def minus(value: Value) -> Value:
    """Arithmetic negation of a number or a duration."""
    if isinstance(value.constant, Decimal):
        return columns.constant(-value.constant)
    if value.kind in (Kind.NUMBER, Kind.DAYS_DURATION, Kind.MONTHS_DURATION) and not is_nothing(value):
        return Value(value.shape, -value.expr)
    return columns.NULL
