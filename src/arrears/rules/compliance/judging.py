"""Judge one contact at one moment: which rules speak against it, and when none would.

Called by `actions.contact_*` when a contact is planned and again when it is sent. Fails closed: a fact outside the
known vocabulary refuses, a missing zone is every zone of the territory, an unknown outcome counts as every outcome.
`columns` gives the same verdicts for many contacts at once; a change here is a change there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from arrears.kernel import calendars, clock
from arrears.rules.compliance import counting, facts, packs
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Reason, Touch, Verdict
from arrears.rules.compliance.packs import Ban, Hours, Limit, Notice, Pack, Rule, Staff

#: How many times the search for the earliest moment may step from one rule's moment to another's before it gives up.
STEPS_MAX = 64

#: A touch dated further ahead than clocks differ has not been: it fills no rolling window, and blocks nothing.
AHEAD = timedelta(days=1)

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
    if reasons := unknown_facts(contact, borrower, at):
        return Verdict(False, None, reasons)
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
    missing = [(name, name_zh) for name, name_zh, value, known in told if value not in known]
    if not status <= facts.STATUSES:
        missing.append(("status", "借款人状态"))
    return tuple(unknown(name, name_zh) for name, name_zh in missing)


def unknown(name: str, name_zh: str) -> Reason:
    """The reason given when a fact is not known."""
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
    for rule in pack.holding(at, zones):
        if not speaks_of(rule, contact, borrower.status) or not reaches(rule, borrower.dpd):
            continue
        if isinstance(rule, Ban):
            yield Finding(rule, None, None, None)
        elif isinstance(rule, Staff):
            if not rule.is_met_by(contact.staff_count):
                yield Finding(rule, contact.staff_count, rule.max, None)
        elif isinstance(rule, Notice):
            yield from _notice(rule, contact, history, zones, at)
        elif isinstance(rule, Hours):
            yield from _hours(rule, zones, at)
        elif isinstance(rule, Limit):
            yield from _limit(rule, contact, history, zones, at)


def _collects(collector: str, rule: Rule) -> bool:
    """Does a rule bind who collects? Who is told of and not known is bound by every rule, and who is not told of by all
    but those that want to be told."""
    if collector in facts.COLLECTORS:
        return collector in rule.collectors
    return bool(collector) or not rule.if_told


def speaks_of(rule: Rule, contact: ContactFacts, status: frozenset[str]) -> bool:
    """Is it a contact of which the rule speaks, whatever the time, the past, and the days past due?

    Who calls us may be answered at any hour and as often as they call: most rules speak of our own contacts alone.
    """
    return (
        contact.channel in rule.media
        and contact.purpose in rule.purposes
        and contact.relation in rule.relations
        and contact.initiated_by in rule.initiators
        and _collects(contact.collector, rule)
        and (contact.discloses_debt or not rule.disclosing)
        and not (rule.while_status and rule.while_status.isdisjoint(status))
        and rule.unless_status.isdisjoint(status)
        and rule.override not in contact.consents
    )


def reaches(rule: Rule, dpd: int | None) -> bool:
    """Does the rule speak of a debt so many days past due? Days that are not known lift nothing."""
    if dpd is None:
        return True
    return (rule.dpd_from is None or dpd >= rule.dpd_from) and (rule.dpd_to is None or dpd <= rule.dpd_to)


def _hours(rule: Hours, zones: tuple[str, ...], at: datetime) -> Iterator[Finding]:
    nexts = []
    for zone in zones:
        local = at.astimezone(_zone(zone))
        if speaks_on(rule, local.date()) and not rule.opens <= local.time() < rule.closes:
            nexts.append(clock.at_local(*reopens(rule, local.date(), local.time()), zone))
    if nexts:
        yield Finding(rule, None, None, max(nexts))


def _notice(
    rule: Notice, contact: ContactFacts, history: Sequence[Touch], zones: tuple[str, ...], at: datetime
) -> Iterator[Finding]:
    """What nobody knows to have been sent, to them and for this creditor, is no notice."""
    sent = [
        touch.at
        for touch in history
        if touch.channel in rule.by
        and touch.outcome in facts.REACHED
        and (touch.initiated_by, touch.relation) == ("COLLECTOR", contact.relation)
        and counting.alike(contact.creditor_id, touch.creditor_id)
    ]
    wait = timedelta(days=rule.wait_days + 1)
    over = [
        max(clock.at_local(moment.astimezone(_zone(zone)).date() + wait, time(0), zone) for zone in zones)
        for moment in sent
    ]
    if not over or min(over) > at:
        yield Finding(rule, None, None, min(over, default=None))


def speaks_on(rule: Hours, on: date) -> bool:
    """Does the rule speak of this day? A public holiday is one beside being a day of the week."""
    return rule.daily or _is_among(on, rule.days, rule.calendar)


@lru_cache(maxsize=65_536)
def _is_among(on: date, days: frozenset[str], calendar: str) -> bool:
    return packs.WEEKDAYS[on.weekday()] in days or (packs.HOLIDAY in days and calendars.is_public_holiday(on, calendar))


def reopens(rule: Hours, on: date, clock_time: time) -> tuple[date, time]:
    """The local moment after which to ask the rule again, at a time outside its hours.

    A rule that speaks of some days alone says nothing of the next: it is asked again as that day begins.
    """
    if clock_time < rule.opens < rule.closes:
        return on, rule.opens
    return on + timedelta(days=1), rule.opens if rule.daily and rule.opens < rule.closes else time(0)


def _limit(
    rule: Limit, contact: ContactFacts, history: Sequence[Touch], zones: tuple[str, ...], at: datetime
) -> Iterator[Finding]:
    """A limit by debt holds for each debt that the contact speaks of, and the fullest of them decides."""
    if contact.purpose in rule.excluded:
        return
    each = _by_debt(contact, history) if rule.scope == "debt" and len(contact.debt_ids) > 1 else [(contact, history)]
    found = [_limit_of_one(rule, of_one, touches, zones, at) for of_one, touches in each]
    spoken = [finding for finding in found if finding is not None]
    if spoken:
        untils = [finding.until for finding in spoken]
        known = [until for until in untils if until is not None]
        counted = max(finding.counted or 0 for finding in spoken)
        yield Finding(rule, counted, rule.max, max(known) if len(known) == len(untils) else None)


def _by_debt(contact: ContactFacts, history: Sequence[Touch]) -> Iterator[tuple[ContactFacts, list[Touch]]]:
    """The contact as if it spoke of one of its debts alone, with the touches that may have; debts that no touch names
    are all alike, and one of them stands for the rest."""
    untold = [touch for touch in history if not touch.debt_ids]
    told: dict[str, list[Touch]] = {debt: [] for debt in contact.debt_ids}
    for touch in history:
        for debt in told.keys() & set(touch.debt_ids):
            told[debt].append(touch)
    for debt in [debt for debt, named in told.items() if named] + [debt for debt, named in told.items() if not named][
        :1
    ]:
        yield replace(contact, debt_ids=(debt,)), untold + told[debt]


def _limit_of_one(
    rule: Limit, contact: ContactFacts, history: Sequence[Touch], zones: tuple[str, ...], at: datetime
) -> Finding | None:
    relevant = [touch for touch in history if counting.same(rule, contact, touch)]
    ours = [touch for touch in relevant if counting.weighs(rule, touch.initiated_by)]
    if rule.after is not None:
        since = min((touch.at for touch in relevant if counting.counts(rule.after, touch)), default=None)
        ours = [touch for touch in ours if since is not None and touch.at > since]
    moments, ends = _in_window(rule, ours, zones, at)
    untils: list[datetime | None] = []
    if len(moments) >= rule.max and (rule.after is None or since is not None):
        untils.append(_frees_at(rule, moments, ends))
    if rule.block_after is not None:
        blocks = [touch.at for touch in relevant if counting.counts(rule.block_after, touch) and touch.at < at + AHEAD]
        until = max(blocks) + timedelta(days=rule.block_days) if blocks else at
        if until > at:
            untils.append(until)
    if not untils:
        return None
    known = [until for until in untils if until is not None]
    return Finding(rule, len(moments), rule.max, max(known) if len(known) == len(untils) else None)


def _frees_at(rule: Limit, moments: list[datetime], ends: list[datetime]) -> datetime | None:
    if rule.max == 0 or rule.window == packs.EVER:
        return None
    if rule.rolling is None:
        return max(ends)
    return sorted(moments)[len(moments) - rule.max] + rule.rolling


def _in_window(
    rule: Limit, relevant: list[Touch], zones: tuple[str, ...], at: datetime
) -> tuple[list[datetime], list[datetime]]:
    """The moments that count now, and the ends of the calendar windows they were counted in."""
    counted = [touch.at for touch in relevant if counting.counts(rule.unit, touch)]
    if rule.window == packs.EVER:
        return counted, []
    if rule.rolling is not None:
        opened = at - rule.rolling
        return [moment for moment in counted if opened < moment < at + AHEAD], []
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


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
