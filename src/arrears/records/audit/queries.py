"""Who did what to this subject, and when? Events as stored; the sentence is made where it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arrears.records import bulk
from arrears.records.audit import chain, written
from arrears.records.audit.models import Event
from arrears.records.audit.operations import KEY
from arrears.records.privacy import keys


@dataclass(frozen=True)
class EventRow:
    """One audit event; `data` with what was written with it."""

    event_id: int
    at: datetime
    kind: str
    subject_id: str
    actor: str
    before: str
    after: str
    data: dict[str, Any]


def events_of(
    subject_ids: Iterable[str], *, before: datetime | None = None, without: Collection[str] = (), limit: int
) -> list[EventRow]:
    """The newest events of some subjects, some kinds left out."""
    events = Event.objects.filter(subject_id__in=list(subject_ids)).exclude(kind__in=without)
    if before:
        events = events.filter(at__lt=before)
    return _rows(events.order_by("-at", "-id")[:limit])


def told(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The facts of each event, with what was written with it."""
    return written.facts_of(events, key=chain.chain_key(keys.get(KEY)))


def whole_of(subject_ids: Iterable[str]) -> list[Event]:
    """Every event of some subjects, as many as there may be, the oldest first."""
    pieces = bulk.keys_in_pieces(subject_ids)
    found = [event for piece in pieces for event in Event.objects.filter(subject_id__among=piece)]
    return sorted(found, key=lambda event: (event.at, event.pk))


def events_of_kinds(subject_ids: Iterable[str], kinds: Collection[str], *, limit: int) -> list[EventRow]:
    """The newest events of some subjects, of some kinds alone."""
    events = Event.objects.filter(subject_id__in=list(subject_ids), kind__in=kinds)
    return _rows(events.order_by("-at", "-id")[:limit])


def facts_of(subject_id: str, kind: str, *, key: str, fact: str) -> dict[str, Any]:
    """One fact of each event of a kind about a subject, by another of its facts; events without it are left out."""
    told = Event.objects.filter(subject_id=subject_id, kind=kind).values_list("data", flat=True)
    return {data[key]: data[fact] for data in told if key in data and fact in data}


def last_at(subject_id: str, kind: str, *, after: str) -> datetime | None:
    """When an event of a kind with this end was last recorded about a subject."""
    events = Event.objects.filter(subject_id=subject_id, kind=kind, after=after)
    return events.order_by("-at").values_list("at", flat=True).first()


def since_last(subject_id: str, kind: str, *, kinds: Collection[str]) -> list[str]:
    """Which of some kinds were recorded about a subject since an event of one kind was: each once, the oldest first."""
    about = Event.objects.filter(subject_id=subject_id)
    last = about.filter(kind=kind).order_by("-id").values_list("id", flat=True).first() or 0
    found = about.filter(kind__in=kinds, id__gt=last).order_by("id")
    return list(dict.fromkeys(found.values_list("kind", flat=True)))


def was(subject_id: str, kind: str, *, before: Collection[str], since: datetime) -> bool:
    """Whether a subject was one of these until an event of a kind after a moment."""
    return Event.objects.filter(subject_id=subject_id, kind=kind, before__in=before, at__gt=since).exists()


def is_known(subject_id: str, kind: str, *, actor: str, since: datetime) -> bool:
    """Whether an actor has left an event of a kind about a subject after a moment."""
    return Event.objects.filter(subject_id=subject_id, kind=kind, actor=actor, at__gt=since).exists()


def facts_since(subject_id: str, kind: str, *, actor: str, since: datetime) -> list[dict[str, Any]]:
    """The facts of the events of a kind that an actor has left about a subject after a moment."""
    events = Event.objects.filter(subject_id=subject_id, kind=kind, actor=actor, at__gt=since)
    return list(events.values_list("data", flat=True))


def count_since(kinds: Collection[str], *, actor: str, since: datetime, purposes: Collection[str]) -> int:
    """How many events of some kinds an actor has left after a moment, for one of some purposes."""
    events = Event.objects.filter(kind__in=kinds, at__gt=since, actor=actor)
    return sum(data.get("purpose") in purposes for data in events.values_list("data", flat=True))


def sum_since(kind: str, fact: str, *, actor: str, since: datetime) -> int:
    """What one numeric fact of an actor's events of a kind after a moment adds up to."""
    events = Event.objects.filter(kind=kind, at__gt=since, actor=actor)
    return sum(int(data.get(fact, 0)) for data in events.values_list("data", flat=True))


def looks(kinds: Collection[str], *, since: datetime) -> list[tuple[str, str, str]]:
    """(actor, subject, purpose) of every event of some kinds after a moment, the oldest first."""
    events = Event.objects.filter(kind__in=kinds, at__gt=since).order_by("at", "id")
    told = events.values_list("actor", "subject_id", "data")
    return [(actor, subject, str(data.get("purpose", ""))) for actor, subject, data in told.iterator()]


def _rows(events: Iterable[Event]) -> list[EventRow]:
    found = list(events)
    return [_row(event, facts) for event, facts in zip(found, told(found), strict=True)]


def _row(event: Event, facts: dict[str, Any]) -> EventRow:
    return EventRow(
        event_id=event.pk,
        at=event.at,
        kind=event.kind,
        subject_id=event.subject_id,
        actor=event.actor,
        before=event.before,
        after=event.after,
        data=facts,
    )
