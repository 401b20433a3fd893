"""Which calls and visits did the gate clear whose outcome nobody told? They count against the caps until it is told.

Read by the console's work page and by `actions.contact_call`; it moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from arrears.records.cases import queries as cases
from arrears.records.contacts import queries, seen
from arrears.records.contacts.models import Channel, Contact, ContactStatus
from arrears.records.contacts.queries import ContactRow, NoSuchContact
from arrears.records.contacts.sealed import OWN_STAFF, SPOKEN
from arrears.rules import cases as machines

#: Longer than one lasts, the way included: after it the outcome was forgotten, not awaited.
LASTS = {Channel.CALL: timedelta(minutes=30), Channel.VISIT: timedelta(hours=4)}
SHOWN_MAX = 100


@dataclass(frozen=True)
class Untold:
    """One call or visit that is under way, or was and is not told. is_late: it cannot be under way any more."""

    contact: ContactRow
    is_mine: bool
    is_late: bool


def under_way(viewer: cases.Viewer, *, at: datetime) -> list[Untold]:
    """The viewer's own untold calls and visits, the oldest first; a supervisor's list holds everybody's."""
    found = _concerning(viewer).filter(status=ContactStatus.SENDING, vendor=OWN_STAFF)
    rows = queries.rows_of(found.order_by("sent_at", "contact_id")[:SHOWN_MAX])
    mine = _actor(viewer)
    return [Untold(row, row.actor == mine, at - row.at >= LASTS[Channel(row.channel)]) for row in rows]


def access(viewer: cases.Viewer, contact_id: str, channel: str) -> ContactRow:
    """A call or visit that the viewer was cleared for or went along on, or any as a supervisor, of a case that they may
    see.

    raises : NoSuchContact
    """
    found = queries.rows_of(_concerning(viewer).filter(contact_id=contact_id, channel=channel))
    if not found:
        raise NoSuchContact(contact_id=contact_id)
    return found[0]


def may_tell(viewer: cases.Viewer, contact: ContactRow) -> bool:
    """Was the viewer there, or do they answer for those who were?"""
    went = {contact.actor, contact.companion}
    return _actor(viewer) in went or viewer.role == "SUPERVISOR"


def who_went(contact_id: str, channel: str) -> frozenset[str]:
    """The colleagues of a call or visit that the gate cleared; raises NoSuchContact."""
    found = Contact.objects.filter(contact_id=contact_id, channel=channel).values_list("actor", "facts").first()
    if found is None:
        raise NoSuchContact(contact_id=contact_id)
    actor, facts = found
    return frozenset({actor, *([facts["companion"]] if facts.get("companion") else [])})


def call_under_way(actor: str, *, at: datetime) -> str | None:
    """The person whom somebody has on the line: a call of theirs that is not told and may still last."""
    calls = Contact.objects.filter(actor=actor, channel=Channel.CALL, status=ContactStatus.SENDING, vendor=OWN_STAFF)
    lasting = calls.filter(sent_at__gt=at - LASTS[Channel.CALL])
    return lasting.order_by("-sent_at").values_list("person_id", flat=True).first()


def is_untold(case_id: str, channel: str) -> bool:
    """Is a call (a visit) of this case under way, or not told?"""
    return _of_case(case_id, channel).filter(status=ContactStatus.SENDING).exists()


def attempts(case_id: str, channel: str, *, since: date) -> int:
    """How many calls (visits) of a case were made and told since a date of the borrower's."""
    told = _of_case(case_id, channel).filter(local_on__gte=since, status__in=[ContactStatus.DONE, ContactStatus.FAILED])
    return told.exclude(outcome__in=[machines.NOT_DIALLED, machines.NOT_MADE]).count()


def _of_case(case_id: str, channel: str) -> QuerySet[Contact]:
    """Those to collect: whoever calls to help does other work."""
    return Contact.objects.filter(case_id=case_id, channel=channel).exclude(purpose=machines.HELPING)


def _concerning(viewer: cases.Viewer) -> QuerySet[Contact]:
    spoken = Contact.objects.filter(seen.by(viewer), channel__in=SPOKEN)
    mine = _actor(viewer)
    return spoken if viewer.role == "SUPERVISOR" else spoken.filter(Q(actor=mine) | Q(facts__companion=mine))


def _actor(viewer: cases.Viewer) -> str:
    return f"user:{viewer.pk}"
