"""Whom did we reach? What the synthetic borrowers are told of a day, and who stands behind a contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from arrears.records import bulk
from arrears.records.contacts.models import Contact, ContactStatus


def people_of(contact_ids: Sequence[str]) -> dict[str, str]:
    """contact_id → customer_id."""
    return dict(bulk.select("SELECT contact_id, person_id FROM contacts_contact WHERE contact_id {ids}", contact_ids))


def on_date(on: date) -> list[tuple[object, ...]]:
    """(contact_id, customer_id, channel, sent_at, relation, template) of every contact of a local date.

    A contact goes out on the day it was planned for, give or take a zone: that is what its index is asked for.
    """
    nearby = (on - timedelta(days=1), on + timedelta(days=1))
    happened = Contact.objects.filter(as_of__range=nearby, status__in=ContactStatus.happened())
    rows = happened.filter(local_on=on, sent_at__isnull=False)
    return list(
        rows.order_by("contact_id").values_list("contact_id", "person_id", "channel", "sent_at", "relation", "template")
    )


def since(on: date) -> list[tuple[object, ...]]:
    """As `on_date`, from a local date on, with purpose, outcome and contact point."""
    rows = Contact.objects.filter(local_on__gte=on, sent_at__isnull=False, status__in=ContactStatus.happened())
    names = "contact_id person_id channel sent_at relation template purpose outcome contact_point_id"
    return list(rows.order_by("sent_at", "contact_id").values_list(*names.split()))
