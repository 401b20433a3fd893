"""What was promised on a case, what is open, and how many promises were kept. Frozen rows for console and night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from arrears.records.cases.models import CaseAccount, CaseStatus
from arrears.records.promises.models import Promise, PromiseStatus, ToldBy

#: Over so many days the share of kept promises is told.
KEPT_OVER_DAYS = 30
SHOWN_MAX = 50


@dataclass(frozen=True)
class PromiseRow:
    """One promise, frozen for a page; `paid_minor` is what has been paid since it was made, None where it is moot."""

    promise_id: str
    channel_label: str
    amount_minor: int
    currency: str
    made_on: date
    due_on: date
    made_by: str
    status: str
    status_label: str
    paid_minor: int | None
    ended_on: date | None

    @property
    def is_open(self) -> bool:
        return self.status == PromiseStatus.OPEN


@dataclass(frozen=True)
class Standing:
    """An open promise with what has been paid since it was made, and whether its case is closed: nothing is overdue."""

    promise_id: str
    amount_minor: int
    due_on: date
    paid_minor: int
    is_settled: bool


@dataclass(frozen=True)
class Sizes:
    """Promises open now, and those kept and broken within the last days."""

    open: int
    kept: int
    broken: int

    @property
    def kept_share(self) -> float | None:
        """Of those whose day has come; None before any has."""
        return self.kept / (self.kept + self.broken) if self.kept + self.broken else None


def channels() -> list[tuple[str, str]]:
    """How a promise is told."""
    return [(code.value, str(code.label)) for code in ToldBy]


def paid_total(case_id: str) -> int:
    """What the accounts of a case have been paid in all, minor units."""
    return CaseAccount.objects.filter(case_id=case_id).aggregate(paid=Sum("paid_total_minor"))["paid"] or 0


def of_case(case_id: str) -> list[PromiseRow]:
    """The promises of a case already accessed, the newest first."""
    found = Promise.objects.filter(case_id=case_id).order_by("-made_at", "promise_id")[:SHOWN_MAX]
    paid_now = paid_total(case_id) if any(one.status == PromiseStatus.OPEN for one in found) else 0
    return [
        PromiseRow(
            promise_id=one.promise_id,
            channel_label=one.get_channel_display(),
            amount_minor=one.amount_minor,
            currency=one.currency,
            made_on=one.made_on,
            due_on=one.due_on,
            made_by=one.made_by,
            status=one.status,
            status_label=one.get_status_display(),
            paid_minor=max(paid_now - one.paid_before_minor, 0) if one.status == PromiseStatus.OPEN else one.paid_minor,
            ended_on=one.ended_on,
        )
        for one in found
    ]


def open_ones() -> Iterator[Standing]:
    """Every open promise as it stands in the books."""
    totals = CaseAccount.objects.filter(case=OuterRef("case")).order_by().values("case")
    paid = Subquery(totals.annotate(paid=Sum("paid_total_minor")).values("paid"))
    found = Promise.objects.filter(status=PromiseStatus.OPEN).annotate(paid_now=Coalesce(paid, 0))
    for one in found.select_related("case").order_by("promise_id"):
        yield Standing(
            one.promise_id,
            one.amount_minor,
            one.due_on,
            max(one.paid_now - one.paid_before_minor, 0),
            one.case.status == CaseStatus.CLOSED,
        )


def sizes(*, on: date) -> Sizes:
    """How many are open, and how many were kept and broken in the days up to and including `on`."""
    counted = dict(
        Promise.objects.filter(ended_on__gt=on - timedelta(days=KEPT_OVER_DAYS), ended_on__lte=on)
        .values_list("status")
        .annotate(count=Count("*"))
        .order_by("status")
    )
    still = Promise.objects.filter(status=PromiseStatus.OPEN).count()
    return Sizes(still, counted.get(PromiseStatus.KEPT, 0), counted.get(PromiseStatus.BROKEN, 0))
