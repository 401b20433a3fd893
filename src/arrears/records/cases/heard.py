"""Who has told us something that asks for care, and who cares for them? One row a person, those at risk first.

Asked by the compliance desk. What was said is sealed elsewhere: here are the names of the signals and of the card that
answers them, as `actions.hear_person` put them on the story of the case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from arrears.records.cases.models import CaseEvent, WorkItem, WorkKind, WorkStatus
from arrears.records.people import queries as people

KIND = "person.heard"
#: How care ends when there was no risk: then the person stands with the others.
MISHEARD = "CARED_MISHEARD"
#: A row's place: at risk or not, when heard, and by which event.
Place = tuple[int, datetime, str]


@dataclass(frozen=True)
class HeardRow:
    """What a person told last. since : when they were first heard within the time asked about; card : its code"""

    event_id: str
    case_id: str
    customer_id: str
    name_masked: str
    is_at_risk: bool
    signals: tuple[str, ...]
    card: str
    route: str
    since: datetime
    at: datetime


@dataclass(frozen=True)
class Care:
    """The newest work to care for a person. assigned_name : blank when nobody has it; outcome : blank while open"""

    case_id: str
    is_open: bool
    assigned_name: str
    outcome: str
    closed_at: datetime | None


def heard(
    *, since: datetime, signal: str = "", at_risk: bool = False, after: Place | None = None, size: int
) -> list[HeardRow]:
    """People heard since a moment: those at risk first, then the last heard; one row past `size` tells of more.

    signal  : only those whose last words told it
    at_risk : only those who may harm themselves
    """
    events = _newest(since)
    if signal:
        events = events.annotate(text=Cast("data", TextField())).filter(text__contains=f'"{signal}"')
    if at_risk:
        events = events.filter(grave=True)
    if after is not None:
        events = events.filter(_after(after))
    found = events.select_related("case__person").order_by("-grave", "-at", "event_id")
    return [_row(event) for event in found[: size + 1]]


def place_of(row: HeardRow) -> Place:
    """Where a row stands in the list."""
    return int(row.is_at_risk), row.at, row.event_id


def at_risk_count(*, since: datetime) -> int:
    """How many of those heard may harm themselves."""
    return _newest(since).filter(grave=True).count()


def care_of(customer_ids: Collection[str]) -> dict[str, Care]:
    """Person → the newest work to care for them, an open one before all others."""
    found: dict[str, Care] = {}
    items = WorkItem.objects.filter(kind=WorkKind.CARE, case__person_id__in=list(customer_ids))
    for item in items.select_related("case", "assigned_to").order_by("due_on", "closed_at"):
        known = found.get(item.case.person_id)
        if known and known.is_open and item.status != WorkStatus.OPEN:
            continue
        assigned = item.assigned_to
        name = (assigned.display_name or assigned.username) if assigned else ""
        is_open = item.status == WorkStatus.OPEN
        found[item.case.person_id] = Care(item.case_id, is_open, name, item.outcome, item.closed_at)
    return found


def _newest(since: datetime) -> QuerySet[CaseEvent]:
    """Of each person the last time they were heard, with `grave` and `first`."""
    told = CaseEvent.objects.filter(kind=KIND, at__gte=since)
    theirs = told.filter(case__person_id=OuterRef("case__person_id"))
    later = theirs.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), event_id__gt=OuterRef("event_id")))
    first = theirs.order_by().values("case__person_id").annotate(first=Min("at")).values("first")
    misheard = WorkItem.objects.filter(
        kind=WorkKind.CARE,
        outcome=MISHEARD,
        case__person_id=OuterRef("case__person_id"),
        closed_at__gte=OuterRef("at"),
    )
    grave = theirs.filter(data__stops=True).filter(~Exists(misheard))
    return told.filter(~Exists(later)).annotate(grave=Exists(grave), first=Subquery(first))


def _after(place: Place) -> Q:
    grave, at, event_id = place
    later = Q(at__lt=at) | Q(at=at, event_id__gt=event_id)
    return Q(grave=False) & later if not grave else Q(grave=False) | (Q(grave=True) & later)


def _row(event: CaseEvent) -> HeardRow:
    case = event.case
    return HeardRow(
        event_id=event.event_id,
        case_id=case.case_id,
        customer_id=case.person_id,
        name_masked=people.name_masked(case.person),
        is_at_risk=event.grave,  # type: ignore[attr-defined]
        signals=tuple(event.data.get("signals", ())),
        card=event.reason,
        route=event.data.get("route", ""),
        since=event.first,  # type: ignore[attr-defined]
        at=event.at,
    )
