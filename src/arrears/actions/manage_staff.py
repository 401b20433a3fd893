"""Admit a colleague, change a role, close a door: the staff list and the audit trail together.

Called by the console's staff pages and by the command line. One transaction each; nobody takes away their own access,
so a house is never left without a key. Whoever gets another password, role or access is signed out everywhere.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.kernel.errors import NotFound, Refusal
from arrears.records.audit import operations as audit
from arrears.records.signin import operations as sessions
from arrears.records.signin import tries
from arrears.records.staff import operations as staff
from arrears.records.staff import queries
from arrears.rules import lockout


class UnableToCloseOwnDoor(Refusal):
    code = "unable_to_close_own_door"
    message = "You cannot take away your own access or your own role."


class UnknownMember(NotFound):
    code = "unknown_member"
    message = "There is no member of staff {user_id}."


@transaction.atomic
def add(
    *,
    username: str,
    display_name: str,
    role: str,
    password: str,
    at: datetime,
    actor: str,
    language: str = "zh-hans",
    is_temporary: bool = True,
) -> None:
    """Admit a colleague.

    is_temporary : the password opens nothing but the page on which they choose their own
    raises : staff.UnableToAddStaff on an unknown role, a taken name or a weak password
    """
    user = staff.add(
        username=username,
        display_name=display_name,
        role=role,
        language=language,
        password=password,
        joined_at=at,
        is_temporary=is_temporary,
    )
    audit.record("staff.added", subject=f"user:{user.pk}", actor=actor, at=at, after=role)


@transaction.atomic
def set_password(*, username: str, password: str, at: datetime, actor: str) -> None:
    """Give a colleague a new password, which they change when they come in; their sessions end, waits are forgotten.

    raises : staff.UnableToSetPassword when nobody active has this name, or the password is weak
    """
    user = staff.set_password(username=username, password=password, is_temporary=True)
    _let_in_anew(user.pk, username)
    audit.record("staff.password_set", subject=f"user:{user.pk}", actor=actor, at=at)


@transaction.atomic
def change(
    *, user_id: int, display_name: str, role: str, is_active: bool, password: str, at: datetime, actor: str
) -> None:
    """Change a colleague's name, role and access; the password too when one is given.

    raises : UnknownMember, UnableToCloseOwnDoor, staff.UnknownChoice, staff.UnableToSetPassword
    """
    member = queries.member(user_id)
    if member is None:
        raise UnknownMember(user_id=user_id)
    if actor == f"user:{user_id}" and (not is_active or role != member.role):
        raise UnableToCloseOwnDoor
    before = staff.change(user_id=user_id, display_name=display_name, role=role, is_active=is_active)
    if password:
        is_temporary = actor != f"user:{user_id}"
        staff.set_password(username=member.username, password=password, is_temporary=is_temporary)
        _let_in_anew(user_id, member.username)
    if before != role or member.is_active != is_active:
        sessions.end_sessions(user_id=user_id)
    audit.record(
        "staff.changed",
        subject=f"user:{user_id}",
        actor=actor,
        at=at,
        before=before,
        after=role,
        is_active=is_active,
        password_changed=bool(password),
    )


def _let_in_anew(user_id: int, username: str) -> None:
    sessions.end_sessions(user_id=user_id)
    tries.forget(lockout.ACCOUNT, username)
    tries.forget(lockout.CODE, str(user_id))
