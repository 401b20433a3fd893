"""What time is it, and whose day is it? The only module that may ask the machine.

Interfaces read a clock once per request or job and pass `at` down; nothing below them asks again. A business date
comes only from `business_date`, in the zone of whoever the date is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def told(self, at: datetime) -> datetime:
        """A moment of the machine by this clock."""
        ...


class SystemClock:
    """The machine's own clock: production."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def told(self, at: datetime) -> datetime:
        return at


@dataclass(frozen=True)
class BooksClock:
    """Today is the day that the books have reached, at the machine's time of day: replays and the living demo."""

    business_on: date
    zone: str

    def now(self) -> datetime:
        return self.told(datetime.now(UTC))

    def told(self, at: datetime) -> datetime:
        return at_local(self.business_on, at.astimezone(ZoneInfo(self.zone)).time(), self.zone)


def business_date(at: datetime, zone: str) -> date:
    """The calendar date of an aware moment in a zone."""
    assert at.tzinfo is not None, "moments are aware"
    return at.astimezone(ZoneInfo(zone)).date()


def at_local(on: date, clock_time: time, zone: str) -> datetime:
    """A local wall time on a date in a zone, as an aware UTC moment."""
    return datetime.combine(on, clock_time.replace(tzinfo=None), ZoneInfo(zone)).astimezone(UTC)
