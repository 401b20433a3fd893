"""Who is on the stop list, and how has the gate judged? Read by the console, and by whoever shows it to a regulator."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from arrears.kernel.errors import NotFound
from arrears.records.compliance.models import Grounds, Phase, Stop, StopReason, Verdict
from arrears.records.compliance.stops import in_force
from arrears.records.people import queries as people


class NoSuchVerdict(NotFound):
    code = "no_such_verdict"
    message = "There is no verdict {verdict_id}."


class NoSuchStop(NotFound):
    code = "no_such_stop"
    message = "There is no stop {stop_id}."


@dataclass(frozen=True)
class StopRow:
    """One entry of the stop list."""

    stop_id: int
    customer_id: str
    name_masked: str
    channel: str
    contact_point_id: str
    reason: str
    reason_label: str
    from_at: datetime
    to_at: datetime | None
    actor: str

    @property
    def is_of_all(self) -> bool:
        """Is the person left alone altogether, by every channel and at every point?"""
        return not self.channel and not self.contact_point_id

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at and (self.to_at is None or self.to_at > at)


@dataclass(frozen=True)
class VerdictRow:
    """One judgement; `reasons` as `rules.compliance` stores them (rule, citation, counted, max, text_zh, text_en)."""

    verdict_id: int
    contact_id: str
    customer_id: str
    phase: str
    phase_label: str
    at: datetime
    allowed: bool
    not_before: datetime | None
    pack: str
    reasons: list[dict[str, Any]]

    @property
    def is_advice(self) -> bool:
        """Does nothing but guidance keep it back, which somebody may overrule?"""
        return not self.allowed and all(reason["nature"] == "guidance" for reason in self.reasons)

    def is_held_by_advice(self, overruled: Collection[str]) -> bool:
        """Does guidance speak against it that was not overruled?"""
        advice = (reason["rule"] for reason in self.reasons if reason["nature"] == "guidance")
        return not self.allowed and any(rule not in overruled for rule in advice)


def stops_in_force(
    at: datetime, *, within: Q, text: str = "", before_id: int | None = None, size: int
) -> list[StopRow]:
    """Stops that hold at a moment, the newest first; `text` finds one person's.

    within : what the viewer may see (`cases.scope.of_people`)
    """
    stops = in_force(at).filter(within)
    if text:
        stops = stops.filter(person_id__in=people.matching(text))
    if before_id:
        stops = stops.filter(id__lt=before_id)
    return [_stop_row(stop) for stop in stops.select_related("person").order_by("-id")[: size + 1]]


def must_see_stop(stop_id: int, *, within: Q) -> None:
    """Raises NoSuchStop unless it is of somebody whom the viewer sees (`within`, as above)."""
    if not Stop.objects.filter(within, id=stop_id).exists():
        raise NoSuchStop(stop_id=stop_id)


def stops_of_people(customer_ids: Collection[str], *, at: datetime) -> dict[str, list[StopRow]]:
    """Person → the stops of them that hold at a moment, the newest first."""
    held = in_force(at).filter(person_id__in=list(customer_ids))
    found: dict[str, list[StopRow]] = {}
    for stop in held.select_related("person").order_by("-id"):
        found.setdefault(stop.person_id, []).append(_stop_row(stop))
    return found


def stops_of(customer_id: str) -> list[StopRow]:
    """Every stop of a person, past ones too, the newest first."""
    stops = Stop.objects.filter(person_id=customer_id).select_related("person").order_by("-from_at")
    return [_stop_row(stop) for stop in stops[:50]]


def stop_reasons() -> list[tuple[str, str]]:
    """Why contact can be stopped."""
    return [(str(value), str(label)) for value, label in StopReason.choices]


def verdicts_of_contacts(contact_ids: Iterable[str]) -> dict[str, list[VerdictRow]]:
    """Contact → its judgements, the first first."""
    found: dict[str, list[VerdictRow]] = {}
    judged = Verdict.objects.filter(contact_id__in=list(contact_ids)).select_related("grounds").defer("facts")
    for verdict in judged.order_by("at", "id"):
        found.setdefault(verdict.contact_id, []).append(verdict_row(verdict))
    return found


def verdict(verdict_id: int, *, within: Q) -> VerdictRow:
    """One judgement within what the viewer may see (`cases.scope.of_people`); raises NoSuchVerdict."""
    found = Verdict.objects.select_related("grounds").defer("facts").filter(within, pk=verdict_id).first()
    if found is None:
        raise NoSuchVerdict(verdict_id=verdict_id)
    return verdict_row(found)


def facts_of(verdict_id: int) -> str | None:
    """What a judgement was given on, as `rules.compliance.told` writes it; None when that was not kept."""
    return Verdict.objects.filter(pk=verdict_id).values_list("facts", flat=True).first()


def grounds_naming(rule: str) -> list[str]:
    """The lists of reasons in which a rule speaks, by their digests."""
    likely = Grounds.objects.annotate(text=Cast("reasons", TextField())).filter(text__contains=rule)
    return [one.digest for one in likely if any(reason["rule"] == rule for reason in one.reasons)]


def phases() -> list[tuple[str, str]]:
    """When a contact is judged."""
    return [(str(value), str(label)) for value, label in Phase.choices]


def _stop_row(stop: Stop) -> StopRow:
    return StopRow(
        stop_id=stop.pk,
        customer_id=stop.person_id,
        name_masked=people.name_masked(stop.person),
        channel=stop.channel,
        contact_point_id=stop.contact_point_id,
        reason=stop.reason,
        reason_label=stop.get_reason_display(),
        from_at=stop.from_at,
        to_at=stop.to_at,
        actor=stop.actor,
    )


def verdict_row(verdict: Verdict) -> VerdictRow:
    """A judgement, frozen for a page."""
    return VerdictRow(
        verdict_id=verdict.pk,
        contact_id=verdict.contact_id,
        customer_id=verdict.customer_id,
        phase=verdict.phase,
        phase_label=verdict.get_phase_display(),
        at=verdict.at,
        allowed=verdict.allowed,
        not_before=verdict.not_before,
        pack=verdict.pack,
        reasons=verdict.reasons,
    )
