"""The tables of books that are new: made at once as the last migration leaves them, instead of change by change.

Called by every command that needs the books. A hundred migrations one after the other take three seconds of a first
start, their end a twentieth of that; a test holds both ends equal on both databases. What no model tells, such as the
triggers of the audit trail, is what the migrations that are not `elidable` do; those that are move rows, or take away
what older versions made.
"""

from __future__ import annotations

from django.core.management.sql import emit_post_migrate_signal
from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

#: Whoever holds it lays new books out.
LOCK = 7_201_511
BY_HAND = (migrations.RunPython, migrations.RunSQL)


def are_new(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database holds no table yet."""
    return not connection.introspection.table_names()


def lay_out(connection: BaseDatabaseWrapper) -> None:
    """Make every table of a new database, and note every migration as applied: all of it or nothing.

    Of two processes that begin at once, the second waits and finds it done. Django's permissions come after.
    """
    executor = MigrationExecutor(connection)
    ends = executor.loader.graph.leaf_nodes()
    plan = [migration for migration, _ in executor.migration_plan(ends)]
    state = executor.loader.project_state(ends)
    with connection.schema_editor(atomic=True) as editor:
        if connection.vendor == "postgresql":  # SQLite has one writer
            editor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not are_new(connection):
            return
        for model in (MigrationRecorder.Migration, *state.apps.get_models()):
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, BY_HAND) and not operation.elidable:
                    operation.database_forwards(migration.app_label, editor, state, state)
            executor.recorder.record_applied(migration.app_label, migration.name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
