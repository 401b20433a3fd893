"""What stood in a field of the vault before it was corrected: kept sealed, and known again when a tape repeats it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from arrears.kernel import identifiers
from arrears.records.privacy import cipher, words
from arrears.records.rights.models import Correction

KIND = "corrected"


def keep(*, customer_id: str, field: str, old: str, request_id: str, at: datetime, actor: str) -> None:
    """Keep the old value of a field; inside the transaction that changes it."""
    correction_id = identifiers.derived_id("correction", customer_id, field, request_id, at.isoformat())
    Correction.objects.create(
        correction_id=correction_id,
        person_id=customer_id,
        field=field,
        old_sealed=words.seal(Correction, "old_sealed", correction_id, old),
        old_mark=cipher.blind_index(*_hashed(customer_id, field, old)),
        at=at,
        actor=actor,
        request_id=request_id,
    )


def of_people(customer_ids: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """(customer, field) → the marks of the values that were found to be wrong."""
    found: dict[tuple[str, str], list[str]] = {}
    rows = Correction.objects.filter(person_id__in=customer_ids).order_by("at")
    for person, field, mark in rows.values_list("person_id", "field", "old_mark"):
        found.setdefault((person, field), []).append(mark)
    return found


def is_known_wrong(marks: Collection[str], *, customer_id: str, field: str, text: str) -> bool:
    """Does a tape say again what was corrected?"""
    return bool(marks) and not set(marks).isdisjoint(cipher.blind_indexes(*_hashed(customer_id, field, text)))


def _hashed(customer_id: str, field: str, text: str) -> tuple[str, str]:
    return KIND, "\x1f".join((customer_id, field, text))
