"""Hold a person's row; note that a number or address does not reach them, or does so after all, with its audit row."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.people.models import ContactPoint, Person

#: Kinds of the audit trail: subject the person, after the contact point.
INVALID, VALID = "point.invalid", "point.valid"


class UnableToMarkPoint(Refusal):
    """It is not this person's, or a colleague has marked it so already."""

    code = "unable_to_mark_point"
    message = "Contact point {contact_point_id} is not {customer_id}'s, or is marked so already."


class PointReplaced(UnableToMarkPoint):
    """What a person had corrected stands: only another correction of theirs undoes it."""

    code = "point_replaced"
    message = "Contact point {contact_point_id} was replaced by a correction that {customer_id} asked for."


def lock(customer_id: str) -> bool:
    """Take a person's row until the transaction ends, as whoever contacts, stops or holds them does; False: nobody."""
    return Person.objects.select_for_update(no_key=True).filter(customer_id=customer_id).exists()


def mark_invalid(*, customer_id: str, contact_point_id: str, reason: str, at: datetime, actor: str) -> None:
    """From now on nobody is written to, called or visited there; raises UnableToMarkPoint."""
    _mark(customer_id, contact_point_id, was_valid=True, written={}, at=at, actor=actor, reason=reason)


@transaction.atomic
def mark_valid(*, customer_id: str, contact_point_id: str, reason: str, at: datetime, actor: str) -> None:
    """It reaches the person after all; reason : in a colleague's own words. Raises UnableToMarkPoint, PointReplaced."""
    lock(customer_id)
    point = ContactPoint.objects.filter(contact_point_id=contact_point_id, person_id=customer_id)
    if point.exclude(replaced_by="").exists():
        raise PointReplaced(customer_id=customer_id, contact_point_id=contact_point_id)
    _mark(customer_id, contact_point_id, was_valid=False, written={"reason": reason}, at=at, actor=actor)


@transaction.atomic
def _mark(
    customer_id: str,
    contact_point_id: str,
    *,
    was_valid: bool,
    written: dict[str, str],
    at: datetime,
    actor: str,
    **data: str,
) -> None:
    # As for every contact: whoever clears or sends one holds the person's row, so none slips through beside this.
    lock(customer_id)
    point = ContactPoint.objects.filter(
        contact_point_id=contact_point_id, person_id=customer_id, invalid_since__isnull=was_valid
    )
    if point.update(invalid_since=at if was_valid else None) != 1:
        raise UnableToMarkPoint(customer_id=customer_id, contact_point_id=contact_point_id)
    kind = INVALID if was_valid else VALID
    said = Written(customer_id, written)
    audit.record_written(said, kind, subject=customer_id, actor=actor, at=at, after=contact_point_id, **data)
