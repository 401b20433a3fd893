"""The compiled spreading of money: one payment over instalments by grouping and order, and who paid what.

Called by `kernel` only. Nothing here knows a date: which instalments are due is decided by the caller, and what the
money meets there has already been charged.
"""

from __future__ import annotations

from typing import Any

from arrears.rules.ageing import packing as p
from arrears.rules.ageing.charges import ROW, rounded
from arrears.rules.ageing.compiling import compiled, get, given, inlined, put


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
    grouping, order = given(policy, p.RANGES + 1), given(policy, p.RANGES + 2)
    if grouping >= p.SEQUENCE:  # While money is kept nothing is past due: what it meets fell due today.
        grouping, order = grouping - p.SEQUENCE, order_within(order, 1)
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
def pay_row(row: int, order: int, width: int, money: int) -> Any:
    """Pay the first `width` components of an order of one instalment; returns the money that is left."""
    for place in range(width):
        money = pay_part(row, order >> (2 * place) & 3, money)
    return money


@inlined
def owed_of(row: int, order: int, width: int) -> Any:
    """What is left of the first `width` components of an order."""
    owed = 0
    for place in range(width):
        owed += get(row, order >> (2 * place) & 3)
    return owed


@compiled
def pay_even(work: int, ripe: int, n: int, order: int, width: int, money: int) -> Any:
    """Money in equal parts over the instalments to come that still owe some of these components.

    A part is rounded half to even and the last instalment takes the rest; what is more than an instalment owes is
    spread again over the others.
    """
    while money > 0:
        owing = 0
        for i in range(ripe, n):
            owing += owed_of(work + i * ROW, order, width) > 0
        if owing == 0:
            break
        part = rounded(money // owing, money % owing, owing, 1)
        rest = money
        for i in range(ripe, n):
            if owed_of(work + i * ROW, order, width) > 0:
                owing -= 1
                share = rest if owing == 0 else min(part, rest)
                rest -= share
                money -= share - pay_row(work + i * ROW, order, width, share)
    return money


@inlined
def first_owing(work: int, ripe: int, n: int) -> Any:
    """The next instalment to come that still owes anything; n when there is none."""
    first = ripe
    while first < n and left_of(work + first * ROW) == 0:
        first += 1
    return first


@compiled
def pay_to_come(work: int, ripe: int, first: int, n: int, advance: int, order: int, width: int, money: int) -> Any:
    """Pay these components of the instalments to come, visited as `advance` says; returns what is left.

    first : the next instalment that owed anything before this payment
    """
    if advance == 4:
        return pay_even(work, ripe, n, order, width, money)
    if advance == 0:
        return money
    for k in range(first, n):
        i = k
        if advance == 2:
            i = n - 1 - (k - first)
        elif advance == 3 and k > first:
            i = n - (k - first)
        money = pay_row(work + i * ROW, order, width, money)
    return money


@compiled
def pay_ahead(work: int, ripe: int, n: int, policy: int, money: int) -> Any:
    """Money over the instalments to come neither from one end nor from the other; returns what is kept."""
    advance = given(policy, p.ADVANCE)
    grouping, order = given(policy, p.ADVANCE_GROUPING), given(policy, p.ADVANCE_ORDER)
    first = first_owing(work, ripe, n)
    if grouping == 0:
        return pay_to_come(work, ripe, first, n, advance, order, 4, money)
    for place in range(4):
        money = pay_to_come(work, ripe, first, n, advance, order >> (2 * place), 1, money)
    return money


@inlined
def order_within(steps: int, stage: int) -> Any:
    """The components of one stage in the order in which a sequence names them."""
    order = 0
    place = 0
    for k in range(12):
        step = steps >> (4 * k) & 15
        if step >> 2 == stage:
            order |= (step & 3) << (2 * place)
            place += 1
    return order


@compiled
def pay_steps(
    work: int, lo: int, late: int, ripe: int, n: int, grouping: int, steps: int, advance: int, money: int
) -> Any:
    """One payment by a sequence of twelve steps; returns the surplus, and what settled instalments that are due.

    late : instalments before it are past due; those from it up to `ripe` fall due on the day of the payment
    """
    settled = 0
    ahead = first_owing(work, ripe, n)
    for place in range(12):
        if money == 0:
            break
        step = steps >> (4 * place) & 15
        stage = step >> 2
        order, width = step & 3, 1
        if grouping == 0:  # A stage is paid whole where it first comes; its other steps find nothing, or no money.
            order, width = order_within(steps, stage), 4
        if stage == 2:
            money = pay_to_come(work, ripe, ahead, n, advance, order, width, money)
        else:
            found = money
            for i in range(lo if stage == 0 else max(lo, late), late if stage == 0 else ripe):
                money = pay_row(work + i * ROW, order, width, money)
            settled += found - money
    return money, settled


@inlined
def pay(work: int, lo: int, late: int, ripe: int, n: int, at: int, policy: int, money: int) -> Any:
    """One payment over what is due, then over what is not yet due as the policy says.

    returns : the surplus, and what settled instalments that are due
    """
    grouping, order = given(policy, at + 1), given(policy, at + 2)
    if grouping >= p.SEQUENCE:
        return pay_steps(work, lo, late, ripe, n, grouping - p.SEQUENCE, order, given(policy, p.ADVANCE), money)
    settled = money
    money = pay_rows(work, lo, ripe - lo, 1, grouping, order, money)
    settled -= money
    advance = given(policy, p.ADVANCE)
    if money and advance:
        if advance > 2:
            return pay_ahead(work, ripe, n, policy, money), settled
        first = ripe if advance == 1 else n - 1
        step = 1 if advance == 1 else -1
        grouping, order = given(policy, p.ADVANCE_GROUPING), given(policy, p.ADVANCE_ORDER)
        money = pay_rows(work, first, n - ripe, step, grouping, order, money)
    return money, settled
