"""Put a person on the stop list, take them off, and keep the gate's verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from arrears.kernel import identifiers
from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.records import bulk
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.compliance.models import Grounds, Stop, StopReason, Verdict
from arrears.records.people import operations as people


class UnableToStop(NotFound):
    code = "unable_to_stop"
    message = "There is no person {customer_id} to put on the stop list."


class UnknownStopReason(InvalidInput):
    code = "unknown_stop_reason"
    message = "{reason} is no reason to stop contact."


class UnableToLift(Refusal):
    code = "unable_to_lift"
    message = "Stop {stop_id} does not hold at that moment."


@transaction.atomic
def stop(
    *,
    customer_id: str,
    reason: str,
    at: datetime,
    actor: str,
    channel: str = "",
    contact_point_id: str = "",
    to_at: datetime | None = None,
) -> bool:
    """Stop contact with a person from `at` on; False when the same stop already holds. Blank channel or point = any.

    The person's row is locked, so no sender counts and sends beside it. Raises UnknownStopReason, UnableToStop.
    """
    if reason not in StopReason.values:
        raise UnknownStopReason(reason=reason[:20])
    if not people.lock(customer_id):
        raise UnableToStop(customer_id=customer_id)
    same = {"person_id": customer_id, "reason": reason, "channel": channel, "contact_point_id": contact_point_id}
    lasting = Q(to_at__isnull=True) if to_at is None else Q(to_at__isnull=True) | Q(to_at__gte=to_at)
    if Stop.objects.filter(lasting, from_at__lte=at, **same).exists():
        return False
    Stop.objects.create(from_at=at, to_at=to_at, actor=actor, **same)
    audit.record("compliance.stopped", subject=customer_id, actor=actor, at=at, after=reason, channel=channel)
    return True


@transaction.atomic
def lift(*, stop_id: int, at: datetime, actor: str, note: str = "") -> None:
    """End a stop at a moment; raises UnableToLift when it does not hold then. note : why, in a colleague's words"""
    holds = Q(from_at__lt=at) & (Q(to_at__isnull=True) | Q(to_at__gt=at))
    customer_id = Stop.objects.filter(id=stop_id).values_list("person_id", flat=True).first()
    if customer_id is None or Stop.objects.filter(holds, id=stop_id).update(to_at=at) != 1:
        raise UnableToLift(stop_id=stop_id)
    said = Written(customer_id, {"note": note} if note else {})
    audit.record_written(said, "compliance.lifted", subject=customer_id, actor=actor, at=at, stop_id=stop_id)


@transaction.atomic
def end(*, stop_id: int, at: datetime, actor: str) -> bool:
    """End a stop whenever it began, one that begins later as it begins; False when somebody has ended it."""
    stop = Stop.objects.filter(id=stop_id).first()
    if stop is None or (stop.to_at is not None and stop.to_at <= at):
        return False
    to_at = max(at, stop.from_at + timedelta(microseconds=1))
    if Stop.objects.filter(id=stop_id, to_at=stop.to_at).update(to_at=to_at) != 1:
        return False
    audit.record("compliance.lifted", subject=stop.person_id, actor=actor, at=at, stop_id=stop_id)
    return True


#: A judgement as it is given; its reasons are kept once for all that were told the same.
VERDICT = ("contact_id", "customer_id", "phase", "at", "allowed", "not_before", "pack", "facts", "reasons")
STORED = (*VERDICT[:-1], "grounds")
Reasons = list[dict[str, object]]


def keep_verdicts(rows: Iterable[tuple[Any, ...]]) -> int:
    """Store judgements, each in the order of VERDICT; inside the transaction of what they judged."""
    given = list(rows)
    grounds = _keep_grounds({id(row[-1]): row[-1] for row in given})
    return bulk.insert(Verdict, STORED, [(*row[:-1], grounds[id(row[-1])]) for row in given])


def _keep_grounds(told: Mapping[int, Reasons]) -> dict[int, str | None]:
    """The digest of each list of reasons, None of an empty one; those that are new are stored.

    In a fixed order: of two that bring the same new ones, one waits for the other, and never each for each.
    """
    digests = {key: digest_of(reasons) if reasons else None for key, reasons in told.items()}
    lists = {digest: told[key] for key, digest in digests.items() if digest}
    new = lists.keys() - Grounds.objects.filter(digest__in=list(lists)).values_list("digest", flat=True)
    rows = [Grounds(digest=digest, reasons=lists[digest]) for digest in sorted(new)]
    Grounds.objects.bulk_create(rows, ignore_conflicts=True)
    return digests


def digest_of(reasons: Reasons) -> str:
    """The key of a list of reasons, the same in whatever order and spacing a database wrote its facts."""
    return identifiers.derived_id("grounds", json.dumps(reasons, sort_keys=True, separators=(",", ":")))
