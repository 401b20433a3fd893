"""Which holds stand, which requests wait, what was deleted? Frozen rows for the privacy desk and the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from arrears.records.people import queries as people
from arrears.records.rights.models import (
    Erasure,
    HoldReason,
    LegalHold,
)
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
            note=one.note,
            status=one.status,
            status_label=one.get_status_display(),
            set_at=one.set_at,
            set_by=one.set_by,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            lift_note=one.lift_note,
            lifted_at=one.lifted_at,
            lifted_by=one.lifted_by,
        )
        for one in found.select_related("person")
    ]


def _erasure(one: Erasure) -> ErasureRow:
    return ErasureRow(one.person_id, one.at, one.erased_on, one.kinds, one.rules, one.request_id, one.actor)
