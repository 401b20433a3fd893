"""Finish a piece of work by hand: after attempts that did not reach the person, or without doing it, for a reason of a
closed list.

Called by the console and by whoever works a queue. A call that reaches the right person, a visit that meets them, a
placement and a legal step finish their work by themselves; nothing else can end one as done, so that no task to call or
to visit is closed past the gate, and none to place or to sue without the step. That there is no danger to our people
lifts the hold on visits with it; that a dispute stands stops contact until it is settled.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import screen_words, stop_contact
from arrears.actions.screen_words import Words
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.kernel.unseen import is_blank
from arrears.records.cases import operations, work
from arrears.records.compliance import operations as compliance
from arrears.records.compliance import stops
from arrears.records.compliance.models import StopReason
from arrears.records.contacts import outbox, untold
from arrears.rules import cases as machines


class NotOpenWork(Refusal):
    code = "not_open_work"
    message = "The work {work_id} is not open."


class NothingTried(Refusal):
    code = "nothing_tried"
    message = "No {kind} of the case {case_id} is on record since {since}: there was no attempt."


class ContactNotTold(Refusal):
    code = "contact_not_told"
    message = "A {kind} of the case {case_id} is under way: tell its outcome first."


class NoteMissing(InvalidInput):
    code = "note_missing"
    message = "Another reason wants its note."


class OnlyFinished(Refusal):
    code = "work_only_finished"
    message = "The {kind} of the case {case_id} is not cancelled: say how it ended."


@transaction.atomic
def finish_work(*, work_id: str, how: str, note: str, at: datetime, actor: str) -> None:
    """End a piece of work that nothing concluded.

    how    : TRIED, when at least one call or visit since the task's day is on record; or a reason of
             rules.cases.WITHOUT of its kind, kept as the outcome with its event and audit row
    note   : needed for the reason that says no more than OTHER
    raises : NotOpenWork, ContactNotTold, NothingTried, NoteMissing; operations.WorkNeedsItsEnd for another word;
             operations.UnableToMoveWork when a colleague was faster
    """
    task = work.open_task(work_id)
    if task is not None:
        # The person before their work, as everywhere: nobody is cleared to call or visit while we look, and a note or
        # the end of a danger may open or end a stop.
        outbox.lock([task.customer_id])
        task = work.open_task(work_id)
    if task is None:
        raise NotOpenWork(work_id=work_id)
    if how not in machines.ends_by_hand(task.kind):
        raise operations.WorkNeedsItsEnd(work_id=work_id, outcome=how, kind=task.kind)
    if task.kind in machines.ATTEMPTED:
        _weigh_attempts(task, how)
    if how.endswith("_OTHER") and is_blank(note):
        raise NoteMissing
    operations.complete_work(work_id=work_id, outcome=how, note=note, at=at, actor=actor)
    if how == machines.SAFETY_UNFOUNDED:
        _let_visits_go_on(task.customer_id, at, actor)
    if how == machines.DISPUTE_STANDS:
        stop_contact.stop_contact(customer_id=task.customer_id, reason=StopReason.DISPUTED, at=at, actor=actor)
    _heed(note, task, work_id, at, actor)


@transaction.atomic
def cancel_work(*, work_id: str, note: str, at: datetime, actor: str) -> None:
    """The work is not needed; note : why.

    raises : NotOpenWork, NoteMissing; operations.UnableToMoveWork. OnlyFinished for a life or our people in danger: how
             that ended is told
    """
    task = work.open_task(work_id)
    if task is None:
        raise NotOpenWork(work_id=work_id)
    if task.kind in machines.OF_DANGER:
        raise OnlyFinished(kind=task.kind, case_id=task.case_id)
    if is_blank(note):
        raise NoteMissing
    outbox.lock([task.customer_id])
    operations.cancel_work(work_id=work_id, note=note, at=at, actor=actor)
    _heed(note, task, work_id, at, actor)


def _heed(note: str, task: work.OpenTask, work_id: str, at: datetime, actor: str) -> None:
    words = Words(screen_words.WORK, work_id, task.customer_id, task.case_id)
    tended = next((reason for reason, kind in stop_contact.ASKS_FOR.items() if kind == task.kind), "")
    screen_words.flag_note(note, words=words, at=at, actor=actor, tended=tended)


def _let_visits_go_on(customer_id: str, at: datetime, actor: str) -> None:
    stop_id = stops.holding(customer_id, reason=StopReason.STAFF_SAFETY, at=at, channel="VISIT")
    if stop_id is not None:
        compliance.lift(stop_id=stop_id, at=at, actor=actor)


def _weigh_attempts(task: work.OpenTask, how: str) -> None:
    if untold.is_untold(task.case_id, task.kind):
        raise ContactNotTold(case_id=task.case_id, kind=task.kind)
    if how == machines.TRIED and not untold.attempts(task.case_id, task.kind, since=task.due_on):
        raise NothingTried(case_id=task.case_id, kind=task.kind, since=task.due_on.isoformat())
