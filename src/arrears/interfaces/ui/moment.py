"""What time is it for this request, and which business day? Read once per request, passed down as `at=`.

The clock is the one this installation is wired with (`actions.wired`): the books' day in replays and the demo, the
machine's own in production. Nothing below the interfaces reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest

from arrears.actions import wired
from arrears.kernel import clock


@dataclass(frozen=True)
class Moment:
    """`at` is aware and in UTC; `business_on` is its date in the lender's zone."""

    at: datetime
    business_on: date
    zone: str


def of(request: HttpRequest) -> Moment:
    """The request's moment: read at first use, the same until the response is out."""
    known: Moment | None = getattr(request, "_arrears_moment", None)
    if known is None:
        known = _read()
        request._arrears_moment = known  # type: ignore[attr-defined]
    return known


def _read() -> Moment:
    at, zone = wired.here().now(), settings.LENDER_ZONE
    return Moment(at=at, business_on=clock.business_date(at, zone), zone=zone)


def actor(request: HttpRequest) -> str:
    """Who acts, as it is written beside every change: a partner's key, or whoever is signed in; blank for nobody."""
    caller = getattr(request, "auth", None)
    if caller is not None:
        return str(caller.actor)
    return f"user:{request.user.pk}" if request.user.is_authenticated else ""
