"""A powerful role is asked for by one administrator and granted by another: what is asked, what was decided.

So is whatever would make one of two: another password, or the end of a second factor, of whoever holds such a role.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from arrears.kernel.errors import NotFound, Refusal
from arrears.records.staff.models import Grant, GrantKind, GrantStatus, User

#: Roles that administer, judge what others did, or decide for them, or see everybody.
POWERFUL = frozenset({"ADMIN", "COMPLIANCE", "SUPERVISOR", "FINANCE", "LEGAL"})


class NoSuchGrant(NotFound):
    code = "no_such_grant"
    message = "Nothing of this kind waits for user {user_id}."


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    message = "This is granted by another administrator than the one who asked for it, and never by whom it concerns."


class GrantWaits(Refusal):
    code = "grant_waits"
    message = "This already waits for a second administrator for user {user_id}: decide that first."


@dataclass(frozen=True)
class GrantRow:
    """One request, frozen for a page."""

    user_id: int
    username: str
    name: str
    held_label: str
    kind: str
    kind_label: str
    role: str
    role_label: str
    asked_at: datetime
    asked_by: str


def waiting() -> list[GrantRow]:
    """What waits for a second administrator, the oldest first."""
    found = Grant.objects.filter(status=GrantStatus.ASKED).select_related("user").order_by("asked_at", "id")
    return [_row(grant) for grant in found]


def is_guarded(user_id: int) -> bool:
    """Does somebody hold a powerful role, or wait for one?"""
    waits = Grant.objects.filter(user_id=user_id, status=GrantStatus.ASKED, kind=GrantKind.ROLE, role__in=POWERFUL)
    return User.objects.filter(id=user_id, role__in=POWERFUL).exists() or waits.exists()


def ask(*, user_id: int, role: str, at: datetime, actor: str, kind: str = GrantKind.ROLE) -> None:
    """Ask for a role, or for another of the kinds; raises GrantWaits when that is asked for already."""
    try:
        with transaction.atomic():
            Grant.objects.create(user_id=user_id, kind=kind, role=role, asked_at=at, asked_by=actor)
    except IntegrityError:
        raise GrantWaits(user_id=user_id) from None


def withdraw(*, user_id: int, kind: str = "") -> None:
    """What waits for a person, or what of one kind, waits no longer: they have left, or it was done otherwise."""
    waits = Grant.objects.filter(user_id=user_id, status=GrantStatus.ASKED)
    (waits.filter(kind=kind) if kind else waits).delete()


@transaction.atomic
def decide(*, user_id: int, kind: str, is_granted: bool, at: datetime, actor: str) -> Grant:
    """Grant or refuse what waits for a person; returns what was asked; whoever asked may take it back, not grant it.

    A role that is granted holds; a password or a factor is for the caller to change.
    raises : NoSuchGrant, SecondPersonNeeded
    """
    list(User.objects.filter(id=user_id).select_for_update(no_key=True))
    waits = Grant.objects.select_for_update().filter(user_id=user_id, kind=kind, status=GrantStatus.ASKED)
    grant = waits.first()
    if grant is None:
        raise NoSuchGrant(user_id=user_id)
    if actor == f"user:{user_id}" or (is_granted and actor == grant.asked_by):
        raise SecondPersonNeeded
    if not is_granted and actor == grant.asked_by:
        waits.delete()
        return grant
    status = GrantStatus.GRANTED if is_granted else GrantStatus.REFUSED
    Grant.objects.filter(id=grant.pk).update(status=status, decided_at=at, decided_by=actor)
    if is_granted and kind == GrantKind.ROLE:
        User.objects.filter(id=user_id).update(role=grant.role, is_active=True, agency="")
    return grant


def _row(grant: Grant) -> GrantRow:
    return GrantRow(
        user_id=grant.user_id,
        username=grant.user.username,
        name=grant.user.shown_name,
        held_label=grant.user.get_role_display(),
        kind=grant.kind,
        kind_label=grant.get_kind_display(),
        role=grant.role,
        role_label=grant.get_role_display(),
        asked_at=grant.asked_at,
        asked_by=grant.asked_by,
    )
