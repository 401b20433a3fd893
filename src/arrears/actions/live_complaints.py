"""The synthetic lender's complaints: taken in as they are made, and worked by its desk with the actions of the console.

Called by `live_day`. Whoever was contacted once too often complains; now and then somebody complains of an agency that
has their case. The desk acknowledges what came in on its next working day, and answers when it has looked into it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
from django.conf import settings

from arrears.actions import take_complaint, work_complaint
from arrears.actions.contact_gate import Gate
from arrears.kernel import calendars, clock, identifiers
from arrears.records.complaints import queries as complaints
from arrears.records.complaints.operations import About, Intake
from arrears.records.placements import queries as placements
from arrears.simulator import complaints as said

ACTOR, DESK = "user:demo-agent", "user:demo-compliance"
#: channel → whom somebody who was contacted by it complains about; who only got a message, of nobody.
ABOUT = {"CALL": About("user:demo-agent"), "VISIT": About("user:demo-field")}
ACKNOWLEDGED_A_DAY, ANSWERED_A_DAY = 40, 8
#: For so many days the desk looks into a complaint.
LOOKED_INTO_DAYS = 6
#: Of so many cases that agencies have, one leads to a complaint on a day.
OF_AN_AGENCY_ONE_IN = 120


def hear(touches: pl.DataFrame, *, at: datetime, gate: Gate) -> None:
    """Take in what the people of a day complain of: each once, with the contacts that were too much.

    touches : contacts of the day with `complaint`, see `live_day`
    """
    on = clock.business_date(at, settings.LENDER_ZONE)
    for rows in touches.filter("complaint").sort("customer_id", "at").partition_by("customer_id", maintain_order=True):
        first = rows.row(0, named=True)
        complaint_id = take_complaint.new_id("demo", first["customer_id"], on)
        is_third_party = first["relation"] not in {"", "SELF"}
        kind = said.kind_of(complaint_id, channel=first["channel"], is_third_party=is_third_party)
        intake = _intake(complaint_id, first["customer_id"], kind, ABOUT.get(first["channel"], About()))
        intake = replace(intake, contact_ids=tuple(rows["contact_id"]))
        take_complaint.take(intake=intake, at=at, actor=ACTOR, gate=gate)
    for placement_id, customer_id, agency in placements.whom_agencies_have():
        luck = identifiers.derived_id("complains of agency", placement_id, on)
        if identifiers.partition_of(luck, OF_AN_AGENCY_ONE_IN) == 0:
            complaint_id = take_complaint.new_id("demo", placement_id, on)
            intake = _intake(complaint_id, customer_id, "CONDUCT", About(agency=agency))
            take_complaint.take(intake=intake, at=at, actor=ACTOR, gate=gate)


def _intake(complaint_id: str, customer_id: str, kind: str, about: About) -> Intake:
    return Intake(
        complaint_id=complaint_id,
        customer_id=customer_id,
        case_id="",
        intake="PHONE",
        complainant="THIRD_PARTY" if kind == "THIRD_PARTY" else "SELF",
        kind=kind,
        text=said.words_of(complaint_id, kind),
        about=about,
    )


def work(*, at: datetime, as_of: date) -> None:
    """The desk's day, when it is one: acknowledge what came in, answer what was looked into, the first due first."""
    if not calendars.is_working_day(as_of, settings.LENDER_COUNTRY):
        return
    for complaint_id in complaints.to_acknowledge(limit=ACKNOWLEDGED_A_DAY):
        work_complaint.acknowledge(complaint_id=complaint_id, turn=None, at=at, actor=DESK)
    received_by = as_of - timedelta(days=LOOKED_INTO_DAYS)
    for complaint_id, kind, agency in complaints.to_answer(received_by=received_by, limit=ANSWERED_A_DAY):
        outcome, root_cause, remedy, text = said.found(complaint_id, kind, is_of_agency=bool(agency))
        work_complaint.answer(
            complaint_id=complaint_id,
            turn=None,
            outcome=outcome,
            root_cause=root_cause,
            remedy=remedy,
            text=text,
            at=at,
            actor=DESK,
        )
