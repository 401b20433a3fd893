"""Independent pieces of work, each in a transaction of its own, two at a time where the database has two hands.

Used by the night. PostgreSQL writes one piece while the next is put together here. SQLite has one writer, and inside a
transaction of the caller's there is one connection: then they run one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

HANDS = 2

Piece = TypeVar("Piece")
Made = TypeVar("Made")


def each(work: Callable[[Piece], Made], pieces: Sequence[Piece]) -> Iterator[Made]:
    """What the work makes of each piece, in order; the first that fails is raised when those begun have ended.

    work : takes its locks in one order whatever the piece, and waits for nothing of another piece's
    """
    if len(pieces) < HANDS or connection.vendor != "postgresql" or connection.in_atomic_block:
        yield from map(work, pieces)
        return

    def on_own_connection(piece: Piece) -> Made:
        try:
            return work(piece)
        finally:
            connection.close()

    pool = ThreadPoolExecutor(HANDS, thread_name_prefix="piece")
    try:
        yield from pool.map(on_own_connection, pieces)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
