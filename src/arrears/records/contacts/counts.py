"""What became of one business day's contacts? The one counting that dashboard, night report and demo all show.

Each contact that we wished for stands in exactly one of the fates, so that they add up; `held` cuts across them: the
gate put it off at least once, and it may have gone out since. Counted from what is stored, not by who did it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery

from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Channel, Contact, ContactStatus

#: How many reasons are named; the rest is in the gate's log.
REASONS_MAX = 6


@dataclass(frozen=True)
class DayCounts:
    """One business day's contacts that we wished for, whoever wished; what borrowers wrote to us is not among them.

    planned   : all of them; = sent + failed + refused + expired + cancelled + waiting
    sent      : left the house and are not known to have failed (being sent, sent, delivered, done, in doubt)
    failed    : the vendor said that it reached nobody; against the caps they count all the same
    refused   : the gate, or the lack of an approved text, said no for good
    expired   : could not go out before they lost their sense
    cancelled : let go before they went out: paid, closed, stopped
    waiting   : still planned
    held      : of all, those that the gate put off at least once: each has a verdict "not before …"
    """

    planned: int = 0
    sent: int = 0
    failed: int = 0
    refused: int = 0
    expired: int = 0
    cancelled: int = 0
    waiting: int = 0
    held: int = 0

    @property
    def let_go(self) -> int:
        """Neither went out nor were refused, and no longer wait."""
        return self.expired + self.cancelled


@dataclass(frozen=True)
class Why:
    """How many of a day's contacts were held, or refused, for one reason, as the verdict stored it; {} = no verdict."""

    code: str
    contacts: int
    reason: dict[str, Any]


FATES = {
    "PLANNED": "waiting",
    "REFUSED": "refused",
    "EXPIRED": "expired",
    "CANCELLED": "cancelled",
    **dict.fromkeys(map(str, ContactStatus.happened()), "sent"),
    "FAILED": "failed",
}


def of_days(days: Collection[date]) -> dict[date, DayCounts]:
    """Each day's counts; a day without contacts has zeros."""
    if not days:
        return {}
    fates: dict[date, dict[str, int]] = {on: {} for on in days}
    rows = _wished(days).values_list("as_of", "status").annotate(count=Count("*"))
    for on, status, count in rows.order_by("as_of", "status"):
        fates[on][FATES[status]] = fates[on].get(FATES[status], 0) + count
        fates[on]["planned"] = fates[on].get("planned", 0) + count
    puts_off = _puts_off(days).values_list("on").annotate(count=Count("contact_id", distinct=True))
    for on, count in puts_off.order_by("on"):
        fates[on]["held"] = count
    return {on: DayCounts(**counted) for on, counted in fates.items()}


def of_day(on: date) -> DayCounts:
    """One day's counts."""
    return of_days([on])[on]


def why_held(on: date) -> list[Why]:
    """By which rule the day's contacts were put off, the most frequent first; one held by two rules counts in both."""
    rule = "grounds__reasons__0__rule"
    grouped = _puts_off([on]).values(rule).annotate(count=Count("contact_id", distinct=True), one=Min("id"))
    rows = [(row[rule], row["count"], row["one"]) for row in grouped.order_by("-count", rule)[:REASONS_MAX]]
    named = Verdict.objects.filter(id__in=[one for *_, one in rows])
    reasons = dict(named.values_list("id", "grounds__reasons"))
    return [Why(code or "", count, reasons[one][0] if reasons[one] else {}) for code, count, one in rows]


def why_refused(on: date) -> list[Why]:
    """By which rule, or for want of which text, the day's contacts were refused, the most frequent first."""
    refused = _wished([on]).filter(status=ContactStatus.REFUSED)
    grouped = refused.values("reason").annotate(count=Count("*"), one=Min("contact_id"))
    rows = [(row["reason"], row["count"], row["one"]) for row in grouped.order_by("-count", "reason")[:REASONS_MAX]]
    told = Verdict.objects.filter(contact_id__in=[one for *_, one in rows], allowed=False).order_by("id")
    reasons = {one: given for one, given in told.values_list("contact_id", "grounds__reasons") if given}
    return [Why(code, count, reasons[one][0] if one in reasons else {}) for code, count, one in rows]


def held(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those that the gate put off at least once. A call or visit is cleared or refused on the spot, never held."""
    return _messages(contacts).filter(Exists(_holding(contact_id=OuterRef("contact_id"))))


def _puts_off(days: Collection[date]) -> QuerySet[Verdict]:
    """The verdicts that put off a message wished for on one of the days, each with that day as `on`.

    Found from the verdicts, of which few put anything off, and none a day before the contact was wished for: `at` is
    the moment that was judged, and no zone is a day away from another.
    """
    earliest = datetime.combine(min(days) - timedelta(days=1), time(0), UTC)
    wished = _messages(_wished(days)).filter(contact_id=OuterRef("contact_id"))
    found = _holding(at__gte=earliest).annotate(on=Subquery(wished.values("as_of")))
    return found.filter(on__isnull=False)


def _messages(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    return contacts.exclude(channel__in=[Channel.CALL, Channel.VISIT])


def _wished(days: Collection[date]) -> QuerySet[Contact]:
    return Contact.objects.filter(as_of__in=list(days)).exclude(initiated_by="BORROWER")


def _holding(**which: object) -> QuerySet[Verdict]:
    """Verdicts that put a contact off rather than refuse it."""
    return Verdict.objects.filter(allowed=False, not_before__isnull=False, **which)
