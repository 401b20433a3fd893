"""Write contacts: planned by the thousand, moved along the table `rules.cases.CONTACT`, each move with its event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from arrears.kernel import clock, transitions
from arrears.kernel.errors import Refusal
from arrears.records import bulk
from arrears.records.audit import operations as audit
from arrears.records.contacts.models import Contact, ContactEvent, ContactStatus, Purpose
from arrears.rules import cases


class UnableToMoveContacts(Refusal):
    """Somebody else moved one of them meanwhile; nothing was changed."""

    code = "unable_to_move_contacts"
    message = "{missed} of {wanted} contacts were no longer {before}: {event} was not done."


#: The columns of a new contact, in the order in which `plan_many` takes them. Every other column is its default.
PLAN = (
    "contact_id",
    "person",
    "case",
    "contact_point",
    "channel",
    "purpose",
    "relation",
    "status",
    "template",
    "template_version",
    "language",
    "facts",
    "as_of",
    "rule_number",
    "reason",
    "priority",
    "planned_for",
    "not_before",
    "expires_at",
    "closed_at",
    "timezone",
    "actor",
)
REST = {"initiated_by": "COLLECTOR", "outcome": "", "vendor": "", "vendor_ref": "", "parts": 0}
EVENT = ("contact", "at", "before", "after", "reason", "actor")


@transaction.atomic
def plan_many(rows: Sequence[bulk.Row], *, at: datetime, actor: str) -> int:
    """Insert contacts, each in the order of PLAN, with their first events."""
    rest = tuple(REST.values())
    written = bulk.insert(Contact, (*PLAN, *REST), [(*row, *rest) for row in rows])
    place = {name: number for number, name in enumerate(PLAN)}
    identity, status, reason = place["contact_id"], place["status"], place["reason"]
    bulk.insert(ContactEvent, EVENT, [(row[identity], at, "", row[status], row[reason], actor) for row in rows])
    return written


def move_many(
    moves: Sequence[bulk.Row],
    *,
    event: str,
    before: str,
    at: datetime,
    actor: str,
    columns: Sequence[str] = (),
    skip_raced: bool = False,
) -> int:
    """Move contacts from one status by one event; each move is (contact_id, reason, values of `columns`…).

    skip_raced : for a batch of strangers: one that no longer stands in `before` is left out, and the others move
    returns    : how many moved
    raises     : NoSuchTransition; UnableToMoveContacts when one of them no longer stands in `before`
    """
    after = transitions.next_status(cases.CONTACT, before, event, noun="contact")
    try:
        return _move_all(moves, event=event, before=before, after=after, at=at, actor=actor, columns=columns)
    except UnableToMoveContacts:
        if not skip_raced:
            raise
    with transaction.atomic():
        chosen = Contact.objects.filter(pk__in=[move[0] for move in moves], status=before)
        standing = set(chosen.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        left = [move for move in moves if move[0] in standing]
        return _move_all(left, event=event, before=before, after=after, at=at, actor=actor, columns=columns)


@transaction.atomic
def _move_all(
    moves: Sequence[bulk.Row],
    *,
    event: str,
    before: str,
    after: str,
    at: datetime,
    actor: str,
    columns: Sequence[str],
) -> int:
    """All of them or none."""
    if not moves:
        return 0
    rows = [(after, *move[2:], move[0]) for move in moves]
    moved = bulk.update(Contact, ("status", *columns), rows, where="t.status = %s", arguments=(before,))
    if moved != len(moves):
        raise UnableToMoveContacts(missed=len(moves) - moved, wanted=len(moves), before=before, event=event)
    bulk.insert(ContactEvent, EVENT, [(move[0], at, before, after, move[1], actor) for move in moves])
    return moved


@transaction.atomic
def prove(contact_ids: Sequence[str], *, at: datetime, actor: str) -> list[str]:
    """The vendor has them after all, of whom somebody had said that nothing was spoken; returns which they were.

    They count against the caps again, from the moment of their intent.
    """
    intents = ContactEvent.objects.filter(contact=OuterRef("pk"), after=ContactStatus.SENDING).order_by("-id")
    proven: list[bulk.Row] = []
    for piece in bulk.keys_in_pieces(sorted(contact_ids)):
        unspoken = Contact.objects.filter(contact_id__among=piece, status=ContactStatus.FAILED, sent_at=None)
        locked = unspoken.select_for_update(no_key=True, of=("self",)).order_by("contact_id")
        intended = locked.annotate(intended_at=Subquery(intents.values("at")[:1])).exclude(intended_at=None)
        for contact_id, sent_at, zone in intended.values_list("contact_id", "intended_at", "timezone"):
            proven.append((contact_id, "proven", "", sent_at, clock.business_date(sent_at, zone), None))
    columns = ("outcome", "sent_at", "local_on", "closed_at")
    move_many(proven, event="prove", before=ContactStatus.FAILED, at=at, actor=actor, columns=columns)
    return [str(row[0]) for row in proven]


@transaction.atomic
def hold_many(holds: Sequence[bulk.Row]) -> int:
    """Move planned contacts to the next moment the gate allows: each is (not_before, contact_id)."""
    return bulk.update(Contact, ("not_before",), holds, where="t.status = %s", arguments=(ContactStatus.PLANNED,))


def overrule(*, contact_id: str, rules: Sequence[str], not_before: datetime) -> None:
    """Guidance is overruled for a planned contact: note which, and from when it may go now."""
    chosen = Contact.objects.filter(contact_id=contact_id, status=ContactStatus.PLANNED)
    chosen.update(overruled=list(rules), not_before=not_before)


@transaction.atomic
def cancel(*, customer_id: str, reason: str, at: datetime, actor: str) -> list[str]:
    """Cancel every planned contact of a person; returns their ids. See `_cancel`."""
    ids = _cancel(Contact.objects.filter(person_id=customer_id), reason=reason, at=at, actor=actor)
    if ids:
        audit.record("contacts.cancelled", subject=customer_id, actor=actor, at=at, count=len(ids))
    return ids


@transaction.atomic
def cancel_to_point(*, contact_point_id: str, reason: str, at: datetime, actor: str) -> int:
    """Cancel every contact planned to a number or address; returns how many. See `_cancel`."""
    chosen = Contact.objects.filter(contact_point_id=contact_point_id)
    return len(_cancel(chosen, reason=reason, at=at, actor=actor))


@transaction.atomic
def withdraw(contact_ids: Sequence[str], *, reason: str, at: datetime, actor: str) -> None:
    """Cancel these contacts, as far as they are planned. See `_cancel`."""
    for piece in bulk.keys_in_pieces(contact_ids):
        _cancel(Contact.objects.filter(contact_id__among=piece), reason=reason, at=at, actor=actor)


@transaction.atomic
def cancel_of_cases(*, case_ids: Sequence[str], reason: str, at: datetime, actor: str) -> int:
    """Cancel every planned contact of these cases; returns how many. See `_cancel`."""
    pieces = bulk.keys_in_pieces(case_ids)
    chosen = (Contact.objects.filter(case__among=piece) for piece in pieces)
    return sum(len(_cancel(some, reason=reason, at=at, actor=actor)) for some in chosen)


def _cancel(chosen: QuerySet[Contact], *, reason: str, at: datetime, actor: str) -> list[str]:
    """Cancel what is planned; call off what is being sent or in doubt, which holds if it has not been said yet.

    Waits for who is sending one of them. Called off, it has lost its sense at the moment of its intent: its sender has
    no leave to speak it any more, and a vendor who gives it back unsaid does not bring it back into the plan.
    """
    planned = chosen.select_for_update(no_key=True, of=("self",)).filter(status=ContactStatus.PLANNED)
    ids = list(planned.order_by("contact_id").values_list("contact_id", flat=True))
    moves = [(contact_id, reason, at) for contact_id in ids]
    move_many(moves, event="cancel", before=ContactStatus.PLANNED, at=at, actor=actor, columns=("closed_at",))
    open_ends = (ContactStatus.SENDING, ContactStatus.IN_DOUBT)
    intended = chosen.select_for_update(no_key=True, of=("self",)).filter(status__in=open_ends)
    begun = list(
        intended.filter(expires_at__gt=F("sent_at")).order_by("contact_id").values_list("contact_id", flat=True)
    )
    Contact.objects.filter(contact_id__in=begun).update(expires_at=F("sent_at"))
    return ids


def set_outcomes(rows: Sequence[bulk.Row]) -> int:
    """Note what a contact came to without moving it: each is (outcome, contact_id)."""
    return bulk.update(Contact, ("outcome",), rows, where="TRUE")


def set_vendor_refs(rows: Sequence[bulk.Row]) -> int:
    """Note the vendor's reference of contacts that a receipt overtook: each is (vendor_ref, parts, contact_id)."""
    return bulk.update(Contact, ("vendor_ref", "parts"), rows, where="TRUE")


def hear(
    *,
    contact_id: str,
    customer_id: str,
    contact_point_id: str,
    relation: str,
    channel: str,
    text_sealed: bytes,
    at: datetime,
    local_on: date,
    language: str,
    timezone: str,
    vendor: str,
) -> bool:
    """Keep what a person said to us as a contact of theirs; False when it was kept before."""
    _, is_new = Contact.objects.get_or_create(
        contact_id=contact_id,
        defaults={
            "person_id": customer_id,
            "contact_point_id": contact_point_id,
            "relation": relation,
            "channel": channel,
            "purpose": Purpose.RESPOND,
            "initiated_by": "BORROWER",
            "status": ContactStatus.DONE,
            "outcome": "REPLIED",
            "text_sealed": text_sealed,
            "as_of": local_on,
            "local_on": local_on,
            "planned_for": at,
            "not_before": at,
            "expires_at": at,
            "sent_at": at,
            "closed_at": at,
            "language": language,
            "timezone": timezone,
            "vendor": vendor,
            "actor": "borrower",
        },
    )
    return is_new
