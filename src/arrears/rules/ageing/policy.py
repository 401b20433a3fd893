"""How is one product aged? The frozen form of a product policy, and what makes one lawful to construct.

Read from TOML by `arrears.rules.ageing.reading`; used by the kernel's callers. Everything that lending systems
usually hard-code is a field here. This module never computes money.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from arrears.kernel.errors import InvalidInput


class InvalidPolicy(InvalidInput):
    code = "invalid_policy"
    message = "{file}: {key}: {problem}"


class Component(IntEnum):
    """What an instalment is made of; the number is the kernel's column."""

    PRINCIPAL = 0
    INTEREST = 1
    FEE = 2
    PENALTY = 3


class Grouping(IntEnum):
    """Pay one instalment whole before the next, or one component of all instalments before the next component."""

    INSTALMENT_FIRST = 0
    COMPONENT_FIRST = 1


class Advance(IntEnum):
    """What happens to money beyond what is due: kept until the next due date, or applied at once.

    At once to the instalments to come from the next one on, from the last one back, to the next and then from the last
    one back, or in equal parts to all of them.
    """

    HOLD = 0
    NEXT = 1
    LAST = 2
    NEXT_THEN_LAST = 3
    EVEN = 4


class Stage(IntEnum):
    """Where an instalment stands on a payment's value date: its due date before it, on it, or after it."""

    PAST_DUE = 0
    DUE = 1
    IN_ADVANCE = 2


class Rounding(IntEnum):
    """How a fraction of a minor unit becomes whole."""

    HALF_UP = 0
    HALF_EVEN = 1
    HALF_DOWN = 2
    UP = 3
    DOWN = 4


class Rounded(IntEnum):
    """When: each day's charge on its own, or the exact sum at the moment that somebody looks at it."""

    AT_POSTING = 0
    PER_DAY = 1


class DpdGrace(IntEnum):
    """Grace is taken off the count (day 4 of 3 is DPD 1), or waited for (day 4 of 3 is DPD 4, day 3 still 0)."""

    SUBTRACTED = 0
    WAITED = 1


class PenaltyGrace(IntEnum):
    """What days of grace mean for the penalty: nothing, never charged, or charged after all once they have passed."""

    NONE = 0
    WAIVED = 1
    RETROACTIVE = 2


class CapScope(IntEnum):
    """Whose penalties the cap adds up."""

    INSTALMENT = 0
    ACCOUNT = 1


class FeeBase(IntEnum):
    """A late fee's share is taken of the amount first scheduled, or of what is still unpaid."""

    SCHEDULED = 0
    UNPAID = 1


#: Numerators and denominators below this keep every product of the kernel inside int64.
RATIO_LIMIT = 2**31
#: A tenth a day: beyond any lawful penalty, and part of the proof that totals cannot overflow.
DAILY_RATE_MAX = Fraction(1, 10)

Order = tuple[Component, Component, Component, Component]
Step = tuple[Stage, Component]


@dataclass(frozen=True)
class OrderRange:
    """From this DPD (at the moment of payment) on, pay in this grouping and order.

    A `sequence` of the twelve steps says more than `order` and is followed instead of it, and of `advance_grouping` and
    `advance_order`: instalment-first, stage by stage as they first come, the components of each in their own order;
    component-first, step by step. Its in-advance steps visit the instalments as `advance` says; HOLD skips these steps.
    """

    dpd_from: int
    grouping: Grouping
    order: Order
    sequence: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Allocation:
    """`ranges` start at 0 and rise. `advance_*` speak of instalments not yet due at the payment's value date."""

    ranges: tuple[OrderRange, ...]
    advance: Advance
    advance_grouping: Grouping
    advance_order: Order


@dataclass(frozen=True)
class ChannelAllocation:
    """Payments that came by this channel are spread by their own rules: a goodwill credit, a merchant's refund."""

    channel: str
    allocation: Allocation


@dataclass(frozen=True)
class Cap:
    """Penalties never exceed `absolute_minor`, or `share_of_principal` of the scheduled principal, rounded down."""

    scope: CapScope
    absolute_minor: int | None = None
    share_of_principal: Fraction | None = None


@dataclass(frozen=True)
class Penalty:
    """`daily_rate` of the unpaid `base` of each open instalment, for each day that counts."""

    base: frozenset[Component]
    daily_rate: Fraction
    grace: PenaltyGrace
    rounding: Rounding
    rounded: Rounded


@dataclass(frozen=True)
class LateFee:
    """Once per instalment, when more than `after_days` counted days have passed: flat + share of `of`."""

    after_days: int
    flat_minor: int
    share: Fraction
    of: frozenset[Component]
    base: FeeBase
    rounding: Rounding


@dataclass(frozen=True)
class Bucket:
    code: str
    dpd_from: int


class Confidence(IntEnum):
    """How far a source can be leaned on: read in the original, read elsewhere, remembered, or our own choice."""

    VERIFIED_PRIMARY = 0
    VERIFIED_SECONDARY = 1
    MEMORY = 2
    OPERATING_CHOICE = 3


@dataclass(frozen=True)
class Source:
    """Where one rule of a policy comes from; `rule` names the key of the file that it stands behind."""

    rule: str
    citation: str
    confidence: Confidence


@dataclass(frozen=True)
class Policy:
    """A product's whole policy. grain: one per product; `sources` cite where each rule comes from."""

    code: str
    title_en: str
    title_zh: str
    version: str
    sources: tuple[Source, ...]
    allocation: Allocation
    buckets: tuple[Bucket, ...]
    due_day_offset: int = 0
    grace_days: int = 0
    dpd_grace: DpdGrace = DpdGrace.SUBTRACTED
    tolerance_minor: int = 0
    open_components: frozenset[Component] = frozenset({Component.PRINCIPAL, Component.INTEREST, Component.FEE})
    stop_ageing: frozenset[str] = frozenset()
    stop_penalty: frozenset[str] = frozenset()
    penalty: Penalty | None = None
    late_fee: LateFee | None = None
    cap: Cap | None = None
    channels: tuple[ChannelAllocation, ...] = ()

    def place_of(self, channel: str | None) -> int:
        """The place (from 1) of a payment's channel among those with rules of their own; 0 for any other."""
        return next((place for place, one in enumerate(self.channels, 1) if one.channel == channel), 0)

    def bucket_of(self, dpd: int) -> str:
        """The bucket's code for a number of delinquent days."""
        return next(bucket.code for bucket in reversed(self.buckets) if bucket.dpd_from <= max(dpd, 0))
