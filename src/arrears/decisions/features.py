"""What do we know of a borrower in arrears that tells how they end? Habits of paying, means, and spending.

Step of the night, and of training: one function makes both, so that what is learnt is what is scored. Grain: the
overdue standings. Inputs: standings, positions, lateness, payments, customers, spending. Owner: analysts. All of it is
of the customer's own doing and means; nothing here is of where they live, their age, sex, employer or people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from arrears.decisions import batches
from arrears.decisions.standings import KEY

#: Days of the recent spending and payments, and of the earlier spending that they are compared with.
RECENT, EARLIER = 31, 93

#: grain: one row per overdue (customer_id, currency). Null = not known; a card has points for that too.
FEATURES = {
    "customer_id": pl.String,
    "currency": pl.String,
    "dpd": pl.Float64,  # days past due, the worst account
    "late_share": pl.Float64,  # of the instalments settled so far, those settled late
    "quiet_days": pl.Float64,  # since the last payment
    "part_paid": pl.Float64,  # paid in the recent days ÷ (that + what is still overdue)
    "burden": pl.Float64,  # overdue ÷ monthly income
    "spend_trend": pl.Float64,  # spending of the recent days ÷ the monthly average of the two months before
    "spend_share": pl.Float64,  # spending of the recent days ÷ monthly income
}
CODES = tuple(name for name in FEATURES if name not in KEY)


def features(
    standings: pl.DataFrame,
    *,
    positions: pl.DataFrame,
    late: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    as_of: date,
) -> pl.DataFrame:
    """The features of every overdue standing.

    standings : customer_id, currency, dpd_max, overdue_minor
    positions : account_id, customer_id, currency of all accounts
    late      : lateness.LATENESS at as_of
    tables    : the tape: payments, customers, spending (may be missing)
    returns   : FEATURES, one row per overdue standing, in their order. Ratios of sums of integers: the same everywhere
    """
    overdue = standings.filter(pl.col("overdue_minor") > 0).select(*KEY, "dpd_max", "overdue_minor")
    accounts = positions.select("account_id", *KEY).join(overdue.select(KEY), on=KEY, how="semi")
    found = (
        overdue.join(_habits(accounts, late), on=KEY, how="left", maintain_order="left")
        .join(_paid(accounts, tables["payments"], as_of), on=KEY, how="left", maintain_order="left")
        .join(_means(positions, tables["customers"], overdue), on="customer_id", how="left", maintain_order="left")
        .join(_spent(tables.get("spending"), overdue, as_of), on="customer_id", how="left", maintain_order="left")
        .with_columns(recent_paid=pl.col("recent_paid").fill_null(0))
    )
    income = pl.when(pl.col("monthly_income_minor") > 0).then("monthly_income_minor")
    spent_before = pl.when(pl.col("earlier_spent") > 0).then("earlier_spent")
    months_before = (EARLIER - RECENT) // RECENT
    is_comparable = income.is_not_null()  # one currency only: spending is told in the same as income
    return found.select(
        *KEY,
        dpd=pl.col("dpd_max").cast(pl.Float64),
        late_share=pl.when(pl.col("settled") > 0).then(pl.col("settled_late") / pl.col("settled")),
        quiet_days=(pl.lit(as_of) - pl.col("last_paid_on")).dt.total_days().cast(pl.Float64),
        part_paid=pl.col("recent_paid") / (pl.col("recent_paid") + pl.col("overdue_minor")),
        burden=pl.col("overdue_minor") / income,
        spend_trend=pl.when(is_comparable).then(pl.col("recent_spent") * months_before / spent_before),
        spend_share=pl.col("recent_spent") / income,
    )


def _habits(accounts: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    return (
        accounts.join(late, on="account_id", how="inner")
        .group_by(KEY)
        .agg(settled=pl.col("settled_count").sum(), settled_late=pl.col("late_settled_count").sum())
    )


def _paid(accounts: pl.DataFrame, payments: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Payments that count: one that was taken back by then, and its reversal, never were."""
    mine = payments.join(accounts.select("account_id", "currency"), on="account_id", how="inner")
    kept = batches.that_count(mine, as_of=as_of)
    recent = (pl.lit(as_of) - pl.col("paid_on")).dt.total_days() < RECENT
    return kept.group_by(KEY).agg(
        last_paid_on=pl.col("paid_on").max(), recent_paid=pl.col("amount_minor").filter(recent).sum()
    )


def _means(positions: pl.DataFrame, customers: pl.DataFrame, overdue: pl.DataFrame) -> pl.DataFrame:
    """Income, of those whose accounts are in one currency: the tape names none for it."""
    whose = overdue.select("customer_id").unique()
    single = (
        positions.join(whose, on="customer_id", how="semi")
        .group_by("customer_id")
        .agg(currencies=pl.col("currency").n_unique())
        .filter(pl.col("currencies") == 1)
    )
    return customers.join(single, on="customer_id", how="semi").select("customer_id", "monthly_income_minor")


def _spent(spending: pl.DataFrame | None, overdue: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Spending of the recent days and of the days before; a customer of whom none is told has no row."""
    if spending is None:
        return pl.DataFrame(schema={"customer_id": pl.String, "recent_spent": pl.Int64, "earlier_spent": pl.Int64})
    ago = (pl.lit(as_of) - pl.col("spent_on")).dt.total_days()
    mine = spending.join(overdue.select("customer_id").unique(), on="customer_id", how="semi")
    known = mine.with_columns(ago=ago).filter(pl.col("ago").is_between(0, EARLIER - 1))
    amount = pl.col("amount_minor")
    return known.group_by("customer_id").agg(
        recent_spent=amount.filter(pl.col("ago") < RECENT).sum(),
        earlier_spent=amount.filter(pl.col("ago") >= RECENT).sum(),
    )
