"""Which calls was a switchboard asked for, and under which of its references? It stands where vendors' references do.

Written by `actions.dial_call` alone: each change is conditional, so of two who ask at once one dials.
"""

from __future__ import annotations

from arrears.records.contacts.models import Channel, Contact, ContactStatus

#: The switchboard was asked and has not answered (yet).
ASKED = "asked"


def ask(contact_id: str) -> bool:
    """Note that the switchboard is about to be asked; False when it was already, or the call is not under way."""
    found = Contact.objects.filter(contact_id=contact_id, channel=Channel.CALL, status=ContactStatus.SENDING)
    return found.filter(vendor_ref="").update(vendor_ref=ASKED) == 1


def place(contact_id: str, reference: str) -> None:
    """It has begun, under a reference of the switchboard's."""
    Contact.objects.filter(contact_id=contact_id, vendor_ref=ASKED).update(vendor_ref=reference)


def give_up(contact_id: str) -> None:
    """The switchboard would not: nobody was rung."""
    Contact.objects.filter(contact_id=contact_id, vendor_ref=ASKED).update(vendor_ref="")


def reference_of(contact_id: str) -> str:
    """The switchboard's reference of a call, ASKED while it has not answered, blank when it was not asked."""
    return Contact.objects.filter(contact_id=contact_id).values_list("vendor_ref", flat=True).first() or ""
