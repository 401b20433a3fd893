"""What a rule is: five kinds, each typed by what it limits, each with its source. A pack is an ordered set of them.

Built by `reading` from `policies/packs/*.toml`; judged by `judging` and `columns`. Order of precedence among reasons:
unknown facts, then bans (stop list, third parties), staff, notices, hours, limits; within a kind the law before the
lender's own choices, then the order of the pack.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from arrears.kernel import clock
from arrears.rules import regions
from arrears.rules.compliance import facts

GUIDANCE = "guidance"
NATURES = ("hard", "presumption", GUIDANCE)
AUTHORS = ("law", "standard", "lender")
CONFIDENCES = (
    "verified_primary",
    "verified_secondary",
    "memory_high",
    "memory_medium",
    "memory_low",
    "own_choice",
)
#: No limit looks back further: older contacts that the lender made without us are not at hand to be counted.
LOOKBACK_DAYS_MAX = 92
#: Places whose zones a pack remembers.
PLACES_KEPT = 10_000
REFUSAL, REPLY = "refusal", "reply"
#: Units that the other side brings about: they count whoever began.
THEIRS = (REFUSAL, REPLY)
UNITS = ("attempt", "placed", "connected", "conversation", "message", "visit", "any", *THEIRS)
SCOPES = ("person", "debt", "contact_point", "creditor")
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HOLIDAY = "HOLIDAY"
EVER = "ever"
COLLECTOR = frozenset({"COLLECTOR"})


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """Whose word it is, since when, how sure we are, and what it says."""

    rule_id: str
    citation: str
    author: str
    effective_on: date
    expired_on: date | None
    confidence: str
    text_zh: str
    text_en: str

    def holds_on(self, on: date) -> bool:
        return self.effective_on <= on and (self.expired_on is None or on < self.expired_on)


@dataclass(frozen=True, kw_only=True)
class Rule(Sourced):
    """What every rule has, and of which contacts it speaks: of those alone that meet every condition.

    media                       : the channels; purposes, relations, initiators likewise
    collectors                  : who collects; a collector that is not known counts as each
    if_told                     : of those, silent where nobody says who collects
    while_status, unless_status : speaks only while one of these holds; is silent while one of those does
    dpd_from, dpd_to            : speaks only of debts overdue for so many days, both inclusive; unknown days count
    disclosing                  : speaks only of contacts that tell of the debt
    override                    : the consent that lifts it
    holds_back                  : guidance that is kept like law until a named role overrules it
    """

    nature: str
    media: frozenset[str]
    purposes: frozenset[str] = facts.PURPOSES
    relations: frozenset[str] = facts.RELATIONS
    initiators: frozenset[str] = COLLECTOR
    collectors: frozenset[str] = facts.COLLECTORS
    if_told: bool = False
    while_status: frozenset[str] = frozenset()
    unless_status: frozenset[str] = frozenset()
    dpd_from: int | None = None
    dpd_to: int | None = None
    disclosing: bool = False
    override: str | None = None
    holds_back: bool = False

    @property
    def forbids(self) -> bool:
        return self.nature != GUIDANCE or self.holds_back


@dataclass(frozen=True, kw_only=True)
class Ban(Rule):
    """No such contact, whatever the time."""


@dataclass(frozen=True, kw_only=True)
class Staff(Rule):
    """So many of our people take part: at least `staff_min`, at most `staff_max`; None = as many as you like.

    How many they are is told as 0 where nobody said it, and nobody is never enough.
    """

    staff_min: int = 1
    staff_max: int | None = None

    @property
    def max(self) -> int | None:
        return self.staff_max

    def is_met_by(self, count: int) -> bool:
        return self.staff_min <= count and (self.staff_max is None or count <= self.staff_max)


@dataclass(frozen=True, kw_only=True)
class Hours(Rule):
    """Contact only in the half-open window [opens, closes) of the borrower's wall clock; opens == closes: not that day.

    days     : of WEEKDAYS and HOLIDAY, on which the rule speaks
    calendar : whose public holidays they are (see kernel.calendars); blank where `days` has none
    """

    opens: time
    closes: time
    days: frozenset[str] = frozenset(WEEKDAYS)
    calendar: str = ""

    @cached_property
    def daily(self) -> bool:
        return self.days >= frozenset(WEEKDAYS)


@dataclass(frozen=True, kw_only=True)
class Limit(Rule):
    """At most `max` units of a scope in a window: one calendar day, one calendar month, a rolling time, or ever.

    rolling    : None for a calendar window
    excluded   : outcomes and purposes that are not counted
    after      : counts only what came after the first unit of this kind, and is silent before it
    block_days : after a touch that `block_after` counts (who began it is all one), nothing of these media for so many
                 rolling days
    """

    unit: str
    scope: str
    window: str
    max: int
    rolling: timedelta | None = None
    excluded: frozenset[str] = frozenset()
    after: str | None = None
    block_after: str | None = None
    block_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Notice(Rule):
    """Only once a written notice of ours, known to have been sent through `by`, is older than `wait_days` whole days.

    Days are the borrower's. A past that tells of no notice has none: so the rule is for who tells all of it.
    """

    by: frozenset[str]
    wait_days: int


#: What a duty is about.
TOPICS = (
    "scope", "forbidden_conduct", "disclosure", "privacy", "criminal", "liability", "staff", "governance", "licensing",
    "agency_oversight", "field_visit", "contact_place", "recording", "retention", "complaints", "dispute", "validation",
    "opt_out", "electronic", "ai", "vulnerability", "forbearance", "deceased", "third_party", "limitation", "interest",
    "fees", "cost_cap", "allocation", "legal_process", "credit_reporting", "classification", "charge_off",
    "subject_requests",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Duty(Sourced):
    """A rule that no single contact can be judged by: what must be said, kept, told, paid, or never be done.

    values : its figures by name, for whoever acts on them
    """

    topic: str
    values: Mapping[str, object] = field(hash=False)


KIND_ORDER: tuple[type[Rule], ...] = (Ban, Staff, Notice, Hours, Limit)


@dataclass(frozen=True)
class Pack:
    """A jurisdiction's rules. `zones`: those of its territory, all of which bind when a borrower's zone is unknown.

    digest : the first figures of the hash of its text: an edit that keeps its version is still told from the former
    """

    pack_id: str
    version: str
    title_zh: str
    title_en: str
    zones: tuple[str, ...]
    rules: tuple[Rule, ...]
    regions: Mapping[str, tuple[str, ...]] = field(hash=False)
    digest: str = ""
    duties: tuple[Duty, ...] = ()

    @classmethod
    def composed(cls, packs: Sequence[Pack]) -> Pack:
        """The packs as one, of the first one's version: every rule of each holds, so the strictest wins.

        The territory is that of all of them together: where nobody knows the borrower's zone, all their clocks bind.
        """
        return cls(
            pack_id="+".join(pack.pack_id for pack in packs),
            version=packs[0].version,
            title_zh=" + ".join(pack.title_zh for pack in packs),
            title_en=" + ".join(pack.title_en for pack in packs),
            zones=tuple(dict.fromkeys(zone for pack in packs for zone in pack.zones)),
            rules=tuple(rule for pack in packs for rule in pack.rules),
            regions=packs[0].regions,
            digest=hashlib.sha256("+".join(pack.digest for pack in packs).encode()).hexdigest()[:8],
            duties=tuple(duty for pack in packs for duty in pack.duties),
        )

    def with_guidance_held(self, overruled: frozenset[str] = frozenset()) -> Pack:
        """The same rules, its guidance kept like law, but for what was overruled: rules by their ids."""
        if overruled not in self._held:
            self._held[overruled] = replace(
                self,
                rules=tuple(
                    replace(rule, holds_back=rule.nature == GUIDANCE and rule.rule_id not in overruled)
                    for rule in self.rules
                ),
            )
        return self._held[overruled]

    @cached_property
    def guidance(self) -> frozenset[str]:
        """Its rules that advise, by their ids."""
        return frozenset(rule.rule_id for rule in self.rules if rule.nature == GUIDANCE)

    def as_if_always(self, on: date) -> Pack:
        """The rules in force on a day, as if they had always been and would always be: to judge the past by them."""
        standing = (rule for rule in self.rules if rule.holds_on(on))
        return replace(self, rules=tuple(replace(rule, effective_on=date.min, expired_on=None) for rule in standing))

    @property
    def name(self) -> str:
        """What a stored verdict says it was judged by."""
        return f"{self.pack_id}@{self.version}" + (f"+{self.digest}" if self.digest else "")

    @cached_property
    def by_precedence(self) -> tuple[Rule, ...]:
        """The rules in the order in which their reasons are given."""
        return tuple(sorted(self.rules, key=lambda rule: (KIND_ORDER.index(type(rule)), rule.author == "lender")))

    def zones_of(self, *, region: str, timezone: str) -> tuple[str, ...]:
        """The zones whose clocks bind for a borrower: one when it is known, all of the territory when not.

        A time zone that does not exist is unknown, and the region's zones bind beside the territory's.
        """
        place = (region, timezone)
        if place not in self._by_place:
            if len(self._by_place) >= PLACES_KEPT:  # as many distinct places as this are made up
                self._by_place.clear()
            self._by_place[place] = self._find_zones(region, timezone)
        return self._by_place[place]

    def _find_zones(self, region: str, timezone: str) -> tuple[str, ...]:
        if timezone and regions.is_zone(timezone):
            return (timezone,)
        known = regions.zones_of(region, self.regions)
        if not known:
            return self.zones
        return known if not timezone else tuple(dict.fromkeys((*known, *self.zones)))

    def holding(self, at: datetime, zones: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rules in force at a moment on the calendar of any of some zones, the borrower's, by precedence."""
        days = frozenset(clock.business_date(at, zone) for zone in zones)
        cache = self._by_days
        if days not in cache:
            cache[days] = tuple(rule for rule in self.by_precedence if any(map(rule.holds_on, days)))
        return cache[days]

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    @cached_property
    def _held(self) -> dict[frozenset[str], Pack]:
        return {}

    @cached_property
    def _by_days(self) -> dict[frozenset[date], tuple[Rule, ...]]:
        return {}
