"""The compiled fold: payments over dues in value-date order, one account after another.

Called by `columns` only, for a whole partition and for a single account alike. It never sees a name, a policy file
or a clock; dates are days since 1970-01-01, money is minor units, columns are addresses (see `compiling`).

Limits, checked per account before anything is computed and reported as STATUS: every amount in [0, 2**50), at most
4,096 dues and 4,096 payments, and (all dues of the account) × (days from its first due date to the date asked)
< 2**62. Within them every product and sum below stays under 2**63: penalties are money-days summed as integers and
divided once, with rates whose two terms are under 2**31 and whose value is at most a tenth a day.
"""

from __future__ import annotations

from typing import Any

from arrears.rules.ageing import charges
from arrears.rules.ageing import packing as p
from arrears.rules.ageing.charges import NO_CAP, ROW, SCHEDULED, charge, charge_capped, delinquent, is_open, paused_days
from arrears.rules.ageing.compiling import compiled, entered, get, get16, get32, given, inlined, put
from arrears.rules.ageing.paying import left_of, note, pay, remember, use_pool

#: Rows of the answer.
DPD, PAST_DUE, OLDEST, NEXT, NEXT_MINOR, OUTSTANDING = range(6)
OVERDUE = OUTSTANDING + 4
PAID = OVERDUE + 4
SURPLUS = PAID + 1
RECOVERED = SURPLUS + 1
STATUS = RECOVERED + 1
OUT_HEIGHT = STATUS + 1

#: Places of what is kept of each instalment: behind the four components left.
CHARGED, PAST, COUNTED, LATE = range(4, 8)
KEPT_WIDTH = LATE + 1

#: Stands for "no date".
NO_DAY = -(2**31)

OK, AMOUNT_LIMIT, ROW_LIMIT, DUES_UNSORTED, PAYMENTS_UNSORTED = range(5)
AMOUNT_BITS = 50
ROWS_MAX = 4096
MONEY_DAYS_MAX = float(2**62)


@inlined
def load(work: int, due_on: int, principal: int, interest: int, fee: int, charged: int, n: int, as_of: int) -> Any:
    """Copy an account's dues into the working rows, nothing charged yet, and their principal in all behind the last.

    returns : all that is scheduled, or minus the status when the dues are not within the limits
    """
    if n > ROWS_MAX:
        return -ROW_LIMIT
    bits = 0
    total = 0
    lent = 0
    falls = False
    for i in range(n):
        row = work + i * ROW
        a, b, c = given(principal, i), given(interest, i), given(fee, i)
        d = given(charged, i) if charged else 0
        put(row, 0, a)
        put(row, 1, b)
        put(row, 2, c)
        put(row, 3, d)
        put(row, charges.POSTED, 0)
        put(row, charges.EXACT, 0)
        put(row, charges.COUNTED, 0)
        put(row, charges.FEED, 0)
        bits |= a | b | c | d
        total += a + b + c + d
        lent += a
        falls |= i > 0 and get32(due_on, i) < get32(due_on, i - 1)
    put(work + n * ROW, 0, lent)
    if falls:
        return -DUES_UNSORTED
    if bits < 0 or bits >> AMOUNT_BITS:
        return -AMOUNT_LIMIT
    if n and float(total) * max(float(as_of) + 2.0 - float(get32(due_on, 0)), 1.0) >= MONEY_DAYS_MAX:
        return -AMOUNT_LIMIT
    return total


@compiled
def keep_scheduled(work: int, n: int) -> None:
    """Remember what was scheduled, for caps and late fees, before anything is paid."""
    for i in range(n):
        row = work + i * ROW
        for c in range(3):
            put(row, SCHEDULED + c, get(row, c))


@inlined
def check_payments(pay_on: int, pay_minor: int, count: int) -> Any:
    """Are the payments of an account within the limits and in value-date order?"""
    if count > ROWS_MAX:
        return ROW_LIMIT
    bits = 0
    falls = False
    for k in range(count):
        bits |= given(pay_minor, k)
        falls |= k > 0 and get32(pay_on, k) < get32(pay_on, k - 1)
    if falls:
        return PAYMENTS_UNSORTED
    return AMOUNT_LIMIT if bits < 0 or bits >> AMOUNT_BITS else OK


@inlined
def first_open(work: int, lo: int, n: int) -> Any:
    """The first instalment from `lo` on of which something is left; n when there is none."""
    while lo < n and left_of(work + lo * ROW) == 0:
        lo += 1
    return lo


@inlined
def dpd_before(work: int, due_on: int, lo: int, n: int, day: int, policy: int, pauses: int, pause_count: int) -> Any:
    """Delinquent days at the start of a day, over the nights that have passed: what a payment of that day finds."""
    for i in range(lo, n):
        due = get32(due_on, i)
        if due >= day:
            return 0
        if is_open(work + i * ROW, policy):
            return delinquent(day - due, paused_days(pauses, pause_count, p.STOPS_AGEING, due, day), policy)
    return 0


