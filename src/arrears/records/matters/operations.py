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


def is_on_record(
    *,
    step_id: str,
    case_id: str,
    kind: str,
    taken_on: date,
    body: str,
    reference: str,
    claim_minor: int | None,
    next_on: date | None,
) -> bool:
    """Was this very step put on record before? Raises StepDiffers when another was under its identifier."""
    facts = (case_id, kind, taken_on, body, reference, claim_minor, next_on)
    known = LegalStep.objects.filter(step_id=step_id)
    found = known.values_list("case_id", "kind", "taken_on", "body", "reference", "claim_minor", "next_on").first()
    if found not in (None, facts):
        raise StepDiffers(step_id=step_id)
    return found is not None


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
) -> None:
    """Append one step that is not there yet, see `is_on_record`."""
    LegalStep.objects.create(
        step_id=step_id,
        case_id=case_id,
        kind=kind,
        is_pending=is_pending,
        taken_on=taken_on,
        body=body,
        reference=reference,
        claim_minor=claim_minor,
        currency=currency,
        note=note,
        next_on=next_on,
        recorded_at=at,
        recorded_by=actor,
    )
    data = {"step_id": step_id, "taken_on": taken_on.isoformat()}
    cases.record_event(case_id=case_id, kind=KIND, at=at, actor=actor, after=kind, data=data)
    audit.record(KIND, subject=case_id, actor=actor, at=at, after=kind, **data)
