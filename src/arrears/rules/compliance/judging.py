"""Judge one contact at one moment: which rules speak against it, and when none would.

Called by `actions.contact_*` when a contact is planned and again when it is sent. Fails closed: a fact outside the
known vocabulary refuses, a missing zone is every zone of the territory, an unknown outcome counts as every outcome.
`columns` gives the same verdicts for many contacts at once; a change here is a change there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from arrears.kernel import clock
from arrears.rules.compliance import facts, packs
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Reason, Touch, Verdict
from arrears.rules.compliance.packs import Hours, Limit, Pack, Relations, Rule, Staff, Statuses

#: How many times the search for the earliest moment may step from one rule's moment to another's before it gives up.
STEPS_MAX = 64

HOUSE_CITATION = "Arrears gate: unknown facts are refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks against a contact at a moment. `until`: when this rule alone would stop; None = never."""

    rule: Rule
    counted: int | None
    max: int | None
    until: datetime | None


def judge(
    pack: Pack, contact: ContactFacts, borrower: BorrowerFacts, history: Sequence[Touch], *, at: datetime
) -> Verdict:
    """Whether a contact may be made at a moment, and when it may if not.

    history : the touches of this person, in any order; those after `at` count like those before it
    at      : aware; the moment when the contact would be made
    returns : Verdict; not_before is the earliest moment at which no forbidding rule would speak, as the history
              stands (where a rule expires meanwhile it may be later than need be, never earlier); None when allowed,
              and when no moment can help (third party, stop list, unknown facts)
    example : judge(cn, an SMS, a borrower in CN-31, (), at=23:10 local) -> held until 08:00 of the next local day
    """
    if unknown := unknown_facts(contact, borrower, at):
        return Verdict(False, None, unknown)
    found = list(_findings(pack, contact, borrower, history, at))
    if not found:
        return Verdict(True, None, ())
    reasons = tuple(reason_of(finding) for finding in found)
    if not any(finding.rule.forbids for finding in found):
        return Verdict(True, None, reasons)
    return Verdict(False, _earliest(pack, contact, borrower, history, at, found), reasons)


def unknown_facts(contact: ContactFacts, borrower: BorrowerFacts, at: datetime) -> tuple[Reason, ...]:
    """One reason for each fact that is outside what the gate knows; empty when all are known."""
    moment = "" if at.tzinfo is None else "aware"
    return _unknown_facts(
        moment, contact.channel, contact.purpose, contact.relation, contact.initiated_by, borrower.status
    )


@lru_cache(maxsize=4_096)
def _unknown_facts(
    moment: str, channel: str, purpose: str, relation: str, initiated_by: str, status: frozenset[str]
) -> tuple[Reason, ...]:
    told = (
        ("moment", "时间", moment, frozenset({"aware"})),
        ("channel", "联系方式", channel, facts.CHANNELS),
        ("purpose", "目的", purpose, facts.PURPOSES),
        ("relation", "与借款人关系", relation, facts.RELATIONS),
        ("initiator", "发起方", initiated_by, facts.INITIATORS),
    )
    unknown = [(name, name_zh) for name, name_zh, value, known in told if value not in known]
    if not status <= facts.STATUSES:
        unknown.append(("status", "借款人状态"))
    return tuple(_unknown(name, name_zh) for name, name_zh in unknown)


def _unknown(name: str, name_zh: str) -> Reason:
    return Reason(
        rule=f"GATE-UNKNOWN-{name.upper()}",
        citation=HOUSE_CITATION,
        nature="hard",
        counted=None,
        max=None,
        text_zh=f"{name_zh}不明，不予联系。",
        text_en=f"The {name} is not known, so no contact is made.",
    )


def reason_of(finding: Finding) -> Reason:
    """A finding as it is stored and shown."""
    rule = finding.rule
    return Reason(rule.rule_id, rule.citation, rule.nature, finding.counted, finding.max, rule.text_zh, rule.text_en)


def _earliest(
    pack: Pack,
    contact: ContactFacts,
    borrower: BorrowerFacts,
    history: Sequence[Touch],
    at: datetime,
    found: list[Finding],
) -> datetime | None:
    for _ in range(STEPS_MAX):
        moments = [finding.until for finding in found if finding.rule.forbids]
        if not moments:
            return at
        known = [moment for moment in moments if moment is not None]
        if len(known) < len(moments):
            return None
        at = max(known)
        found = list(_findings(pack, contact, borrower, history, at))
    return None


def _findings(
    pack: Pack, contact: ContactFacts, borrower: BorrowerFacts, history: Sequence[Touch], at: datetime
) -> Iterator[Finding]:
    zones = pack.zones_of(region=borrower.region, timezone=borrower.timezone)
    ours = contact.initiated_by == "COLLECTOR"
    for rule in pack.holding(at):
        if contact.channel not in rule.media or (rule.override and rule.override in contact.consents):
            continue
        if isinstance(rule, Relations):
            if contact.relation not in rule.allowed:
                yield Finding(rule, None, None, None)
        elif not ours:
            continue  # who calls us may be answered at any hour and as often as they call
        elif isinstance(rule, Statuses):
            if borrower.status & rule.statuses:
                yield Finding(rule, None, None, None)
        elif isinstance(rule, Staff):
            if contact.staff_count < rule.staff_min:
                yield Finding(rule, contact.staff_count, None, None)
        elif isinstance(rule, Hours):
            yield from _hours(rule, zones, at)
        elif isinstance(rule, Limit):
            yield from _limit(rule, contact, history, zones, at)


