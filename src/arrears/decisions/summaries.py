"""What does the night look like from above: balances, transitions, entries, cures, vintages of one partition?

Step of the night. Grain: schemas.summaries. Inputs: positions now, at the previous night, a month ago and 30 days
ago; the tape. Owner: analysts. Definitions: each figure's numerator and denominator are named in schemas.summaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from arrears.decisions.schemas import summaries, tape
from arrears.decisions.standings import OUTSTANDING, OVERDUE

SLICE = ["currency", "product_code"]
OVERDUE_OR_NOT = (
    pl.when(pl.col("overdue_minor") > 0).then(pl.lit(summaries.OVERDUE)).otherwise(pl.lit(summaries.CURRENT))
)
#: What a summary remembers of an account's position.
SEEN = {
    "account_id": pl.String,
    "currency": pl.String,
    "product_code": pl.String,
    "bucket": pl.String,
    "dpd": pl.Int32,
    "past_due_days": pl.Int32,
    "outstanding_minor": pl.Int64,
    "overdue_minor": pl.Int64,
    "paid_total_minor": pl.Int64,
    "recovered_total_minor": pl.Int64,
}


@dataclass(frozen=True)
class Before:
    """What earlier nights saw of this partition's accounts (columns SEEN); empty when there was no such night.

    previous_on : the night before this one, whatever its date; None on the first
    """

    previous_on: date | None
    previous: pl.DataFrame
    month_ago: pl.DataFrame
    days_30_ago: pl.DataFrame


def seen(positions: pl.DataFrame) -> pl.DataFrame:
    """The columns of a position that later nights compare with."""
    return positions.with_columns(outstanding_minor=OUTSTANDING, overdue_minor=OVERDUE).select(SEEN.keys())


def summarise(
    now: pl.DataFrame,
    *,
    staged: pl.DataFrame,
    before: Before,
    tables: dict[str, pl.DataFrame],
    write_offs: pl.DataFrame,
    lateness: pl.DataFrame,
    history_then: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """All figures of one partition.

    now          : SEEN, every account of the partition at as_of
    staged       : every customer that owes, with the stage: the result of strategy.stages
    tables       : the tape; accounts and instalments are read
    lateness     : decisions.lateness.LATENESS at as_of
    history_then : account_id, history (FIRST, REPEAT) as it was 30 days ago; may lack accounts (FIRST)
    returns      : schemas.summaries.SUMMARY, sorted; integers only, so that any order of adding gives one answer
    """
    now = now.with_columns(place=_place(write_offs.filter(pl.col("status") == "POSTED")["account_id"].implode()))
    parts = [
        balances(now),
        standings(staged),
        migration(summaries.MIGRATION_DAY, now, before.previous),
        migration(summaries.MIGRATION_MONTH, now, before.month_ago),
        cures(summaries.CURE_DAY, now, before.previous.with_columns(history=pl.lit(""))),
        cures(
            summaries.CURE_30,
            now,
            before.days_30_ago.join(history_then, on="account_id", how="left").with_columns(
                pl.col("history").fill_null("FIRST")
            ),
        ),
        entries(now, before, tables["instalments"], as_of=as_of),
        paid(now, before, tables["accounts"]),
        *vintages(now, tables["accounts"], lateness, as_of=as_of),
    ]
    return reduce_rows(parts)


def reduce_rows(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add rows of equal keys: the global reduction, and the end of each partition's own."""
    rows = pl.concat(
        [part.select(pl.col(name).cast(dtype) for name, dtype in summaries.SUMMARY.items()) for part in parts]
    )
    return rows.group_by(summaries.KEYS).agg(pl.col(summaries.SUMS).sum()).sort(summaries.KEYS)


def _place(posted: pl.Series) -> pl.Expr:
    return (
        pl.when(pl.col("outstanding_minor") <= 0)
        .then(pl.lit(summaries.PAID_OFF))
        .when(pl.col("account_id").is_in(posted))
        .then(pl.lit(summaries.WRITTEN_OFF))
        .otherwise("bucket")
    )


def _rows(figure: str, grouped: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in ("row", "column") if name not in grouped.columns]
    return grouped.with_columns(pl.lit(figure).alias("figure"), *(pl.lit("").alias(name) for name in missing))


