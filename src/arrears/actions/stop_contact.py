"""Put a person on the stop list and let go of what is planned for them, in one transaction.

Called by the API and the console. A stop of one channel or with an end leaves the plan to the gate, which judges each
contact again when its time comes; a stop of everything cancels it now. While the whole person is left alone there is
no work that reaches them either, and what an agency has of them is to be recalled. Where they may harm themselves, a
colleague is asked at once to care for them, and again each time that it is told. Who threatens our people is not
visited, on which a supervisor is asked to decide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import finishing, heard
from arrears.records.cases import operations as cases
from arrears.records.cases import queries as known
from arrears.records.compliance import operations as compliance
from arrears.records.compliance import stops
from arrears.records.compliance.models import StopReason
from arrears.records.contacts import operations as contacts
from arrears.records.people import queries as people
from arrears.records.placements import operations as placements
from arrears.rules import cases as machines


class StopEndsBeforeItBegins(InvalidInput):
    code = "stop_ends_before_it_begins"
    message = "The stop would end at {to_at}, before it begins."


class PointMissing(InvalidInput):
    """A wrong number is never the person's fault: it stops the number alone, which must be named and theirs."""

    code = "point_missing"
    message = "Contact point {contact_point_id!r} is not one of {customer_id} to stop."


#: Reason → what a colleague is asked to do, before all other work.
ASKS_FOR = {StopReason.SELF_HARM.value: "CARE", StopReason.STAFF_SAFETY.value: "SAFETY"}
FIRST = 1_000_000
#: Reason → what the person must have told (`rules.resistance`).
SIGNAL = {StopReason.SELF_HARM.value: "SELF_HARM", StopReason.STAFF_SAFETY.value: "THREAT"}


@dataclass(frozen=True)
class Stopped:
    """is_new False: the same stop held already. placements_to_recall : what agencies have of a person left alone.

    channel, contact_point_id : of what is stopped; blank = any
    """

    customer_id: str
    is_new: bool
    contacts_cancelled: int
    work_cancelled: int = 0
    placements_to_recall: int = 0
    channel: str = ""
    contact_point_id: str = ""


@transaction.atomic
def stop_contact(
    *,
    customer_id: str,
    reason: str,
    at: datetime,
    actor: str,
    channel: str = "",
    contact_point_id: str = "",
    to_at: datetime | None = None,
) -> Stopped:
    """Stop contact with a person from `at` on.

    reason  : compliance StopReason
    channel, contact_point_id : blank = any; for the safety of our people it is visits alone, wherever they live, and
              who may harm themselves is left alone everywhere, until somebody lifts it: what else is said is not heeded
    to_at   : the end, later than `at`; None = until lifted
    returns : Stopped
    raises  : StopEndsBeforeItBegins, PointMissing; compliance.UnknownStopReason, UnableToStop when there is no such
              person
    """
    if reason == StopReason.STAFF_SAFETY:
        channel, contact_point_id = "VISIT", ""
    if reason == StopReason.SELF_HARM:
        channel, contact_point_id, to_at = "", "", None
    if to_at is not None and to_at <= at:
        raise StopEndsBeforeItBegins(to_at=to_at.isoformat())
    theirs = {row.contact_point_id for row in people.points_of(customer_id)} if contact_point_id else set()
    if contact_point_id not in theirs if contact_point_id else reason == StopReason.WRONG_NUMBER:
        raise PointMissing(contact_point_id=contact_point_id[:32], customer_id=customer_id)
    is_new = compliance.stop(
        customer_id=customer_id,
        reason=reason,
        at=at,
        actor=actor,
        channel=channel,
        contact_point_id=contact_point_id,
        to_at=to_at,
    )
    if reason in ASKS_FOR:
        _ask_colleague(customer_id, reason, at, actor)
    if channel or contact_point_id or not is_new:
        return Stopped(customer_id, is_new, 0, channel=channel, contact_point_id=contact_point_id)
    cancelled = contacts.cancel(customer_id=customer_id, reason=reason, at=at, actor=actor) if to_at is None else []
    put_aside = finishing.cancel_open_work_of_person(
        customer_id=customer_id, kinds=machines.REACHING, note=reason, at=at, actor=actor
    )
    to_recall = placements.ask_back(customer_id=customer_id, at=at, actor=actor)
    return Stopped(customer_id, is_new, len(cancelled), put_aside, to_recall)


def ask_in_new_cases(case_ids: Collection[str], *, at: datetime, actor: str) -> None:
    """Ask what could not be asked yet: who was stopped for a danger before they had a case has one now.

    case_ids : opened just now; call it in the transaction that opens them. Twice the same is once
    """
    for reason, kind in ASKS_FOR.items():
        theirs = known.open_of_people(stops.at_risk(reason=reason))
        opened = {one: ids for one, ids in theirs.items() if ids & {*case_ids}}
        for customer_id in opened.keys() - heard.care_of(opened, kinds=(kind,)).keys():
            for case_id in sorted(opened[customer_id]):
                data = {"stops": reason == StopReason.SELF_HARM, "signals": [SIGNAL[reason]]}
                cases.record_event(case_id=case_id, kind=heard.KIND, at=at, actor=actor, data=data)
            _ask_colleague(customer_id, reason, at, actor)


def _ask_colleague(customer_id: str, reason: str, at: datetime, actor: str) -> None:
    kind, on = ASKS_FOR[reason], clock.business_date(at, settings.LENDER_ZONE)
    for case_id in known.cases_to_tell(customer_id):
        cases.open_work(case_id=case_id, kind=kind, on=on, priority=FIRST, reason=reason, at=at, actor=actor)
