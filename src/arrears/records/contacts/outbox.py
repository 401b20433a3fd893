"""What the gate needs to know at the moment of sending: what is due, what this person has already been through.

Called by `actions.contact_*` inside their transaction. `claim` takes the people's rows for itself, so that whoever
counts a person's contacts is the only one who counts and sends; `lock` does the same for named people.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from arrears.kernel.errors import NotFound
from arrears.records import bulk
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.people.models import ContactPoint, Person
from arrears.rules.compliance.facts import Touch

#: On PostgreSQL other workers' people are passed over, and inserts that merely refer to a person do not wait.
CLAIM = """
SELECT c.contact_id, c.person_id FROM contacts_contact c JOIN people_person p ON p.customer_id = c.person_id
WHERE c.status = 'PLANNED' AND c.not_before <= %s AND c.channel = ANY(%s)
ORDER BY c.not_before, c.priority DESC, c.contact_id LIMIT %s FOR NO KEY UPDATE OF p SKIP LOCKED
"""
#: What is asked of every contact; see `bulk.select`.
HAPPENED = ", ".join(f"'{status}'" for status in ContactStatus.happened())
TOUCHES = f"""
SELECT person_id, contact_id, CAST(sent_at AS text), channel, outcome, relation, initiated_by, purpose, contact_point_id
FROM contacts_contact WHERE person_id {{ids}} AND local_on >= %s AND sent_at >= %s AND status IN ({HAPPENED})
"""  # noqa: S608 (statuses are our own)
TOUCHES_OF_OTHERS = f"""
SELECT person_id, contact_id, CAST(sent_at AS text), channel, outcome, relation, initiated_by, purpose, contact_point_id
FROM contacts_contact
WHERE person_id {{ids}} AND NOT (relation = 'SELF') AND sent_at >= %s AND sent_at < %s AND status IN ({HAPPENED})
"""  # noqa: S608 (the same)
OUTSIDE = """
SELECT person_id, CAST("at" AS text), channel, outcome FROM contacts_outsidecontact WHERE person_id {ids} AND "at" >= %s
"""
RESIDENTS = "SELECT customer_id, region_code, timezone, language FROM people_person WHERE customer_id {ids}"
RELATIONS = """
SELECT person_id, contact_point_id, relation FROM people_contactpoint
WHERE contact_point_id {ids} AND invalid_since IS NULL
"""
EXISTING = "SELECT contact_id FROM contacts_contact WHERE contact_id {ids}"

#: Which message of a day: customer_id, currency, template, channel.
MessageKey = tuple[str, str, str, str]


class NoSuchContact(NotFound):
    code = "no_such_contact"
    message = "There is no contact {contact_id}."


@dataclass(frozen=True, slots=True)
class Planned:
    """A claimed contact, as it stands now that its person is ours, with where it goes and who lives there."""

    contact_id: str
    customer_id: str
    case_id: str | None
    channel: str
    purpose: str
    template: str
    language: str
    facts: dict[str, object]
    expires_at: datetime
    contact_point_id: str
    relation: str
    sealed: bytes
    invalid_since: datetime | None
    region: str
    timezone: str
    overruled: frozenset[str]


def claim(*, at: datetime, channels: Collection[str], limit: int) -> tuple[list[Planned], bool]:
    """Due contacts, one a person, with their people locked until the transaction ends; and whether more may be due."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [at, list(channels), limit])
            pairs = cursor.fetchall()
    else:  # SQLite: the transaction is the only writer already
        due = Contact.objects.filter(status=ContactStatus.PLANNED, not_before__lte=at, channel__in=channels)
        pairs = list(due.order_by("not_before", "-priority").values_list("contact_id", "person_id")[:limit])
    first: dict[str, str] = {}
    for contact_id, customer_id in pairs:
        first.setdefault(customer_id, contact_id)
    return planned(list(first.values())), len(pairs) == limit


#: Columns of a claimed contact, of its person and of its point, in the order in which `_planned` takes them.
CLAIMED = (
    *("contact_id", "person_id", "case_id", "channel", "purpose", "template", "language", "facts", "expires_text"),
    "overruled",
    *("person__region_code", "person__timezone"),
    *("contact_point__contact_point_id", "contact_point__person_id", "contact_point__relation"),
    *("contact_point__value_sealed", "contact_point__invalid_since"),
)


def planned(contact_ids: Sequence[str]) -> list[Planned]:
    """These contacts as they stand now, those still planned; their rows locked where the database can."""
    rows: list[Planned] = []
    for piece in bulk.keys_in_pieces(contact_ids):
        mine = Contact.objects.filter(contact_id__among=piece, status=ContactStatus.PLANNED).order_by("contact_id")
        if connection.vendor == "postgresql":
            locked = mine.select_for_update(no_key=True, skip_locked=True).values_list("contact_id", flat=True)
            mine = Contact.objects.filter(contact_id__among=bulk.Keys(locked), status=ContactStatus.PLANNED)
        rows += _claimed(mine)
    return rows


