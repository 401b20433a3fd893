"""What was written with events: deleted with the other notes about a person. The events stay, with their marks."""

from __future__ import annotations

from arrears.records.audit.models import Words
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms

ERASERS = (Eraser(retention_terms.NOTES, Words.objects.all, "customer_id"),)
