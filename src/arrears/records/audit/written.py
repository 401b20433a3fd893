"""Words that somebody wrote with an event: the event holds their mark, the words stand sealed beside it.

So the chain covers what was written, and yet it can be deleted with the other notes about a person: an event never can.
Words that do not fit the mark are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from arrears.records.audit import chain
from arrears.records.audit.models import Event, Words
from arrears.records.privacy import masking, words

#: The fact of an event under which the marks of its words stand, by what they are.
FACT = "words"


@dataclass(frozen=True)
class Written:
    """texts : what each is ("note", "reason") → the words; customer_id : whom they are about, blank where unknown"""

    customer_id: str
    texts: Mapping[str, str] = field(repr=False)


def keep(written: Written, *, key: bytes, kind: str, subject: str, actor: str, at: datetime) -> dict[str, str]:
    """Seal words beside the event that is being recorded; returns their marks, blank for blank words."""
    made, rows = {}, []
    for name, text in written.texts.items():
        made[name] = chain.mark(key, _content(kind, subject, actor, at, name, text)) if text else ""
        sealed = words.seal(Words, "text_sealed", made[name], text)
        if sealed is not None:
            rows.append(Words(mark=made[name], customer_id=written.customer_id or None, text_sealed=sealed))
    Words.objects.bulk_create(rows, ignore_conflicts=True)
    return made


def are_about(subject: str, customer_id: str) -> None:
    """Whom the words beside a subject's events are about, now that it is known: they are deleted with the person's."""
    found = {mark for event in Event.objects.filter(subject_id=subject) for mark in marks(event).values() if mark}
    Words.objects.filter(mark__in=found, customer_id=None).update(customer_id=customer_id)


def facts_of(events: Iterable[Event], *, key: bytes) -> list[dict[str, Any]]:
    """The facts of events, with their words opened: blank where they were deleted, `???` where they do not fit."""
    found = list(events)
    named = {mark for event in found for mark in marks(event).values() if mark}
    kept = Words.objects.in_bulk(list(named)) if named else {}
    return [_facts(event, kept, key) for event in found]


def fits(row: Words, told: str, *, key: bytes) -> bool:
    """Do words open, and are they those of the event? told : as `_content` tells the event, up to the words"""
    text = words.shown(row, "text_sealed")
    return bool(text) and chain.mark(key, told + text) == row.pk


def marks(event: Event) -> dict[str, str]:
    """What was written with an event → its mark; nothing where somebody altered the event: its proof says so."""
    told = event.data.get(FACT)
    return told if isinstance(told, dict) else {}


def _facts(event: Event, kept: Mapping[str, Words], key: bytes) -> dict[str, Any]:
    facts = {name: value for name, value in event.data.items() if name != FACT}
    for name, mark in marks(event).items():
        row = kept.get(mark)
        text = words.shown(row, "text_sealed") if row else ""
        content = _content(event.kind, event.subject_id, event.actor, event.at, name, text)
        facts[name] = text if not text or chain.mark(key, content) == mark else masking.UNOPENED
    return facts


def _content(kind: str, subject: str, actor: str, at: datetime, name: str, text: str) -> str:
    return chain.PART.join([kind, subject, actor, chain.moment(at), name, text])
