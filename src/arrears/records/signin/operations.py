"""End sessions: one, all of a person, or those that have run out."""

from __future__ import annotations

from datetime import datetime

from arrears.records.signin.models import Session
from arrears.records.signin.sessions import hashed


def end_sessions(*, user_id: int, but: str = "") -> int:
    """End a person's sessions at once, all or all but that of the key `but`; returns how many."""
    return Session.objects.filter(user_id=user_id).exclude(session_key=hashed(but)).delete()[0]


def sweep(*, at: datetime) -> int:
    """Throw away sessions that have run out."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
