"""Past the triggers that refuse to edit or delete the audit trail: as somebody who may alter the tables would go.

`with unguarded():` a test tampers with the trail, and the triggers stand again afterwards. `flushing()` lets the tests
empty the books after one that committed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

_guards = importlib.import_module("arrears.records.audit.migrations.0003_append_only")


@contextmanager
def unguarded() -> Iterator[None]:
    """The triggers are away within the block."""
    _run(take_down())
    try:
        yield
    finally:
        _run(put_up())


def put_up() -> list[str]:
    return _guards.put_up(connection.vendor)


def take_down() -> list[str]:
    return _guards.take_down(connection.vendor)


def drop(name: str) -> str:
    """The statement that takes one of them away."""
    return next(each for each in take_down() if name in each.split())


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def flushing() -> Iterator[None]:
    """Django's `flush`, which empties all tables after a test that committed, goes past the triggers."""
    real = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: Any, statements: Sequence[str]) -> None:
        with unguarded():
            real(operations, statements)

    with mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", flush):
        yield
