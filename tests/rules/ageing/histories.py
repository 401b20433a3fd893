"""Random policies and account histories, from one seed: small enough to live day by day, odd enough to hurt."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction

from arrears.rules.ageing import one
from arrears.rules.ageing.policy import (
    Advance,
    Allocation,
    Bucket,
    Cap,
    CapScope,
    ChannelAllocation,
    Component,
    DpdGrace,
    FeeBase,
    Grouping,
    LateFee,
    OrderRange,
    Penalty,
    PenaltyGrace,
    Policy,
    Rounded,
    Rounding,
    Stage,
)

START = date(2025, 1, 1)
RATES = ["0", "0.0005", "0.001", "0.00049315", "0.24/360", "0.25/365", "0.0333", "0.1", "1/7000", "0.000001"]
CHANNELS = ("REFUND", "GOODWILL")
REASONS = ("HARDSHIP", "DISASTER", "DISPUTE")
BUCKETS = tuple(Bucket(f"M{k}", start) for k, start in enumerate((0, 1, 11, 31, 61)))


def _ratio(text: str) -> Fraction:
    over, _, under = text.partition("/")
    return Fraction(over) / Fraction(under or "1")


def _order(rng: random.Random) -> tuple:
    return tuple(rng.sample(list(Component), 4))


def _some(rng: random.Random, among: tuple) -> frozenset:
    return frozenset(c for c in among if rng.random() < 0.6) or frozenset({among[0]})


def _cap(rng: random.Random) -> Cap | None:
    scope = rng.choice(list(CapScope))
    kind = rng.random()
    if kind < 0.4:
        return None
    if kind < 0.7:
        return Cap(scope, absolute_minor=rng.choice([0, 1, 7, 50, 500]))
    return Cap(scope, share_of_principal=Fraction(rng.choice(["0.01", "0.05", "0.3", "1.5"])))


def _range(rng: random.Random, start: int) -> OrderRange:
    if rng.random() < 0.7:
        return OrderRange(start, rng.choice(list(Grouping)), _order(rng))
    steps = [(stage, component) for stage in Stage for component in Component]
    rng.shuffle(steps)
    if rng.random() < 0.5:  # the usual sequence: stage after stage
        steps.sort(key=lambda step: step[0])
    order = tuple(component for stage, component in steps if stage is Stage.DUE)
    return OrderRange(start, rng.choice(list(Grouping)), order, tuple(steps))


def _allocation(rng: random.Random) -> Allocation:
    starts = [0, *sorted(rng.sample(range(1, 60), rng.choice([0, 0, 1, 2])))]
    ranges = tuple(_range(rng, start) for start in starts)
    return Allocation(ranges, rng.choice(list(Advance)), rng.choice(list(Grouping)), _order(rng))


def policy(rng: random.Random) -> Policy:
    """Any combination of everything a policy can say."""
    dues = (Component.PRINCIPAL, Component.INTEREST, Component.FEE)
    penalty = late_fee = None
    if rng.random() < 0.8:
        penalty = Penalty(
            _some(rng, dues),
            _ratio(rng.choice(RATES)),
            rng.choice(list(PenaltyGrace)),
            rng.choice(list(Rounding)),
            rng.choice(list(Rounded)),
        )
    if rng.random() < 0.3:
        share = Fraction(rng.choice(["0", "0.015", "0.05", "0.333"]))
        late_fee = LateFee(
            after_days=rng.choice([0, 1, 3, 10]),
            flat_minor=rng.choice([0, 10, 1000]),
            share=share,
            of=_some(rng, dues) if share else frozenset(),
            base=rng.choice(list(FeeBase)),
            rounding=rng.choice(list(Rounding)),
        )
    return Policy(
        code="random",
        title_en="r",
        title_zh="r",
        version="1",
        sources=(),
        allocation=_allocation(rng),
        channels=tuple(ChannelAllocation(name, _allocation(rng)) for name in CHANNELS if rng.random() < 0.3),
        buckets=BUCKETS,
        due_day_offset=rng.choice([0, 1]),
        grace_days=rng.choice([0, 0, 1, 3, 10]),
        dpd_grace=rng.choice(list(DpdGrace)),
        tolerance_minor=rng.choice([0, 0, 1, 2, 100, 5000]),
        open_components=_some(rng, (*dues, Component.PENALTY)),
        stop_ageing=frozenset(r for r in REASONS[:2] if rng.random() < 0.7),
        stop_penalty=frozenset(r for r in REASONS[1:] if rng.random() < 0.7),
        penalty=penalty,
        late_fee=late_fee,
        cap=_cap(rng),
    )


def _amount(rng: random.Random, high: int) -> int:
    return rng.choice([0, rng.randint(0, 9), rng.randint(0, high), rng.randint(0, high), high])


def history(rng: random.Random) -> tuple[list[one.Due], list[one.Payment], list[one.Pause], date]:
    """(dues, payments with reversals, overlapping pauses, as_of), in no particular order."""

    def day(high: int) -> date:
        return START + timedelta(days=rng.randint(0, high))

    high = rng.choice([20, 1000, 100_000, 10_000_000])
    same = rng.random() < 0.2
    dues = [
        one.Due(
            number,
            day(90) if not same else START + timedelta(days=15 * (number // 2)),
            _amount(rng, high),
            _amount(rng, high // 10),
            _amount(rng, 50),
            rng.choice([0, 0, 0, rng.randint(0, 100)]),
        )
        for number in range(1, rng.randint(0, 7) + 1)
    ]
    payments = [
        one.Payment(
            f"p{rng.randint(0, 10**6)}-{k}",
            day(130),
            _amount(rng, high * 2),
            None,
            rng.choice([None, "APP", *CHANNELS]),
        )
        for k in range(rng.randint(0, 8))
    ]
    for k, target in enumerate(list(payments)):
        if rng.random() < 0.2:
            later = target.paid_on + timedelta(days=rng.randint(-5, 40))
            payments.append(one.Payment(f"r{k}", later, target.amount_minor, reverses=target.payment_id))
    pauses = []
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        start = day(120)
        end = None if rng.random() < 0.15 else start + timedelta(days=rng.randint(0, 40))
        pauses.append(one.Pause(start, end, rng.choice(REASONS)))
    for rows in (dues, payments, pauses):
        rng.shuffle(rows)
    return dues, payments, pauses, day(140)
