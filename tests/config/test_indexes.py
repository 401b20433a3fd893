"""Does every index of the books on PostgreSQL have a reader?"""

import importlib

import pytest
from django.apps import apps
from django.db import connection

PATTERN_INDEXES = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%pattern_ops%'"
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such indexes")


def found() -> int:
    with connection.cursor() as cursor:
        cursor.execute(PATTERN_INDEXES)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
@on_postgresql
def test_no_column_has_an_index_for_like() -> None:
    assert found() == 0


@pytest.mark.django_db
@on_postgresql
def test_those_of_older_books_are_dropped() -> None:
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        cursor.execute("CREATE INDEX a_person_like ON people_person (customer_id varchar_pattern_ops)")
        assert found() == 1
        importlib.import_module("arrears.records.people.migrations.0004_no_pattern_indexes").drop(apps, editor)
    assert found() == 0
