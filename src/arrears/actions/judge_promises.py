"""Find out what became of promises to pay: each night of the open ones, and again of a kept one whose money went back.

Called by the night and by the reversal of a payment, inside their transactions. A promise is kept as soon as the money
is there and broken once its days are over. Money that went back was never paid: what it had kept is open again while
its days last, and broken after them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from arrears.actions import house, settlement
from arrears.actions.take_promise import in_force
from arrears.exchange import customer_book, tape_payments
from arrears.records.promises import operations, queries
from arrears.records.promises.operations import Judged
from arrears.rules import promises


def judge_open(*, as_of: date, at: datetime, actor: str) -> Mapping[str, int]:
    """Judge every open promise by what the books know at the end of a business date; counts those KEPT and BROKEN."""
    terms = in_force().state
    if terms is None:
        return {"kept": 0, "broken": 0}
    found = []
    for one in queries.open_ones():
        if one.was_kept:
            judged = _judge_by_payments(queries.followed(one.promise_id), terms, lake=house.here().lake, as_of=as_of)
        else:
            status = promises.judge(
                amount_minor=one.amount_minor,
                due_on=one.due_on,
                paid_minor=one.paid_minor,
                is_settled=one.is_settled,
                as_of=as_of,
                policy=terms,
            )
            judged = Judged(one.promise_id, status, one.paid_minor)
        if judged and judged.status != promises.OPEN:
            found.append(judged)
    operations.settle(found, on=as_of, at=at, actor=actor)
    statuses = [one.status for one in found]
    return {"kept": statuses.count(promises.KEPT), "broken": statuses.count(promises.BROKEN)}


def judge_kept_by_tape(*, lake: Path, as_of: date, at: datetime, actor: str) -> int:
    """Judge again the kept promises for which a tape tells that money went back; returns how many are kept no more."""
    if not queries.any_kept():
        return 0
    back = tape_payments.taken_back(lake=lake, as_of=as_of)
    days: dict[str, list[date]] = {}
    for account_id, paid_on in back.select("account_id", "paid_on").iter_rows():
        days.setdefault(account_id, []).append(paid_on)
    return _judge_kept(queries.kept_on(days), days, lake=lake, as_of=as_of, at=at, actor=actor)


def judge_kept_by_reversal(*, account_id: str, paid_on: date, as_of: date, at: datetime, actor: str) -> int:
    """Judge again the kept promises that a payment of this account and day may have kept, now that it went back."""
    days = {account_id: [paid_on]}
    return _judge_kept(queries.kept_on(days), days, lake=house.here().lake, as_of=as_of, at=at, actor=actor)


def _judge_kept(
    kept: Iterable[queries.Followed],
    days: Mapping[str, Collection[date]],
    *,
    lake: Path,
    as_of: date,
    at: datetime,
    actor: str,
) -> int:
    terms = in_force().state
    if terms is None:
        return 0
    found = []
    for one in kept:
        counted = (one.made_on, _last_on(one, terms, as_of))
        back = [on for account_id in one.account_ids for on in days.get(account_id, ())]
        if any(counted[0] <= on <= counted[1] for on in back):
            judged = _judge_by_payments(one, terms, lake=lake, as_of=as_of)
            if judged and judged.status != promises.KEPT:
                found.append(judged)
    operations.keep_no_more(found, on=as_of, at=at, actor=actor)
    return len(found)


def _judge_by_payments(one: queries.Followed, terms: promises.Policy, *, lake: Path, as_of: date) -> Judged | None:
    """What a promise comes to by the payments that stand, whatever was thought of it before; None when unknown.

    What was paid on the very day it was made counts, in doubt, for the one who promised.
    """
    tables = customer_book.read(one.customer_id, lake=lake)
    known = tables["payments"].filter(pl.col("account_id").is_in(one.account_ids), pl.col("paid_on") <= as_of)
    undone = known["reverses"].drop_nulls()
    stands = known.filter(pl.col("reverses").is_null(), ~pl.col("payment_id").is_in(undone.implode()))
    last_on = _last_on(one, terms, as_of)
    paid = int(stands.filter(pl.col("paid_on").is_between(one.made_on, last_on))["amount_minor"].sum())
    days = {one.ended_on or last_on, last_on}
    settled = [_is_settled(one, {**tables, "payments": stands}, lake=lake, on=on) for on in days]
    if None in settled:
        return None
    status = promises.judge(
        amount_minor=one.amount_minor,
        due_on=one.due_on,
        paid_minor=paid,
        is_settled=any(settled),
        as_of=as_of,
        policy=terms,
    )
    return Judged(one.promise_id, status, paid)


def _last_on(one: queries.Followed, terms: promises.Policy, as_of: date) -> date:
    return min(as_of, one.due_on + timedelta(days=terms.grace_days))


def _is_settled(one: queries.Followed, tables: customer_book.Tables, *, lake: Path, on: date) -> bool | None:
    """Was nothing overdue in its case on a day? None when an account cannot be aged."""
    for account_id in one.account_ids:
        stands = settlement.position_of(tables, customer_book.find_account(account_id, lake=lake), as_of=on)
        if stands is None:
            return None
        if stands.oldest_due_on is not None:
            return False
    return True
