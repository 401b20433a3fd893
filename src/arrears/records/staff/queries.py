"""Who works here, in which role? Read by sign-in, assignment and the administrator's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from arrears.records.staff.models import Language, Role, User

#: No row of ours has a number of more figures.
LONGEST_NUMBER = 18


@dataclass(frozen=True)
class StaffRow:
    user_id: int
    username: str
    display_name: str
    role: str
    is_active: bool


def staff() -> tuple[StaffRow, ...]:
    """Everybody, by user name."""
    users = User.objects.order_by("username")
    return tuple(StaffRow(u.pk, u.username, u.display_name, u.role, u.is_active) for u in users)


@dataclass(frozen=True)
class Member:
    """A member of staff, frozen for a page."""

    user_id: int
    username: str
    display_name: str
    role: str
    role_label: str
    language: str
    is_active: bool
    last_login: datetime | None
    second_factor_since: datetime | None
    agency: str


def members() -> list[Member]:
    """Everybody, by role and name."""
    return [_member(user) for user in User.objects.order_by("role", "username")]


def member(user_id: int) -> Member | None:
    """One person."""
    user = User.objects.filter(id=user_id).first()
    return _member(user) if user else None


def assignable() -> list[Member]:
    """Those who can be given a case: they speak with borrowers and are active."""
    roles = [Role.AGENT, Role.SUPERVISOR, Role.LEGAL, Role.FIELD]
    return [_member(user) for user in User.objects.filter(is_active=True, role__in=roles).order_by("role", "username")]


def of_actor(actor: str) -> QuerySet[User]:
    """The one whom an actor (`user:ID`) names, who works here or did; nobody where it names something else."""
    kind, _, number = actor.partition(":")
    is_user = kind == "user" and number.isdecimal() and len(number) <= LONGEST_NUMBER
    return User.objects.filter(id=number) if is_user else User.objects.none()


def role_of(actor: str) -> str:
    """The role of somebody who works here or did; blank for everybody else."""
    return of_actor(actor).values_list("role", flat=True).first() or ""


def agency_of(actor: str) -> str:
    """The agency whose person somebody is; blank for our own people and everybody else."""
    return of_actor(actor).values_list("agency", flat=True).first() or ""


def companions(visitor: str) -> list[Member]:
    """Who may go along with somebody (`user:ID`) on a visit: colleagues who work here and speak with borrowers; with
    somebody of an agency its own people, and nobody else."""
    agency = agency_of(visitor)
    theirs = User.objects.filter(is_active=True, agency=agency).order_by("username") if agency else ()
    found = [_member(user) for user in theirs] if agency else assignable()
    return [one for one in found if f"user:{one.user_id}" != visitor]


def names() -> dict[str, str]:
    """Actor (`user:ID`) → the name colleagues see."""
    rows = User.objects.values_list("id", "display_name", "username")
    return {f"user:{user_id}": shown or username for user_id, shown, username in rows}


#: Shorter names stand in too many other words.
NAME_LEAST, USERNAME_LEAST = 2, 3


def called() -> set[str]:
    """By what names colleagues are called or log in, those long enough to be told from other words."""
    rows = list(User.objects.values_list("display_name", "username"))
    shown = {name.strip() for name, _ in rows if len(name.strip()) >= NAME_LEAST}
    return shown | {username for _, username in rows if len(username) >= USERNAME_LEAST}


def roles() -> list[tuple[str, str]]:
    """Every role with its label."""
    return [(str(value), str(label)) for value, label in Role.choices]


def languages() -> list[tuple[str, str]]:
    """Every language with its own name."""
    return [(str(value), str(label)) for value, label in Language.choices]


def _member(user: User) -> Member:
    return Member(
        user_id=user.pk,
        username=user.username,
        display_name=user.shown_name,
        role=user.role,
        role_label=user.get_role_display(),
        language=user.language,
        is_active=user.is_active,
        last_login=user.last_login,
        second_factor_since=user.second_factor_since,
        agency=user.agency,
    )
