"""How the clock of a request is told: how many days are left, in which tone."""

from __future__ import annotations

from datetime import date

from arrears.records.rights.queries import RequestRow

#: Days before a day is due from which its clock warns.
SOON = 3


def clock(row: RequestRow, on: date) -> dict[str, object]:
    """As `console/complaints/clock.html` shows it."""
    left = row.days_left(on)
    if left is None:
        return {"tone": "warning" if row.was_late else "secondary", "was_late": row.was_late}
    tone = "danger" if left < 0 else "warning" if left <= SOON else "info"
    return {"left": left, "over": -left, "tone": tone, "is_overdue": left < 0}
