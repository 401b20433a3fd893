"""Do the triggers stand that refuse to edit or delete the trail? They were put up by migration 0003_append_only.

Whoever may alter the tables can take them away, or put others of their names there that refuse nothing, and a later
migration that makes a table of SQLite anew loses them without a word: so `verifying` asks, for what each of them says
too. What was done meanwhile is found by the digests, not here.
"""

from __future__ import annotations

import importlib
import re

from django.db import connection

_PUT_UP = importlib.import_module("arrears.records.audit.migrations.0003_append_only")
#: As PostgreSQL writes what the migration says.
WHENS = {
    "audit_event_is_not_edited": "WHEN ((old.lane IS NOT NULL)) ",
    "audit_lane_only_moves_on": "WHEN (((new.seq <= old.seq) OR (new.lane <> old.lane))) ",
}
SCHEMA = re.compile(r"\b\w+\.(?=audit_)")
STANDING = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(pg_trigger.oid), prosrc FROM pg_trigger"
    " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal",
}


def expected() -> dict[str, tuple[str, ...]]:
    """The triggers of this database → what each says, and on PostgreSQL what its function says."""
    if connection.vendor == "sqlite":
        return {statement.split()[2]: (statement,) for statement in _PUT_UP.put_up("sqlite")}
    refuses = _PUT_UP.FUNCTION.split("$$")[1]
    rows = {name: (table, what, "ROW") for name, (table, what, _) in _PUT_UP.REFUSED.items()}
    whole = {name: (table, "TRUNCATE", "STATEMENT") for name, table in _PUT_UP.EMPTIED.items()}
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} {WHENS.get(name, '')}"
            "EXECUTE FUNCTION audit_refuse()",
            refuses,
        )
        for name, (table, what, each) in (rows | whole).items()
    }


def lost() -> list[str]:
    """Those that are gone, switched off, or say something else."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor])
        standing = {name: (SCHEMA.sub("", said), *rest) for name, said, *rest in cursor.fetchall()}
    return sorted(name for name, said in expected().items() if standing.get(name) != said)