@inlined
def range_at(dpd: int, policy: int) -> Any:
    """Where in the policy's row the allocation range of a DPD begins."""
    at = p.RANGES
    for k in range(1, given(policy, p.RANGE_COUNT)):
        if dpd >= given(policy, p.RANGES + k * p.RANGE_WIDTH):
            at = p.RANGES + k * p.RANGE_WIDTH
    return at


@inlined
def account_room(work: int, n: int, total: int, days: int, policy: int) -> Any:
    """The account's cap in minor units, before anything is paid.

    NO_CAP when the policy has none for the account, or when everything scheduled could stand open for all `days` and
    still not reach it: most accounts never need to look.
    """
    if not given(policy, p.CAP_ON) or not given(policy, p.CAP_ACCOUNT):
        return NO_CAP
    most = float(total) * float(days) * float(given(policy, p.RATE_NUM)) / float(given(policy, p.RATE_DEN)) + float(n)
    if given(policy, p.PER_DAY):
        most += float(n) * float(days)
    if given(policy, p.FEE_ON):
        most += float(n) * (float(given(policy, p.FEE_FLAT)) + float(total))
    principal = get(work + n * ROW, 0)
    least = float(given(policy, p.CAP_ABSOLUTE))
    if given(policy, p.CAP_NUM):
        least = float(principal) * float(given(policy, p.CAP_NUM)) / float(given(policy, p.CAP_DEN))
    if most * 1.000001 + 1.0 < least:
        return NO_CAP
    if given(policy, p.CAP_NUM):
        return charges.share(principal, given(policy, p.CAP_NUM), given(policy, p.CAP_DEN), 4)
    return given(policy, p.CAP_ABSOLUTE)


@inlined
def put_sums(work: int, lo: int, hi: int, n: int, out: int, stride: int) -> None:
    """Write the sum of each component over [lo, hi), which is overdue, and over [lo, n), which is outstanding."""
    a = b = c = d = 0
    for i in range(lo, hi):
        row = work + i * ROW
        a += get(row, 0)
        b += get(row, 1)
        c += get(row, 2)
        d += get(row, 3)
    put(out, OVERDUE * stride, a)
    put(out, (OVERDUE + 1) * stride, b)
    put(out, (OVERDUE + 2) * stride, c)
    put(out, (OVERDUE + 3) * stride, d)
    for i in range(hi, n):
        row = work + i * ROW
        a += get(row, 0)
        b += get(row, 1)
        c += get(row, 2)
        d += get(row, 3)
    put(out, OUTSTANDING * stride, a)
    put(out, (OUTSTANDING + 1) * stride, b)
    put(out, (OUTSTANDING + 2) * stride, c)
    put(out, (OUTSTANDING + 3) * stride, d)


@inlined
def answer(
    work: int,
    due_on: int,
    lo: int,
    n: int,
    as_of: int,
    policy: int,
    pauses: int,
    pause_count: int,
    held: int,
    out: int,
    stride: int,
) -> None:
    """Read the position off the working rows; instalments before `lo` are settled. `out` is the account's column.

    held : money paid ahead and kept for the instalments to come: what it covers is not asked for again
    """
    end = as_of + given(policy, p.OFFSET)
    dpd = past_due = next_minor = 0
    oldest = next_on = NO_DAY
    hi = lo
    while hi < n and get32(due_on, hi) < end:
        if oldest == NO_DAY and is_open(work + hi * ROW, policy):
            oldest = get32(due_on, hi)
            past_due = end - oldest
            dpd = delinquent(past_due, paused_days(pauses, pause_count, p.STOPS_AGEING, oldest, end), policy)
        hi += 1
    i = hi
    while i > lo and get32(due_on, i - 1) >= as_of:
        i -= 1
    while i < n and (next_on == NO_DAY or get32(due_on, i) == next_on):
        left = left_of(work + i * ROW)
        covered = min(left, held)
        held -= covered
        if left > covered:
            next_on = get32(due_on, i)
            next_minor += left - covered
        i += 1
    put(out, DPD * stride, dpd)
    put(out, PAST_DUE * stride, past_due)
    put(out, OLDEST * stride, oldest)
    put(out, NEXT * stride, next_on)
    put(out, NEXT_MINOR * stride, next_minor)
    put_sums(work, lo, hi, n, out, stride)


