"""Take the indexes for LIKE off every table of books on PostgreSQL: nothing asks by them, each write pays for them."""

from typing import Any

from django.db import migrations

FOUND = """
SELECT indexname FROM pg_indexes
WHERE schemaname = current_schema() AND indexname LIKE '%\\_like' AND indexdef LIKE '%\\_pattern\\_ops)'
"""


def drop(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_erased_on")]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop, elidable=True)]
