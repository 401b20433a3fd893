"""Move every sealed value, and every blind index, of the books to the keys in use, while everybody works.

Called by `actions.rotate_vault`. What is under an older key is found by its first bytes, so there is nothing to
remember between two runs: whoever was killed begins again and finds what is left. A batch is read and sealed anew
outside any transaction, then exchanged in one of its own, each row only if it still stands as it was read. Rows that
somebody else holds are passed over, and found again by the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from arrears.records import bulk
from arrears.records.privacy import cipher, ring
from arrears.records.privacy.fields import SealedField, SealedTable
from arrears.records.privacy.models import INDEX, SEAL

#: Rows of one transaction at first and at most, and the bytes they should not outgrow: so few that whoever wants one of
#: them waits some hundredths of a second, and transcripts as long as a call fit into memory.
BATCH_FIRST, BATCH_MOST, BATCH_BYTES = 50, 1_000, 4_000_000
#: Pages of SQLite's log (80 MB, and what SQLite itself takes) after which they are written back.
PAGES_GATHERED, PAGES_BY_DEFAULT = 20_000, 1_000
#: table, how many of its rows this pass has looked at, and how many it began with
Progress = Callable[[str, int, int], None]


@dataclass
class Pass:
    """moved : rows; passed : rows that somebody held or changed meanwhile; broken : contexts that do not open"""

    moved: int = 0
    passed: int = 0
    broken: tuple[str, ...] = ()

    def __add__(self, other: Pass) -> Pass:
        return Pass(self.moved + other.moved, self.passed + other.passed, self.broken + other.broken)


@contextmanager
def seldom_written_back() -> Iterator[None]:
    """On SQLite, let many batches gather in the log before its pages go back into the file.

    Indexes are moved in no order of theirs, so that every batch touches pages everywhere, and the same ones again.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA wal_autocheckpoint={PAGES_GATHERED}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA wal_autocheckpoint={PAGES_BY_DEFAULT}")


def waiting(table: SealedTable) -> int:
    """How many rows of a table hold something under an older key."""
    where, arguments = _is_old(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_name(table.model._meta.db_table)} WHERE {where}", arguments)  # noqa: S608  names are the model's
        return int(cursor.fetchone()[0])


def move(table: SealedTable, *, progress: Progress) -> Pass:
    """One pass over a table, in the order of its keys."""
    total, whole = waiting(table), Pass()
    looked = 0
    for rows in _batches(table):
        found = _move(table, rows)
        whole += found
        looked += len(rows)
        progress(table.model._meta.db_table, looked, max(total, looked))
    return whole


def used(table: SealedTable) -> Iterator[tuple[str, int, int]]:
    """(purpose, number, how many values are under it) for each key that a table uses."""
    for field in table.fields:
        for number, count in _heads(field):
            yield SEAL, number, count
        if field.index is not None:
            for number, count in _index_heads(table.model, field.index.column):
                yield INDEX, number, count


