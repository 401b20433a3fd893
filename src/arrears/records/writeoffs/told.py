"""Which payments did a posted write-off count, and what was recovered since that only a tape told? Kept beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet

from arrears.records.writeoffs.models import WriteOff, WriteOffStatus


def posted_accounts() -> dict[str, str]:
    """account_id → customer_id of every account that stands written off."""
    return dict(_posted().values_list("account_id", "case__person_id"))


def counted_before(account_id: str) -> Sequence[str] | None:
    """The payments and reversals that the write-off of an account counted; None when that was not kept."""
    return _posted().filter(account_id=account_id).values_list("payments_before", flat=True).first()


def keep_counted(account_id: str, payment_ids: Sequence[str]) -> None:
    """Keep them for a write-off that was posted before they were kept."""
    _posted().filter(account_id=account_id).update(payments_before=sorted(payment_ids))


def posted_id(account_id: str) -> str:
    """The write-off by which an account stands written off."""
    return _posted().values_list("write_off_id", flat=True).get(account_id=account_id)


def supplemented_by(account_id: str) -> set[str]:
    """The reversals for which a supplement was proposed."""
    supplements = WriteOff.objects.filter(account_id=account_id, supplements__isnull=False)
    return {evidence["reversal_id"] for evidence in supplements.values_list("evidence", flat=True)}


def recovered_minor(account_id: str) -> int:
    """What was recovered that only a tape told, minor units; 0 where nothing is written off."""
    return _posted().filter(account_id=account_id).values_list("recovered_told_minor", flat=True).first() or 0


def add_recovered(account_id: str, settled_minor: int) -> None:
    """So much more was recovered, or less when below zero."""
    _posted().filter(account_id=account_id).update(recovered_told_minor=F("recovered_told_minor") + settled_minor)


def _posted() -> QuerySet[WriteOff]:
    return WriteOff.objects.filter(status=WriteOffStatus.POSTED, supplements__isnull=True)
