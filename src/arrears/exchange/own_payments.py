"""Payments that the books took themselves, beside those that the lender's tapes tell of.

Asked by `tape_in`: a payment of the same id must be the same, and one of another id that looks the same is told of, for
the lender may have booked the very money that a colleague posted by hand.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from arrears.decisions.lake import Lake
from arrears.decisions.tape import known
from arrears.records.ledger.models import Payment, PaymentSource

#: A lender books what was posted here within so many days of its value date.
APART_DAYS = 7
#: How many pairs a report names.
NAMED_MAX = 100


def taken() -> pl.DataFrame:
    """Every payment that no tape brought; columns of known.OWN_PAYMENTS."""
    rows = Payment.objects.exclude(source=PaymentSource.TAPE).values_list("payment_id", "account_id", "amount_minor")
    return pl.DataFrame(list(rows), schema=known.OWN_PAYMENTS, orient="row")


def perhaps_twice(store: Lake, as_of: date) -> list[dict[str, str]]:
    """Own payments of the last days whose account has a payment of the tape with another id and the same amount.

    returns : own_id, tape_id and account_id of each pair, by account; at most NAMED_MAX
    """
    recent = Payment.objects.exclude(source=PaymentSource.TAPE).filter(
        paid_on__gt=as_of - timedelta(days=2 * APART_DAYS), reverses__isnull=True, reversals__isnull=True
    )
    schema = {"own_id": pl.String, "account_id": pl.String, "own_on": pl.Date, "amount_minor": pl.Int64}
    found = recent.values_list("payment_id", "account_id", "paid_on", "amount_minor")
    own = pl.DataFrame(list(found), schema=schema, orient="row")
    if own.is_empty():
        return []
    mine = pl.col("account_id").is_in(own["account_id"].unique().implode())
    columns = ["payment_id", "account_id", "paid_on", "amount_minor", "reverses"]
    told = store.read_where("payments", as_of, mine, columns)
    own = own.filter(~pl.col("own_id").is_in(told["payment_id"].implode()))
    undone = told["reverses"].drop_nulls().implode()
    standing = told.filter(pl.col("reverses").is_null(), ~pl.col("payment_id").is_in(undone))
    pairs = own.join(standing, on=["account_id", "amount_minor"], how="inner").filter(
        (pl.col("paid_on") - pl.col("own_on")).dt.total_days().abs() <= APART_DAYS
    )
    named = pairs.sort("account_id", "own_id", "payment_id").head(NAMED_MAX)
    return named.select("own_id", pl.col("payment_id").alias("tape_id"), "account_id").to_dicts()
