"""Put a legal step on record, with its case event and its audit row, in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import operations as cases
from arrears.records.matters.models import LegalStep

KIND = "legal.step"


class StepDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "step_differs"
    message = "The legal step {step_id} is known with other content."


@transaction.atomic
def record_step(
    *,
    step_id: str,
    case_id: str,
    kind: str,
    is_pending: bool,
    taken_on: date,
    body: str,
    reference: str,
    claim_minor: int | None,
    currency: str,
    note: str,
    next_on: date | None,
    at: datetime,
    actor: str,
) -> bool:
    """Append one step; False when the very same one is there. Raises StepDiffers."""
    cases.lock(case_id)
    facts = {"case_id": case_id, "kind": kind, "taken_on": taken_on, "body": body, "reference": reference}
    facts |= {"claim_minor": claim_minor, "next_on": next_on}
    known = LegalStep.objects.filter(step_id=step_id).first()
    if known is not None:
        if any(getattr(known, name) != value for name, value in facts.items()):
            raise StepDiffers(step_id=step_id)
        return False
    LegalStep.objects.create(
        step_id=step_id,
        is_pending=is_pending,
        currency=currency,
        note=note,
        recorded_at=at,
        recorded_by=actor,
        **facts,
    )
    data = {"step_id": step_id, "taken_on": taken_on.isoformat()}
    cases.record_event(case_id=case_id, kind=KIND, at=at, actor=actor, after=kind, data=data)
    audit.record(KIND, subject=case_id, actor=actor, at=at, after=kind, **data)
    return True
