"""What does the lender ask of who pays late, beside the schedule? The penalty that its product policy quotes.

Called by `payments`. The figures are the policy's own (`policies/products`), read once. The quote is exact for an
instalment that was left untouched until it is paid in full; after a part payment it is a little high, and what is too
much stays with the account as credit. It is no second ageing: it never decides what is overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from arrears.rules.ageing import reading
from arrears.rules.ageing.policy import CapScope, Component, Rounded
from arrears.simulator import loans
from arrears.simulator.state import State

Minor = NDArray[np.int64]


@dataclass(frozen=True)
class Terms:
    """A product's penalty: `rate` of the base for each day late, none within the days of grace."""

    rate: Fraction
    base: frozenset[str]
    grace_days: int
    per_day: bool
    cap_share: Fraction
    cap_of_account: bool


@lru_cache(maxsize=16)
def terms(product_code: str) -> Terms | None:
    """The penalty terms of a product's policy; None when it charges none."""
    policy = reading.read_folder(reading.products_folder())[product_code]
    if policy.penalty is None:
        return None
    cap = policy.cap
    return Terms(
        rate=policy.penalty.daily_rate,
        base=frozenset(Component(each).name.lower() for each in policy.penalty.base),
        grace_days=policy.grace_days,
        per_day=policy.penalty.rounded == Rounded.PER_DAY,
        cap_share=(cap.share_of_principal or Fraction(1)) if cap else Fraction(1),
        cap_of_account=bool(cap) and cap.scope == CapScope.ACCOUNT,
    )


def penalties(s: State, rows: NDArray[np.int64], day: int) -> Minor:
    """(loans, TERMS_MAX) minor units: what each instalment that is overdue on `day` would cost on top of its amount."""
    at = s.loans
    plan = loans.schedule(**{name: at[name][rows] for name in loans.SCHEDULED})
    days = np.where((plan.due < day) & (plan.due > 0), day - plan.due.astype(np.int64), 0)
    paused = np.clip(np.minimum(at["paused_until"][rows], day)[:, None] - plan.due, 0, s.parameters.shocks.pause_days)
    days = np.maximum(days - paused, 0)
    asked = np.zeros_like(plan.principal)
    for number, product in enumerate(s.parameters.products):
        mine = np.flatnonzero(at["product"][rows] == number)
        agreed = terms(product.code)
        if agreed is None or not len(mine):
            continue
        base = sum(getattr(plan, part)[mine] for part in agreed.base)
        asked[mine] = _charge(agreed, base, days[mine], plan.principal[mine], at["principal"][rows[mine]])
    return asked


def _charge(agreed: Terms, base: Minor, days: Minor, instalment: Minor, principal: Minor) -> Minor:
    top, bottom = agreed.rate.numerator, agreed.rate.denominator
    daily = (2 * base * top + bottom) // (2 * bottom)
    exact = (2 * base * top * days + bottom) // (2 * bottom)
    charged = np.where(days > agreed.grace_days, daily * days if agreed.per_day else exact, 0)
    of = principal[:, None] if agreed.cap_of_account else instalment
    return np.minimum(charged, of * agreed.cap_share.numerator // agreed.cap_share.denominator)
