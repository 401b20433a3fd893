"""GET cases: lists by keyset, one case with its accounts and events. Identity never leaves through here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Identifier, Limit, Words
from arrears.records.cases import exports
from arrears.records.complaints import queries as complaints
from arrears.records.people import shown
from arrears.records.promises import queries as promises
from arrears.records.runs import queries as runs

router = Router(tags=["cases"], auth=Scope("cases:read"))


class Account(Schema):
    account_id: str
    product_code: str
    dpd: int
    past_due_days: int
    bucket: str
    oldest_due_on: date | None
    next_due_on: date | None
    overdue_minor: int
    outstanding_minor: int
    paid_total_minor: int
    surplus_minor: int
    as_of: date


class Event(Schema):
    """`at`: when it was recorded; `as_of`: the business date it is of, null where that is the date of `at`."""

    at: datetime
    as_of: date | None
    kind: str
    before: str
    after: str
    reason: str
    actor: str


class Case(Schema):
    """Amounts are in minor units (fen) of `currency`."""

    case_id: str
    customer_id: str
    currency: str
    status: str
    stage: str
    stage_rule: int
    bucket: str
    dpd_max: int
    overdue_minor: int
    outstanding_minor: int
    opened_on: date
    closed_on: date | None
    close_reason: str
    cure_share_est: float | None
    score_reason: str
    policy_version: str
    as_of: date

    @staticmethod
    def resolve_customer_id(case: object) -> str:
        """Whose case goes out is on record beside the key."""
        customer_id = str(case.person_id)  # type: ignore[attr-defined]
        shown.note(customer_id)
        return customer_id


class Night(Schema):
    """`night_half_done_on`: a night that stopped after its cases were kept and before its contacts were planned, by its
    business date; null when there is none. Cases and amounts are of that night, planned contacts of the one before.
    """

    night_half_done_on: date | None

    @staticmethod
    def resolve_night_half_done_on(_: object) -> date | None:
        return runs.half_done_on()


class Promise(Schema):
    """A promise to pay. `paid_minor`: paid since it was made, by the books for an open one, else when it was judged."""

    promise_id: str
    amount_minor: int
    currency: str
    made_on: date
    due_on: date
    status: Literal["OPEN", "KEPT", "BROKEN", "REPLACED"]
    paid_minor: int | None
    ended_on: date | None


class CaseFile(Night):
    case: Case
    accounts: list[Account]
    events: list[Event]
    promises: list[Promise]

    @staticmethod
    def resolve_promises(told: exports.CaseFile) -> list[promises.PromiseRow]:
        return promises.of_case(told.case.case_id)


class CasePage(Night):
    cases: list[Case]
    next_after: str | None


class Filters(Schema):
    after: Annotated[str, Words] = Field("", max_length=64)
    limit: Limit = 100
    status: Literal["OPEN", "CLOSED"] | None = None
    stage: Literal["EARLY", "LATE", "BAD_DEBT"] | None = None
    customer_id: Identifier | None = None
    account_id: Identifier | None = None


@router.get("", response=CasePage, operation_id="list_cases", url_name="api-cases", summary="List cases")
def index(request: HttpRequest, filters: Query[Filters]) -> exports.Page:
    """Cases in the order of their id; pass `next_after` back as `after` for the next page."""
    return exports.page(teams=request.auth.teams, **filters.dict())  # type: ignore[attr-defined]


@router.get("/{case_id}", response=CaseFile, operation_id="get_case", url_name="api-case", summary="Read a case")
def show(request: HttpRequest, case_id: Identifier) -> exports.CaseFile:
    """One case with its accounts and latest events; of complaints, those of the person and of who speaks for them."""
    others = complaints.of_third_parties(case_id)
    zone = settings.LENDER_ZONE
    return exports.case_file(case_id, teams=request.auth.teams, without=others, zone=zone)  # type: ignore[attr-defined]