def balances(now: pl.DataFrame) -> pl.DataFrame:
    """Accounts, outstanding (amount) and overdue (base) by place, those with arrears apart."""
    owing = now.filter(pl.col("place") != summaries.PAID_OFF)
    return _rows(
        summaries.BALANCE,
        owing.group_by(*SLICE, row="place", column=OVERDUE_OR_NOT).agg(
            accounts=pl.len(),
            amount_minor=pl.col("outstanding_minor").sum(),
            base_accounts=(pl.col("overdue_minor") > 0).sum(),
            base_minor=pl.col("overdue_minor").sum(),
        ),
    )


def standings(staged: pl.DataFrame) -> pl.DataFrame:
    """Customers (base accounts), their overdue accounts, what they owe (amount) and what is overdue (base) by stage."""
    return _rows(
        summaries.STANDING,
        staged.group_by("currency", row="stage", column=OVERDUE_OR_NOT).agg(
            product_code=pl.lit(""),
            accounts=pl.col("overdue_account_count").sum(),
            amount_minor=pl.col("outstanding_minor").sum(),
            base_accounts=pl.len(),
            base_minor=pl.col("overdue_minor").sum(),
        ),
    )


def migration(figure: str, now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """The transition matrix from `then` to `now`; empty when there is no `then`."""
    if then.is_empty():
        return pl.DataFrame(schema=summaries.SUMMARY)
    # An account written off by now was placed in a bucket then, unless nothing was owed.
    was = then.select(
        "account_id",
        then_minor="outstanding_minor",
        then_place=pl.when(pl.col("outstanding_minor") <= 0).then(pl.lit(summaries.PAID_OFF)).otherwise("bucket"),
    )
    both = now.join(was, on="account_id", how="left").with_columns(pl.col("then_place").fill_null(summaries.NEW))
    both = both.filter(~((pl.col("then_place") == summaries.PAID_OFF) & (pl.col("place") == summaries.PAID_OFF)))
    return _rows(
        figure,
        both.group_by(*SLICE, row="then_place", column="place").agg(
            accounts=pl.len(),
            amount_minor=pl.col("outstanding_minor").sum(),
            base_accounts=pl.len(),
            base_minor=pl.col("then_minor").fill_null(0).sum(),
        ),
    )


def cures(figure: str, now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """Of the accounts overdue then (base), those with no arrears now (accounts, amount = what was overdue then)."""
    was = then.filter(pl.col("overdue_minor") > 0).select(
        "account_id", "history", then_bucket="bucket", then_overdue="overdue_minor"
    )
    both = was.join(now, on="account_id", how="inner").with_columns(is_cured=pl.col("overdue_minor") <= 0)
    return _rows(
        figure,
        both.group_by(*SLICE, row="then_bucket", column="history").agg(
            accounts=pl.col("is_cured").sum(),
            amount_minor=pl.col("then_overdue").filter("is_cured").sum(),
            base_accounts=pl.len(),
            base_minor=pl.col("then_overdue").sum(),
        ),
    )


def entries(now: pl.DataFrame, before: Before, instalments: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Of the accounts due since the previous night, those that were not overdue then and are now."""
    if before.previous_on is None:
        return pl.DataFrame(schema=summaries.SUMMARY)
    demand = (
        instalments.filter(pl.col("due_on").is_between(before.previous_on, as_of, closed="left"))
        .with_columns(demand_minor=tape.demand(instalments))
        .group_by("account_id")
        .agg(pl.col("demand_minor").sum())
    )
    was = before.previous.select("account_id", was_overdue=pl.col("overdue_minor") > 0)
    both = (
        now.join(demand, on="account_id", how="inner")
        .join(was, on="account_id", how="left")
        .with_columns(entered=(pl.col("overdue_minor") > 0) & ~pl.col("was_overdue").fill_null(value=False))
    )
    return _rows(
        summaries.ENTRY,
        both.group_by(*SLICE).agg(
            accounts=pl.col("entered").sum(),
            amount_minor=pl.col("overdue_minor").filter("entered").sum(),
            base_accounts=pl.len(),
            base_minor=pl.col("demand_minor").sum(),
        ),
    )


def paid(now: pl.DataFrame, before: Before, accounts: pl.DataFrame) -> pl.DataFrame:
    """Cash since the previous night, recovered or not, by where its account stood then; empty on the first night."""
    if before.previous_on is None:
        return pl.DataFrame(schema=summaries.SUMMARY)
    was = before.previous.select(
        "account_id",
        then_bucket="bucket",
        then_overdue="overdue_minor",
        then_paid="paid_total_minor",
        then_recovered="recovered_total_minor",
    )
    both = (
        now.join(was, on="account_id", how="left")
        .join(accounts.select("account_id", "opened_on"), on="account_id", how="left")
        .filter(pl.col("then_bucket").is_not_null() | (pl.col("opened_on") >= before.previous_on))
        .with_columns(is_counted=pl.col("then_recovered").is_not_null() | pl.col("then_bucket").is_null())
        .with_columns(
            pl.col("then_overdue", "then_paid", "then_recovered").fill_null(0),
            pl.col("then_bucket").fill_null(summaries.NEW),
        )
        .with_columns(cash=pl.col("paid_total_minor") - pl.col("then_paid"), was_overdue=pl.col("then_overdue") > 0)
        .with_columns(
            # A night from before recovered_total_minor tells only whether the account was overdue then.
            recovered=pl.when("is_counted")
            .then(pl.col("recovered_total_minor") - pl.col("then_recovered"))
            .otherwise(pl.when("was_overdue").then("cash").otherwise(0))
        )
    )
    on_overdue, other = pl.col("recovered"), pl.col("cash") - pl.col("recovered")
    moved = on_overdue != 0
    return pl.concat(
        [
            _paid(both, summaries.OVERDUE, on_overdue, counted=moved, base=pl.col("was_overdue")),
            _paid(both, summaries.CURRENT, other, counted=~moved & (other != 0), base=~pl.col("was_overdue")),
        ]
    )


def _paid(both: pl.DataFrame, column: str, minor: pl.Expr, *, counted: pl.Expr, base: pl.Expr) -> pl.DataFrame:
    """One column of PAID; an account whose payment is recovered in part is counted there and nowhere else."""
    grouped = both.group_by(*SLICE, row="then_bucket").agg(
        accounts=counted.sum(),
        amount_minor=minor.sum(),
        base_accounts=base.sum(),
        base_minor=pl.col("then_overdue").filter(base).sum(),
    )
    return _rows(summaries.PAID, grouped.with_columns(column=pl.lit(column)))


def vintages(
    now: pl.DataFrame, accounts: pl.DataFrame, lateness: pl.DataFrame, *, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """By opening month: what was opened, and how much of it first stood 30 days late after how many months on book."""
    cohort = (
        accounts.filter(pl.col("opened_on") <= as_of)
        .select("account_id", "principal_minor", "opened_on", row=pl.col("opened_on").dt.strftime("%Y-%m"))
        .join(now, on="account_id", how="inner")
        .join(lateness, on="account_id", how="left")
    )
    late = cohort.filter(pl.col("late_30_on").is_not_null()).with_columns(
        column=_months_between("opened_on", "late_30_on").cast(pl.String)
    )
    opened = cohort.group_by(*SLICE, "row").agg(accounts=pl.len(), amount_minor=pl.col("principal_minor").sum())
    first = late.group_by(*SLICE, "row", "column").agg(accounts=pl.len(), amount_minor=pl.col("principal_minor").sum())
    nothing = {"base_accounts": pl.lit(0), "base_minor": pl.lit(0)}
    return (
        _rows(summaries.VINTAGE_OPENED, opened).with_columns(**nothing),
        _rows(summaries.VINTAGE_FIRST_30, first).with_columns(**nothing),
    )


def _months_between(start: str, end: str) -> pl.Expr:
    """Calendar months from the month of one date column to that of another."""
    return (pl.col(end).dt.year() - pl.col(start).dt.year()) * 12 + (
        pl.col(end).dt.month().cast(pl.Int32) - pl.col(start).dt.month().cast(pl.Int32)
    )
