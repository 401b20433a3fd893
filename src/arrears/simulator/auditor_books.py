"""What does each account owe, worked out again by hand? The auditor's own books, kept from the tapes alone.

Used by `auditor`. Plain Decimal arithmetic, one account and one instalment at a time, written from the contract of
the tape and the rule "the oldest instalment is paid first". It must never import the ageing rules or the
market's memory: its worth is that it can disagree with them.
"""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import polars as pl

NOTHING = Decimal(0)
PAUSED = ("account_id", "from_on", "to_on", "reason")


@dataclass(frozen=True)
class ProductRules:
    """What the auditor was told of a product, by hand; the plain reading when nothing is said.

    order                : components within one instalment, first paid first (the oldest instalment is paid first)
    due_day_offset       : 0 when the due date is not yet late, 1 when it is
    tolerance_minor      : an instalment short by less is not counted as unpaid
    penalty_daily_max    : the most that a day late may cost, as a share of the instalment; 0 when there is no penalty
    component_first_from : from so many days past due all principal is paid first, so the oldest date cannot be told
    pauses_stop          : reasons of pauses whose days do not count towards opening a case
    """

    order: tuple[str, ...] = ("fee", "interest", "principal")
    due_day_offset: int = 0
    tolerance_minor: int = 0
    penalty_daily_max: Decimal = NOTHING
    component_first_from: int | None = None
    pauses_stop: frozenset[str] = frozenset({"HARDSHIP", "ILLNESS", "DISASTER"})


@dataclass(frozen=True)
class Instalment:
    number: int
    due_on: date
    parts: Mapping[str, Decimal]  # fee, interest, principal

    @cached_property
    def amount(self) -> Decimal:
        return sum(self.parts.values(), NOTHING)


@dataclass(frozen=True)
class Payment:
    payment_id: str
    paid_on: date
    booked_on: date
    amount: Decimal
    reverses: str | None


@dataclass
class Account:
    """One account as the auditor saw it."""

    account_id: str
    customer_id: str
    opened_on: date
    product_code: str = ""
    pauses: dict[tuple[date, str], date | None] = field(default_factory=dict)
    instalments: dict[int, Instalment] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """What the system's books must say of one account at a date, in minor units; penalties are not in it."""

    account_id: str
    customer_id: str
    paid_minor: int
    scheduled_minor: int
    overdue_minor: Mapping[str, int]  # by component
    oldest_due_on: date | None
    past_due_days: int
    counted_days: int  # past-due days less paused days
    next_due_on: date | None  # first instalment not yet due and not fully paid

    @property
    def owes(self) -> bool:
        return self.oldest_due_on is not None


class OwnBooks:
    """Everything the auditor has seen on tapes, by account."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.by_customer: dict[str, list[Account]] = defaultdict(list)

    def see(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Take in one tape, whole or changes; a row seen twice is one row."""
        for row in frames["accounts"].select("account_id", "customer_id", "opened_on", "product_code").iter_rows():
            if row[0] not in self.accounts:
                self.accounts[row[0]] = Account(*row)
                self.by_customer[row[1]].append(self.accounts[row[0]])
        if "pauses" in frames:
            for account_id, from_on, to_on, reason in frames["pauses"].select(PAUSED).iter_rows():
                self.accounts[account_id].pauses[from_on, reason] = to_on
        for account_id, number, due_on, principal, interest, fee in frames["instalments"].iter_rows():
            parts = {"fee": _decimal(fee), "interest": _decimal(interest), "principal": _decimal(principal)}
            self.accounts[account_id].instalments[number] = Instalment(number, due_on, parts)
        columns = ("account_id", "payment_id", "paid_on", "booked_on", "amount", "reverses")
        for account_id, payment_id, paid_on, booked_on, amount, reverses in (
            frames["payments"].select(columns).iter_rows()
        ):
            payment = Payment(payment_id, paid_on, booked_on or paid_on, _decimal(amount), reverses)
            self.accounts[account_id].payments[payment_id] = payment


