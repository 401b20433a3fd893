"""Whoever looks at a page that shows a person leaves a trace: once for each colleague, person and quarter of an hour.

Called after every page whose address names a person, or something that is one person's, by the pages of the audit
trail, for everybody whom a search found, and for whoever is read through the API. A list shows many, masked, and leaves
one trace of its own: which list, asked for what, how many people; one of a few is a look at each of them. The trace is
an event of the audit trail, so that nobody can take it back: who, of whom, which page. What is opened on a page leaves
events of its own (`reveal_sealed`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.cases.models import Case
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Flag, Verdict
from arrears.records.contacts.models import Contact
from arrears.records.people.models import Person
from arrears.records.rights.models import SubjectRequest
from arrears.records.staff import operations as staff
from arrears.records.writeoffs.models import WriteOff

KIND, PURPOSE = "person.looked_at", "PAGE"
#: A list of people, and what it was asked for; its subject is the name of its address.
LISTED = "people.listed"
ONCE_IN = timedelta(minutes=15)
#: A list of no more people than these is a look at each.
FEW = 5
#: What an address may say of a list that is kept: never a cursor, a search, or words that somebody typed.
ASKED = re.compile(r"[A-Za-z0-9_-]{1,24}")
NOT_ASKED = frozenset({"after", "before", "found", "q", "customer", "text"})
LONG_NUMBER = re.compile(r"\d{6,}")
#: What an address names → where it stands, and the column of the person it is of.
OF_ONE_PERSON: Mapping[str, tuple[type[models.Model], str]] = {
    "customer_id": (Person, "customer_id"),
    "case_id": (Case, "person_id"),
    "contact_id": (Contact, "person_id"),
    "complaint_id": (Complaint, "person_id"),
    "request_id": (SubjectRequest, "person_id"),
    "flag_id": (Flag, "customer_id"),
    "verdict_id": (Verdict, "customer_id"),
    "write_off_id": (WriteOff, "case__person_id"),
}


def look(*, customer_id: str, page: str, at: datetime, actor: str) -> None:
    """Leave the trace, unless this actor left one of this person within the quarter of an hour.

    page : the name of the address. Two pages opened at once leave one trace: the colleague's row is held meanwhile
    """
    if _is_known(customer_id, actor, at):
        return
    with transaction.atomic():
        staff.lock(actor)
        if not _is_known(customer_id, actor, at):
            audit.record(KIND, subject=customer_id, actor=actor, at=at, purpose=PURPOSE, page=page)


def look_at_list(
    *, customer_ids: Collection[str], page: str, is_search: bool, asked: Mapping[str, str], at: datetime, actor: str
) -> None:
    """Leave the trace of a page that showed several people; of a search, and of a few, a look at each.

    asked : what the address says: filters and an order, of which those are kept that can name nobody
    Each page of it leaves a trace, with its ends: whoever turns fifty pages has seen fifty times as many people. The
    same page again within the quarter of an hour leaves none.
    """
    if is_search or len(customer_ids) <= FEW:
        for customer_id in sorted(customer_ids):
            look(customer_id=customer_id, page=page, at=at, actor=actor)
        return
    kept = {name: value for name, value in asked.items() if name not in NOT_ASKED and _names_nobody(value)}
    facts: dict[str, Any] = {
        "purpose": PURPOSE,
        "page": page,
        "count": len(customer_ids),
        "asked": dict(sorted(kept.items())),
        "first": min(customer_ids),
        "last": max(customer_ids),
    }
    if facts not in trail.facts_since(page, LISTED, actor=actor, since=at - ONCE_IN):
        audit.record(LISTED, subject=page, actor=actor, at=at, **facts)


def _names_nobody(value: str) -> bool:
    return bool(ASKED.fullmatch(value)) and not LONG_NUMBER.search(value)


def named(address: Mapping[str, object]) -> str:
    """The person of a page by what its address names; blank where it names nobody's."""
    for name, value in address.items():
        if name in OF_ONE_PERSON and (found := owner(name, [value])):
            return found
    return ""


def owner(name: str, ids: Iterable[object]) -> str:
    """The person whom the first of some ids of one kind is of; blank when there is none."""
    model, person = OF_ONE_PERSON[name]
    owners = model._default_manager.filter(pk__in=list(ids)).values_list(person, flat=True)
    return str(owners.first() or "")


def _is_known(customer_id: str, actor: str, at: datetime) -> bool:
    return trail.is_known(customer_id, KIND, actor=actor, since=at - ONCE_IN)
