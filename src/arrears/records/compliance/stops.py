"""Whom must we leave alone, on which channel? Read by the gate when a contact is planned and again when it is sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from arrears.records import bulk
from arrears.records.compliance.models import Stop, StopReason
from arrears.records.people.models import ContactPoint, Relation

SELF_HARM, STAFF_SAFETY = StopReason.SELF_HARM.value, StopReason.STAFF_SAFETY.value
#: A status of none: the house's stop list, without a word why.
VULNERABLE = StopReason.VULNERABLE.value
#: What a stop means to the rule packs. Reasons that are not a status of their own are the house's plain STOPPED.
STATUS_OF = {
    StopReason.CEASED: "CEASED",
    StopReason.DISPUTED: "DISPUTED",
    StopReason.DECEASED: "DECEASED",
    StopReason.BANKRUPT: "BANKRUPT",
    StopReason.REPRESENTED: "REPRESENTED",
    StopReason.SELF_HARM: "SELF_HARM_RISK",
    StopReason.STAFF_SAFETY: "STAFF_SAFETY",
    StopReason.REST: "RESTING",
}
OPTED_OUT_OF = {
    "SMS": "OPTED_OUT_SMS",
    "CALL": "OPTED_OUT_CALL",
    "AI_CALL": "OPTED_OUT_CALL",
    "EMAIL": "OPTED_OUT_EMAIL",
}
HOLDING = """
SELECT person_id, contact_point_id, channel, reason FROM compliance_stop
WHERE person_id {ids} AND from_at <= %s AND (to_at IS NULL OR to_at > %s)
"""


@dataclass(frozen=True, slots=True)
class ActiveStop:
    """A stop that holds at the moment asked about."""

    contact_point_id: str
    channel: str
    reason: str

    @property
    def is_of_all(self) -> bool:
        """Does it stop every channel to every contact point?"""
        return not self.channel and not self.contact_point_id

    def concerns(self, *, channel: str, contact_point_id: str) -> bool:
        """Does it stop this channel to this contact point? A contact whose point is unknown is stopped by any."""
        same_channel = not self.channel or self.channel == channel
        same_point = not self.contact_point_id or not contact_point_id or self.contact_point_id == contact_point_id
        return same_channel and same_point


def in_force(at: datetime) -> QuerySet[Stop]:
    """The stops that hold at a moment."""
    return Stop.objects.filter(Q(to_at=None) | Q(to_at__gt=at), from_at__lte=at)


def active(customer_ids: Collection[str], *, at: datetime) -> dict[str, list[ActiveStop]]:
    """The stops of some people that hold at a moment, by person."""
    found: dict[str, list[ActiveStop]] = {}
    for person, point, channel, reason in bulk.select(HOLDING, customer_ids, at, at):
        found.setdefault(person, []).append(ActiveStop(point, channel, reason))
    return found


def shared_with_at_risk(among: Collection[str]) -> set[str]:
    """Which of some contact points are also an own number or address of somebody else who may harm themselves."""
    theirs = Stop.objects.filter(reason=SELF_HARM, to_at=None, channel="", contact_point_id="")
    at_risk = list(theirs.values_list("person_id", flat=True).distinct())
    if not at_risk:
        return set()
    own = ContactPoint.objects.filter(person_id__in=at_risk, relation=Relation.SELF)
    same = ContactPoint.objects.filter(value_index__in=list(own.values_list("value_index", flat=True).distinct()))
    return set(same.exclude(person_id__in=at_risk).values_list("contact_point_id", flat=True)) & {*among}


def newest(customer_ids: Collection[str], *, at: datetime) -> dict[str, datetime]:
    """Of some people, who has a stop that is not over at a moment: person → when the newest of theirs began.

    One may have begun after that moment: whoever set it had a later clock.
    """
    found = Stop.objects.filter(Q(to_at=None) | Q(to_at__gt=at), person_id__in=list(customer_ids))
    return dict(found.values("person_id").annotate(began=Max("from_at")).values_list("person_id", "began"))


def not_over(customer_id: str, *, at: datetime) -> list[ActiveStop]:
    """The stops of a person that hold at a moment, and those that began after it: somebody else's clock was later."""
    found = Stop.objects.filter(Q(to_at=None) | Q(to_at__gt=at), person_id=customer_id)
    return [ActiveStop(*row) for row in found.values_list("contact_point_id", "channel", "reason")]


def holding(customer_id: str, *, reason: str, at: datetime, channel: str = "") -> int | None:
    """The newest stop of a channel (blank: of everything) without an end that holds for a person for a reason."""
    same = Stop.objects.filter(person_id=customer_id, reason=reason, channel=channel, contact_point_id="", to_at=None)
    return same.filter(from_at__lte=at).order_by("-id").values_list("id", flat=True).first()


def at_risk(*, since: datetime | None = None, reason: str = SELF_HARM) -> dict[str, datetime]:
    """Who may harm themselves, or for another reason, by a stop without an end: person → when it began.

    since : only those that began then or later
    """
    risks = Stop.objects.filter(reason=reason, to_at=None)
    risks = risks if since is None else risks.filter(from_at__gte=since)
    return dict(risks.order_by("-from_at").values_list("person_id", "from_at"))


def began(customer_id: str, *, reason: str, at: datetime) -> datetime | None:
    """Since when a person is left alone everywhere for a reason, the longest of several; None where they are not."""
    found = in_force(at).filter(person_id=customer_id, reason=reason, channel="", contact_point_id="")
    return found.order_by("from_at").values_list("from_at", flat=True).first()


def of_whom(stop_id: int) -> tuple[str, str]:
    """Whom a stop leaves alone and why; both blank when there is no such stop."""
    return Stop.objects.filter(id=stop_id).values_list("person_id", "reason").first() or ("", "")


def statuses(stops: Collection[ActiveStop], *, channel: str, contact_point_id: str) -> frozenset[str]:
    """What the stops say about one contact, in the words of the rule packs."""
    concerned = [stop for stop in stops if stop.concerns(channel=channel, contact_point_id=contact_point_id)]
    return frozenset(_status(stop.reason, channel) for stop in concerned)


def _status(reason: str, channel: str) -> str:
    if reason == StopReason.OPTED_OUT:
        return OPTED_OUT_OF.get(channel, "STOPPED")
    return STATUS_OF.get(StopReason(reason), "STOPPED")


def of_everything() -> list[tuple[str, datetime, str]]:
    """(customer_id, since, reason) of stops of every channel and point that have no end."""
    rows = Stop.objects.filter(channel="", contact_point_id="", to_at__isnull=True)
    return list(rows.values_list("person_id", "from_at", "reason"))


def left_alone(*, at: datetime) -> set[str]:
    """Who is contacted by no channel and at no point at a moment, be it until a day or for good."""
    return set(in_force(at).filter(channel="", contact_point_id="").values_list("person_id", flat=True))
