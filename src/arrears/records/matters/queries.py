"""Which legal steps were taken in a case, and which of them still holds? Frozen rows for the console and the night."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from arrears.records.matters.models import LegalStep
from arrears.records.privacy import words


@dataclass(frozen=True)
class StepRow:
    """One legal step, frozen for a page."""

    step_id: str
    case_id: str
    kind: str
    is_pending: bool
    taken_on: date
    body: str
    reference: str
    claim_minor: int | None
    currency: str
    note: str
    next_on: date | None
    recorded_at: datetime
    recorded_by: str
    back_at: datetime | None
    back_by: str
    back_reason: str


@dataclass(frozen=True)
class Standing:
    """Where the newest step of an open case has left it."""

    customer_id: str
    currency: str
    taken_on: date
    next_on: date | None
    is_pending: bool

    def rests(self, on: date) -> bool:
        """Is nothing for us to do on a day: it is before somebody, or its next date has not come?"""
        return self.next_on > on if self.next_on else self.is_pending


def of_case(case_id: str) -> list[StepRow]:
    """The steps of a case already accessed, the newest first."""
    return of_cases([case_id])


def of_cases(case_ids: Collection[str]) -> list[StepRow]:
    """The steps of some cases already accessed, the newest first."""
    found = LegalStep.objects.filter(case_id__in=case_ids).order_by("-taken_on", "-recorded_at")
    return [_row(step) for step in found]


def standings(case_id: str | None = None) -> list[Standing]:
    """The standing of each open case (or of one) in which a legal step was taken that was not taken back."""
    steps = LegalStep.objects.filter(case__status="OPEN", back_at__isnull=True).order_by("taken_on", "recorded_at")
    if case_id is not None:
        steps = steps.filter(case_id=case_id)
    rows = steps.values_list("case__person_id", "case__currency", "taken_on", "next_on", "is_pending")
    return list(
        {
            (customer_id, currency): Standing(customer_id, currency, *rest) for customer_id, currency, *rest in rows
        }.values()
    )


def mistaken(case_id: str | None = None) -> dict[tuple[str, str], datetime]:
    """(customer_id, currency) → when a step of the open case was taken back, where none was recorded since."""
    steps = LegalStep.objects.filter(case__status="OPEN")
    if case_id is not None:
        steps = steps.filter(case_id=case_id)
    newer = LegalStep.objects.filter(
        case_id=models.OuterRef("case_id"), back_at__isnull=True, recorded_at__gt=models.OuterRef("back_at")
    )
    back = steps.filter(back_at__isnull=False).exclude(models.Exists(newer)).order_by("back_at")
    rows = back.values_list("case__person_id", "case__currency", "back_at")
    return {(customer_id, currency): at for customer_id, currency, at in rows if at}


def taken(case_ids: Collection[str]) -> dict[str, tuple[int, date | None]]:
    """Of the cases in which a legal step stands: how many were, and the next date of the newest."""
    steps = LegalStep.objects.filter(case_id__in=case_ids, back_at__isnull=True).order_by(
        "case_id", "taken_on", "recorded_at"
    )
    found: dict[str, tuple[int, date | None]] = {}
    for case_id, next_on in steps.values_list("case_id", "next_on"):
        found[case_id] = (found.get(case_id, (0, None))[0] + 1, next_on)
    return found


def _row(step: LegalStep) -> StepRow:
    return StepRow(
        step_id=step.step_id,
        case_id=step.case_id,
        kind=step.kind,
        is_pending=step.is_pending,
        taken_on=step.taken_on,
        body=words.shown(step, "body_sealed"),
        reference=words.shown(step, "reference_sealed"),
        claim_minor=step.claim_minor,
        currency=step.currency,
        note=words.shown(step, "note_sealed"),
        next_on=step.next_on,
        recorded_at=step.recorded_at,
        recorded_by=step.recorded_by,
        back_at=step.back_at,
        back_by=step.back_by,
        back_reason=words.shown(step, "back_reason_sealed"),
    )
