"""Put a promise on record, and what became of it: each with its case event and its audit row, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from arrears.records.audit import operations as audit
from arrears.records.cases import operations as cases
from arrears.records.promises.models import Promise, PromiseStatus

#: Why a promise that was kept is kept no more.
WENT_BACK = "payment reversed"


@dataclass(frozen=True)
class Judged:
    """What a promise comes to: OPEN, KEPT or BROKEN, and what had been paid since it was made."""

    promise_id: str
    status: str
    paid_minor: int


@transaction.atomic
def make(
    *,
    promise_id: str,
    case_id: str,
    channel: str,
    amount_minor: int,
    currency: str,
    made_on: date,
    due_on: date,
    paid_before_minor: int,
    at: datetime,
    actor: str,
) -> bool:
    """Put a promise on record; the one that was open is replaced. False when the very same stands open already.

    The case's row is locked by the caller, so of two promises of one moment the later one stands; the open one's by
    this, so that one which a night has just judged stays as it was judged.
    """
    still_open = Promise.objects.select_for_update(no_key=True, of=("self",)).filter(status=PromiseStatus.OPEN)
    before = still_open.filter(case_id=case_id).first()
    if before is not None:
        if (before.channel, before.amount_minor, before.due_on) == (channel, amount_minor, due_on):
            return False
        _end(before, PromiseStatus.REPLACED, on=made_on, at=at, actor=actor)
    promise = Promise.objects.create(
        promise_id=promise_id,
        case_id=case_id,
        channel=channel,
        amount_minor=amount_minor,
        currency=currency,
        made_on=made_on,
        due_on=due_on,
        paid_before_minor=paid_before_minor,
        made_at=at,
        made_by=actor,
    )
    _tell(promise, "promise.made", on=made_on, at=at, actor=actor)
    return True


@transaction.atomic
def settle(judged: Iterable[Judged], *, on: date, at: datetime, actor: str) -> None:
    """What a night found of open promises; one that is open no more is left as it is."""
    known = {one.promise_id: one for one in judged}
    still = Promise.objects.select_for_update(no_key=True, of=("self",)).filter(status=PromiseStatus.OPEN)
    for promise in still.order_by("promise_id"):
        if promise.pk in known:
            found = known[promise.pk]
            _end(promise, found.status, on=on, at=at, actor=actor, paid_minor=found.paid_minor)


@transaction.atomic
def keep_no_more(judged: Iterable[Judged], *, on: date, at: datetime, actor: str) -> None:
    """Kept promises whose money went back: broken, or open again, unless a newer one stands open in the case."""
    for found in judged:
        promise = Promise.objects.select_for_update(no_key=True, of=("self",)).get(promise_id=found.promise_id)
        if promise.status != PromiseStatus.KEPT:
            continue
        if found.status == PromiseStatus.BROKEN:
            _end(
                promise, PromiseStatus.BROKEN, on=on, at=at, actor=actor, paid_minor=found.paid_minor, reason=WENT_BACK
            )
        elif Promise.objects.filter(case_id=promise.case_id, status=PromiseStatus.OPEN).exists():
            _end(promise, PromiseStatus.REPLACED, on=on, at=at, actor=actor, reason=WENT_BACK)
        else:
            promise.status, promise.ended_on, promise.paid_minor = PromiseStatus.OPEN, None, found.paid_minor
            promise.save(update_fields=["status", "ended_on", "paid_minor"])
            _tell(promise, "promise.reopened", on=on, at=at, actor=actor, reason=WENT_BACK)


def _end(
    promise: Promise,
    status: str,
    *,
    on: date,
    at: datetime,
    actor: str,
    paid_minor: int | None = None,
    reason: str = "",
) -> None:
    promise.status, promise.ended_on, promise.paid_minor = status, on, paid_minor
    promise.save(update_fields=["status", "ended_on", "paid_minor"])
    _tell(promise, f"promise.{status.lower()}", on=on, at=at, actor=actor, reason=reason)


def _tell(promise: Promise, kind: str, *, on: date, at: datetime, actor: str, reason: str = "") -> None:
    facts: dict[str, object] = {
        "promise_id": promise.pk,
        "amount_minor": promise.amount_minor,
        "currency": promise.currency,
        "due_on": promise.due_on.isoformat(),
    }
    told = facts | {"as_of": on.isoformat()}
    cases.record_event(case_id=promise.case_id, kind=kind, at=at, actor=actor, reason=reason, data=told)
    if reason:
        facts["reason"] = reason
    audit.record(kind, subject=promise.case_id, actor=actor, at=at, after=promise.status, **facts)
