"""The free note of a decision on a write-off: deleted with the other notes; what was written off, and why, stays."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.privacy.erasing import Eraser
from arrears.records.writeoffs.models import WriteOff
from arrears.rules.compliance import retention_terms


def _noted() -> QuerySet[WriteOff]:
    return WriteOff.objects.filter(note_sealed__isnull=False)


ERASERS = (Eraser(retention_terms.NOTES, _noted, "case__person_id", {"note_sealed": None}),)
