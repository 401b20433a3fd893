"""Bring many rows into a table of the books at once, touching only those that are new or changed.

Called by tape_in and decisions_in, inside their transaction. Rows are staged in a temporary table of the same columns
(COPY on PostgreSQL, one prepared statement on SQLite; both on the transaction's own connection, which ADBC could not
share), then merged by key. It never commits.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
from django.db import connection, models

CHUNK = 20_000


@dataclass(frozen=True)
class Merged:
    """How many rows were new, and how many differed from what stood there."""

    inserted: int
    updated: int


def merge(
    model: type[models.Model], rows: pl.DataFrame, *, key: Sequence[str], update: Sequence[str], insert_if: str = ""
) -> Merged:
    """Insert the rows whose key is new; update those that differ in `update`; leave all others untouched.

    rows      : columns named as the table's columns; every NOT NULL column without a database default is given
    key       : columns that identify a row (unique in the table and in `rows`)
    update    : columns compared and written; may be empty (insert only)
    insert_if : a boolean column of `rows`, not of the table: rows where it is false are updated, never inserted
    returns   : Merged; merging the same rows again returns Merged(0, 0)
    """
    if rows.is_empty():
        return Merged(0, 0)
    columns = [name for name in rows.columns if name != insert_if]
    table = model._meta.db_table
    with _staged(table, rows, columns, insert_if) as stage, connection.cursor() as cursor:
        same = " AND ".join(f'"{table}"."{name}" = s."{name}"' for name in key)
        updated = 0
        if update:
            differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
            changed = " OR ".join(f'"{table}"."{name}" {differs} s."{name}"' for name in update)
            settings = ", ".join(f'"{name}" = s."{name}"' for name in update)
            cursor.execute(f'UPDATE "{table}" SET {settings} FROM {stage} s WHERE {same} AND ({changed})')  # noqa: S608  names are the models'
            updated = cursor.rowcount
        names = ", ".join(f'"{name}"' for name in columns)
        order = ", ".join(f's."{name}"' for name in key)
        wanted = f's."{insert_if}" AND ' if insert_if else ""
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {stage} s WHERE {wanted}'  # noqa: S608  names are the models'
            f'NOT EXISTS (SELECT 1 FROM "{table}" WHERE {same}) ORDER BY {order}'
        )
        return Merged(cursor.rowcount, updated)


@contextmanager
def _staged(table: str, rows: pl.DataFrame, columns: Sequence[str], insert_if: str) -> Iterator[str]:
    stage = f'"stage_{table}"'
    names = ", ".join(f'"{name}"' for name in columns)
    flag = f', 1 AS "{insert_if}"' if connection.vendor == "sqlite" else f', true AS "{insert_if}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE {stage} AS SELECT {names}{flag if insert_if else ""} FROM "{table}" WHERE 1 = 0'  # noqa: S608  names are the models'
        )
        ordered = rows.select([*columns, *([insert_if] if insert_if else [])])
        if connection.vendor == "postgresql":
            _copy(cursor, stage, ordered)
        else:
            _insert(cursor, stage, ordered)
        yield stage
        cursor.execute(f"DROP TABLE {stage}")


def _copy(cursor: object, stage: str, rows: pl.DataFrame) -> None:
    text = rows.with_columns(
        pl.selectors.binary().bin.encode("hex").str.replace("^", r"\x", literal=False),
        pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S%.6f+00"),
    )
    buffer = io.BytesIO()
    text.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    with cursor.copy(f"COPY {stage} FROM STDIN WITH (FORMAT csv)") as copy:  # type: ignore[attr-defined]
        copy.write(buffer.getbuffer())
    cursor.execute(f"ANALYZE {stage}")  # type: ignore[attr-defined]


def _insert(cursor: object, stage: str, rows: pl.DataFrame) -> None:
    # Dates and moments as Django writes them on SQLite: ISO text, moments in UTC without a zone.
    text = rows.with_columns(
        pl.selectors.date().dt.strftime("%Y-%m-%d"),
        pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.strip_suffix(".000000"),
    )
    marks = ", ".join(["%s"] * rows.width)
    for chunk in text.iter_slices(CHUNK):
        cursor.executemany(f"INSERT INTO {stage} VALUES ({marks})", chunk.rows())  # type: ignore[attr-defined]  # noqa: S608  only marks
