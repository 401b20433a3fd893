"""Which complaints wait, by when, and what stands in one? Frozen rows for the console, the API and the actions.

The words themselves are not here: they are sealed, see `sealed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from arrears.records.cases import scope
from arrears.records.complaints.models import (
    Complainant,
    Complaint,
    ComplaintIntake,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintStatus,
    Remedy,
    RootCause,
)
from arrears.records.complaints.operations import NoSuchComplaint
from arrears.records.people import queries as people
from arrears.records.privacy import words
from arrears.rules import complaints as machines

#: Pages of one list: those still open, and those that ended.
OPEN, ENDED = "OPEN", "ENDED"
#: Made by the person or by who speaks for them. What somebody else complained of, and what they are told, is theirs.
THEIR_OWN = Q(complainant__in=[Complainant.SELF, Complainant.REPRESENTATIVE])
#: A row's place in its list.
Place = tuple[date | datetime, str]


@dataclass(frozen=True)
class ComplaintRow:
    """One complaint, frozen for a page."""

    complaint_id: str
    customer_id: str
    name_masked: str
    case_id: str
    intake: str
    intake_label: str
    complainant: str
    complainant_label: str
    kind: str
    kind_label: str
    about_actor: str
    about_team: str
    about_agency: str
    regulator: str
    reference: str
    received_at: datetime
    received_on: date
    received_by: str
    status: str
    status_label: str
    turn: int
    clock_from_on: date
    terms: list[dict[str, str]]
    acknowledge_due_on: date | None
    answer_due_on: date
    due_on: date | None
    extended: int
    reopened: int
    acknowledged_at: datetime | None
    outcome: str
    outcome_label: str
    root_cause_label: str
    remedy_label: str
    has_answer: bool
    ended_at: datetime | None
    ended_on: date | None
    ended_by: str

    @property
    def is_open(self) -> bool:
        return self.status in machines.OPEN

    @property
    def may(self) -> frozenset[str]:
        """What may happen to it now."""
        return machines.events_from(self.status)

    @property
    def about(self) -> str:
        """Whom it is about, as a form says it."""
        return self.about_actor or (f"agency:{self.about_agency}" if self.about_agency else "")

    @property
    def is_to_acknowledge(self) -> bool:
        return self.status == machines.RECEIVED and self.acknowledge_due_on is not None

    def days_left(self, on: date) -> int | None:
        """How many days are left; negative = overdue, None = ended."""
        return (self.due_on - on).days if self.due_on else None

    @property
    def was_late(self) -> bool:
        """Was it answered after its day?"""
        return self.ended_on is not None and self.ended_on > self.answer_due_on


@dataclass(frozen=True)
class Wanted:
    """What a list should hold; empty means any."""

    which: str = OPEN
    status: str = ""
    kind: str = ""
    agency: str = ""
    overdue_on: date | None = None


def seen(viewer: scope.Viewer) -> Q:
    """The condition on complaints: those about whom the viewer may see, and those of nobody known."""
    within = scope.of_people(viewer, "person_id")
    return within | Q(person=None) if within else within


def access(complaint_id: str, *, within: Q) -> ComplaintRow:
    """One complaint within what is `seen`, or `THEIR_OWN` for a partner's key. Raises NoSuchComplaint."""
    found = _rows(Complaint.objects.filter(within, complaint_id=complaint_id[:32]))
    if not found:
        raise NoSuchComplaint(complaint_id=complaint_id[:32])
    return found[0]


def page(viewer: scope.Viewer, wanted: Wanted, *, after: Place | None = None, size: int) -> list[ComplaintRow]:
    """Open ones by what is due first, ended ones the newest first; one row past `size` tells that there is more."""
    is_open = wanted.which == OPEN
    found = Complaint.objects.filter(seen(viewer), due_on__isnull=not is_open)
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.agency:
        found = found.filter(about_agency=wanted.agency)
    if wanted.overdue_on and is_open:
        found = found.filter(due_on__lt=wanted.overdue_on)
    if after is not None:
        found = found.filter(_after(after, is_open=is_open))
    order = ("due_on", "complaint_id") if is_open else ("-ended_at", "complaint_id")
    return _rows(found.order_by(*order)[: size + 1])


def place_of(row: ComplaintRow) -> Place:
    """Where a row stands in its list."""
    at = row.due_on or row.ended_at
    assert at is not None, row.complaint_id
    return at, row.complaint_id


def _after(place: Place, *, is_open: bool) -> Q:
    at, complaint_id = place
    beside = Q(complaint_id__gt=complaint_id)
    if is_open:
        return Q(due_on__gt=at) | Q(beside, due_on=at)
    return Q(ended_at__lt=at) | Q(beside, ended_at=at)


@dataclass(frozen=True)
class Sizes:
    """How many are open, how many of them are past their day, and how many have ended."""

    open: int
    overdue: int
    ended: int


def sizes(*, on: date) -> Sizes:
    """Counted as of a day."""
    counted = Complaint.objects.aggregate(
        open=Count("pk", filter=Q(due_on__isnull=False)),
        overdue=Count("pk", filter=Q(due_on__lt=on)),
        ended=Count("pk", filter=Q(due_on__isnull=True)),
    )
    return Sizes(**counted)


