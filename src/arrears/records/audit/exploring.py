"""Which events are wanted: of a subject, of a kind, by somebody, within days? The newest first, a page at a time.

A page costs the same at the end of millions of rows as at their beginning: one index is walked from a place in its
order, by the condition that narrows most, and what else is asked is looked at row by row, of so many rows and no more.
A page that is not full by then says where it stopped, so that whoever asks may go on from there. Nothing is counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from arrears.records.audit.models import Event
from arrears.records.audit.queries import EventRow

#: Rows that one page looks at, whatever it finds.
LOOKED_AT_MOST = 20_000
#: Actors that are one colleague or one key: few events, so they narrow more than a kind does.
PERSONAL = ("user:", "api:")

#: The largest number that a row can have.
LARGEST = 2**63 - 1
#: The one fact of an event whose facts cannot be read.
UNREADABLE = "unreadable"

Place = tuple[datetime, int]


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty means any. subjects : none at all finds nothing, None any."""

    subjects: tuple[str, ...] | None = None
    kind: str = ""
    actor: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """rows : newest first; later : where the next page begins; looked_back_to : the page is not full, for this far
    back it has been looked and there is more to look at"""

    rows: list[EventRow]
    later: Place | None
    looked_back_to: datetime | None


def page(wanted: Wanted, *, before: Place | None, size: int, looked_at: int = LOOKED_AT_MOST) -> Page:
    """A page of what is wanted, from a place in the order of moments."""
    walked, rest = _split(wanted)
    within = [*_within(wanted, before)]
    inner = " AND ".join([sql for sql, _ in (*walked, *within)]) or "1 = 1"
    outer = " AND ".join([sql for sql, _ in rest]) or "1 = 1"
    given = [value for _, values in (*walked, *within) for value in values]
    asked = [value for _, values in rest for value in values]
    most = looked_at if rest else size + 1
    found = Event.objects.raw(_SELECT.format(inner=inner, outer=outer), [*given, most, *asked, size + 1])
    rows = [_row(event) for event in found]
    if len(rows) > size:
        return Page(rows[:size], (rows[size - 1].at, rows[size - 1].event_id), None)
    stopped = _stopped(inner, given, looked_at) if rest else None
    return Page(rows, stopped, stopped[0] if stopped else None)


#: The inner query walks an index and stops; so does the outer one as soon as the page is full.
_SELECT = """
SELECT * FROM (
    SELECT id, at, kind, subject_id, actor, before, after, data AS told
    FROM audit_event WHERE {inner} ORDER BY at DESC, id DESC LIMIT %s
) walked
WHERE {outer} ORDER BY at DESC, id DESC LIMIT %s
"""
_LAST = "SELECT id FROM audit_event WHERE {inner} ORDER BY at DESC, id DESC LIMIT 1 OFFSET %s"

Condition = tuple[str, list[object]]


def _split(wanted: Wanted) -> tuple[list[Condition], list[Condition]]:
    """The condition whose index is walked, and those that are looked at row by row."""
    known: list[Condition] = []
    if wanted.subjects is not None:
        marks = ", ".join(["%s"] * len(wanted.subjects)) or "NULL"
        known.append((f"subject_id IN ({marks})", list(wanted.subjects)))
    by_actor: list[Condition] = [("actor = %s", [wanted.actor])] if wanted.actor else []
    of_kind: list[Condition] = [("kind = %s", [wanted.kind])] if wanted.kind else []
    known += by_actor + of_kind if wanted.actor.startswith(PERSONAL) else of_kind + by_actor
    return known[:1], known[1:]


def _within(wanted: Wanted, before: Place | None) -> Iterator[Condition]:
    if wanted.from_at:
        yield "at >= %s", [_stored(wanted.from_at)]
    if wanted.to_at:
        yield "at < %s", [_stored(wanted.to_at)]
    if before:
        yield "(at, id) < (%s, %s)", [_stored(before[0]), before[1]]


def _stopped(inner: str, given: list[object], looked_at: int) -> Place | None:
    """The last row that was looked at, when there may be more behind it."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(inner=inner), [*given, looked_at - 1])
        found = cursor.fetchone()
    return Event.objects.values_list("at", "id").get(id=found[0]) if found else None


def _stored(at: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(at)


def one(event_id: int) -> EventRow | None:
    """One event."""
    if event_id > LARGEST:
        return None
    found = Event.objects.raw(_SELECT.format(inner="id = %s", outer="1 = 1"), [event_id, 1, 1])
    return next((_row(event) for event in found), None)


def _row(event: Event) -> EventRow:
    """An event whose facts need not be what was written: who altered them may have left what is no JSON."""
    return EventRow(
        event.pk,
        event.at,
        event.kind,
        event.subject_id,
        event.actor,
        event.before,
        event.after,
        _facts(event.told),  # type: ignore[attr-defined]
    )


def _facts(told: str) -> dict[str, Any]:
    try:
        facts = json.loads(told)
    except ValueError:
        facts = None
    return facts if isinstance(facts, dict) else {UNREADABLE: told}