def being_sent(contact_ids: Sequence[str], *, at: datetime) -> list[Planned]:
    """Those of these contacts that are still being sent and were not called off, as they stand now."""
    pieces = bulk.keys_in_pieces(contact_ids)
    wanted = (Contact.objects.filter(contact_id__among=piece, expires_at__gt=at) for piece in pieces)
    return [row for some in wanted for row in _claimed(some.filter(status=ContactStatus.SENDING))]


def _claimed(contacts: QuerySet[Contact]) -> list[Planned]:
    told = contacts.annotate(expires_text=bulk.as_text("expires_at"))
    return [_planned(*row) for row in told.values_list(*CLAIMED)]


def _planned(
    contact_id: str,
    customer_id: str,
    case_id: str | None,
    channel: str,
    purpose: str,
    template: str,
    language: str,
    facts: dict[str, object],
    expires_text: str,
    overruled: list[str],
    region: str,
    timezone: str,
    point: str | None,
    point_of: str | None,
    relation: str | None,
    sealed: bytes | None,
    invalid_since: datetime | None,
) -> Planned:
    ours = point is not None and point_of == customer_id
    return Planned(
        contact_id=contact_id,
        customer_id=customer_id,
        case_id=case_id,
        channel=channel,
        purpose=purpose,
        template=template,
        language=language,
        facts=facts,
        expires_at=bulk.moment(expires_text),
        contact_point_id=point or "" if ours else "",
        relation=relation or "" if ours else "",
        sealed=bytes(sealed or b"") if ours else b"",
        invalid_since=invalid_since,
        region=region,
        timezone=timezone,
        overruled=frozenset(overruled),
    )


def lock(customer_ids: Collection[str]) -> None:
    """Take people's rows until the transaction ends, in a fixed order; on SQLite the writer is alone already."""
    if connection.vendor == "postgresql":
        for piece in bulk.keys_in_pieces(sorted(customer_ids)):
            people = (
                Person.objects.filter(customer_id__among=piece).order_by("customer_id").select_for_update(no_key=True)
            )
            list(people.values_list("customer_id", flat=True))


def touches(
    customer_ids: Collection[str], *, since: datetime, others_since: datetime, but: Collection[str] = frozenset()
) -> dict[str, list[Touch]]:
    """What reached, or may have reached, these people since a moment, by person: from us or the lender itself.

    others_since : the same for contacts that were not, or perhaps not, with the borrower themselves
    but          : contacts that are left out

    The local date only helps the index; in whatever zone it was filed, it is at most two days before the moment's.
    """
    found: dict[str, list[Touch]] = {}
    filed_since = since.date() - timedelta(days=2)
    rows = bulk.select(TOUCHES, customer_ids, filed_since.isoformat(), since)
    if others_since < since:
        rows = chain(rows, bulk.select(TOUCHES_OF_OTHERS, customer_ids, others_since, since))
    for person, contact_id, sent_at, *facts, point in rows:
        if contact_id not in but:
            found.setdefault(person, []).append(Touch(bulk.moment(sent_at), *facts, point or ""))
    for person, at, channel, outcome in bulk.select(OUTSIDE, customer_ids, min(since, others_since)):
        found.setdefault(person, []).append(Touch(bulk.moment(at), channel, outcome, relation=""))
    return found


@dataclass(frozen=True, slots=True)
class Resident:
    """Where a person lives, and in which language they are spoken to."""

    region: str
    timezone: str
    language: str


def residents(customer_ids: Collection[str]) -> dict[str, Resident]:
    """The people of these ids, by id."""
    return {customer_id: Resident(*facts) for customer_id, *facts in bulk.select(RESIDENTS, customer_ids)}


