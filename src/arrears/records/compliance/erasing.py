"""Consents, and the note of a quality check's decision; what the check found in our words stays."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.compliance.models import Consent, Flag
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms


def _noted() -> QuerySet[Flag]:
    return Flag.objects.filter(note_sealed__isnull=False)


ERASERS = (
    Eraser(retention_terms.NOTES, _noted, "customer_id", {"note_sealed": None}),
    Eraser(retention_terms.CONSENTS, Consent.objects.all, "person_id"),
)
