"""End sessions: one, all of a person, or those that have run out."""

from __future__ import annotations

from datetime import datetime

from arrears.records.signin.models import Session


def end_sessions(*, user_id: int, but: str = "") -> int:
    """End a person's sessions at once, all or all but one; returns how many."""
    return Session.objects.filter(user_id=user_id).exclude(session_key=but).delete()[0]


def sweep(*, at: datetime) -> int:
    """Throw away sessions that have run out."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
