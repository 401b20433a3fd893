"""Write many rows at once, as fast as the database takes them: plain INSERT and conditional UPDATE, thousands a call.

Used by the operations of records inside their own transactions. It builds no model instance and checks nothing: what
must hold stands in the database's own constraints. Values are Python's; columns are a model's field names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.functions import Cast

Row = Sequence[object]
Words = Sequence[str | None]


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, in the order of `columns`; every column of the model without a database default must be named."""
    given = _adapted(model, columns, rows)
    if not given:
        return 0
    names = ", ".join(_column(model, name) for name in columns)
    if connection.vendor == "postgresql":
        words = [_copied(_words(column)) for column in zip(*given, strict=True)]
        with connection.cursor() as cursor, cursor.copy(f"COPY {_table(model)} ({names}) FROM STDIN") as copy:
            copy.write("\n".join(map("\t".join, zip(*words, strict=True))) + "\n")
        return len(given)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {_table(model)} ({names}) VALUES ({marks})"  # noqa: S608 (names come from the model)
        cursor.executemany(statement, given)
    return len(given)


def update(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, where: str, arguments: Row = ()
) -> int:
    """Set columns of rows found by primary key; each row is (values…, key). Returns how many rows changed.

    where : a condition that must still hold, in SQL over the row `t`, such as "t.status = %s" with its `arguments`
    """
    key = model._meta.pk
    assert key is not None
    given = _adapted(model, [*columns, key.name], rows)
    if not given:
        return 0
    if connection.vendor == "postgresql":
        return _update_joined(model, [*columns, key.name], given, where, arguments)
    sets = ", ".join(f"{_column(model, name)} = %s" for name in columns)
    statement = f"UPDATE {_table(model)} AS t SET {sets} WHERE {_column(model, key.name)} = %s AND {where}"  # noqa: S608  names are the model's
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*row, *arguments) for row in given])
        return int(cursor.rowcount)