@inlined
def fold(
    due_on: int,
    n: int,
    total: int,
    pay_on: int,
    pay_minor: int,
    pay_by: int,
    count: int,
    pauses: int,
    pause_count: int,
    policy: int,
    as_of: int,
    work: int,
    out: int,
    stride: int,
    parts: int,
    before: int,
    left: int,
) -> None:
    """Fold one account's payments over its loaded dues, then read off its position.

    lo : instalments before it are settled · hi : before it have a night behind them · ripe : before it are due
    how : the row of the policy by which a payment is spread: the policy's own, or that of the payment's channel
    """
    charging, holding = given(policy, p.CHARGES), given(policy, p.HOLDS)
    since = get32(due_on, 0) if n else as_of
    room = NO_CAP
    if charging:
        room = account_room(work, n, total, as_of + 1 - since, policy)
        if given(policy, p.FEE_ON) or (given(policy, p.CAP_ON) and not given(policy, p.CAP_ACCOUNT)):
            keep_scheduled(work, n)
    lo, hi, ripe = first_open(work, 0, n), 0, 0
    pool = paid = recovered = 0
    for k in range(count + 1):
        closing = k == count or get32(pay_on, k) > as_of
        day = as_of + given(policy, p.OFFSET) if closing else get32(pay_on, k)
        while ripe < n and get32(due_on, ripe) <= min(day, as_of):
            ripe += 1
            if pool and holding and (ripe == n or get32(due_on, ripe) != get32(due_on, ripe - 1)):
                pool = use_pool(work, lo, ripe, n, policy, pool, parts, before, left)
                lo = first_open(work, lo, n)
        while hi < ripe and get32(due_on, hi) < day:
            hi += 1
        if charging and lo < hi:
            if room == NO_CAP:
                charge(work, due_on, lo, hi, day, policy, pauses, pause_count)
            elif room > 0:
                room = charge_capped(work, due_on, lo, hi, since, day, policy, pauses, pause_count, room)
        since = day
        if closing:
            break
        paid += given(pay_minor, k)
        at = p.RANGES
        how = policy + 8 * p.WIDTH * get16(pay_by, k) if pay_by else policy
        if lo < hi and given(how, p.RANGE_COUNT) > 1:
            at = range_at(dpd_before(work, due_on, lo, n, day, policy, pauses, pause_count), how)
        if parts:
            remember(work, before, n)
        kept, settled = pay(work, lo, hi, ripe, n, at, how, given(pay_minor, k))
        pool += kept
        recovered += settled if lo < hi else 0
        if parts:
            put(left, 0, k + 1)
            put(left, k + 1, kept)
            note(work, before, n, parts + 32 * k * n)
        lo = first_open(work, lo, n)
    answer(work, due_on, lo, n, as_of, policy, pauses, pause_count, pool, out, stride)
    put(out, PAID * stride, paid)
    put(out, SURPLUS * stride, pool)
    put(out, RECOVERED * stride, recovered)


@compiled
def keep_instalments(
    work: int, due_on: int, n: int, as_of: int, policy: int, pauses: int, pause_count: int, kept: int
) -> None:
    """Write down what is left of each instalment, the penalty charged on it, and how late it is by itself."""
    end = as_of + given(policy, p.OFFSET)
    for i in range(n):
        row, to, due = work + i * ROW, kept + 8 * KEPT_WIDTH * i, get32(due_on, i)
        for c in range(4):
            put(to, c, get(row, c))
        put(to, CHARGED, get(row, charges.POSTED))
        past = max(end - due, 0) if is_open(row, policy) else 0
        paused = paused_days(pauses, pause_count, p.STOPS_AGEING, due, due + past)
        put(to, PAST, past)
        put(to, COUNTED, past - paused)
        put(to, LATE, delinquent(past, paused, policy))


@entered
def fold_all(
    accounts: int,
    due_start: int,
    due_on: int,
    principal: int,
    interest: int,
    fee: int,
    charged: int,
    pay_start: int,
    pay_on: int,
    pay_minor: int,
    pay_by: int,
    pause_start: int,
    pauses: int,
    policies: int,
    policy_of: int,
    as_of: int,
    work: int,
    out: int,
    kept: int,
    parts: int,
    before: int,
    left: int,
) -> None:
    """Fold every account. All but `accounts` and `as_of` are addresses; `charged`, `pay_by`, `kept` and `parts` may be
    0: there is none.

    out  : (OUT_HEIGHT, accounts) int64, filled
    kept : (dues, KEPT_WIDTH) int64, filled for the accounts that are aged
    """
    for a in range(accounts):
        at, first = given(due_start, a), given(pay_start, a)
        n, count = given(due_start, a + 1) - at, given(pay_start, a + 1) - first
        column = out + 8 * a
        dues, paid_on, paid = due_on + 4 * at, pay_on + 4 * first, pay_minor + 8 * first
        penalty = charged + 8 * at if charged else 0
        total = load(work, dues, principal + 8 * at, interest + 8 * at, fee + 8 * at, penalty, n, as_of)
        status = check_payments(paid_on, paid, count) if total >= 0 else -total
        put(column, STATUS * accounts, status)
        if status != OK:
            for row in range(STATUS):
                put(column, row * accounts, 0)
            continue
        held = given(pause_start, a)
        policy = policies + 8 * p.WIDTH * get16(policy_of, a)
        channel = pay_by + 2 * first if pay_by else 0
        fold(
            dues, n, total, paid_on, paid, channel, count, pauses + 24 * held, given(pause_start, a + 1) - held,
            policy, as_of, work, column, accounts, parts, before, left,
        )  # fmt: skip
        if kept:
            keep_instalments(
                work, dues, n, as_of, policy, pauses + 24 * held, given(pause_start, a + 1) - held,
                kept + 8 * KEPT_WIDTH * at,
            )  # fmt: skip
