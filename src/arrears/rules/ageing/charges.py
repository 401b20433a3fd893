"""The compiled arithmetic of lateness: rounding, counted days, late fees, daily penalties and their caps.

Called by `kernel` only; `row` is the address of one instalment's working row, `policy` of a packed policy, `pauses` of
the account's pauses. A "counted day" of an instalment is a day from its due date on that no pause has stopped; every
rule about lateness (grace, penalty, late fee) speaks of counted days, so the reference in the tests can walk day by
day and must arrive at the same fen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from arrears.rules.ageing import packing as p
from arrears.rules.ageing.compiling import compiled, get, get32, given, inlined, put

#: Places of an instalment's working row. 0–3: what is left of principal, interest, fee and penalty.
PENALTY = 3
POSTED = 4  # penalty charged so far
EXACT = 5  # money-days so far, or whole minor units when each day is rounded
COUNTED = 6  # counted days when it was last charged
FEED = 7  # the late fee charged, plus one; 0 when not yet
SCHEDULED = 8  # 8–10: principal, interest and fee as first scheduled
SAVED = 11  # 11–13: EXACT, COUNTED and FEED before a trial
TRIED = 14  # the penalty in all that the trial arrived at
ROW_WIDTH = 16
ROW = 8 * ROW_WIDTH

#: Room under an account's cap when there is none.
NO_CAP = 2**62


@inlined
def rounded(whole: int, rest: int, den: int, mode: int) -> Any:
    """whole + rest/den, 0 ≤ rest < den, as an integer by one of the five modes of policy.Rounding."""
    if rest == 0 or mode == 4:
        return whole
    if mode == 0:
        return whole + (2 * rest >= den)
    if mode == 1:
        return whole + (2 * rest > den or (2 * rest == den and whole & 1 == 1))
    if mode == 2:
        return whole + (2 * rest > den)
    return whole + 1


@inlined
def share(amount: int, num: int, den: int, mode: int) -> Any:
    """amount × num / den, rounded. Exact for 0 ≤ amount < 2**62, num and den < 2**31, result < 2**62.

    Unsigned division, because the signed one of Python's meaning costs as much again; one division is enough where
    the product fits.
    """
    if amount < 2**31:
        small = amount * num
        quotient = np.int64(np.uint64(small) // np.uint64(den))
        return rounded(quotient, small - quotient * den, den, mode)
    whole = np.int64(np.uint64(amount) // np.uint64(den))
    rest = amount - whole * den
    if num != 1:
        product = rest * num
        over = np.int64(np.uint64(product) // np.uint64(den))
        whole = whole * num + over
        rest = product - over * den
    return rounded(whole, rest, den, mode)


@inlined
def masked(row: int, mask: int) -> Any:
    """What is left of the components in a mask."""
    return (
        (get(row, 0) & -(mask & 1))
        + (get(row, 1) & -(mask >> 1 & 1))
        + (get(row, 2) & -(mask >> 2 & 1))
        + (get(row, 3) & -(mask >> 3 & 1))
    )


@inlined
def is_open(row: int, policy: int) -> Any:
    """Does the instalment still age? A shortfall below the tolerance does not."""
    left = masked(row, given(policy, p.OPEN_MASK))
    return left > 0 and left >= given(policy, p.TOLERANCE)


@inlined
def paused_days(pauses: int, count: int, bit: int, start: int, end: int) -> Any:
    """Days of [start, end) inside the union of the pauses that stop this clock; pauses sorted by their first day."""
    total = 0
    reached = start
    for j in range(count):
        if given(pauses, 3 * j + 2) & bit:
            low = max(given(pauses, 3 * j), reached)
            high = min(given(pauses, 3 * j + 1), end)
            if high > low:
                total += high - low
                reached = high
    return total


@inlined
def delinquent(past: int, paused: int, policy: int) -> Any:
    """DPD from past-due days: pauses taken out, then the grace, taken off or merely waited for."""
    counted = past - paused
    if given(policy, p.GRACE_WAITED):
        return counted if counted > given(policy, p.GRACE) else 0
    return max(counted - given(policy, p.GRACE), 0)


@inlined
def late_fee(row: int, policy: int) -> Any:
    """The instalment's late fee, at the moment that it is first charged."""
    mask = given(policy, p.FEE_MASK)
    base = masked(row, mask) if given(policy, p.FEE_UNPAID) else masked(row + 8 * SCHEDULED, mask & 7)
    return given(policy, p.FEE_FLAT) + share(
        base, given(policy, p.FEE_NUM), given(policy, p.FEE_DEN), given(policy, p.FEE_ROUNDING)
    )


