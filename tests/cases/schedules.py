"""What will be due when? The plainest schedules: equal parts of principal, flat interest, an optional down payment.

The public cases name a loan's terms; the product is told the schedule by the tape and cuts none, so the cutting stands
here. Every fen is placed: the last instalment takes what rounding left.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from arrears.kernel.errors import InvalidInput
from arrears.rules.ageing.one import Due


class Unit(StrEnum):
    DAYS = "days"
    MONTHS = "months"


def due_dates(start_on: date, *, every: int, unit: Unit, count: int) -> list[date]:
    """The due dates after a start: every so many days, or the same day of each month, clipped to the month's end.

    example : due_dates(date(2022, 10, 31), every=1, unit=Unit.MONTHS, count=2) -> 2022-11-30, 2022-12-31
    """
    if every < 1 or count < 1:
        raise InvalidInput("a schedule has at least one instalment and one day between two")
    if unit is Unit.DAYS:
        return [start_on + timedelta(days=every * k) for k in range(1, count + 1)]
    return [_months_after(start_on, every * k) for k in range(1, count + 1)]


def _months_after(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def flat(
    start_on: date,
    *,
    principal_minor: int,
    annual_rate: Decimal,
    every: int,
    unit: Unit,
    count: int,
    down_payment_share: Decimal = Decimal(0),
    multiple_minor: int = 1,
) -> list[Due]:
    """Equal instalments with interest on the first principal for the whole term.

    annual_rate        : a share, 0.12 is 12 %; by month a twelfth, by day a 365th
    down_payment_share : due on the first day, as instalment 1
    multiple_minor     : an instalment (principal and interest) is rounded to a multiple of it; the last takes the rest
    returns            : sum(principal) == principal_minor, exactly; no part is negative
    """
    down = int((down_payment_share * principal_minor).to_integral_value(ROUND_HALF_EVEN))
    rest = principal_minor - down
    per_period = annual_rate * every / (12 if unit is Unit.MONTHS else 365)
    interest = int((rest * per_period).to_integral_value(ROUND_HALF_EVEN))
    whole = (Decimal(rest) / count + interest) / multiple_minor
    part = int(whole.to_integral_value(ROUND_HALF_EVEN)) * multiple_minor - interest
    part = min(max(part, 0), rest // max(count - 1, 1))
    dues = [Due(1, start_on, down)] if down else []
    for k, due_on in enumerate(due_dates(start_on, every=every, unit=unit, count=count), 1):
        principal = rest - part * (count - 1) if k == count else part
        dues.append(Due(len(dues) + 1, due_on, principal, interest))
    return dues
