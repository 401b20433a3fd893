"""Free notes of a legal step, and the number under which a court names the person: deleted with the other notes."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.matters.models import LegalStep
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms

BLANK = {"note_sealed": None, "back_reason_sealed": None, "reference_sealed": None}


def _noted() -> QuerySet[LegalStep]:
    return LegalStep.objects.exclude(**BLANK)


ERASERS = (Eraser(retention_terms.NOTES, _noted, "case__person_id", BLANK),)
