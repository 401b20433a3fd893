"""The whole value of one contact point, opened. Called by `actions.reveal_sealed` alone, which keeps the audit row."""

from __future__ import annotations

from dataclasses import dataclass, field

from arrears.records.people.models import ContactPoint
from arrears.records.privacy import cipher


@dataclass(frozen=True)
class OpenPoint:
    """A contact point in plain words; the value stays out of the representation."""

    kind: str
    value: str = field(repr=False)


def open_point(contact_point_id: str, *, customer_id: str) -> OpenPoint | None:
    """One contact point of a person; None when it is not theirs."""
    point = ContactPoint.objects.filter(contact_point_id=contact_point_id, person_id=customer_id).first()
    if point is None:
        return None
    context = f"people.contact_point.value:{contact_point_id}"
    return OpenPoint(point.kind, cipher.unseal(point.value_sealed, context=context))
