"""Where is somebody signed in? For the page on which people see it of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from arrears.records.signin.models import Session
from arrears.records.signin.sessions import hashed


@dataclass(frozen=True)
class SessionRow:
    """One open session."""

    opened_at: datetime | None
    seen_at: datetime | None
    address: str
    browser: str
    is_this: bool


def sessions_of(user_id: int, *, this: str, at: datetime) -> list[SessionRow]:
    """A person's open sessions, the one of the key `this` first, then by when they were last seen."""
    found = Session.objects.filter(user_id=user_id, expire_date__gt=at).order_by("-seen_at", "session_key")
    mine = hashed(this)
    rows = [SessionRow(s.opened_at, s.seen_at, s.address, s.browser, s.session_key == mine) for s in found]
    return sorted(rows, key=lambda row: not row.is_this)
