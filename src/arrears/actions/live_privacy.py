"""The synthetic lender's rights desk: consents as they are given, requests as they are made, and both worked.

Called by `live_day`. Of those who were contacted a few consent to something or ask about their data; the desk answers a
few a day, the first due first, with the actions of the console. Now and then a complaint puts a person under legal
hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
from django.conf import settings

from arrears.actions import hand_over_copy, house, take_back_consent, take_request, work_request
from arrears.actions.contact_gate import Gate
from arrears.kernel import calendars, identifiers
from arrears.records.compliance import consents
from arrears.records.compliance.consents import ConsentHolds, Given
from arrears.records.rights import holds, queries
from arrears.records.rights.queries import RequestRow
from arrears.records.rights.requests import Intake
from arrears.simulator import requests as said

AGENT, DESK, SECOND = "user:demo-agent", "user:demo-compliance", "user:demo-legal"
#: Of so many people who were contacted one asks something, and of so many who were spoken with one consents.
ASKS_ONE_IN, CONSENTS_ONE_IN = 800, 60
#: Of so many complaints one leads to a legal hold; of so many consents one is taken back when it is as old as that.
HOLDS_ONE_IN, WITHDRAWN_ONE_IN, WITHDRAWN_AFTER = 25, 3, timedelta(days=5)
#: A request is looked into for so many days; so many are answered a day.
LOOKED_INTO_DAYS, ANSWERED_A_DAY = 4, 2
NOTICE = "2026-11"


def hear(touches: pl.DataFrame, *, at: datetime, gate: Gate) -> None:
    """What the people of a day consent to and ask, and whom a complaint puts under hold: each once.

    touches : contacts of the day with `complaint`, see `live_day`
    """
    own = touches.filter(pl.col("relation").is_in(["", "SELF"])).sort("customer_id", "at")
    columns = own.select("contact_id", "customer_id", "channel", "complaint")
    for contact_id, customer_id, channel, complained in columns.iter_rows():
        if channel == "CALL" and (purpose := said.consents(contact_id, CONSENTS_ONE_IN)):
            _consent(customer_id, purpose, contact_id, at)
        if kind := said.asks(contact_id, ASKS_ONE_IN):
            asked = Intake(_id("request", contact_id), customer_id, kind, "PHONE", "CALL_BACK", said.WORDS[kind])
            take_request.take(intake=asked, at=at, actor=AGENT, gate=gate)
        if complained and said.happens("hold", contact_id, HOLDS_ONE_IN):
            wanted = holds.Wanted(_id("hold", contact_id), customer_id, "COMPLAINT", "投诉调查期间保全")
            holds.put(wanted, at=at, actor=DESK)


def work(*, at: datetime, as_of: date, gate: Gate) -> None:
    """The desk's day, when it is one: answer what was looked into, and take back what is withdrawn."""
    if not calendars.is_working_day(as_of, settings.LENDER_COUNTRY):
        return
    looked_into = as_of - timedelta(days=LOOKED_INTO_DAYS)
    waiting = queries.requests(which=queries.OPEN, kind="", after=None, size=ANSWERED_A_DAY)[:ANSWERED_A_DAY]
    for row in waiting:
        if row.received_on <= looked_into:
            ANSWERS[row.kind](row, at, gate)
    for held in consents.page(purpose="", which="HOLDING", customer_ids=None, after=None, size=ANSWERED_A_DAY * 10):
        is_old = held.given_at <= at - WITHDRAWN_AFTER
        if is_old and said.happens("withdraws", held.consent_id, WITHDRAWN_ONE_IN):
            take_back_consent.take_back(consent_id=held.consent_id, note="电话中表示撤回", at=at, actor=AGENT)


def _consent(customer_id: str, purpose: str, contact_id: str, at: datetime) -> None:
    given = Given(_id("consent", contact_id), customer_id, purpose, "RECORDED", contact_id, NOTICE)
    try:
        consents.give(given, at=at, actor=AGENT)
    except ConsentHolds:
        return


def _copy(row: RequestRow, at: datetime, gate: Gate) -> None:
    hand_over_copy.hand_over(request_id=row.request_id, turn=None, at=at, actor=DESK, gate=gate)


def _delete(row: RequestRow, at: datetime, gate: Gate) -> None:
    work_request.answer_deletion(request_id=row.request_id, turn=None, at=at, actor=DESK, place=house.here(), gate=gate)


def _explain(row: RequestRow, at: datetime, _gate: Gate) -> None:
    """Explained on one day; on the next another colleague looks at it."""
    if row.result:
        why = "阶段由逾期天数得出，数据无误"
        work_request.review(request_id=row.request_id, turn=None, outcome="UPHELD", note=why, at=at, actor=SECOND)
    else:
        work_request.explain(request_id=row.request_id, turn=None, at=at, actor=DESK)


def _object(row: RequestRow, at: datetime, _gate: Gate) -> None:
    work_request.object_to(request_id=row.request_id, turn=None, channel="SMS", at=at, actor=DESK)


def _correct(row: RequestRow, at: datetime, _gate: Gate) -> None:
    work_request.correct(
        request_id=row.request_id,
        turn=None,
        field="employer",
        contact_point_id="",
        value=f"示例商贸有限公司{row.request_id[:2]}部",
        at=at,
        actor=DESK,
    )


def _restrict(row: RequestRow, at: datetime, _gate: Gate) -> None:
    work_request.restrict(request_id=row.request_id, turn=None, at=at, actor=DESK)


#: What is asked → how the desk answers it.
ANSWERS: dict[str, Callable[[RequestRow, datetime, Gate], None]] = {
    "ACCESS": _copy,
    "DELETION": _delete,
    "EXPLANATION": _explain,
    "OBJECTION": _object,
    "CORRECTION": _correct,
    "RESTRICTION": _restrict,
}


def _id(what: str, contact_id: str) -> str:
    return identifiers.derived_id(f"demo {what}", contact_id)
