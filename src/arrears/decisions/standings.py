"""Where does each customer stand in each currency, over all accounts together?

Step of the night. Grain of the result: (customer_id, currency). Inputs: positions, customers, live write-offs.
Owner: strategy. It adds up; it decides nothing.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions.schemas import night

#: What is owed in all, due or not, less money held ahead: what a person has paid they are not asked for again.
OUTSTANDING = (
    pl.sum_horizontal(*(f"{part}_outstanding_minor" for part in night.COMPONENTS)) - pl.col("surplus_minor")
).clip(0)
OVERDUE = pl.sum_horizontal(*(f"{part}_overdue_minor" for part in night.COMPONENTS))
KEY = ["customer_id", "currency"]


def standings(
    positions: pl.DataFrame, *, customers: pl.DataFrame, write_offs: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Add up the positions of each customer, currency by currency.

    positions  : schemas.night.POSITIONS
    customers  : schemas.tape.CUSTOMERS; a customer missing here has no region and no language
    write_offs : schemas.facts.WRITE_OFFS
    returns    : one row per (customer_id, currency) that owes anything, sorted; the amounts of STANDINGS plus
                 worst_account_id (the account whose dpd is dpd_max) and written_off (all that is overdue stands
                 written off in the books)
    """
    posted = write_offs.filter(pl.col("status") == "POSTED")["account_id"].implode()
    owing = (
        positions.with_columns(outstanding_minor=OUTSTANDING, overdue_minor=OVERDUE)
        .filter((pl.col("outstanding_minor") > 0) | (pl.col("overdue_minor") > 0))
        .with_columns(is_overdue=pl.col("overdue_minor") > 0, is_posted=pl.col("account_id").is_in(posted))
        .sort("customer_id", "currency", "dpd", "account_id", descending=[False, False, True, False])
    )
    return (
        owing.group_by(KEY, maintain_order=True)
        .agg(
            dpd_max=pl.col("dpd").first(),
            bucket=pl.col("bucket").first(),
            worst_account_id=pl.col("account_id").first(),
            oldest_due_on=pl.col("oldest_due_on").min(),
            next_due_on=pl.col("next_due_on").min(),
            next_due_minor=pl.col("next_due_minor").filter(pl.col("next_due_on") == pl.col("next_due_on").min()).sum(),
            overdue_minor=pl.col("overdue_minor").sum(),
            outstanding_minor=pl.col("outstanding_minor").sum(),
            account_count=pl.len().cast(pl.Int32),
            overdue_account_count=pl.col("is_overdue").sum().cast(pl.Int32),
            open_overdue_count=(pl.col("is_overdue") & ~pl.col("is_posted")).sum(),
        )
        .with_columns(
            days_to_due=(pl.col("next_due_on") - pl.lit(as_of)).dt.total_days().cast(pl.Int32),
            written_off=(pl.col("overdue_account_count") > 0) & (pl.col("open_overdue_count") == 0),
        )
        .drop("open_overdue_count")
        .join(customers.select("customer_id", "region_code", "language"), on="customer_id", how="left")
    )
