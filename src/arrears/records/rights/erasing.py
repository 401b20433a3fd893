"""What a person wrote to us about their data, what was corrected, why they were under hold: each goes with its kind."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.privacy.erasing import Eraser
from arrears.records.rights.models import Correction, LegalHold, SubjectRequest
from arrears.rules import rights as machines
from arrears.rules.compliance import retention_terms

WORDLESS = {"text_sealed": None, "note_sealed": None}
NOTELESS = {"note_sealed": None, "lift_note_sealed": None}


def _worded() -> QuerySet[SubjectRequest]:
    """Those of an open one too: of its person nothing is deleted meanwhile, but what it asks to be deleted itself."""
    return SubjectRequest.objects.exclude(**WORDLESS)


def _noted() -> QuerySet[LegalHold]:
    """While a hold stands nothing of its person is deleted at all."""
    return LegalHold.objects.filter(status=machines.LIFTED).exclude(**NOTELESS)


ERASERS = (
    Eraser(retention_terms.COMPLAINTS, _worded, "person_id", WORDLESS),
    Eraser(retention_terms.NOTES, _noted, "person_id", NOTELESS),
    Eraser(retention_terms.IDENTITY, Correction.objects.all, "person_id"),
)
