"""Does the compiled fold equal the day-by-day truth to the fen, for any policy and any history?"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.ageing import histories
from tests.rules.ageing.reference import age_slowly

from arrears.rules.ageing import one
from arrears.rules.ageing.policy import (
    Advance,
    CapScope,
    Component,
    DpdGrace,
    Grouping,
    PenaltyGrace,
    Rounded,
    Rounding,
)


def compare(seed: int) -> one.Aged:
    rng = random.Random(seed)
    policy = histories.policy(rng)
    dues, payments, pauses, as_of = histories.history(rng)
    aged = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
    position, parts, charged = age_slowly(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
    assert aged.position == position, seed
    assert {i.due.number: i.penalty_charged_minor for i in aged.instalments} == charged, seed
    assert {(a.payment_id, a.number, a.component): a.amount_minor for a in aged.allocations} == parts, seed
    return aged


@pytest.mark.parametrize("block", range(10))
def test_it_equals_the_slow_reference_on_seeded_histories(block):
    penalised = settled = recovered = 0
    for seed in range(block * 250, block * 250 + 250):
        aged = compare(seed)
        penalised += any(i.penalty_charged_minor for i in aged.instalments)
        settled += aged.position.surplus_minor > 0
        recovered += 0 < aged.position.recovered_total_minor < aged.position.paid_total_minor
    assert penalised > 25, "the generator must reach penalties"
    assert settled > 12, "the generator must reach surplus"
    assert recovered > 50, "the generator must reach what is recovered in part"


@pytest.mark.parametrize("seed", [75203, 75265])
def test_what_stands_settled_is_no_arrears_when_more_is_paid(seed: int) -> None:
    """A due that money paid ahead had settled on its day, and one of nothing, come before what is paid next."""
    compare(seed)


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=10_000, max_value=2**40))
def test_it_equals_the_slow_reference_on_any_seed(seed):
    compare(seed)


def test_the_generator_reaches_every_branch_of_a_policy():
    seen = set()
    for seed in range(400):
        policy = histories.policy(random.Random(seed))
        seen |= {r.grouping for r in policy.allocation.ranges} | {policy.allocation.advance}
        seen |= {(r.grouping, bool(r.sequence)) for r in policy.allocation.ranges}
        seen |= {("by channel", rule.channel, rule.allocation.advance) for rule in policy.channels}
        seen |= {len(policy.allocation.ranges), policy.due_day_offset}
        if policy.penalty:
            seen |= {policy.penalty.grace, policy.penalty.rounding, policy.penalty.rounded, *policy.penalty.base}
        if policy.cap:
            seen |= {policy.cap.scope}
    assert {(grouping, True) for grouping in Grouping} <= seen
    assert {("by channel", "REFUND", advance) for advance in Advance} <= seen
    for kind in (Grouping, Advance, PenaltyGrace, Rounding, Rounded, CapScope):
        assert set(kind) <= seen
    assert {Component.PRINCIPAL, Component.INTEREST, Component.FEE} <= seen


class TestInvariants:
    @pytest.mark.parametrize("seed", range(100))
    def test_allocated_and_surplus_are_the_payments(self, seed):
        rng = random.Random(seed)
        policy = histories.policy(rng)
        dues, payments, pauses, as_of = histories.history(rng)
        aged = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
        counted = one.counted_payments(payments, as_of=as_of)
        allocated = sum(part.amount_minor for part in aged.allocations)
        assert allocated + aged.position.surplus_minor == sum(p.amount_minor for p in counted)
        for instalment in aged.instalments:
            mine = [a for a in aged.allocations if a.number == instalment.due.number]
            due = instalment.due
            scheduled = due.principal_minor + due.interest_minor + due.fee_minor + due.penalty_minor
            owed = scheduled + instalment.penalty_charged_minor
            assert sum(a.amount_minor for a in mine) + instalment.left.total_minor == owed

    @pytest.mark.parametrize("seed", range(200))
    def test_an_account_is_as_late_as_its_oldest_open_instalment(self, seed):
        rng = random.Random(seed)
        policy = histories.policy(rng)
        dues, payments, pauses, as_of = histories.history(rng)
        aged = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
        late = [i for i in aged.instalments if i.is_open and i.past_due_days > 0]
        first = min(late, key=lambda i: (i.due.due_on, i.due.number), default=None)
        counted = first.counted_days if first else 0
        over = counted if policy.dpd_grace is DpdGrace.WAITED else counted - policy.grace_days
        assert aged.position.past_due_days == (first.past_due_days if first else 0)
        assert aged.position.dpd == (over if counted > policy.grace_days else 0)
        for what in ("principal_minor", "interest_minor", "fee_minor", "penalty_minor"):
            left = sum(getattr(i.left, what) for i in aged.instalments)
            assert left == getattr(aged.position.outstanding, what)

    @pytest.mark.parametrize("seed", range(100))
    def test_the_order_of_entry_does_not_matter_and_asking_twice_changes_nothing(self, seed):
        rng = random.Random(seed)
        policy = histories.policy(rng)
        dues, payments, pauses, as_of = histories.history(rng)
        first = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
        for rows in (dues, payments, pauses):
            rng.shuffle(rows)
        assert one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses) == first

    @pytest.mark.parametrize("seed", range(100))
    def test_a_reversed_payment_is_as_if_it_had_never_been(self, seed):
        rng = random.Random(seed)
        policy = histories.policy(rng)
        dues, payments, pauses, as_of = histories.history(rng)
        payments = [p for p in payments if p.reverses is None]
        if not payments:
            payments = [one.Payment("p", as_of, 5)]
        victim = rng.choice(payments)
        undo = one.Payment("undo", as_of, victim.amount_minor, reverses=victim.payment_id)
        without = [p for p in payments if p is not victim]
        assert one.age_account(dues, [*payments, undo], policy=policy, as_of=as_of, pauses=pauses) == one.age_account(
            dues, without, policy=policy, as_of=as_of, pauses=pauses
        )

    @pytest.mark.parametrize("seed", range(60))
    def test_more_tolerance_or_grace_never_makes_an_account_later(self, seed):
        rng = random.Random(seed)
        policy = replace(histories.policy(rng), penalty=None, late_fee=None)
        policy = replace(policy, allocation=replace(policy.allocation, ranges=policy.allocation.ranges[:1]))
        dues, payments, pauses, as_of = histories.history(rng)
        kinder = replace(policy, grace_days=policy.grace_days + 2, tolerance_minor=policy.tolerance_minor + 50)
        strict = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses).position.dpd
        assert one.age_account(dues, payments, policy=kinder, as_of=as_of, pauses=pauses).position.dpd <= strict
