"""What was complained of and what we answered: what is left is that there was a complaint, of which kind, how it ended.

One that was never answered keeps its words: while it is open nothing of its person is deleted.
"""

from __future__ import annotations

from django.db.models import QuerySet

from arrears.records.complaints.models import Complaint
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms


def _worded() -> QuerySet[Complaint]:
    return Complaint.objects.exclude(content_mark="")


def of_nobody() -> QuerySet[Complaint]:
    """Those that ended and still have words, and nobody knows whom they concern: no person's end takes them along."""
    return _worded().filter(person=None, ended_on__isnull=False)


SEALED = ("text_sealed", "answer_sealed", "regulator_sealed", "reference_sealed")
BLANK = {**dict.fromkeys(SEALED), "content_mark": ""}
ERASERS = (Eraser(retention_terms.COMPLAINTS, _worded, "person_id", BLANK),)
