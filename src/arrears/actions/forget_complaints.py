"""Delete the words of complaints of nobody known once they were kept as long as complaints must be.

Called by `actions.retain`, under the same approval. There is nobody whose debt or case the years could run from, and
nobody whom a hold could name: they run from the day on which the complaint ended, by every row of the schedule that
speaks of complaints. That there was one, of which kind and how it ended, stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from arrears.records.audit import lost_words
from arrears.records.audit import operations as audit
from arrears.records.complaints import erasing
from arrears.rules.compliance import retention_terms
from arrears.rules.compliance.retention_terms import Row


@dataclass(frozen=True)
class Due:
    """A complaint that is due, and the rules by which it was kept until now."""

    complaint_id: str
    rules: tuple[str, ...]


def find(rows: Sequence[Row], *, on: date) -> tuple[tuple[Due, ...], list[date]]:
    """What is due on a day, in order; and the last day of each that is still kept."""
    due, later = [], []
    for complaint_id, ended_on in erasing.of_nobody().order_by("pk").values_list("pk", "ended_on"):
        starts = dict.fromkeys(retention_terms.STARTS, ended_on)
        terms = retention_terms.terms(rows, kind=retention_terms.COMPLAINTS, starts=starts)
        if retention_terms.is_due(terms, on=on):
            due.append(Due(complaint_id, tuple(term.row.rule_id for term in terms)))
        elif last := retention_terms.until(terms):
            later.append(last)
    return tuple(due), later


@transaction.atomic
def forget(one: Due, *, at: datetime, actor: str) -> bool:
    """Delete what a complaint says, and what was written with its events; False where it is not due any more.

    Somebody may have found out meanwhile whose it is, or opened it again.
    """
    if not erasing.of_nobody().filter(pk=one.complaint_id).update(**erasing.BLANK):
        return False
    marks = lost_words.erase_beside(one.complaint_id)
    facts: dict[str, Any] = {"rules": sorted(set(one.rules))}
    facts |= {lost_words.ERASED: marks} if marks else {}
    audit.record("complaint.erased", subject=one.complaint_id, actor=actor, at=at, **facts)
    return True
