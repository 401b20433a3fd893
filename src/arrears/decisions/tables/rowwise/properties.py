"""What is a part of a value, and of which type is it? `date.year`, `context.entry`, `value instance of number`.

Called by `expressions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from arrears.decisions.tables.feel import Kind, Months
from arrears.decisions.tables.rowwise import values
from arrears.decisions.tables.rowwise.values import Feel, Function, Range

_DATE: Mapping[str, Callable[[Feel], Feel]] = {
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.isoweekday()),
}
_TIME: Mapping[str, Callable[[Feel], Feel]] = {
    "hour": lambda t: Decimal(t.hour),
    "minute": lambda t: Decimal(t.minute),
    "second": lambda t: Decimal(t.second),
    "time offset": lambda t: t.utcoffset(),
    "timezone": lambda t: getattr(t.tzinfo, "key", None),
}
_DAYS: Mapping[str, Callable[[Feel], Feel]] = {
    "days": lambda d: _whole(d, timedelta(days=1)),
    "hours": lambda d: _whole(d, timedelta(hours=1), 24),
    "minutes": lambda d: _whole(d, timedelta(minutes=1), 60),
    "seconds": lambda d: _whole(d, timedelta(seconds=1), 60),
}
_MONTHS: Mapping[str, Callable[[Feel], Feel]] = {
    "years": lambda d: Decimal(int(d.count / 12)),
    "months": lambda d: Decimal(abs(d.count) % 12 * (-1 if d.count < 0 else 1)),
}
_RANGE: Mapping[str, Callable[[Feel], Feel]] = {
    "start": lambda r: r.low,
    "end": lambda r: r.high,
    "start included": lambda r: r.low_closed,
    "end included": lambda r: r.high_closed,
}


def _whole(span: timedelta, unit: timedelta, most: int = 0) -> Decimal:
    """How many whole units a span holds, signed as the span is."""
    count = abs(span) // unit
    count = count % most if most else count
    return Decimal(-count if span < timedelta(0) else count)


def part(value: Feel, name: str) -> Feel:
    """value.name; of a list, the part of each item; null when there is no such part."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        return [part(item, name) for item in value]
    read = _of(value).get(name)
    return None if read is None else read(value)


def _of(value: Feel) -> Mapping[str, Callable[[Feel], Feel]]:
    match value:
        case datetime():
            return {**_DATE, **_TIME}
        case date():
            return _DATE
        case time():
            return _TIME
        case timedelta():
            return _DAYS
        case Months():
            return _MONTHS
        case Range():
            return _RANGE
    return {}


_TYPES = {
    "number": Kind.NUMBER,
    "string": Kind.STRING,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "date and time": Kind.DATE_TIME,
    "dateTime": Kind.DATE_TIME,
    "days and time duration": Kind.DAYS_DURATION,
    "dayTimeDuration": Kind.DAYS_DURATION,
    "years and months duration": Kind.MONTHS_DURATION,
    "yearMonthDuration": Kind.MONTHS_DURATION,
    "list": Kind.LIST,
    "context": Kind.CONTEXT,
}


def is_instance(value: Feel, type_name: str) -> bool:
    """value instance of type; null is of no type."""
    if value is None:
        return False
    if type_name == "Any":
        return True
    if isinstance(value, Function):
        return type_name == "function"
    if isinstance(value, Range):
        return type_name == "range"
    wanted = _TYPES.get(type_name.partition("<")[0].strip())
    return wanted is not None and values.kind(value) is wanted
