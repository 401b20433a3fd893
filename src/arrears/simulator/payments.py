"""Who pays what today, and how is it booked? The heart of the market: prompt payers, late payers, promises, reversals.

Called once a business day by `market`. A borrower who is not late pays on a day planned when the instalment became
current; a late one pays with a daily chance by days past due, lifted or lowered by purse, promises and contacts.
All figures come from `policies/simulator/market.toml`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arrears.simulator import borrowers, chance, quotes
from arrears.simulator.borrowers import NEVER
from arrears.simulator.state import State

AUTO_DEBIT, APP, WALLET, TRANSFER = range(4)

Positions = NDArray[np.int64]


def plan(s: State, loans: Positions, day: int) -> None:
    """Decide for the current instalment of these loans: the day they will pay it, or that they will be late."""
    rows, b, p = s.loans, s.borrowers, s.parameters
    who, current = rows["borrower"][loans], rows["current"][loans]
    due = rows["due"][loans, current]
    event = rows["key"][loans] * np.uint64(16) + current.astype(np.uint64)
    share = p.traits.person_share
    score = np.sqrt(share) * b.lateness[who] + np.sqrt(1 - share) * chance.normal(s.seed, "plan", event)
    u = chance.phi(score + p.shocks.lateness_shift * (b.shock[who] > 0))
    late = (u > 1.0 - s.late_share) | rows["fraud"][loans] | (due <= day)
    early = _days_early(s, u, chance.uniform(s.seed, "early", event))
    when = np.where(late, due, np.maximum(due - early, day + 1))
    rows["late"][loans] = late
    rows["wake"][loans] = np.maximum(when, day + 1)
    rows["worst"][loans] = np.where(due < day, rows["worst"][loans], 0)


def _days_early(s: State, u: chance.Floats, inside: chance.Floats) -> Positions:
    """How many days before the due date: the target's own shape, read from the earliest to the due date."""
    upto, share = s.prompt_upto, s.prompt_share
    edges = np.cumsum(share) / share.sum() * (1.0 - s.late_share)
    at = np.minimum(np.searchsorted(edges, u), len(edges) - 1)
    first = np.concatenate([[upto[0] - 20], upto[:-1] + 1])
    offset = first[at] + (inside * (upto[at] - first[at] + 1)).astype(np.int64)
    return -offset


def live(s: State, day: int) -> None:
    """One day of paying: reversals first, then everyone whose day has come."""
    reverse_failed(s, day)
    rows = s.loans
    awake = np.flatnonzero(rows["wake"] <= day)
    if not len(awake):
        return
    due = rows["due"][awake, rows["current"][awake]]
    prompt = awake[~rows["late"][awake] & (due >= day)]
    overdue = awake[due < day]
    pay_promptly(s, prompt, day)
    remember_or_slip(s, awake[rows["late"][awake] & (due == day)], day)
    pay_late(s, overdue, day)


def pay_promptly(s: State, loans: Positions, day: int) -> None:
    """Pay the current instalment, and now and then the whole loan."""
    rows, paying = s.loans, s.parameters.paying
    key = rows["key"][loans]
    rest = rows["upto"][loans, rows["terms"][loans] - 1] - rows["paid"][loans]
    part = rows["upto"][loans, rows["current"][loans]] - rows["paid"][loans]
    whole = chance.uniform(s.seed, "payoff", key, day) < paying.payoff_share
    on_due = rows["due"][loans, rows["current"][loans]] == day
    u = chance.uniform(s.seed, "channel", key, day)
    channel = np.where(u < paying.transfer_share_prompt, TRANSFER, np.where(u < 0.55, APP, WALLET))
    channel = np.where(on_due & rows["auto_debit"][loans] & ~whole, AUTO_DEBIT, channel)
    book(s, loans, np.where(whole, rest, part), channel, day)


def remember_or_slip(s: State, loans: Positions, day: int) -> None:
    """On the due date: who would forget but was reminded pays; everyone else is overdue from tomorrow."""
    rows, b = s.loans, s.borrowers
    who = rows["borrower"][loans]
    rows["wake"][loans] = day + 1
    forgets = 1.0 / (1.0 + np.exp(-(b.forgetful[who] - 0.5)))
    lift = np.minimum(s.parameters.contacts.reminder_effect * b.push[who], 1.5)
    remembered = chance.uniform(s.seed, "remember", rows["key"][loans], day) < (1 - np.exp(-lift)) * forgets
    pay_promptly(s, loans[remembered & ~rows["fraud"][loans]], day)


