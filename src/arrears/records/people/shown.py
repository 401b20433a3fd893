"""Whose masked identity was opened for what is being answered: so that a list leaves a trace of whom it showed.

Noted where a name or a number is masked, so that a new list is born with it; asked by whoever hands the answer over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WHO: ContextVar[set[str] | None] = ContextVar("shown", default=None)


@contextmanager
def noted() -> Iterator[set[str]]:
    """The customers who are shown from here to the end, filled as they are."""
    who: set[str] = set()
    token = _WHO.set(who)
    try:
        yield who
    finally:
        _WHO.reset(token)


def note(customer_id: str) -> None:
    """This person is shown. Nothing is kept where nobody asks, as in a night."""
    who = _WHO.get()
    if who is not None:
        who.add(customer_id)
