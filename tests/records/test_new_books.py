"""Books that are new begin where all migrations, one after the other, would have ended."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

SQLITE = "SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
POSTGRESQL = """
SELECT 'column', c.relname, a.attname,
       concat(format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
"""
APPLIED = "SELECT 'applied', app, name, '' FROM django_migrations"
MAY = """
SELECT 'may', t.app_label, t.model, p.codename FROM auth_permission p JOIN django_content_type t
ON t.id = p.content_type_id
"""
BEGIN = """
from django.core.management import call_command
from django.db import connection
from arrears.interfaces.cli import setup
from arrears.records import new_books
setup.django_ready()
assert new_books.are_new(connection)
"""
#: As every command that needs the books, and as every older version did; the books of all tests begin as the first.
BY_PRODUCT = """
setup._migrate()
assert not new_books.are_new(connection)
new_books.lay_out(connection)  # who comes second finds it done
"""
CHANGE_BY_CHANGE = """
call_command("migrate", interactive=False, verbosity=0)
"""


@pytest.fixture
def empty(books_environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of books in which there is nothing yet."""
    home = books_environment | {"ARREARS_HOME": str(tmp_path)}
    if connection.vendor == "sqlite":
        yield home | {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}"}
        return
    url, name = home["DATABASE_URL"].rpartition("/")[0], f"new_books_{os.getpid()}"
    with psycopg.connect(home["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield home | {"DATABASE_URL": f"{url}/{name}"}
        server.execute(f"DROP DATABASE {name}".encode())


@pytest.mark.django_db
@pytest.mark.parametrize("way", [BY_PRODUCT, CHANGE_BY_CHANGE], ids=["by product", "change by change"])
def test_new_books_are_as_migrated_ones(empty: dict[str, str], way: str) -> None:
    """Both ways are held equal to the books of this test."""
    subprocess.run([sys.executable, "-c", BEGIN + way], env=empty, check=True, timeout=120)
    if connection.vendor == "sqlite":
        schema = SQLITE
        with sqlite3.connect(empty["DATABASE_URL"].removeprefix("sqlite:///")) as books:
            made = {name: told(books.execute(query).fetchall()) for name, query in asked(schema)}
        books.close()
    else:
        schema = POSTGRESQL
        with psycopg.connect(empty["DATABASE_URL"]) as books:
            made = {name: told(books.execute(query.encode()).fetchall()) for name, query in asked(schema)}
    with connection.cursor() as cursor:
        for name, query in asked(schema):
            cursor.execute(query)
            rows = told(cursor.fetchall())
            assert len(rows) > 100
            assert made[name] == rows


def asked(schema: str) -> list[tuple[str, str]]:
    return [("schema", schema), ("applied", APPLIED), ("may", MAY)]


def told(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows to compare: a table may have its columns in another order."""
    return sorted((*map(str, row[:3]), " ".join(sorted(parts(str(row[3]))))) for row in rows)


def parts(statement: str) -> list[str]:
    """What stands between the outermost commas of a statement."""
    found, depth = [""], 0
    for letter in re.sub(r"\s+", " ", statement):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if (letter == "," and depth == 1) or (letter == "(" and depth == 1) or (letter == ")" and depth == 0):
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]
