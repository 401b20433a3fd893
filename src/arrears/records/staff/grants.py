"""A powerful role is asked for by one administrator and granted by another: what is asked, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from arrears.kernel.errors import NotFound, Refusal
from arrears.records.staff.models import Grant, GrantStatus, User

#: Roles that administer, judge what others did, or decide for them.
POWERFUL = frozenset({"ADMIN", "COMPLIANCE", "SUPERVISOR", "FINANCE"})


class NoSuchGrant(NotFound):
    code = "no_such_grant"
    message = "No role waits for user {user_id}."


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    message = "A role is granted by another administrator than the one who asked for it, and never by who gets it."


class GrantWaits(Refusal):
    code = "grant_waits"
    message = "A role of user {user_id} waits for a second administrator: decide that first."


@dataclass(frozen=True)
class GrantRow:
    """One request for a role, frozen for a page."""

    user_id: int
    name: str
    role: str
    role_label: str
    asked_at: datetime
    asked_by: str


def waiting() -> list[GrantRow]:
    """What waits for a second administrator, the oldest first."""
    found = Grant.objects.filter(status=GrantStatus.ASKED).select_related("user").order_by("asked_at", "id")
    return [_row(grant) for grant in found]


def ask(*, user_id: int, role: str, at: datetime, actor: str) -> None:
    """Ask for a role; raises GrantWaits when one is asked for already."""
    try:
        with transaction.atomic():
            Grant.objects.create(user_id=user_id, role=role, asked_at=at, asked_by=actor)
    except IntegrityError:
        raise GrantWaits(user_id=user_id) from None


def withdraw(*, user_id: int) -> None:
    """What waits for a person waits no longer: they have left."""
    Grant.objects.filter(user_id=user_id, status=GrantStatus.ASKED).delete()


@transaction.atomic
def decide(*, user_id: int, is_granted: bool, at: datetime, actor: str) -> str:
    """Grant or refuse what waits for a person; returns the role; whoever asked may take it back, not grant it.

    raises : NoSuchGrant, SecondPersonNeeded
    """
    waits = Grant.objects.select_for_update().filter(user_id=user_id, status=GrantStatus.ASKED)
    grant = waits.first()
    if grant is None:
        raise NoSuchGrant(user_id=user_id)
    if actor == f"user:{user_id}" or (is_granted and actor == grant.asked_by):
        raise SecondPersonNeeded
    if not is_granted and actor == grant.asked_by:
        grant.delete()
        return grant.role
    status = GrantStatus.GRANTED if is_granted else GrantStatus.REFUSED
    Grant.objects.filter(id=grant.pk).update(status=status, decided_at=at, decided_by=actor)
    if is_granted:
        User.objects.filter(id=user_id).update(role=grant.role, is_active=True, agency="")
    return grant.role


def _row(grant: Grant) -> GrantRow:
    label = grant.get_role_display()
    return GrantRow(grant.user_id, grant.user.shown_name, grant.role, label, grant.asked_at, grant.asked_by)
