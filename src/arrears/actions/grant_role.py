"""The second pair of eyes: grant what another administrator asked for, or refuse it.

That is a powerful role, or another password or the end of a second factor of somebody who holds one. Called by the
console's staff pages and by the command line, which stands for somebody with a shell on the machine.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import manage_staff, sign_in
from arrears.records.audit import operations as audit
from arrears.records.signin import operations as sessions
from arrears.records.staff import grants
from arrears.records.staff import operations as staff


@transaction.atomic
def decide(*, user_id: int, is_granted: bool, at: datetime, actor: str, kind: str = "ROLE") -> None:
    """Grant or refuse what waits for a person; granted, they are signed out and come back with it.

    kind   : ROLE, PASSWORD or FACTOR
    raises : grants.NoSuchGrant, grants.SecondPersonNeeded
    """
    asked = grants.decide(user_id=user_id, kind=kind, is_granted=is_granted, at=at, actor=actor)
    what, after = ("role", asked.role) if kind == "ROLE" else ("reset", kind)
    audit.record(
        f"staff.{what}_{'granted' if is_granted else 'refused'}",
        subject=f"user:{user_id}",
        actor=actor,
        at=at,
        after=after,
    )
    if not is_granted:
        return
    if kind == "PASSWORD":
        until = at + manage_staff.TEMPORARY
        staff.put_password_hash(user_id=user_id, password_hash=asked.password_hash, temporary_until=until)
        manage_staff.let_in_anew(user_id, at=at, actor=actor)
    elif kind == "FACTOR":
        sign_in.remove_factor(user_id=user_id, at=at, actor=actor)
    sessions.end_sessions(user_id=user_id)