@inlined
def accrued(row: int, before: int, counted: int, policy: int) -> Any:
    """The daily penalty in all after `counted` late days; moves EXACT on from `before` days.

    The balance has not changed since `before`, which is what makes one product enough.
    """
    num, den, mode = given(policy, p.RATE_NUM), given(policy, p.RATE_DEN), given(policy, p.ROUNDING)
    kind, grace = given(policy, p.PENALTY_GRACE), given(policy, p.GRACE)
    days = counted - before
    if kind == 1:
        days = max(counted - grace, 0) - max(before - grace, 0)
    base = masked(row, given(policy, p.BASE_MASK))
    if given(policy, p.PER_DAY):
        exact = get(row, EXACT) + days * share(base, num, den, mode)
        posted = exact
    else:
        exact = get(row, EXACT) + days * base
        posted = share(exact, num, den, mode)
    put(row, EXACT, exact)
    return 0 if kind == 2 and counted <= grace else posted


@inlined
def wanted(row: int, counted: int, policy: int) -> Any:
    """The instalment's penalty in all after `counted` late days, under its own cap but not yet the account's."""
    before = get(row, COUNTED)
    put(row, COUNTED, counted)
    posted = 0
    if given(policy, p.RATE_NUM):
        posted = accrued(row, before, counted, policy)
    if given(policy, p.FEE_ON):
        if get(row, FEED) == 0 and counted > given(policy, p.FEE_AFTER):
            put(row, FEED, late_fee(row, policy) + 1)
        posted += max(get(row, FEED) - 1, 0)
    if given(policy, p.CAP_ON) and not given(policy, p.CAP_ACCOUNT):
        cap = given(policy, p.CAP_ABSOLUTE)
        if given(policy, p.CAP_NUM):
            cap = share(get(row, SCHEDULED), given(policy, p.CAP_NUM), given(policy, p.CAP_DEN), 4)
        posted = min(posted, cap)
    return posted


@inlined
def post(row: int, posted: int) -> None:
    """Charge the instalment up to a total."""
    put(row, PENALTY, get(row, PENALTY) + posted - get(row, POSTED))
    put(row, POSTED, posted)


@inlined
def counted_days(due: int, day: int, pauses: int, pause_count: int) -> Any:
    """Late days of an instalment before `day` that no pause stopped."""
    if pause_count == 0:
        return day - due
    return day - due - paused_days(pauses, pause_count, p.STOPS_PENALTY, due, day)


@inlined
def charge(work: int, due_on: int, lo: int, hi: int, day: int, policy: int, pauses: int, pause_count: int) -> None:
    """Charge every open instalment of [lo, hi) for the days before `day`, where no account-wide cap is at work."""
    for i in range(lo, hi):
        row = work + i * ROW
        if is_open(row, policy):
            counted = counted_days(get32(due_on, i), day, pauses, pause_count)
            if counted > get(row, COUNTED):
                post(row, wanted(row, counted, policy))


@compiled
def trial(work: int, due_on: int, lo: int, hi: int, day: int, policy: int, pauses: int, pause_count: int) -> Any:
    """What charging up to `day` would add in all; each row keeps its result in TRIED and its former state in SAVED."""
    growth = 0
    for i in range(lo, hi):
        row = work + i * ROW
        put(row, TRIED, get(row, POSTED))
        for k in range(3):
            put(row, SAVED + k, get(row, EXACT + k))
        if is_open(row, policy):
            counted = counted_days(get32(due_on, i), day, pauses, pause_count)
            if counted > get(row, COUNTED):
                put(row, TRIED, wanted(row, counted, policy))
        growth += get(row, TRIED) - get(row, POSTED)
    return growth


@compiled
def charge_capped(
    work: int,
    due_on: int,
    lo: int,
    hi: int,
    since: int,
    day: int,
    policy: int,
    pauses: int,
    pause_count: int,
    room: int,
) -> Any:
    """As `charge`, with `room` left under the account's cap; returns what room is left.

    A trial over the whole stretch decides whether the cap is met inside it; only then are the days walked one by one,
    in instalment order within a day, which happens at most once in the life of an account.
    """
    growth = trial(work, due_on, lo, hi, day, policy, pauses, pause_count)
    for i in range(lo, hi):
        row = work + i * ROW
        if growth <= room:
            post(row, get(row, TRIED))
        else:
            for k in range(3):
                put(row, EXACT + k, get(row, SAVED + k))
    if growth <= room:
        return room - growth
    for today in range(since + 1, day + 1):
        for i in range(lo, hi):
            row = work + i * ROW
            due = get32(due_on, i)
            if due < today and is_open(row, policy):
                counted = counted_days(due, today, pauses, pause_count)
                if counted > get(row, COUNTED):
                    posted = min(wanted(row, counted, policy), get(row, POSTED) + room)
                    room -= posted - get(row, POSTED)
                    post(row, posted)
        if room == 0:
            break
    return room
