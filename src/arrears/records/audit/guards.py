"""Do the triggers stand that refuse to edit or delete the trail? They were put up by migration 0003_append_only.

Whoever may alter the tables can take them away, and a later migration that makes a table of SQLite anew loses them
without a word: so `verifying` asks. What was done meanwhile is found by the digests, not here.
"""

from __future__ import annotations

from django.db import connection

ROWS = (
    "audit_anchor_is_not_deleted",
    "audit_anchor_is_not_edited",
    "audit_event_is_not_deleted",
    "audit_event_is_not_edited",
    "audit_lane_is_not_deleted",
    "audit_lane_only_moves_on",
)
TABLES = ("audit_anchor_is_not_emptied", "audit_event_is_not_emptied", "audit_lane_is_not_emptied")
STANDING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
}


def expected() -> tuple[str, ...]:
    """The triggers of this database."""
    return ROWS if connection.vendor == "sqlite" else (*ROWS, *TABLES)


def lost() -> list[str]:
    """Those that are gone or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    return sorted(set(expected()) - standing)