def pay_late(s: State, loans: Positions, day: int) -> None:
    """Daily chance by days past due × the person × purse × contacts; a promise due today is kept or broken."""
    rows, b, p = s.loans, s.borrowers, s.parameters
    who = rows["borrower"][loans]
    rows["late"][loans] = True
    rows["wake"][loans] = day + 1
    # Who was once two months behind does not turn prompt by paying one of two: the worst of these arrears counts.
    past = np.maximum(day - rows["due"][loans, rows["current"][loans]], rows["worst"][loans])
    rows["worst"][loans] = past
    promise = b.promise_day[who]
    rate = s.hazard[np.minimum(past, len(s.hazard) - 1)] * b.frailty[who]
    rate = rate * borrowers.liquidity(b, p, who, day) * borrowers.willingness(b, p, who)
    rate = rate * np.where((promise > day) & (promise != NEVER), p.late.promised_wait, 1.0)
    rate = rate * np.where(rows["paused_until"][loans] > day, p.late.paused_pays, 1.0)
    u = chance.uniform(s.seed, "pays", b.number[who], day)
    kept = (promise == day) & (chance.uniform(s.seed, "keeps", b.number[who], day) < b.promise_keeps[who])
    paces = _keeps_pace(s, loans, past, day)
    pays = ((u < -np.expm1(-rate)) | kept | paces) & ~rows["fraud"][loans]
    _pay_overdue(s, loans[pays], kept[pays], paces[pays], day)


def _keeps_pace(s: State, loans: Positions, past: Positions, day: int) -> NDArray[np.bool_]:
    """Who is more than a month behind and pays one instalment after payday: neither cured nor lost."""
    b, late = s.borrowers, s.parameters.late
    who = s.loans["borrower"][loans]
    payday = borrowers.day_of_month(day) == b.payday[who]
    willing = late.pace_share * borrowers.willingness(b, s.parameters, who)
    return payday & (past > borrowers.MONTH) & (chance.uniform(s.seed, "paces", s.loans["key"][loans], day) < willing)


def _pay_overdue(s: State, loans: Positions, kept: NDArray[np.bool_], paces: NDArray[np.bool_], day: int) -> None:
    rows, b, paying = s.loans, s.borrowers, s.parameters.paying
    who, key = rows["borrower"][loans], rows["key"][loans]
    overdue = overdue_minor(s, loans, day)
    low, high = paying.partial_fraction
    fraction = low + (high - low) * chance.uniform(s.seed, "fraction", key, day)
    strained = (b.shock[who] > 0) | (b.strained[who] > 1.0)
    chance_partial = np.where(strained, paying.partial_share_strained, paying.partial_share)
    partial = chance.uniform(s.seed, "partial", key, day) < chance_partial
    fraction = np.where(kept, b.promise_share[who], np.where(partial, fraction, 1.0))
    yuan = (overdue * fraction).astype(np.int64) // 100 * 100
    amount = np.where((fraction >= 1.0) | (yuan <= 0), overdue, yuan)
    some = _oldest_minor(s, loans, paces, day)
    amount = np.where(~kept & (some > 0) & (some < overdue), some, amount)
    u = chance.uniform(s.seed, "channel", key, day)
    channel = np.where(u < paying.transfer_share_late, TRANSFER, np.where(u < 0.6, APP, WALLET))
    book(s, loans, amount, channel, day, penalty=_penalty_due(s, loans, amount, day))


def _penalty_due(s: State, loans: Positions, amount: Positions, day: int) -> Positions:
    """What the lender asks on top for the overdue instalments that this payment settles."""
    rows = s.loans
    settled = rows["upto"][loans] <= (rows["paid"][loans] + amount)[:, None]
    open_now = np.arange(rows["upto"].shape[1])[None, :] >= rows["current"][loans][:, None]
    return np.where(settled & open_now, quotes.penalties(s, loans, day), 0).sum(axis=1)


def _oldest_minor(s: State, loans: Positions, paces: NDArray[np.bool_], day: int) -> Positions:
    """What the oldest instalments cost, for who pays only those and so stays behind; 0 for who does not stop there."""
    rows, paying = s.loans, s.parameters.paying
    key = rows["key"][loans]
    alone = paces | (chance.uniform(s.seed, "oldest", key, day) < paying.oldest_only_share)
    more = np.log(chance.uniform(s.seed, "oldest.more", key, day)) / np.log(paying.one_more_share)
    last = np.minimum(rows["current"][loans] + np.where(paces, more.astype(np.int64), 0), rows["terms"][loans] - 1)
    return np.where(alone, rows["upto"][loans, last] - rows["paid"][loans], 0)


