"""PostgreSQL without an index for LIKE on every key: no question of ours asks by the beginning of a text.

Django looks for `DatabaseWrapper` here. Keys and digests are text, so that each row written would pay for those
indexes: of six on a contact point three were never read.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, schema


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Makes the indexes that the models name, and no other."""

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        return None


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's."""

    SchemaEditorClass = SchemaEditor
