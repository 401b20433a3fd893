"""Delete what strangers wrote once its days are over, and say on record how much that was.

Called at the end of the newest night. The days are those of the retention duties in force; where none speaks of
strangers, nothing is deleted. There is nobody whose debt, case or legal hold could keep it longer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from arrears.actions import take_complaint
from arrears.actions.contact_gate import Gate
from arrears.records.audit import operations as audit
from arrears.records.contacts import strangers
from arrears.rules.compliance import retention_terms
from arrears.rules.compliance.packs import Duty


def term(gate: Gate, *, on: date) -> Duty | None:
    """The duty by which strangers' messages are kept on a day; None when no pack speaks of it."""
    return retention_terms.of_strangers(take_complaint.duties(gate), on=on)


@transaction.atomic
def forget(*, on: date, gate: Gate, at: datetime, actor: str) -> int:
    """Delete the messages whose days are over; returns how many. The event tells the counts and the rule."""
    duty = term(gate, on=on)
    if duty is None:
        return 0
    counts = strangers.forget(before=at - timedelta(days=retention_terms.stranger_days(duty)))
    if counts["messages"]:
        audit.record(
            "strangers.forgotten",
            subject=f"night:{on}",
            actor=actor,
            at=at,
            after=duty.rule_id,
            **dict[str, Any](counts),
        )
    return counts["messages"]
