"""Whoever looks at a page that shows a person leaves a trace: once for each colleague, person and quarter of an hour.

Called by the pages of one person; lists, which show many, leave none. The trace is an event of the audit trail, so
that nobody can take it back: who, of whom, which page. What is opened there leaves events of its own
(`reveal_sealed`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.staff import operations as staff

KIND, PURPOSE = "person.looked_at", "PAGE"
ONCE_IN = timedelta(minutes=15)


def look(*, customer_id: str, page: str, at: datetime, actor: str) -> None:
    """Leave the trace, unless this actor left one of this person within the quarter of an hour.

    page : the name of the address. Two pages opened at once leave one trace: the colleague's row is held meanwhile
    """
    if _is_known(customer_id, actor, at):
        return
    with transaction.atomic():
        staff.lock(actor)
        if not _is_known(customer_id, actor, at):
            audit.record(KIND, subject=customer_id, actor=actor, at=at, purpose=PURPOSE, page=page)


def _is_known(customer_id: str, actor: str, at: datetime) -> bool:
    return trail.is_known(customer_id, KIND, actor=actor, since=at - ONCE_IN)
