"""Words of ours that were found wanting: put in the queue, read from it, decided by a person.

Written by `actions.screen_words` and `actions.decide_flag`; read by the console. What was said is not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from arrears.kernel import identifiers
from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.compliance.models import Flag, FlagStatus, Said
from arrears.records.privacy import words

Finding = dict[str, Any]
#: A row's place in its queue: how grave, when raised or decided, and which.
Place = tuple[int, datetime, str]


class NoSuchFlag(NotFound):
    code = "no_such_flag"
    message = "There is no flagged record {flag_id}."


class UnknownDecision(InvalidInput):
    code = "unknown_decision"
    message = "{decision} is not how a flagged record is decided."


class UnableToDecide(Refusal):
    """Somebody else decided it meanwhile."""

    code = "unable_to_decide_flag"
    message = "The flagged record {flag_id} is decided already."


class OwnWords(Refusal):
    """Nobody judges their own words."""

    code = "own_words"
    message = "The flagged record {flag_id} is of {actor}'s own words."


@dataclass(frozen=True)
class FlagRow:
    """One flagged record, frozen for a page."""

    flag_id: str
    subject_id: str
    case_id: str
    customer_id: str
    channel: str
    said: str
    said_label: str
    findings: list[Finding]
    severity: int
    at: datetime
    actor: str
    status: str
    status_label: str
    decided_at: datetime | None
    decided_by: str
    note: str

    @property
    def is_open(self) -> bool:
        return self.status == FlagStatus.OPEN

    @property
    def is_of_contact(self) -> bool:
        return self.said in Said.of_contacts()


@transaction.atomic
def raise_flag(
    *,
    subject_id: str,
    case_id: str,
    customer_id: str,
    channel: str,
    said: str,
    findings: Sequence[Finding],
    at: datetime,
    actor: str,
) -> str:
    """Put words of ours in the queue, in the transaction that keeps them; one flag for each time they are put down.

    findings : at least one; the gravest first
    actor    : whose words they are
    """
    assert findings, subject_id
    flag_id = identifiers.derived_id("flag", subject_id, said, at.isoformat())
    severity = max(finding["severity"] for finding in findings)
    Flag.objects.create(
        flag_id=flag_id,
        subject_id=subject_id,
        case_id=case_id,
        customer_id=customer_id,
        channel=channel,
        said=said,
        findings=list(findings),
        severity=severity,
        at=at,
        actor=actor,
    )
    labels = [finding["label"] for finding in findings]
    audit.record("quality.flagged", subject=flag_id, actor=actor, at=at, after="OPEN", labels=labels, severity=severity)
    return flag_id


@transaction.atomic
def decide(*, flag_id: str, decision: str, note: str, at: datetime, actor: str) -> FlagRow:
    """A person has looked at it. Raises UnknownDecision, NoSuchFlag, OwnWords, UnableToDecide.

    decision : UPHELD or DISMISSED
    note     : why; checked by the caller to hold no identity
    """
    if decision not in (FlagStatus.UPHELD, FlagStatus.DISMISSED):
        raise UnknownDecision(decision=decision[:20])
    row = access(flag_id, within=Q())
    if row.actor == actor:
        raise OwnWords(flag_id=flag_id, actor=actor)
    kept = words.seal(Flag, "note_sealed", flag_id, note)
    told = {"status": decision, "decided_at": at, "decided_by": actor, "note_sealed": kept}
    if Flag.objects.filter(flag_id=flag_id, status=FlagStatus.OPEN).update(**told) != 1:
        raise UnableToDecide(flag_id=flag_id)
    said = Written(row.customer_id, {"note": note})
    audit.record_written(said, "quality.decided", subject=flag_id, actor=actor, at=at, before="OPEN", after=decision)
    return row


def access(flag_id: str, *, within: Q) -> FlagRow:
    """One flagged record within what the viewer may see (`cases.scope.of_people`); raises NoSuchFlag."""
    flag = Flag.objects.filter(within, flag_id=flag_id).first()
    if flag is None:
        raise NoSuchFlag(flag_id=flag_id[:32])
    return _row(flag)


def holds(said: str, subject_id: str, *, since: datetime | None) -> bool:
    """Do words wait for the desk: found wanting, and not found lawful by a person since?

    since : when the words that count were written; None where nothing is known of it, and then the newest flag counts
    """
    newest = Flag.objects.filter(said=said, subject_id=subject_id).order_by("-at", "-flag_id").first()
    return newest is not None and newest.status != FlagStatus.DISMISSED and (since is None or newest.at >= since)


def of_contact(contact_id: str) -> list[FlagRow]:
    """What was flagged of a contact."""
    found = Flag.objects.filter(subject_id=contact_id, said__in=Said.of_contacts())
    return [_row(flag) for flag in found.order_by("at", "flag_id")]


def queue(status: str, *, within: Q, label: str = "", after: Place | None = None, size: int) -> list[FlagRow]:
    """Flagged records of a status: open ones the gravest and then the oldest first, decided ones the newest first.

    within : what the viewer may see (`cases.scope.of_people`)
    label : only those with such a finding
    after : the place of the last row that was shown; one row past `size` tells that there is more
    """
    is_open = status == FlagStatus.OPEN
    flags = Flag.objects.filter(within, status=status)
    if label:
        flags = flags.annotate(text=Cast("findings", TextField())).filter(text__contains=f'"{label}"')
    if after is not None:
        flags = flags.filter(_after(after, is_open=is_open))
    order = ("-severity", "at", "flag_id") if is_open else ("-decided_at", "flag_id")
    return [_row(flag) for flag in flags.order_by(*order)[: size + 1]]


def place_of(row: FlagRow) -> Place:
    """Where a row stands in its queue."""
    return row.severity, row.decided_at or row.at, row.flag_id


def _after(place: Place, *, is_open: bool) -> Q:
    severity, at, flag_id = place
    if is_open:
        later = Q(at__gt=at) | Q(at=at, flag_id__gt=flag_id)
        return Q(severity__lt=severity) | (Q(severity=severity) & later)
    return Q(decided_at__lt=at) | Q(decided_at=at, flag_id__gt=flag_id)


def sizes() -> dict[str, int]:
    """How many flagged records there are of each status."""
    counted = Flag.objects.values_list("status").annotate(count=Count("*"))
    return dict.fromkeys(FlagStatus.values, 0) | dict(counted)


def statuses() -> list[tuple[str, str]]:
    """What can become of a flagged record."""
    return [(str(value), str(label)) for value, label in FlagStatus.choices]


def _row(flag: Flag) -> FlagRow:
    return FlagRow(
        flag_id=flag.flag_id,
        subject_id=flag.subject_id,
        case_id=flag.case_id,
        customer_id=flag.customer_id,
        channel=flag.channel,
        said=flag.said,
        said_label=flag.get_said_display(),
        findings=flag.findings,
        severity=flag.severity,
        at=flag.at,
        actor=flag.actor,
        status=flag.status,
        status_label=flag.get_status_display(),
        decided_at=flag.decided_at,
        decided_by=flag.decided_by,
        note=words.shown(flag, "note_sealed"),
    )
