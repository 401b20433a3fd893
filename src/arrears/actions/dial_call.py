"""Put a colleague through to the borrower of a call that the gate cleared, without showing them the number.

Called by the console right after the clearance. The number goes from the vault to the switchboard under the call's own
opaque reference; who dialled which contact point is on record. The intent is committed before the switchboard is asked,
so a call is dialled once: whoever is in doubt does not ask again. Where there is no switchboard, or it refuses, the
colleague may open the number for a written reason (`reveal_sealed.reveal_cleared`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from arrears.actions import contact_need
from arrears.actions.reveal_sealed import NotYourClearance, no_clearance
from arrears.channels.base import Accepted, Rejected, Result
from arrears.channels.dialling import Call, Dialler
from arrears.records.audit import operations as audit
from arrears.records.contacts import dialled, outbox, sealed
from arrears.records.people import sealed as people

PLACED, REFUSED, DOUBTFUL, NO_DIALLER = "PLACED", "REFUSED", "DOUBTFUL", "NO_DIALLER"
#: The audit trail's word for a call that a switchboard was asked for.
KIND = "call.dialled"


class StoppedSince(NotYourClearance):
    """The gate knew nothing of it when it cleared the call."""

    code = "stopped_since"
    message = "Contact with the person of contact {contact_id} was stopped since it was cleared."


@dataclass(frozen=True)
class Dialled:
    """what : PLACED under a reference, REFUSED, DOUBTFUL (it may ring) or NO_DIALLER"""

    what: str
    reference: str = ""


def dial(*, contact_id: str, dialler: Dialler | None, at: datetime, actor: str) -> Dialled:
    """Ask the switchboard for a call that is under way.

    returns : Dialled; asked twice, what is known of the first time, as long as nothing stops it
    raises  : NotYourClearance, StoppedSince; cipher.UnableToOpen
    """
    if dialler is None:
        return Dialled(NO_DIALLER)
    call = _intend(contact_id, at=at, actor=actor)
    if call is None:
        return known(contact_id)
    return _note(contact_id, dialler.dial(call, at=at), at=at, actor=actor)


@transaction.atomic
def _note(contact_id: str, answer: Result, *, at: datetime, actor: str) -> Dialled:
    """What the switchboard said, on record."""
    if isinstance(answer, Accepted):
        dialled.place(contact_id, answer.vendor_ref)
        came_to, facts = Dialled(PLACED, answer.vendor_ref), {"reference": answer.vendor_ref}
    elif isinstance(answer, Rejected):
        dialled.give_up(contact_id)
        came_to, facts = Dialled(REFUSED), {"code": answer.code}
    else:
        came_to, facts = Dialled(DOUBTFUL), {}
    audit.record(KIND, subject=contact_id, actor=actor, at=at, after=came_to.what, **facts)
    return came_to


def known(contact_id: str) -> Dialled:
    """What is known of a call that a switchboard was asked for; NO_DIALLER when none was, or it refused."""
    reference = dialled.reference_of(contact_id)
    if not reference:
        return Dialled(NO_DIALLER)
    return Dialled(DOUBTFUL) if reference == dialled.ASKED else Dialled(PLACED, reference)


@transaction.atomic
def _intend(contact_id: str, *, at: datetime, actor: str) -> Call | None:
    """The call to ask for, noted as asked for; None when it was before."""
    cleared = sealed.cleared(contact_id, actor=actor)
    if cleared is None or cleared.channel != "CALL":
        raise no_clearance(contact_id, actor=actor)
    outbox.lock([cleared.customer_id])  # whoever stops us now waits until the intent is down, or was first
    where = {"channel": "CALL", "contact_point_id": cleared.contact_point_id}
    if contact_need.is_stopped(cleared.customer_id, cleared.purpose, **where, at=at):
        raise StoppedSince(contact_id=contact_id)
    point = people.open_point(cleared.contact_point_id, customer_id=cleared.customer_id)
    if point is None:
        raise NotYourClearance(contact_id=contact_id)
    if not dialled.ask(contact_id):
        return None
    return Call(reference=contact_id, agent=actor, to=point.value)
