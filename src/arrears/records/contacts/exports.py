"""Contacts as partners see them through the API: no text and no address, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from arrears.records.cases import exports as cases
from arrears.records.contacts import queries
from arrears.records.contacts.models import Contact

PAGE_MAX = 500


@dataclass(frozen=True)
class Told:
    """A contact, and why it was cancelled; blank when it was not."""

    contact: Contact
    cancel_reason: str


def contacts(*, teams: Collection[str], case_id: str | None, customer_id: str | None, limit: int) -> tuple[Told, ...]:
    """The latest contacts of a case or a person; of the cases of some teams alone when any are named."""
    rows = Contact.objects.filter(cases.of_teams(teams, "case__"))
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    if customer_id is not None:
        rows = rows.filter(person_id=customer_id)
    found = list(rows.order_by("-planned_for", "contact_id")[: max(1, min(limit, PAGE_MAX))])
    cancelled = queries.ends_of(one.contact_id for one in found if one.status == "CANCELLED")
    return tuple(Told(one, cancelled.get(one.contact_id, "")) for one in found)
