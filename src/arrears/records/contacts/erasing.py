"""What was said, and to which number: what is left of a contact is that it was made, when, why and how it ended."""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.contacts.models import Contact, Transcript
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms


def _worded() -> QuerySet[Contact]:
    return Contact.objects.filter(text_sealed__isnull=False)


def _referred() -> QuerySet[Contact]:
    """What a vendor calls a call or a message: under that name it may keep a recording, or the number."""
    return Contact.objects.exclude(vendor_ref="")


def _pointed() -> QuerySet[Contact]:
    return Contact.objects.filter(contact_point__isnull=False)


ERASERS = (
    Eraser(retention_terms.WORDS, _worded, "person_id", {"text_sealed": None}),
    Eraser(retention_terms.RECORDINGS, Transcript.objects.all, "contact__person_id"),
    Eraser(retention_terms.RECORDINGS, _referred, "person_id", {"vendor_ref": ""}),
    Eraser(retention_terms.CONTACT_POINTS, _pointed, "person_id", {"contact_point": None}),
)
