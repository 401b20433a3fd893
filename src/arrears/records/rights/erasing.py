"""What a person wrote to us about their data, and what was corrected: both go with the kind they belong to."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.privacy.erasing import Eraser
from arrears.records.rights.models import Correction, SubjectRequest
from arrears.rules import rights as machines
from arrears.rules.compliance import retention_terms


def _worded() -> QuerySet[SubjectRequest]:
    return SubjectRequest.objects.filter(text_sealed__isnull=False, status__in=machines.ENDED)


ERASERS = (
    Eraser(retention_terms.COMPLAINTS, _worded, "person_id", {"text_sealed": None}),
    Eraser(retention_terms.IDENTITY, Correction.objects.all, "person_id"),
)
