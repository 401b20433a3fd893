"""Who did what to a key or an address, and when? The latest audit rows, as sentences for a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from arrears.interfaces.console import actors
from arrears.interfaces.ui import sentences
from arrears.records.audit import queries as audit

SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One deed."""

    at: datetime
    told: str
    subject: str
    by: str


def of(subjects: Iterable[str], *, without: Collection[str] = ()) -> list[Line]:
    """The latest deeds on some subjects, newest first, some kinds left out."""
    return _lines(audit.events_of(subjects, without=without, limit=SHOWN))


def of_kinds(subject: str, kinds: Collection[str], *, limit: int) -> list[Line]:
    """The latest deeds of some kinds on a subject, newest first."""
    return _lines(audit.events_of_kinds([subject], kinds, limit=limit))


def _lines(events: Iterable[audit.EventRow]) -> list[Line]:
    names = actors.names()
    return [
        Line(event.at, sentences.event(event.kind), event.subject_id, sentences.actor(event.actor, names))
        for event in events
    ]
