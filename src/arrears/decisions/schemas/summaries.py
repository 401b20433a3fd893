"""Figures of a night, one tidy table: each row says which figure it is part of and in which cell it stands.

Partitions make rows, the reduction adds rows of equal keys; so the whole book is the sum of its partitions.
"""

from __future__ import annotations

import polars as pl

#: grain: one row per (figure, currency, product_code, row, column).
SUMMARY: dict[str, type[pl.DataType]] = {
    "figure": pl.String,
    "currency": pl.String,
    "product_code": pl.String,
    "row": pl.String,
    "column": pl.String,
    "accounts": pl.Int64,
    "amount_minor": pl.Int64,
    "base_accounts": pl.Int64,
    "base_minor": pl.Int64,
}
KEYS = ["figure", "currency", "product_code", "row", "column"]
SUMS = ["accounts", "amount_minor", "base_accounts", "base_minor"]

#: balances: row = bucket; amount = outstanding, base = overdue.
BALANCE = "BALANCE"
#: transition matrix since the previous night (DAY) or the same day a month ago (MONTH): row = before, column = after;
#: base = outstanding before, amount = outstanding after. NEW, PAID_OFF and WRITTEN_OFF stand beside the buckets.
MIGRATION_DAY = "MIGRATION_DAY"
MIGRATION_MONTH = "MIGRATION_MONTH"
#: accounts (overdue amount) that became overdue in [previous night, as_of) over accounts (demand) due in it.
ENTRY = "ENTRY"
#: accounts overdue at the previous night (base, overdue then) and of these no longer overdue now.
CURE_DAY = "CURE_DAY"
#: accounts overdue 30 days ago by (row = bucket then, column = FIRST or REPEAT) and of these no longer overdue now.
CURE_30 = "CURE_30"
#: row = opening month, column = months on book; base = accounts opened and their principal; accounts and amount
#: (outstanding) of those 30 or more days past due: at any time so far (EVER) or now (CURRENT).
VINTAGE_EVER_30 = "VINTAGE_EVER_30"
VINTAGE_CURRENT_30 = "VINTAGE_CURRENT_30"

NEW, PAID_OFF, WRITTEN_OFF = "NEW", "PAID_OFF", "WRITTEN_OFF"
