"""Which calls did the gate clear whose outcome nobody has told? They count against the caps until somebody does.

Read by the console's work page and by `actions.contact_call`; it moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from arrears.records.cases import queries as cases
from arrears.records.contacts import queries
from arrears.records.contacts.models import Channel, Contact, ContactStatus
from arrears.records.contacts.queries import ContactRow, NoSuchContact
from arrears.records.contacts.sealed import OWN_STAFF
from arrears.rules import cases as machines

#: Longer than a call lasts: after it the outcome was forgotten, not awaited.
CALL_LASTS = timedelta(minutes=30)
SHOWN_MAX = 100


@dataclass(frozen=True)
class Untold:
    """One call that is under way, or was and is not told. is_late: it cannot be under way any more."""

    call: ContactRow
    is_mine: bool
    is_late: bool


def calls(viewer: cases.Viewer, *, at: datetime) -> list[Untold]:
    """The viewer's own untold calls, the oldest first; a supervisor's list holds everybody's."""
    under_way = _concerning(viewer).filter(status=ContactStatus.SENDING, vendor=OWN_STAFF)
    rows = queries.rows_of(under_way.order_by("sent_at", "contact_id")[:SHOWN_MAX])
    mine = _actor(viewer)
    return [Untold(row, row.actor == mine, at - row.at >= CALL_LASTS) for row in rows]


def access(viewer: cases.Viewer, contact_id: str) -> ContactRow:
    """A call that the viewer was cleared for, or any as a supervisor, of a case that they may see.

    raises : NoSuchContact
    """
    found = queries.rows_of(_concerning(viewer).filter(contact_id=contact_id))
    if not found:
        raise NoSuchContact(contact_id=contact_id)
    return found[0]


def cleared_for(contact_id: str) -> str:
    """The colleague whom the gate cleared for a call; raises NoSuchContact."""
    found = Contact.objects.filter(contact_id=contact_id, channel=Channel.CALL).values_list("actor", flat=True).first()
    if found is None:
        raise NoSuchContact(contact_id=contact_id)
    return found


def is_call_untold(case_id: str) -> bool:
    """Is a call of this case under way, or not told?"""
    return _calls(case_id).filter(status=ContactStatus.SENDING).exists()


def attempts(case_id: str, *, since: date) -> int:
    """How many calls of a case were dialled and told since a date of the borrower's."""
    told = _calls(case_id).filter(local_on__gte=since, status__in=[ContactStatus.DONE, ContactStatus.FAILED])
    return told.exclude(outcome=machines.NOT_DIALLED).count()


def _calls(case_id: str) -> QuerySet[Contact]:
    return Contact.objects.filter(case_id=case_id, channel=Channel.CALL)


def _concerning(viewer: cases.Viewer) -> QuerySet[Contact]:
    seen = Contact.objects.filter(Q(case=None) | Q(case__in=cases.visible(viewer)), channel=Channel.CALL)
    return seen if viewer.role == "SUPERVISOR" else seen.filter(actor=_actor(viewer))


def _actor(viewer: cases.Viewer) -> str:
    return f"user:{viewer.pk}"
