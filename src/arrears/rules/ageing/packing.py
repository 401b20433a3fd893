"""A policy as one row of integers, the only form in which the compiled kernel sees it.

Written by `pack`, read by index in `kernel`. The numbering is private to this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from arrears.rules.ageing.policy import Advance, CapScope, Component, OrderRange, Policy, Step

(
    OFFSET,
    GRACE,
    TOLERANCE,
    OPEN_MASK,
    ADVANCE,
    ADVANCE_GROUPING,
    ADVANCE_ORDER,
    RANGE_COUNT,
    RATE_NUM,
    RATE_DEN,
    BASE_MASK,
    PENALTY_GRACE,
    ROUNDING,
    PER_DAY,
    FEE_ON,
    FEE_AFTER,
    FEE_FLAT,
    FEE_NUM,
    FEE_DEN,
    FEE_MASK,
    FEE_UNPAID,
    FEE_ROUNDING,
    CAP_ON,
    CAP_ACCOUNT,
    CAP_ABSOLUTE,
    CAP_NUM,
    CAP_DEN,
    CHARGES,
    GRACE_WAITED,
    HOLDS,
    RANGES,
) = range(31)
RANGES_MAX = 8
#: dpd_from, grouping (SEQUENCE more when a sequence is followed), order or sequence
RANGE_WIDTH = 3
SEQUENCE = 2
WIDTH = RANGES + RANGES_MAX * RANGE_WIDTH

#: Which clocks a pause stops: bits of one byte.
STOPS_AGEING = 1
STOPS_PENALTY = 2


def mask(components: Iterable[Component]) -> int:
    """Bit c is set when component c is named."""
    return sum(1 << component for component in components)


def order_code(order: Sequence[Component]) -> int:
    """Four components, two bits each, the first in the lowest bits."""
    return sum(int(component) << (2 * place) for place, component in enumerate(order))


def sequence_code(steps: Sequence[Step]) -> int:
    """Twelve steps, four bits each (stage and component), the first in the lowest bits."""
    return sum((4 * int(stage) + int(component)) << (4 * place) for place, (stage, component) in enumerate(steps))


def pack_all(policies: Sequence[Policy]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every policy's rows: its own, and behind it one for each channel, which differs in the allocation alone.

    returns : ((rows, WIDTH) int64, (policies,) int64 of where each policy's own row is)
    """
    rows: list[npt.NDArray[np.int64]] = []
    places = []
    for policy in policies:
        places.append(len(rows))
        rows.append(pack(policy))
        rows += [pack(replace(policy, allocation=one.allocation)) for one in policy.channels]
    return np.stack(rows), np.array(places, np.int64)


def _pack_range(one: OrderRange) -> tuple[int, int, int]:
    if one.sequence:
        return one.dpd_from, one.grouping + SEQUENCE, sequence_code(one.sequence)
    return one.dpd_from, one.grouping, order_code(one.order)


def pack(policy: Policy) -> npt.NDArray[np.int64]:
    """The policy's row. returns : (WIDTH,) int64"""
    row = np.zeros(WIDTH, np.int64)
    row[[OFFSET, GRACE, TOLERANCE]] = policy.due_day_offset, policy.grace_days, policy.tolerance_minor
    row[GRACE_WAITED] = policy.dpd_grace
    row[OPEN_MASK] = mask(policy.open_components)
    allocation = policy.allocation
    row[[ADVANCE, ADVANCE_GROUPING]] = allocation.advance, allocation.advance_grouping
    row[ADVANCE_ORDER] = order_code(allocation.advance_order)
    row[RANGE_COUNT] = len(allocation.ranges)
    for place, one in enumerate(allocation.ranges):
        at = RANGES + place * RANGE_WIDTH
        row[at : at + RANGE_WIDTH] = _pack_range(one)
    ways = [allocation, *(one.allocation for one in policy.channels)]
    row[HOLDS] = any(way.advance is Advance.HOLD for way in ways)
    row[[RATE_DEN, FEE_DEN, CAP_DEN]] = 1
    row[CHARGES] = policy.penalty is not None or policy.late_fee is not None
    _pack_charges(row, policy)
    return row


def _pack_charges(row: npt.NDArray[np.int64], policy: Policy) -> None:
    penalty, fee, cap = policy.penalty, policy.late_fee, policy.cap
    if penalty is not None:
        row[[RATE_NUM, RATE_DEN]] = penalty.daily_rate.numerator, penalty.daily_rate.denominator
        row[[BASE_MASK, PENALTY_GRACE]] = mask(penalty.base), penalty.grace
        row[[ROUNDING, PER_DAY]] = penalty.rounding, penalty.rounded
    if fee is not None:
        row[[FEE_ON, FEE_AFTER, FEE_FLAT]] = 1, fee.after_days, fee.flat_minor
        row[[FEE_NUM, FEE_DEN]] = fee.share.numerator, fee.share.denominator
        row[[FEE_MASK, FEE_UNPAID, FEE_ROUNDING]] = mask(fee.of), fee.base, fee.rounding
    if cap is not None:
        share = cap.share_of_principal or Fraction(0)
        row[[CAP_ON, CAP_ACCOUNT, CAP_ABSOLUTE]] = 1, cap.scope == CapScope.ACCOUNT, cap.absolute_minor or 0
        row[[CAP_NUM, CAP_DEN]] = share.numerator, share.denominator
