"""Teams: who is in one, and where its people live whose new cases come to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from arrears.kernel.errors import Refusal
from arrears.records.staff.models import Team, User
from arrears.records.staff.queries import of_actor
from arrears.rules import reach

CODE = re.compile(r"[A-Z][A-Z0-9_]{0,15}")
REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,6}){0,2}")


class UnableToPutTeam(Refusal):
    code = "unable_to_put_team"
    message = "{why}"


@dataclass(frozen=True)
class TeamRow:
    """A team, frozen for a page."""

    code: str
    name: str
    regions: tuple[str, ...]
    member_count: int


def all_teams() -> list[TeamRow]:
    """Every team by its code."""
    counted = Team.objects.annotate(count=Count("members")).order_by("code")
    return [TeamRow(team.code, team.name, tuple(team.regions), team.count) for team in counted]


def names() -> dict[str, str]:
    """Code → name of every team."""
    return dict(Team.objects.order_by("code").values_list("code", "name"))


def of_members() -> dict[int, list[str]]:
    """User id → the names of their teams."""
    found: dict[int, list[str]] = {}
    for user_id, name in Team.objects.exclude(members=None).order_by("name").values_list("members", "name"):
        found.setdefault(user_id, []).append(name)
    return found


def members_of(code: str) -> set[int]:
    """The user ids of a team's members."""
    return set(User.objects.filter(teams=code).values_list("id", flat=True))


def of(actor: str) -> list[str]:
    """The codes of somebody's teams (`user:ID`), sorted; none for everybody else."""
    return sorted(Team.objects.filter(members__in=of_actor(actor)).values_list("code", flat=True))


def may_join() -> list[tuple[int, str]]:
    """(user id, name) of active colleagues whose role reaches the cases of teams."""
    roles = [role for role, reaches in reach.REACH.items() if reaches == reach.TEAMS]
    found = User.objects.filter(is_active=True, role__in=roles).order_by("role", "username")
    return [(user.pk, user.shown_name) for user in found]


@transaction.atomic
def put(*, code: str, name: str, regions: Sequence[str], members: Collection[int], is_new: bool) -> set[int]:
    """Make or change a team; returns who was in it before; raises UnableToPutTeam."""
    if not CODE.fullmatch(code) or not name.strip():
        raise UnableToPutTeam(why="A team has a name, and a code of capital letters, digits and _.")
    if not all(REGION.fullmatch(region) for region in regions):
        raise UnableToPutTeam(why="Regions are codes such as CN-31.")
    if is_new == Team.objects.filter(code=code).exists():
        raise UnableToPutTeam(why=f"There is {'a' if is_new else 'no'} team {code}{' already' if is_new else ''}.")
    unknown = set(members) - {user_id for user_id, _ in may_join()} - members_of(code)
    if unknown:
        raise UnableToPutTeam(why="Only active agents and supervisors are in teams.")
    team, _ = Team.objects.update_or_create(code=code, defaults={"name": name.strip(), "regions": list(regions)})
    before = members_of(code)
    team.members.set(members)
    return before
