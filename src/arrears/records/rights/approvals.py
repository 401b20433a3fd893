"""May the night delete by this schedule? One person asks for it, another approves, and anybody of the desk ends it.

Called by `actions.approve_retention` and, for what the night found, by `actions.retain_nightly`. An approval is of one
schedule: when the law in force or the lender's own terms change, it holds no more, and somebody approves anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from arrears.kernel.errors import Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.rights.models import RetentionApproval
from arrears.rules import rights as machines

#: What the audit rows are about.
SUBJECT = "retention"
#: Event → how it is told: the end of an audit kind.
PAST = {"approve": "approved", "withdraw": "withdrawn", "lapse": "lapsed"}


class AskedAlready(Refusal):
    code = "retention_asked_already"
    message = "Somebody has already asked for this schedule to be approved."


class NothingToApprove(Refusal):
    code = "retention_nothing_to_approve"
    message = "Nobody asked for this schedule to be approved, or it has changed since."


class ApprovedBySamePerson(Refusal):
    """Two people approve what a night deletes for good."""

    code = "retention_same_person"
    message = "The schedule is approved by another person than the one who asked for it."


@dataclass(frozen=True)
class Standing:
    """An approval that waits or holds."""

    approval_id: int
    fingerprint: str
    status: str
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None
    decided_by: str
    looked_on: date | None
    next_on: date | None

    @property
    def is_approved(self) -> bool:
        return self.status == machines.APPROVED


def standing() -> Standing | None:
    """The newest approval that waits or holds, of whatever schedule."""
    row = RetentionApproval.objects.filter(status__in=machines.APPROVAL_LIVES).order_by("-id").first()
    return _standing(row) if row else None


def of_schedule(fingerprint: str) -> Standing | None:
    """The approval that holds for a schedule."""
    row = RetentionApproval.objects.filter(fingerprint=fingerprint, status=machines.APPROVED).first()
    return _standing(row) if row else None


@transaction.atomic
def ask(*, fingerprint: str, at: datetime, actor: str) -> None:
    """Ask for a schedule to be approved; what stood for another one lapses. Raises AskedAlready."""
    for other in RetentionApproval.objects.filter(status__in=machines.APPROVAL_LIVES).exclude(fingerprint=fingerprint):
        _move(other, "lapse", at=at, actor=actor, changes={"ended_at": at, "ended_by": actor})
    try:
        with transaction.atomic():
            RetentionApproval.objects.create(fingerprint=fingerprint, asked_at=at, asked_by=actor)
    except IntegrityError:
        raise AskedAlready from None
    audit.record("retention.asked", subject=SUBJECT, actor=actor, at=at, after=machines.ASKED, schedule=fingerprint)


@transaction.atomic
def approve(*, fingerprint: str, at: datetime, actor: str) -> None:
    """Approve it, as the second person. Raises NothingToApprove, ApprovedBySamePerson."""
    row = RetentionApproval.objects.filter(fingerprint=fingerprint, status=machines.ASKED).first()
    if row is None:
        raise NothingToApprove
    if row.asked_by == actor:
        raise ApprovedBySamePerson
    _move(row, "approve", at=at, actor=actor, changes={"decided_at": at, "decided_by": actor})


@transaction.atomic
def withdraw(*, at: datetime, actor: str) -> None:
    """End whatever waits or holds: from now on no night deletes. Raises NothingToApprove."""
    rows = list(RetentionApproval.objects.filter(status__in=machines.APPROVAL_LIVES))
    if not rows:
        raise NothingToApprove
    for row in rows:
        _move(row, "withdraw", at=at, actor=actor, changes={"ended_at": at, "ended_by": actor})


def look_again(approval_id: int, *, looked_on: date, next_on: date) -> None:
    """It was looked for on a day; before another nothing is looked for."""
    RetentionApproval.objects.filter(pk=approval_id).update(looked_on=looked_on, next_on=next_on)


def look_anew() -> None:
    """Something that held data back is gone: look again in the next night."""
    RetentionApproval.objects.filter(status=machines.APPROVED, next_on__isnull=False).update(next_on=None)


def _move(row: RetentionApproval, event: str, *, at: datetime, actor: str, changes: dict[str, object]) -> None:
    """Raises NothingToApprove where somebody else was faster."""
    after = next_status(machines.APPROVAL, row.status, event, noun="approval")
    if RetentionApproval.objects.filter(pk=row.pk, status=row.status).update(status=after, **changes) != 1:
        raise NothingToApprove
    kind, facts = f"retention.{PAST[event]}", {"schedule": row.fingerprint}
    audit.record(kind, subject=SUBJECT, actor=actor, at=at, before=row.status, after=after, **facts)


def _standing(row: RetentionApproval) -> Standing:
    return Standing(
        approval_id=row.pk,
        fingerprint=row.fingerprint,
        status=row.status,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        looked_on=row.looked_on,
        next_on=row.next_on,
    )
