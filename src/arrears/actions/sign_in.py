"""Let somebody in: password, then the code of their second factor; and what they may change about their own sign-in.

Called by the console's sign-in and account pages. Unknown name, wrong password and a closed account are one refusal, in
the same words and the same time. Every try is counted before it is judged, by account and by address. Waits, codes and
sessions go by the machine's clock; the events of the trail by this installation's, as all others do.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib import auth
from django.db import transaction

from arrears.actions import agency_doors, wired
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.signin import factors, tries
from arrears.records.signin import operations as sessions
from arrears.records.staff import grants
from arrears.records.staff import operations as staff
from arrears.records.staff.models import User
from arrears.rules import lockout

#: An IPv6 customer has a network of this many bits to choose addresses from.
IPV6_CUSTOMER_BITS = 64


SIGNED_IN = "access.signed_in"
#: What people are told of at their next sign-in: whoever else did it, they may know nothing of it.
CHANGES = (
    "staff.password_set",
    "staff.changed",
    "staff.role_granted",
    "staff.reset_asked",
    "access.password_changed",
    "access.password_over",
    "access.factor_added",
    "access.factor_removed",
    "access.recovery_codes_made",
    "access.recovery_code_used",
    "access.locked",
)


class WrongSignIn(Refusal):
    code = "wrong_sign_in"
    message = "User name and password do not fit together."


class PasswordOver(Refusal):
    code = "password_over"
    message = "This password was made for you some days ago, and has ended: ask an administrator for another one."


class WrongPassword(Refusal):
    code = "wrong_password"
    message = "This is not your present password."


def by_password(*, username: str, password: str, address: str, on: date, at: datetime) -> User:
    """Who this is, by their password alone; whoever has a second factor is not let in by it.

    on     : the business date, on which the contract of an agency must run
    raises : tries.TooManyTries, WrongSignIn, PasswordOver
    """
    with _counted(lockout.ACCOUNT, username, address, at=at):
        user = auth.authenticate(None, username=username, password=password)
        if isinstance(user, User) and user.agency and not agency_doors.lets_in(user.agency, address=address, on=on):
            # In the words of a wrong password: from elsewhere nobody learns that it was the right one.
            _record("access.door_refused", subject=f"user:{user.pk}", actor="stranger", at=at, address=address)
            raise WrongSignIn
        if not isinstance(user, User):
            raise WrongSignIn
    if user.password_ends_at and user.password_ends_at <= at:
        _record("access.password_over", subject=f"user:{user.pk}", actor="stranger", at=at)
        raise PasswordOver
    return user


def by_code(*, user_id: int, code: str, address: str, at: datetime) -> User:
    """Who gave the right password a moment ago gives the code of their second factor.

    raises : tries.TooManyTries, factors.WrongCode, WrongSignIn when the account was closed meanwhile
    """
    _judge_code(user_id=user_id, code=code, address=address, at=at)
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None:
        raise WrongSignIn
    return user


@transaction.atomic
def entered(*, user_id: int, is_proved: bool, at: datetime) -> list[str]:
    """Put on record that somebody signed in, and sweep out sessions and counts that have run out.

    returns : kinds of what was done to this account since it was last signed in to, each once, the oldest first
    """
    who = f"user:{user_id}"
    changes = trail.since_last(who, SIGNED_IN, kinds=CHANGES)
    _record(SIGNED_IN, subject=who, actor=who, at=at, with_second_factor=is_proved)
    sessions.sweep(at=at)
    tries.sweep(at=at)
    return changes


def change_password(
    *, user_id: int, password: str, new_password: str, session_key: str, address: str, at: datetime
) -> None:
    """Choose a new password of one's own; every other session of theirs ends.

    raises : tries.TooManyTries, WrongPassword, staff.UnableToSetPassword when the new one is weak or the old one
    """
    user = confirm(user_id=user_id, password=password, address=address, at=at)
    with transaction.atomic():
        grants.withdraw(user_id=user_id, kind="PASSWORD")
        staff.set_password(username=user.username, password=new_password, temporary_until=None)
        sessions.end_sessions(user_id=user_id, but=session_key)
        _record("access.password_changed", subject=f"user:{user_id}", actor=f"user:{user_id}", at=at)


def confirm(*, user_id: int, password: str, address: str, at: datetime) -> User:
    """It is still they who sit there: the present password, counted like a try to sign in.

    raises : tries.TooManyTries, WrongPassword
    """
    user = User.objects.get(id=user_id)
    with _counted(lockout.ACCOUNT, user.username, address, at=at):
        if not user.check_password(password):
            raise WrongPassword
    return user


def enrol(*, user_id: int, code: str, session_key: str, address: str, at: datetime) -> list[str]:
    """The second factor works, as its first code shows; from now on it is asked for. Other sessions end.

    returns : recovery codes, shown this once
    raises  : tries.TooManyTries, factors.WrongCode
    """
    with _counted(lockout.CODE, str(user_id), address, at=at), transaction.atomic():
        codes = factors.confirm(user_id=user_id, code=code, at=at)
        grants.withdraw(user_id=user_id, kind="FACTOR")
        staff.note_second_factor(user_id=user_id, since=at)
        sessions.end_sessions(user_id=user_id, but=session_key)
        _record("access.factor_added", subject=f"user:{user_id}", actor=f"user:{user_id}", at=at)
    return codes


def new_recovery_codes(*, user_id: int, code: str, address: str, at: datetime) -> list[str]:
    """Recovery codes instead of those before, for a code. Raises tries.TooManyTries, factors.WrongCode."""
    _judge_code(user_id=user_id, code=code, address=address, at=at)
    with transaction.atomic():
        _record("access.recovery_codes_made", subject=f"user:{user_id}", actor=f"user:{user_id}", at=at)
        return factors.new_codes(user_id=user_id)


def give_up_factor(*, user_id: int, code: str, address: str, at: datetime) -> None:
    """Take away one's own second factor, for a code. Raises tries.TooManyTries, factors.WrongCode."""
    _judge_code(user_id=user_id, code=code, address=address, at=at)
    remove_factor(user_id=user_id, at=at, actor=f"user:{user_id}")


