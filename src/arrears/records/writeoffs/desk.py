"""Write-offs waiting for a decision: what a finance desk works through."""

from __future__ import annotations

from arrears.records.writeoffs.models import WriteOff, WriteOffStatus


def proposed(*, limit: int) -> tuple[str, ...]:
    """Proposals, the oldest first."""
    rows = WriteOff.objects.filter(status=WriteOffStatus.PROPOSED).order_by("proposed_on", "write_off_id")
    return tuple(rows.values_list("write_off_id", flat=True)[:limit])
