"""Complete open work whose purpose was met by doing it: a call that reached the right person ends the call task.

Called by `actions.contact_call` and whatever else does a case's work by doing something. Work that a colleague moved
meanwhile stays as they left it.
"""

from __future__ import annotations

from datetime import datetime

from arrears.kernel import transitions
from arrears.records.cases import operations
from arrears.records.cases.models import WorkItem, WorkStatus


def complete_open_work(*, case_id: str, kind: str, outcome: str, at: datetime, actor: str) -> int:
    """Complete what is open of one kind; returns how many pieces that was (0 or 1, as the database has it)."""
    done = 0
    is_open = WorkItem.objects.filter(case_id=case_id, kind=kind, status=WorkStatus.OPEN)
    for work_id in is_open.values_list("work_id", flat=True):
        try:
            operations.complete_work(work_id=work_id, outcome=outcome, note="", at=at, actor=actor)
        except (operations.UnableToMoveWork, transitions.NoSuchTransition):
            continue
        done += 1
    return done
