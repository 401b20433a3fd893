"""The gate's log: its judgements, found by what was decided, why, when, about whom and on which road.

The road is the contact's, so the log is read here and not beside the judgements themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from arrears.records.cases import scope
from arrears.records.compliance import queries as compliance
from arrears.records.compliance.models import Verdict
from arrears.records.compliance.queries import VerdictRow
from arrears.records.contacts.models import Contact

ALLOWED, HELD, REFUSED, NOT_ALLOWED = "yes", "held", "refused", "no"
DECIDED = {
    ALLOWED: Q(allowed=True),
    HELD: Q(allowed=False, not_before__isnull=False),
    REFUSED: Q(allowed=False, not_before=None),
    NOT_ALLOWED: Q(allowed=False),
}


@dataclass(frozen=True)
class Wanted:
    """Which judgements; what is blank or None leaves none out. decided : of DECIDED; the times are half-open."""

    decided: str = ""
    phase: str = ""
    rule: str = ""
    channel: str = ""
    customer_id: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True)
class Judged:
    """A judgement, and what it judged: channel and case are blank when no contact came of it."""

    verdict: VerdictRow
    channel: str
    case_id: str


def log(viewer: scope.Viewer, wanted: Wanted, *, before: tuple[datetime, int] | None, size: int) -> list[Judged]:
    """The newest judgements first; one row past `size` tells that there is more."""
    verdicts = (
        _chosen(wanted)
        .filter(scope.of_people(viewer, "customer_id"))
        .select_related("grounds")
        .defer("facts")
        .order_by("-at", "-id")
    )
    if before:
        at, verdict_id = before
        verdicts = verdicts.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=verdict_id))
    rows = [compliance.verdict_row(verdict) for verdict in verdicts[: size + 1]]
    of_rows = Contact.objects.filter(contact_id__in={row.contact_id for row in rows})
    told = {key: (channel, case) for key, channel, case in of_rows.values_list("contact_id", "channel", "case_id")}
    return [_judged(row, *told.get(row.contact_id, ("", ""))) for row in rows]


def _judged(row: VerdictRow, channel: str, case_id: str | None) -> Judged:
    return Judged(row, channel, case_id or "")


def _chosen(wanted: Wanted) -> QuerySet[Verdict]:
    verdicts = Verdict.objects.filter(DECIDED.get(wanted.decided, Q()))
    plain = {"phase": wanted.phase, "customer_id": wanted.customer_id}
    plain |= {"at__gte": wanted.from_at, "at__lt": wanted.to_at}  # type: ignore[dict-item]
    verdicts = verdicts.filter(**{name: value for name, value in plain.items() if value})
    if wanted.rule:
        verdicts = verdicts.filter(grounds__in=compliance.grounds_naming(wanted.rule))
    if wanted.channel:
        of_channel = Contact.objects.filter(contact_id=OuterRef("contact_id"), channel=wanted.channel)
        verdicts = verdicts.filter(Exists(of_channel))
    return verdicts
