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

#: balances: row = bucket, column = OVERDUE or CURRENT: has the account anything overdue; amount = outstanding,
#: base = overdue. An account within its days of grace is overdue, though its bucket is the current one.
BALANCE = "BALANCE"
#: where customers stand in a currency, over all accounts together: row = stage, column = OVERDUE or CURRENT: have they
#: anything overdue; accounts = their overdue accounts, base_accounts = customers, amount = outstanding, base = overdue.
#: The overdue of all stages is that of all balances. No product: a customer may have several.
STANDING = "STANDING"
#: transition matrix since the previous night (DAY) or the same day a month ago (MONTH): row = before, column = after;
#: base = outstanding before, amount = outstanding after. NEW, PAID_OFF and WRITTEN_OFF stand beside the buckets.
MIGRATION_DAY = "MIGRATION_DAY"
MIGRATION_MONTH = "MIGRATION_MONTH"
#: of the accounts (demand) due in [previous night, as_of), those (overdue amount) that became overdue in it. Who is
#: overdue again because a payment was taken back fell due earlier, and is no new entry.
ENTRY = "ENTRY"
#: accounts overdue at the previous night (base, overdue then) and of these no longer overdue now.
CURE_DAY = "CURE_DAY"
#: cash since the previous night: what each account has paid in total (reversals taken off) less what it had paid by
#: then, so that every payment counts once, on the first night that knows it, back-dated or not. row = bucket then (NEW
#: for an account opened since; one that the lender tells late brings its history, which is not counted). column =
#: OVERDUE: what settled dues while some was past due, which is recovered; CURRENT: all else, what is paid on time,
#: ahead or in excess. A reversal takes off where its payment was counted, on the first night that knows of it.
#: base = accounts overdue then (OVERDUE) or not (CURRENT), and what was overdue then.
PAID = "PAID"
OVERDUE, CURRENT = "OVERDUE", "CURRENT"
#: accounts overdue 30 days ago by (row = bucket then, column = FIRST or REPEAT) and of these no longer overdue now.
CURE_30 = "CURE_30"
#: vintages: row = opening month; accounts opened in it and their principal (OPENED); and of these, by column = months
#: on book when they first stood 30 days late, the accounts and their principal (FIRST_30). The share that was ever 30
#: or more days late by month m is the sum of FIRST_30 up to m over OPENED: one night draws every curve whole.
VINTAGE_OPENED = "VINTAGE_OPENED"
VINTAGE_FIRST_30 = "VINTAGE_FIRST_30"

NEW, PAID_OFF, WRITTEN_OFF = "NEW", "PAID_OFF", "WRITTEN_OFF"