def relations(contact_point_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """(customer_id, contact_point_id) → whose it is; points known to be invalid are left out."""
    return {(person, point): relation for person, point, relation in bulk.select(RELATIONS, contact_point_ids)}


def existing(contact_ids: Sequence[str]) -> set[str]:
    """Which of these contacts are known already, in whatever status."""
    return {contact_id for (contact_id,) in bulk.select(EXISTING, contact_ids)}


def planned_for_night(as_of: date, *, channels: Collection[str]) -> list[tuple[str, MessageKey, dict[str, Any]]]:
    """(contact_id, whose and which message, the facts it states) of what is planned for a business date."""
    rows = Contact.objects.filter(status=ContactStatus.PLANNED, as_of=as_of, channel__in=list(channels))
    found = rows.values_list("contact_id", "person_id", "template", "channel", "facts").iterator()
    return [(pk, (person, facts.get("currency", ""), text, how), facts) for pk, person, text, how, facts in found]


def withdrawn_for_night(as_of: date, *, reason: str) -> set[MessageKey]:
    """The messages of a business date that were cancelled for a reason, but for those of which one went out."""
    of_day = Contact.objects.filter(as_of=as_of)
    withdrawn = _keys(of_day.filter(status=ContactStatus.CANCELLED, events__reason=reason))
    return withdrawn - _keys(of_day.filter(status__in=ContactStatus.happened())) if withdrawn else withdrawn


def _keys(contacts: QuerySet[Contact]) -> set[MessageKey]:
    found = contacts.values_list("person_id", "facts", "template", "channel").iterator()
    return {(person, facts.get("currency", ""), template, channel) for person, facts, template, channel in found}


def expired(*, at: datetime, limit: int) -> list[tuple[str, str]]:
    """(contact_id, "") of planned contacts that have lost their sense, each locked where the database can."""
    query = Contact.objects.filter(status=ContactStatus.PLANNED, expires_at__lte=at)
    query = query.select_for_update(no_key=True, skip_locked=True)
    return [(contact_id, "") for contact_id in query.values_list("contact_id", flat=True)[:limit]]


def people_of(contact_ids: Sequence[str]) -> set[str]:
    """Whose contacts these are."""
    pieces = bulk.keys_in_pieces(contact_ids)
    chosen = (Contact.objects.filter(contact_id__among=piece) for piece in pieces)
    return {customer_id for some in chosen for customer_id in some.values_list("person_id", flat=True)}


def standing(contact_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """contact_id → (status, vendor_ref, customer_id) as it stands now, each locked where the database can."""
    found: dict[str, tuple[str, str, str]] = {}
    for piece in bulk.keys_in_pieces(sorted(contact_ids)):
        query = Contact.objects.filter(contact_id__among=piece).order_by("contact_id").select_for_update(no_key=True)
        for contact_id, *facts in query.values_list("contact_id", "status", "vendor_ref", "person_id"):
            found[contact_id] = (facts[0], facts[1], facts[2])
    return found


def by_vendor_ref(vendor: str, refs: Sequence[str]) -> dict[str, str]:
    """vendor_ref → contact_id, of one vendor."""
    found: dict[str, str] = {}
    for piece in bulk.keys_in_pieces(refs):
        # Said outright that it is not blank, because the index holds no blank ones.
        rows = Contact.objects.filter(vendor_ref__among=piece, vendor=vendor).exclude(vendor_ref="")
        found |= dict(rows.values_list("vendor_ref", "contact_id"))
    return found


def in_flight(*, vendor: str, sent_before: datetime, limit: int) -> list[str]:
    """Contacts of a vendor whose intent is older than a lease and of which nothing was heard."""
    query = Contact.objects.filter(status=ContactStatus.SENDING, vendor=vendor, sent_at__lte=sent_before)
    return list(query.order_by("sent_at", "contact_id").values_list("contact_id", flat=True)[:limit])


def in_doubt(*, vendor: str, sent_after: datetime, limit: int) -> list[str]:
    """Contacts of a vendor in doubt and still young enough to be asked about."""
    query = Contact.objects.filter(status=ContactStatus.IN_DOUBT, vendor=vendor, sent_at__gt=sent_after)
    return list(query.order_by("sent_at", "contact_id").values_list("contact_id", flat=True)[:limit])


def people_at(value_indexes: Collection[str]) -> list[tuple[str, str, str]]:
    """(customer_id, contact_point_id, relation) of everybody who has the number or address of these indexes."""
    rows = ContactPoint.objects.filter(value_index__in=value_indexes).order_by("contact_point_id")
    return list(rows.values_list("person_id", "contact_point_id", "relation"))


@dataclass(frozen=True, slots=True)
class About:
    """Whom a call or visit was for, in which case, to which number or address, whose that is, and what it was for."""

    customer_id: str
    case_id: str | None
    contact_point_id: str
    relation: str
    purpose: str


def about(*, contact_id: str, channel: str) -> About:
    """A call or visit that was cleared; raises NoSuchContact when there is none of that channel."""
    found = Contact.objects.filter(contact_id=contact_id, channel=channel)
    row = found.values_list("person_id", "case_id", "contact_point_id", "relation", "purpose").first()
    if row is None:
        raise NoSuchContact(contact_id=contact_id)
    return About(row[0], row[1], row[2] or "", *row[3:])
