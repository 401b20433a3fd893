"""How are dates, times and durations written? ISO text in, Python values out, and back.

Called by `sfeel` for written values and by the row form for everything else. Text that spells nothing is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.decisions.tables import feel

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]+)?")
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?")
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?")


def read(text: str) -> feel.Scalar:
    """The date, time, date and time or duration that an at-literal spells, or None when it spells none."""
    readers: tuple[Callable[[str], feel.Scalar], ...] = (read_date, read_time, read_date_time, read_duration)
    return next((value for reader in readers if (value := reader(text)) is not None), None)


def read_date(text: str) -> date | None:
    """`2026-11-23`, or None."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`08:30:00`, with or without an offset or a zone, or None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, fraction, zone = found.groups()
    try:
        micros = int(((fraction or "") + "000000")[:6])
        return time(int(hours), int(minutes), int(seconds or 0), micros, tzinfo=_zone(zone))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] == "@":
        return ZoneInfo(text[1:])
    return datetime.strptime("+00:00" if text == "Z" else text, "%z").tzinfo


def read_date_time(text: str) -> datetime | None:
    """`2026-11-23T08:30:00`, with or without an offset or a zone, or a date alone; None otherwise."""
    day, _, clock = text.partition("T")
    on, at = read_date(day), read_time(clock) if clock else time(0)
    return datetime.combine(on, at) if on is not None and at is not None else None


def read_duration(text: str) -> timedelta | feel.Months | None:
    """`P3DT2H` in days and time, `P1Y6M` in months, or None."""
    try:
        found = _months(text)
        return found if found is not None else _days(text)
    except (OverflowError, ValueError):
        return None


def _months(text: str) -> feel.Months | None:
    found = _MONTHS.fullmatch(text)
    if found is None or text[-1] == "P":
        return None
    sign, years, months = found.groups()
    count = int(years or 0) * 12 + int(months or 0)
    return feel.Months(-count if sign else count)


def _days(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    if found is None or text[-1] in "PT":
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    micros = int(((fraction or "") + "000000")[:6])
    span = timedelta(int(days or 0), int(seconds or 0), micros, hours=int(hours or 0), minutes=int(minutes or 0))
    return -span if sign else span


def written(value: date | time | datetime | timedelta | feel.Months) -> str:
    """A value as ISO text: what `read` reads."""
    match value:
        case datetime():
            return f"{value.date().isoformat()}T{_clock(value.timetz())}"
        case date():
            return value.isoformat()
        case time():
            return _clock(value)
        case timedelta():
            return _written_days(value)
    return _written_months(value.count)


def _clock(at: time) -> str:
    plain = at.replace(tzinfo=None).isoformat()
    if at.tzinfo is None:
        return plain
    if isinstance(at.tzinfo, ZoneInfo):
        return f"{plain}@{at.tzinfo.key}"
    offset = at.isoformat()[len(plain) :]
    return plain + ("Z" if offset == "+00:00" else offset)


def _written_days(span: timedelta) -> str:
    if span < timedelta(0):
        return "-" + _written_days(-span)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f"{span.microseconds:06}".rstrip("0")
    clock = [(hours, "H"), (minutes, "M"), (f"{seconds}.{fraction}" if fraction else seconds, "S")]
    parts = "".join(f"{count}{unit}" for count, unit in clock if count)
    days = f"{span.days}D" if span.days else ""
    if not days and not parts:
        return "PT0S"
    return f"P{days}" + (f"T{parts}" if parts else "")


def _written_months(count: int) -> str:
    years, months = divmod(abs(count), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if count < 0 else "") + "P" + (parts or "0M")
