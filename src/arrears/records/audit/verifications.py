"""Verifications of the trail: of a day, a bounded piece at a time, and what came of the last whole one.

A day is looked through between two anchors: the last that was made by its beginning, and the first made at its end or
later. What an event says of its own moment is not asked, for whoever altered the trail may have altered that. Each
piece is one call, so that nobody waits for long and whoever is killed loses a piece; two who watch the same one at
once do it once. What came of it is a statement signed with the key of the anchors: the row alone proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from arrears.kernel.errors import NotFound
from arrears.records.audit import anchored, anchors, chain, verifying
from arrears.records.audit.anchored import FileName, Stated
from arrears.records.audit.fields import canonical
from arrears.records.audit.models import Verification
from arrears.records.audit.verifying import Finding, Stretch

#: Places that one call looks through: a fifth of a second.
PIECE = 20_000
#: Findings that are kept of one; more of them say nothing new.
KEPT_MOST = 100


class NoSuchVerification(NotFound):
    code = "no_such_verification"
    message = "There is no verification {verification_id}."


@dataclass(frozen=True)
class Row:
    """A verification as a page shows it.

    findings : so far; at most KEPT_MOST
    told     : what was signed when it was done; None while it goes on, or when it is not signed with this key
    """

    verification_id: int
    begun_at: datetime
    actor: str
    day: date | None
    anchors: tuple[int | None, int | None]
    lanes: int
    places: int
    done: int
    events: int
    findings: tuple[Finding, ...]
    is_done: bool
    told: Mapping[str, Any] | None

    @property
    def is_forged(self) -> bool:
        """Somebody wrote into the row what nobody signed."""
        return self.is_done and self.told is None


def begin(day: date, *, from_at: datetime, to_at: datetime, public_key: str, at: datetime, actor: str) -> int:
    """Put down what is to be looked through for a day that lasts from one moment to another; its id.

    raises : anchors.NoPublicKey
    """
    those = anchored.around_time(from_at, to_at, key=public_key)
    before = those[0] if those and those[0].made_at <= from_at else None
    after = those[-1] if those and those[-1].made_at >= to_at else None
    spans = [[one.lane, one.first, one.last] for one in _spans(before, after)]
    made = Verification.objects.create(
        begun_at=at,
        actor=actor,
        day=day,
        spans=spans,
        anchors=[before.number if before else None, after.number if after else None],
        places=sum(last - first + 1 for _, first, last in spans),
    )
    return made.pk


def go_on(verification_id: int, *, secret: bytes, public_key: str, files: Collection[FileName], at: datetime) -> Row:
    """Look through the next piece; after the last one, judge the anchors and sign what came of it.

    files  : the anchors that were kept as files
    raises : NoSuchVerification, anchors.NoPublicKey
    """
    row = _get(verification_id)
    if row.statement or row.day is None:
        return _row(row, public_key)
    findings, events = [Finding(**one) for one in row.findings], row.events
    piece = list(_piece(row.spans, row.done, PIECE))
    read, found = verifying.tally(verifying.judge(stretch, secret) for stretch in piece)
    events, findings = events + read, findings + found
    done = row.done + sum(stretch.last - stretch.first + 1 for stretch in piece)
    changes: dict[str, Any] = {"done": done, "events": events}
    if done == row.places:
        findings += _closing(row, secret=secret, public_key=public_key, files=files)
        changes |= _signed(row.begun_at, day=row.day, events=events, findings=findings, public_key=public_key, at=at)
    changes["findings"] = [asdict(one) for one in findings[:KEPT_MOST]]
    Verification.objects.filter(pk=row.pk, done=row.done, statement="").update(**changes)
    return one(verification_id, public_key=public_key)


def keep_whole(
    *, begun_at: datetime, at: datetime, actor: str, events: int, findings: Sequence[Finding], public_key: str
) -> None:
    """Keep what came of a verification of the whole trail, whatever key its anchors were checked with."""
    signed = _signed(begun_at, day=None, events=events, findings=findings, public_key=public_key, at=at)
    kept = [asdict(one) for one in findings[:KEPT_MOST]]
    Verification.objects.create(begun_at=begun_at, actor=actor, events=events, findings=kept, **signed)


def one(verification_id: int, *, public_key: str) -> Row:
    """One verification; raises NoSuchVerification."""
    return _row(_get(verification_id), public_key)


def last_whole(*, public_key: str) -> Row | None:
    """The newest verification of the whole trail."""
    found = Verification.objects.filter(day__isnull=True).order_by("-id").first()
    return _row(found, public_key) if found else None


def latest_of_days(*, public_key: str, limit: int) -> list[Row]:
    """The newest verifications of days."""
    found = Verification.objects.filter(day__isnull=False).order_by("-id")[:limit]
    return [_row(each, public_key) for each in found]


def _spans(before: Stated | None, after: Stated | None) -> Iterator[Stretch]:
    """The places of every lane between two anchors; to its end where no anchor came after."""
    ends = {lane: after.seq(lane) for lane in after.ends} if after else verifying.lasts()
    for lane, last in sorted(ends.items()):
        first = (before.seq(lane) if before else 0) + 1
        if first <= last:
            yield Stretch(lane, first, last)


def _piece(spans: Sequence[Sequence[int]], done: int, most: int) -> Iterator[Stretch]:
    """The next places to be looked through, after so many that were."""
    for lane, first, last in spans:
        count = last - first + 1
        if done >= count:
            done -= count
            continue
        begin = first + done
        end = min(last, begin + most - 1)
        yield Stretch(lane, begin, end)
        most, done = most - (end - begin + 1), 0
        if most == 0:
            return


def _closing(row: Verification, *, secret: bytes, public_key: str, files: Collection[FileName]) -> list[Finding]:
    """The anchors of a day's places, each lane's end where none came after, and what stands around the trail."""
    before, after = row.anchors
    those = anchored.numbered(before, after, key=public_key)
    found = anchored.faults(those)
    for each in those:
        found += anchored.unfit(each, each.ends)
    if after is None:
        for lane in range(chain.LANES):
            found += verifying.judge_end(lane, secret)
    return [*found, *anchored.not_here(files), *verifying.judge_surroundings()]


def _signed(
    begun_at: datetime, *, day: date | None, events: int, findings: Sequence[Finding], public_key: str, at: datetime
) -> dict[str, str]:
    statement = canonical(
        {
            "day": day.isoformat() if day else "",
            "begun_at": chain.moment(begun_at),
            "finished_at": at.isoformat(),
            "events": events,
            "findings": len(findings),
            "public_key": public_key,
        }
    )
    return {"statement": statement, "signature": anchors.sign(statement)}


def _get(verification_id: int) -> Verification:
    found = Verification.objects.filter(pk=verification_id).first()
    if found is None:
        raise NoSuchVerification(verification_id=verification_id)
    return found


def _row(row: Verification, public_key: str) -> Row:
    before, after = row.anchors or (None, None)
    return Row(
        verification_id=row.pk,
        begun_at=row.begun_at,
        actor=row.actor,
        day=row.day,
        anchors=(before, after),
        lanes=len(row.spans),
        places=row.places,
        done=row.done,
        events=row.events,
        findings=tuple(Finding(**each) for each in row.findings),
        is_done=bool(row.statement),
        told=_told(row, public_key),
    )


def _told(row: Verification, public_key: str) -> Mapping[str, Any] | None:
    """What was signed, when it is of this row."""
    if not row.statement or not anchors.is_signed(row.statement, row.signature, public_key):
        return None
    said: dict[str, Any] = json.loads(row.statement)
    day = row.day.isoformat() if row.day else ""
    of_row = {"day": day, "begun_at": chain.moment(row.begun_at), "events": row.events}
    if of_row.items() - {key: said.get(key) for key in of_row}.items():
        return None
    said["finished_at"] = datetime.fromisoformat(said["finished_at"])
    return said
