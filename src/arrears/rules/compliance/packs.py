"""What a rule is: five kinds, each typed by what it limits, each with its source. A pack is an ordered set of them.

Built by `reading` from `policies/packs/*.toml`; judged by `judging` and `columns`. Order of precedence among reasons:
unknown facts, then statuses (stop list), relations (third parties), staff, hours, limits; within a kind the law before
the lender's own choices, then the order of the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from arrears.kernel import clock
from arrears.rules import regions

NATURES = ("hard", "presumption", "guidance")
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
UNITS = ("attempt", "placed", "connected", "conversation", "message", "visit", "any")
SCOPES = ("person", "debt", "contact_point", "creditor")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has. `media`: the channels it speaks of. `override`: the consent that lifts it."""

    rule_id: str
    citation: str
    nature: str
    author: str
    effective_on: date
    expired_on: date | None
    confidence: str
    text_zh: str
    text_en: str
    media: frozenset[str]
    override: str | None = None

    @property
    def forbids(self) -> bool:
        return self.nature != "guidance"

    def holds_on(self, on: date) -> bool:
        return self.effective_on <= on and (self.expired_on is None or on < self.expired_on)


@dataclass(frozen=True, kw_only=True)
class Statuses(Rule):
    """No contact while one of these statuses holds."""

    statuses: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Relations(Rule):
    """Only these relations may be contacted; nobody else, whatever the time."""

    allowed: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Staff(Rule):
    """At least so many of our people take part."""

    staff_min: int


@dataclass(frozen=True, kw_only=True)
class Hours(Rule):
    """Contact only in the half-open window [opens, closes) of the borrower's wall clock."""

    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class Limit(Rule):
    """At most `max` units of a scope in a window: one calendar day, one calendar month, or rolling days.

    rolling_days  : None for a calendar window
    excluded      : outcomes and purposes that are not counted
    block_days    : after a touch that `block_after` counts, nothing of these media for so many rolling days
    """

    unit: str
    scope: str
    window: str
    max: int
    rolling_days: int | None = None
    excluded: frozenset[str] = frozenset()
    block_after: str | None = None
    block_days: int = 0


KIND_ORDER: tuple[type[Rule], ...] = (Statuses, Relations, Staff, Hours, Limit)


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
    regions: Mapping[str, str] = field(hash=False)
    digest: str = ""

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

        A time zone that does not exist is unknown, and the region's zone binds beside the territory's.
        """
        place = (region, timezone)
        if place not in self._by_place:
            self._by_place[place] = self._find_zones(region, timezone)
        return self._by_place[place]

    def _find_zones(self, region: str, timezone: str) -> tuple[str, ...]:
        if timezone and regions.is_zone(timezone):
            return (timezone,)
        known = regions.zone_of(region, self.regions)
        if known is None:
            return self.zones
        return (known,) if not timezone else tuple(dict.fromkeys((known, *self.zones)))

    def holding(self, at: datetime) -> tuple[Rule, ...]:
        """The rules in force at a moment, by the calendar of the territory, by precedence."""
        return self._holding_on(clock.business_date(at, self.zones[0]))

    def _holding_on(self, on: date) -> tuple[Rule, ...]:
        cache = self._by_day
        if on not in cache:
            cache[on] = tuple(rule for rule in self.by_precedence if rule.holds_on(on))
        return cache[on]

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    @cached_property
    def _by_day(self) -> dict[date, tuple[Rule, ...]]:
        return {}
