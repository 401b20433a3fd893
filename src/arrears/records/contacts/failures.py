"""Which contacts failed, where did they go, and how often in a row did that place fail?

Read by `actions.mark_dead_numbers`. A failure's code is the reason of its event, as the vendor said it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.records import bulk
from arrears.records.contacts.models import Contact, ContactEvent, ContactStatus


@dataclass(frozen=True, slots=True)
class Failed:
    """A contact that failed: by which vendor, and whom it was to reach where."""

    contact_id: str
    vendor: str
    customer_id: str
    case_id: str | None
    contact_point_id: str


def of(contact_ids: Sequence[str]) -> list[Failed]:
    """Those of the contacts that went to a number or address and stand as failed, by person."""
    found: list[Failed] = []
    for piece in bulk.keys_in_pieces(contact_ids):
        mine = Contact.objects.filter(contact_id__among=piece, status=ContactStatus.FAILED, contact_point__isnull=False)
        columns = ("contact_id", "vendor", "person_id", "case_id", "contact_point_id")
        found += [Failed(*row) for row in mine.values_list(*columns)]
    return sorted(found, key=lambda one: (one.customer_id, one.contact_id))


def in_a_row(contact_point_id: str) -> list[tuple[datetime, str, str]]:
    """(moment, vendor, code) of each failure there since a message arrived, a call rang or a visit was made."""
    ends = (ContactStatus.DELIVERED, ContactStatus.DONE, ContactStatus.FAILED)
    events = ContactEvent.objects.filter(contact__contact_point_id=contact_point_id, after__in=ends)
    failures: list[tuple[datetime, str, str]] = []
    for after, *failure in events.order_by("at", "id").values_list("after", "at", "contact__vendor", "reason"):
        if after == ContactStatus.FAILED:
            failures.append((failure[0], failure[1], failure[2]))
        else:
            failures.clear()
    return failures
