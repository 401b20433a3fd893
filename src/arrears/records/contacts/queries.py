"""What was planned, sent, held, refused? Rows for a case's timeline, for one day's log, and for one contact.

Identity stays sealed: a contact point is shown masked, a text is not shown here at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Min, Q, QuerySet
from django.utils.translation import gettext, pgettext

from arrears.records.cases.queries import Viewer
from arrears.records.contacts import counts, dialled, sealed, seen
from arrears.records.contacts.models import Channel, Contact, ContactEvent, ContactStatus, OutsideContact
from arrears.records.contacts.outbox import NoSuchContact
from arrears.records.people import queries as people
from arrears.rules import cases as machines

#: Held is not a status: the gate put a contact off at least once, whatever became of it since (`counts.held`).
HELD = "HELD"
#: Nor is this: it left the house and is not known to have failed.
WENT_OUT = "WENT_OUT"
#: How a contact ends that reached nobody.
UNDONE = (ContactStatus.REFUSED, ContactStatus.FAILED, ContactStatus.EXPIRED, ContactStatus.CANCELLED)


@dataclass(frozen=True)
class ContactRow:
    """One contact, frozen for a page."""

    contact_id: str
    case_id: str
    customer_id: str
    channel: str
    channel_label: str
    purpose_label: str
    is_to_help: bool  # a call or visit of ours to help the person, which collects nothing
    relation_label: str
    status: str
    status_label: str
    outcome: str
    template: str
    template_version: str
    language: str
    rule_number: int
    reason: str
    facts: dict[str, Any]
    as_of: date
    planned_for: datetime
    not_before: datetime
    expires_at: datetime
    sent_at: datetime | None
    closed_at: datetime | None
    timezone: str
    vendor: str
    vendor_ref: str
    parts: int
    actor: str
    point_masked: str
    overruled: tuple[str, ...]  # guidance that somebody overruled for it, by its rules
    words: str  # what stands sealed: TEXT, REPLY, NOTE; blank when nothing does

    @property
    def companion(self) -> str:
        """The second colleague of a visit; blank otherwise."""
        return str(self.facts.get("companion", ""))

    @property
    def is_visit(self) -> bool:
        return self.channel == Channel.VISIT

    @property
    def is_asked_for(self) -> bool:
        """Was a switchboard asked for this call, and has not answered?"""
        return self.vendor_ref == dialled.ASKED

    @property
    def is_planned(self) -> bool:
        return self.status == ContactStatus.PLANNED

    @property
    def is_held(self) -> bool:
        return self.is_planned and self.not_before > self.planned_for

    @property
    def was_put_off(self) -> bool:
        return self.not_before > self.planned_for

    @property
    def is_in_doubt(self) -> bool:
        return self.status == ContactStatus.IN_DOUBT

    @property
    def at(self) -> datetime:
        """When it happened, or when it was planned for."""
        return self.sent_at or self.closed_at or self.planned_for


def contacts_of_case(case_id: str, customer_id: str, *, before: datetime | None = None, limit: int) -> list[ContactRow]:
    """The newest contacts of a case already accessed, by planned time; with them what its person was told or said
    outside any case: reminders before it opened, and replies, which name no case."""
    found = []
    for whose in (Q(case_id=case_id), Q(person_id=customer_id, case=None)):
        contacts = Contact.objects.filter(whose)
        if before:
            contacts = contacts.filter(planned_for__lt=before)
        found += rows_of(contacts.order_by("-planned_for", "contact_id")[:limit])
    return sorted(found, key=lambda row: row.planned_for, reverse=True)[:limit]


def made_with(
    customer_id: str, *, since: datetime, until: datetime, always: Collection[str], limit: int
) -> list[ContactRow]:
    """What was made with a person in a period [since, until], the newest first; `always` names some beside it."""
    theirs = Contact.objects.filter(person_id=customer_id)
    within = Q(status__in=ContactStatus.happened(), sent_at__range=(since, until))
    named = rows_of(theirs.filter(pk__in=list(always)).order_by("-sent_at", "contact_id"))
    return named + rows_of(
        theirs.filter(within).exclude(pk__in=list(always)).order_by("-sent_at", "contact_id")[:limit]
    )


def planned_of_person(customer_id: str, *, at: datetime) -> list[ContactRow]:
    """What is still to come for a person, the soonest first; what has lost its sense by now is not."""
    planned = Contact.objects.filter(person_id=customer_id, status=ContactStatus.PLANNED, expires_at__gt=at)
    return rows_of(planned.order_by("not_before", "-priority")[:10])


def under_way(case_id: str) -> list[ContactRow]:
    """Calls and visits cleared by the gate whose outcome nobody has told yet."""
    cleared = Contact.objects.filter(case_id=case_id, channel__in=sealed.SPOKEN, status=ContactStatus.SENDING)
    return rows_of(cleared.order_by("planned_for")[:10])


@dataclass(frozen=True)
class OutsideRow:
    """A contact that the lender made without us; `channel_label` is the tape's own word where we have none."""

    at: datetime
    channel: str
    channel_label: str
    outcome: str


def outside_of_person(customer_id: str, *, before: datetime | None = None, limit: int) -> list[OutsideRow]:
    """What the tape tells of a person's contacts with the lender itself, the newest first."""
    told = OutsideContact.objects.filter(person_id=customer_id)
    if before:
        told = told.filter(at__lt=before)
    labels = dict(Channel.choices)
    return [
        OutsideRow(row.at, row.channel, str(labels.get(row.channel, row.channel)), row.outcome)
        for row in told.order_by("-at", "channel")[:limit]
    ]


def newest_day() -> date | None:
    """The last business day that has contacts."""
    return Contact.objects.order_by("-as_of").values_list("as_of", flat=True).first()


