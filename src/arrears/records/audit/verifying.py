"""Does the audit trail stand as it was written? Every event against its digest, every lane against its end.

Read a stretch of a lane at a time, as the database's own text, so that a stretch can be judged by a process of its
own; writes nothing. A lane's end and its newest event are read in one statement: nobody writes between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from django.db import connection
from django.db.models import OuterRef, Subquery

from arrears.records.audit import chain, guards, lost_words
from arrears.records.audit.lost_words import Lost
from arrears.records.audit.models import Event, Lane

#: Events that one stretch spans at most.
AT_ONCE = 20_000
#: More findings of one stretch say nothing new.
FINDINGS_A_STRETCH = 20
#: And more of words in one verification.
WORDS_MOST = 1_000
#: The largest that a lane, and a place in it, may be: what their columns hold, less one.
LANE_LARGEST, SEQ_LARGEST = 2**15 - 1, 2**62


#: An event as it is judged: id, seq, digest, content; None where the database keeps what no event of ours has
Read = tuple[int, int, str, str | None]


@dataclass(frozen=True)
class Finding:
    """What does not fit, and where. event_id : None where it is about a lane."""

    # ALTERED, MISSING, UNCHAINED, END_MOVED, END_FORGED, NO_LANE, NO_GUARD, WORDS_GONE, WORDS_ALTERED, those of
    # `anchored`, and NO_TRAIL
    kind: str
    lane: int | None
    seq: int | None
    event_id: int | None


@dataclass(frozen=True)
class Stretch:
    """Places `first`..`last` of a lane."""

    lane: int
    first: int
    last: int


@dataclass(frozen=True)
class Judged:
    """events : how many were read; findings : no more than FINDINGS_A_STRETCH; lost : for `tally`"""

    events: int
    findings: tuple[Finding, ...]
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True)
class End:
    """The end of a lane as its row states it, and its newest event: place and digest, or 0 and NOTHING."""

    lane: int
    seq: int
    digest: str
    mac: str
    newest: int
    newest_digest: str


def stretches(at_once: int) -> list[Stretch]:
    """Every place where an event stands, or should by the end of its lane; what stands in none is `judge_loose`'s."""
    return [
        Stretch(lane, first, min(first + at_once - 1, last))
        for lane, last in sorted(lasts().items())
        for first in range(1, last + 1, at_once)
    ]


def lasts() -> dict[int, int]:
    """Of each lane the last place where an event stands, or should by the lane's end; 0 when there is none."""
    found = {end.lane: max(end.seq, end.newest) for end in _ends()}
    return found | {lane: _newest_place(lane) for lane in _lanes() - found.keys()}


def judge_ends(secret: bytes) -> list[Finding]:
    """Lanes that are gone, ends that nobody with the key vouched for or that are not the newest event; loose events;
    and whether the database still refuses what changes the trail."""
    ends = {end.lane: end for end in _ends()}
    if not ends and not Event.objects.filter(lane__isnull=False).exists():
        return judge_surroundings()
    lanes = sorted({*_lanes(), *ends})
    return [finding for lane in lanes for finding in _judge_end(lane, ends.get(lane), secret)] + judge_surroundings()


def judge_end(lane: int, secret: bytes) -> list[Finding]:
    """The end of one lane: gone, not vouched for, or not the newest event."""
    return _judge_end(lane, next(iter(_ends(lane=lane)), None), secret)


def _judge_end(lane: int, end: End | None, secret: bytes) -> list[Finding]:
    if end is None:
        return [Finding("NO_LANE", lane, None, None)]
    found = []
    if chain.vouch(chain.chain_key(secret), lane, end.seq, end.digest) != end.mac:
        found.append(Finding("END_FORGED", lane, end.seq, None))
    if (end.newest, end.newest_digest) != (end.seq, end.digest):
        found.append(Finding("END_MOVED", lane, end.seq, None))
    return found


def _ends(**which: int) -> list[End]:
    newest = Event.objects.filter(lane=OuterRef("lane"), seq__lte=SEQ_LARGEST).order_by("-seq")
    place, digest = Subquery(newest.values("seq")[:1]), Subquery(newest.values("digest")[:1])
    rows = Lane.objects.filter(**which).values_list("lane", "seq", "digest", "mac", place, digest)
    return [End(*stated, seq or 0, text if seq else chain.NOTHING) for *stated, seq, text in rows]


def _lanes() -> set[int]:
    """Every lane that there should be, and those beyond in which events stand."""
    beyond = Event.objects.filter(lane__range=(chain.LANES, LANE_LARGEST)).values_list("lane", flat=True)
    return {*range(chain.LANES), *beyond.distinct()}


def judge_surroundings() -> list[Finding]:
    """Events that stand in no lane; and whether the database still refuses what changes the trail."""
    return judge_loose() + ([Finding("NO_GUARD", None, None, None)] if guards.lost() else [])


