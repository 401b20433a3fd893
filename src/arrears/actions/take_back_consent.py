"""A person takes a consent back: from this moment no rule is lifted by it, and how they said so is heard.

Called by the console and by the synthetic lender's days.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import hear_person
from arrears.records.compliance import consents


@transaction.atomic
def take_back(*, consent_id: str, note: str, at: datetime, actor: str) -> None:
    """Withdraw a consent; note : how the person said so, without identity.

    raises : consents.NoSuchConsent, UnableToWithdraw
    """
    customer_id = consents.withdraw(consent_id=consent_id, note=note, at=at, actor=actor)
    hear_person.heed_note(note, customer_id=customer_id, at=at, actor=actor)
