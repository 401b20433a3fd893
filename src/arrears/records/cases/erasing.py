"""Free notes of finished work and of events: deleted with the other notes about a person."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.cases.models import CaseEvent, WorkItem
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms


def _noted() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(note_sealed__isnull=False)


def _written() -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(words_sealed__isnull=False)


ERASERS = (
    Eraser(retention_terms.NOTES, _written, "case__person_id", {"words_sealed": None}),
    Eraser(retention_terms.NOTES, _noted, "case__person_id", {"note_sealed": None}),
)
