"""The second pair of eyes: grant what another administrator asked for, or refuse it.

That is a powerful role, or another password or the end of a second factor of somebody who holds one. Called by the
console's staff pages and by the command line, which stands for somebody with a shell on the machine.

Whoever asked may know the person's password, or be them under another name. So with a role, as with a new password, the
password of before ends: another is made, and shown to the one who grants, who hands it over to the person.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from arrears.actions import manage_staff, sign_in
from arrears.records.audit import operations as audit
from arrears.records.staff import grants


@transaction.atomic
def decide(*, user_id: int, is_granted: bool, at: datetime, actor: str, kind: str = "ROLE") -> str:
    """Grant or refuse what waits for a person; granted, they are signed out and come back with it.

    kind    : ROLE, PASSWORD or FACTOR
    returns : the temporary password that was made for them, kept nowhere; blank where none was
    raises  : grants.NoSuchGrant, grants.SecondPersonNeeded
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
        return ""
    if kind == "FACTOR":
        sign_in.remove_factor(user_id=user_id, at=at, actor=actor)
        return ""
    made = secrets.token_urlsafe(12)
    manage_staff.let_in_anew(asked.user.username, made, at=at, actor=actor)
    return made
