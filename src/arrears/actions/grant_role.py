"""The second pair of eyes on a powerful role: grant what another administrator asked for, or refuse it.

Called by the console's staff pages and by the command line, which stands for somebody with a shell on the machine.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.records.audit import operations as audit
from arrears.records.signin import operations as sessions
from arrears.records.staff import grants


@transaction.atomic
def decide(*, user_id: int, is_granted: bool, at: datetime, actor: str) -> None:
    """Grant or refuse the role that waits for a person; granted, they are signed out and come back with it.

    raises : grants.NoSuchGrant, grants.SecondPersonNeeded
    """
    role = grants.decide(user_id=user_id, is_granted=is_granted, at=at, actor=actor)
    if is_granted:
        sessions.end_sessions(user_id=user_id)
    kind = "staff.role_granted" if is_granted else "staff.role_refused"
    audit.record(kind, subject=f"user:{user_id}", actor=actor, at=at, after=role)