@transaction.atomic
def remove_factor(*, user_id: int, at: datetime, actor: str) -> bool:
    """Take a second factor away; all sessions but that of whoever does it to themselves end. False: there was none."""
    if not factors.remove(user_id=user_id):
        return False
    grants.withdraw(user_id=user_id, kind="FACTOR")
    staff.note_second_factor(user_id=user_id, since=None)
    tries.forget(lockout.CODE, str(user_id))
    if actor != f"user:{user_id}":
        sessions.end_sessions(user_id=user_id)
    _record("access.factor_removed", subject=f"user:{user_id}", actor=actor, at=at)
    return True


def forget(user_id: int) -> None:
    """Let somebody in anew who was given another password: their sessions end, and their wrong tries are forgotten."""
    sessions.end_sessions(user_id=user_id)
    tries.forget(lockout.ACCOUNT, User.objects.values_list("username", flat=True).get(id=user_id))
    tries.forget(lockout.CODE, str(user_id))


@transaction.atomic
def sign_out_elsewhere(*, user_id: int, session_key: str, at: datetime) -> int:
    """End every session of a person but this one; returns how many ended."""
    ended = sessions.end_sessions(user_id=user_id, but=session_key)
    if ended:
        who = f"user:{user_id}"
        _record("access.signed_out_elsewhere", subject=who, actor=who, at=at, sessions=ended)
    return ended


def whence(address: str) -> str:
    """What is counted of an address: itself, or the network of an IPv6 customer."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, IPV6_CUSTOMER_BITS), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


def _judge_code(*, user_id: int, code: str, address: str, at: datetime) -> None:
    with _counted(lockout.CODE, str(user_id), address, at=at):
        kind = factors.take(user_id=user_id, code=code, at=at)
    if kind == "RECOVERY":
        who = f"user:{user_id}"
        _record("access.recovery_code_used", subject=who, actor=who, at=at, left=factors.codes_left(user_id))


@contextmanager
def _counted(kind: str, name: str, address: str, *, at: datetime) -> Iterator[None]:
    """One try: counted before it is judged, by address and by account; a wait that a wrong one brings is told of.

    kind, name : ACCOUNT and the user name, or CODE and the number of the user
    raises     : tries.TooManyTries; what is not judged, because the account waits, is no failure of the address
    """
    tries.claim(lockout.ADDRESS, whence(address), at=at)
    try:
        failures = tries.claim(kind, name, at=at)
    except tries.TooManyTries:
        tries.give_back(lockout.ADDRESS, whence(address), at=at)
        raise
    try:
        yield
    except (WrongSignIn, WrongPassword, factors.WrongCode):
        tries.failed(lockout.ADDRESS, whence(address), at=at)
        _tell_a_wait(kind, failures, subject=f"user:{name}" if kind == lockout.CODE else _subject(name), at=at)
        raise
    tries.forget(kind, name)
    tries.give_back(lockout.ADDRESS, whence(address), at=at)


def _tell_a_wait(kind: str, failures: int, *, subject: str, at: datetime) -> None:
    wait = lockout.wait(kind, failures)
    if wait:
        seconds = int(wait.total_seconds())
        _record(
            "access.locked", subject=subject, actor="stranger", at=at, after=kind, tries=failures, wait_seconds=seconds
        )


def _subject(username: str) -> str:
    user_id = User.objects.filter(username=username).values_list("id", flat=True).first()
    return f"user:{user_id}" if user_id else "stranger"


def _record(kind: str, *, subject: str, actor: str, at: datetime, after: str = "", **facts: Any) -> None:
    audit.record(kind, subject=subject, actor=actor, at=wired.here().told(at), after=after, **facts)
