"""The tape as the lake holds it: minor units, no names, phones, addresses or ID numbers.

Each table is hash-partitioned by customer (`identifiers.partition_of`) and sorted by the columns of SORT, so every
account's rows stand together. Tables without a customer column on the tape (instalments, payments, pauses) carry it
here, copied from their account.
"""

from __future__ import annotations

import polars as pl

CUSTOMERS = {
    "customer_id": pl.String,
    "region_code": pl.String,  # ISO 3166 country or subdivision, e.g. CN-31
    "language": pl.String,  # zh-Hans or en
    "birth_year": pl.Int32,
    "monthly_income_minor": pl.Int64,
    "since_on": pl.Date,
}
CONTACT_POINTS = {
    "contact_point_id": pl.String,  # derived_id("contact_point", customer_id, kind, keyed hash of value, relation)
    "customer_id": pl.String,
    "kind": pl.String,  # MOBILE EMAIL ADDRESS …
    "relation": pl.String,  # SELF GUARANTOR SPOUSE KIN COLLEAGUE EMPLOYER OTHER
    "consented_on": pl.Date,
    "verified_on": pl.Date,
}
ACCOUNTS = {
    "account_id": pl.String,
    "customer_id": pl.String,
    "product_code": pl.String,
    "currency": pl.String,
    "opened_on": pl.Date,
    "principal_minor": pl.Int64,
    "apr": pl.Float64,  # annual rate as a share, 0.18 = 18 %; a feature, never used to compute money
    "credit_limit_minor": pl.Int64,
    "status": pl.String,
    "insured_by": pl.String,
}
INSTALMENTS = {
    "account_id": pl.String,
    "customer_id": pl.String,
    "number": pl.Int32,
    "due_on": pl.Date,
    "principal_minor": pl.Int64,
    "interest_minor": pl.Int64,
    "fee_minor": pl.Int64,
    "penalty_minor": pl.Int64,  # a penalty that the lender has charged itself; accrued ones are computed, not stored
}
PAYMENTS = {
    "payment_id": pl.String,
    "account_id": pl.String,
    "customer_id": pl.String,
    "paid_on": pl.Date,  # value date
    "amount_minor": pl.Int64,  # > 0; a reversal repeats the amount and names the payment in `reverses`
    "channel": pl.String,
    "reverses": pl.String,  # payment_id or null
    "booked_on": pl.Date,
}
PAUSES = {
    "account_id": pl.String,
    "customer_id": pl.String,
    "from_on": pl.Date,
    "to_on": pl.Date,  # exclusive; null = open
    "reason": pl.String,
}
SPENDING = {
    "customer_id": pl.String,
    "spent_on": pl.Date,
    "amount_minor": pl.Int64,
    "category": pl.String,
}
CONTACT_HISTORY = {
    "customer_id": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "channel": pl.String,
    "outcome": pl.String,
}

#: What an instalment asks for; a lake of an earlier version may have no penalties.
DEMAND = ("principal_minor", "interest_minor", "fee_minor", "penalty_minor")


def demand(instalments: pl.DataFrame) -> pl.Expr:
    """All that each instalment asks for."""
    return pl.sum_horizontal(*(part for part in DEMAND if part in instalments.columns))


TABLES = {
    "customers": CUSTOMERS,
    "contact_points": CONTACT_POINTS,
    "accounts": ACCOUNTS,
    "instalments": INSTALMENTS,
    "payments": PAYMENTS,
    "pauses": PAUSES,
    "spending": SPENDING,
    "contact_history": CONTACT_HISTORY,
}
#: What identifies a row: a later tape's row with the same key replaces the earlier one.
KEYS = {
    "customers": ["customer_id"],
    "contact_points": ["contact_point_id"],
    "accounts": ["account_id"],
    "instalments": ["account_id", "number"],
    "payments": ["payment_id"],
    "pauses": ["account_id", "from_on", "reason"],
    "spending": ["customer_id", "spent_on", "category"],
    "contact_history": ["customer_id", "at", "channel"],
}
SORT = {
    "customers": ["customer_id"],
    "contact_points": ["customer_id", "kind", "relation", "contact_point_id"],
    "accounts": ["customer_id", "account_id"],
    "instalments": ["customer_id", "account_id", "number"],
    "payments": ["customer_id", "account_id", "paid_on", "payment_id"],
    "pauses": ["customer_id", "account_id", "from_on"],
    "spending": ["customer_id", "spent_on", "category"],
    "contact_history": ["customer_id", "at"],
}
