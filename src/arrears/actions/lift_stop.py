"""Take a person off the stop list by hand: they may be contacted again, within the rules.

Called by the console. What leaves somebody alone for a complaint ends with its answer, and not before.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import take_complaint, work_complaint
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.kernel.unseen import is_blank
from arrears.records.cases import heard
from arrears.records.complaints import operations as complaints
from arrears.records.compliance import operations as compliance
from arrears.records.compliance import stops
from arrears.records.compliance.models import StopReason
from arrears.records.contacts import outbox
from arrears.rules import reveals

#: What supervisors lift, beside the compliance desk: whether our people are in danger is theirs to judge.
OF_SUPERVISORS = StopReason.STAFF_SAFETY.value


class ComplaintIsOpen(Refusal):
    code = "complaint_is_open"
    message = "Stop {stop_id} holds for a complaint that is not answered yet."


class NotTheirsToLift(Refusal):
    code = "not_theirs_to_lift"
    message = "Stop {stop_id} is lifted by the compliance desk."


class CareIsOpen(Refusal):
    """Somebody speaks with a person at risk, and says how it ended, before anybody presses them again."""

    code = "care_is_open"
    message = "Stop {stop_id} holds for a person at risk, and their care is not finished yet."


class CareNotTold(InvalidInput):
    """Who has no case could not be given to anybody to care for: whoever lifts their stop says what was done."""

    code = "care_not_told"
    message = "Nobody was asked to care for the person of stop {stop_id}: say what was done for them."


@transaction.atomic
def lift_stop(*, stop_id: int, at: datetime, actor: str, only: str = "", note: str = "") -> None:
    """End a stop at a moment.

    only   : the one reason that the actor may lift; blank = any
    note   : what was done for a person at risk in whose case nobody was asked to care; without identity
    raises : NotTheirsToLift, ComplaintIsOpen, CareIsOpen, CareNotTold, reveals.ReasonHoldsIdentity;
             compliance.UnableToLift when it does not hold then
    """
    kept = reveals.kept(note)
    customer_id, reason = stops.of_whom(stop_id)
    if only and reason != only:
        raise NotTheirsToLift(stop_id=stop_id)
    if reason == take_complaint.REASON:
        complaints.lock_person(customer_id)  # none comes in beside this
        if work_complaint.is_any_unanswered(customer_id):
            raise ComplaintIsOpen(stop_id=stop_id)
    if reason == StopReason.SELF_HARM:
        outbox.lock([customer_id])
        care = heard.care_of([customer_id]).get(customer_id)
        if care is not None and care.is_open:
            raise CareIsOpen(stop_id=stop_id)
        if care is None and is_blank(kept):
            raise CareNotTold(stop_id=stop_id)
    compliance.lift(stop_id=stop_id, at=at, actor=actor, note=kept)
