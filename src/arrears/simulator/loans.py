"""What was lent, and what is due when? Opens loans and computes their schedules to the fen.

Called by `market` (to open) and `tape` (to write schedules). A schedule is a pure function of (product, principal,
terms, rate, first due date), so the market keeps only its dates and running totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from arrears.simulator import chance
from arrears.simulator.borrowers import NEVER, Borrowers

TERMS_MAX = 12

#: One row a loan. `current` is the oldest instalment not fully paid; `wake` the next day on which something may happen.
SPEC = {
    "borrower": np.int32,  # position in the chunk's Borrowers
    "ordinal": np.int32,  # 0, 1, 2 … of this borrower
    "key": np.uint64,  # unique in the whole market: number * 64 + ordinal
    "product": np.int8,
    "opened": np.int32,
    "principal": np.int64,
    "terms": np.int32,
    "rate_bps": np.int32,  # yearly interest
    "fee_bps": np.int32,  # of principal, an instalment
    "insurer": np.int8,  # 0 none, else 1 + index of lending.insurers
    "auto_debit": np.bool_,
    "fraud": np.bool_,
    "due": (np.int32, TERMS_MAX),
    "upto": (np.int64, TERMS_MAX),  # total due up to and including this instalment
    "current": np.int32,
    "paid": np.int64,
    "payments": np.int32,  # payments ever booked: the next serial
    "late": np.bool_,  # will not pay the current instalment by its due date of its own accord
    "wake": np.int32,
    "worst": np.int32,  # most days past due in the present arrears; 0 when nothing is overdue
    "paused_until": np.int32,
    "closed": np.int32,  # booking day of the last payment, or NEVER
    "changed": np.int32,  # last day on which the account's own row changed
    "first_paid": np.int32,  # value day of the first payment, or NEVER
}


#: The columns that decide a schedule.
SCHEDULED = ("opened", "principal", "terms", "rate_bps", "fee_bps")


@dataclass(frozen=True)
class Schedule:
    """Arrays (loans, TERMS_MAX): due days and minor units; zero past the last instalment."""

    due: NDArray[np.int32]
    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    fee: NDArray[np.int64]


def schedule(
    opened: NDArray[np.int32],
    principal: NDArray[np.int64],
    terms: NDArray[np.int32],
    rate_bps: NDArray[np.int32],
    fee_bps: NDArray[np.int32],
) -> Schedule:
    """Equal principal parts with a fee where no interest is charged, else an annuity; Σ principal parts = principal."""
    months = np.arange(1, TERMS_MAX + 1)
    inside = months[None, :] <= terms[:, None]
    even = _even_parts(principal, terms)
    parts, interest = _annuity(principal, terms, rate_bps)
    flat = (rate_bps == 0)[:, None]
    fee = (principal * fee_bps + 5_000) // 10_000
    return Schedule(
        due=np.where(inside, due_days(opened), 0).astype(np.int32),
        principal=np.where(inside, np.where(flat, even, parts), 0),
        interest=np.where(inside & ~flat, interest, 0),
        fee=np.where(inside, fee[:, None], 0),
    )


def due_days(opened: NDArray[np.int32]) -> NDArray[np.int32]:
    """(loans, TERMS_MAX): the same day of each following month, at most the 28th."""
    days = opened.astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    of_month = np.minimum((days - month).astype(np.int64), 27)
    months = month[:, None] + np.arange(1, TERMS_MAX + 1)
    return (months.astype("datetime64[D]").astype(np.int64) + of_month[:, None]).astype(np.int32)


def _even_parts(principal: NDArray[np.int64], terms: NDArray[np.int32]) -> NDArray[np.int64]:
    base, extra = np.divmod(principal, terms)
    return base[:, None] + (np.arange(TERMS_MAX)[None, :] < extra[:, None])


def _annuity(
    principal: NDArray[np.int64], terms: NDArray[np.int32], rate_bps: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rate = np.maximum(rate_bps, 1) / 120_000.0
    payment = np.rint(principal * rate / (1.0 - (1.0 + rate) ** -terms.astype(np.float64))).astype(np.int64)
    balance = principal.copy()
    parts = np.zeros((len(principal), TERMS_MAX), dtype=np.int64)
    interest = np.zeros_like(parts)
    for k in range(TERMS_MAX):
        interest[:, k] = np.rint(balance * rate).astype(np.int64)
        last = terms == k + 1
        parts[:, k] = np.where(last, balance, np.minimum(np.maximum(payment - interest[:, k], 0), balance))
        balance -= parts[:, k]
    return parts, interest


def entity(b: Borrowers, who: NDArray[np.int64], ordinal: NDArray[np.int32]) -> NDArray[np.uint64]:
    """The loan's number in the whole market: the same whatever the chunk."""
    return b.number[who] * np.uint64(64) + ordinal.astype(np.uint64)


def terms_of_new(p: SimpleNamespace, *, seed: int, key: NDArray[np.uint64], day: int) -> dict[str, NDArray[np.generic]]:
    """The columns of new loans opened on `day`: product, amount, terms, rate, schedule."""
    product = chance.pick(seed, "product", key, [each.share for each in p.products])
    columns: dict[str, NDArray[np.generic]] = {
        "product": product.astype(np.int8),
        "opened": np.full(len(key), day, dtype=np.int32),
        **_drawn(p, seed, key, product),
        "fraud": chance.uniform(seed, "fraud", key) < p.lending.fraud_share,
        "closed": np.full(len(key), NEVER),
        "first_paid": np.full(len(key), NEVER),
        "changed": np.full(len(key), day, dtype=np.int32),
    }
    plan = schedule(**{name: columns[name] for name in SCHEDULED})
    columns["due"] = plan.due
    columns["upto"] = np.cumsum(plan.principal + plan.interest + plan.fee, axis=1)
    return columns


def _drawn(
    p: SimpleNamespace, seed: int, key: NDArray[np.uint64], product: NDArray[np.int64]
) -> dict[str, NDArray[np.generic]]:
    size, term, rate = (chance.uniform(seed, name, key) for name in ("size.u", "terms", "rate"))
    z = chance.normal(seed, "size", key)
    covered, debit = chance.uniform(seed, "insured", key), chance.uniform(seed, "auto_debit", key)
    out = {
        name: np.zeros(len(key), dtype=np.int64)
        for name in ("principal", "terms", "rate_bps", "fee_bps", "insurer", "auto_debit")
    }
    for at, each in enumerate(p.products):
        mine = product == at
        low, high = each.amount_range_minor
        amount = np.clip(each.amount_median_minor * np.exp(each.amount_sigma * z), low, high)
        odd = (size * 100).astype(np.int64)  # people spend 1,234.56, not round thousands
        out["principal"][mine] = (amount.astype(np.int64) // 100 * 100 + odd)[mine]
        out["terms"][mine] = _one_of(each.terms, term)[mine]
        out["rate_bps"][mine] = _one_of(each.apr_bps, rate)[mine]
        out["fee_bps"][mine] = _one_of(each.fee_monthly_bps, rate)[mine]
        insurer = 1 + (covered / each.insured_share * len(p.lending.insurers)).astype(np.int64)
        out["insurer"][mine] = np.where(covered < each.insured_share, insurer, 0)[mine]
        out["auto_debit"][mine] = (debit < each.auto_debit_share)[mine]
    return {name: column.astype(SPEC[name]) for name, column in out.items()}


def _one_of(options: list[int] | int, u: chance.Floats) -> NDArray[np.int64]:
    many = np.atleast_1d(np.array(options, dtype=np.int64))
    return many[(u * len(many)).astype(np.int64)]
