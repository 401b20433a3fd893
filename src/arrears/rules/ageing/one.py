"""What does this one account owe, and what was allocated to what? The friendly face of the kernel.

Called by the case desk, the borrower's portal and tests. Plain dates and objects in, frozen facts out; the figures
come from the same compiled fold as the night's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from arrears.kernel.errors import Refusal
from arrears.rules.ageing import columns, kernel, packing
from arrears.rules.ageing.policy import Component, Policy

EPOCH = date(1970, 1, 1)
#: An open pause ends beyond every date that Python knows.
OPEN_END = date.max


class UnableToAge(Refusal):
    code = "unable_to_age"
    message = "The account cannot be aged: {reason}."


@dataclass(frozen=True)
class Due:
    """One instalment as scheduled; minor units. `penalty_minor` is a charge agreed or booked, not accrued."""

    number: int
    due_on: date
    principal_minor: int = 0
    interest_minor: int = 0
    fee_minor: int = 0
    penalty_minor: int = 0


@dataclass(frozen=True)
class Payment:
    """`reverses` names the payment that this entry cancels; such an entry pays nothing itself."""

    payment_id: str
    paid_on: date
    amount_minor: int
    reverses: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Pause:
    """[from_on, to_on), open when to_on is None."""

    from_on: date
    to_on: date | None
    reason: str


@dataclass(frozen=True)
class Amounts:
    principal_minor: int = 0
    interest_minor: int = 0
    fee_minor: int = 0
    penalty_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor


@dataclass(frozen=True)
class Position:
    """One row of decisions/schemas/night.POSITIONS, for one account."""

    dpd: int
    past_due_days: int
    bucket: str
    oldest_due_on: date | None
    next_due_on: date | None
    next_due_minor: int
    outstanding: Amounts
    overdue: Amounts
    paid_total_minor: int
    surplus_minor: int
    recovered_total_minor: int


@dataclass(frozen=True)
class InstalmentState:
    """What is left of one instalment, the penalty charged on it so far, and its own lateness."""

    due: Due
    left: Amounts
    penalty_charged_minor: int
    past_due_days: int
    counted_days: int  # past-due days less the days that a pause stopped; no grace
    is_open: bool


@dataclass(frozen=True)
class Allocation:
    """So much of a payment went to one component of one instalment; amount_minor > 0."""

    payment_id: str
    number: int
    component: Component
    amount_minor: int


@dataclass(frozen=True)
class Aged:
    """Everything about one account at a date: the position, each instalment, and who paid what."""

    position: Position
    instalments: tuple[InstalmentState, ...]
    allocations: tuple[Allocation, ...]


def age_account(
    dues: Iterable[Due],
    payments: Iterable[Payment],
    *,
    policy: Policy,
    as_of: date,
    pauses: Iterable[Pause] = (),
) -> Aged:
    """Age one account at a date.

    dues, payments, pauses : any order; amounts ≥ 0. Payments and reversals after `as_of` do not count yet
    returns : Aged; sum(allocations) + surplus == sum of the counted payments, exactly
    raises  : UnableToAge when an amount or the number of rows is beyond the kernel's limits
    example : one instalment of 100.00 due on the 1st, 40.00 paid on the 3rd, asked on the 11th under `plain`
              -> dpd 10, principal overdue 60.00
    """
    by_due = sorted(dues, key=lambda due: (due.due_on, due.number))
    counted = counted_payments(payments, as_of=as_of)
    held = sorted(pauses, key=lambda pause: pause.from_on)
    batch = _columns(by_due, counted, held, policy)
    out, kept, parts = columns.age_recorded(batch, policy=policy, as_of=_day(as_of))
    row = [int(value) for value in out[:, 0]]
    if row[kernel.STATUS] != kernel.OK:
        raise UnableToAge(reason=columns.REASONS[row[kernel.STATUS]])
    return Aged(
        position=_position(row, policy),
        instalments=tuple(_state(due, [int(v) for v in row], policy) for due, row in zip(by_due, kept, strict=True)),
        allocations=tuple(
            Allocation(counted[k].payment_id, by_due[i].number, Component(int(c)), int(parts[k, i, c]))
            for k, i, c in np.argwhere(parts)
        ),
    )


def counted_payments(payments: Iterable[Payment], *, as_of: date) -> list[Payment]:
    """The payments that count at a date, in the order in which they are folded: value date, then identifier.

    A reversal that has happened by `as_of` makes the payment it names as if it had never been.
    """
    known = [payment for payment in payments if payment.paid_on <= as_of]
    cancelled = {payment.reverses for payment in known if payment.reverses is not None}
    counted = [one for one in known if one.reverses is None and one.payment_id not in cancelled]
    return sorted(counted, key=lambda payment: (payment.paid_on, payment.payment_id))


def pause_bits(reason: str, policy: Policy) -> int:
    """Which clocks a pause of this reason stops; 0 when it only stops contact."""
    return packing.STOPS_AGEING * (reason in policy.stop_ageing) | packing.STOPS_PENALTY * (
        reason in policy.stop_penalty
    )


def _day(on: date) -> int:
    return (on - EPOCH).days


def _date(day: int) -> date | None:
    return None if day == kernel.NO_DAY else EPOCH + timedelta(days=day)


def _amounts(values: Sequence[int]) -> Amounts:
    return Amounts(*(int(value) for value in values[:4]))


def _columns(dues: list[Due], payments: list[Payment], pauses: list[Pause], policy: Policy) -> columns.Accounts:
    spans = [(_day(one.from_on), _day(one.to_on or OPEN_END), pause_bits(one.reason, policy)) for one in pauses]

    def whole(values: list[int]) -> columns.Int64:
        try:
            return np.array(values, np.int64)
        except OverflowError:
            raise UnableToAge(reason=columns.REASONS[kernel.AMOUNT_LIMIT]) from None

    return columns.Accounts(
        due_start=np.array([0, len(dues)], np.int64),
        due_on=np.array([_day(one.due_on) for one in dues], np.int32),
        principal=whole([one.principal_minor for one in dues]),
        interest=whole([one.interest_minor for one in dues]),
        fee=whole([one.fee_minor for one in dues]),
        penalty=whole([one.penalty_minor for one in dues]),
        pay_start=np.array([0, len(payments)], np.int64),
        paid_on=np.array([_day(one.paid_on) for one in payments], np.int32),
        amount=whole([one.amount_minor for one in payments]),
        channel=np.array([policy.place_of(one.channel) for one in payments] if policy.channels else [], np.int16),
        pause_start=np.array([0, len(pauses)], np.int64),
        pauses=np.array(spans, np.int64).reshape(-1, 3),
    )


def _position(row: list[int], policy: Policy) -> Position:
    return Position(
        dpd=row[kernel.DPD],
        past_due_days=row[kernel.PAST_DUE],
        bucket=policy.bucket_of(row[kernel.DPD]),
        oldest_due_on=_date(row[kernel.OLDEST]),
        next_due_on=_date(row[kernel.NEXT]),
        next_due_minor=row[kernel.NEXT_MINOR],
        outstanding=_amounts(row[kernel.OUTSTANDING :]),
        overdue=_amounts(row[kernel.OVERDUE :]),
        paid_total_minor=row[kernel.PAID],
        surplus_minor=row[kernel.SURPLUS],
        recovered_total_minor=row[kernel.RECOVERED],
    )


def _state(due: Due, kept: list[int], policy: Policy) -> InstalmentState:
    open_minor = sum(kept[component] for component in policy.open_components)
    is_open = open_minor > 0 and open_minor >= policy.tolerance_minor
    return InstalmentState(due, _amounts(kept), kept[kernel.CHARGED], kept[kernel.PAST], kept[kernel.COUNTED], is_open)
