"""Finish a task to call: after calls that did not reach the person, or without a call, for a reason of a closed list.

Called by the console and by whoever works a queue. A call that reaches the right person finishes its task by itself
(`contact_call`); nothing else can end one as done, so that no task is closed past the gate.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.cases import operations, work
from arrears.records.contacts import untold
from arrears.rules import cases as machines


class NotACallTask(Refusal):
    code = "not_a_call_task"
    message = "The work {work_id} is no open task to call."


class NothingTried(Refusal):
    code = "nothing_tried"
    message = "No call of the case {case_id} is on record since {since}: there was no attempt."


class CallNotTold(Refusal):
    code = "call_not_told"
    message = "A call of the case {case_id} is open: tell its outcome first."


class NoteMissing(InvalidInput):
    code = "note_missing"
    message = "Another reason wants its note."


@transaction.atomic
def finish_call_work(*, work_id: str, how: str, note: str, at: datetime, actor: str) -> None:
    """End a task to call that no call concluded.

    how    : TRIED, when at least one call since the task's day is on record; or one of rules.cases.NOT_CALLED, kept
             as the outcome with its event and audit row
    note   : needed for NOT_CALLED_OTHER
    raises : NotACallTask, CallNotTold, NothingTried, NoteMissing; operations.WorkNeedsACall for another word;
             operations.UnableToMoveWork when a colleague was faster
    """
    task = work.call_task(work_id)
    if task is None:
        raise NotACallTask(work_id=work_id)
    if untold.is_call_untold(task.case_id):
        raise CallNotTold(case_id=task.case_id)
    if how == machines.TRIED and not untold.attempts(task.case_id, since=task.due_on):
        raise NothingTried(case_id=task.case_id, since=task.due_on.isoformat())
    if how == "NOT_CALLED_OTHER" and not note:
        raise NoteMissing
    operations.complete_work(work_id=work_id, outcome=how, note=note, at=at, actor=actor)
