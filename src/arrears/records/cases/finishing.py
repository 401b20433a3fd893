"""End open work by what else was done: a call that reached the right person ends the call task, a placement our own.

Called by `actions.contact_call` and whatever else does a case's work by doing something. Work that a colleague moved
meanwhile stays as they left it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from arrears.kernel import transitions
from arrears.records.cases import operations
from arrears.records.cases.models import WorkItem, WorkStatus


def complete_open_work(*, case_id: str, kind: str, outcome: str, at: datetime, actor: str) -> int:
    """Complete what is open of one kind; returns how many pieces that was (0 or 1, as the database has it)."""
    end = partial(operations.complete_work, outcome=outcome, note="", at=at, actor=actor)
    return _each(WorkItem.objects.filter(case_id=case_id, kind=kind), end)


def cancel_open_work(*, case_id: str, kinds: Collection[str], note: str, at: datetime, actor: str) -> int:
    """Cancel what is open of these kinds; returns how many pieces that was."""
    end = partial(operations.cancel_work, note=note, at=at, actor=actor)
    return _each(WorkItem.objects.filter(case_id=case_id, kind__in=kinds), end)


def cancel_open_work_of_person(*, customer_id: str, kinds: Collection[str], note: str, at: datetime, actor: str) -> int:
    """Cancel what is open of these kinds in any case of a person; returns how many pieces that was."""
    end = partial(operations.cancel_work, note=note, at=at, actor=actor)
    return _each(WorkItem.objects.filter(case__person_id=customer_id, kind__in=kinds), end)


def _each(work: QuerySet[WorkItem], end: Callable[..., None]) -> int:
    done = 0
    for work_id in work.filter(status=WorkStatus.OPEN).order_by("work_id").values_list("work_id", flat=True):
        try:
            end(work_id=work_id)
        except (operations.UnableToMoveWork, transitions.NoSuchTransition):
            continue
        done += 1
    return done
