"""The database itself refuses to edit or delete what the audit trail holds.

Events that stand in a lane, and anchors, are never changed and never deleted; a lane's end only moves on. Whoever may
alter the tables can take these triggers away: `arrears audit verify` says that they are gone, and finds what was done.
"""

from django.db import migrations

#: trigger → (table, what is refused, when)
REFUSED = {
    "audit_event_is_not_edited": ("audit_event", "UPDATE", "OLD.lane IS NOT NULL"),
    "audit_event_is_not_deleted": ("audit_event", "DELETE", ""),
    "audit_anchor_is_not_edited": ("audit_anchor", "UPDATE", ""),
    "audit_anchor_is_not_deleted": ("audit_anchor", "DELETE", ""),
    "audit_lane_only_moves_on": ("audit_lane", "UPDATE", "NEW.seq <= OLD.seq OR NEW.lane <> OLD.lane"),
    "audit_lane_is_not_deleted": ("audit_lane", "DELETE", ""),
}
#: PostgreSQL's way to empty a table passes by what is refused a row at a time.
EMPTIED = {f"{table}_is_not_emptied": table for table in ("audit_event", "audit_anchor", "audit_lane")}
SAYS = "the audit trail is append-only"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{SAYS}: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def put_up(vendor):
    """The statements that put the triggers up."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {what} ON {table} {f'WHEN {when}' if when else ''}"
            f" BEGIN SELECT RAISE(ABORT, '{SAYS}: {what} of {table} is refused'); END"
            for name, (table, what, when) in REFUSED.items()
        ]
    each = [
        f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW {f'WHEN ({when})' if when else ''}"
        " EXECUTE FUNCTION audit_refuse()"
        for name, (table, what, when) in REFUSED.items()
    ]
    whole = [
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for name, table in EMPTIED.items()
    ]
    return [FUNCTION, *each, *whole]


def take_down(vendor):
    """The statements that take them away."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in REFUSED]
    tables = {name: table for name, (table, _, _) in REFUSED.items()} | EMPTIED
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in tables.items()]


def forwards(apps, schema_editor):
    for statement in put_up(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    for statement in take_down(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chained")]

    operations = [migrations.RunPython(forwards, backwards)]
