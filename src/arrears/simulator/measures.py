"""What shapes does a lived market show? Lateness, cure hazard, roll rates, partial payments, call attempts.

Called by `fit` and the tests. Every measure is defined as its source defines it, so the two may stand side by side.
Nothing here knows the parameters; it looks only at what was due, paid and answered.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, time, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.kernel.errors import InvalidInput
from arrears.simulator import tape
from arrears.simulator.borrowers import NEVER
from arrears.simulator.market import Market
from arrears.simulator.state import State

Floats = NDArray[np.float64]
#: Fewer people behind than this say nothing about how calls are answered.
BEHIND_MIN = 30
#: First instalments younger than this are left out: their late payers have not had time to pay.
MATURE_DAYS = 90


class TooFewBehind(InvalidInput):
    code = "too_few_behind"
    message = "The market has {found} people behind; {needed} are needed to measure calls."


def first_lateness(s: State) -> NDArray[np.int64]:
    """Days from the first due date to the first payment, of loans that were paid and are mature."""
    rows = s.loans
    due = rows["due"][:, 0].astype(np.int64)
    seen = (rows["first_paid"] != NEVER) & (due <= s.today - MATURE_DAYS)
    return rows["first_paid"][seen].astype(np.int64) - due[seen]


def binned(days: NDArray[np.int64], upto: list[int]) -> Floats:
    """Share in each bin; the last day of a bin is inside it."""
    counts = np.bincount(np.searchsorted(np.array(upto), days), minlength=len(upto))[: len(upto)]
    return counts / max(counts.sum(), 1)


def kolmogorov_smirnov(left: Floats, right: Floats) -> float:
    """The largest distance between two distribution functions, at the edges of the bins."""
    return float(np.abs(np.cumsum(left / left.sum()) - np.cumsum(right / right.sum())).max())


def hazard(days: NDArray[np.int64], last: int = 60) -> Floats:
    """(last + 1,) P(first payment on day d past due | none before), d = 0 … last."""
    counts = np.bincount(np.clip(days, -1, last + 1) + 1, minlength=last + 3)[1:]
    at_risk = np.cumsum(counts[::-1])[::-1]
    return counts[: last + 1] / np.maximum(at_risk[: last + 1], 1)


def mean_hazard(daily: Floats, first: int, last: int) -> float:
    """The constant daily chance that leaves as many unpaid after days first … last as the daily ones do."""
    survive = np.prod(1.0 - daily[first : last + 1])
    return float(1.0 - survive ** (1.0 / (last - first + 1)))


def past_due(s: State, day: int) -> NDArray[np.int64]:
    """Days past due of every loan at the end of a past day, from the payments by value date; -1 when not yet open."""
    rows, pays = s.loans, s.payments
    sign = np.where(pays["reverses"] >= 0, -1, 1)
    valued = pays["day"] <= day
    paid = np.zeros(len(rows), dtype=np.int64)
    np.add.at(paid, pays["loan"][valued], ((pays["amount"] - pays["penalty"]) * sign)[valued])
    inside = np.arange(rows["upto"].shape[1])[None, :] < rows["terms"][:, None]
    behind = inside & (rows["upto"] > paid[:, None]) & (rows["due"] <= day)
    oldest = np.where(behind, rows["due"], NEVER).min(axis=1)
    return np.where(rows["opened"] > day, -1, np.maximum(day - oldest.astype(np.int64), 0))


def months_behind(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 current, 1 for 1–30 days past due, 2 for 31–60, 3 for 61–90, 4 beyond; -1 stays -1."""
    return np.where(days < 0, -1, np.minimum((days + 29) // 30, 4))


def roll_rates(s: State, months: int = 4) -> Floats:
    """(5, 5) share of loans by state (row) that are in a state (column) 30 days later, over the last months."""
    counts = np.zeros((5, 5))
    for back in range(months, 0, -1):
        before = months_behind(past_due(s, s.today - 30 * back))
        after = months_behind(past_due(s, s.today - 30 * (back - 1)))
        # A loan that had been paid off before the month began is not in the book.
        live = (before >= 0) & (s.loans["closed"] > s.today - 30 * back)
        np.add.at(counts, (before[live], after[live]), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def partial_share(s: State) -> tuple[float, float]:
    """Share of payments that leave an instalment half paid: (of those made past the due date, of all)."""
    pays, rows = s.payments, s.loans
    keep = pays["reverses"] < 0
    order = np.lexsort((pays["serial"][keep], pays["loan"][keep]))
    loan, day, amount, penalty = (pays[name][keep][order] for name in ("loan", "day", "amount", "penalty"))
    amount = amount - penalty
    running = np.cumsum(amount)
    start = np.flatnonzero(np.diff(loan, prepend=-1))
    upto_now = running - np.repeat(running[start] - amount[start], np.diff(np.append(start, len(loan))))
    partial = ~(rows["upto"][loan] == upto_now[:, None]).any(axis=1)
    first_unpaid = (rows["upto"][loan] <= (upto_now - amount)[:, None]).sum(axis=1).clip(max=rows["upto"].shape[1] - 1)
    late = day > rows["due"][loan, first_unpaid]
    return float(partial[late].mean()), float(partial.mean())


def promise_by_attempt(market: Market, attempts: int = 8, customers: int = 4000) -> Floats:
    """(attempts,) share of calls that end in a promise, when the same people behind are called once a day."""
    lived = Market(copy.deepcopy(market.state))
    overdue, past = lived.state.arrears(lived.state.today + 1)
    who = np.flatnonzero((overdue > 0) & (past <= 30))[:customers]
    if len(who) < BEHIND_MIN:
        raise TooFewBehind(found=len(who), needed=BEHIND_MIN)
    share = np.zeros(attempts)
    for n in range(attempts):
        on = lived.today + timedelta(days=1)
        overdue, _ = lived.state.arrears(lived.state.today + 1)
        still = who[(overdue[who] > 0) & (lived.state.borrowers.promise_day[who] == NEVER)]
        touches = calls_to(lived.state, still, datetime.combine(on, time(3), UTC), "CALL", f"attempt-{n}")
        answers = lived.respond(touches)
        share[n] = answers["promise_on"].is_not_null().sum() / max(len(answers), 1)
        lived.step(on, touches.join(answers, on="contact_id", maintain_order="left"))
    return share


def calls_to(s: State, who: NDArray[np.int64], at: datetime, channel: str, label: str) -> pl.DataFrame:
    """One touch a person, as `Market.respond` takes them."""
    return pl.DataFrame({"customer_id": tape.customer_ids(s, who)}).with_columns(
        contact_id=pl.format("{}/{}/{}", pl.lit(label), pl.lit(at.isoformat()), "customer_id"),
        channel=pl.lit(channel),
        at=pl.lit(at).cast(pl.Datetime("us", "UTC")),
    )


def payoff_share_quarterly(s: State) -> float:
    """Share of loans open a quarter ago that were paid off since, before their last due date by more than a month."""
    rows, then = s.loans, s.today - 91
    last_due = rows["due"][np.arange(len(rows)), rows["terms"] - 1]
    live = (rows["opened"] <= then) & (rows["closed"] > then)
    early = live & (rows["closed"] <= s.today) & (rows["closed"] < last_due - 30)
    return float(early.sum() / max(live.sum(), 1))


def default_share_quarterly(s: State) -> float:
    """Share of loans less than 90 days past due a quarter ago that are now 90 or more."""
    before, after = past_due(s, s.today - 91), past_due(s, s.today)
    live = (before >= 0) & (before < 90) & (s.loans["closed"] > s.today - 91)
    return float((live & (after >= 90)).sum() / max(live.sum(), 1))


def overdue_share(s: State) -> float:
    """Share of open loans with something past due today."""
    live = s.loans["closed"] > s.today
    return float((past_due(s, s.today)[live] > 0).mean())
