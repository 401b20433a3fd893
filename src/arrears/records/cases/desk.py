"""The most pressing open work of a kind, with where to reach the person: what a desk works through in a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arrears.records.cases.models import Case, CaseStatus, WorkItem, WorkStatus
from arrears.records.people.models import ContactPoint, Relation

#: kind of work → kind of contact point that it needs
REACHED_BY = {"CALL": "MOBILE", "VISIT": "ADDRESS"}


@dataclass(frozen=True)
class Task:
    """One piece of open work and the borrower's own contact point for it."""

    work_id: str
    case_id: str
    customer_id: str
    contact_point_id: str


def most_pressing(kind: str, *, limit: int) -> tuple[Task, ...]:
    """Up to `limit` pieces of work by priority and date, those without a way to reach the person left out."""
    items = WorkItem.objects.filter(status=WorkStatus.OPEN, kind=kind).select_related("case")
    work = list(items.order_by("-priority", "due_on", "work_id")[:limit])
    points = _own_points([item.case.person_id for item in work], REACHED_BY[kind])
    return tuple(
        Task(item.work_id, item.case_id, item.case.person_id, points[item.case.person_id])
        for item in work
        if item.case.person_id in points
    )


def open_cases_of(kind: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """The most pressing open work of a kind that needs no way to reach the person: its case, and what that one owes."""
    items = WorkItem.objects.filter(status=WorkStatus.OPEN, kind=kind).order_by("-priority", "due_on", "work_id")
    return tuple(items.values_list("case_id", "case__outstanding_minor")[:limit])


def largest(stage: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """The open cases of a stage that owe the most: case, and how much."""
    cases = Case.objects.filter(status=CaseStatus.OPEN, stage=stage, outstanding_minor__gt=0)
    found = cases.order_by("-outstanding_minor", "case_id").values_list("case_id", "outstanding_minor")
    return tuple(found[:limit])


def _own_points(customer_ids: Sequence[str], kind: str) -> dict[str, str]:
    found = ContactPoint.objects.filter(
        person_id__in=customer_ids, kind=kind, relation=Relation.SELF, invalid_since__isnull=True
    ).order_by("-contact_point_id")
    return dict(found.values_list("person_id", "contact_point_id"))


def people_with_open_cases() -> list[str]:
    """The customer of each open case."""
    return list(Case.objects.filter(status=CaseStatus.OPEN).values_list("person_id", flat=True))