def log_of_day(
    viewer: Viewer,
    as_of: date,
    *,
    status: str = "",
    channel: str = "",
    after: tuple[datetime, str] | None = None,
    size: int,
) -> list[ContactRow]:
    """A day's contacts, the latest planned first; one row past `size` tells that there is more."""
    contacts = _in_status(Contact.objects.filter(seen.by(viewer), as_of=as_of), status)
    if channel:
        contacts = contacts.filter(channel=channel)
    if after:
        at, contact_id = after
        contacts = contacts.filter(Q(planned_for__lt=at) | Q(planned_for=at, contact_id__gt=contact_id))
    return rows_of(contacts.order_by("-planned_for", "contact_id")[: size + 1])


def access(viewer: Viewer, contact_id: str) -> ContactRow:
    """One contact, if the viewer may see it; raises NoSuchContact."""
    return _only(contact_id, Contact.objects.filter(seen.by(viewer), contact_id=contact_id))


def one(contact_id: str) -> ContactRow:
    """One contact, for a deed whose caller has accessed it; raises NoSuchContact."""
    return _only(contact_id, Contact.objects.filter(contact_id=contact_id))


def _only(contact_id: str, contacts: QuerySet[Contact]) -> ContactRow:
    found = rows_of(contacts)
    if not found:
        raise NoSuchContact(contact_id=contact_id)
    return found[0]


def events_of(contact_id: str) -> list[ContactEvent]:
    """Each change of a contact's status, the first first."""
    return list(ContactEvent.objects.filter(contact_id=contact_id).order_by("at", "id"))


def ends_of(contact_ids: Iterable[str]) -> dict[str, str]:
    """With which code contacts ended that never went out or failed: the vendor's word, or ours."""
    ends = ContactEvent.objects.filter(contact_id__in=list(contact_ids), after__in=UNDONE).exclude(reason="")
    return dict(ends.order_by("at", "id").values_list("contact_id", "reason"))


#: No step of `rules.cases.CONTACT` leads out of these: while a day is watched, their number never falls.
TRIED = ("SENT", "DELIVERED", "DONE", "FAILED", "IN_DOUBT")


def tried_on(as_of: date) -> int:
    """How many of a day's contacts were tried, those that failed since among them; cheap enough for every second."""
    return Contact.objects.filter(as_of=as_of, status__in=TRIED).exclude(initiated_by="BORROWER").count()


def in_doubt_count() -> int:
    """How many contacts wait for a vendor's or a person's word."""
    return Contact.objects.filter(status=ContactStatus.IN_DOUBT).count()


def waiting(*, at: datetime) -> tuple[int, datetime | None]:
    """How many contacts are planned for later than a moment, and when the first of them may go; None where none is."""
    later = Contact.objects.filter(status=ContactStatus.PLANNED, not_before__gt=at)
    found = later.aggregate(count=Count("pk"), first=Min("not_before"))
    return found["count"], found["first"]


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters of the log offer."""
    return {
        "statuses": [(str(value), str(label)) for value, label in ContactStatus.choices],
        "channels": [(str(value), str(label)) for value, label in Channel.choices],
    }


def status_label(status: str, channel: str) -> str:
    """A status in words; a cleared call or visit is not being sent, but under way until somebody tells how it went."""
    is_spoken = status == ContactStatus.SENDING and channel in sealed.SPOKEN
    return gettext("Under way") if is_spoken else str(ContactStatus(status).label)


def _in_status(contacts: QuerySet[Contact], status: str) -> QuerySet[Contact]:
    if status == HELD:
        return counts.held(contacts)
    if status == WENT_OUT:
        return _gone_out(contacts)
    return contacts.filter(status=status) if status else contacts


def _gone_out(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    gone = contacts.filter(status__in=[status for status, fate in counts.FATES.items() if fate == "sent"])
    return gone.exclude(initiated_by="BORROWER")


def rows_of(contacts: QuerySet[Contact]) -> list[ContactRow]:
    """Frozen rows of some contacts, in their order."""
    has_words = ExpressionWrapper(Q(text_sealed__isnull=False), output_field=BooleanField())
    chosen = contacts.select_related("contact_point").defer("text_sealed").annotate(has_words=has_words)
    return [_row(contact, has_words=contact.has_words) for contact in chosen]


def _row(contact: Contact, *, has_words: bool) -> ContactRow:
    point = contact.contact_point
    is_to_help = contact.purpose == machines.HELPING and contact.channel in sealed.SPOKEN
    words = sealed.what_words(channel=contact.channel, initiated_by=contact.initiated_by) if has_words else ""
    return ContactRow(
        contact_id=contact.contact_id,
        case_id=contact.case_id or "",
        customer_id=contact.person_id,
        channel=contact.channel,
        channel_label=contact.get_channel_display(),
        purpose_label=pgettext("purpose", "Help") if is_to_help else contact.get_purpose_display(),
        is_to_help=is_to_help,
        relation_label=contact.get_relation_display(),
        status=contact.status,
        status_label=status_label(contact.status, contact.channel),
        outcome=contact.outcome,
        template=contact.template,
        template_version=contact.template_version,
        language=contact.language,
        rule_number=contact.rule_number,
        reason=contact.reason,
        facts=contact.facts,
        as_of=contact.as_of,
        planned_for=contact.planned_for,
        not_before=contact.not_before,
        expires_at=contact.expires_at,
        sent_at=contact.sent_at,
        closed_at=contact.closed_at,
        timezone=contact.timezone,
        vendor=contact.vendor,
        vendor_ref=contact.vendor_ref,
        parts=contact.parts,
        actor=contact.actor,
        point_masked=people.value_masked(point) if point else "",
        overruled=tuple(contact.overruled),
        words=words,
    )