def _update_joined(
    model: type[models.Model], columns: Sequence[str], given: Sequence[Row], where: str, arguments: Row
) -> int:
    """One statement over all rows, joined by key: a statement a row is planned anew each time, and badly."""
    names = [_column(model, name) for name in columns]
    arrays = ", ".join(f"%s::{_type(model, name)}[]" for name in columns)
    sets = ", ".join(f"{name} = v.{name}" for name in names[:-1])
    statement = (
        f"UPDATE {_table(model)} AS t SET {sets} FROM unnest({arrays}) AS v({', '.join(names)})"  # noqa: S608  names are the model's
        f" WHERE t.{names[-1]} = v.{names[-1]} AND {where}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(_array(_words(column)) for column in zip(*given, strict=True)), *arguments])
        return int(cursor.rowcount)


def exchange(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Set columns of rows that stand as they were read; each row is (new values…, key, values as read…).

    Returns how many rows changed: a row that somebody else changed meanwhile, in any of the columns, is left as it is.
    """
    key = model._meta.pk
    assert key is not None
    given = _adapted(model, [*columns, key.name, *columns], rows)
    if not given:
        return 0
    names = [_column(model, name) for name in columns]
    if connection.vendor != "postgresql":
        sets, held = (", ".join(f"{name} = %s" for name in names), " AND ".join(f"{name} IS %s" for name in names))
        statement = f"UPDATE {_table(model)} SET {sets} WHERE {_column(model, key.name)} = %s AND {held}"  # noqa: S608  names are the model's
        with connection.cursor() as cursor:
            cursor.executemany(statement, given)
            return int(cursor.rowcount)
    count, kinds = len(names), [_type(model, name) for name in (*columns, key.name, *columns)]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    given_as = ", ".join(f"v{place}" for place in range(len(kinds)))
    sets = ", ".join(f"{name} = v{place}" for place, name in enumerate(names))
    held = " AND ".join(f"t.{name} IS NOT DISTINCT FROM v{count + 1 + place}" for place, name in enumerate(names))
    statement = (
        f"UPDATE {_table(model)} AS t SET {sets} FROM unnest({arrays}) AS v({given_as})"  # noqa: S608  names are the model's
        f" WHERE t.{_column(model, key.name)} = v{count} AND {held}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array(_words(column)) for column in zip(*given, strict=True)])
        return int(cursor.rowcount)


@models.CharField.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup):  # type: ignore[type-arg]
    """`key__among=Keys(ids)`: one of many keys, handed over as one value; `__in` prepares each by itself, which costs
    more than the query."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} {AMONG[connection.vendor]}", [*parameters, _among(self.rhs.ids)]


def select(statement: str, ids: Iterable[str], *arguments: object) -> Iterable[tuple[Any, ...]]:
    """The rows of a plain SELECT with `{ids}` where a column is compared with the keys, before its other arguments.

    For the few questions asked of every contact: putting them together anew costs more than their answer. Moments are
    read with CAST(… AS text) and `moment`.
    """
    given = [connection.ops.adapt_datetimefield_value(one) if isinstance(one, datetime) else one for one in arguments]
    statement = statement.replace("{ids}", AMONG[connection.vendor])
    for piece in in_pieces(ids):
        with connection.cursor() as cursor:
            cursor.execute(statement, [_among(piece), *given])
            yield from cursor.fetchall()


AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}


def _among(keys: list[str]) -> str:
    return _array(keys) if connection.vendor == "postgresql" else json.dumps(keys)


class Keys:
    """Keys for `__among`, closed to Django: in a list it looks at each of them for an expression or an instance."""

    __slots__ = ("ids",)

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = list(ids)


def in_pieces(ids: Iterable[str], size: int = 5_000) -> Iterable[list[str]]:
    """A long list of keys in pieces that fit into one statement on every database."""
    keys = list(ids)
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def keys_in_pieces(ids: Iterable[str]) -> Iterable[Keys]:
    """As `in_pieces`, for `__among`."""
    return map(Keys, in_pieces(ids))


def as_text(name: str) -> Cast:
    """A column of moments as the database writes them, to be read by `moment`: reading each anew costs more."""
    return Cast(name, models.TextField())


@lru_cache(maxsize=65_536)
def moment(text: str) -> datetime:
    """The moment that `as_text` wrote."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@lru_cache(maxsize=256)
def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@lru_cache(maxsize=1_024)
def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field), name
    return connection.ops.quote_name(field.column)


def _type(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field), name
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return str(field.db_type(connection)).partition("(")[0]


def _adapted(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    adapters = _adapters(connection.vendor, model, tuple(columns))
    by_column = []
    for values, adapter in zip(zip(*rows, strict=True), adapters, strict=False):
        by_column.append(values if adapter is None else _each(values, adapter))
    return list(zip(*by_column, strict=True))


def _each(values: Sequence[Any], adapter: Callable[[Any], object]) -> list[object]:
    """Adapt a column; moments, dates and shared JSON repeat within a batch, and are written out once."""
    keys = list(map(id, values)) if adapter is _json else values
    known = {
        key: None if value is None else adapter(value) for key, value in dict(zip(keys, values, strict=True)).items()
    }
    return [known[key] for key in keys]


@lru_cache(maxsize=256)
def _adapters(
    vendor: str, model: type[models.Model], columns: tuple[str, ...]
) -> tuple[Callable[[Any], object] | None, ...]:
    return tuple(_adapter(vendor, model._meta.get_field(name)) for name in columns)


def _adapter(vendor: str, field: object) -> Callable[[Any], object] | None:
    if isinstance(field, models.JSONField):
        return _json
    if vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return _sqlite_moment
    if vendor == "sqlite" and isinstance(field, models.DateField):
        return date.isoformat
    return None


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _sqlite_moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _words(values: Sequence[Any]) -> Words:
    """A column in the words of PostgreSQL; what repeats within a batch is written out once."""
    if set(map(type, values)) == {str}:
        return values
    known = {value: _word(value) for value in set(values)}
    return [known[value] for value in values]


def _word(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _copied(words: Words) -> Sequence[str]:
    """A column in the text format of COPY."""
    if None in words:
        return [r"\N" if word is None else word.translate(COPY_ESCAPES) for word in words]
    plain = "".join(words)  # type: ignore[arg-type]  # no None among them
    if any(char in plain for char in "\\\t\n\r"):
        return [word.translate(COPY_ESCAPES) for word in words]  # type: ignore[union-attr]
    return words  # type: ignore[return-value]


def _array(words: Words) -> str:
    """A column as a literal of a PostgreSQL array; the driver would take as long for it as the server does."""
    if None not in words:
        plain = "".join(words)  # type: ignore[arg-type]  # no None among them
        if plain and '"' not in plain and "\\" not in plain:
            return '{"' + '","'.join(words) + '"}'  # type: ignore[arg-type]
    return "{" + ",".join(["NULL" if word is None else f'"{_quoted(word)}"' for word in words]) + "}"


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')
