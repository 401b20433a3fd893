"""The built-in functions on dates, times and durations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from arrears.decisions.tables import temporal
from arrears.decisions.tables.feel import Months
from arrears.decisions.tables.rowwise.values import Feel

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPRING = ("January", "February", "March", "April", "May", "June")
_MONTHS = (*_SPRING, "July", "August", "September", "October", "November", "December")


def whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise ValueError(number)
    return int(number)


def date_of(value: Feel) -> Feel:
    match value:
        case str():
            return temporal.read_date(value)
        case datetime():
            return value.date()
        case date():
            return value
    return None


def date_from(year: Decimal, month: Decimal, day: Decimal) -> Feel:
    return date(whole(year), whole(month), whole(day))


def time_of(value: Feel) -> Feel:
    match value:
        case str():
            return temporal.read_time(value)
        case datetime():
            return value.timetz()
        case date():
            return time(0, tzinfo=timezone(timedelta(0)))
        case time():
            return value
    return None


def time_from(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> Feel:
    micros = int(second % 1 * 1_000_000)
    zone = None if offset is None else timezone(offset)
    return time(whole(hour), whole(minute), int(second), micros, tzinfo=zone)


def date_time_of(value: Feel) -> Feel:
    match value:
        case str():
            return temporal.read_date_time(value)
        case datetime():
            return value
        case date():
            return datetime.combine(value, time(0))
    return None


def date_time_from(on: date, at: time) -> Feel:
    return datetime.combine(_day(on), at)


def months_between(start: date, end: date) -> Months:
    """years and months duration(from, to): whole months."""
    if end < start if type(end) is type(start) else _day(end) < _day(start):
        return Months(-months_between(end, start).count)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months - (end.day < start.day))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


FUNCTIONS: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]] = {
    "date": [("from", date_of), ("year: number, month: number, day: number", date_from)],
    "time": [("from", time_of), ("hour: number, minute: number, second: number, offset?: span", time_from)],
    "date and time": [("from", date_time_of), ("date: instant, time: time", date_time_from)],
    "duration": [("from: string", temporal.read_duration)],
    "years and months duration": [("from: instant, to: instant", months_between)],
    "day of week": [("date: instant", lambda on: _DAYS[on.weekday()])],
    "day of year": [("date: instant", lambda on: Decimal(on.timetuple().tm_yday))],
    "month of year": [("date: instant", lambda on: _MONTHS[on.month - 1])],
    "week of year": [("date: instant", lambda on: Decimal(on.isocalendar().week))],
}