def judge_loose() -> list[Finding]:
    """Events at no place of any lane, which no stretch spans, though every page would tell them.

    Each question walks the index of places. Text and blobs, which SQLite takes for any number, come after all numbers.
    """
    every = {"lane__in": range(chain.LANES)}
    asked = (
        {"lane__isnull": True},
        {"lane__lt": 0},
        {"lane__gte": chain.LANES},
        {"seq__isnull": True, **every},
        {"seq__lt": 1, **every},
        {"seq__gt": SEQ_LARGEST, **every},
    )
    found: set[int] = set()
    for conditions in asked:
        found |= {*Event.objects.filter(**conditions).order_by().values_list("id", flat=True)[:FINDINGS_A_STRETCH]}
    return [Finding("UNCHAINED", None, None, each) for each in sorted(found)[:FINDINGS_A_STRETCH]]


def _newest_place(lane: int) -> int:
    """The place of a lane's newest event; 0 when there is none."""
    of_lane = Event.objects.filter(lane=lane, seq__lte=SEQ_LARGEST)
    places = of_lane.order_by("-seq").values_list("seq", flat=True)
    return places.first() or 0


def digest_at(lane: int, seq: int) -> str:
    """The digest that stands at a place: NOTHING before the first, blank where there is no event."""
    if seq == 0:
        return chain.NOTHING
    return Event.objects.filter(lane=lane, seq=seq).values_list("digest", flat=True).first() or ""


def judge_words(lost: Iterable[Lost]) -> list[Finding]:
    """Words that do not stand beside their event, but for those that an event of the trail says were erased."""
    return [
        Finding("WORDS_GONE" if one.is_gone else "WORDS_ALTERED", one.lane, one.seq, one.event_id)
        for one in lost_words.unexplained(lost, most=WORDS_MOST)
    ]


def tally(judged: Iterable[Judged]) -> tuple[int, list[Finding]]:
    """How many events were read, and what does not fit, their words included; takes one stretch at a time."""
    events, found = 0, list[Finding]()

    def lost() -> Iterator[Lost]:
        nonlocal events
        for one in judged:
            events += one.events
            found.extend(one.findings)
            yield from one.lost

    of_words = judge_words(lost())
    return events, found + of_words


def judge(stretch: Stretch, secret: bytes) -> Judged:
    """Every event of a stretch against the one before it, whose number it comes after."""
    rows, digest_of = _rows(stretch), chain.digester(chain.chain_key(secret))
    found, expected, (latest, previous) = [], stretch.first, _before(stretch)
    for event_id, seq, digest, content in rows:
        if seq != expected:
            found.append(Finding("MISSING", stretch.lane, expected, None))
        elif content is None or event_id <= latest or digest_of(previous, content) != digest:
            found.append(Finding("ALTERED", stretch.lane, seq, event_id))
        expected, previous, latest = seq + 1, digest, event_id
    if expected <= stretch.last:
        found.append(Finding("MISSING", stretch.lane, expected, None))
    return Judged(len(rows), tuple(found[:FINDINGS_A_STRETCH]), _lost(stretch, rows, secret))


def _lost(stretch: Stretch, rows: list[Read], secret: bytes) -> tuple[Lost, ...]:
    tells = lost_words.TELLS
    told = [(event_id, seq, content) for event_id, seq, _, content in rows if content and tells in content]
    return lost_words.find(stretch.lane, told, key=chain.chain_key(secret))


def _before(stretch: Stretch) -> tuple[float, str]:
    """Number and digest of the event before a stretch; where there is none, what comes before any."""
    events = Event.objects.filter(lane=stretch.lane, seq=stretch.first - 1).values_list("id", "digest")
    return events.first() or (-math.inf, chain.NOTHING)


#: `at` as digests cover it, from what the database keeps.
MOMENT = {
    "sqlite": "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END",
    "postgresql": "CASE WHEN at >= '0001-01-01' THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') END",
}
#: Columns that must be text: SQLite keeps a blob of the same bytes, which fits the digest and which no query finds.
TEXTS = ("at", "kind", "subject_id", "actor", "before", "after", "data")
SELECT = """
SELECT id, seq, digest, {content} FROM audit_event WHERE lane = %s AND seq BETWEEN %s AND %s
"""


def _rows(stretch: Stretch) -> list[Read]:
    """The database puts chain.FIELDS together: that is most of the reading saved. By `||`, which a NUL does not end.
    They are put in order here: PostgreSQL would sort long rows, in a file."""
    columns = {"lane": "CAST(lane AS text)", "seq": "CAST(seq AS text)", "at": MOMENT[connection.vendor]}
    content = f" || '{chain.PART}' || ".join(columns.get(name, name) for name in chain.FIELDS)
    if connection.vendor == "sqlite":
        are_texts = " AND ".join(f"typeof({name}) = 'text'" for name in TEXTS)
        content = f"CASE WHEN {are_texts} THEN {content} END"
    with connection.cursor() as cursor:
        cursor.execute(SELECT.format(content=content), [stretch.lane, stretch.first, stretch.last])
        return sorted(cursor.fetchall(), key=itemgetter(1))
