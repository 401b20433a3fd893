"""State machines as tables: `(status, event) → status`, and a typed refusal for every pair not in the table."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel.errors import Refusal

Table = Mapping[tuple[str, str], str]


class NoSuchTransition(Refusal):
    code = "no_such_transition"
    message = "{noun} is {before}: {event} is not possible."


def next_status(table: Table, before: str, event: str, *, noun: str) -> str:
    """The status after an event; raises NoSuchTransition when the table has no such step."""
    try:
        return table[before, event]
    except KeyError:
        raise NoSuchTransition(noun=noun, before=before, event=event) from None
