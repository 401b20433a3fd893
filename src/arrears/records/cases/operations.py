"""What people of our staff do to a case by hand: assign it, finish or cancel a piece of its work.

Each change is conditional on what was read, and leaves a case event and an audit row in the same transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from arrears.kernel import identifiers
from arrears.kernel.errors import Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.cases.models import Case, CaseEvent, CaseStatus, WorkItem
from arrears.records.cases.queries import NoSuchCase
from arrears.records.people import operations as people
from arrears.records.privacy import words
from arrears.records.staff.models import User
from arrears.rules import cases as machines


class UnableToAssign(Refusal):
    code = "unable_to_assign"
    message = "The case {case_id} is closed, or user {user_id} does not work here."


class UnableToMoveWork(Refusal):
    code = "unable_to_move_work"
    message = "The work {work_id} was already {status} when you answered."


class WorkNeedsItsEnd(Refusal):
    """Work ends by what it asks for, put on record, or without it for a reason of `rules.cases.WITHOUT`."""

    code = "work_needs_its_end"
    message = "{outcome} does not finish the work {work_id} of kind {kind}."


def record_event(
    *,
    case_id: str,
    kind: str,
    at: datetime,
    actor: str,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    written: str = "",
) -> None:
    """Append one event of a case; the same event told twice is one, and data tells two of one moment apart.

    written : why, in a colleague's own words
    """
    facts = json.dumps(data or {}, sort_keys=True)
    event_id = identifiers.derived_id("case_event", case_id, kind, at.isoformat(), before, after, reason, facts)
    CaseEvent.objects.get_or_create(
        event_id=event_id,
        defaults={
            "case_id": case_id,
            "at": at,
            "kind": kind,
            "before": before,
            "after": after,
            "reason": reason,
            "actor": actor,
            "data": data or {},
            "words_sealed": words.seal(CaseEvent, "words_sealed", event_id, written),
        },
    )


@dataclass(frozen=True)
class Standing:
    """What a case stands at, read with its row locked."""

    case_id: str
    customer_id: str
    is_open: bool
    stage: str
    currency: str
    outstanding_minor: int
    opened_on: date


def lock(case_id: str) -> Standing:
    """Take a case's row until the transaction ends, and before it its person's, as who stops them does.

    raises : NoSuchCase
    """
    for customer_id in Case.objects.filter(case_id=case_id).values_list("person_id", flat=True):
        people.lock(customer_id)
    case = Case.objects.select_for_update(no_key=True, of=("self",)).filter(case_id=case_id).first()
    if case is None:
        raise NoSuchCase(case_id=case_id)
    return Standing(
        case_id, case.person_id, case.is_open, case.stage, case.currency, case.outstanding_minor, case.opened_on
    )


def shown_on(customer_id: str) -> date | None:
    """The latest business date that a case of this person shows, their cases locked until the transaction ends."""
    theirs = Case.objects.select_for_update(no_key=True, of=("self",)).filter(person_id=customer_id)
    return max(theirs.order_by("case_id").values_list("as_of", flat=True), default=None)


@transaction.atomic
def assign(*, case_id: str, user_id: int | None, at: datetime, actor: str) -> None:
    """Give an open case and its open work to a colleague, or to nobody; raises UnableToAssign."""
    user = User.objects.filter(id=user_id, is_active=True).first() if user_id else None
    case = (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .filter(case_id=case_id, status=CaseStatus.OPEN)
        .first()
    )
    if case is None or (user_id and user is None):
        raise UnableToAssign(case_id=case_id, user_id=user_id)
    if case.assigned_to_id == user_id:
        return
    before, case.assigned_to = case.assigned_to_id, user
    case.save(update_fields=["assigned_to"])
    WorkItem.objects.filter(case=case, status="OPEN", assigned_to=before).update(assigned_to=user)
    # The event keeps user ids: a name may change, and is read when the event is told.
    change = {"before": f"user:{before}" if before else "", "after": f"user:{user_id}" if user_id else ""}
    record_event(case_id=case_id, kind="assigned", at=at, actor=actor, **change)
    audit.record("case.assigned", subject=case_id, actor=actor, at=at, **change)


@transaction.atomic
def open_work(*, case_id: str, kind: str, on: date, priority: int, reason: str, at: datetime, actor: str) -> bool:
    """Ask for a piece of work beside the night's; False when one of its kind is open already."""
    if WorkItem.objects.filter(case_id=case_id, kind=kind, status="OPEN").exists():
        return False
    work_id = identifiers.derived_id("work", case_id, kind, at.isoformat())
    WorkItem.objects.create(
        work_id=work_id, case_id=case_id, kind=kind, due_on=on, priority=priority, reason=reason, rule_number=0
    )
    record_event(
        case_id=case_id, kind="work_opened", at=at, actor=actor, after=kind, reason=reason, data={"work_id": work_id}
    )
    audit.record("work.opened", subject=case_id, actor=actor, at=at, work_id=work_id, work_kind=kind)
    return True


def complete_work(*, work_id: str, outcome: str, note: str, at: datetime, actor: str) -> None:
    """Mark a piece of work as done; raises UnableToMoveWork; WorkNeedsItsEnd for an outcome that ends no such work."""
    _move_work(work_id=work_id, event="complete", outcome=outcome, note=note, at=at, actor=actor)


def cancel_work(*, work_id: str, note: str, at: datetime, actor: str) -> None:
    """Mark a piece of work as not needed; raises UnableToMoveWork."""
    _move_work(work_id=work_id, event="cancel", outcome="", note=note, at=at, actor=actor)


@transaction.atomic
def _move_work(*, work_id: str, event: str, outcome: str, note: str, at: datetime, actor: str) -> None:
    work = WorkItem.objects.filter(work_id=work_id).first()
    if work is None:
        raise UnableToMoveWork(work_id=work_id, status="gone")
    if event == "complete" and outcome not in machines.ends(work.kind):
        raise WorkNeedsItsEnd(work_id=work_id, outcome=outcome, kind=work.kind)
    before = work.status
    after = next_status(machines.WORK, before, event, noun="work")
    changed = WorkItem.objects.filter(work_id=work_id, status=before).update(
        status=after,
        outcome=outcome,
        note_sealed=words.seal(WorkItem, "note_sealed", work_id, note),
        closed_at=at,
    )
    if changed != 1:
        raise UnableToMoveWork(work_id=work_id, status=after)
    record_event(
        case_id=work.case_id,
        kind=f"work_{after.lower()}",
        at=at,
        actor=actor,
        after=work.kind,
        reason=outcome,
        data={"work_id": work_id},
    )
    audit.record(
        f"work.{after.lower()}",
        subject=work.case_id,
        actor=actor,
        at=at,
        before=before,
        after=after,
        work_id=work_id,
        work_kind=work.kind,
        outcome=outcome,
    )
