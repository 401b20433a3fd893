"""Whose case is it? Move one to another team, and share out those of no team by where the people live.

Written by the console's supervisors and by the night. Each move is a case event; one by hand is an audit row too, and
those of a night are one together.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from django.db import transaction

from arrears.kernel import identifiers
from arrears.kernel.errors import Refusal
from arrears.records import bulk
from arrears.records.audit import operations as audit
from arrears.records.cases.models import Case, CaseEvent, CaseStatus, WorkItem, WorkStatus
from arrears.records.cases.operations import record_event
from arrears.records.staff.models import Team, User

KIND = "team_changed"


class UnableToMoveCase(Refusal):
    code = "unable_to_move_case"
    message = "The case {case_id} is closed, or there is no team {team}."


@transaction.atomic
def move(*, case_id: str, team: str, at: datetime, actor: str) -> bool:
    """Give an open case to a team, or to none (blank); whoever had it and is not of that team has it no longer.

    returns : False when it was theirs already
    raises  : UnableToMoveCase
    """
    open_cases = Case.objects.select_for_update(no_key=True, of=("self",)).filter(status=CaseStatus.OPEN)
    case = open_cases.filter(case_id=case_id).first()
    if case is None or (team and not Team.objects.filter(code=team).exists()):
        raise UnableToMoveCase(case_id=case_id, team=team[:16])
    before = case.team_id or ""
    if before == team:
        return False
    stays = not team or User.objects.filter(id=case.assigned_to_id, teams=team).exists()
    let_go = None if stays else case.assigned_to_id
    Case.objects.filter(case_id=case_id).update(team=team or None, **({"assigned_to": None} if let_go else {}))
    if let_go:
        WorkItem.objects.filter(case=case, status=WorkStatus.OPEN, assigned_to=let_go).update(assigned_to=None)
        record_event(case_id=case_id, kind="assigned", at=at, actor=actor, before=f"user:{let_go}")
        audit.record("case.assigned", subject=case_id, actor=actor, at=at, before=f"user:{let_go}")
    record_event(case_id=case_id, kind=KIND, at=at, actor=actor, before=before, after=team)
    audit.record("case.team_changed", subject=case_id, actor=actor, at=at, before=before, after=team)
    return True


@transaction.atomic
def share_out(*, at: datetime, actor: str) -> dict[str, int]:
    """Give open cases of no team to the teams that take the regions of their people; team → how many.

    Of two teams that name a region the first by its code takes it. What was moved by hand is never moved here.
    """
    teams = Team.objects.exclude(regions=[]).order_by("code")
    free = Case.objects.filter(status=CaseStatus.OPEN, team=None).order_by("case_id")
    by_region: dict[str, list[str]] = {}
    for case_id, region in free.values_list("case_id", "person__region_code"):
        by_region.setdefault(region, []).append(case_id)
    shared = {}
    for team in teams if by_region else ():
        theirs = tuple(f"{region}-" for region in team.regions)
        taken = [by_region.pop(region) for region in [*by_region] if f"{region}-".startswith(theirs)]
        found = sorted(chain(*taken))
        for piece in bulk.keys_in_pieces(found):
            Case.objects.filter(pk__among=piece).update(team=team)
        events = [_event(case_id, team.code, at=at, actor=actor) for case_id in found]
        CaseEvent.objects.bulk_create(events, batch_size=1_000, ignore_conflicts=True)
        if found:
            shared[team.code] = len(found)
    if shared:
        audit.record("cases.shared_out", subject="cases", actor=actor, at=at, **shared)  # type: ignore[arg-type]
    return shared


def _event(case_id: str, team: str, *, at: datetime, actor: str) -> CaseEvent:
    event_id = identifiers.derived_id("case_event", case_id, KIND, at.isoformat(), team)
    return CaseEvent(event_id=event_id, case_id=case_id, at=at, kind=KIND, after=team, actor=actor)
