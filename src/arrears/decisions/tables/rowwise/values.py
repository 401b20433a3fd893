"""What are FEEL's values, and what do operators say of them? Equality, order, logic and arithmetic of single values.

Called by the rest of this folder. Values are Decimal, str, bool, date, time, datetime, timedelta, Months, list, dict,
Range, Callable or None; what has no answer is null, never an error.
"""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from arrears.decisions.tables.decimals import DECIMAL
from arrears.decisions.tables.feel import KIND_OF, ORDERED, Kind, Months

Feel = Any


@dataclass(frozen=True)
class Range:
    """An interval as a value."""

    low: Feel
    low_closed: bool
    high: Feel
    high_closed: bool


@dataclass(frozen=True)
class Function:
    """A function as a value, with the names of its parameters."""

    parameters: tuple[str, ...]
    body: Callable[..., Feel]


_KIND_OF: dict[type, Kind] = {**KIND_OF, list: Kind.LIST, dict: Kind.CONTEXT}


def kind(value: Feel) -> Kind:
    """The kind of a value; a range or a function is of no kind that a file can declare."""
    return _KIND_OF.get(type(value), Kind.ANY)


def instant(value: datetime) -> datetime:
    """A date and time on one scale; without an offset it is taken as UTC, so that all can be ordered."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clock(value: time) -> timedelta:
    """A time of day on one scale."""
    return instant(datetime.combine(date(2000, 1, 1), value)) - datetime(2000, 1, 1, tzinfo=UTC)


def _comparable(value: Feel) -> Feel:
    match value:
        case datetime():
            return instant(value)
        case time():
            return clock(value)
        case Months(count):
            return count
    return value


def equal(left: Feel, right: Feel) -> bool | None:
    """left = right: null equals null only; two kinds give null."""
    if left is None or right is None:
        return left is right
    if kind(left) is not kind(right):
        return None
    if isinstance(left, list):
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(one, right[name]) is True for name, one in left.items())
    return bool(_comparable(left) == _comparable(right))


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def order(sign: str, left: Feel, right: Feel) -> bool | None:
    """left < right and its kin: null where either is null, or where the kinds differ or have no order."""
    if type(left) is Decimal and type(right) is Decimal:
        return _ORDERS[sign](left, right)
    of = kind(left)
    if of not in ORDERED or kind(right) is not of:
        return None
    return _ORDERS[sign](_comparable(left), _comparable(right))


def both(left: Feel, right: Feel) -> bool | None:
    """left and right, in three values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: Feel, right: Feel) -> bool | None:
    """left or right, in three values."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def inverse(value: Feel) -> bool | None:
    """not(value)."""
    return (not value) if isinstance(value, bool) else None


def within(value: Feel, wanted: Range) -> bool | None:
    """value in range."""
    above = order(">=" if wanted.low_closed else ">", value, wanted.low)
    below = order("<=" if wanted.high_closed else "<", value, wanted.high)
    return both(above, below)


def minus(value: Feel) -> Feel:
    """-value."""
    match value:
        case Decimal():
            return DECIMAL.minus(value)
        case timedelta():
            return -value
        case Months(count):
            return Months(-count)
    return None


def arithmetic(sign: str, left: Feel, right: Feel) -> Feel:
    """+ - * / ** as FEEL has them; null for null, for kinds that do not go together, beyond what can be counted."""
    try:
        if type(left) is Decimal and type(right) is Decimal:
            return _NUMBERS[sign](left, right)
        if isinstance(left, str) and isinstance(right, str):
            return left + right if sign == "+" else None
        return _TEMPORAL[sign](left, right)
    except (DecimalException, OverflowError, ValueError):
        return None


_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": DECIMAL.add,
    "-": DECIMAL.subtract,
    "*": DECIMAL.multiply,
    "/": DECIMAL.divide,
    "**": DECIMAL.power,
}


def _add(left: Feel, right: Feel) -> Feel:
    match left, right:
        case (Months(), Months()):
            return Months(left.count + right.count)
        case (timedelta(), timedelta()):
            return left + right
        case (Months() | timedelta(), date() | time()):
            return _add(right, left)
        case (time(), timedelta()):
            return _moved_clock(left, right)
        case (datetime(), timedelta()):
            return left + right
        case (date(), timedelta()):
            return left + timedelta(right // timedelta(days=1))
        case (date(), Months(count)):
            return moved(left, count)
    return None


def _moved_clock(at: time, by: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 1), at) + by).timetz()


def moved(on: Feel, months: int) -> Feel:
    """A date some months away; beyond the end of the month is the end of the month."""
    count = on.year * 12 + on.month - 1 + months
    year, month = divmod(count, 12)
    day = min(on.day, calendar.monthrange(year, month + 1)[1])
    return on.replace(year=year, month=month + 1, day=day)


def _subtract(left: Feel, right: Feel) -> Feel:
    match left, right:
        case (datetime(), date()) | (date(), datetime()):
            return _as_instant(left) - _as_instant(right)
        case (date(), date()):
            return left - right
        case (time(), time()):
            return clock(left) - clock(right)
        case (_, timedelta() | Months()):
            return _add(left, minus(right))
    return None


def _as_instant(value: Feel) -> datetime:
    return instant(value if isinstance(value, datetime) else datetime.combine(value, time(0), UTC))


def _multiply(left: Feel, right: Feel) -> Feel:
    match left, right:
        case (Decimal(), timedelta() | Months()):
            return _multiply(right, left)
        case (timedelta(), Decimal()):
            return _span(DECIMAL.multiply(micros(left), right))
        case (Months(count), Decimal()):
            return Months(int(DECIMAL.multiply(Decimal(count), right)))
    return None


def _divide(left: Feel, right: Feel) -> Feel:
    match left, right:
        case (timedelta(), Decimal()):
            return _span(DECIMAL.divide(micros(left), right))
        case (Months(count), Decimal()):
            return Months(int(DECIMAL.divide(Decimal(count), right)))
        case (timedelta(), timedelta()):
            return DECIMAL.divide(micros(left), micros(right))
        case (Months(count), Months(by)):
            return DECIMAL.divide(Decimal(count), Decimal(by))
    return None


def micros(span: timedelta) -> Decimal:
    """A span in millionths of a second, exactly."""
    return Decimal(span // timedelta(microseconds=1))


def _span(count: Decimal) -> timedelta:
    return timedelta(microseconds=int(count))


_TEMPORAL: dict[str, Callable[[Feel, Feel], Feel]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": lambda left, right: None,
}
