"""Put a legal step on record or take it back, with its case event and its audit row, in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import operations as cases
from arrears.records.matters.models import LegalStep
from arrears.records.privacy import words

KIND = "legal.step"
TAKEN_BACK = "legal.step_taken_back"


class StepDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "step_differs"
    message = "The legal step {step_id} is known with other content."


class NoSuchStep(NotFound):
    code = "no_such_step"
    message = "There is no legal step {step_id} in this case."


class UnableToTakeBack(Refusal):
    code = "unable_to_take_back"
    message = "The legal step {step_id} was taken back already."


class NoReason(InvalidInput):
    code = "reason_missing"
    message = "Why it is taken back must be said."


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
    found = LegalStep.objects.filter(step_id=step_id).first()
    if found is None:
        return False
    told = (words.opened(found, "body_sealed"), words.opened(found, "reference_sealed"))
    facts = (found.case_id, found.kind, found.taken_on, *told, found.claim_minor, found.next_on)
    if facts != (case_id, kind, taken_on, body, reference, claim_minor, next_on):
        raise StepDiffers(step_id=step_id)
    return True


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
        body_sealed=words.seal(LegalStep, "body_sealed", step_id, body),
        reference_sealed=words.seal(LegalStep, "reference_sealed", step_id, reference),
        claim_minor=claim_minor,
        currency=currency,
        note_sealed=words.seal(LegalStep, "note_sealed", step_id, note),
        next_on=next_on,
        recorded_at=at,
        recorded_by=actor,
    )
    data = {"step_id": step_id, "taken_on": taken_on.isoformat()}
    cases.record_event(case_id=case_id, kind=KIND, at=at, actor=actor, after=kind, data=data)
    audit.record(KIND, subject=case_id, actor=actor, at=at, after=kind, **data)


@transaction.atomic
def take_back(*, step_id: str, case_id: str, reason: str, at: datetime, actor: str) -> None:
    """Mark a step as recorded by mistake; it stays on record.

    raises : NoReason, NoSuchStep, UnableToTakeBack
    """
    if not reason.strip():
        raise NoReason
    mine = LegalStep.objects.filter(step_id=step_id, case_id=case_id)
    kind = mine.values_list("kind", flat=True).first()
    if kind is None:
        raise NoSuchStep(step_id=step_id)
    why = words.seal(LegalStep, "back_reason_sealed", step_id, reason.strip())
    if mine.filter(back_at__isnull=True).update(back_at=at, back_by=actor, back_reason_sealed=why) != 1:
        raise UnableToTakeBack(step_id=step_id)
    data = {"step_id": step_id}  # the reason stands at the step, where it can be deleted; an event never can
    cases.record_event(case_id=case_id, kind=TAKEN_BACK, at=at, actor=actor, before=kind, data=data)
    audit.record(TAKEN_BACK, subject=case_id, actor=actor, at=at, before=kind, after="", **data)
