"""Who can see this person, and by what? The question of `scope` the other way round, by the same conditions."""

from __future__ import annotations

from dataclasses import dataclass

from arrears.records.cases import scope
from arrears.records.cases.models import Case
from arrears.records.staff.models import User


@dataclass(frozen=True)
class Seer:
    """Somebody whose role and data reach a case of the person. teams : those of theirs that a case is of; is_assigned :
    a case is assigned to them; is_of_no_team : a case is of no team."""

    user_id: int
    name: str
    role: str
    role_label: str
    agency: str
    teams: tuple[str, ...]
    is_assigned: bool
    is_of_no_team: bool


def seers_of(customer_id: str) -> list[Seer]:
    """Everybody active who reaches one of the person's cases, by role and name."""
    found = []
    for user in User.objects.filter(is_active=True).prefetch_related("teams").order_by("role", "username"):
        cases = Case.objects.filter(scope.of_cases(user), person=customer_id)
        reached = list(cases.values_list("team_id", "assigned_to_id"))
        if reached:
            found.append(_seer(user, reached))
    return found


def _seer(user: User, reached: list[tuple[str | None, int | None]]) -> Seer:
    teams = {team for team, _ in reached}
    return Seer(
        user_id=user.pk,
        name=user.shown_name,
        role=user.role,
        role_label=user.get_role_display(),
        agency=user.agency,
        teams=tuple(sorted(team.name for team in user.teams.all() if team.code in teams)),
        is_assigned=any(assigned == user.pk for _, assigned in reached),
        is_of_no_team=None in teams,
    )
