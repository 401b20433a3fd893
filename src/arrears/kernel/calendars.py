"""Which days are working days, country by country, through the `holidays` library.

China's make-up working weekends (调休) are honoured. A day is judged by the calendar of the place, never by ours.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

#: Where a region code points to no calendar we know, weekends alone are non-working.
WEEKEND = (5, 6)


@lru_cache(maxsize=256)
def _calendar(place: str, year: int) -> holidays.HolidayBase | None:
    country, _, part = place.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return None


def is_known(place: str) -> bool:
    """Is there a calendar of this place (ISO 3166: a country, or a subdivision such as CA-ON)?"""
    return _calendar(place, 2026) is not None


def is_public_holiday(on: date, place: str) -> bool:
    """Is `on` a public holiday of a country or subdivision? Never where no calendar is known.

    example : is_public_holiday(date(2026, 7, 1), "CA-ON") -> True (Canada Day)
    """
    calendar = _calendar(place, on.year)
    return calendar is not None and on in calendar


def is_working_day(on: date, country: str) -> bool:
    """Is `on` a working day in a country (ISO 3166 alpha-2)?

    example : is_working_day(date(2026, 10, 1), "CN") -> False (National Day)
    """
    calendar = _calendar(country, on.year)
    if calendar is None:
        return on.weekday() not in WEEKEND
    return bool(calendar.is_working_day(on))


def next_working_day(on: date, country: str) -> date:
    """`on` itself when it is a working day, otherwise the first one after it."""
    while not is_working_day(on, country):
        on += timedelta(days=1)
    return on
