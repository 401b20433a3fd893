"""May this session go on, and what does the person owe first? Asked by the gatekeeper at every address.

A session ends when nobody clicked for SESSION_IDLE_SECONDS and in any case after SESSION_COOKIE_AGE. Its moments are
those of the machine's clock, also where the books live on another day.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from arrears.actions import agency_doors
from arrears.interfaces.ui import address, moment, permissions
from arrears.kernel.clock import SystemClock
from arrears.records.signin.sessions import ADDRESS, BROWSER, CONFIRMED, OPENED, PROVED, SEEN

#: Being seen is noted this coarsely, so that reading does not write each time.
NOTED_EVERY_SECONDS = 60
#: What somebody may open who still owes a password or a second factor.
OWED = {"account-password": "password", "account-factor": "factor", "account-factor-confirm": "factor"}


def take(request: HttpRequest, *, is_proved: bool) -> None:
    """Note where and how a session begins; called right after the sign-in that opened it."""
    now = _now()
    request.session.update(
        {
            OPENED: now,
            SEEN: now,
            PROVED: is_proved,
            ADDRESS: address.of(request),
            BROWSER: request.headers.get("User-Agent", "")[:200],
        }
    )


def is_over(request: HttpRequest) -> bool:
    """Has the session run out? When not, it is seen."""
    session, now = request.session, _now()
    opened, seen = session.setdefault(OPENED, now), session.setdefault(SEEN, now)
    if now - opened > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
        return True
    if now - seen >= NOTED_EVERY_SECONDS:
        session[SEEN] = now
    return False


def is_fresh(request: HttpRequest) -> bool:
    """Was the password given a short while ago, at sign-in or since?"""
    session = request.session
    return _now() - max(session.get(OPENED, 0), session.get(CONFIRMED, 0)) <= settings.SESSION_FRESH_SECONDS


def confirm(request: HttpRequest) -> None:
    """The password was given again; the session goes on under another key."""
    request.session.cycle_key()
    request.session[CONFIRMED] = _now()


def is_unproved(request: HttpRequest) -> bool:
    """Does the person have a second factor that this session was opened without?"""
    return bool(request.user.second_factor_since) and not request.session.get(PROVED)  # type: ignore[union-attr]


def is_outside(request: HttpRequest) -> bool:
    """Is it somebody of an agency, who is not let in from this address or no longer?"""
    agency: str = request.user.agency  # type: ignore[union-attr]
    on = moment.of(request).business_on if agency else None
    return on is not None and not agency_doors.lets_in(agency, address=address.of(request), on=on)


def owes(user: Any) -> str:
    """The address that a person must go to first; blank when they owe nothing."""
    if user.password_is_temporary:
        return "account-password"
    if permissions.must_prove(user.role, settings.MFA) and not user.second_factor_since:
        return "account-factor"
    return ""


def may_wait(owed: str, url_name: str) -> bool:
    """May this address be opened although something is owed?"""
    return url_name == "account-confirm" or OWED.get(url_name) == OWED[owed]


def _now() -> int:
    return int(SystemClock().now().timestamp())
