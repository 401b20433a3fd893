"""Who has told us something that asks for care, and who cares for them? One row a person, those at risk first.

Asked by the compliance desk. What was said is sealed elsewhere: here are the names of the signals and of the card that
answers them, as `actions.hear_person` put them on the story of the case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, TextField, When
from django.db.models.functions import Cast

from arrears.records.cases import scope
from arrears.records.cases.models import Case as CaseModel
from arrears.records.cases.models import CaseEvent, WorkItem, WorkKind, WorkStatus
from arrears.records.people import queries as people

KIND = "person.heard"
CARE, SAFETY = WorkKind.CARE.value, WorkKind.SAFETY.value
#: Work by which a colleague goes on with what somebody told.
HELP = (CARE, WorkKind.HARDSHIP.value, WorkKind.DISPUTE.value)
#: How care ends when there was no risk: then the person stands with the others.
MISHEARD = "CARED_MISHEARD"
#: A row's place: at risk or not, when heard last, and who.
Place = tuple[int, datetime, str]


@dataclass(frozen=True)
class HeardRow:
    """What a person told. since, at : first and last heard within the time asked about; card : the gravest of a risk,
    else the last; signals : all that were heard, the gravest and then the last first"""

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

    is_open: bool
    assigned_name: str
    outcome: str
    closed_at: datetime | None


def heard(
    viewer: scope.Viewer,
    *,
    since: datetime,
    signal: str = "",
    at_risk: bool = False,
    after: Place | None = None,
    size: int,
) -> list[HeardRow]:
    """People heard since a moment: those at risk first, then the last heard; one row past `size` tells of more.

    signal  : only those who told it
    at_risk : only those who may harm themselves
    """
    within = scope.of_cases(viewer, "case")
    theirs = _people(since).filter(within)
    if signal:
        told = _told(since).annotate(text=Cast("data", TextField())).filter(text__contains=f'"{signal}"')
        theirs = theirs.filter(case__person_id__in=told.values("case__person_id"))
    if at_risk:
        theirs = theirs.filter(grave=1)
    if after is not None:
        theirs = theirs.filter(_after(after))
    found = list(theirs.order_by("-grave", "-last", "case__person_id")[: size + 1])
    events: dict[str, list[CaseEvent]] = {}
    newest = _told(since).filter(within, case__person_id__in=[one["case__person_id"] for one in found])
    for event in newest.select_related("case__person").order_by("-at", "event_id"):
        events.setdefault(event.case.person_id, []).append(event)
    return [_row(events[one["case__person_id"]], is_at_risk=bool(one["grave"])) for one in found]


def place_of(row: HeardRow) -> Place:
    """Where a row stands in the list."""
    return int(row.is_at_risk), row.at, row.customer_id


def at_risk_count(viewer: scope.Viewer, *, since: datetime) -> int:
    """How many of those heard may harm themselves."""
    return _people(since).filter(scope.of_cases(viewer, "case")).filter(grave=1).count()


def undone_counts(viewer: scope.Viewer) -> dict[str, int]:
    """For how many people CARE, and a decision on a threat of theirs (SAFETY), was asked for and not told of yet."""
    asked = WorkItem.objects.filter(status=WorkStatus.OPEN, kind__in=(WorkKind.CARE, WorkKind.SAFETY))
    theirs = asked.filter(scope.of_cases(viewer, "case")).order_by().values("kind")
    return dict(theirs.annotate(people=Count("case__person_id", distinct=True)).values_list("kind", "people"))


def without_case(customer_ids: Collection[str]) -> list[str]:
    """Those of some people who never had a case, in which care could be asked for."""
    if not customer_ids:
        return []
    known = set(CaseModel.objects.filter(person_id__in=list(customer_ids)).values_list("person_id", flat=True))
    return [one for one in customer_ids if one not in known]


def care_of(customer_ids: Collection[str], *, kinds: Collection[str] = (CARE,)) -> dict[str, Care]:
    """Person → the newest work of some kinds for them, an open one before all others; to care for them, or any help."""
    found: dict[str, Care] = {}
    items = WorkItem.objects.filter(kind__in=kinds, case__person_id__in=list(customer_ids))
    for item in items.select_related("case", "assigned_to").order_by("due_on", "closed_at"):
        known = found.get(item.case.person_id)
        if known and known.is_open and item.status != WorkStatus.OPEN:
            continue
        name = item.assigned_to.shown_name if item.assigned_to else ""
        is_open = item.status == WorkStatus.OPEN
        found[item.case.person_id] = Care(is_open, name, item.outcome, item.closed_at)
    return found


def _told(since: datetime) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(kind=KIND, at__gte=since)


def _people(since: datetime) -> QuerySet[CaseEvent, dict[str, Any]]:
    """One row a person, made in one pass over what was heard: `last`, and `grave` (1 or 0)."""
    is_grave = Q(data__stops=True) & ~Q(case__person_id__in=_misheard(since))
    grave = Max(Case(When(is_grave, then=1), default=0, output_field=IntegerField()))
    return _told(since).values("case__person_id").annotate(last=Max("at"), grave=grave)


def _misheard(since: datetime) -> list[str]:
    """Those of whom it turned out that there was no risk, and who told of none since."""
    ended = WorkItem.objects.filter(kind=WorkKind.CARE, outcome=MISHEARD, closed_at__gte=since)
    closed = dict(ended.values("case__person_id").annotate(at=Max("closed_at")).values_list("case__person_id", "at"))
    risks = _told(since).filter(case__person_id__in=list(closed), data__stops=True)
    again = {person for person, at in risks.values_list("case__person_id", "at") if at > closed[person]}
    return sorted(closed.keys() - again)


def _after(place: Place) -> Q:
    grave, last, customer_id = place
    later = Q(last__lt=last) | Q(last=last, case__person_id__gt=customer_id)
    return Q(grave__lt=grave) | (Q(grave=grave) & later)


def _row(events: list[CaseEvent], *, is_at_risk: bool) -> HeardRow:
    """events : of one person, the last first"""
    told = next((one for one in events if is_at_risk and one.data.get("stops")), events[0])
    signals = dict.fromkeys(code for one in (told, *events) for code in one.data.get("signals", ()))
    return HeardRow(
        case_id=told.case_id,
        customer_id=told.case.person_id,
        name_masked=people.name_masked(told.case.person),
        is_at_risk=is_at_risk,
        signals=tuple(signals),
        card=told.reason,
        route=told.data.get("route", ""),
        since=events[-1].at,
        at=events[0].at,
    )
