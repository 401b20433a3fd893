"""The one gate, as its callers hold it: the rule pack and the approved words; and how the books' facts reach them.

Used by every `actions.contact_*`, and by nothing else. It reads what is known of people (where they live, whom they
told to stop, what they have been through) and judges; it never writes and never speaks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from arrears.actions.second_opinion import Judge
from arrears.kernel import clock
from arrears.kernel.errors import Refusal
from arrears.records.compliance import consents, stops
from arrears.records.compliance.stops import ActiveStop
from arrears.records.contacts import outbox
from arrears.rules import templates
from arrears.rules.compliance import columns, judging, packs, told
from arrears.rules.compliance.facts import RELATIONS, BorrowerFacts, Case, ContactFacts, Reason, Touch, Verdict
from arrears.rules.compliance.packs import Limit, Pack

#: So many are judged one by one; for more the columns are quicker.
FEW = 4


@dataclass(frozen=True)
class Gate:
    """What the wiring hands to the actions: whose law holds, and which words are approved.

    fault : why the newest edit of a policy file is not in force, and this is the last good state; blank = it is
    judge : who is asked about words before they leave; None = nobody, and approved words are taken as approved
    """

    pack: Pack
    library: templates.Library
    fault: str = ""
    judge: Judge | None = None


class GateIsClosed(Refusal):
    """There is no rule pack that can be used, nor was there ever a good one here: nobody is contacted."""

    code = "gate_is_closed"
    message = "No rule pack can be used, so nobody is contacted: {why}"


class ClosedGate(Gate):
    """A gate without law or words: whatever is asked of it is refused, so nothing is judged and nothing goes out."""

    def __init__(self, fault: str) -> None:
        object.__setattr__(self, "fault", fault)

    def __getattribute__(self, name: str) -> Any:
        if name in ("pack", "library"):
            raise GateIsClosed(why=self.fault)
        return super().__getattribute__(name)


@dataclass(frozen=True, slots=True)
class Wish:
    """A contact somebody wants to make: to whom, where, how, when. `relation` blank = the contact point is unknown.

    overruled : guidance that gives its reasons only, by its rules: somebody who may overruled it. All other guidance
                holds back like law
    """

    contact_id: str
    customer_id: str
    channel: str
    purpose: str
    relation: str
    contact_point_id: str
    at: datetime
    region: str
    timezone: str
    staff_count: int = 1
    initiated_by: str = "COLLECTOR"
    consents: frozenset[str] = frozenset()
    overruled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judgement:
    """A verdict and what it was given on. since : earlier contacts, to the same relation, were not looked up"""

    verdict: Verdict
    case: Case = field(repr=False)
    overruled: frozenset[str]
    since: datetime

    @cached_property
    def facts(self) -> str:
        """What it was given on, as a line that `rules.compliance.told` reads: no identity, and nothing to look up."""
        overruled = sorted(self.overruled & {reason.rule for reason in self.verdict.reasons})
        return told.line(self.case, since=self.since.isoformat(), **({"overruled": overruled} if overruled else {}))


def judge(gate: Gate, wishes: Sequence[Wish], *, is_intended: bool = False) -> list[Judgement]:
    """A judgement of each wish, by the pack of the gate and what the books know now of its own moment.

    wishes        : each is judged by itself; two wishes of one person do not count against each other, so a caller
                    that will act on both at once must not (`contact_send` takes one contact a person)
    is_intended   : their intents are written down already, and do not count against themselves
    returns       : judgements in order. Call it with the people's rows locked when what it allows is then done
    """
    if not wishes:
        return []
    customer_ids = {wish.customer_id for wish in wishes}
    whom: dict[datetime, set[str]] = {}  # moments are few: a night means all of a region for the same one
    for wish in wishes:
        whom.setdefault(wish.at, set()).add(wish.customer_id)
    earliest = min(whom)
    stopped = {at: stops.active(people, at=at) for at, people in whom.items()}
    shared = stops.shared_with_at_risk({wish.contact_point_id for wish in wishes})
    consented = {at: consents.active(people, at=at) for at, people in whom.items()}
    intended = {wish.contact_id for wish in wishes} if is_intended else frozenset[str]()
    own = looks_back_to(gate.pack, earliest, relations=OWN)
    others = looks_back_to(gate.pack, earliest, relations=OTHERS)
    if any(wish.relation not in OWN for wish in wishes):
        own = min(own, others)  # their number may have been taken for the borrower's
    past = outbox.touches(customer_ids, since=own, others_since=others, but=intended)
    number: dict[object, int] = {}
    places: list[int] = []
    cases: list[Case] = []
    overruled: list[frozenset[str]] = []
    for wished in wishes:
        wish = _consented(wished, consented[wished.at])
        held = stopped[wish.at].get(wish.customer_id, ())
        if wish.contact_point_id in shared:
            held = (*held, ANSWERS)
        given = held, past.get(wish.customer_id, ())
        alike = wish.contact_id if any(given) else _looks(wish)
        if alike not in number:
            number[alike] = len(cases)
            cases.append(_case(wish, *given))
            overruled.append(wish.overruled)
        places.append(number[alike])
    verdicts = _verdicts(gate.pack, cases, overruled)
    judgements = [
        Judgement(verdict, case, rules, own if case.contact.relation in OWN else others)
        for verdict, case, rules in zip(verdicts, cases, overruled, strict=True)
    ]
    return [judgements[place] for place in places]


def _verdicts(pack: Pack, cases: Sequence[Case], overruled: Sequence[frozenset[str]]) -> list[Verdict]:
    """One a case; those for which the same was overruled together."""
    verdicts: dict[int, Verdict] = {}
    for rules in dict.fromkeys(overruled):
        rows = [row for row, own in enumerate(overruled) if own == rules]
        law = pack.with_guidance_held(rules)
        verdicts |= zip(rows, _judged(law, [cases[row] for row in rows]), strict=True)
    return [verdicts[row] for row in range(len(cases))]


def _judged(pack: Pack, cases: Sequence[Case]) -> Sequence[Verdict]:
    """The same by either road: laying columns out for one call takes ten times as long as judging it."""
    if len(cases) > FEW:
        return columns.judge_many(pack, cases)
    return [judging.judge(pack, case.contact, case.borrower, case.history, at=case.at) for case in cases]


def _consented(wish: Wish, consented: Mapping[str, frozenset[str]]) -> Wish:
    """The wish with the consents of its person that hold, beside those that were given for this very contact."""
    held = consented.get(wish.customer_id)
    return replace(wish, consents=wish.consents | held) if held else wish


def _looks(wish: Wish) -> tuple[object, ...]:
    """All that the gate sees of a wish to somebody without stop or history: two that look alike are judged alike."""
    return (
        *(wish.channel, wish.purpose, wish.relation, wish.initiated_by, wish.staff_count),
        *(wish.at, wish.region, wish.timezone, wish.consents, wish.overruled),
    )


def _case(wish: Wish, stopped: Collection[ActiveStop], past: Sequence[Touch]) -> Case:
    status = stops.statuses(stopped, channel=wish.channel, contact_point_id=wish.contact_point_id) if stopped else NONE
    return Case(
        contact=ContactFacts(
            channel=wish.channel,
            purpose=wish.purpose,
            relation=wish.relation,
            initiated_by=wish.initiated_by,
            contact_point_id=wish.contact_point_id if past else "",  # nothing is counted by it without a past
            staff_count=wish.staff_count,
            consents=wish.consents,
        ),
        borrower=BorrowerFacts(region=wish.region, timezone=wish.timezone, status=status),
        history=past,
        at=wish.at,
    )


NONE: frozenset[str] = frozenset()
#: Whoever else may answer may harm themselves: nothing is told of that in the reasons of the one who is wished for.
ANSWERS = ActiveStop("", "", stops.VULNERABLE)
#: A past contact counts towards one to the same relation or number alone; nearly all of the past is with the borrower.
OWN = frozenset({"SELF"})
OTHERS = RELATIONS - OWN
#: Before any contact that is on record.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def looks_back_to(pack: Pack, earliest: datetime, *, relations: frozenset[str]) -> datetime:
    """The first moment that a limit of the pack on contacts with these may still count; a calendar day has up to 25
    hours."""
    limits = [rule for rule in pack.rules if isinstance(rule, Limit) and not rule.relations.isdisjoint(relations)]
    if any(limit.window == packs.EVER or limit.after is not None for limit in limits):
        return EPOCH
    longest = max((lookback(limit) for limit in limits), default=timedelta(days=1))
    return earliest - longest - timedelta(hours=2)


def lookback(limit: Limit) -> timedelta:
    """How far back a limit looks at most that counts within a window."""
    window = {"calendar_day": timedelta(days=1), "calendar_month": timedelta(days=31)}.get(limit.window)
    return max(window or limit.rolling or timedelta(0), timedelta(days=limit.block_days))


def zone_of(pack: Pack, *, region: str, timezone: str) -> str:
    """The zone whose calendar a contact is filed under: the borrower's, else the territory's first."""
    return pack.zones_of(region=region, timezone=timezone)[0]


def local_on(pack: Pack, *, region: str, timezone: str, at: datetime) -> date:
    """The borrower's date at a moment."""
    return _date_in(at, zone_of(pack, region=region, timezone=timezone))


_date_in = lru_cache(maxsize=4_096)(clock.business_date)


@lru_cache(maxsize=4_096)
def _stored(reasons: tuple[Reason, ...]) -> list[dict[str, object]]:
    """Reasons as they are stored; those of one batch are few, told to many."""
    return [reason.as_dict() for reason in reasons]


def verdict_row(
    gate: Gate, *, contact_id: str, customer_id: str, phase: str, at: datetime, judgement: Judgement
) -> tuple[object, ...]:
    """A judgement in the order of `compliance.operations.VERDICT`."""
    verdict = judgement.verdict
    given = (verdict.allowed, verdict.not_before, gate.pack.name, judgement.facts, _stored(verdict.reasons))
    return (contact_id, customer_id, phase, at, *given)


def words_row(gate: Gate, contact_id: str, customer_id: str, *, at: datetime, verdict: Verdict) -> tuple[object, ...]:
    """The same of words that may not leave. No facts are kept: it is no pack that they were judged by."""
    given = (verdict.allowed, verdict.not_before, gate.pack.name, None, _stored(verdict.reasons))
    return (contact_id, customer_id, "SEND", at, *given)
