"""What work waits for our people? The queues by kind, the work of one case, and how long the queues are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from arrears.kernel.errors import NotFound
from arrears.records.cases import heard, queries, scope
from arrears.records.cases.models import CaseEvent, WorkItem, WorkKind, WorkStatus
from arrears.records.people import queries as people
from arrears.records.people.models import PointKind
from arrears.records.privacy import words


class NoSuchWork(NotFound):
    code = "no_such_work"
    message = "There is no work {work_id} that you may see."


@dataclass(frozen=True)
class WorkRow:
    """One piece of work with the case it is about."""

    work_id: str
    case_id: str
    customer_id: str
    name_masked: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    stage: str
    stage_label: str
    due_on: date
    priority: int
    reason: str
    rule_number: int
    outcome: str
    note: str
    closed_at: datetime | None
    overdue_minor: int
    currency: str
    dpd_max: int
    bucket: str
    region_code: str
    assigned_name: str
    assigned_to_id: int | None

    @property
    def is_open(self) -> bool:
        return self.status == WorkStatus.OPEN


#: Case events that tell of a piece of work; of the closing ones whoever shows the work itself need not tell them again.
OPENING_EVENT, RENEWING_EVENT = "work_opened", "work_renewed"
CLOSING_EVENTS = frozenset(f"work_{status.lower()}" for status in (WorkStatus.DONE, WorkStatus.CANCELLED))


@dataclass(frozen=True)
class OpenTask:
    """A piece of open work: of whom, of which case, of what kind, and for which day."""

    customer_id: str
    case_id: str
    kind: str
    due_on: date


#: Role → the kinds of work it is shown.
KINDS_OF = {
    "AGENT": [WorkKind.CALL, WorkKind.HARDSHIP, WorkKind.DISPUTE],
    "FIELD": [WorkKind.VISIT],
    "LEGAL": [WorkKind.LEGAL, WorkKind.DISPUTE],
    "SUPERVISOR": list(WorkKind),
}


def kinds_of(viewer: queries.Viewer) -> list[tuple[str, str]]:
    """The queues a viewer has, with their labels."""
    return [(kind.value, str(kind.label)) for kind in KINDS_OF.get(viewer.role, [])]


#: Kind of work → the kinds of contact point by which it reaches somebody.
REACHED_BY = {WorkKind.CALL.value: (PointKind.MOBILE, PointKind.PHONE), WorkKind.VISIT.value: (PointKind.ADDRESS,)}


def queue(
    viewer: queries.Viewer,
    kind: str,
    *,
    mine: bool,
    after: tuple[object, ...] | None,
    size: int,
    is_reachable: bool = True,
) -> list[WorkRow]:
    """Open work of one kind, the most pressing first; one row past `size` tells that there is more.

    is_reachable : what can be done, or that for which no number or address of the person's own is known to work
    """
    if kind not in [known for known, _ in kinds_of(viewer)]:
        return []
    items = _waiting(viewer, kind, is_reachable=is_reachable).order_by("-priority", "due_on", "work_id")
    if mine:
        items = items.filter(Q(assigned_to=viewer.pk) | Q(case__assigned_to=viewer.pk))
    if after:
        priority, due_on, work_id = after
        same_day = Q(due_on=due_on, work_id__gt=work_id)
        items = items.filter(priority__lte=priority).filter(Q(priority__lt=priority) | Q(due_on__gt=due_on) | same_day)
    return [_row(item) for item in items[: size + 1]]


def work_of_case(case_id: str) -> list[WorkRow]:
    """All work of a case already accessed, open first."""
    items = WorkItem.objects.filter(case_id=case_id).select_related("case__person", "assigned_to")
    rows = [_row(item) for item in items.order_by("-due_on", "work_id")[:100]]
    return sorted(rows, key=lambda row: not row.is_open)


@dataclass
class Told:
    """What a case's events tell of a piece of its work.

    is_opened    : by a person; a night's work has no such event
    closed_by    : who finished or cancelled it: a colleague, or whoever closed its case
    closed_on    : the business date on which it was cancelled, None where a colleague ended it
    reason_first : what it was asked for before its stage changed; blank where that has not changed
    """

    is_opened: bool = False
    closed_by: str = ""
    closed_on: date | None = None
    reason_first: str = ""


def told_of(case_id: str) -> dict[str, Told]:
    """Piece of work → what the events of its case tell of it."""
    found: dict[str, Told] = {}
    events = CaseEvent.objects.filter(case_id=case_id, kind__in={*CLOSING_EVENTS, OPENING_EVENT, RENEWING_EVENT})
    for event in events.order_by("at"):
        told = found.setdefault(event.data["work_id"], Told())
        if event.kind == OPENING_EVENT:
            told.is_opened = True
        elif event.kind == RENEWING_EVENT:
            told.reason_first = told.reason_first or event.before
        else:
            told.closed_by, told.closed_on = event.actor, event.as_of
    return found


def helps_with(viewer: queries.Viewer, case_id: str) -> frozenset[str]:
    """The kinds of open work to help the person of a case that a viewer has, or may take from their queues."""
    items = _visible(viewer).filter(case_id=case_id, status=WorkStatus.OPEN, kind__in=heard.HELP)
    return help_among(viewer, [_row(item) for item in items])


def help_among(viewer: queries.Viewer, rows: Iterable[WorkRow]) -> frozenset[str]:
    """The same among some work that the viewer sees."""
    asked = (row for row in rows if row.is_open and row.kind in heard.HELP)
    taken = KINDS_OF.get(viewer.role, [])
    return frozenset(row.kind for row in asked if row.kind in taken or row.assigned_to_id == viewer.pk)


def access(viewer: queries.Viewer, work_id: str) -> WorkRow:
    """One piece of work of a case that the viewer may see; raises NoSuchWork."""
    item = _visible(viewer).filter(work_id=work_id).first()
    if item is None:
        raise NoSuchWork(work_id=work_id)
    return _row(item)


def open_task(work_id: str) -> OpenTask | None:
    """A piece of work that is still open."""
    item = WorkItem.objects.filter(work_id=work_id, status=WorkStatus.OPEN)
    row = item.values_list("case__person_id", "case_id", "kind", "due_on").first()
    return OpenTask(*row) if row else None


def note_of(work_id: str, *, case_id: str) -> str:
    """What was noted when a piece of work of a case ended; blank when nothing was."""
    item = WorkItem.objects.filter(work_id=work_id, case_id=case_id).first()
    return words.opened(item, "note_sealed") if item else ""


#: So far is the length of a queue counted: what is longer takes a second to count, and nobody works it off today.
COUNTED = 5_000


def queue_sizes(viewer: queries.Viewer) -> dict[str, int]:
    """Kind → how many pieces that the viewer may see wait and can be done, counted to just past COUNTED."""
    return {kind: _counted(_waiting(viewer, kind, is_reachable=True)) for kind in WorkKind.values}


def unreachable_count(viewer: queries.Viewer, kind: str) -> int | None:
    """How many pieces of a kind wait for a number or address that works; None in a queue too long to be counted."""
    if kind not in REACHED_BY:
        return 0
    if _counted(_visible(viewer).filter(status=WorkStatus.OPEN, kind=kind)) > COUNTED:
        return None
    return _waiting(viewer, kind, is_reachable=False).count()


def _counted(items: QuerySet[WorkItem]) -> int:
    return items.order_by()[: COUNTED + 1].count()


def _waiting(viewer: queries.Viewer, kind: str, *, is_reachable: bool) -> QuerySet[WorkItem]:
    items = _visible(viewer).filter(status=WorkStatus.OPEN, kind=kind)
    if kind not in REACHED_BY:
        return items
    reached = Exists(people.own_points(REACHED_BY[kind]).filter(person=OuterRef("case__person")))
    return items.filter(reached if is_reachable else ~reached)


def _visible(viewer: queries.Viewer) -> QuerySet[WorkItem]:
    items = WorkItem.objects.select_related("case__person", "assigned_to").filter(scope.of_cases(viewer, "case"))
    if viewer.role == "FIELD":
        return items.filter(Q(assigned_to=viewer.pk) | Q(assigned_to=None), kind=WorkKind.VISIT)
    return items


def _row(item: WorkItem) -> WorkRow:
    case, assigned = item.case, item.assigned_to
    return WorkRow(
        work_id=item.work_id,
        case_id=case.case_id,
        customer_id=case.person_id,
        name_masked=people.name_masked(case.person),
        kind=item.kind,
        kind_label=item.get_kind_display(),
        status=item.status,
        status_label=item.get_status_display(),
        stage=case.stage,
        stage_label=case.get_stage_display(),
        due_on=item.due_on,
        priority=item.priority,
        reason=item.reason,
        rule_number=item.rule_number,
        outcome=item.outcome,
        note=words.shown(item, "note_sealed"),
        closed_at=item.closed_at,
        overdue_minor=case.overdue_minor,
        currency=case.currency,
        dpd_max=case.dpd_max,
        bucket=case.bucket,
        region_code=case.person.region_code,
        assigned_name=assigned.shown_name if assigned else "",
        assigned_to_id=item.assigned_to_id,
    )
