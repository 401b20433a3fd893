"""Does the whole audit trail stand as it was written? Called by the command line; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from arrears.actions import anchor_audit
from arrears.records.audit import anchors, verifying
from arrears.records.audit.verifying import AT_ONCE, Finding, Judged, Stretch
from arrears.records.privacy import keys

__all__ = ["AT_ONCE", "Finding", "Judged", "Stretch", "Verified", "judge_here", "verify"]

#: Judges stretches, here or in other processes.
Judge = Callable[[Iterable[Stretch], bytes], Iterable[Judged]]


@dataclass(frozen=True)
class Verified:
    """events : how many stand in the trail; findings : empty when it stands as it was written"""

    events: int
    findings: tuple[Finding, ...]


def judge_here(stretches: Iterable[Stretch], secret: bytes) -> list[Judged]:
    """In this process."""
    return list(verifying.judge(stretches, secret))


def verify(folder: Path, *, public_key: str = "", judge: Judge = judge_here, at_once: int = AT_ONCE) -> Verified:
    """Every event against its digest, every lane against its end, every anchor against the events.

    folder     : where anchors were kept as files; what is not there is not missed
    public_key : what the anchors are checked with; blank: this installation's own
    at_once    : events that one stretch spans at most
    raises     : keys.KeyMissing, anchor_audit.NoAnchorFile
    """
    secret = keys.get("AUDIT_KEY")
    judged = list(judge(verifying.stretches(at_once), secret))
    found = [finding for one in judged for finding in one.findings] + verifying.judge_ends(secret)
    found += anchors.judge(public_key or anchors.public_key(), anchor_audit.kept(folder))
    return Verified(sum(one.events for one in judged), tuple(found))
