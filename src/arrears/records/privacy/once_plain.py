"""Seal what stood in plain words: for the middle one of three migrations that turn a column of text into a sealed one.

The migration before adds the sealed column, the one after drops the plain one. Between them a batch of rows is sealed
and emptied in one transaction, so whoever was killed begins again with what is left. Emptied rows leave their words in
pages that the database has set free; they are written anew without them at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

from arrears.records.privacy import cipher

BATCH = 500
#: Plain column → the sealed one, and the place for which its words are sealed, as `SealedField` has it.
Columns = Mapping[str, tuple[str, str]]


def sealing(app: str, tables: Mapping[str, Columns]) -> RunPython:
    """The middle migration's one operation: the plain columns of an app's tables, by model. Not in a transaction."""

    def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for name, columns in tables.items():
            seal(editor, apps.get_model(app, name), columns)

    def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for name, columns in tables.items():
            unseal(apps.get_model(app, name), columns)

    return RunPython(forwards, backwards, elidable=True)


def seal(editor: BaseDatabaseSchemaEditor, model: type[models.Model], columns: Columns) -> None:
    """Seal the plain columns of a table, and leave them blank."""
    done = 0
    for plain, (sealed, place) in columns.items():

        def kept(key: object, text: str, place: str = place) -> bytes:
            return cipher.seal(text, context=f"{place}:{key}")

        done += _move(model, model._default_manager.exclude(**{plain: ""}), plain, "", sealed, kept)
    if done:
        write_anew(editor, model)


def unseal(model: type[models.Model], columns: Columns) -> None:
    """The way back: what is sealed stands in plain words again."""
    for plain, (sealed, place) in columns.items():

        def opened(key: object, value: bytes, place: str = place) -> str:
            return cipher.unseal(value, context=f"{place}:{key}")

        _move(model, model._default_manager.exclude(**{sealed: None}), sealed, None, plain, opened)


def _move(
    model: type[models.Model],
    left: models.QuerySet[Any],
    source: str,
    emptied: object,
    target: str,
    turned: Callable[[object, Any], object],
) -> int:
    """What one column holds goes to another, turned; returns in how many rows."""
    rows, done = list(left.order_by("pk").values_list("pk", source)[:BATCH]), 0
    while rows:
        with transaction.atomic():
            for key, value in rows:
                moved = {target: turned(key, value), source: emptied}
                model._default_manager.filter(pk=key, **{source: value}).update(**moved)
        done += len(rows)
        rows = list(left.filter(pk__gt=rows[-1][0]).order_by("pk").values_list("pk", source)[:BATCH])
    return done


def write_anew(editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> None:
    """Outside any transaction: neither database does it inside one."""
    name = editor.quote_name(model._meta.db_table)
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute(f"VACUUM FULL {name}")
        else:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
