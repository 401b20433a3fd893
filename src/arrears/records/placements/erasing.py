"""Free notes of a placement, and the agency's own reference: deleted with the other notes about a person."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.placements.models import Placement
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms

BLANK = {"note_sealed": None, "end_note_sealed": None, "reference_sealed": None}


def _noted() -> QuerySet[Placement]:
    return Placement.objects.exclude(**BLANK)


ERASERS = (Eraser(retention_terms.NOTES, _noted, "case__person_id", BLANK),)
