"""The compiled spreading of money: one payment over instalments by grouping and order, and who paid what.

Called by `kernel` only. Nothing here knows a date: which instalments are due is decided by the caller, and what the
money meets there has already been charged.
"""

from __future__ import annotations

from typing import Any

from arrears.rules.ageing import packing as p
from arrears.rules.ageing.charges import ROW
from arrears.rules.ageing.compiling import compiled, get, inlined, put


@inlined
def left_of(row: int) -> Any:
    """What is left of an instalment."""
    return get(row, 0) + get(row, 1) + get(row, 2) + get(row, 3)


@inlined
def pay_part(row: int, c: int, money: int) -> Any:
    """Pay one component of one instalment; returns the money that is left."""
    part = min(get(row, c), money)
    put(row, c, get(row, c) - part)
    return money - part


@inlined
def pay_rows(work: int, first: int, count: int, step: int, grouping: int, order: int, money: int) -> Any:
    """Pay `count` instalments from `first` on by grouping and order; returns the money that is left."""
    if grouping == 0:
        row = work + first * ROW
        for _ in range(count):
            if money == 0:
                break
            owed = left_of(row)
            if owed <= money:
                for c in range(4):
                    put(row, c, 0)
                money -= owed
            else:
                for place in range(4):
                    money = pay_part(row, order >> (2 * place) & 3, money)
            row += step * ROW
        return money
    for place in range(4):
        row = work + first * ROW
        for _ in range(count):
            money = pay_part(row, order >> (2 * place) & 3, money)
            row += step * ROW
    return money


@compiled
def remember(work: int, before: int, n: int) -> None:
    """Start a difference."""
    for i in range(n):
        for c in range(4):
            put(before, 4 * i + c, get(work + i * ROW, c))


@compiled
def note(work: int, before: int, n: int, parts: int) -> None:
    """Write down what one payment has just paid, by the difference to `before`, and start the next difference."""
    for i in range(n):
        for c in range(4):
            paid = get(before, 4 * i + c) - get(work + i * ROW, c)
            put(parts, 4 * i + c, get(parts, 4 * i + c) + paid)
    remember(work, before, n)


@compiled
def use_pool(work: int, lo: int, ripe: int, n: int, policy: int, pool: int, parts: int, before: int, left: int) -> Any:
    """Kept surplus pays what has just fallen due, the oldest payment's first; returns what is still kept.

    left : what is kept of each payment so far, its first place holding how many there are; 0 when nobody asks
    """
    grouping, order = get(policy, p.RANGES + 1), get(policy, p.RANGES + 2)
    if parts == 0:
        return pay_rows(work, lo, ripe - lo, 1, grouping, order, pool)
    remember(work, before, n)
    pool = 0
    for k in range(get(left, 0)):
        kept = pay_rows(work, lo, ripe - lo, 1, grouping, order, get(left, k + 1))
        put(left, k + 1, kept)
        note(work, before, n, parts + 32 * k * n)
        pool += kept
    return pool


@inlined
def pay(work: int, lo: int, ripe: int, n: int, at: int, policy: int, money: int) -> Any:
    """One payment over what is due, then over what is not yet due as the policy says; returns the surplus."""
    money = pay_rows(work, lo, ripe - lo, 1, get(policy, at + 1), get(policy, at + 2), money)
    advance = get(policy, p.ADVANCE)
    if money and advance:
        first = ripe if advance == 1 else n - 1
        step = 1 if advance == 1 else -1
        grouping, order = get(policy, p.ADVANCE_GROUPING), get(policy, p.ADVANCE_ORDER)
        money = pay_rows(work, first, n - ripe, step, grouping, order, money)
    return money
