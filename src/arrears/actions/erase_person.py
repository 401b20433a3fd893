"""Delete kinds of one person's data: one transaction with its event, or nothing where anything speaks against it.

Called by `actions.retain` and `actions.work_request`, which know what is due. What was said, who a person is and how
they are reached go; the ledger, its allocations, write-offs and the audit trail stay, under the customer's id alone, so
that the books balance and the chain stands. Done again it deletes nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from arrears.kernel.errors import Refusal
from arrears.records.audit import erasing as audit_erasing
from arrears.records.audit import lost_words
from arrears.records.audit import operations as audit
from arrears.records.cases import erasing as cases_erasing
from arrears.records.cases.models import Case
from arrears.records.complaints import erasing as complaints_erasing
from arrears.records.complaints.models import Complaint
from arrears.records.compliance import erasing as compliance_erasing
from arrears.records.contacts import erasing as contacts_erasing
from arrears.records.contacts.models import Contact
from arrears.records.matters import erasing as matters_erasing
from arrears.records.people import erasing as people_erasing
from arrears.records.people.models import Person
from arrears.records.placements import erasing as placements_erasing
from arrears.records.privacy.erasing import Eraser
from arrears.records.rights import erasing as rights_erasing
from arrears.records.rights import holds
from arrears.records.rights.models import Erasure, SubjectRequest
from arrears.records.writeoffs import erasing as writeoffs_erasing
from arrears.rules import complaints as complaint_machines
from arrears.rules import rights as machines
from arrears.rules.compliance import retention_terms

#: In this order: what names a contact point lets go of it before the point itself goes.
ERASERS: tuple[Eraser, ...] = (
    *contacts_erasing.ERASERS,
    *cases_erasing.ERASERS,
    *placements_erasing.ERASERS,
    *matters_erasing.ERASERS,
    *writeoffs_erasing.ERASERS,
    *compliance_erasing.ERASERS,
    *complaints_erasing.ERASERS,
    *rights_erasing.ERASERS,
    *audit_erasing.ERASERS,
    *people_erasing.ERASERS,
)
#: Kind → the column of the person that says since when it is gone, so that no tape brings it back.
GONE = {retention_terms.IDENTITY: "erased_on", retention_terms.CONTACT_POINTS: "points_erased_on"}
#: A contact at one of these is on its way, or may be.
UNDER_WAY = ("PLANNED", "SENDING", "IN_DOUBT")


class SomethingIsOpen(Refusal):
    """Whoever has an open case, complaint or request, or a contact under way, is not deleted."""

    code = "something_is_open"
    message = "{customer_id} has something open ({what}): nothing is deleted."


def erase(
    *,
    customer_id: str,
    kinds: Collection[str],
    rules: Iterable[str],
    on: date,
    at: datetime,
    actor: str,
    request_id: str = "",
) -> dict[str, int]:
    """Delete these kinds of a person's data.

    kinds      : of retention_terms.KINDS, found to be due by the caller
    rules      : the rules by which they are, for the record
    request_id : that of the person's own request, which may be open itself
    returns    : kind → how many rows held something; empty when there was nothing left, and then nothing is recorded
    raises     : holds.UnderLegalHold, SomethingIsOpen, holds.NobodyToHold; nothing is deleted then
    """
    with transaction.atomic():
        holds.lock_person(customer_id)
        holds.refuse_held(customer_id)
        refuse_open(customer_id, but_request=request_id)
        counts: dict[str, int] = {}
        marks = lost_words.marks_of(customer_id) if retention_terms.NOTES in kinds else []
        for eraser in ERASERS:
            if eraser.kind in kinds and (count := eraser.erase(customer_id)):
                counts[eraser.kind] = counts.get(eraser.kind, 0) + count
        if not counts:
            return {}
        gone = {GONE[kind]: on for kind in GONE if kind in kinds}
        if gone:
            Person.objects.filter(customer_id=customer_id).update(**gone)
        cited = sorted(set(rules))
        Erasure.objects.create(
            person_id=customer_id,
            at=at,
            erased_on=on,
            kinds=counts,
            rules=cited,
            request_id=request_id,
            actor=actor,
        )
        facts: dict[str, Any] = {"kinds": counts, "rules": cited, "request_id": request_id}
        facts |= {lost_words.ERASED: marks} if marks else {}
        audit.record("person.erased", subject=customer_id, actor=actor, at=at, **facts)
        return counts


def refuse_open(customer_id: str, *, but_request: str = "") -> None:
    """Raises SomethingIsOpen for whoever has something open, whatever the lake says of their debt."""
    requests = SubjectRequest.objects.filter(person_id=customer_id, status__in=machines.OPEN)
    contacts = Contact.objects.filter(person_id=customer_id, status__in=UNDER_WAY, initiated_by="COLLECTOR")
    found = {
        "case": Case.objects.filter(person_id=customer_id, status="OPEN"),
        "complaint": Complaint.objects.filter(person_id=customer_id, status__in=complaint_machines.OPEN),
        "request": requests.exclude(request_id=but_request),
        "contact": contacts,
    }
    for what, rows in found.items():
        if rows.exists():
            raise SomethingIsOpen(customer_id=customer_id, what=what)


def holders() -> dict[str, set[str]]:
    """Kind → the customers of whom something of it stands in the books."""
    found: dict[str, set[str]] = {kind: set() for kind in retention_terms.KINDS}
    for eraser in ERASERS:
        found[eraser.kind] |= eraser.holders()
    return found


def held_of(customer_id: str) -> dict[str, int]:
    """Kind → how many rows of a customer hold something of it; only kinds of which there is any."""
    found: dict[str, int] = {}
    for eraser in ERASERS:
        if count := eraser.count(customer_id):
            found[eraser.kind] = found.get(eraser.kind, 0) + count
    return found
