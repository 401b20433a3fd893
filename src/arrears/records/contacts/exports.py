"""Contacts as partners see them through the API: no text and no address, newest first."""

from __future__ import annotations

from arrears.records.contacts.models import Contact

PAGE_MAX = 500


def contacts(*, case_id: str | None, customer_id: str | None, limit: int) -> tuple[Contact, ...]:
    """The latest contacts of a case or a person."""
    rows = Contact.objects.all()
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    if customer_id is not None:
        rows = rows.filter(person_id=customer_id)
    return tuple(rows.order_by("-planned_for", "contact_id")[: max(1, min(limit, PAGE_MAX))])
