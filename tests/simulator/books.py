"""A system's books made from a tape in another way than the auditor's: columns and running totals, no loops."""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.simulator.auditor import BooksView

PARTS = ("fee", "interest", "principal")


def minor(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.Decimal(38, 2)) * 100).cast(pl.Int64)


def positions(tape: dict[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    cancelled = tape["payments"]["reverses"].drop_nulls().to_list()
    stands = pl.col("reverses").is_null() & ~pl.col("payment_id").is_in(cancelled)
    paid = tape["payments"].filter(stands).group_by("account_id").agg(paid=minor("amount").sum())
    due = tape["instalments"].with_columns(minor(part).alias(part) for part in PARTS)
    due = (
        due.join(paid, on="account_id", how="left")
        .with_columns(pl.col("paid").fill_null(0))
        .sort("account_id", "number")
    )
    due = due.with_columns(whole=pl.sum_horizontal(*PARTS))
    before = (pl.col("whole").cum_sum() - pl.col("whole")).over("account_id")
    used = (pl.col("paid") - before).clip(0, pl.col("whole"))
    due = due.with_columns(used=used)
    for part in PARTS:
        due = due.with_columns((pl.col(part) - pl.min_horizontal("used", part)).alias(f"left_{part}"))
        due = due.with_columns(used=pl.col("used") - (pl.col(part) - pl.col(f"left_{part}")))
    late = pl.col("due_on") < as_of
    unpaid = pl.sum_horizontal(*(f"left_{part}" for part in PARTS)) > 0
    return (
        due.group_by("account_id", maintain_order=True)
        .agg(
            pl.col("paid").first().alias("paid_total_minor"),
            (pl.col("paid").first() - pl.col("whole").sum()).clip(0).alias("surplus_minor"),
            pl.col("due_on").filter(late & unpaid).min().alias("oldest_due_on"),
            *(pl.col(f"left_{part}").sum().alias(f"{part}_outstanding_minor") for part in PARTS),
            *(pl.col(f"left_{part}").filter(late).sum().alias(f"{part}_overdue_minor") for part in PARTS),
        )
        .with_columns(past_due_days=(pl.lit(as_of) - pl.col("oldest_due_on")).dt.total_days().fill_null(0))
    )


def view(
    tape: dict[str, pl.DataFrame], as_of: date, contacts: pl.DataFrame | None = None, **more: pl.DataFrame
) -> BooksView:
    table = positions(tape, as_of)
    behind = table.filter(pl.col("past_due_days") >= 4).join(tape["accounts"], on="account_id")
    return BooksView(table, behind.select("customer_id").unique(), contacts, **more)
