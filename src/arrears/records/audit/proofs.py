"""Does one event stand as it was written? Its stretch of its lane, from the anchor before it to the anchor after it.

Nothing is believed that the database says of itself: each digest of the stretch is made anew from the event before
it, and where the stretch begins and ends is held against what the two anchors state, which another key signed. A
stretch that is longer than a page may take is looked at around the event, and the proof says that it is not whole.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from arrears.records.audit import anchored, verifying
from arrears.records.audit.anchored import FileName, Stated
from arrears.records.audit.models import Event, Lane
from arrears.records.audit.verifying import Finding, Stretch

#: Events of one stretch that a page recomputes: a fifth of a second.
STRETCH_MOST = 20_000


@dataclass(frozen=True)
class Placed:
    """Where an event stands. lane : None when it stands in none; previous : the digest before it, blank when the
    event before it is gone"""

    event_id: int
    lane: int | None
    seq: int | None
    digest: str
    previous: str


@dataclass(frozen=True)
class Proof:
    """What was recomputed, and what does not fit; the event stands as it was written when nothing does not.

    before, after : the anchors that hold the stretch; None where there is none
    first, last   : the places that were recomputed; is_whole: all from anchor to anchor, or to the lane's end
    """

    placed: Placed
    findings: tuple[Finding, ...]
    before: Stated | None = None
    after: Stated | None = None
    first: int = 0
    last: int = 0
    events: int = 0
    is_whole: bool = False


def prove(
    event_id: int, *, secret: bytes, public_key: str, files: Collection[FileName] = (), most: int = STRETCH_MOST
) -> Proof | None:
    """Recompute the stretch around an event; None when there is no such event.

    files  : the anchors that were kept as files
    raises : anchors.NoPublicKey
    """
    row = Event.objects.filter(pk=event_id).values_list("lane", "seq", "digest").first()
    if row is None:
        return None
    lane, seq, digest = row
    around = [*verifying.judge_surroundings(), *anchored.not_here(files)]
    if lane is None or seq is None:
        loose = Finding("UNCHAINED", None, None, event_id)
        return Proof(Placed(event_id, None, None, digest, ""), (loose, *(one for one in around if one != loose)))
    before, after = anchored.around_place(lane, seq, key=public_key)
    begin, end = (before.seq(lane) + 1 if before else 1), (after.seq(lane) if after else _end(lane, seq))
    first, last = max(begin, seq - most // 2), min(end, seq + most // 2)
    events, judged = verifying.tally([verifying.judge(Stretch(lane, first, last), secret)])
    found = [
        *judged,
        *anchored.faults([one for one in (before, after) if one]),
    ]
    if before:
        found += anchored.unfit(before, [lane])
    found += anchored.unfit(after, [lane]) if after else verifying.judge_end(lane, secret)
    return Proof(
        placed=Placed(event_id, lane, seq, digest, verifying.digest_at(lane, seq - 1)),
        findings=(*found, *around),
        before=before,
        after=after,
        first=first,
        last=last,
        events=events,
        is_whole=(first, last) == (begin, end),
    )


def _end(lane: int, seq: int) -> int:
    """Where a lane ends by its row, or by the event itself where that row says otherwise or is gone."""
    stated = Lane.objects.filter(lane=lane).values_list("seq", flat=True).first() or 0
    return max(stated, seq)
