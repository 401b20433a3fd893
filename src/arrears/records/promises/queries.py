"""What was promised on a case, what is open, and how many promises were kept. Frozen rows for console and night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from arrears.records import bulk
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
    """An open promise with what has been paid since it was made, and whether its case is closed: nothing is overdue.

    was_kept : it was kept once, and the money went back; such a one is judged by its payments
    """

    promise_id: str
    amount_minor: int
    due_on: date
    paid_minor: int
    is_settled: bool
    was_kept: bool


@dataclass(frozen=True)
class Followed:
    """A promise with whose it is and the accounts whose payments keep it; ended_on None while it is open."""

    promise_id: str
    customer_id: str
    account_ids: tuple[str, ...]
    amount_minor: int
    made_on: date
    due_on: date
    ended_on: date | None


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
            one.paid_minor is not None,
        )


def any_kept() -> bool:
    """Has any promise been kept?"""
    return Promise.objects.filter(status=PromiseStatus.KEPT).exists()


def kept_on(account_ids: Iterable[str]) -> Iterator[Followed]:
    """The kept promises of the cases in which these accounts stand."""
    cases: set[str] = set()
    for piece in bulk.keys_in_pieces(sorted(account_ids)):
        cases |= set(CaseAccount.objects.filter(account_id__among=piece).values_list("case_id", flat=True))
    for piece in bulk.keys_in_pieces(sorted(cases)):
        found = Promise.objects.filter(status=PromiseStatus.KEPT, case_id__among=piece)
        for one in found.select_related("case").order_by("promise_id"):
            yield _followed(one)


def followed(promise_id: str) -> Followed:
    """One promise by its identifier."""
    return _followed(Promise.objects.select_related("case").get(promise_id=promise_id))


def _followed(one: Promise) -> Followed:
    accounts = CaseAccount.objects.filter(case_id=one.case_id).order_by("account_id")
    return Followed(
        promise_id=one.promise_id,
        customer_id=one.case.person_id,
        account_ids=tuple(accounts.values_list("account_id", flat=True)),
        amount_minor=one.amount_minor,
        made_on=one.made_on,
        due_on=one.due_on,
        ended_on=one.ended_on,
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
