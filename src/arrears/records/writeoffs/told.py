"""Which payments did posted write-offs count, and what was recovered since that only a tape told? Kept beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import F, QuerySet

from arrears.records import bulk
from arrears.records.writeoffs.models import WriteOff, WriteOffStatus


@dataclass(frozen=True)
class Posted:
    """An account that stands written off; `counted`: the payments and reversals its amounts counted, None: unknown."""

    account_id: str
    customer_id: str
    write_off_id: str
    counted: tuple[str, ...] | None


def posted(account_ids: Collection[str] | None = None) -> Iterator[Posted]:
    """Every account that stands written off, or those among some."""
    rows = _posted()
    pieces = [rows] if account_ids is None else [rows.filter(account_id__among=p) for p in _pieces(account_ids)]
    for piece in pieces:
        found = piece.values_list("account_id", "case__person_id", "write_off_id", "payments_before")
        for account_id, customer_id, write_off_id, counted in found.iterator():
            yield Posted(account_id, customer_id, write_off_id, None if counted is None else tuple(counted))


def keep_counted(account_id: str, payment_ids: Collection[str]) -> None:
    """Keep them for a write-off that was posted before they were kept."""
    _posted().filter(account_id=account_id).update(payments_before=sorted(payment_ids))


def supplemented_by(account_ids: Collection[str]) -> set[str]:
    """The reversals for which a supplement was proposed."""
    supplements = WriteOff.objects.filter(supplements__isnull=False)
    found: set[str] = set()
    for piece in _pieces(account_ids):
        evidence = supplements.filter(account_id__among=piece).values_list("evidence", flat=True)
        found |= {one["reversal_id"] for one in evidence}
    return found


def recovered_minor(account_id: str) -> int:
    """What was recovered that only a tape told, minor units; 0 where nothing is written off."""
    return _posted().filter(account_id=account_id).values_list("recovered_told_minor", flat=True).first() or 0


def add_recovered(account_id: str, settled_minor: int) -> None:
    """So much more was recovered, or less when below zero."""
    _posted().filter(account_id=account_id).update(recovered_told_minor=F("recovered_told_minor") + settled_minor)


def _posted() -> QuerySet[WriteOff]:
    return WriteOff.objects.filter(status=WriteOffStatus.POSTED, supplements__isnull=True)


def _pieces(account_ids: Collection[str]) -> list[bulk.Keys]:
    return list(bulk.keys_in_pieces(sorted(account_ids)))