def of_person(customer_id: str, *, only: Q | None = None) -> list[ComplaintRow]:
    """Every complaint that concerns a person, or `THEIR_OWN` alone, the newest first."""
    found = Complaint.objects.filter(only or Q(), person_id=customer_id)
    return _rows(found.order_by("-received_at", "complaint_id")[:50])


def of_third_parties(case_id: str) -> frozenset[str]:
    """The complaints told in a case that are neither the person's nor of who speaks for them: not theirs to be told."""
    theirs = Complaint.objects.filter(case_id=case_id, complainant=Complainant.THIRD_PARTY)
    return frozenset(theirs.values_list("pk", flat=True))


def linked(complaint_id: str) -> list[str]:
    """The contacts that a complaint is about."""
    links = Complaint.objects.filter(complaint_id=complaint_id, links__isnull=False)
    return list(links.order_by("links__contact_id").values_list("links__contact_id", flat=True))


def to_acknowledge(*, limit: int) -> list[str]:
    """Those that nobody has acknowledged, the first due first."""
    received = Complaint.objects.filter(status=machines.RECEIVED, due_on__isnull=False)
    return list(received.order_by("due_on", "complaint_id").values_list("complaint_id", flat=True)[:limit])


def to_answer(*, received_by: date, limit: int) -> list[tuple[str, str, str]]:
    """(complaint_id, kind, agency) of open ones that came in by a day, the first due first."""
    still = Complaint.objects.filter(due_on__isnull=False, received_on__lte=received_by)
    return list(still.order_by("due_on", "complaint_id").values_list("complaint_id", "kind", "about_agency")[:limit])


def answer_due_on(complaint_id: str) -> date | None:
    """By when a complaint is to be answered; None when there is no such complaint."""
    return Complaint.objects.filter(complaint_id=complaint_id).values_list("answer_due_on", flat=True).first()


def is_of_a_complaint(stop_id: int | None) -> bool:
    """Does this stop leave somebody alone for a complaint?"""
    return stop_id is not None and Complaint.objects.filter(stop_id=stop_id).exists()


def stops_of(customer_id: str) -> list[int]:
    """The stops that a person's complaints brought about."""
    found = Complaint.objects.filter(person_id=customer_id, stop_id__isnull=False).order_by("stop_id")
    return [stop_id for stop_id in found.values_list("stop_id", flat=True).distinct() if stop_id is not None]


def is_any_open(customer_id: str, *, besides: str = "") -> bool:
    """Is a complaint of this person open, besides one?"""
    still = Complaint.objects.filter(person_id=customer_id, due_on__isnull=False)
    return still.exclude(complaint_id=besides).exists()


def answered(customer_id: str) -> list[str]:
    """The complaints of this person that are answered."""
    theirs = Complaint.objects.filter(person_id=customer_id, status=ComplaintStatus.ANSWERED)
    return list(theirs.values_list("pk", flat=True))


def is_open(status: str) -> bool:
    """Does the clock of a complaint run at a status?"""
    return status in machines.OPEN


def choices() -> dict[str, list[tuple[str, str]]]:
    """Every list of words that a form or filter offers."""
    lists = {
        "intakes": ComplaintIntake,
        "complainants": Complainant,
        "kinds": ComplaintKind,
        "statuses": ComplaintStatus,
        "outcomes": ComplaintOutcome,
        "root_causes": RootCause,
        "remedies": Remedy,
    }
    return {name: [(str(code), str(label)) for code, label in words.choices] for name, words in lists.items()}


def _rows(found: QuerySet[Complaint]) -> list[ComplaintRow]:
    whole = found.select_related("person").defer("text_sealed")
    return [_row(complaint) for complaint in whole]


def _row(one: Complaint) -> ComplaintRow:
    regulator = words.shown(one, "regulator_sealed")
    return ComplaintRow(
        complaint_id=one.complaint_id,
        customer_id=one.person_id or "",
        name_masked=people.name_masked(one.person) if one.person else "",
        case_id=one.case_id or "",
        intake=one.intake,
        intake_label=one.get_intake_display(),
        complainant=one.complainant,
        complainant_label=one.get_complainant_display(),
        kind=one.kind,
        kind_label=one.get_kind_display(),
        about_actor=one.about_actor,
        about_team=one.about_team,
        about_agency=one.about_agency,
        regulator=regulator,
        reference=words.shown(one, "reference_sealed"),
        received_at=one.received_at,
        received_on=one.received_on,
        received_by=one.received_by,
        status=one.status,
        status_label=one.get_status_display(),
        turn=one.turn,
        clock_from_on=one.clock_from_on,
        terms=[{**term, "citation": term["citation"] or regulator} for term in one.terms],
        acknowledge_due_on=one.acknowledge_due_on,
        answer_due_on=one.answer_due_on,
        due_on=one.due_on,
        extended=one.extended,
        reopened=one.reopened,
        acknowledged_at=one.acknowledged_at,
        outcome=one.outcome,
        outcome_label=one.get_outcome_display() if one.outcome else "",
        root_cause_label=one.get_root_cause_display() if one.root_cause else "",
        remedy_label=one.get_remedy_display() if one.remedy else "",
        has_answer=one.answer_sealed is not None,
        ended_at=one.ended_at,
        ended_on=one.ended_on,
        ended_by=one.ended_by,
    )
