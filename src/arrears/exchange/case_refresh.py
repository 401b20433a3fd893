"""Bring one customer's cases to what lake and books say together, by day: after a payment, a reversal, a write-off.

Called inside the transaction of the change. The same functions decide as at night; only no case is opened, no work
given and no contact planned before the next night. Where no case is open, the newest closed one shows what is owed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import polars as pl

from arrears.decisions import isolation, standings, strategy
from arrears.decisions.night_files import NightFiles
from arrears.decisions.night_policy import NightPolicy
from arrears.decisions.schemas import night
from arrears.exchange import customer_book, decisions_in, facts_out
from arrears.records import bulk
from arrears.records.cases.models import Case
from arrears.records.writeoffs.models import WriteOff


def refresh(
    *,
    customer_id: str,
    tables: customer_book.Tables,
    policy: NightPolicy,
    as_of: date,
    at: datetime,
    actor: str,
) -> decisions_in.Brought:
    """Age the customer's accounts at `as_of` and bring the result into their open cases, or the newest closed ones.

    tables  : customer_book.read of the customer, as things stand now
    returns : Brought; its closed_ids name the cases that this closed, followed the closed one of each currency
    """
    aged = isolation.age_the_sound(tables, policies=policy.products, as_of=as_of)
    added = standings.standings(
        aged.positions, customers=tables["customers"], write_offs=facts_out.write_offs_of(customer_id), as_of=as_of
    )
    staged = strategy.stages(added, table=policy.stages).with_columns(
        cure_share_est=pl.lit(None, pl.Float64), score_reason=pl.lit(None, pl.String)
    )
    decided = decisions_in.Decided(
        positions=aged.positions,
        standings=staged.select(night.STANDINGS.keys()),
        actions=pl.DataFrame(schema=night.ACTIONS),
        held_back=frozenset([customer_id] if aged.refused.height else []),
    )
    brought = decisions_in.bring(
        decided=decided, policy=policy, as_of=as_of, at=at, actor=actor, only_customer=customer_id
    )
    followed = decisions_in.follow_closed(decided, customer_id=customer_id, policy=policy, as_of=as_of)
    return dataclasses.replace(brought, followed=followed)


#: What the books lose with a case that was never there → the figures that counted it.
COUNTED = {
    "cases.Case": ("opened", "open", "cases_inserted"),
    "cases.CaseAccount": ("accounts",),
    "cases.WorkItem": ("work_opened",),
    "writeoffs.WriteOff": ("write_offs_proposed",),
}


def unopen(case_ids: Collection[str], *, figures: Mapping[str, int]) -> dict[str, int]:
    """Take out cases that this very transaction opened and closed: paid before anybody could see them.

    figures : decisions_in.Brought.figures
    returns : the same without what those cases were counted for
    """
    left = dict(figures)
    for some in bulk.keys_in_pieces(sorted(case_ids)):
        proposed = WriteOff.objects.filter(case__among=some)
        for rows in (proposed, Case.objects.filter(case_id__among=some)):
            for label, count in rows.delete()[1].items():
                left |= {name: left[name] - count for name in COUNTED.get(label, ())}
    return left


PAID = "SELECT payment_id, customer_id FROM ledger_payment WHERE customer_id {ids} AND paid_on <= %s"


def paid_since(*, files: NightFiles, as_of: date, customer_ids: Collection[str]) -> Sequence[str]:
    """Those of these customers with payments value-dated by `as_of` that came after the night's facts were frozen."""
    booked = pl.DataFrame(
        list(bulk.select(PAID, customer_ids, as_of.isoformat())),
        schema={"payment_id": pl.String, "customer_id": pl.String},
        orient="row",
    )
    if booked.is_empty():
        return []
    frozen = files.frozen_payments(as_of, among=booked["payment_id"])
    return booked.join(frozen, on="payment_id", how="anti")["customer_id"].unique().sort().to_list()