def _hours(rule: Hours, zones: tuple[str, ...], at: datetime) -> Iterator[Finding]:
    nexts = []
    for zone in zones:
        local = at.astimezone(_zone(zone))
        if not rule.opens <= local.time() < rule.closes:
            on = local.date() if local.time() < rule.opens else local.date() + timedelta(days=1)
            nexts.append(clock.at_local(on, rule.opens, zone))
    if nexts:
        yield Finding(rule, None, None, max(nexts))


def _limit(
    rule: Limit, contact: ContactFacts, history: Sequence[Touch], zones: tuple[str, ...], at: datetime
) -> Iterator[Finding]:
    if contact.purpose in rule.excluded:
        return
    relevant = [touch for touch in history if same(rule, contact, touch)]
    moments, ends = _in_window(rule, relevant, zones, at)
    untils: list[datetime | None] = []
    if len(moments) >= rule.max:
        untils.append(_frees_at(rule, moments, ends))
    if rule.block_after is not None:
        blocks = [t.at for t in relevant if counts(rule.block_after, t)]
        until = max(blocks) + timedelta(days=rule.block_days) if blocks else at
        if until > at:
            untils.append(until)
    if untils:
        known = [until for until in untils if until is not None]
        yield Finding(rule, len(moments), rule.max, max(known) if len(known) == len(untils) else None)


def _frees_at(rule: Limit, moments: list[datetime], ends: list[datetime]) -> datetime | None:
    if rule.max == 0:
        return None
    if rule.rolling_days is None:
        return max(ends)
    return sorted(moments)[len(moments) - rule.max] + timedelta(days=rule.rolling_days)


def _in_window(
    rule: Limit, relevant: list[Touch], zones: tuple[str, ...], at: datetime
) -> tuple[list[datetime], list[datetime]]:
    """The moments that count now, and the ends of the calendar windows they were counted in."""
    counted = [touch.at for touch in relevant if counts(rule.unit, touch)]
    if rule.rolling_days is not None:
        opened = at - timedelta(days=rule.rolling_days)
        return [moment for moment in counted if moment > opened], []
    bounds = [period_bounds(rule.window, at.astimezone(_zone(zone)).date(), zone) for zone in zones]
    inside = [moment for moment in counted if any(start <= moment < end for start, end in bounds)]
    return inside, [end for _, end in bounds]


@lru_cache(maxsize=4096)
def period_bounds(window: str, on: date, zone: str) -> tuple[datetime, datetime]:
    """The half-open calendar day or month that holds a local date, as moments."""
    if window == "calendar_day":
        first, after = on, on + timedelta(days=1)
    else:
        first = on.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return clock.at_local(first, time(0), zone), clock.at_local(after, time(0), zone)


def same(rule: Limit, contact: ContactFacts, touch: Touch) -> bool:
    """Does the rule look at this touch when it judges this contact? What is not known about a touch counts."""
    return looks_at(rule, contact.relation, touch) and in_scope(rule.scope, contact, touch)


def looks_at(rule: Limit, relation: str, touch: Touch) -> bool:
    """Is it the kind of touch that the rule looks at when it judges a contact to such a relation? See `same`."""
    if touch.initiated_by == "BORROWER" or (touch.channel in facts.CHANNELS and touch.channel not in rule.media):
        return False
    if touch.outcome in rule.excluded or touch.purpose in rule.excluded:
        return False
    return touch.relation not in facts.RELATIONS or touch.relation == relation


def in_scope(scope: str, contact: ContactFacts, touch: Touch) -> bool:
    """Does the touch concern the same contact point, creditor or debt, where a rule counts by that? See `same`."""
    if scope == "contact_point":
        return _alike(contact.contact_point_id, touch.contact_point_id)
    if scope == "creditor":
        return _alike(contact.creditor_id, touch.creditor_id)
    if scope == "debt":
        return not contact.debt_ids or not touch.debt_ids or not set(contact.debt_ids).isdisjoint(touch.debt_ids)
    return True


def _alike(left: str, right: str) -> bool:
    return not left or not right or left == right


def counts(unit: str, touch: Touch) -> bool:
    """Is this touch one of these units? An outcome or channel that we do not know is taken as the one that counts."""
    unknown = touch.outcome not in facts.OUTCOMES
    if unit == "any" or touch.channel not in facts.CHANNELS:
        return True
    if unit == "message":
        return touch.channel in facts.MESSAGES
    if unit == "visit":
        return touch.channel == "VISIT"
    if unit == "conversation" and touch.channel == "VISIT":
        return unknown or touch.outcome in facts.CONVERSED
    if touch.channel not in facts.CALLS:
        return False
    if unit == "placed":
        return True
    outcomes = {"attempt": facts.UNANSWERED, "connected": facts.CONNECTED, "conversation": facts.CONVERSED}[unit]
    return unknown or touch.outcome in outcomes


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def channels_of(unit: str) -> frozenset[str]:
    """The channels through which a unit can come about: what a limit of that unit speaks of at most."""
    assert unit in packs.UNITS, unit
    if unit == "any":
        return facts.CHANNELS
    if unit == "message":
        return facts.MESSAGES
    if unit == "visit":
        return frozenset({"VISIT"})
    return facts.CALLS | {"VISIT"} if unit == "conversation" else facts.CALLS
