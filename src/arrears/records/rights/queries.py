"""Which holds stand, which requests wait, what was deleted? Frozen rows for the privacy desk and the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from arrears.records.people import queries as people
from arrears.records.privacy import words
from arrears.records.rights.models import (
    CorrectedField,
    Erasure,
    HoldReason,
    IdentityProof,
    LegalHold,
    RequestIntake,
    RequestKind,
    SubjectRequest,
)
from arrears.records.rights.requests import NoSuchRequest
from arrears.rules import rights as machines


@dataclass(frozen=True)
class HoldRow:
    """One legal hold, frozen for a page."""

    hold_id: str
    customer_id: str
    name_masked: str
    reason_label: str
    note: str
    status: str
    status_label: str
    set_at: datetime
    set_by: str
    asked_at: datetime | None
    asked_by: str
    lift_note: str
    lifted_at: datetime | None
    lifted_by: str

    @property
    def stands(self) -> bool:
        return self.status in machines.HELD

    @property
    def is_asked(self) -> bool:
        """Does a second person have to decide?"""
        return self.status == machines.LIFT_ASKED


@dataclass(frozen=True)
class ErasureRow:
    """What of a person was deleted, and when."""

    customer_id: str
    at: datetime
    erased_on: date
    kinds: dict[str, int]
    rules: list[str]
    request_id: str
    actor: str


@dataclass(frozen=True)
class RequestRow:
    """One request, frozen for a page."""

    request_id: str
    customer_id: str
    name_masked: str
    kind: str
    kind_label: str
    intake_label: str
    proof_label: str
    has_words: bool
    received_at: datetime
    received_on: date
    received_by: str
    status: str
    status_label: str
    turn: int
    terms: list[dict[str, str]]
    answer_due_on: date
    due_on: date | None
    is_extended: bool
    reason: str
    note: str
    result: dict[str, Any]
    ended_at: datetime | None
    ended_on: date | None
    ended_by: str

    @property
    def may(self) -> frozenset[str]:
        """What may happen to it now."""
        return machines.events_from(self.status)

    @property
    def is_open(self) -> bool:
        return self.status in machines.OPEN

    def days_left(self, on: date) -> int | None:
        """How many days are left; negative = overdue, None = ended."""
        return (self.due_on - on).days if self.due_on else None

    @property
    def was_late(self) -> bool:
        """Was it answered after its day?"""
        return self.ended_on is not None and self.ended_on > self.answer_due_on


#: Pages of one list: those still open, and those that ended.
OPEN, ENDED = "OPEN", "ENDED"
#: A row's place in its list.
Place = tuple[date | datetime, str]


def access_request(request_id: str) -> RequestRow:
    """One request; raises NoSuchRequest."""
    found = _requests(SubjectRequest.objects.filter(request_id=request_id[:32]))
    if not found:
        raise NoSuchRequest(request_id=request_id[:32])
    return found[0]


def requests(*, which: str, kind: str, after: Place | None, size: int) -> list[RequestRow]:
    """Open ones by what is due first, ended ones the newest first; one row past `size` tells that there is more."""
    is_open = which == OPEN
    found = SubjectRequest.objects.filter(due_on__isnull=not is_open)
    if kind:
        found = found.filter(kind=kind)
    if after is not None:
        at, request_id = after
        name, step = ("due_on", "gt") if is_open else ("ended_at", "lt")
        found = found.filter(Q(**{f"{name}__{step}": at}) | Q(**{name: at}, request_id__gt=request_id))
    order = ("due_on", "request_id") if is_open else ("-ended_at", "request_id")
    return _requests(found.order_by(*order)[: size + 1])


def place_of(row: RequestRow) -> Place:
    """Where a row stands in its list."""
    at = row.due_on or row.ended_at
    assert at is not None, row.request_id
    return at, row.request_id


def requests_of(customer_id: str) -> list[RequestRow]:
    """All requests of a person, the newest first."""
    return _requests(SubjectRequest.objects.filter(person_id=customer_id).order_by("-received_at", "request_id"))


def request_counts(*, on: date) -> tuple[int, int]:
    """How many are open, and how many of these are past their day."""
    found = SubjectRequest.objects.filter(due_on__isnull=False)
    return found.count(), found.filter(due_on__lt=on).count()


def request_choices() -> dict[str, list[tuple[str, str]]]:
    """What a form of a request offers."""
    lists = {"kinds": RequestKind, "intakes": RequestIntake, "proofs": IdentityProof, "fields": CorrectedField}
    return {name: [(str(code), str(label)) for code, label in words.choices] for name, words in lists.items()}


def held_people() -> set[str]:
    """Everybody under legal hold."""
    return set(LegalHold.objects.filter(status__in=machines.HELD).values_list("person_id", flat=True))


def holds(*, stand: bool, limit: int) -> list[HoldRow]:
    """Holds that stand, those to be decided first; or those that were lifted, the newest first."""
    found = LegalHold.objects.filter(status__in=machines.HELD if stand else [machines.LIFTED])
    return _holds(found.order_by("-status" if stand else "-lifted_at", "-set_at", "hold_id")[:limit])


def holds_of(customer_id: str) -> list[HoldRow]:
    """All holds on a person, the newest first."""
    return _holds(LegalHold.objects.filter(person_id=customer_id).order_by("-set_at", "hold_id"))


def hold_counts() -> tuple[int, int]:
    """How many stand, and how many of them wait for a second person."""
    found = LegalHold.objects.filter(status__in=machines.HELD).values_list("status", flat=True)
    statuses = list(found)
    return len(statuses), statuses.count(machines.LIFT_ASKED)


def erasures(*, limit: int) -> list[ErasureRow]:
    """What was deleted last."""
    return [_erasure(one) for one in Erasure.objects.order_by("-at", "-id")[:limit]]


def erased_by_schedule(on: date) -> list[tuple[str, dict[str, int]]]:
    """(customer, kind → rows) of everything that the schedule, and no request, had deleted on a day."""
    found = Erasure.objects.filter(erased_on=on, request_id="").order_by("id")
    return list(found.values_list("person_id", "kinds"))


def erased_count() -> int:
    """Of how many people something was deleted."""
    return Erasure.objects.values("person_id").distinct().count()


def erasures_of(customer_id: str) -> list[ErasureRow]:
    """What of a person was deleted, the newest first."""
    return [_erasure(one) for one in Erasure.objects.filter(person_id=customer_id).order_by("-at", "-id")]


def hold_reasons() -> list[tuple[str, str]]:
    """Why a hold may be set: code and label."""
    return [(str(code), str(label)) for code, label in HoldReason.choices]


def _holds(found: QuerySet[LegalHold]) -> list[HoldRow]:
    return [
        HoldRow(
            hold_id=one.hold_id,
            customer_id=one.person_id,
            name_masked=people.name_masked(one.person),
            reason_label=one.get_reason_display(),
            note=words.shown(one, "note_sealed"),
            status=one.status,
            status_label=one.get_status_display(),
            set_at=one.set_at,
            set_by=one.set_by,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            lift_note=words.shown(one, "lift_note_sealed"),
            lifted_at=one.lifted_at,
            lifted_by=one.lifted_by,
        )
        for one in found.select_related("person")
    ]


def _erasure(one: Erasure) -> ErasureRow:
    return ErasureRow(one.person_id, one.at, one.erased_on, one.kinds, one.rules, one.request_id, one.actor)


def _requests(found: QuerySet[SubjectRequest]) -> list[RequestRow]:
    return [
        RequestRow(
            request_id=one.request_id,
            customer_id=one.person_id,
            name_masked=people.name_masked(one.person),
            kind=one.kind,
            kind_label=one.get_kind_display(),
            intake_label=one.get_intake_display(),
            proof_label=one.get_proof_display(),
            has_words=one.text_sealed is not None,
            received_at=one.received_at,
            received_on=one.received_on,
            received_by=one.received_by,
            status=one.status,
            status_label=one.get_status_display(),
            turn=one.turn,
            terms=one.terms,
            answer_due_on=one.answer_due_on,
            due_on=one.due_on,
            is_extended=one.is_extended,
            reason=one.reason,
            note=words.shown(one, "note_sealed"),
            result=one.result,
            ended_at=one.ended_at,
            ended_on=one.ended_on,
            ended_by=one.ended_by,
        )
        for one in found.select_related("person")
    ]