def overdue_minor(s: State, loans: Positions, day: int) -> Positions:
    """What these loans owe of instalments due before `day`, in minor units."""
    rows = s.loans
    inside = np.arange(rows["due"].shape[1])[None, :] < rows["terms"][loans][:, None]
    fallen = ((rows["due"][loans] < day) & inside).sum(axis=1)
    total = np.where(fallen > 0, rows["upto"][loans, np.maximum(fallen - 1, 0)], 0)
    return np.maximum(total - rows["paid"][loans], 0)


def book(
    s: State, loans: Positions, amount: Positions, channel: Positions, day: int, penalty: Positions | int = 0
) -> None:
    """Write payments valued today (a transfer is booked some days later) and move the loans on.

    amount : of the schedule; penalty : paid on top of it
    """
    if not len(loans):
        return
    rows, paying = s.loans, s.parameters.paying
    key = rows["key"][loans]
    lag = chance.whole(s.seed, "lag", key, *paying.transfer_lag_days, day=day)
    booked = day + np.where(channel == TRANSFER, lag, 0)
    serial = rows["payments"][loans].copy()
    at = s.payments.append(
        loan=loans,
        serial=serial,
        day=np.int32(day),
        booked=booked,
        amount=amount + penalty,
        penalty=penalty,
        channel=channel,
        reverses=np.int32(-1),
    )
    rows["payments"][loans] += 1
    rows["paid"][loans] += amount
    rows["first_paid"][loans] = np.minimum(rows["first_paid"][loans], day)
    fails = (channel == AUTO_DEBIT) & (chance.uniform(s.seed, "fails", key, day) < paying.reversal_share)
    if fails.any():
        when = day + chance.whole(s.seed, "fails.when", key[fails], *paying.reversal_days, day=day)
        s.reversals.append(payment=at[fails], day=when)
    move_on(s, loans, booked, day)


def move_on(s: State, loans: Positions, booked: Positions, day: int) -> None:
    """After a payment: the next instalment is planned, or the loan is closed, or what is left stays overdue."""
    rows = s.loans
    before = rows["current"][loans]
    inside = np.arange(rows["upto"].shape[1])[None, :] < rows["terms"][loans][:, None]
    current = ((rows["upto"][loans] <= rows["paid"][loans][:, None]) & inside).sum(axis=1).astype(np.int32)
    done = current >= rows["terms"][loans]
    rows["current"][loans] = np.minimum(current, rows["terms"][loans] - 1)
    closing = loans[done]
    rows["closed"][closing] = booked[done]
    rows["changed"][closing] = booked[done]
    rows["wake"][closing] = NEVER
    np.subtract.at(s.borrowers.open_loans, rows["borrower"][closing], 1)
    moved = loans[~done & (current != before)]
    plan(s, moved, day)
    _calm_cured(s, loans, day)


def _calm_cured(s: State, loans: Positions, day: int) -> None:
    """Who owes nothing overdue any more is bound by no promise, and the next arrears count attempts from zero."""
    b = s.borrowers
    who = np.unique(s.loans["borrower"][loans])
    flagged = who[(b.attempts[who] > 0) | (b.promise_day[who] != NEVER)]
    if not len(flagged):
        return
    overdue, _ = s.arrears(day)
    cured = flagged[overdue[flagged] == 0]
    b.attempts[cured] = 0
    b.promise_day[cured] = NEVER


def reverse_failed(s: State, day: int) -> None:
    """Debits that bounced: the payment is cancelled on its own value date, and the money is owed again."""
    if not len(s.reversals):
        return
    due = s.reversals["day"] == day
    for at in s.reversals["payment"][due]:
        _reverse(s, int(at), day)
    s.reversals.keep(s.reversals["day"] > day)


def _reverse(s: State, payment: int, day: int) -> None:
    rows, pays = s.loans, s.payments
    loan = int(pays["loan"][payment])
    pays.append(
        loan=np.array([loan]),
        serial=rows["payments"][loan],
        day=pays["day"][payment],
        booked=np.int32(day),
        amount=pays["amount"][payment],
        channel=pays["channel"][payment],
        reverses=pays["serial"][payment],
    )
    rows["payments"][loan] += 1
    rows["paid"][loan] -= pays["amount"][payment]
    if rows["closed"][loan] != NEVER:
        rows["closed"][loan] = NEVER
        rows["changed"][loan] = day
        s.borrowers.open_loans[rows["borrower"][loan]] += 1
    inside = np.arange(rows["upto"].shape[1]) < rows["terms"][loan]
    rows["current"][loan] = int(((rows["upto"][loan] <= rows["paid"][loan]) & inside).sum())
    rows["late"][loan] = True
    rows["wake"][loan] = day
