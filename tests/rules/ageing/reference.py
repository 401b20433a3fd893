"""The slow truth: the rules of docs/algorithms/ageing.md walked day by day with Fractions and Decimals.

Written from the rules, not from the kernel: every day is lived once, every charge is worked out from a list of daily
balances kept in full, nothing is skipped, nothing is folded. Only tests call it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from arrears.rules.ageing import one
from arrears.rules.ageing.policy import (
    Advance,
    Allocation,
    CapScope,
    Component,
    DpdGrace,
    FeeBase,
    Grouping,
    PenaltyGrace,
    Policy,
    Rounded,
    Rounding,
    Stage,
)

MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}
DAY = timedelta(days=1)


@lru_cache(maxsize=100_000)
def whole(amount: Fraction, rounding: Rounding) -> int:
    """Round an exact amount; a remainder that Decimal cannot hold exactly is put on its side of the half by hand."""
    floor = amount.numerator // amount.denominator
    rest = amount - floor
    side = Decimal(0) if rest == 0 else Decimal("0.25") if rest < Fraction(1, 2) else Decimal("0.75")
    if rest == Fraction(1, 2):
        side = Decimal("0.5")
    with localcontext() as context:
        context.prec = 60
        return int((Decimal(floor) + side).quantize(Decimal(1), rounding=MODES[rounding]))


@dataclass
class Line:
    """One instalment: what is left of each component, and every late night it has lived."""

    due: one.Due
    left: dict[Component, int]
    nights: list[int] = field(default_factory=list)  # penalty base of each counted night
    fee: int | None = None
    posted: int = 0


class Account:
    """An account living its days from the first due date or payment to the date asked."""

    def __init__(self, dues: list[one.Due], policy: Policy, pauses: list[one.Pause]) -> None:
        self.policy, self.pauses = policy, pauses
        self.lines = [
            Line(
                due,
                {
                    Component.PRINCIPAL: due.principal_minor,
                    Component.INTEREST: due.interest_minor,
                    Component.FEE: due.fee_minor,
                    Component.PENALTY: due.penalty_minor,
                },
            )
            for due in sorted(dues, key=lambda d: (d.due_on, d.number))
        ]
        self.surplus: list[list] = []  # [payment_id, minor], oldest first
        self.parts: dict[tuple[str, int, Component], int] = {}
        self.recovered = 0

    def paused(self, on: date, reasons: frozenset[str]) -> bool:
        return any(
            pause.reason in reasons and pause.from_on <= on and (pause.to_on is None or on < pause.to_on)
            for pause in self.pauses
        )

    def is_open(self, line: Line) -> bool:
        owed = sum(line.left[c] for c in self.policy.open_components)
        return owed > 0 and owed >= self.policy.tolerance_minor

    def dpd(self, nights_until: date) -> tuple[int, int, date | None]:
        """(dpd, past due days, oldest due date) over the nights [due, nights_until)."""
        for line in self.lines:
            if line.due.due_on < nights_until and self.is_open(line):
                past = (nights_until - line.due.due_on).days
                stopped = sum(self.paused(line.due.due_on + DAY * i, self.policy.stop_ageing) for i in range(past))
                counted, grace = past - stopped, self.policy.grace_days
                dpd = (
                    (counted if counted > grace else 0)
                    if self.policy.dpd_grace is DpdGrace.WAITED
                    else max(0, counted - grace)
                )
                return dpd, past, line.due.due_on
        return 0, 0, None

    def give(self, payment_id: str, money: int, line: Line, order: tuple) -> int:
        """Pay the components of one line in an order; what is left of the money."""
        for c in order:
            part = min(money, line.left[c])
            if part:
                line.left[c] -= part
                money -= part
                key = (payment_id, line.due.number, c)
                self.parts[key] = self.parts.get(key, 0) + part
        return money

    def spend(self, payment_id: str, money: int, lines: list[Line], orders: list[tuple]) -> int:
        """Over the lines one after another, once for each of the orders."""
        for order in orders:
            for line in lines:
                money = self.give(payment_id, money, line, order)
        return money

    def spend_evenly(self, payment_id: str, money: int, lines: list[Line], orders: list[tuple]) -> int:
        """The same in equal parts, rounded half to even, the rest with the last; again until all is paid or spent."""
        for order in orders:
            while money and (owing := [line for line in lines if any(line.left[c] for c in order)]):
                part = whole(Fraction(money, len(owing)), Rounding.HALF_EVEN)
                portions, rest = [], money
                for line in owing:
                    portions.append(rest if line is owing[-1] else min(part, rest))
                    rest -= portions[-1]
                money = sum(self.give(payment_id, p, line, order) for p, line in zip(portions, owing, strict=True))
        return money

    def spend_ahead(self, payment_id: str, money: int, lines: list[Line], advance: Advance, orders: list[tuple]) -> int:
        """Over lines that are not due yet and owe something."""
        match advance:
            case Advance.HOLD:
                return money
            case Advance.EVEN:
                return self.spend_evenly(payment_id, money, lines, orders)
            case Advance.LAST:
                lines = lines[::-1]
            case Advance.NEXT_THEN_LAST:
                lines = lines[:1] + lines[:0:-1]
        return self.spend(payment_id, money, lines, orders)

    def allocation_of(self, payment: one.Payment) -> Allocation:
        special = {rule.channel: rule.allocation for rule in self.policy.channels}
        return special.get(payment.channel, self.policy.allocation)

    def pay(self, payment: one.Payment) -> None:
        rules, on, name = self.allocation_of(payment), payment.paid_on, payment.payment_id
        dpd = self.dpd(on)[0]
        order = [r for r in rules.ranges if r.dpd_from <= dpd][-1]
        due = [line for line in self.lines if line.due.due_on <= on]
        later = [line for line in self.lines if line.due.due_on > on and sum(line.left.values())]
        money = payment.amount_minor
        late = [line for line in due if line.due.due_on < on]
        in_arrears = any(sum(line.left.values()) for line in late)
        owed = sum(sum(line.left.values()) for line in due)
        if order.sequence:
            at = {
                Stage.PAST_DUE: late,
                Stage.DUE: [line for line in due if line.due.due_on == on],
            }
            for stage, orders in stages(order.grouping, order.sequence):
                if stage is Stage.IN_ADVANCE:
                    money = self.spend_ahead(name, money, later, rules.advance, orders)
                else:
                    money = self.spend(name, money, at[stage], orders)
        else:
            money = self.spend(name, money, due, grouped(order.grouping, order.order))
            ahead = grouped(rules.advance_grouping, rules.advance_order)
            money = self.spend_ahead(name, money, later, rules.advance, ahead)
        self.recovered += in_arrears * (owed - sum(sum(line.left.values()) for line in due))
        if money:
            self.surplus.append([name, money])

    def use_surplus(self, on: date) -> None:
        ways = [self.policy.allocation, *(rule.allocation for rule in self.policy.channels)]
        holds = any(way.advance is Advance.HOLD for way in ways)
        if not holds or all(line.due.due_on != on for line in self.lines):
            return
        order = self.policy.allocation.ranges[0]
        due = [line for line in self.lines if line.due.due_on <= on]
        for kept in self.surplus:
            kept[1] = self.spend(kept[0], kept[1], due, grouped(order.grouping, order.order))
        self.surplus = [kept for kept in self.surplus if kept[1]]

    def live_night(self, on: date) -> None:
        """The night after day `on`: each open instalment whose due date has come grows one day older."""
        if self.policy.penalty is None and self.policy.late_fee is None:
            return
        cap = self.cap_of_account()
        for line in self.lines:
            if line.due.due_on > on or not self.is_open(line) or self.paused(on, self.policy.stop_penalty):
                continue
            base = self.policy.penalty.base if self.policy.penalty else frozenset()
            line.nights.append(sum(line.left[c] for c in base))
            target = self.charged(line)
            if cap is not None:
                target = min(target, line.posted + cap - sum(other.posted for other in self.lines))
            line.left[Component.PENALTY] += target - line.posted
            line.posted = target

    def cap_of_account(self) -> int | None:
        cap = self.policy.cap
        if cap is None or cap.scope is not CapScope.ACCOUNT:
            return None
        if cap.absolute_minor is not None:
            return cap.absolute_minor
        return whole(cap.share_of_principal * sum(line.due.principal_minor for line in self.lines), Rounding.DOWN)

    def charged(self, line: Line) -> int:
        """The penalty of a line in all, worked out afresh from all its nights."""
        total = 0
        penalty, fee, cap = self.policy.penalty, self.policy.late_fee, self.policy.cap
        if penalty is not None:
            free = self.policy.grace_days if penalty.grace is PenaltyGrace.WAIVED else 0
            if penalty.rounded is Rounded.PER_DAY:
                total = sum(whole(base * penalty.daily_rate, penalty.rounding) for base in line.nights[free:])
            else:
                total = whole(sum(line.nights[free:]) * penalty.daily_rate, penalty.rounding)
            if penalty.grace is PenaltyGrace.RETROACTIVE and len(line.nights) <= self.policy.grace_days:
                total = 0
        if fee is not None:
            if line.fee is None and len(line.nights) > fee.after_days:
                scheduled = {
                    Component.PRINCIPAL: line.due.principal_minor,
                    Component.INTEREST: line.due.interest_minor,
                    Component.FEE: line.due.fee_minor,
                }
                of = line.left if fee.base is FeeBase.UNPAID else scheduled
                line.fee = fee.flat_minor + whole(fee.share * sum(of[c] for c in fee.of), fee.rounding)
            total += line.fee or 0
        if cap is not None and cap.scope is CapScope.INSTALMENT:
            limit = cap.absolute_minor
            if limit is None:
                limit = whole(cap.share_of_principal * line.due.principal_minor, Rounding.DOWN)
            total = min(total, limit)
        return total


def grouped(grouping: Grouping, order: tuple) -> list[tuple]:
    """An order once for each instalment, or component by component over all of them."""
    return [order] if grouping is Grouping.INSTALMENT_FIRST else [(c,) for c in order]


def stages(grouping: Grouping, sequence: tuple) -> list[tuple[Stage, list[tuple]]]:
    """The steps of a sequence as they are taken: whole stages as they first come, or one by one."""
    if grouping is Grouping.COMPONENT_FIRST:
        return [(stage, [(c,)]) for stage, c in sequence]
    return [(stage, [tuple(c for s, c in sequence if s is stage)]) for stage in dict.fromkeys(s for s, _ in sequence)]


def age_slowly(
    dues: list[one.Due], payments: list[one.Payment], *, policy: Policy, as_of: date, pauses: list[one.Pause] = ()
) -> tuple[one.Position, dict, dict[int, int]]:
    """(position, {(payment_id, number, component): minor}, {number: penalty charged}) at the end of day `as_of`."""
    account = Account(dues, policy, list(pauses))
    cancelled = {p.reverses for p in payments if p.reverses and p.paid_on <= as_of}
    alive = [p for p in payments if p.reverses is None and p.payment_id not in cancelled and p.paid_on <= as_of]
    firsts = [due.due_on for due in dues] + [p.paid_on for p in alive] + [as_of]
    on = min(firsts)
    while on <= as_of:
        account.use_surplus(on)
        for payment in sorted(alive, key=lambda p: p.payment_id):
            if payment.paid_on == on:
                account.pay(payment)
        if on < as_of or policy.due_day_offset == 1:
            account.live_night(on)
        on += DAY
    return _position(account, policy, as_of, alive), account.parts, {ln.due.number: ln.posted for ln in account.lines}


def _position(account: Account, policy: Policy, as_of: date, alive: list[one.Payment]) -> one.Position:
    end = as_of + DAY * policy.due_day_offset
    dpd, past, oldest = account.dpd(end)

    def amounts(lines: list[Line]) -> one.Amounts:
        return one.Amounts(*(sum(line.left[c] for line in lines) for c in Component))

    held = sum(kept[1] for kept in account.surplus)
    asked: dict[date, int] = {}
    for line in sorted(account.lines, key=lambda line: (line.due.due_on, line.due.number)):
        if line.due.due_on >= as_of:
            left = sum(line.left.values())
            covered = min(held, left)
            held -= covered
            if left > covered:
                asked[line.due.due_on] = asked.get(line.due.due_on, 0) + left - covered
    next_on = min(asked, default=None)
    return one.Position(
        dpd=dpd,
        past_due_days=past,
        bucket=[b.code for b in policy.buckets if b.dpd_from <= dpd][-1],
        oldest_due_on=oldest,
        next_due_on=next_on,
        next_due_minor=asked[next_on] if next_on else 0,
        outstanding=amounts(account.lines),
        overdue=amounts([line for line in account.lines if line.due.due_on < end]),
        paid_total_minor=sum(p.amount_minor for p in alive),
        surplus_minor=sum(kept[1] for kept in account.surplus),
        recovered_total_minor=account.recovered,
    )
