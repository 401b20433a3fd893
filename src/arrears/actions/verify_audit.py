"""Does the whole audit trail stand as it was written? And what came of it when somebody asked last.

Called by the command line, which keeps what came of it, and by the pages that show it. To verify writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arrears.actions import anchor_audit, house
from arrears.records.audit import anchored, anchors, verifications, verifying
from arrears.records.audit.anchors import Made
from arrears.records.audit.verifications import Row
from arrears.records.audit.verifying import AT_ONCE, Finding, Judged, Stretch
from arrears.records.privacy import keys
from arrears.records.runs.models import Night, RunStatus
from arrears.records.staff.models import User

__all__ = ["AT_ONCE", "Finding", "Judged", "Stretch", "Verified", "judge_here", "verify"]

DAYS_SHOWN = 6

#: Judges stretches, here or in other processes.
Judge = Callable[[Iterable[Stretch], bytes], Iterable[Judged]]


@dataclass(frozen=True)
class Verified:
    """events : how many stand in the trail; findings : empty when it stands as it was written"""

    events: int
    findings: tuple[Finding, ...]


def judge_here(stretches: Iterable[Stretch], secret: bytes) -> list[Judged]:
    """In this process."""
    return [verifying.judge(stretch, secret) for stretch in stretches]


def verify(folder: Path, *, public_key: str = "", judge: Judge = judge_here, at_once: int = AT_ONCE) -> Verified:
    """Every event against its digest and its words, every lane against its end, every anchor against the events.

    folder     : where anchors were kept as files; what is not there is not missed
    public_key : what the anchors are checked with; blank: this installation's own
    at_once    : events that one stretch spans at most
    raises     : keys.KeyMissing, anchor_audit.NoAnchorFile
    """
    secret = keys.get("AUDIT_KEY")
    events, found = verifying.tally(judge(verifying.stretches(at_once), secret))
    found += verifying.judge_ends(secret)
    if not events and _is_told_of():
        found.append(Finding("NO_TRAIL", None, None, None))
    found += anchored.judge(public_key or anchors.public_key(), anchor_audit.kept(folder))
    return Verified(events, tuple(found))


def _is_told_of() -> bool:
    """Whether the books hold what never comes about without an event."""
    return User.objects.exists() or Night.objects.filter(status=RunStatus.DONE).exists()


def keep(verified: Verified, *, public_key: str = "", begun_at: datetime, at: datetime, actor: str) -> None:
    """Keep what came of it, signed, for the pages of the trail."""
    verifications.keep_whole(
        begun_at=begun_at,
        at=at,
        actor=actor,
        events=verified.events,
        findings=verified.findings,
        public_key=public_key or anchors.public_key(),
    )


def kept_here() -> Path:
    """Where this installation keeps its anchors as files."""
    return house.here().home / anchor_audit.FOLDER


def public_key() -> str:
    """What anchors of this installation are checked with: 64 hex digits."""
    return anchors.public_key()


def last_whole() -> Row | None:
    """The newest verification of the whole trail."""
    return verifications.last_whole(public_key=public_key())


def latest_of_days() -> list[Row]:
    """The newest verifications of days."""
    return verifications.latest_of_days(public_key=public_key(), limit=DAYS_SHOWN)


def one(verification_id: int) -> Row:
    """One verification; raises verifications.NoSuchVerification."""
    return verifications.one(verification_id, public_key=public_key())


def newest_anchor() -> Made | None:
    """The newest anchor of the books."""
    return anchors.newest()
