"""Cases as partners see them through the API: no identity, keyset pages, amounts with their currency."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from arrears.records.cases.models import Case, CaseAccount, CaseEvent
from arrears.records.cases.queries import NoSuchCase
from arrears.rules import case_events

PAGE_MAX = 500
EVENTS_MAX = 200


@dataclass(frozen=True)
class Page:
    """Some cases in the order of their id, and where the next page starts (None at the end)."""

    cases: tuple[Case, ...]
    next_after: str | None


@dataclass(frozen=True)
class CaseFile:
    """A case with its accounts and latest events."""

    case: Case
    accounts: tuple[CaseAccount, ...]
    events: tuple[CaseEvent, ...]


def page(
    *,
    teams: Collection[str],
    after: str,
    limit: int,
    status: str | None,
    stage: str | None,
    customer_id: str | None,
    account_id: str | None,
) -> Page:
    """Up to `limit` cases whose id comes after `after`; of some teams alone when any are named."""
    limit = max(1, min(limit, PAGE_MAX))
    rows = Case.objects.filter(of_teams(teams), case_id__gt=after)
    for name, value in (("status", status), ("stage", stage), ("person_id", customer_id)):
        if value is not None:
            rows = rows.filter(**{name: value})
    if account_id is not None:
        rows = rows.filter(accounts__account_id=account_id)
    found = tuple(rows.order_by("case_id")[: limit + 1])
    return Page(found[:limit], found[limit - 1].case_id if len(found) > limit else None)


def of_teams(teams: Collection[str], path: str = "") -> Q:
    """The condition on what a key bound to teams reads; a key bound to none reads all."""
    return Q(**{f"{path}team__in": list(teams)}) if teams else Q()


def case_file(case_id: str, *, teams: Collection[str], without: Collection[str] = (), zone: str) -> CaseFile:
    """One case whole, its newest events first by the date they are of; raises NoSuchCase.

    without : complaints that are not told of
    """
    case = Case.objects.filter(of_teams(teams), case_id=case_id).first()
    if case is None:
        raise NoSuchCase(case_id=case_id)
    told = [event for event in case.events.order_by("-event_id") if event.data.get("complaint_id") not in without]
    told.sort(key=lambda event: _stands(event, zone), reverse=True)
    return CaseFile(case, tuple(case.accounts.order_by("account_id")), tuple(told[:EVENTS_MAX]))


def _stands(event: CaseEvent, zone: str) -> tuple[datetime, int]:
    return case_events.stands_at(event.at, event.as_of, zone=zone), case_events.place(event.kind)