def _batches(table: SealedTable) -> Iterator[list[tuple[Any, ...]]]:
    """Rows under an older key: (key, watched columns…, columns beside), so many at a time."""
    key = _name(_pk(table).column)
    columns = ", ".join(_name(table.model._meta.get_field(name).column) for name in (*table.watched, *table.beside))  # type: ignore[union-attr]
    last, limit = None, BATCH_FIRST
    while True:
        where, arguments = _is_old(table)
        after = f"{key} > %s AND " if last is not None else ""
        statement = (
            f"SELECT {key}, {columns} FROM {_name(table.model._meta.db_table)}"  # noqa: S608 (names are the model's)
            f" WHERE {after}({where}) ORDER BY {key} LIMIT {limit}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*([last] if last is not None else []), *arguments])
            rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
        if not rows:
            return
        yield rows
        last = rows[-1][0]
        size = sum(len(value) for row in rows for value in row if isinstance(value, bytes))
        limit = max(1, min(BATCH_MOST, 2 * limit, len(rows) * BATCH_BYTES // max(1, size)))


@dataclass(frozen=True)
class _Column:
    """A sealed column by its place among the values of a row as `_batches` reads it, with those of its index."""

    field: SealedField
    sealed: int
    index: int
    beside: tuple[int, ...]


def _columns(table: SealedTable) -> list[_Column]:
    names = [*table.watched, *table.beside]
    found = []
    for field in table.fields:
        index = names.index(field.index.column) if field.index else -1
        beside = tuple(names.index(name) for name in field.index.beside) if field.index else ()
        found.append(_Column(field, names.index(field.name), index, beside))
    return found


def _move(table: SealedTable, rows: Sequence[tuple[Any, ...]]) -> Pass:
    watched, columns = table.watched, _columns(table)
    count = len(watched)
    anew, broken = [], []
    heads = cipher.head(ring.newest(SEAL).number), cipher.index_head(ring.newest(INDEX).number)
    for key, *held in rows:
        try:
            changed = _anew(columns, key, held, *heads)
        except cipher.UnableToOpen as refusal:
            broken.append(f"{table.model._meta.label} {key}: {refusal}")
            continue
        anew.append((*changed[:count], key, *held[:count]))
    with transaction.atomic():
        free = _free(table.model, [row[count] for row in anew])
        moved = bulk.exchange(table.model, watched, [row for row in anew if row[count] in free])
    return Pass(moved, len(anew) - moved, tuple(broken))


def _anew(columns: Sequence[_Column], key: object, held: list[Any], seal_head: bytes, index_head: str) -> list[Any]:
    """The row as it is to be; raises UnableToOpen. What is under the key in use already stays as it is."""
    changed = held.copy()
    for column in columns:
        sealed = held[column.sealed]
        if sealed is None:
            continue
        is_sealed = sealed.startswith(seal_head)
        index = held[column.index] if column.index >= 0 else ""
        is_found = not index or (index.startswith(index_head) if index_head else "." not in index)
        if is_sealed and is_found:
            continue
        context = column.field.context(key)
        text = cipher.unseal(sealed, context=context)
        if not is_sealed:
            changed[column.sealed] = cipher.seal(text, context=context)
        if not is_found and column.field.index is not None:
            form = column.field.index.form(text, *(held[place] for place in column.beside))
            changed[column.index] = cipher.blind_index(*form)
    return changed


def _free(model: type[models.Model], keys: Collection[Any]) -> set[Any]:
    """Which of these rows nobody else holds, locked until the transaction ends; on SQLite the writer is alone."""
    if connection.vendor != "postgresql":
        return set(keys)
    mine = model._default_manager.filter(pk__in=list(keys)).select_for_update(no_key=True, skip_locked=True)
    return set(mine.values_list("pk", flat=True))


def _is_old(table: SealedTable) -> tuple[str, list[object]]:
    """SQL that is true of a row with something under an older key, and its arguments."""
    seal_head, index_head = cipher.head(ring.newest(SEAL).number), cipher.index_head(ring.newest(INDEX).number)
    parts: list[str] = []
    arguments: list[object] = []
    for field in table.fields:
        column = _name(field.column)
        parts.append(f"({column} IS NOT NULL AND substr({column}, 1, {len(seal_head)}) <> %s)")
        arguments.append(seal_head)
        if field.index is not None:
            name = _name(table.model._meta.get_field(field.index.column).column)  # type: ignore[union-attr]
            is_other = f"substr({name}, 1, {len(index_head)}) <> %s" if index_head else f"{name} LIKE %s"
            parts.append(f"({column} IS NOT NULL AND {name} <> '' AND {is_other})")
            arguments.append(index_head or "%.%")
    return " OR ".join(parts), arguments


def _heads(field: SealedField) -> Iterator[tuple[int, int]]:
    column = _name(field.column)
    bare = "x'01'" if connection.vendor == "sqlite" else "'\\x01'::bytea"
    head = f"CASE WHEN substr({column}, 1, 1) = {bare} THEN {bare} ELSE substr({column}, 1, {cipher.BODY}) END"
    table = _name(field.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {head}, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1")  # noqa: S608  names are the model's
        found = cursor.fetchall()
    for told, count in found:
        number = cipher.key_of(bytes(told))
        if number is not None:
            yield number, int(count)


def _index_heads(model: type[models.Model], column: str) -> Iterator[tuple[int, int]]:
    name = _name(model._meta.get_field(column).column)  # type: ignore[union-attr]
    dot = f"instr({name}, '.')" if connection.vendor == "sqlite" else f"strpos({name}, '.')"
    statement = f"SELECT substr({name}, 1, {dot}), count(*) FROM {_name(model._meta.db_table)}"  # noqa: S608  names are the model's
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE {name} <> '' GROUP BY 1")
        found = cursor.fetchall()
    for told, count in found:
        yield cipher.index_key_of(told), int(count)


def _pk(table: SealedTable) -> models.Field[Any, Any]:
    key = table.model._meta.pk
    assert key is not None
    return key


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
