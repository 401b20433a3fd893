"""Put a person under legal hold, and ask for the hold to be lifted: on record with why, and what that tells is heard.

Called by the console. What the second person decides wants no words, and is `records.rights.holds` alone.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import hear_person
from arrears.records.rights import holds
from arrears.records.rights.holds import Wanted


@transaction.atomic
def put(wanted: Wanted, *, at: datetime, actor: str) -> bool:
    """Set a hold; False when this very one stands already.

    raises : holds.NobodyToHold, UnknownHoldReason, HoldDiffers
    """
    is_new = holds.put(wanted, at=at, actor=actor)
    if is_new:
        hear_person.heed_note(wanted.note, customer_id=wanted.customer_id, at=at, actor=actor)
    return is_new


@transaction.atomic
def ask(*, hold_id: str, note: str, at: datetime, actor: str) -> None:
    """Ask for a hold to be lifted: a second person decides.

    raises : holds.NoSuchHold, UnableToMoveHold; transitions.NoSuchTransition
    """
    customer_id = holds.ask(hold_id=hold_id, note=note, at=at, actor=actor)
    hear_person.heed_note(note, customer_id=customer_id, at=at, actor=actor)
