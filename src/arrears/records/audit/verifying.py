"""Does the audit trail stand as it was written? Every event against its digest, every lane against its end.

Read a stretch of a lane at a time, as the database's own text, so that a stretch can be judged by a process of its
own; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from arrears.records.audit import chain, guards
from arrears.records.audit.models import Event, Lane

#: Events that one stretch spans at most; two stretches are in memory.
AT_ONCE = 20_000
#: More findings of one stretch say nothing new.
FINDINGS_A_STRETCH = 20


#: An event as it is judged: id, seq, digest, content
Read = tuple[int, int, str, str]


@dataclass(frozen=True)
class Finding:
    """What does not fit, and where. event_id : None where it is about a lane."""

    kind: str  # ALTERED, MISSING, UNCHAINED, END_MOVED, END_FORGED, NO_LANE, NO_GUARD
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
    """events : how many were read; findings : no more than FINDINGS_A_STRETCH"""

    events: int
    findings: tuple[Finding, ...]


def stretches(at_once: int) -> list[Stretch]:
    """Every place where an event stands, or should by the end of its lane."""
    lasts = dict(Event.objects.filter(lane__isnull=False).values_list("lane").annotate(Max("seq")))
    for end in Lane.objects.all():
        lasts[end.lane] = max(end.seq, lasts.get(end.lane, 0))
    return [
        Stretch(lane, first, min(first + at_once - 1, last))
        for lane, last in sorted(lasts.items())
        for first in range(1, last + 1, at_once)
    ]


def judge_ends(secret: bytes) -> list[Finding]:
    """Lanes that are gone, ends that nobody with the key vouched for or that are not the newest event; loose events;
    and whether the database still refuses what changes the trail."""
    key = chain.chain_key(secret)
    ends = {end.lane: end for end in Lane.objects.all()}
    newest = dict(Event.objects.filter(lane__isnull=False).values_list("lane").annotate(Max("seq")))
    lost = set(range(chain.LANES)) - set(ends) if ends or newest else set()
    found = [Finding("NO_LANE", lane, None, None) for lane in sorted(lost | (set(newest) - set(ends)))]
    for lane, end in sorted(ends.items()):
        if chain.vouch(key, lane, end.seq, end.digest) != end.mac:
            found.append(Finding("END_FORGED", lane, end.seq, None))
        last = Event.objects.filter(lane=lane, seq=newest.get(lane)).values_list("digest", flat=True).first()
        if newest.get(lane, 0) != end.seq or (last or chain.NOTHING) != end.digest:
            found.append(Finding("END_MOVED", lane, end.seq, None))
    loose = Event.objects.filter(lane__isnull=True).order_by("id").values_list("id", flat=True)
    found += [Finding("UNCHAINED", None, None, each) for each in loose[:FINDINGS_A_STRETCH]]
    return found + ([Finding("NO_GUARD", None, None, None)] if guards.lost() else [])


def judge(stretches: Iterable[Stretch], secret: bytes) -> Iterator[Judged]:
    """Every event of each stretch against the one before it; a stretch is read while the one before it is judged."""
    with ThreadPoolExecutor(1, thread_name_prefix="judging") as beside:
        waiting: Future[Judged] | None = None
        for stretch in stretches:
            ahead = beside.submit(_judge, stretch, _digest_before(stretch), _rows(stretch), secret)
            if waiting is not None:
                yield waiting.result()
            waiting = ahead
        if waiting is not None:
            yield waiting.result()


def _judge(stretch: Stretch, previous: str, rows: list[Read], secret: bytes) -> Judged:
    digest_of = chain.digester(chain.chain_key(secret))
    found, expected = [], stretch.first
    for event_id, seq, digest, content in rows:
        if seq != expected:
            found.append(Finding("MISSING", stretch.lane, expected, None))
        elif digest_of(previous, content) != digest:
            found.append(Finding("ALTERED", stretch.lane, seq, event_id))
        expected, previous = seq + 1, digest
    if expected <= stretch.last:
        found.append(Finding("MISSING", stretch.lane, expected, None))
    return Judged(len(rows), tuple(found[:FINDINGS_A_STRETCH]))


def _digest_before(stretch: Stretch) -> str:
    before = Event.objects.filter(lane=stretch.lane, seq=stretch.first - 1).values_list("digest", flat=True)
    return before.first() or chain.NOTHING


#: chain.FIELDS as the one text that a digest covers, made by the database: that is most of the reading saved.
CONTENT = {
    "sqlite": f"""
        printf('{chain.PART.join(["%d", "%d", *["%s"] * 7])}', lane, seq,
        CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END, kind, subject_id, actor, before, after, data)""",
    "postgresql": f"""
        concat_ws('{chain.PART}', lane, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), kind,
        subject_id, actor, before, after, data)""",
}
SELECT = """
SELECT id, seq, digest, {content} FROM audit_event WHERE lane = %s AND seq BETWEEN %s AND %s ORDER BY seq
"""


def _rows(stretch: Stretch) -> list[Read]:
    content = CONTENT[connection.vendor].replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(SELECT.format(content=content), [stretch.lane, stretch.first, stretch.last])
        return cursor.fetchall()
