"""The most pressing open work of a kind: what a desk works through in a day."""

from __future__ import annotations

from dataclasses import dataclass

from arrears.records.cases.models import Case, CaseStatus, WorkItem, WorkStatus


@dataclass(frozen=True)
class Task:
    """One piece of open work, and whom it is about."""

    work_id: str
    case_id: str
    customer_id: str


def most_pressing(kind: str, *, limit: int) -> tuple[Task, ...]:
    """Up to `limit` pieces of work by priority and date."""
    items = WorkItem.objects.filter(status=WorkStatus.OPEN, kind=kind).order_by("-priority", "due_on", "work_id")
    return tuple(Task(*row) for row in items.values_list("work_id", "case_id", "case__person_id")[:limit])


def open_cases_of(kind: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """The most pressing open work of a kind that needs no way to reach the person: its case, and what that one owes."""
    items = WorkItem.objects.filter(status=WorkStatus.OPEN, kind=kind).order_by("-priority", "due_on", "work_id")
    return tuple(items.values_list("case_id", "case__outstanding_minor")[:limit])


def largest(stage: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """The open cases of a stage that owe the most: case, and how much."""
    cases = Case.objects.filter(status=CaseStatus.OPEN, stage=stage, outstanding_minor__gt=0)
    found = cases.order_by("-outstanding_minor", "case_id").values_list("case_id", "outstanding_minor")
    return tuple(found[:limit])


def people_with_open_cases() -> list[str]:
    """The customer of each open case."""
    return list(Case.objects.filter(status=CaseStatus.OPEN).values_list("person_id", flat=True))
