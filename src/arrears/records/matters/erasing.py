"""Free notes of a legal step, before whom it is, and under which number: deleted with the other notes."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.matters.models import LegalStep
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms

BLANK = dict.fromkeys(("note_sealed", "back_reason_sealed", "body_sealed", "reference_sealed"))


def _noted() -> QuerySet[LegalStep]:
    return LegalStep.objects.exclude(**BLANK)


ERASERS = (Eraser(retention_terms.NOTES, _noted, "case__person_id", BLANK),)