def expected(account: Account, as_of: date, rules: ProductRules, *, penalty: Decimal = NOTHING) -> Expected:
    """One account at a date: what was booked by then, by value date, oldest instalment first.

    penalty : how much of the money the books say went to penalties; the rest pays the schedule
    """
    paid = paid_by(account, as_of)
    counted = as_of + timedelta(days=rules.due_day_offset)
    left, scheduled = paid - penalty, NOTHING
    overdue = dict.fromkeys(rules.order, NOTHING)
    oldest: date | None = None
    following: date | None = None
    for instalment in in_order(account):
        scheduled += instalment.amount
        used = min(left, instalment.amount)
        left -= used
        short = instalment.amount - used
        if instalment.due_on >= counted:
            following = following or (instalment.due_on if short else None)
            continue
        if short and _minor(short) >= rules.tolerance_minor:
            oldest = oldest or instalment.due_on
        for component in rules.order:
            taken = min(used, instalment.parts[component])
            used -= taken
            overdue[component] += instalment.parts[component] - taken
    days = (counted - oldest).days if oldest else 0
    return Expected(
        account_id=account.account_id,
        customer_id=account.customer_id,
        paid_minor=_minor(paid),
        scheduled_minor=_minor(scheduled),
        overdue_minor={component: _minor(amount) for component, amount in overdue.items()},
        oldest_due_on=oldest,
        past_due_days=days,
        counted_days=days - (_paused_days(account, oldest, counted, rules) if oldest else 0),
        next_due_on=following,
    )


def in_order(account: Account) -> list[Instalment]:
    """The instalments, the oldest first."""
    return sorted(account.instalments.values(), key=lambda each: (each.due_on, each.number))


def _paused_days(account: Account, oldest: date, until: date, rules: ProductRules) -> int:
    days: set[date] = set()
    for (from_on, reason), to_on in account.pauses.items():
        if reason in rules.pauses_stop:
            first, last = max(from_on, oldest), min(to_on or until, until)
            days |= {first + timedelta(days=n) for n in range((last - first).days)}
    return len(days)


def penalty_ceiling(account: Account, as_of: date, rules: ProductRules) -> Decimal:
    """The most that may have gone to penalties: the daily maximum and a fen of rounding for every day an instalment may
    have been late. Nothing for an account whose money always came in time."""
    if not rules.penalty_daily_max:
        return NOTHING
    money = Money(account, as_of)
    ceiling = asked = NOTHING
    for instalment in in_order(account):
        asked += instalment.amount
        days = (as_of - instalment.due_on).days
        if days <= 0:
            break
        if money.by(instalment.due_on) < asked + ceiling:
            ceiling += days * (instalment.amount * rules.penalty_daily_max + Decimal("0.01"))
    return ceiling


def paid_deep(account: Account, as_of: date, rules: ProductRules, ceiling: Decimal) -> bool:
    """May money have come in while an instalment was so late that components, not instalments, decide the order?"""
    if rules.component_first_from is None or not ceiling:
        return False
    money, asked = Money(account, as_of), NOTHING
    for instalment in in_order(account):
        asked += instalment.amount
        deep = instalment.due_on + timedelta(days=rules.component_first_from)
        if not money.dates or money.dates[-1] < deep:
            return False
        if money.by(deep) < asked + ceiling:
            return True
    return False


class Money:
    """An account's standing payments as running totals by value date: booked by a date and not reversed by then."""

    def __init__(self, account: Account, as_of: date) -> None:
        standing = sorted(_standing(account, as_of), key=lambda each: each.paid_on)
        self.dates = [each.paid_on for each in standing]
        self.totals = list(itertools.accumulate(each.amount for each in standing))

    def by(self, on: date) -> Decimal:
        """What had been paid, by value date, at the end of a day."""
        at = bisect.bisect_right(self.dates, on)
        return self.totals[at - 1] if at else NOTHING


def paid_by(account: Account, as_of: date) -> Decimal:
    """The sum of payments booked and valued by a date whose reversal was not booked by then."""
    return sum((each.amount for each in _standing(account, as_of)), NOTHING)


def _standing(account: Account, as_of: date) -> list[Payment]:
    known = [each for each in account.payments.values() if each.booked_on <= as_of and each.paid_on <= as_of]
    cancelled = {each.reverses for each in known if each.reverses is not None}
    return [each for each in known if each.reverses is None and each.payment_id not in cancelled]


def _decimal(amount: Decimal | str | None) -> Decimal:
    return NOTHING if amount is None else Decimal(amount)


def _minor(amount: Decimal) -> int:
    scaled = amount.scaleb(2)
    assert scaled == scaled.to_integral_value(), "a tape in CNY has at most two decimals"
    return int(scaled)
