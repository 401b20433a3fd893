"""Take a person off the stop list by hand: they may be contacted again, within the rules.

Called by the console. What leaves somebody alone for a complaint ends with its answer, and not before.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import take_complaint
from arrears.kernel.errors import Refusal
from arrears.records.complaints import operations as complaints
from arrears.records.complaints import queries as known
from arrears.records.compliance import operations as compliance
from arrears.records.compliance import stops


class ComplaintIsOpen(Refusal):
    code = "complaint_is_open"
    message = "Stop {stop_id} holds for a complaint that is not answered yet."


@transaction.atomic
def lift_stop(*, stop_id: int, at: datetime, actor: str) -> None:
    """End a stop at a moment.

    raises : ComplaintIsOpen; compliance.UnableToLift when it does not hold then
    """
    customer_id, reason = stops.of_whom(stop_id)
    if reason == take_complaint.REASON:
        complaints.lock_person(customer_id)  # none comes in beside this
        if known.is_any_open(customer_id):
            raise ComplaintIsOpen(stop_id=stop_id)
    compliance.lift(stop_id=stop_id, at=at, actor=actor)
