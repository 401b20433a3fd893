"""How the clock of a complaint or a request is told: how many days are left, in which tone."""

from __future__ import annotations

from datetime import date

from arrears.records.complaints.queries import ComplaintRow
from arrears.records.rights.queries import RequestRow

#: Days before a day is due from which its clock warns.
SOON = {ComplaintRow: 2, RequestRow: 3}


def clock(row: ComplaintRow | RequestRow, on: date) -> dict[str, object]:
    """As `console/complaints/clock.html` shows it."""
    left = row.days_left(on)
    if left is None:
        return {"tone": "warning" if row.was_late else "secondary", "was_late": row.was_late}
    tone = "danger" if left < 0 else "warning" if left <= SOON[type(row)] else "info"
    return {"left": left, "over": -left, "tone": tone, "is_overdue": left < 0}
