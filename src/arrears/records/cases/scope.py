"""Which cases, and which people, may this viewer see? The one place where `rules.reach` becomes a condition.

Every list, page, search and queue filters by what is given here; nothing else decides. Rows that hang on a case ask
`of_cases` with the way to it; rows that only name a person ask `of_people`.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q

from arrears.records.cases.models import Case, Stage, WorkItem, WorkKind, WorkStatus
from arrears.records.staff.models import User
from arrears.rules import reach


class Viewer(Protocol):
    """Whoever looks: somebody who signed in."""

    pk: Any
    role: str
    agency: str


def of_cases(viewer: Viewer, path: str = "") -> Q:
    """The condition on cases, or on rows from which `path` leads to a case (such as `case`).

    Who sees the cases of no team also sees rows without a case: they are nobody's yet.
    """
    to = f"{path}__" if path else ""
    match reach.of(viewer.role):
        case reach.ALL:
            return Q()
        case reach.TEAMS:
            mine = Q(**{f"{to}assigned_to": viewer.pk})
            theirs = User.teams.through.objects.filter(user=viewer.pk).values("team")
            return Q(**{f"{to}team": None}) | Q(**{f"{to}team__in": theirs}) | mine
        case reach.LATE:
            return Q(**{f"{to}stage__in": [Stage.LATE, Stage.BAD_DEBT]})
        case reach.VISITS:
            visits = WorkItem.objects.filter(Q(assigned_to=viewer.pk) | Q(assigned_to=None), kind=WorkKind.VISIT)
            return Q(Exists(visits.exclude(status=WorkStatus.CANCELLED).filter(case=OuterRef(f"{to}pk"))))
        case reach.PLACED if viewer.agency:
            return Q(**{f"{to}placements__agency": viewer.agency, f"{to}placements__ended_on": None})
        case _:
            return Q(pk__in=[])


def of_people(viewer: Viewer, column: str) -> Q:
    """The condition on rows whose `column` holds a person: one of their cases is seen, or they never had one."""
    if reach.of(viewer.role) == reach.ALL:
        return Q()
    theirs = Case.objects.filter(person=OuterRef(column))
    seen = Q(Exists(theirs.filter(of_cases(viewer))))
    return seen | ~Q(Exists(theirs)) if reach.of(viewer.role) == reach.TEAMS else seen
