"""What was written with an event, and does not stand beside it any more: erased by rule, or taken away by a hand?

Called by `verifying`. Words may be deleted with the other notes about a person; the event of that erasure names the
mark of each, so the chain tells who erased what, when and by which rules. Words that no erasure names were taken away.
A trail of years has millions of erased words: `unexplained` keeps them in a file, not in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from arrears.records.audit import chain, written
from arrears.records.audit.models import Event, Words

#: The events of an erasure, and the fact of them under which the marks of erased words stand.
ERASURES, ERASED = ("person.erased", "complaint.erased"), "erased_words"
#: How the facts of an event begin to tell that something was written with it.
TELLS = f'"{written.FACT}":'
#: Marks that one question asks for.
AT_ONCE = 5_000
#: Where lost words wait to be explained: in order of their marks, as they are asked for.
WAITING = """
PRAGMA cache_size = -8192; PRAGMA journal_mode = OFF; PRAGMA temp_store = FILE;
CREATE TABLE lost (event_id INT, lane INT, seq INT, mark TEXT, is_gone INT, PRIMARY KEY (mark, event_id)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Lost:
    """Words that do not stand as they were written. is_gone : there is no row; else it does not open or fit"""

    event_id: int
    lane: int
    seq: int
    mark: str
    is_gone: bool


@dataclass(frozen=True)
class Erased:
    """By which event words were erased."""

    event_id: int
    at: datetime
    actor: str


def marks_of(customer_id: str) -> list[str]:
    """The marks of all words about a person that are still there, sorted."""
    return sorted(Words.objects.filter(customer_id=customer_id).values_list("mark", flat=True))


def erase_beside(subject: str) -> list[str]:
    """Delete the words beside a subject's events, and return their marks, sorted: for what concerns nobody known."""
    marks = {mark for event in Event.objects.filter(subject_id=subject) for mark in written.marks(event).values()}
    mine = Words.objects.filter(mark__in=marks, customer_id=None)
    found = sorted(mine.values_list("mark", flat=True))
    mine.delete()
    return found


def find(lane: int, read: Iterable[tuple[int, int, str]], *, key: bytes) -> tuple[Lost, ...]:
    """Of the events of a lane, by number, place and the text of chain.FIELDS, words that do not stand beside them.

    read : those that tell of words are enough, see TELLS
    key : chain.chain_key
    """
    marked = [(event_id, seq, *one) for event_id, seq, content in read for one in _marked(content)]
    found = []
    for start in range(0, len(marked), AT_ONCE):
        some = marked[start : start + AT_ONCE]
        kept = Words.objects.in_bulk([mark for _, _, mark, _ in some])
        for event_id, seq, mark, told in some:
            row = kept.get(mark)
            if row is None or not written.fits(row, told, key=key):
                found.append(Lost(event_id, lane, seq, mark, is_gone=row is None))
    return tuple(found)


def unexplained(lost: Iterable[Lost], *, most: int) -> list[Lost]:
    """Lost words but those of which an event of the trail says that they were erased, by lane and place.

    They wait in a temporary file of a few pages of memory, deleted with its connection; the books are only read.
    most : no more than these
    """
    with closing(sqlite3.connect("", isolation_level=None)) as file:
        file.executescript(WAITING)
        file.executemany("INSERT OR IGNORE INTO lost VALUES (?, ?, ?, ?, ?)", map(astuple, lost))
        if file.execute("SELECT 1 FROM lost WHERE is_gone LIMIT 1").fetchone():
            named = ((mark,) for _, _, _, marks in _erasures() for mark in marks)
            file.executemany("DELETE FROM lost WHERE mark = ? AND is_gone", named)
        left = file.execute("SELECT event_id, lane, seq, mark, is_gone FROM lost ORDER BY lane, seq LIMIT ?", [most])
        return [Lost(event_id, lane, seq, mark, bool(is_gone)) for event_id, lane, seq, mark, is_gone in left]


def erasures(marks: Collection[str]) -> dict[str, Erased]:
    """Mark → the event that says that its words were erased; without those of which none says so."""
    wanted, found = set(marks), dict[str, Erased]()
    if not wanted:
        return {}
    for event_id, at, actor, erased in _erasures():
        found |= dict.fromkeys(wanted.intersection(erased), Erased(event_id, at, actor))
        if len(found) == len(wanted):
            break
    return found


def erasures_of(facts: Mapping[str, Any]) -> list[Erased]:
    """The events by which words of an event were erased, by its facts; the oldest first."""
    marks = {mark for _, mark in _marks(facts)}
    marks -= set(Words.objects.filter(mark__in=marks).values_list("mark", flat=True))
    return sorted(set(erasures(marks).values()), key=lambda one: one.event_id)


def _erasures() -> Iterator[tuple[int, datetime, str, list[str]]]:
    """(event, moment, actor, the marks that it says were erased), the newest first; one at a time, however many."""
    told = Event.objects.filter(kind__in=ERASURES).order_by("-at", "-id")
    for event_id, at, actor, data in told.values_list("id", "at", "actor", Cast("data", TextField())).iterator():
        erased = _facts(data).get(ERASED)
        if isinstance(erased, list):
            yield event_id, at, actor, [one for one in erased if isinstance(one, str)]


def _marked(content: str) -> list[tuple[str, str]]:
    """(mark, what it covers up to the words); none where somebody altered the event: its digest says so."""
    told = content.split(chain.PART)
    if len(told) != len(chain.FIELDS):
        return []
    _, _, at, kind, subject, actor, _, _, data = told
    covered = [kind, subject, actor, at]
    return [(mark, chain.PART.join([*covered, name, ""])) for name, mark in _marks(_facts(data))]


def _facts(data: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(data)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _marks(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    words = facts.get(written.FACT)
    pairs = words.items() if isinstance(words, dict) else ()
    return [(name, mark) for name, mark in pairs if isinstance(mark, str) and mark]
