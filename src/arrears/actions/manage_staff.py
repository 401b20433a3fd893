"""Admit a colleague, change a role, close a door: the staff list and the audit trail together.

Called by the console's staff pages and by the command line. One transaction each; nobody takes away their own access,
so a house is never left without a key. Whoever gets another password, role or access is signed out everywhere. Where
one administrator could so make themselves two, the change waits for a second one: see `grant_role`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from arrears.actions import late_lists, sign_in, wired
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.signin import operations as sessions
from arrears.records.staff import grants, queries
from arrears.records.staff import operations as staff

#: How long a password is good that somebody else made, by the machine's clock, by which people sign in.
TEMPORARY = timedelta(days=7)
#: So long somebody who held a powerful role stays guarded: it may be asked for them again.
STILL_GUARDED = timedelta(days=30)


class UnableToCloseOwnDoor(Refusal):
    code = "unable_to_close_own_door"
    message = "You cannot take away your own access or your own role."


class OwnSignIn(Refusal):
    code = "own_sign_in"
    message = "Your own password and second factor are changed on the page of your account."


class NoFactor(NotFound):
    code = "no_factor"
    message = "User {user_id} has no second factor, or does not work here."


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
    agency: str = "",
    is_temporary: bool = True,
) -> bool:
    """Admit a colleague, or somebody of an outside agency.

    is_temporary : the password opens nothing but the page on which they choose their own, and that for TEMPORARY
    returns : False when the role waits for a second administrator: until then they cannot sign in
    raises  : staff.UnableToAddStaff on an unknown role, a taken name or a weak password; staff.AgencyWrong
    """
    waits = _needs_second(role, actor)
    user = staff.add(
        username=username,
        display_name=display_name,
        role=role,
        language=language,
        password=password,
        joined_at=at,
        agency=_known(agency),
        temporary_until=wired.here().machine() + TEMPORARY if is_temporary else None,
        is_active=not waits,
    )
    audit.record("staff.added", subject=f"user:{user.pk}", actor=actor, at=at, after=role)
    if waits:
        _ask(user.pk, role, at=at, actor=actor)
    return not waits


@transaction.atomic
def set_password(*, username: str, password: str, at: datetime, actor: str) -> None:
    """Give a colleague a new password, which they change when they come in; their sessions end, waits are forgotten.

    raises : staff.UnableToSetPassword when nobody active has this name, or the password is weak;
             grants.SecondPersonNeeded where a colleague alone may not
    """
    user_id = let_in_anew(username, password, at=at, actor=actor)
    if _is_guarded(user_id, at=at, actor=actor):
        raise grants.SecondPersonNeeded


@transaction.atomic
def change(
    *,
    user_id: int,
    display_name: str,
    role: str,
    is_active: bool,
    password: str,
    at: datetime,
    actor: str,
    agency: str = "",
) -> bool:
    """Change a colleague's name, role and access; the password too when one is given, or has to be asked for.

    returns : False when the role or the password waits for a second administrator: it stays as it was until then
    raises  : UnknownMember, UnableToCloseOwnDoor, OwnSignIn, staff.UnknownChoice, staff.AgencyWrong,
              staff.UnableToSetPassword, grants.GrantWaits
    """
    staff.lock(f"user:{user_id}")
    member = queries.member(user_id)
    if member is None:
        raise UnknownMember(user_id=user_id)
    if password and actor == f"user:{user_id}":
        raise OwnSignIn
    if actor == f"user:{user_id}" and (not is_active or role != member.role):
        raise UnableToCloseOwnDoor
    waits = is_active and (role != member.role or not member.is_active) and _needs_second(role, actor)
    if waits:
        _ask(user_id, role, at=at, actor=actor)
        role, is_active, agency = member.role, member.is_active, member.agency
    elif not is_active:
        grants.withdraw(user_id=user_id)
    if is_held := bool(password) and is_active and _is_guarded(user_id, at=at, actor=actor):
        _ask_reset(member, "PASSWORD", at=at, actor=actor)
    before = staff.change(
        user_id=user_id, display_name=display_name, role=role, is_active=is_active, agency=_known(agency)
    )
    if password and not is_held:
        let_in_anew(member.username, password, at=at, actor=actor)
    if (before, member.is_active, member.agency) != (role, is_active, agency):
        sessions.end_sessions(user_id=user_id)
    name = display_name or member.username
    renamed = {"name_before": member.display_name, "name_after": name} if name != member.display_name else {}
    audit.record(
        "staff.changed",
        subject=f"user:{user_id}",
        actor=actor,
        at=at,
        before=before,
        after=role,
        is_active=is_active,
        password_changed=bool(password) and not is_held,
        **renamed,
    )
    return not waits and not is_held


@transaction.atomic
def remove_factor(*, user_id: int, at: datetime, actor: str) -> bool:
    """Take away the second factor of a colleague who lost it.

    returns : False when it waits for a second administrator
    raises  : OwnSignIn, NoFactor, grants.GrantWaits
    """
    if actor == f"user:{user_id}":
        raise OwnSignIn
    staff.lock(f"user:{user_id}")
    member = queries.member(user_id)
    if member is None or not member.second_factor_since:
        raise NoFactor(user_id=user_id)
    if _is_guarded(user_id, at=at, actor=actor):
        _ask_reset(member, "FACTOR", at=at, actor=actor)
        return False
    return sign_in.remove_factor(user_id=user_id, at=at, actor=actor)


def let_in_anew(username: str, password: str, *, at: datetime, actor: str) -> int:
    """Give somebody another password: their sessions end, their waits are forgotten, and the trail says who did it.

    returns : their number
    raises  : staff.UnableToSetPassword
    """
    user = staff.set_password(username=username, password=password, temporary_until=wired.here().machine() + TEMPORARY)
    grants.withdraw(user_id=user.pk, kind="PASSWORD")
    sign_in.forget(user.pk)
    audit.record("staff.password_set", subject=f"user:{user.pk}", actor=actor, at=at)
    return user.pk


def _is_guarded(user_id: int, *, at: datetime, actor: str) -> bool:
    """Is it somebody whose sign-in one administrator alone does not change? Also a while after a powerful role."""
    if not actor.startswith("user:"):
        return False
    since = at - STILL_GUARDED
    held = trail.was(f"user:{user_id}", "staff.changed", before=grants.POWERFUL, since=since)
    return held or grants.is_guarded(user_id)


def _needs_second(role: str, actor: str) -> bool:
    """Is it a role that one administrator alone does not give? A shell on the machine is above any role."""
    return role in grants.POWERFUL and actor.startswith("user:")


def _ask(user_id: int, role: str, *, at: datetime, actor: str) -> None:
    grants.ask(user_id=user_id, role=role, at=at, actor=actor)
    audit.record("staff.role_asked", subject=f"user:{user_id}", actor=actor, at=at, after=role)


def _ask_reset(member: queries.Member, kind: str, *, at: datetime, actor: str) -> None:
    grants.ask(user_id=member.user_id, kind=kind, role=member.role, at=at, actor=actor)
    audit.record("staff.reset_asked", subject=f"user:{member.user_id}", actor=actor, at=at, after=kind)


def _known(agency: str) -> str:
    if agency and agency not in late_lists.lists().agencies:
        raise staff.AgencyWrong
    return agency
