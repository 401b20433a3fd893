"""The worked tables of docs/algorithms/ageing.md, number by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from arrears.rules.ageing import one, reading
from arrears.rules.ageing.policy import (
    Advance,
    Allocation,
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
    Rounded,
    Rounding,
)

PLAIN = reading.find("plain")
PRI, INT, FEE, PEN = Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY
DUE_ON = date(2026, 3, 1)


def penalty_after(nights: int, principal: int, policy) -> int:
    due = one.Due(1, DUE_ON, principal)
    return one.age_account(
        [due], [], policy=policy, as_of=DUE_ON + timedelta(days=nights)
    ).position.outstanding.penalty_minor


def charging(rate="0.0005", grace=PenaltyGrace.NONE, rounding=Rounding.HALF_UP, rounded=Rounded.AT_POSTING, **more):
    return replace(PLAIN, penalty=Penalty(frozenset({PRI}), Fraction(rate), grace, rounding, rounded), **more)


class TestAllocation:
    @pytest.mark.parametrize(
        ("grouping", "order", "parts"),
        [
            (Grouping.INSTALMENT_FIRST, (INT, PRI, FEE, PEN), [10, 90, 10, 10]),
            (Grouping.COMPONENT_FIRST, (INT, PRI, FEE, PEN), [10, 90, 10, 10]),
            (Grouping.INSTALMENT_FIRST, (PRI, INT, FEE, PEN), [10, 90, 0, 20]),
            (Grouping.COMPONENT_FIRST, (PRI, INT, FEE, PEN), [0, 90, 0, 30]),
        ],
    )
    def test_grouping_and_order(self, grouping, order, parts):
        rules = Allocation((OrderRange(0, grouping, order),), PLAIN.allocation.advance, grouping, order)
        dues = [one.Due(1, DUE_ON, 90, 10), one.Due(2, DUE_ON + timedelta(days=30), 90, 10)]
        on = DUE_ON + timedelta(days=40)
        aged = one.age_account(dues, [one.Payment("p", on, 120)], policy=replace(PLAIN, allocation=rules), as_of=on)
        paid = {(a.number, a.component): a.amount_minor for a in aged.allocations}
        assert [paid.get(key, 0) for key in ((1, INT), (1, PRI), (2, INT), (2, PRI))] == parts

    def test_principal_comes_first_only_when_more_than_90_days_have_passed_at_the_payment(self):
        policy = replace(reading.find("cash_loan_cn"), penalty=None, cap=None)
        due = one.Due(1, DUE_ON, 10_000, 1_000)
        for days, first in ((90, INT), (91, PRI)):
            on = DUE_ON + timedelta(days=days)
            aged = one.age_account([due], [one.Payment("p", on, 500)], policy=policy, as_of=on)
            assert [(a.component, a.amount_minor) for a in aged.allocations] == [(first, 500)]

    @pytest.mark.parametrize(
        ("advance", "parts"),
        [
            ("hold", [0, 0, 0]),
            ("next", [100, 50, 0]),
            ("last", [0, 50, 100]),
            ("next-then-last", [100, 0, 50]),
            ("even", [50, 50, 50]),
        ],
    )
    def test_money_ahead(self, advance, parts):
        rules = replace(PLAIN.allocation, advance=Advance[advance.upper().replace("-", "_")])
        assert self.ahead(rules, [100, 100, 100], 150) == parts

    @pytest.mark.parametrize(
        ("owed", "parts"), [([100, 100, 100], [17, 17, 16]), ([10, 100, 100], [10, 21, 19]), ([10, 10, 10], [10] * 3)]
    )
    def test_equal_parts_are_rounded_and_what_does_not_fit_is_spread_again(self, owed, parts):
        assert self.ahead(replace(PLAIN.allocation, advance=Advance.EVEN), owed, 50) == parts

    def ahead(self, rules, owed: list[int], money: int) -> list[int]:
        dues = [one.Due(k, DUE_ON + timedelta(days=30 * k), amount) for k, amount in enumerate(owed, 1)]
        policy = replace(PLAIN, allocation=rules)
        aged = one.age_account(dues, [one.Payment("p", DUE_ON, money)], policy=policy, as_of=DUE_ON)
        return [due.principal_minor - i.left.principal_minor for due, i in zip(dues, aged.instalments, strict=True)]

    @pytest.mark.parametrize(
        ("grouping", "advance", "parts"),
        [
            ("instalment-first", "next", [10, 90, 10, 0]),
            ("component-first", "next", [10, 80, 10, 10]),
            ("component-first", "hold", [10, 90, 10, 0]),
        ],
    )
    def test_a_sequence_tells_past_due_from_due(self, grouping, advance, parts):
        steps = ["past-due-interest", "due-interest", "in-advance-interest", "past-due-principal", "due-principal",
                 "in-advance-principal", *(f"{s}-{c}" for c in ("fee", "penalty")
                                           for s in ("past-due", "due", "in-advance"))]  # fmt: skip
        text = (reading.products_folder() / "plain.toml").read_text(encoding="utf-8")
        text = text.replace("instalment-first", grouping).replace('advance = "next"', f'advance = "{advance}"')
        text = text.replace('order = ["fee", "interest", "principal", "penalty"]', f"sequence = {steps}")
        policy = reading.parse(text, file="worked.toml")
        days = (DUE_ON, DUE_ON + timedelta(days=30), DUE_ON + timedelta(days=60))
        dues = [one.Due(k, on, 90, 10) for k, on in enumerate(days, 1)]
        aged = one.age_account(dues, [one.Payment("p", days[1], 110)], policy=policy, as_of=days[1])
        paid = {(a.number, a.component): a.amount_minor for a in aged.allocations}
        assert [paid.get(key, 0) for key in ((1, INT), (1, PRI), (2, INT), (3, INT))] == parts

    def test_a_channel_is_spread_by_its_own_rules(self):
        back = ChannelAllocation("GOODWILL", replace(PLAIN.allocation, advance=Advance.LAST))
        dues = [one.Due(k, DUE_ON + timedelta(days=30 * k), 100) for k in (1, 2)]
        payments = [one.Payment("a", DUE_ON, 30, None, "GOODWILL"), one.Payment("b", DUE_ON, 40, None, "APP")]
        aged = one.age_account(dues, payments, policy=replace(PLAIN, channels=(back,)), as_of=DUE_ON)
        assert [(a.payment_id, a.number, a.amount_minor) for a in aged.allocations] == [("a", 2, 30), ("b", 1, 40)]


class TestDays:
    @pytest.mark.parametrize(("late", "zero", "one_"), [(0, 0, 1), (1, 1, 2), (9, 9, 10)])
    def test_offset(self, late, zero, one_):
        for offset, dpd in ((0, zero), (1, one_)):
            on = DUE_ON + timedelta(days=late)
            said = replace(PLAIN, due_day_offset=offset)
            assert one.age_account([one.Due(1, DUE_ON, 5)], [], policy=said, as_of=on).position.dpd == dpd

    @pytest.mark.parametrize(("late", "taken_off", "waited"), [(0, 0, 0), (1, 0, 0), (3, 0, 0), (4, 1, 4), (10, 7, 10)])
    def test_grace(self, late, taken_off, waited):
        for kind, dpd in ((DpdGrace.SUBTRACTED, taken_off), (DpdGrace.WAITED, waited)):
            said = replace(PLAIN, grace_days=3, dpd_grace=kind)
            on = DUE_ON + timedelta(days=late)
            assert one.age_account([one.Due(1, DUE_ON, 5)], [], policy=said, as_of=on).position.dpd == dpd

    @pytest.mark.parametrize(
        ("pauses", "dpd"),
        [
            ([], 30),
            ([("2026-03-10", "2026-03-20")], 20),
            ([("2026-03-10", "2026-03-20"), ("2026-03-15", "2026-03-25")], 15),
            ([("2026-02-19", "2026-03-11")], 20),
            ([("2026-02-01", "2026-02-20")], 30),
            ([("2026-03-21", None)], 20),
        ],
    )
    def test_pauses_are_clipped_to_the_oldest_open_due_date(self, pauses, dpd):
        said = replace(PLAIN, stop_ageing=frozenset({"HARDSHIP"}))
        held = [
            one.Pause(date.fromisoformat(start), end and date.fromisoformat(end), "HARDSHIP") for start, end in pauses
        ]
        asked = {"policy": said, "as_of": date(2026, 3, 31)}
        assert one.age_account([one.Due(1, DUE_ON, 5)], [], pauses=held, **asked).position.dpd == dpd
        contact_only = [replace(pause, reason="DISPUTE") for pause in held]
        assert one.age_account([one.Due(1, DUE_ON, 5)], [], pauses=contact_only, **asked).position.dpd == 30


class TestPenalty:
    @pytest.mark.parametrize(
        ("grace", "nights"),
        [
            (PenaltyGrace.NONE, (2, 3, 4, 10)),
            (PenaltyGrace.WAIVED, (0, 0, 1, 7)),
            (PenaltyGrace.RETROACTIVE, (0, 0, 4, 10)),
        ],
    )
    def test_grace(self, grace, nights):
        policy = charging("0.001", grace=grace, grace_days=3)
        assert tuple(penalty_after(n, 1000, policy) for n in (2, 3, 4, 10)) == nights

    @pytest.mark.parametrize(("nights", "posting", "daily"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (10, 5, 10)])
    def test_when_it_is_rounded(self, nights, posting, daily):
        assert penalty_after(nights, 1010, charging(rounded=Rounded.AT_POSTING)) == posting
        assert penalty_after(nights, 1010, charging(rounded=Rounded.PER_DAY)) == daily

    @pytest.mark.parametrize(
        ("nights", "by_mode"), [(1, (1, 0, 0, 1, 0)), (2, (1,) * 5), (3, (2, 2, 1, 2, 1)), (5, (3, 2, 2, 3, 2))]
    )
    def test_how_it_is_rounded(self, nights, by_mode):
        assert tuple(penalty_after(nights, 1000, charging(rounding=mode)) for mode in Rounding) == by_mode

    def test_a_late_fee_is_penalty_in_what_is_owed_and_in_what_a_payment_pays(self):
        once = LateFee(2, 700, Fraction(0), frozenset(), FeeBase.SCHEDULED, Rounding.HALF_UP)
        due, on = one.Due(1, DUE_ON, 1_000, 0, 30), DUE_ON + timedelta(days=9)
        for left in ((), (PEN,)):
            policy = replace(PLAIN, late_fee=once, open_components=PLAIN.open_components | {*left})
            owed = one.age_account([due], [], policy=policy, as_of=on).position.outstanding
            assert (owed.fee_minor, owed.penalty_minor) == (30, 700)
            aged = one.age_account([due], [one.Payment("p", on, 1_100)], policy=policy, as_of=on)
            assert [(a.component, a.amount_minor) for a in aged.allocations] == [(PRI, 1_000), (FEE, 30), (PEN, 70)]
            assert aged.position.dpd == (9 if left else 0)

    def test_the_cap_of_an_account_gives_its_last_fen_in_due_order(self):
        policy = charging("0.1", cap=Cap(CapScope.ACCOUNT, absolute_minor=25))
        dues = [one.Due(1, DUE_ON, 100), one.Due(2, DUE_ON, 100)]
        aged = one.age_account(dues, [], policy=policy, as_of=DUE_ON + timedelta(days=9))
        assert [i.penalty_charged_minor for i in aged.instalments] == [15, 10]


class TestLimits:
    @pytest.mark.parametrize("amount", [2**50, -1, 2**63])
    def test_an_amount_beyond_the_limit_is_refused_by_reason(self, amount):
        with pytest.raises(one.UnableToAge, match="amount_out_of_range"):
            one.age_account([one.Due(1, DUE_ON, amount)], [], policy=PLAIN, as_of=DUE_ON)
        with pytest.raises(one.UnableToAge, match="amount_out_of_range"):
            one.age_account([], [one.Payment("p", DUE_ON, amount)], policy=PLAIN, as_of=DUE_ON)

    def test_the_largest_amounts_over_the_longest_time_are_exact(self):
        principal, rate = 10**15, Fraction("0.00049315")
        on = DUE_ON + timedelta(days=4000)
        aged = one.age_account([one.Due(1, DUE_ON, principal)], [], policy=charging("0.00049315"), as_of=on)
        assert aged.position.outstanding.penalty_minor == principal * rate * 4000
        with pytest.raises(one.UnableToAge):
            one.age_account([one.Due(1, DUE_ON, principal)], [], policy=PLAIN, as_of=date(2126, 1, 1))

    def test_too_many_rows_are_refused(self):
        dues = [one.Due(k, DUE_ON, 1) for k in range(4097)]
        with pytest.raises(one.UnableToAge, match="too_many_rows"):
            one.age_account(dues, [], policy=PLAIN, as_of=DUE_ON)


def test_a_back_dated_payment_rewrites_the_past():
    dues = [one.Due(1, DUE_ON, 10_000), one.Due(2, DUE_ON + timedelta(days=30), 10_000)]
    on = DUE_ON + timedelta(days=40)
    late = one.Payment("b", on, 10_000)
    policy = charging("0.001")
    before = one.age_account(dues, [late], policy=policy, as_of=on).position
    assert (before.dpd, before.outstanding.penalty_minor) == (10, 400 + 100)
    after = one.age_account(dues, [late, one.Payment("a", DUE_ON, 10_000)], policy=policy, as_of=on).position
    assert (after.dpd, after.outstanding.penalty_minor) == (0, 100)
